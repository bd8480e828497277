"""Rosters and ledgers parted by township: one workbook with a sheet for each, or a zip with a file for each."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import IO

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.household_page import health_text, schooling_text
from campaigns.ledgers.combined import COMBINED
from campaigns.ledgers.combined_export import combined_sheet
from campaigns.models import Standing, Target
from campaigns.records.pages import rows_of, sheet_rows
from campaigns.records.spec import RecordTable
from campaigns.rooms import ROOMS
from households.access import Permission, code_range
from households.identity import mask_id, mask_phone
from households.intake.xlsx_paper import Value
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Enrolment, HouseholdSpell, Membership, Region, User
from households.periods import age_on
from households.places import display_name
from households.wording import word

TOWNSHIP_DIGITS = 9
ROSTER, COMBINED_LEDGER = "roster", "combined"


@dataclass(frozen=True)
class Part:
    """The rows of one township (or of what belongs to a level above it): its name, and its sheet when asked for."""

    name: str
    sheet: Callable[[], NewSheet]


def choices(user: User) -> list[tuple[str, str | Promise]]:
    """What the user may take out: the roster, the combined ledger, and every table of records that has a place."""
    tables = [
        (f"{room.key}-{table.name}", f"{room.title} · {table.title}")
        for room in ROOMS.values()
        for table in room.tables
        if table.scope and user.may(table.view)
    ]
    return [(ROSTER, _("妇女儿童花名册")), (COMBINED_LEDGER, COMBINED.title), *tables]


def parts_of(what: str, user: User, region: Region, day: date) -> list[Part]:
    """The parts of one of the choices, in official order; townships without a row have none."""
    if what in (ROSTER, COMBINED_LEDGER):
        there = Standing.objects.visible_to(user).filter(
            code_range("village_code", region.code), target=Target.PAIRING, eligible__contains_day=day
        )
        make = _roster_sheet if what == ROSTER else combined_sheet
        return [
            Part(name, partial(make, user, place, day, name))
            for place, name in _places(there.values_list("village_code", flat=True).distinct(), region)
        ]
    room, _dash, name = what.partition("-")
    table = ROOMS[room].table(name)
    assert table is not None
    found = rows_of(table, user, QueryDict(), region).order_by().values_list(table.scope, flat=True).distinct()
    return [
        Part(name, partial(_table_sheet, table, user, region, place, name)) for place, name in _places(found, region)
    ]


def _places(codes: Iterable[str], region: Region) -> list[tuple[Region, str]]:
    """Townships (or higher regions that have rows of their own) and their names, each name once."""
    # A part never reaches beyond the region asked for, which may be a single village.
    is_village = len(region.code) > TOWNSHIP_DIGITS
    wanted = {region.code if is_village else code[:TOWNSHIP_DIGITS] for code in codes}
    found, taken = [], set()
    for place in Region.objects.filter(code__in=wanted).order_by("position", "code"):
        name = place.path.replace(" / ", "")
        name = name if name not in taken else f"{name}{place.code}"
        taken.add(name)
        found.append((place, name))
    return found


def _table_sheet(table: RecordTable, user: User, region: Region, place: Region, name: str) -> NewSheet:
    columns = table.shown_to(user)
    rows = rows_of(table, user, QueryDict(), region)
    is_whole = len(place.code) >= TOWNSHIP_DIGITS  # of a county or city: what it holds itself
    rows = rows.filter(code_range(table.scope, place.code) if is_whole else Q(**{table.scope: place.code}))
    headings = [str(column.title) for column in columns] + [_("状态")]
    return NewSheet(name, headings, [18] * len(headings), sheet_rows(table, columns, rows))


def _roster_sheet(user: User, place: Region, day: date, name: str) -> NewSheet:
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    headings = [
        _("乡镇"), _("行政村"), _("户编号"), _("户主姓名"), _("姓名"), _("与户主关系"), _("性别"), _("出生日期"), _("年龄"),
        _("就读"), _("脱贫属性"), _("联系电话"), *([_("证件号码"), _("健康状况")] if sensitive else []),
    ]  # fmt: skip
    widths = [14, 14, 18, 12, 12, 12, 6, 12, 6, 18, 18, 14, *([20, 18] if sensitive else [])]
    return NewSheet(name, headings, widths, _roster_rows(user, place, day, sensitive=sensitive))


def _roster_rows(user: User, place: Region, day: date, *, sensitive: bool) -> Iterator[list[str | int]]:
    """Registered women and children of the day, exactly those that the dashboard counts, by village and household."""
    standing = Standing.objects.visible_to(user).filter(
        code_range("village_code", place.code), target=Target.PAIRING, eligible__contains_day=day
    )
    village_of = dict(standing.values_list("unit_id", "village_code"))
    found = Membership.objects.filter(person__in=village_of, period__contains=day).select_related("person", "household")
    homes = sorted(found, key=lambda one: (village_of[one.person_id], one.household_id, one.person.birth_date))
    households = [one.household_id for one in homes]
    spells = HouseholdSpell.objects.filter(household__in=households, period__contains=day)
    status = {spell.household_id: str(spell.get_status_display()) for spell in spells}
    schools = {one.person_id: one for one in Enrolment.objects.filter(person__in=village_of, period__contains=day)}
    names = dict(Region.objects.filter(code_range("code", place.code[:TOWNSHIP_DIGITS])).values_list("code", "name"))
    for home in homes:
        who, of, village = home.person, home.household, village_of[home.person_id]
        cells: list[str | int] = [
            names[village[:TOWNSHIP_DIGITS]], display_name(village, names[village]), of.number, of.head_name, who.name,
            word(home.relation), str(who.get_sex_display()), f"{who.birth_date:%Y-%m-%d}", age_on(who.birth_date, day),
            schooling_text(schools.get(who.pk), who, day), status.get(of.pk, ""), mask_phone(of.phone or ""),
        ]  # fmt: skip
        yield cells + ([mask_id(who.id_number or ""), health_text(who, sensitive=True)] if sensitive else [])


@dataclass
class Written:
    """What went out. rows: of all parts."""

    rows: int = 0

    def counted(self, sheet: NewSheet) -> NewSheet:
        """The sheet, its rows counted while they are taken."""
        return replace(sheet, rows=self._pass(sheet.rows))

    def _pass(self, rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
        for row in rows:
            self.rows += 1
            yield row


def write_sheets(file: IO[bytes], parts: Sequence[Part]) -> Written:
    """One workbook, a sheet a part."""
    written = Written()
    write_book(file, [written.counted(part.sheet()) for part in parts])
    return written


def write_files(file: IO[bytes], parts: Sequence[Part]) -> Written:
    """A zip, a workbook a part."""
    written = Written()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # workbooks are compressed already
        for part in parts:
            book = io.BytesIO()
            write_book(book, [written.counted(part.sheet())])
            archive.writestr(f"{part.name}.xlsx", book.getvalue())
    return written
