"""Recording a fact about a household by hand, and voiding one. Plain forms; a form sent twice has one effect."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import coverage, recording
from campaigns.fact_lines import FACT_KINDS, FactKind, fact_line, facts_of
from campaigns.forms import VoidForm
from campaigns.household_page import household_page
from campaigns.household_views import home_of
from campaigns.models import Contact
from campaigns.record_forms import RECORD_FORMS
from campaigns.recording import AlreadyRecordedError
from campaigns.splitting import Offer, carry_over, offer_for
from campaigns.views import require
from households.access import Permission
from households.audit.recording import shown
from households.models import HouseholdSpell, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def record_fact(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The form of one kind of fact for one household."""
    user = require(request.user, Permission.RECORD_FACTS)
    home, fact_kind = home_of(user, pk), _kind(kind)
    coverage.settle_if_small()
    page = household_page(user, home)
    shown(request, [member.person.pk for member in page.members])
    form = RECORD_FORMS[kind](request.POST or None, request.FILES or None, by=user, page=page)
    if request.method == "POST" and form.is_valid():
        try:
            form.record()
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
            return redirect("household", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said(user, home, fact_kind))
            return redirect("household", pk=pk)
    return render(request, "record.html", {"form": form, "page": form.page, "title": fact_kind.title})


def _said(user: User, home: HouseholdSpell, kind: FactKind) -> str:
    """What was recorded and what it did to the household's figures, so that a fact that does not count is noticed."""
    text = _("已登记：%(title)s。") % {"title": kind.title}
    if kind.target is None:
        return text
    coverage.settle([home.village_id])
    line = household_page(user, home).target(kind.target)
    return text + _("本户%(target)s：应完成%(eligible)s，已完成%(covered)s，未完成%(gap)s。") % {
        "target": line.definition.title,
        "eligible": line.eligible,
        "covered": line.covered,
        "gap": line.gap,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def void_fact(request: HttpRequest, pk: int, kind: str, fact: int) -> HttpResponse:
    """Ask for the reason, then void one fact of the household or its members."""
    user = require(request.user, Permission.RECORD_FACTS)
    home, fact_kind = home_of(user, pk), _kind(kind)
    page = household_page(user, home)
    shown(request, [member.person.pk for member in page.members])
    found = get_object_or_404(facts_of(fact_kind, home.household, [m.person for m in page.members]), pk=fact)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recording.void(by=user, household=home.household, fact=found, reason=form.cleaned_data["reason"])
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        else:
            messages.success(request, _("记录已作废，不再计入任何一天的完成情况。"))
        return redirect("household", pk=pk)
    line = fact_line(kind, found, sensitive=user.may(Permission.VIEW_SENSITIVE))
    return render(request, "record_void.html", {"form": form, "page": page, "line": line})


class CarryOverForm(forms.Form):
    """What of the former household's records counts for the new one, too."""

    contact = forms.BooleanField(label=_t("宣传记录"), required=False, initial=True)
    cleaning = forms.BooleanField(
        label=_t("首轮清洁记录"), required=False, help_text=_t("仍住原来的房屋才沿用；已另住的，请为新居另行登记。")
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, fact in (("contact", offer.contact), ("cleaning", offer.cleaning)):
            if fact is None:
                del self.fields[name]
            else:
                kind = f" {fact.get_kind_display()}" if isinstance(fact, Contact) else ""
                what = f"{fact.done_on:%Y-%m-%d}{kind}"
                self.fields[name].label = _("%(name)s（%(what)s）") % {"name": self.fields[name].label, "what": what}

    def clean(self) -> dict[str, Any]:
        """One of them at least."""
        wanted = super().clean() or {}
        if not any(wanted.values()):
            raise ValidationError(_("请至少勾选一项要沿用的记录。"))
        return wanted


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def carry_records_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done for the household that this one split off: carried over, if somebody who knows says so."""
    user = require(request.user, Permission.RECORD_FACTS)
    home = home_of(user, pk)
    coverage.settle_if_small()
    page = household_page(user, home)
    shown(request, [member.person.pk for member in page.members])
    offer = offer_for(user, page)
    if offer is None:
        messages.info(request, _("没有可以沿用的原户记录。"))
        return redirect("household", pk=pk)
    form = CarryOverForm(request.POST if request.method == "POST" else None, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            made = carry_over(by=user, household=home.household, **form.cleaned_data)
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        else:
            messages.success(request, _("已沿用原户的%(count)s条记录。") % {"count": len(made)})
        return redirect("household", pk=pk)
    return render(request, "carry_over.html", {"form": form, "page": page, "offer": offer})


def _kind(key: str) -> FactKind:
    if key not in FACT_KINDS:
        raise Http404
    return FACT_KINDS[key]
