"""Suspect data (疑点数据) of a region as this viewer may see it: figures by rule, one rule's list, and all as a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.utils.translation import gettext as _

from campaigns.batch_preview import shown_value
from campaigns.doubt_page import village_paths
from households.access import Permission
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Region, User
from households.suspect_data import RULES, Rule, Suspect, suspects
from households.village_order import line_key
from households.wording import listed, word

PAGE_SIZE = 50
# So many lines of each rule in the workbook.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Line:
    """One line; `told`: what the rule compares, as label and value. `name` "" for a household."""

    village: str
    household_id: int
    head_name: str
    name: str
    told: list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """Lines of one page and the key of the next one (None: the last)."""

    lines: list[Line]
    next_key: str | None


def page_of(user: User, rule: Rule, region: Region, day: date, after: str) -> Page:
    """One page of a rule's list, behind the line of a key ("" from the beginning); ValueError for the key of no line."""
    village, unit = after.split("-") if after else ("", "0")
    found = suspects(rule, region.code, day, behind=(village, int(unit)), most=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    next_key = line_key(shown[-1].village, shown[-1].unit) if len(found) > PAGE_SIZE else None
    return Page(lines_of(user, shown), next_key)


def lines_of(user: User, found: Sequence[Suspect]) -> list[Line]:
    """The lines of a list as the user may see them."""
    villages = village_paths(one.village for one in found)
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    return [
        Line(
            village=villages.get(one.village, ""),
            household_id=one.home,
            head_name=one.head_name,
            name=one.name,
            told=[(word(label), shown_value(label, value, sensitive)) for label, value in one.told.items()],
        )
        for one in found
    ]


def write_workbook(file: IO[bytes], user: User, region: Region, day: date) -> int:
    """Everything that the rules point at, to be sent back and checked; returns how many lines."""
    found = [(rule, line) for rule in RULES for line in _all_of(user, rule, region, day)]
    rows = [
        (
            number,
            line.village,
            line.head_name,
            line.name,
            str(rule.title),
            listed(f"{label} {value}" for label, value in line.told),
            "",
        )
        for number, (rule, line) in enumerate(found, start=1)
    ]
    headings = [_("序号"), _("所在村"), _("户主"), _("姓名"), _("疑点"), _("登记内容"), _("核实情况")]
    write_book(file, [NewSheet(_("疑点数据"), headings, [8, 36, 12, 12, 40, 44, 30], rows)])
    return len(rows)


def _all_of(user: User, rule: Rule, region: Region, day: date) -> Iterator[Line]:
    yield from lines_of(user, suspects(rule, region.code, day, most=MOST_ROWS))
