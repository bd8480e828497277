"""Changes to the register made by hand: keyword-only, by a user and inside her regions, atomic, with history."""

from collections.abc import Collection
from datetime import date

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from households.access import Permission
from households.intake.applying import lock_register
from households.models import HouseholdSpell, Membership, User
from households.querysets import can

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
    """From `day` on these households are taken off the list (清退). Returns how many were."""
    with transaction.atomic(), pghistory.context(user=by.pk, reason="household_removed"):
        lock_register()
        running = HouseholdSpell.objects.select_for_update().filter(household__in=households, period__contains=day)
        listed = running.exclude(status=Status.REMOVED)
        _check_reach(by, {spell.village_id for spell in listed})
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


def _check_reach(by: User, codes: Collection[str]) -> None:
    if not can(by, Permission.EDIT_REGISTER) or not all(by.covers(code) for code in codes):
        raise PermissionDenied
