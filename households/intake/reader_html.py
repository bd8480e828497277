"""HTML tables in the child: what web systems save under the name .xls. All tables form one sheet, as Excel shows them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from households.intake.reader_csv import decoded
from households.intake.reader_values import MAX_COLUMNS, Cell, Corners, ParsedSheet, RefusedError, Row, bounded

_DECLARED = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_VOID = frozenset(["br", "hr", "img", "input", "wbr"])
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;}]*line-through", re.IGNORECASE)
# A class of the page's own style sheet, as Excel's "save as web page" writes them.
_CLASS = re.compile(r"\.([\w-]+)\s*\{([^}]*)\}")
_MAX_SPAN_ROWS = 65_536


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The page as one sheet; RefusedError when it has no table."""
    text = _text(data)
    parser = _TableParser({name for name, body in _CLASS.findall(text) if _STRUCK.search(body)})
    parser.feed(text)
    parser.close()
    if not parser.rows:
        raise RefusedError("NOT_A_SPREADSHEET")
    yield ParsedSheet("Sheet1", parser.rows, merged=parser.merged, hidden_rows=parser.hidden_rows, struck=parser.struck)


def _text(data: bytes) -> str:
    """By byte order mark or content; the declaration is often wrong, so it only breaks a tie."""
    declared = _DECLARED.search(data[:4096])
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030") and not data.startswith(b"\xef\xbb\xbf"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decoded(data)


class _TableParser(HTMLParser):
    """Collects rows of all tables; cells under a row span stay blank and the span is noted as a merge."""

    def __init__(self, striking_classes: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._striking_classes = striking_classes
        self.rows: list[tuple[int, Row]] = []
        self.merged: list[Corners] = []
        self.hidden_rows: list[int] = []
        self.struck: list[tuple[int, int]] = []
        self._is_struck = self._is_row_struck = False
        self._number = 0
        self._row: list[Cell] | None = None
        self._cell: list[str] | None = None
        self._spans: dict[int, int] = {}
        self._span = (1, 1)
        self._silent = 0
        # The open elements of a cell from one on that is not shown: a sort key, a former name.
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        strikes = tag in ("s", "strike", "del") or bool(_STRUCK.search(own.get("style", "")))
        strikes |= not self._striking_classes.isdisjoint(own.get("class", "").split())
        if tag in ("script", "style", "title"):
            self._silent += 1
        elif tag == "table":
            self._end_row()
            self._spans = {}
        elif tag == "tr":
            self._end_row()
            self._number += 1
            self._row, self._is_row_struck = [], strikes
            if _HIDDEN.search(own.get("style", "")):
                self.hidden_rows.append(self._number)
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._cell, self._is_struck = [], strikes or self._is_row_struck
            self._span = (_span(own, "rowspan", _MAX_SPAN_ROWS), _span(own, "colspan", MAX_COLUMNS))
        elif self._unseen or (self._cell is not None and _HIDDEN.search(own.get("style", ""))):
            self._unseen += [] if tag in _VOID else [tag]
        else:
            self._is_struck |= strikes
            if tag in ("br", "p", "div") and self._cell:
                self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent = max(self._silent - 1, 0)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag in self._unseen:
            while self._unseen.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent and not self._unseen:
            self._cell.append(" ".join(data.split()) if data.strip() else "")

    def _end_cell(self) -> None:
        self._unseen.clear()
        if self._cell is None or self._row is None:
            return
        while self._spans.get(len(self._row), 0) >= self._number:
            self._row.append(None)
        column, (down, across) = len(self._row), self._span
        if self._is_struck:
            self.struck.append((self._number, column))
        self._row.append(bounded("".join(self._cell).strip()) or None)
        self._row.extend([None] * (across - 1))
        if down > 1 or across > 1:
            self.merged.append((self._number, column, self._number + down - 1, column + across - 1))
            for covered in range(column, column + across):
                self._spans[covered] = self._number + down - 1
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            self.rows.append((self._number, self._row[:MAX_COLUMNS]))
        self._row = None


def _span(attrs: dict[str, str], name: str, limit: int) -> int:
    value = attrs.get(name, "1").strip()
    return min(max(int(value), 1), limit) if value.isdigit() else 1
