"""Cells that tell a first and a last day together: 2018.3.1-2018.5.31, 2018年3月1日至今."""

import re
import unicodedata
from collections.abc import Mapping

from households.intake.sheets import Table
from households.intake.workbook import CellValue

_TO = re.compile(
    r"至|到|~|—+|–|(?<=[\d日月])-(?=\d{4}[年./])|(?<=[日月])-(?=\d)|(?<=[./]\d)-(?=\d)|(?<=[./]\d\d)-(?=\d)"
)
_ISO = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-+(\d{4}-\d{1,2}-\d{1,2})")
_YEAR = re.compile(r"(\d{4})([年./-])")
_OPEN = frozenset({"今", "现在", "目前", "长期", ""})


def span_in(cell: CellValue) -> tuple[str, str | None] | None:
    """First and last day as they are written (the year is told once for both); None where the cell tells no two ends."""
    if not isinstance(cell, str):
        return None
    text = unicodedata.normalize("NFKC", cell).replace(" ", "")
    parts = list(found.groups()) if (found := _ISO.fullmatch(text)) else _TO.split(text)
    if len(parts) != 2 or not re.search(r"\d", parts[0]):
        return None
    first, last = parts
    if last in _OPEN:
        return first, None
    year = _YEAR.match(first)
    return (first, last) if year is None or _YEAR.match(last) else (first, f"{year[1]}{year[2]}{last}")


def split_spans(spans: Mapping[str, str], table: Table) -> None:
    """Write the last day into the column of last days (`spans`: first → last), where nothing stands there."""
    for since, until in spans.items():
        cells = table.columns.get(since)
        if cells is None:
            continue
        ends = table.columns.get(until, [None] * len(cells))
        for at, cell in enumerate(cells):
            if ends[at] is None and (found := span_in(cell)):
                cells[at], ends[at] = found
        if any(end is not None for end in ends):
            table.columns[until] = ends
