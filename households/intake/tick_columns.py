"""Forms that say one thing in several columns: each choice ticked in its own, under one header cell (宣传方式 over 入户, 电话,
微信), or whether and when side by side (是否清洁, 清洁日期)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from households.intake.columns import as_text, tidy
from households.intake.headers import SEARCH_ROWS, TableSpec, normalise_header, resolve, row_texts
from households.intake.row_kinds import holds_number
from households.intake.workbook import CellValue, Sheet

_TICKS = frozenset({"√", "✓", "✔", "☑", "v", "●", "○", "★", "是", "有", "y", "1", "对"})
_DONE = re.compile(
    r"已?(?:经|全部)?(?:完成|办理|参加|投保|宣传|清洁|走访|结对|包联|发放|领取|到账|到位|落实|入户|达标|合格)"
)
_CROSSES = frozenset({"", "×", "✗", "✘", "x", "否", "无", "没有", "n", "0", "/", "-", "—", "☐", "□"})


def folded(sheet: Sheet, spec: TableSpec) -> Sheet:
    """The sheet with the ticked words of such a group in its first column, as if one column had been written."""
    for at in range(min(SEARCH_ROWS, len(sheet.rows) - 1)):
        if any(map(holds_number, sheet.rows[at + 1])):
            continue  # somebody's row, below a header of one line
        groups, words = row_texts(sheet.rows[at]), row_texts(sheet.rows[at + 1])
        for left, group in groups.items():
            known = spec.ticks.get(resolve(group, spec) or "", frozenset())
            columns = _under(sheet, at, left, groups, words) if known else []
            if len(columns) > 1 and 2 * sum(words[column] in known for column in columns) >= len(columns):
                sheet = _folded(sheet, at + 1, columns)
    return sheet


def _under(sheet: Sheet, at: int, left: int, groups: dict[int, str], words: dict[int, str]) -> list[int]:
    """The columns below a group's cell: those that it is merged over, else those up to the next header."""
    number = sheet.numbers[at]
    right = next((merge.right for merge in sheet.merged if (merge.top, merge.left) == (number, left)), None)
    columns: list[int] = []
    column = left
    while column in words and (column == left or column not in groups) and (right is None or column <= right):
        columns.append(column)
        column += 1
    return columns


def _folded(sheet: Sheet, at: int, columns: list[int]) -> Sheet:
    words = {column: str(sheet.rows[at][column]).strip() for column in columns}
    rows = [list(row) for row in sheet.rows]
    for position, row in enumerate(rows):
        if position >= at:
            told = [_told(row[column] if column < len(row) else None, words[column]) for column in columns]
            for column in columns:
                if column < len(row):
                    row[column] = None
            if position > at and any(told):
                row += [None] * (columns[0] + 1 - len(row))
                row[columns[0]] = "、".join(filter(None, told))
    return replace(sheet, rows=rows)


def _told(cell: CellValue, word: str) -> str:
    """The word where it is ticked, "" where not; what is neither stays beside it, for the cleaner to doubt."""
    text = _plain(cell)
    if text in _CROSSES or normalise_header(text) == normalise_header(word):
        return ""
    return word if text in _TICKS else f"{word}:{text}"


def _plain(cell: CellValue) -> str:
    return unicodedata.normalize("NFKC", tidy(as_text(cell))).lower()


def told_together(columns: Sequence[list[CellValue]]) -> list[CellValue]:
    """What several columns of one field say: a day outweighs a 是 beside it; what differs stays, all of it, to be doubted."""
    together: list[CellValue] = []
    for cells in zip(*columns, strict=True):
        told = {_plain(cell): cell for cell in cells if cell is not None}
        exact = {text: cell for text, cell in told.items() if text not in _TICKS and not _DONE.fullmatch(text)} or told
        first = next(iter(exact.values()), None)
        together.append(first if len(exact) < 2 else "、".join(as_text(cell) for cell in exact.values()))
    return together
