"""Payments as lists on paper: for signing with the guardian, and for public notice with masked names."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.figures import asked_for
from campaigns.models import AidProject, Donation, Grant
from campaigns.schooling.guardians import guardians_of
from campaigns.schooling.operations import sign_grants
from campaigns.schooling.page_forms import DaysFilter, NoticeForm, PaymentFilter, places
from campaigns.schooling.pupils import schooling_of
from campaigns.schooling.room import SCHOOLING
from campaigns.views import home_region, region_of, require
from households.access import Permission, code_range
from households.identity import mask_name
from households.models import Enrolment, Region, User
from households.periods import age_on

MOST_PAYMENTS, MOST_LINES = 100, 1000
_NOTICE_WORDS = "notice_words"  # in the session: region → who gives notice, and her telephone
NOTICE_DAYS = 7


@dataclass(frozen=True)
class SignLine:
    """One grant to be signed for."""

    grant: Grant
    schooling: str
    school: str
    guardian: str


@require_safe
@login_required
@never_cache
def show_payments(request: HttpRequest) -> HttpResponse:
    """What was paid, by project and day: the way to the lists on paper."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region = _region(request, user)
    grants = Grant.objects.visible_to(user).filter(code_range("village_id", region.code), voided_at=None)
    paid = grants.values("project", "project__name", "granted_on").annotate(count=Count("pk"), yuan=Sum("amount"))
    context = {
        "room": SCHOOLING,
        "region": region,
        "day": business_date(),
        "places": places(user, region),
        "payments": paid.order_by("-granted_on", "project__name")[:MOST_PAYMENTS],
        "may_record": user.may(Permission.RECORD_FACTS),
    }
    return render(request, "schooling_payments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_signatures(request: HttpRequest) -> HttpResponse:
    """The list for signing; POST keeps who signs and who has signed."""
    user = require(request.user, Permission.RECORD_FACTS)
    region = _region(request, user)
    form, grants = _asked(request, user, region)
    lines = _sign_lines(list(grants[:MOST_LINES]))
    if request.method == "POST":
        told = {
            line.grant.pk: (
                request.POST.get(f"guardian-{line.grant.pk}", line.grant.guardian).strip()[:60],
                f"signed-{line.grant.pk}" in request.POST,
            )
            for line in lines
        }
        changed = sign_grants(by=user, signatures=told)
        messages.success(request, _("已保存签收情况，%(count)s人有变化。") % {"count": changed})
        return redirect(request.get_full_path())
    return render(request, "schooling_signatures.html", _context(form, region, grants) | {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_notice(request: HttpRequest) -> HttpResponse:
    """The list for public notice: minors masked, no number, no illness; period and telephone come with the form."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region = _region(request, user)
    form, grants = _asked(request, user, region)
    today = business_date()
    words = {
        "unit": _("%(region)s妇女联合会") % {"region": region.name},
        "first": today,
        "last": today + timedelta(days=NOTICE_DAYS - 1),
    } | request.session.get(_NOTICE_WORDS, {}).get(region.code, {})
    notice = NoticeForm(request.POST if request.method == "POST" else None, initial=words)
    lines = [
        (mask_name(g.person.name) if age_on(g.person.birth_date, g.granted_on) < 18 else g.person.name, g)
        for g in grants[:MOST_LINES]
    ]
    shown = notice.cleaned_data if notice.is_bound and notice.is_valid() else None
    if shown:  # the next notice of the day, of another project, says the same
        kept = {name: shown[name] for name in ("unit", "phone")}
        request.session[_NOTICE_WORDS] = request.session.get(_NOTICE_WORDS, {}) | {region.code: kept}
    return render(
        request,
        "schooling_notice.html",
        _context(form, region, grants) | {"lines": lines, "notice": notice, "shown": shown},
    )


@require_safe
@login_required
@never_cache
def show_donations(request: HttpRequest) -> HttpResponse:
    """Donations of a time for public notice: a donor who wants no name has none."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region, today = _region(request, user), business_date()
    year = asked_for(region.code, today)
    sent = {"start": year.start, "end": today, "region": region.pk} | request.GET.dict()
    form = DaysFilter(sent, user=user, region=region)
    found: QuerySet[Any] = Donation.objects.visible_to(user).filter(voided_at=None)
    if form.is_valid():
        days = (form.cleaned_data["start"], form.cleaned_data["end"])
        found = found.filter(code_range("region_id", region.code), received_on__range=days)
    else:
        found = found.none()
    donations = found.select_related("donor").order_by("received_on", "pk")
    sums = {goods: found.filter(is_goods=goods).aggregate(yuan=Sum("amount"))["yuan"] for goods in (False, True)}
    context = {
        "room": SCHOOLING,
        "form": form,
        "region": region,
        "donations": donations[:MOST_LINES],
        "more": max(0, found.count() - MOST_LINES),
        "money": sums[False] or Decimal(0),
        "goods": sums[True] or Decimal(0),
        "start": form.cleaned_data.get("start"),
        "end": form.cleaned_data.get("end"),
    }
    return render(request, "schooling_donations.html", context)


def _region(request: HttpRequest, user: User) -> Region:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)


def _asked(request: HttpRequest, user: User, region: Region) -> tuple[PaymentFilter, QuerySet[Any]]:
    """The grants that the address asks for, in village order; none where it asks for nothing that can be read."""
    form = PaymentFilter(request.GET if "project" in request.GET else None, user=user, region=region)
    found: QuerySet[Any] = Grant.objects.visible_to(user).filter(voided_at=None)
    if not form.is_valid():
        return form, found.none()
    data = form.cleaned_data
    days: tuple[date, date] = (data["start"], data["end"])
    found = found.filter(code_range("village_id", region.code), project=data["project"], granted_on__range=days)
    return form, found.select_related("person", "village", "project").order_by("village", "person__name", "pk")


def _context(form: PaymentFilter, region: Region, grants: QuerySet[Any]) -> dict[str, Any]:
    project: AidProject | None = form.cleaned_data.get("project") if form.is_bound and form.is_valid() else None
    sums = grants.order_by().aggregate(count=Count("pk"), yuan=Sum("amount"))
    return {
        "room": SCHOOLING,
        "form": form,
        "region": region,
        "project": project,
        "start": form.cleaned_data.get("start") if project else None,
        "end": form.cleaned_data.get("end") if project else None,
        "count": sums["count"],
        "total": sums["yuan"] or Decimal(0),
        "more": max(0, sums["count"] - MOST_LINES),
    }


def _sign_lines(grants: list[Grant]) -> list[SignLine]:
    """With school and guardian of the day: what the grant itself says comes first."""
    enrolments: dict[int, list[Enrolment]] = {}
    for one in Enrolment.objects.filter(person__in=[grant.person_id for grant in grants]).order_by("period"):
        enrolments.setdefault(one.person_id, []).append(one)
    lines = []
    by_day: dict[date, list[Grant]] = {}
    for grant in grants:
        if not grant.guardian:
            by_day.setdefault(grant.granted_on, []).append(grant)
    derived = {
        (day, pk): name
        for day, of_day in by_day.items()
        for pk, name in guardians_of([grant.person for grant in of_day], day).items()
    }
    for grant in grants:
        _stage, schooling, school = schooling_of(enrolments.get(grant.person_id, []), grant.granted_on)
        guardian = grant.guardian or derived.get((grant.granted_on, grant.person_id), "")
        lines.append(SignLine(grant, grant.grade or schooling, grant.school or school, guardian))
    return lines
