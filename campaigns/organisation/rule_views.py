"""Campaign years and how we count: load, check, call, render. Years belong to the whole city, so there is no scope."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date, is_demonstration, year_of
from campaigns.coverage import Coverage
from campaigns.models import CampaignYear, CountingRules
from campaigns.organisation.counting import change_rules, in_force, preview, rule_lines
from campaigns.organisation.forms import NextYearForm, RulesForm, YearForm
from campaigns.organisation.years import DAYS, begin_next_year, correct_days, next_year
from campaigns.rooms import ROOMS
from campaigns.targets import TARGETS
from campaigns.views import home_region, require
from households.access import Permission
from households.models import User


@require_safe
@login_required
@never_cache
def show_years(request: HttpRequest) -> HttpResponse:
    """All campaign years."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    years = [(year, in_force(year)) for year in CampaignYear.objects.order_by("-start")]
    context = {
        "room": ROOMS["organisation"],
        "years": years,
        "today": business_date(),
        "may_change": user.may(Permission.MANAGE_RULES),
    }
    return render(request, "organisation_years.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_year(request: HttpRequest, year: int) -> HttpResponse:
    """Other days for a year."""
    user = require(request.user, Permission.MANAGE_RULES)
    record = get_object_or_404(CampaignYear, year=year)
    form = YearForm(request.POST or None, instance=get_object_or_404(CampaignYear, year=year))
    if request.method == "POST" and form.is_valid():
        try:
            correct_days(by=user, year=record, days={name: form.cleaned_data[name] for name in DAYS})
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("已保存：%(title)s。") % {"title": record})
            return redirect("years")
    return render(request, "organisation_year.html", {"room": ROOMS["organisation"], "form": form, "year": record})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def roll_over(request: HttpRequest) -> HttpResponse:
    """Show what the next year would be, then create it."""
    user = require(request.user, Permission.MANAGE_RULES)
    planned = next_year()
    if planned is None:
        raise Http404
    number = planned.year.year
    form = NextYearForm(request.POST or None, instance=CampaignYear(year=number, **_days_of(planned.year)))
    if request.method == "POST" and request.POST.get("year") != str(number):
        messages.info(request, _("这个年度已经建立，没有重复建立。"))
        return redirect("years")
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_next_year(
                by=user,
                number=number,
                days={name: form.cleaned_data[name] for name in DAYS},
                with_schemes=form.cleaned_data["with_schemes"],
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("已建立%(title)s，以前年度的数字不变。") % {"title": made})
            return redirect("years")
    context = {
        "room": ROOMS["organisation"],
        "form": form,
        "planned": planned,
        "number": number,
        "rules": rule_lines(planned.rules) if planned.rules else [],
        "is_demonstration": is_demonstration(),
    }
    return render(request, "organisation_next_year.html", context)


def _days_of(year: CampaignYear) -> dict[str, Any]:
    return {name: getattr(year, name) for name in DAYS}


@require_safe
@login_required
@never_cache
def show_rules(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """How we count in a year: the version in force and all before it, what is different in each, who, when and why."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    found = _year(year)
    versions = list(found.rules.order_by("version").select_related("changed_by"))
    shown = [(rules, rule_lines(rules, before)) for rules, before in zip(versions, [None, *versions], strict=False)]
    context = {
        "room": ROOMS["organisation"],
        "year": found,
        "years": CampaignYear.objects.order_by("-start"),
        "current": shown[-1] if shown else None,
        "earlier": shown[-2::-1],
        "targets": TARGETS,
        "may_change": user.may(Permission.MANAGE_RULES),
    }
    return render(request, "organisation_rules.html", context)


def _year(number: int | None) -> CampaignYear:
    """The year asked for, else the one last begun on the business date (before the first: the first)."""
    if number is not None:
        return get_object_or_404(CampaignYear, year=number)
    found = year_of(business_date())
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_rules(request: HttpRequest, year: int) -> HttpResponse:
    """A new version: first what it would do to the figures, then save it."""
    user = require(request.user, Permission.MANAGE_RULES)
    found = _year(year)
    last = in_force(found) or CountingRules(campaign_year=found, version=0)
    asked = {"based_on": last.version, "reason": ""}
    form = RulesForm(request.POST or None, instance=in_force(found), initial=asked)
    context: dict[str, Any] = {"room": ROOMS["organisation"], "year": found, "form": form, "version": last.version + 1}
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                made = change_rules(
                    by=user,
                    year=found,
                    values=form.values,
                    reason=form.cleaned_data["reason"],
                    based_on=form.cleaned_data["based_on"],
                )
                messages.success(request, _("已保存统计口径第%(version)s版。") % {"version": made.version})
                return redirect("counting_rules_of", found.year)
            context |= _effect(user, found, form)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
    return render(request, "organisation_rules_edit.html", context)


def _effect(user: User, year: CampaignYear, form: RulesForm) -> dict[str, Any]:
    """The figures before and after, for the page."""
    region = home_region(user)
    day = min(max(business_date(), year.start), year.end)
    found = preview(
        by=user,
        year=year,
        values=form.values,
        based_on=form.cleaned_data["based_on"],
        region=region.code,
        day=day,
    )
    return {"is_previewed": True, "region": region, "day": day, "effect": found and _compared(*found)}


def _compared(before: Coverage, after: Coverage) -> list[tuple[Any, Any, Any]]:
    """Title, figures before, figures after, of each target."""
    return [(target.title, before.target(target.key), after.target(target.key)) for target in TARGETS]
