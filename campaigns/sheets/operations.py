"""Printing a sheet, and recording by its row numbers what came back on paper."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.household_page import homes
from campaigns.models import Sheet, SheetRow
from campaigns.publicity.rounds import listed_households
from campaigns.recording import AlreadyRecordedError
from households.access import Permission, code_range, steward
from households.models import Household, HouseholdSpell, Membership, Person, Region, User
from households.periods import age_on
from households.querysets import can


@dataclass(frozen=True)
class PrintedRow:
    """One row as shown: everything about a household that left the viewer's regions stays empty."""

    position: int
    household_id: int
    is_there: bool
    head: str
    village: str
    size: int
    women: int
    children: int
    people: list[Person]


@dataclass
class Entered:
    """What became of the rows typed in; refused: (row number, why)."""

    saved: int = 0
    already: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def print_village_sheet(*, by: User, village: Region, purpose: str, day: date) -> Sheet:
    """A sheet of the village's households with a woman or child on the day; the very same one if it is there already."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(village.code)):
        raise PermissionDenied
    keys = listed_households(village, day)
    if not keys:
        raise ValidationError(_("这一天本村没有登记在册的妇女或儿童，没有要打印的户。请核对村和日期。"))
    heads = Household.objects.filter(pk__in=keys).order_by("head_name", "pk").values_list("pk", flat=True)
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("打印登记表")):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        for known in Sheet.objects.filter(
            region=village, purpose=purpose, day=day, recorded_by=by, voided_at=None
        ).order_by("-pk")[:5]:
            if list(known.rows.order_by("position").values_list("household_id", flat=True)) == list(heads):
                return known
        return keep_sheet(by=by, region=village, purpose=purpose, day=day, households=heads)


def keep_sheet(*, by: User, region: Region, purpose: str, day: date, households: Iterable[int]) -> Sheet:
    """A new sheet with these households of the region in this order, inside the caller's transaction and history."""
    keys = list(households)
    there = HouseholdSpell.objects.filter(
        code_range("village_id", region.code), household__in=keys, period__contains=day
    )
    if not (can(by, Permission.RECORD_FACTS) and by.covers(region.code)) or there.count() < len(keys):
        raise PermissionDenied
    sheet = Sheet.objects.create(region=region, purpose=purpose, day=day, recorded_by=by)
    rows = [SheetRow(sheet=sheet, position=at, household_id=key) for at, key in enumerate(keys, 1)]
    SheetRow.objects.bulk_create(rows)
    return sheet


def printed_rows(user: User, sheet: Sheet, positions: Sequence[int] | None = None) -> list[PrintedRow]:
    """The rows of a sheet (all, or these), as the viewer may see the households, with the members of the sheet's day."""
    found = sheet.rows.select_related("household").order_by("position")
    with steward():  # a household that left the user's regions still has its row, without a word about it
        rows = list(found if positions is None else found.filter(position__in=positions))
    keys = [row.household_id for row in rows]
    there = {home.household_id: home for home in homes(user).filter(household__in=keys)}
    people: dict[int, list[Person]] = {key: [] for key in keys}
    members = Membership.objects.filter(household__in=there, period__contains=sheet.day).select_related("person")
    for member in members.order_by("person__birth_date", "person_id"):
        people[member.household_id].append(member.person)
    return [_row(row, there, people[row.household_id], sheet.day) for row in rows]


def _row(row: SheetRow, there: dict[int, Any], people: list[Person], day: date) -> PrintedRow:
    home = there.get(row.household_id)
    ages = [(person, age_on(person.birth_date, day)) for person in people]
    return PrintedRow(
        position=row.position,
        household_id=row.household_id,
        is_there=home is not None,
        head=(row.household.head_name or _("（未登记户主）")) if home else _("（已不在您的负责范围内）"),
        village=home.village.short_name if home else "",
        size=len(people),
        women=sum(person.sex == Person.Sex.FEMALE and age >= 16 for person, age in ages),
        children=sum(age < 18 for _person, age in ages),
        people=people,
    )


def enter_rows(sheet: Sheet, positions: Sequence[int], record: Callable[[Household, int], None]) -> Entered:
    """Record the household of each row; a row that is refused does not stop the others.

    record(household, row number) writes one row and refuses as the operations do.
    """
    told = Entered()
    with steward():
        rows = list(sheet.rows.filter(position__in=positions).select_related("household").order_by("position"))
    for row in rows:
        try:
            with transaction.atomic():
                record(row.household, row.position)
        except AlreadyRecordedError:
            told.already += 1
        except ValidationError as error:
            told.refused.append((row.position, " ".join(error.messages)))
        except PermissionDenied:
            told.refused.append((row.position, _("该户现在不在您的负责范围内，没有登记。")))
        else:
            told.saved += 1
    return told
