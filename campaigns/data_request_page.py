"""Requests to correct or erase as their pages show them: through a household of the user's regions, like a request to see."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.household_page import homes
from households.data_requests.models import Basis
from households.data_requests.operations import OPEN, is_registered
from households.free_text import no_numbers
from households.models import DataRequest, HouseholdSpell, Person, User

SHOWN = 100
_TEXT = forms.Textarea(attrs={"rows": 3})


class RequestForm(forms.Form):
    """Who asks, for whom, for what, and on what basis."""

    field_order = ("person",)
    kind = forms.ChoiceField(label=_t("申请事项"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    asker = forms.ChoiceField(label=_t("申请人身份"), choices=[("", _t("请选择")), *DataRequest.Asker.choices])
    asker_name = forms.CharField(
        label=_t("申请人姓名"),
        max_length=50,
        required=False,
        help_text=_t("本人申请的不必填写。"),
        validators=[no_numbers],
    )
    basis = forms.ChoiceField(label=_t("依据"), choices=[("", _t("请选择")), *Basis.choices])
    wish = forms.CharField(
        label=_t("申请内容"), max_length=500, widget=_TEXT, validators=[no_numbers],
        help_text=_t("写明哪一项、改成什么，或要求删除什么。请勿写证件号码、电话和病情。"),
    )  # fmt: skip
    asked_on = day_field(_t("申请日期"))

    def __init__(self, *args: Any, home: HouseholdSpell, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(people_of(home), label=_("涉及人员"), empty_label=_("请选择"))
        self.fields["asked_on"].initial = business_date
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """The basis belongs to what is asked; who is not the person herself has a name; no day to come."""
        cleaned = super().clean() or {}
        is_correction = cleaned.get("basis") in (Basis.WRONG, Basis.LACKING)
        if cleaned.get("basis") and cleaned.get("kind") and is_correction != (cleaned["kind"] == "correct"):
            self.add_error("basis", _("依据与申请事项不符：更正依据第四十六条，删除依据第四十七条。"))
        if cleaned.get("asker") in ("guardian", "agent") and not cleaned.get("asker_name", "").strip():
            self.add_error("asker_name", _("请填写申请人姓名。"))
        if cleaned.get("asked_on") and cleaned["asked_on"] > business_date():
            self.add_error("asked_on", _("申请日期不能晚于今天。"))
        return cleaned


class DecisionForm(forms.Form):
    """Granted or not, and why; the reason stands in the audit log as well."""

    reason = forms.CharField(
        label=_t("决定理由"), max_length=300, widget=_TEXT, validators=[no_numbers],
        help_text=_t("同意的写明核实情况，不予办理的写明原因，告知申请人时照此说明。"),
    )  # fmt: skip


@dataclass(frozen=True)
class RequestLine:
    """A request in its list. `is_mine`: the viewer recorded it, somebody else decides."""

    request: DataRequest
    village: str
    is_late: bool
    is_mine: bool


def people_of(home: HouseholdSpell) -> QuerySet[Person]:
    """Who is or was a member of the household and has not gone to another county or been merged into somebody."""
    found: QuerySet[Person] = Person.objects.filter(
        memberships__household=home.household_id, county_code=home.household.county_code, merged_into=None
    )
    return found.distinct().order_by("birth_date", "pk")


def of_regions(user: User) -> QuerySet[DataRequest]:
    """All requests about households of the user's regions."""
    found: QuerySet[DataRequest] = DataRequest.objects.filter(household__in=homes(user).values("household"))
    return found


def open_requests(user: User) -> tuple[int, int]:
    """How many are open in the user's regions, and how many of them late."""
    opened = of_regions(user).filter(state__in=OPEN)
    return opened.count(), opened.filter(due_on__lt=business_date()).count()


def open_of(user: User, home: HouseholdSpell) -> list[RequestLine]:
    """The open ones of one household."""
    return request_lines(user, of_regions(user).filter(household=home.household_id, state__in=OPEN).order_by("due_on"))


def listed(user: User, *, is_open: bool) -> list[RequestLine]:
    """Open ones, the most urgent first; else the settled ones, the latest first."""
    found, opened = of_regions(user), Q(state__in=OPEN)
    return request_lines(
        user, found.filter(opened).order_by("due_on", "pk") if is_open else found.exclude(opened).order_by("-pk")
    )


def request_lines(user: User, found: QuerySet[DataRequest]) -> list[RequestLine]:
    """The first of them in words."""
    rows = list(found.select_related("person", "recorded_by", "decided_by")[:SHOWN])
    keys = {row.household_id for row in rows}
    places = {home.household_id: home.village.path for home in homes(user).filter(household__in=keys)}
    day = business_date()
    return [
        RequestLine(row, places.get(row.household_id, ""), row.is_late(day), row.recorded_by_id == user.pk)
        for row in rows
    ]


def may_be_erased(request: DataRequest, day: date) -> bool:
    """Is the person on no list any more?"""
    return not is_registered(request.person_id, day)
