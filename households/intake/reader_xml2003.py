"""SpreadsheetML of Excel 2003 in the child: one XML file, often saved by web systems under the name .xls."""

import re
from collections.abc import Iterator
from datetime import datetime

from households.intake.reader_csv import decoded
from households.intake.reader_sheetml import feed, local_name, safe_parser
from households.intake.reader_values import (
    MAX_COLUMNS,
    Cell,
    Corners,
    ParsedSheet,
    Problem,
    Row,
    bounded,
    number_or_text,
)

_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([\w.-]+)["']""")


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The worksheets in order; hidden ones come without rows."""
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"utf-16", b"us-ascii"):
        # expat knows no Chinese encodings; decoded by us, the declaration must go.
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded(data)).encode()
    state = _BookState()
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        state.start,
        state.end,
        state.text,
    )
    feed(parser, data)
    yield from state.sheets


class _BookState:
    """What the handlers remember; finished sheets collect in `sheets`."""

    def __init__(self) -> None:
        self.sheets: list[ParsedSheet] = []
        self._name = ""
        self._hidden = False
        self._rows: list[tuple[int, Row]] = []
        self._row: list[Cell] = []
        self._number = 0
        self._hidden_rows: list[int] = []
        self._merged: list[Corners] = []
        self._formula = self._across = self._down = ""
        self._kind = ""
        self._texts: list[str] | None = None

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        local, own = local_name(tag), {local_name(key): value for key, value in attrs.items()}
        if local == "Worksheet":
            self._name, self._hidden, self._number = own.get("Name", ""), False, 0
            self._rows, self._merged, self._hidden_rows = [], [], []
        elif local == "Row":
            self._number = int(own.get("Index", self._number + 1))
            self._row = []
            if own.get("Hidden") == "1":
                self._hidden_rows.append(self._number)
        elif local == "Cell":
            index = min(int(own.get("Index", len(self._row) + 1)), MAX_COLUMNS) - 1
            self._row.extend([None] * (index - len(self._row)))
            self._formula, self._across, self._down = (
                own.get("Formula", ""),
                own.get("MergeAcross", "0"),
                own.get("MergeDown", "0"),
            )
            self._kind, self._texts = "", None
        elif local == "Data":
            self._kind, self._texts = own.get("Type", "String"), []
        elif local == "Visible":
            self._texts = []

    def text(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def end(self, tag: str) -> None:
        local = local_name(tag)
        if local == "Cell":
            self._end_cell()
        elif local == "Row":
            self._rows.append((self._number, self._row))
        elif local == "Visible":
            self._hidden = "".join(self._texts or ()) in ("SheetHidden", "SheetVeryHidden")
        elif local == "Worksheet":
            rows = [] if self._hidden else self._rows
            self.sheets.append(
                ParsedSheet(self._name, rows, hidden=self._hidden, merged=self._merged, hidden_rows=self._hidden_rows)
            )

    def _end_cell(self) -> None:
        column, across, down = len(self._row), int(self._across), int(self._down)
        self._row.append(self._cell("".join(self._texts or ())))
        self._row.extend([None] * min(across, MAX_COLUMNS))
        if across or down:
            self._merged.append((self._number, column, self._number + down, column + across))
        self._texts = None

    def _cell(self, text: str) -> Cell:
        if self._kind == "Error":
            return Problem("CELL_ERROR", text)
        if self._formula and not self._kind:
            return Problem("FORMULA_NO_VALUE", self._formula)
        if self._kind == "Number" and text:
            return number_or_text(text)
        if self._kind == "Boolean":
            return text == "1"
        if self._kind == "DateTime" and text:
            moment = datetime.fromisoformat(text)
            return moment.date() if not (moment.hour or moment.minute or moment.second) else moment
        return bounded(text) or None
