"""Any table of figures as a workbook, made of the very page that shows it: its figures and its rights are the page's.

A template marks a table with `{% figures … %}` and puts `components/table_link.html` beside it; the page asked with
?table=NAME is then answered by `FigureBookMiddleware` with this workbook. Only tables in which no person stands are marked:
lists of people have exports of their own, with their own rights, and so has the progress table, which is signed and stamped.

What a page may say for its workbook, where its words are not what a cell holds (several values parted by |):
    data-columns   of a heading: the headings below it, one a value of its cells (a single one: its words instead)
    data-values    of a cell: one value for each of them
    data-value     of a cell: its value
    data-omit      of a heading: a column of links, not taken along
    data-headings  of what is no table: the headings; data-row of what stands in it: the values of a row
    data-note      of a sentence: a line below the table
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import IO

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.reports.progress import counting_note, invented_note
from households.intake.xlsx_paper import Paper, Percent, Value, text_width
from households.intake.xlsx_writer import NewSheet, write_book

_WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})")
_PARTED = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})\.\d+")
_VOID = frozenset({"br", "img", "input", "wbr", "hr"})
_NARROWEST, _WIDEST, _PAGE_WIDTH = 5, 40, 96
type Attributes = dict[str, str | None]


@dataclass
class Cell:
    """As it stands in the page."""

    attributes: Attributes
    is_heading: bool
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _tidy(self.words)

    def parts(self, name: str) -> list[str]:
        """The values of an attribute; [] without it."""
        told = self.attributes.get(name)
        return [] if told is None else told.split("|")

    def values(self) -> list[Value]:
        """What it says in its columns."""
        told = self.parts("data-values") or self.parts("data-value")
        if told:
            return [value_of(part) for part in told]
        is_number = not self.is_heading and "num" in (self.attributes.get("class") or "").split()
        return [value_of(self.text) if is_number else self.text]


@dataclass
class FigureTable:
    """A marked table of a page, without cells that span others. total: is the last row the total?"""

    attributes: Attributes
    headings: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total: bool = False

    def told(self, name: str) -> str:
        """One of the words of its mark."""
        return self.attributes.get(f"data-{name}") or ""

    @property
    def title(self) -> str:
        return self.told("figures")

    @property
    def days(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.told("days").split()]

    @property
    def file_name(self) -> str:
        """Title and day."""
        day = self.told("days").partition(" ")[0]
        return _("%(title)s（%(day)s）.xlsx") % {"title": self.title, "day": day} if day else f"{self.title}.xlsx"

    def write(self, file: IO[bytes]) -> None:
        """The .xlsx, ready to be printed."""
        groups, headings = self._headings()
        rows = [self._values(row) for row in self.rows]
        write_book(file, [NewSheet(self.told("sheet"), headings, _widths(headings, rows), rows, self._paper(groups))])

    def _paper(self, groups: Sequence[tuple[str, int]]) -> Paper:
        until = [_("截至%(day)s") % {"day": formats.date_format(day)} for day in self.days[:1]]
        unit = [_("单位：%(unit)s") % {"unit": told} for told in [self.told("unit")] if told]
        counted = dict.fromkeys(filter(None, map(counting_note, self.days)))
        return Paper(
            title=self.title,
            above=[(self.told("region"), "\N{EM SPACE}".join([*until, *unit]))],
            groups=groups,
            below=[*self.notes, *counted, *invented_note()],
            total=self.total,
        )

    def _headings(self) -> tuple[list[tuple[str, int]], list[str]]:
        """Groups (none where no heading has others below it) and headings."""
        groups: list[tuple[str, int]] = []
        headings: list[str] = []
        for cell in self._kept(self.headings):
            names = cell.parts("data-columns") or [cell.text]
            groups.append((cell.text, len(names)) if len(names) > 1 else ("", 1))
            headings += names
        return (groups if any(text for text, _span in groups) else []), headings

    def _values(self, row: list[Cell]) -> list[Value]:
        return [value for cell in self._kept(row) for value in cell.values()]

    def _kept(self, row: list[Cell]) -> list[Cell]:
        """Without the columns that are not taken along."""
        omitted = {at for at, cell in enumerate(self.headings) if "data-omit" in cell.attributes}
        return [cell for at, cell in enumerate(row) if at not in omitted]


class _Reader(HTMLParser):
    """Finds the marked table of a name in a page, and the page's notes."""

    def __init__(self, page: str, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.table: FigureTable | None = None
        self._name = name
        self._open: list[str] = []
        self._ends: int | None = None  # how deep the table stands, while it is open
        self._in_head = False
        self._cell: Cell | None = None
        self._notes: list[list[str]] = []
        self._note_ends: int | None = None
        self.feed(page)
        self.close()
        if self.table:
            self.table.notes = [note for words in self._notes if (note := _tidy(words))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in _VOID:
            self.handle_data(" ")
            return
        if "data-note" in attributes:
            self._notes.append([])
            self._note_ends = len(self._open)
        if self.table is None and attributes.get("data-table") == self._name:
            self.table, self._ends = FigureTable(attributes), len(self._open)
            if told := attributes.get("data-headings"):
                self.table.headings = [Cell({}, True, [heading]) for heading in told.split("|")]
        elif self.table and self._ends is not None:
            self._inside(self.table, tag, attributes)
        self._open.append(tag)

    def _inside(self, table: FigureTable, tag: str, attributes: Attributes) -> None:
        if tag == "thead":
            self._in_head = True
        elif tag == "tr" and not self._in_head:
            table.rows.append([])
            table.total = "total" in (attributes.get("class") or "").split()
        elif tag in ("th", "td"):
            self._cell = Cell(attributes, tag == "th")
            (table.headings if self._in_head else table.rows[-1]).append(self._cell)
        elif (row := attributes.get("data-row")) is not None:
            table.rows.append([Cell({"data-value": part}, False) for part in row.split("|")])

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:  # SVG's shapes and what else is never closed
            pass
        if tag == "thead":
            self._in_head = False
        elif tag in ("th", "td"):
            self._cell = None
        if self._ends is not None and len(self._open) <= self._ends:
            self._ends = None
        if self._note_ends is not None and len(self._open) <= self._note_ends:
            self._note_ends = None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.words.append(data)
        if self._note_ends is not None:
            self._notes[-1].append(data)


def figure_table(page: str, name: str) -> FigureTable | None:
    """The marked table of this name; None where the page shows none (an empty one is told in words)."""
    found = _Reader(page, name).table
    return found if found and found.rows else None


def value_of(text: str) -> Value:
    """A number where the text is one: 66, 87.6%, 2800.50; +3 is 3."""
    if text.endswith("%") and (_WHOLE.fullmatch(text[:-1]) or _PARTED.fullmatch(text[:-1])):
        return Percent(Decimal(text[:-1]) / 100)
    if _WHOLE.fullmatch(text):
        return int(text)
    if _PARTED.fullmatch(text):
        return float(text) if len(text.rpartition(".")[2]) == 1 else Decimal(text)
    return text


def _tidy(words: Sequence[str]) -> str:
    return " ".join("".join(words).split())


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[float]:
    """As wide as the longest words need, headings in two lines; wide enough together for the title."""
    broken = [math.ceil(text_width(heading) / 2) + 1 for heading in headings]
    longest = [max(text_width(str(value)) for value in column) for column in zip(*rows, strict=True)]
    widths = [min(_WIDEST, max(_NARROWEST, *both)) + 2 for both in zip(broken, longest, strict=True)]
    return [math.ceil(width * max(1, _PAGE_WIDTH / sum(widths))) for width in widths]
