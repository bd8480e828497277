"""Whose number is asked for, as the user may see her: through a household of her regions, as its page shows it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.business_day import business_date
from campaigns.household_page import homes
from households import identity
from households.models import Household, HouseholdSpell, Membership, Person, RevealRequest, User
from households.periods import age_on
from households.reveals.models import What, Why

ADULT = 18
SHOWN = 50


@dataclass(frozen=True)
class Subject:
    """Whose number (`person` None: the household's), masked, and whole. `value` goes to no page but the one that asked."""

    home: HouseholdSpell
    person: Person | None
    what: What
    value: str
    is_minor: bool

    @property
    def owner(self) -> Person | Household:
        """Whom the audit log names."""
        household: Household = self.home.household
        return self.person or household

    @property
    def name(self) -> str:
        """As her household's page says it."""
        return self.person.name if self.person else self.home.household.head_name

    @property
    def masked(self) -> str:
        """As the pages show it."""
        return identity.mask_id(self.value) if self.what == What.ID_NUMBER else identity.mask_phone(self.value)


def subject(home: HouseholdSpell, what: str, of: int) -> Subject | None:
    """`of`: a member of today, or for the household's telephone the household. None where there is no such number."""
    if what not in What.values:
        return None
    if what == What.HOME_PHONE:
        value = home.household.phone if of == home.household_id else None
        return Subject(home, None, What.HOME_PHONE, value, is_minor=False) if value else None
    day = business_date()
    member = Membership.objects.filter(household=home.household_id, person=of, period__contains=day).first()
    if member is None:
        return None
    person = member.person
    value = person.id_number if what == What.ID_NUMBER else person.phone
    return Subject(home, person, What(what), value, is_minor=age_on(person.birth_date, day) < ADULT) if value else None


class RevealForm(forms.Form):
    """Why the number is needed."""

    why = forms.ChoiceField(label=_t("事由"), choices=[("", _t("请选择")), *Why.choices])
    note = forms.CharField(
        label=_t("说明"), max_length=100, required=False,
        help_text=_t("事由选“其他”时必须写明。请勿写证件号码、电话和病情。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """“Other” alone is no reason."""
        cleaned = super().clean() or {}
        if cleaned.get("why") == Why.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", _("请写明为什么需要查看。"))
        return cleaned


def reason_text(why: str, note: str) -> str:
    """The reason as the audit log keeps it: what is of the list first."""
    label = in_the_log(Why(why))
    return f"{label}: {note.strip()}" if note.strip() else label


def in_the_log(choice: models.TextChoices) -> str:
    """A choice in the language of the log, whatever language the page was in: the yearly report counts by it."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(choice.label)


@dataclass(frozen=True)
class RequestLine:
    """A request as its list shows it."""

    request: RevealRequest
    village: str
    age: int
    is_mine: bool


def of_regions(user: User) -> QuerySet[RevealRequest]:
    """All requests about people of the user's regions."""
    found: QuerySet[RevealRequest] = RevealRequest.objects.filter(household__in=homes(user).values("household"))
    return found


def waiting_for(user: User) -> QuerySet[RevealRequest]:
    """What the user may decide: others' requests, the oldest first."""
    waiting = of_regions(user).filter(state=RevealRequest.State.WAITING)
    return waiting.exclude(asked_by=user).order_by("asked_at", "pk")


def lately(user: User) -> QuerySet[RevealRequest]:
    """The user's own requests and what she decided, the latest first."""
    return of_regions(user).filter(Q(asked_by=user) | Q(decided_by=user)).order_by("-asked_at", "-pk")


def request_lines(user: User, found: QuerySet[RevealRequest]) -> list[RequestLine]:
    """The first of them in words."""
    rows = list(found.select_related("person", "asked_by", "decided_by")[:SHOWN])
    places = {
        home.household_id: home.village.path
        for home in homes(user).filter(household__in=[r.household_id for r in rows])
    }
    day = business_date()
    return [
        RequestLine(
            row, places.get(row.household_id, ""), age_on(row.person.birth_date, day), row.asked_by_id == user.pk
        )
        for row in rows
    ]
