""".ods in the child, parsed with expat: calamine drops error cells and hidden rows of this format."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from households.intake.reader_sheetml import feed, local_name, safe_parser
from households.intake.reader_values import (
    MAX_COLUMNS,
    Cell,
    Corners,
    ParsedSheet,
    Problem,
    RefusedError,
    Row,
    add_comment,
    bounded,
    number_or_text,
)
from households.intake.reader_zip import Parts

_UNIT_SHOWN = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([万千百])元?")
_CELLS = ("table-cell", "covered-table-cell")
# More equal people below each other than this are a mistake of some writer, not a list.
_MAX_REPEATED = 10_000


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The sheets in order; hidden ones come without rows."""
    content = Parts(data).read("content.xml")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusedError("UNSAFE_XML")
    state = _ContentState()
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        state.start,
        state.end,
        state.text,
    )
    feed(parser, content)
    yield from state.sheets


class _ContentState:
    """What the handlers remember; finished sheets collect in `sheets`."""

    def __init__(self) -> None:
        self.sheets: list[ParsedSheet] = []
        self._hidden_styles: set[str] = set()
        self._striking_styles: set[str] = set()
        self._style = ""
        self._rows: list[tuple[int, Row]] = []
        self._row: list[Cell] = []
        self._number = 0
        self._row_attrs: dict[str, str] = {}
        self._merged: list[Corners] = []
        self._hidden_rows: list[int] = []
        self._struck: list[tuple[int, int]] = []
        self._attrs: dict[str, str] = {}
        self._texts: list[str] = []
        self._note: list[str] = []
        self._comments: list[tuple[int, int, str]] = []
        self._in_text = self._in_note = 0
        self._is_struck = self._from_1904 = False
        self._sheet: dict[str, str] | None = None

    def start(self, tag: str, given: dict[str, str]) -> None:
        name, attrs = local_name(tag), _own(given)
        if name == "style":
            self._style = attrs.get("name", "")
        elif name == "table-properties" and attrs.get("display", "") == "false":
            self._hidden_styles.add(self._style)
        elif name == "text-properties" and attrs.get("text-line-through-style", "none") != "none":
            self._striking_styles.add(self._style)
        elif name == "null-date":
            self._from_1904 = attrs.get("date-value", "").startswith("1904")
        elif name == "table" and self._sheet is None:
            self._sheet, self._rows, self._merged, self._hidden_rows, self._number = attrs, [], [], [], 0
            self._struck, self._comments = [], []
        elif name == "table-row":
            self._row, self._row_attrs = [], attrs
        elif name in _CELLS:
            self._attrs, self._texts, self._note = attrs, [], []
            self._is_struck = attrs.get("style-name", "") in self._striking_styles
        elif name == "span":
            self._is_struck |= attrs.get("style-name", "") in self._striking_styles and not self._in_note
        elif name == "annotation":
            self._in_note += 1
        elif name == "p":
            written = self._note if self._in_note else self._texts
            if written:
                written.append("\n")
            self._in_text += 1
        elif name == "s":
            self.text(" " * _count(attrs, "c"))
        elif name in ("tab", "line-break"):
            self.text("\t" if name == "tab" else "\n")

    def text(self, text: str) -> None:
        if self._in_text:
            (self._note if self._in_note else self._texts).append(text)

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "p":
            self._in_text -= 1
        elif name == "annotation":
            self._in_note -= 1
        elif name in _CELLS:
            self._end_cell(covered=name == "covered-table-cell")
        elif name == "table-row":
            self._end_row()
        elif name == "table" and self._sheet is not None:
            hidden = self._sheet.get("style-name", "") in self._hidden_styles
            self.sheets.append(
                ParsedSheet(
                    self._sheet.get("name", ""),
                    [] if hidden else self._rows,
                    hidden=hidden,
                    merged=self._merged,
                    hidden_rows=self._hidden_rows,
                    struck=self._struck,
                    comments=[] if hidden else self._comments,
                    from_1904=self._from_1904,
                )
            )
            self._sheet = None

    def _end_cell(self, *, covered: bool) -> None:
        cell = None if covered else self._cell()
        column = len(self._row)
        if cell is not None and self._is_struck:
            self._struck.append((self._number + 1, column))
        add_comment(self._comments, self._number + 1, column, "".join(self._note))
        down, across = _count(self._attrs, "number-rows-spanned"), _count(self._attrs, "number-columns-spanned")
        if down > 1 or across > 1:
            top = self._number + 1
            self._merged.append((top, column, top + down - 1, column + across - 1))
        repeated = min(_count(self._attrs, "number-columns-repeated"), max(MAX_COLUMNS - column, 0))
        self._row.extend([cell] * repeated)

    def _end_row(self) -> None:
        repeated = _count(self._row_attrs, "number-rows-repeated")
        first = self._number + 1
        self._number += repeated
        if not any(self._row):
            return
        if repeated > _MAX_REPEATED:
            raise RefusedError("TOO_LARGE")
        for number in range(first, first + repeated):
            self._rows.append((number, self._row))
            if self._row_attrs.get("visibility", "") in ("collapse", "filter"):
                self._hidden_rows.append(number)

    def _cell(self) -> Cell:
        kind = self._attrs.get("value-type", "")
        formula = self._attrs.get("formula", "")
        text = "".join(self._texts)
        if "DISPIMG" in formula:
            return Problem("PICTURE", formula)
        if kind == "error" or (formula and text.startswith(("#", "Err:"))):
            return Problem("CELL_ERROR", text or formula)
        if formula and not kind:
            return Problem("FORMULA_NO_VALUE", formula)
        if kind in ("float", "currency", "percentage"):
            return _with_unit(number_or_text(self._attrs.get("value", "")), text)
        if kind == "boolean":
            return self._attrs.get("boolean-value", "") == "true"
        if kind == "date":
            value = self._attrs.get("date-value", "")
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).replace(tzinfo=None)
        return bounded(text) or None


def _with_unit(number: Cell, shown: str) -> Cell:
    """1.2 shown as 1.2万 means 12000; 12000 shown so does already."""
    found = _UNIT_SHOWN.fullmatch(shown)
    if found is None or not isinstance(number, float) or abs(float(found[1].replace(",", "")) - number) >= 1:
        return number
    return f"{number:.15g}{found[2]}"


def _own(attrs: dict[str, str]) -> dict[str, str]:
    """Attributes by local name; LibreOffice writes value-type twice, its own (which knows errors) second: it wins."""
    return {local_name(name): value for name, value in attrs.items()}


def _count(attrs: dict[str, str], name: str) -> int:
    value = attrs.get(name, "1")
    return int(value) if value.isdigit() else 1
