"""Blank workbooks: text cells so that no number loses its digits, drop-downs, the officer's own villages, instructions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from households.intake.columns import neutralised
from households.models import Region, User
from households.places import display_name

ROWS = 2000
_WIDTHS = {
    "证件号码": 22,
    "户编号": 20,
    "家庭住址": 24,
    "备注": 20,
    "行政村": 16,
    "出生日期": 13,
    "户主联系电话": 14,
    "保单号": 20,
}
PLACES, CHOICES = "村名", "选项"
_HEAD = PatternFill("solid", fgColor="9B2039")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A blank workbook: its sheet's name and columns, those that must be filled in, words to choose from by column, columns
    of numbers, and the lines of its instructions."""

    sheet: str
    columns: tuple[str, ...]
    required: frozenset[str]
    lists: Mapping[str, Sequence[str]]
    numbers: frozenset[str] = frozenset()
    instructions: Sequence[str] = ()


def write_blank(file: IO[bytes], user: User, blank: Blank, filled: Sequence[Mapping[str, str]] = ()) -> None:
    """Write the .xlsx for this user's regions; filled in, it goes through the intake like any other.

    `filled`: rows that stand in it already, cells by column; others than the blank's are left out.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = blank.sheet
    _header(sheet, blank)
    for row, cells in enumerate(filled, start=2):
        for column, label in enumerate(blank.columns, start=1):
            if text := cells.get(label):
                sheet.cell(row, column).value = neutralised(text)
                sheet.cell(row, column).data_type = "s"
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    for number, (label, values) in enumerate(blank.lists.items(), start=1):
        for row, value in enumerate(values, start=1):
            choices.cell(row, number, value)
        letter = get_column_letter(number)
        # Several words may stand in 健康状况: a word that is not in the list is asked about, not refused.
        _drop_down(sheet, blank, label, f"{CHOICES}!${letter}$1:${letter}${len(values)}", strict=False)
    if "乡镇" in blank.columns:
        _place_lists(sheet, blank, _places(book.create_sheet(PLACES, 1), user))
    _instructions(book.create_sheet("填表说明"), blank)
    book.save(file)


def _place_lists(sheet: Worksheet, blank: Blank, places: "_Sizes") -> None:
    """County and township to choose from, and the villages of the township chosen."""
    _drop_down(sheet, blank, "县", f"{PLACES}!$E$2:$E${places.counties + 1}", strict=True)
    _drop_down(sheet, blank, "乡镇", f"{PLACES}!$F$2:$F${places.townships + 1}", strict=True)
    town_letter = get_column_letter(blank.columns.index("乡镇") + 1)
    town = f"${town_letter}2,{PLACES}!$B$2:$B${places.villages + 1}"
    _drop_down(
        sheet, blank, "行政村",
        f"OFFSET({PLACES}!$C$1,MATCH({town},0),0,COUNTIF({PLACES}!$B$2:$B${places.villages + 1},${town_letter}2),1)", strict=False,
    )  # fmt: skip


def _header(sheet: Worksheet, blank: Blank) -> None:
    for column, label in enumerate(blank.columns, start=1):
        cell = sheet.cell(1, column, label + ("*" if label in blank.required else ""))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(label, 12)
        for row in range(2, ROWS + 2):
            sheet.cell(row, column).number_format = "General" if label in blank.numbers else "@"
    sheet.row_dimensions[1].height = 28
    sheet.freeze_panes = "A2"


class _Sizes:
    """How many names stand in each list of the sheet of places."""

    def __init__(self, counties: int, townships: int, villages: int) -> None:
        self.counties, self.townships, self.villages = counties, townships, villages


def _places(sheet: Worksheet, user: User) -> _Sizes:
    """County, township and village in official order, and each county and township once (columns E and F)."""
    regions = Region.objects.visible_to(user).filter(level=Region.Level.VILLAGE).order_by("position")
    names = dict(Region.objects.values_list("code", "name"))
    villages = [
        (names[code[:6]], names[code[:9]], display_name(code, names[code]))
        for code in regions.values_list("code", flat=True)
    ]
    for column, label in enumerate(("县", "乡镇", "行政村"), start=1):
        sheet.cell(1, column, label)
        sheet.column_dimensions[get_column_letter(column)].width = 26
    for row, place in enumerate(villages, start=2):
        for column, name in enumerate(place, start=1):
            sheet.cell(row, column, name)
    unique = [list(dict.fromkeys(place[level] for place in villages)) for level in (0, 1)]
    for column, found in zip((5, 6), unique, strict=True):
        for row, name in enumerate(found, start=2):
            sheet.cell(row, column, name)
    sheet.freeze_panes = "A2"
    return _Sizes(max(len(unique[0]), 1), max(len(unique[1]), 1), max(len(villages), 1))


def _drop_down(sheet: Worksheet, blank: Blank, label: str, source: str, *, strict: bool) -> None:
    if label not in blank.columns:
        return
    letter = get_column_letter(blank.columns.index(label) + 1)
    rule = DataValidation(type="list", formula1=f"={source}", allow_blank=True, showErrorMessage=True)
    rule.errorStyle = "stop" if strict else "warning"
    rule.errorTitle = label
    rule.error = _("不在列表中。请从下拉列表中选择。")
    rule.add(f"{letter}2:{letter}{ROWS + 1}")
    sheet.add_data_validation(rule)


def _instructions(sheet: Worksheet, blank: Blank) -> None:
    for row, text in enumerate((_("填表说明"), *blank.instructions), start=1):
        cell = sheet.cell(row, 1, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 100
