"""A sheet of a new workbook as it is put on paper: titles and lines round the table, borders, merged cells, print set-up."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from households.intake.columns import neutralised
from households.intake.workbook import column_letter
from households.intake.xlsx_package import text_cell

# Cell styles by number; xlsx_writer holds their definitions in this order, after its own.
TITLE, LEFT, RIGHT, HEADING = range(4, 8)
TEXT, WHOLE, DECIMAL, SHARE, CENTS = range(8, 13)
_TOTAL = 5  # so much further the same in bold
FONTS = '<font><b/><sz val="18"/><name val="SimSun"/></font>'
BORDERS = (
    '<border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border>'
)
_CENTRE = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
_WRAP = '<alignment horizontal="{}" vertical="center" wrapText="1"/>'


def _style(font: int, number: int, alignment: str, border: int = 1) -> str:
    return (
        f'<xf numFmtId="{number}" fontId="{font}" borderId="{border}" applyNumberFormat="1" applyFont="1" '
        f'applyBorder="1" applyAlignment="1">{alignment}</xf>'
    )


# Number formats: 49 text, 1 whole number, 2 two decimals; 164 one decimal, 165 a share (both declared by xlsx_writer).
_CELLS = (49, 1, 164, 165, 2)
STYLES = "".join(
    (
        _style(2, 49, _CENTRE, 0), _style(0, 49, _WRAP.format("left"), 0), _style(0, 49, _WRAP.format("right"), 0),
        _style(1, 49, _CENTRE), *(_style(font, number, _CENTRE) for font in (0, 1) for number in _CELLS),
    )
)  # fmt: skip
COUNT = 4 + 2 * len(_CELLS)


class Percent(float):
    """A share, shown as percent with one decimal: 0.876 is 87.6%."""


type Value = str | int | float | Decimal

PAGE = (
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;C— &amp;P / &amp;N —</oddFooter></headerFooter>"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands round a table on paper (A4 landscape, one page wide, title and headings repeated on every page).

    above: lines between title and table, each a left and a right text. groups: over the headings, each a text and how many
    headings it spans; "" over a heading that is two rows high by itself. below: lines under the table.
    total: is the last row the total, in bold?
    """

    title: str
    above: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, int]] = ()
    below: Sequence[str] = ()
    total: bool = False

    @property
    def first_row(self) -> int:
        """The number of the table's first row below the headings."""
        return 3 + len(self.above) + (1 if self.groups else 0)


class Printed:
    """Writes one sheet's rows and remembers the cells merged on the way."""

    def __init__(self, paper: Paper, headings: Sequence[str], widths: Sequence[float]) -> None:
        self._paper, self._headings, self._widths = paper, headings, widths
        self._letters = [column_letter(index) for index in range(len(headings))]
        self.merged: list[str] = []

    def before(self) -> Iterator[bytes]:
        """Title, lines and headings."""
        yield self._across(1, self._paper.title, TITLE, height=34)
        half = max(1, len(self._letters) // 2)
        for number, (left, right) in enumerate(self._paper.above, start=2):
            self._merge(number, 0, half - 1)
            self._merge(number, half, len(self._letters) - 1)
            yield _row(number, [(0, left, LEFT), (half, right, RIGHT)], self._letters, height=22)
        last = self._paper.first_row - 1
        if self._paper.groups:
            yield self._grouped(last - 1)
        yield _row(last, [(i, text, HEADING) for i, text in enumerate(self._headings)], self._letters, height=32)

    def rows(self, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
        """The table; each row waits for the next one, because the last one may be the total."""
        number, waiting = self._paper.first_row, None
        for cells in rows:
            if waiting is not None:
                yield self._table_row(number, waiting, is_total=False)
                number += 1
            waiting = cells
        if waiting is not None:
            yield self._table_row(number, waiting, is_total=self._paper.total)
            number += 1
        for line in self._paper.below:
            # Merged cells do not grow by themselves.
            yield self._across(number, line, LEFT, height=18 * _lines(line, sum(self._widths)) + 4)
            number += 1

    def _grouped(self, number: int) -> bytes:
        """The row of groups; a heading without a group stands in it and in the row below."""
        cells: list[tuple[int, Value, int]] = []
        for text, span in self._paper.groups:
            first = len(cells)
            columns = range(first, first + span)
            if text:
                self._merge(number, first, first + span - 1)
            else:
                self.merged += [f"{self._letters[i]}{number}:{self._letters[i]}{number + 1}" for i in columns]
            shown = [text, *[""] * (span - 1)] if text else [self._headings[i] for i in columns]
            cells += [(i, one, HEADING) for i, one in zip(columns, shown, strict=True)]
        return _row(number, cells, self._letters, height=20)

    def _table_row(self, number: int, cells: Sequence[Value], *, is_total: bool) -> bytes:
        styled = [(i, cell, _style_of(cell, is_total=is_total)) for i, cell in enumerate(cells)]
        lines = max(_lines(str(cell), width) for cell, width in zip(cells, self._widths, strict=True))
        return _row(number, styled, self._letters, height=4 + 16 * lines)

    def _across(self, number: int, text: str, style: int, *, height: int) -> bytes:
        self._merge(number, 0, len(self._letters) - 1)
        return _row(number, [(0, text, style)], self._letters, height=height)

    def _merge(self, number: int, first: int, last: int) -> None:
        if last > first:
            self.merged.append(f"{self._letters[first]}{number}:{self._letters[last]}{number}")


def text_width(text: str) -> int:
    """In digits: a Chinese character is about two of them wide."""
    return sum(2 if letter > "\u2e80" else 1 for letter in text)


def _lines(text: str, width: float) -> int:
    return max(1, math.ceil(text_width(text) / max(1, width)))


def _style_of(cell: Value, *, is_total: bool) -> int:
    kinds = ((str, TEXT), (Percent, SHARE), (float, DECIMAL), (Decimal, CENTS), (int, WHOLE))
    style = next(style for kind, style in kinds if isinstance(cell, kind))
    return style + _TOTAL if is_total else style


def _row(number: int, cells: Sequence[tuple[int, Value, int]], letters: Sequence[str], height: int = 0) -> bytes:
    inside = b"".join(
        text_cell(f"{letters[column]}{number}", neutralised(value), style)
        if isinstance(value, str)
        else f'<c r="{letters[column]}{number}" s="{style}"><v>{value}</v></c>'.encode()
        for column, value, style in cells
    )
    tall = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{number}"{tall}>'.encode() + inside + b"</row>"
