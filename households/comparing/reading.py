"""A list's tables → lines with clean values and the remarks that matter to a comparison."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from households.comparing.lines import Line
from households.intake.columns import as_text, tidy
from households.intake.messages import policy_of
from households.intake.rows import Finding
from households.intake.sheets import Table
from households.intake.workbook import CellValue
from households.periods import today
from households.places import PlaceIndex
from households.roster.checking import Setting, check_table
from households.roster.row_places import village_around
from households.roster.table import with_certificates, with_heads

# What the roster's checks find out about a row, and what a comparison says about it; anything else does not matter here.
_SAID_AS: dict[str, str] = {
    "ID_MISSING": "ID_NOT_TOLD",
    "ID_OTHER_TYPE": "ID_NOT_USED",
    "REGION_OUT_OF_SCOPE": "OUTSIDE_AREA",
    **dict.fromkeys(
        (
            "ENUM_UNKNOWN", "DATE_INCOMPLETE", "DATE_AMBIGUOUS", "DATE_UNREADABLE", "PHONE_INVALID", "NUMBER_UNREADABLE",
            "NUMBER_OUT_OF_RANGE", "DISABILITY_MISMATCH", "HOUSEHOLD_NO_PRECISION_LOST", "PERSON_NO_PRECISION_LOST",
        ),
        "NOT_COMPARED",
    ),
    **{
        code: code
        for code in (
            "ID_PRECISION_LOST", "ID_CHECKSUM", "ID_BIRTHDATE", "ID_LENGTH", "ID_15_DIGIT", "ID_CHECK_CHAR_SUSPECT",
            "SEX_MISMATCH", "BIRTHDATE_MISMATCH", "NAME_INVALID", "NAME_MISSING", "NAME_SUSPECT", "NAME_PUA_CHAR",
            "CONTROL_CHAR", "CELL_ERROR", "FORMULA_NO_VALUE", "VALUE_TOO_LONG", "REGION_UNKNOWN", "REGION_AMBIGUOUS",
        )
    },
}  # fmt: skip


def read_lines(tables: list[Table], scope: Sequence[str], places: PlaceIndex, day: date) -> list[Line]:
    """One line per person's row of all tables, in order."""
    setting = Setting(tuple(scope), places, day, today())
    lines = []
    for table in map(with_heads, map(with_certificates, tables)):
        numbers = table.columns.get("id_no") or [None] * len(table.row_numbers)
        told = _places_told(table, places)
        for row, number, place in zip(check_table(table, setting), numbers, told, strict=True):
            row.findings = _said(row.findings, place_is_told=bool(place))
            lines.append(Line(row, _as_given(number), place))
    return lines


def _said(findings: list[Finding], *, place_is_told: bool) -> list[Finding]:
    """`findings` as a comparison says them; a place that is not told cannot be wrong, nor can a head's name."""
    return [
        Finding(_SAID_AS[one.code], one.field, policy_of(_SAID_AS[one.code]), one.params)
        for one in findings
        if one.code in _SAID_AS
        and one.field != "head_name"
        and (place_is_told or one.code not in ("REGION_UNKNOWN", "REGION_AMBIGUOUS"))
    ]


def _places_told(table: Table, places: PlaceIndex) -> list[str]:
    """What each row writes about its place, "" where no village is named: county and township alone find nobody."""
    around = "" if "village" in table.columns else village_around(table, places)
    village = table.columns.get("village") or table.columns.get("address")
    if village is None:
        return [around] * len(table.row_numbers)
    above = [table.columns[name] for name in ("county", "township") if name in table.columns]
    return ["".join(map(_plain, cells)) if _plain(cells[-1]) else around for cells in zip(*above, village, strict=True)]


def _plain(cell: CellValue) -> str:
    return tidy(as_text(cell))


def _as_given(number: CellValue) -> str:
    """The identity number as the officer sees it in her list: for showing only, a damaged one stays damaged."""
    if isinstance(number, float):  # a spreadsheet shows 15 digits and noughts behind them
        return f"{Decimal(f'{number:.14e}'):f}"
    return tidy(as_text(number))
