"""Columns that nobody reads: those under no header word are named for the officer, nobody may be lost in them, and what they say of
a row may not be passed over."""

import re
from datetime import date

from households.intake.headers import Header, TableSpec
from households.intake.row_kinds import INVISIBLE, is_blank
from households.intake.workbook import CellValue, column_letter

_PERSONAL_NUMBER = re.compile(r"\d{17}[\dXx](?:\d\d)?")
# An account's number may be as long, but has no birth date in it.
_BIRTH = re.compile(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

type Rows = list[list[CellValue]]


def columns_without_header(rows: Rows, header: Header) -> list[str]:
    """Columns with a value in a row and no word above: their letters, or the day that stands there as a date."""
    above = header.sheet.rows[header.bottom] if header.bottom >= 0 and header.sheet.rows else []
    days = {column: value.isoformat()[:10] for column, value in enumerate(above) if isinstance(value, date)}
    return [days.get(column) or column_letter(column) for column in _unnamed(rows, header)]


def hold_others(rows: Rows, header: Header, spec: TableSpec) -> bool:
    """Whether such columns hold the identity number of somebody who stands in no row: a second list beside the first one.

    The same people's numbers once more lose nobody.
    """
    beside = {number for number in _numbers(rows, _unnamed(rows, header)) if _BIRTH.match(number)}
    own = _numbers(rows, [header.fields[name] for name in spec.keys if name in header.fields]) if beside else set()
    return bool(own) and not beside <= own


def is_personal_number(value: CellValue) -> bool:
    """An identity number or a certificate's, or what a spreadsheet left of one."""
    if isinstance(value, str):
        return _PERSONAL_NUMBER.fullmatch(value.strip(INVISIBLE + "'")) is not None
    return isinstance(value, float) and 1e17 <= value < 1e18


def _numbers(rows: Rows, columns: list[int]) -> set[str]:
    """The first 18 characters of all personal numbers in these columns, however their cells hold them."""
    cells = (row[column] for row in rows for column in columns if column < len(row))
    texts = (f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in cells if is_personal_number(cell))
    return {text.strip(INVISIBLE + "'").upper()[:18] for text in texts}


def noted(across: Rows, header: Header, spec: TableSpec, numbers: list[int]) -> dict[int, str]:
    """Excel number → what a column that nobody reads says about the row and nobody may pass over. `across`: column by column."""
    found: dict[int, str] = {}
    for column in sorted(set(range(len(across))) - _read_columns(header)):
        above = header.unknown.get(column, "")
        said = {one for one in set(across[column]) if isinstance(one, str) and spec.takes_out(above, one)}
        for number, cell in zip(numbers, across[column], strict=False) if said else ():
            if cell in said:
                found.setdefault(number, f"{above}：{cell}" if above else str(cell))
    return found


def _read_columns(header: Header) -> set[int]:
    """Columns with a meaning, and our own."""
    return {
        *header.fields.values(),
        *header.results,
        *header.surplus,
        *(at for more in header.more.values() for at in more),
        *(at for names in header.again.values() for at in names.values()),
    }


def _unnamed(rows: Rows, header: Header) -> list[int]:
    named = _read_columns(header) | header.unknown.keys()
    return [
        column
        for column in range(max(map(len, rows)))
        if column not in named
        and any(column < len(row) and row[column] is not None and not is_blank(row[column]) for row in rows)
    ]
