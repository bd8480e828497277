"""The progress table (五个百分百进展情况统计表): the five targets of a region by the regions below it, on a day."""

from dataclasses import dataclass
from datetime import date
from typing import IO

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.business_day import is_demonstration
from campaigns.coverage import Coverage, Figures
from campaigns.organisation.counting import how_we_count
from campaigns.reports.wording import federation_of
from campaigns.targets import TARGETS, TargetDefinition
from households.access import LEVELS, code_range
from households.intake.xlsx_paper import Paper
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Region, User
from households.wording import running

WIDE = "\N{EM SPACE}"
_DIGITS = dict(zip(Region.Level, LEVELS, strict=True))


@dataclass(frozen=True)
class Line:
    """One region of the table (or the total): women and children, and the figures of the five targets in their order."""

    name: str
    persons: int
    targets: list[tuple[TargetDefinition, Figures]]


@dataclass(frozen=True)
class ProgressTable:
    """level: of the lines. left_out: how many regions without any task are not listed."""

    region: Region
    day: date
    level: Region.Level
    lines: list[Line]
    total: Line
    left_out: int

    @property
    def title(self) -> str:
        """The official name."""
        return _("%(region)s“五个百分百”进展情况统计表") % {"region": self.region.short_name}


def levels_below(region: Region) -> list[Region.Level]:
    """By which levels the region's table can be made; a village is its own line."""
    return [level for level, digits in _DIGITS.items() if digits > len(region.code)] or [Region.Level.VILLAGE]


def progress_table(user: User, region: Region, day: date, level: str = "") -> ProgressTable:
    """The table by a level below (the next one where it is none of them). The caller has checked the region.

    Of the next level every region is listed, of the lower ones those with registered women or children.
    """
    levels = levels_below(region)
    asked = next((one for one in levels if one == level), levels[0])
    below = list(
        Region.objects.visible_to(user)
        .filter(code_range("code", region.code), level=asked)
        .select_related("parent")
        .order_by("position", "code")
    )
    found = coverage.as_of({region.code, *(one.code for one in below)}, day)  # a village is its own line: once
    listed = [one for one in below if asked == levels[0] or found[one.code].heads["persons"]]
    return ProgressTable(
        region=region,
        day=day,
        level=asked,
        lines=[_line(_name(one, region), found[one.code]) for one in listed],
        total=_line(_("合计"), found[region.code]),
        left_out=len(below) - len(listed),
    )


def _name(one: Region, within: Region) -> str:
    """Short below its own parent; with the way there further down, because village names repeat."""
    if one.parent_id == within.code or one.code == within.code:
        return one.short_name
    return one.path.removeprefix(f"{within.path} / ")


def _line(name: str, found: Coverage) -> Line:
    return Line(name, found.heads["persons"], [(target, found.target(target.key)) for target in TARGETS])


def notes(table: ProgressTable) -> list[str]:
    """What stands under the table: regions left out, and how it is counted."""
    said = [_("注：完成率保留一位小数，不四舍五入；应完成数为0的为“无任务”。妇女儿童按人计，不重复。")]
    if table.left_out:
        said.append(_("另有%(count)s个没有在册妇女儿童的区划未列出。") % {"count": table.left_out})
    return [running(said), *filter(None, [counting_note(table.day)]), *invented_note()]


def invented_note() -> list[str]:
    """A paper leaves the pages that say so behind: in the demonstration it says itself that its figures are invented."""
    return [_("演示数据，人物均为虚构。")] if is_demonstration() else []


def counting_note(day: date) -> str:
    """The counting rules in force on a day as one line of text; "" where there are none."""
    note = how_we_count(day)
    if note is None:
        return ""
    rules = _("；").join(f"{rule.title}{_('：')}{rule.value}" for rule in note.rules)
    version = _("统计口径第%(version)s版（%(year)s年度）") % {"version": note.version, "year": note.year}
    return f"{version}{_('：')}{rules}{_('。')}"


def above_table(table: ProgressTable) -> tuple[str, str]:
    """Left: who reports; right: the day and the unit."""
    until = _("截至%(day)s") % {"day": formats.date_format(table.day)}
    unit = _("单位：户、人、%")
    return _("填报单位（盖章）：%(unit)s") % {"unit": federation_of(table.region)}, f"{until}{WIDE * 2}{unit}"


def signatures() -> list[str]:
    """Who signs the table."""
    return [_("填表人："), _("审核人："), _("负责人："), _("日期：")]


def write_progress(file: IO[bytes], table: ProgressTable) -> None:
    """Write the .xlsx, ready to be printed on A4 landscape."""
    parts = (_("应完成"), _("已完成"), f"{_('完成率')}(%)")
    sheet = NewSheet(
        name=_("进展情况"),
        headings=[_("序号"), _("区划"), _("妇女儿童"), *(part for _target in TARGETS for part in parts)],
        widths=[6, 22 if table.level == levels_below(table.region)[0] else 34, 9, *([8.5] * 3 * len(TARGETS))],
        rows=[
            *([number, *_cells(line)] for number, line in enumerate(table.lines, start=1)),
            ["", *_cells(table.total)],
        ],
        paper=Paper(
            title=table.title,
            above=[above_table(table)],
            groups=[("", 3), *((f"{t.title}{_('（')}{t.unit_name}{_('）')}", len(parts)) for t in TARGETS)],
            below=[(WIDE * 12).join(signatures()), *notes(table)],
            total=True,
        ),
    )
    write_book(file, [sheet])


def _cells(line: Line) -> list[str | int | float]:
    cells: list[str | int | float] = [line.name, line.persons]
    for _target, one in line.targets:
        cells += [one.eligible, one.covered, _("无任务") if one.percent is None else one.percent]
    return cells
