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
    add_comment,
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
        self._number = self._span = 0
        self._hidden_rows: list[int] = []
        self._merged: list[Corners] = []
        self._struck: list[tuple[int, int]] = []
        self._from_1904 = False
        self._style = self._row_style = ""
        self._striking_styles: set[str] = set()
        self._is_struck = False
        self._formula = self._across = self._down = ""
        self._kind = ""
        self._texts: list[str] = []
        self._note: list[str] = []
        self._comments: list[tuple[int, int, str]] = []
        self._in_text = self._in_comment = False

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        local, own = local_name(tag), {local_name(key): value for key, value in attrs.items()}
        if local == "Worksheet":
            self._name, self._hidden, self._number = own.get("Name", ""), False, 0
            self._rows, self._merged, self._hidden_rows, self._struck, self._comments = [], [], [], [], []
        elif local == "Style":
            self._style = own.get("ID", "")
            if own.get("Parent", "") in self._striking_styles:
                self._striking_styles.add(self._style)
        elif local == "Font" and self._style:
            self._striking_styles.discard(self._style)
            if own.get("StrikeThrough") == "1":
                self._striking_styles.add(self._style)
        elif local == "Date1904":
            self._from_1904 = True
        elif local == "Row":
            self._number, self._span = int(own.get("Index", self._number + 1)), int(own.get("Span", "0"))
            self._row, self._row_style = [], own.get("StyleID", "")
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
            self._is_struck = own.get("StyleID", self._row_style) in self._striking_styles
            self._kind, self._texts, self._note = "", [], []
        elif local == "Comment":
            self._in_comment = True
        elif local == "Data" and not self._in_comment:
            self._kind, self._texts, self._in_text = own.get("Type", "String"), [], True
        elif local == "S":
            self._is_struck |= self._in_text
        elif local == "Visible":
            self._texts, self._in_text = [], True

    def text(self, text: str) -> None:
        if self._in_comment:
            self._note.append(text)
        elif self._in_text:
            self._texts.append(text)

    def end(self, tag: str) -> None:
        local = local_name(tag)
        if local == "Data":
            self._in_text = False
        elif local == "Comment":
            self._in_comment = False
        elif local == "Style":
            self._style = ""
        elif local == "Cell":
            self._end_cell()
        elif local == "Row":
            self._rows.append((self._number, self._row))
            self._number += self._span  # as many blank rows like this one are not written
        elif local == "Visible":
            self._in_text = False
            self._hidden = "".join(self._texts) in ("SheetHidden", "SheetVeryHidden")
        elif local == "Worksheet":
            self.sheets.append(
                ParsedSheet(
                    self._name,
                    [] if self._hidden else self._rows,
                    hidden=self._hidden,
                    merged=self._merged,
                    hidden_rows=self._hidden_rows,
                    struck=self._struck,
                    comments=[] if self._hidden else self._comments,
                    from_1904=self._from_1904,
                )
            )

    def _end_cell(self) -> None:
        column, across, down = len(self._row), int(self._across), int(self._down)
        cell = self._cell("".join(self._texts))
        if cell is not None and self._is_struck:
            self._struck.append((self._number, column))
        add_comment(self._comments, self._number, column, "".join(self._note))
        self._row.append(cell)
        self._row.extend([None] * min(across, MAX_COLUMNS))
        if across or down:
            self._merged.append((self._number, column, self._number + down, column + across))

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
