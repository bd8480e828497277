"""Changes to the register made by hand: keyword-only, by a user and inside her regions, atomic, with history."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from households.access import Permission
from households.intake.applying import lock_register
from households.intake.models import MissingDecision
from households.models import Enrolment, HouseholdSpell, Membership, Person, User
from households.querysets import can
from households.roster.storage import HEAD, Schooling, schooling_word

Status = HouseholdSpell.Status


def end_memberships(*, memberships: Collection[int], day: date, end_reason: str, by: User) -> int:
    """End these memberships: `day` is the first day on which the people no longer belong. Returns how many ended.

    A membership that begins on that day or later stays: she came after the day that the decision is about.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, reason=f"membership_{end_reason}"):
        lock_register()
        running = Membership.objects.select_for_update().filter(pk__in=memberships, period__contains=day)
        _check_reach(by, {membership.county_code for membership in running})
        ended = 0
        for membership in running:
            if membership.period.lower < day:
                membership.period = DateRange(membership.period.lower, day)
                membership.end_reason = end_reason
                membership.save(update_fields=["period", "end_reason"])
                ended += 1
        return ended


def remove_households(*, households: Collection[int], day: date, reason: str, by: User) -> int:
    """From `day` on these households are taken off the list (清退). Returns how many were.

    Raises ValidationError where one of them has a later spell, which would stay on the list.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, reason="household_removed"):
        lock_register()
        running = HouseholdSpell.objects.select_for_update().filter(household__in=households, period__contains=day)
        listed = running.exclude(status=Status.REMOVED)
        _check_reach(by, {spell.village_id for spell in listed})
        after = HouseholdSpell.objects.filter(household__in=listed.values("household"), period__startswith__gt=day)
        if (
            later := after.exclude(status=Status.REMOVED).select_related("household").order_by("period").last()
        ) is not None:
            words = _("%(head)s户现在的登记自%(first)s起，清退日期不能早于这一天；更早的，请先更正花名册。")
            raise ValidationError({"day": words % {"head": later.household, "first": later.period.lower}})
        removed = 0
        for spell in listed:
            until = spell.period.upper
            if spell.period.lower < day:
                spell.period = DateRange(spell.period.lower, day)
                spell.save(update_fields=["period"])
                HouseholdSpell.objects.create(
                    household_id=spell.household_id, village_id=spell.village_id, county_code=spell.county_code,
                    status=Status.REMOVED, period=DateRange(day, until), reason=reason,
                )  # fmt: skip
            else:
                spell.status, spell.reason = Status.REMOVED, reason
                spell.save(update_fields=["status", "reason"])
            removed += 1
        return removed


def reopen_membership(*, membership: int, by: User) -> bool:
    """Take the end of a membership back, as if she had never left. False: nothing was ended.

    The decision about her as one whom a roster does not list goes with it: she is asked about again. Raises
    ValidationError where she belongs to a household since, or the household has another head.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, reason="membership_reopened"):
        lock_register()
        ended = Membership.objects.select_for_update().select_related("person").filter(pk=membership).first()
        if ended is None:
            raise PermissionDenied
        _check_reach(by, {ended.county_code})
        until = ended.period.upper
        if until is None:
            return False
        later = DateRange(until, None)
        if Membership.objects.filter(person=ended.person_id, period__overlap=later).exists():
            raise ValidationError(
                _("%(name)s之后又登记在册（本户或另一户），不能恢复这一段。") % {"name": ended.person.name}
            )
        heads = Membership.objects.filter(household=ended.household_id, relation=HEAD, period__overlap=later)
        if ended.relation == HEAD and (head := heads.select_related("person").first()):
            raise ValidationError(
                _("本户现有户主%(name)s，一户同时只能有一名户主。请先在后台改正与户主关系，再恢复。")
                % {"name": head.person.name}
            )
        ended.period, ended.end_reason = DateRange(ended.period.lower, None), ""
        ended.save(update_fields=["period", "end_reason"])
        _decisions([ended.person_id], until).delete()
        return True


def relist_household(*, household: int, by: User) -> bool:
    """Take it back that a household was taken off the list (清退). False: it is on the list.

    Its status is again what it was before; where the register does not know that any more, 不详.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, reason="household_relisted"):
        lock_register()
        spells = list(HouseholdSpell.objects.select_for_update().filter(household=household).order_by("-period"))
        if not spells:
            raise PermissionDenied
        removed, *earlier = spells
        _check_reach(by, {removed.village_id})
        if removed.status != Status.REMOVED:
            return False
        day = removed.period.lower
        if earlier and earlier[0].period.upper == day and earlier[0].village_id == removed.village_id:
            until = removed.period.upper
            removed.delete()
            earlier[0].period = DateRange(earlier[0].period.lower, until)
            earlier[0].save(update_fields=["period"])
        else:
            removed.status, removed.reason = Status.UNKNOWN, ""
            removed.save(update_fields=["status", "reason"])
        people = Membership.objects.filter(household=household, period__contains=day).values("person")
        _decisions(people, day).delete()
        return True


def change_schooling(
    *, person: Person, since: date, stage: str, grade: int | None = None, school: str = "", by: User
) -> None:
    """Where somebody is at school from a day on; `stage` "" is nowhere. What is registered for the very day is corrected.

    Raises ValidationError where something is registered for a later day, or the grade is none of the stage.
    """
    with transaction.atomic(), pghistory.context(user=by.pk, reason="schooling_changed"):
        lock_register()
        _check_reach(by, {person.county_code})
        if Enrolment.objects.filter(person=person, period__startswith__gt=since).exists():
            raise ValidationError({"since": _("此后还登记了就读情况，请填写更晚的日期。")})
        if grade is not None and not stage:
            raise ValidationError({"grade": _("不在校的不填年级。")})
        running = Enrolment.objects.select_for_update().filter(person=person, period__contains=since).first()
        if running is not None and running.period.lower < since:
            running.period = DateRange(running.period.lower, since)
            running.save(update_fields=["period"])
            running = None
        if stage:
            told = running or Enrolment(person=person, county_code=person.county_code, period=DateRange(since, None))
            told.stage, told.grade, told.school = stage, grade, school
            told.period = DateRange(since, None)
            told.full_clean()
            told.save()
        elif running is not None:
            running.delete()
        # What a roster says is compared with this word, too.
        kept = Person.objects.select_for_update().get(pk=person.pk)
        kept.school_status = schooling_word(Schooling(stage, grade))
        kept.save(update_fields=["school_status"])


def _decisions(people: Collection[int] | QuerySet[Any], day: date) -> QuerySet[MissingDecision]:
    """What was decided about these people with effect from that day."""
    ending = MissingDecision.objects.exclude(choice=MissingDecision.Choice.STAYS)
    return ending.filter(person__in=people, day=day)


def _check_reach(by: User, codes: Collection[str]) -> None:
    if not can(by, Permission.EDIT_REGISTER) or not all(by.covers(code) for code in codes):
        raise PermissionDenied
