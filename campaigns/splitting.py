"""A household that split off another starts without that one's records; what of them may count for it, too, is offered.

Offered are only the records that would cover it: the first counting contact and the first round of cleaning, from before
the split. Whoever knows the family decides: the home may be another one. Pairings and aid follow the people anyway.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.facts import Fact
from campaigns.household_page import HouseholdPage, homes, household_page
from campaigns.models import Cleaning, Contact, Target
from campaigns.publicity.rounds import counting_kinds
from campaigns.recording import AlreadyRecordedError, already_recorded, recording, save_fact
from households.models import Household, HouseholdSpell, Membership, User


@dataclass(frozen=True)
class Offer:
    """What the household `origin` has that would cover this one; None where it has nothing or nothing is needed."""

    origin: HouseholdSpell
    contact: Contact | None
    cleaning: Cleaning | None


def offer_for(user: User, page: HouseholdPage) -> Offer | None:
    """What the household of the page may carry over; None where it did not split off one household of the user's."""
    lacking = {key for key in (Target.PUBLICITY, Target.CLEANING) if page.target(key).gap}
    parted = _parted(page.household) if lacking else None
    origin = homes(user).filter(household_id=parted[0]).first() if parted else None
    if parted is None or origin is None:
        return None
    contact = _first_contact(page.household, *parted) if Target.PUBLICITY in lacking else None
    cleaning = _first_cleaning(*parted) if Target.CLEANING in lacking else None
    return Offer(origin, contact, cleaning) if contact or cleaning else None


def _parted(household: Household) -> tuple[int, date] | None:
    """(Household, day): all who began this household had lived in that one until then, but for those new to the register."""
    members = list(Membership.objects.filter(household=household).exclude(end_reason=Membership.EndReason.MISTAKE))
    if not members:
        return None
    day = min(one.period.lower for one in members)
    first = [one.person_id for one in members if one.period.lower == day]
    before = Membership.objects.filter(person__in=first, period__fully_lt=(day, None))
    before = before.exclude(household=household).exclude(end_reason=Membership.EndReason.MISTAKE)
    came_from = {one.household_id for one in before if one.period.upper == day}
    return (came_from.pop(), day) if len(came_from) == 1 else None


def _first_contact(household: Household, origin: int, day: date) -> Contact | None:
    """The first that counts; a lecture only for those whose listener came along."""
    today = business_date()
    came_along = Membership.objects.filter(household=household, period__contains=today).values("person")
    found: Contact | None = (
        Contact.objects.filter(Q(attended_by=None) | Q(attended_by__in=came_along))
        .filter(household_id=origin, voided_at=None, done_on__lt=day, kind__in=counting_kinds())
        .order_by("done_on", "pk")
        .first()
    )
    return found


def _first_cleaning(origin: int, day: date) -> Cleaning | None:
    found: Cleaning | None = (
        Cleaning.objects.filter(household_id=origin, voided_at=None, done_on__lt=day).order_by("done_on", "pk").first()
    )
    return found


def carry_over(*, by: User, household: Household, contact: bool = False, cleaning: bool = False) -> list[Fact]:
    """Record once more for the household what is offered and wanted; AlreadyRecordedError where nothing (more) is."""
    made: list[Fact] = []
    with recording(by, household, _("沿用原户记录")) as village:
        offer = offer_for(by, household_page(by, homes(by).get(household=household)))
        if offer is not None and offer.contact is not None and contact:
            first = offer.contact
            told = {
                "household": household,
                "done_on": first.done_on,
                "kind": first.kind,
                "attended_by": first.attended_by,
            }
            again = Contact(**told, place=first.place, speaker=first.speaker)
            made.append(save_fact(again, by, village, at="contact", same=told))
        if offer is not None and offer.cleaning is not None and cleaning:
            done = offer.cleaning
            cleaned = {"household": household, "done_on": done.done_on, "round_number": 1}
            once_more = Cleaning(**cleaned, helpers=done.helpers, items=done.items, score=done.score)
            made.append(save_fact(once_more, by, village, at="cleaning", same=cleaned))
        if not made:
            raise AlreadyRecordedError(already_recorded())
    return made
