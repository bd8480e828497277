""".xlsx in the child: calamine for plain sheets, our own parser where calamine would lose something or die.

calamine reads 20 times faster, but it drops error cells, does not tell a formula that was never calculated from a
blank cell, and allocates the whole rectangle up to a stray cell. A look at the raw XML decides, sheet by sheet; calamine
works on the first sheet meanwhile (it lets other threads run), so that the look takes no time of its own.
"""

import _thread  # threading's own import takes longer than what its comforts are worth here
import io
import posixpath
import re
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from households.intake import reader_sheetml
from households.intake.reader_comments import Comment, comments
from households.intake.reader_sheetml import attributes, parse
from households.intake.reader_styles import Styles
from households.intake.reader_values import Corners, ParsedSheet, RefusedError, Row, column_index
from households.intake.reader_zip import Parts

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_EVERY_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
# A row without height is not seen either.
_ROW_HIDDEN = re.compile(rb"""\s(?:hidden=["'](?:1|true)|ht=["']0(?:\.0*)?)["']""")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
# A cell with its own rich text in which something is struck through.
_STRUCK_INLINE = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\sr=["']([A-Z]+)(\d+)["'][^>]*(?<!/)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?strike\b(?![^>]*["'](?:0|false)["'])""",
    re.DOTALL,
)
# calamine may start on a sheet that ends above this row before the look is done; below it a stray cell would be dear.
_SURELY_SMALL = 100_000
# Formulas, error cells and writers that use single quotes are for the careful parser.
_FORMULA = (b"<f>", b"<f ", b"<f/>")
_ERROR_CELL = b't="e"'


class SheetEntry:
    """A sheet of the workbook: name, whether hidden, its part, and what the look at its XML told."""

    __slots__ = ("comments", "hidden", "hidden_rows", "merged", "name", "part", "plain", "strikes_by_rule", "struck")

    def __init__(self, name: str, part: str, hidden: bool) -> None:
        self.name = name
        self.part = part
        self.hidden = hidden
        self.plain = True
        self.merged: list[Corners] = []
        self.hidden_rows: list[int] = []
        self.struck: list[tuple[int, int]] = []
        self.comments: list[Comment] = []
        self.strikes_by_rule = False


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The worksheets of the file in order; hidden ones come without rows."""
    parts = Parts(data)
    entries, from_1904 = _workbook(parts)
    fast = None if careful else _FastBook(parts, entries)
    styles = Styles(parts)
    _inspect(parts, entries, styles)
    reader = reader_sheetml.SheetReader(parts, styles.numbers, from_1904=from_1904)
    names = [entry.name for entry in entries]
    for entry in entries:
        rows: Iterator[tuple[int, Row]]
        if entry.hidden:
            rows = iter(())
        else:
            # Of two sheets with one name calamine gives the first, twice.
            is_plain = entry.plain and names.count(entry.name) == 1
            quick = fast.rows(entry.name) if fast is not None and is_plain else None
            rows = reader.rows(entry.part) if quick is None else quick
        yield ParsedSheet(
            entry.name,
            rows,
            hidden=entry.hidden,
            merged=entry.merged,
            hidden_rows=entry.hidden_rows,
            struck=entry.struck,
            comments=entry.comments,
            strikes_by_rule=entry.strikes_by_rule,
            from_1904=from_1904,
        )


class _FastBook:
    """The workbook by calamine, opened at first use; the first visible sheet at once, in a thread beside the look."""

    def __init__(self, parts: Parts, entries: list[SheetEntry]) -> None:
        self._data = parts.data
        self._book: CalamineWorkbook | None = None
        self._ahead: dict[str, CalamineSheet | None] = {}
        self._done = _thread.allocate_lock()
        first = next((entry for entry in entries if not entry.hidden and entry.part in parts.names()), None)
        if first is not None and _last_row(parts.read(first.part)) < _SURELY_SMALL:
            self._done.acquire()
            _thread.start_new_thread(self._start_on, (first.name,))

    def rows(self, name: str) -> Iterator[tuple[int, Row]] | None:
        """They begin at row 1 but at the first used column; None where calamine cannot read the sheet."""
        with self._done:
            sheet = self._ahead.pop(name) if name in self._ahead else self._sheet(name)
        if sheet is None:
            return None
        left = sheet.start[1] if sheet.start else 0
        if left:
            blanks = [""] * left
            return ((number, [*blanks, *row]) for number, row in enumerate(sheet.iter_rows(), start=1))
        return enumerate(sheet.iter_rows(), start=1)

    def _start_on(self, name: str) -> None:
        try:
            self._ahead[name] = self._sheet(name)
        finally:
            self._done.release()

    def _sheet(self, name: str) -> CalamineSheet | None:
        """None where calamine misses something: our own parser then has the last word."""
        try:
            if self._book is None:
                self._book = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
            return self._book.get_sheet_by_name(name)
        except CalamineError:
            return None


def _last_row(data: bytes) -> int:
    """The number of the last row in a sheet's XML, 0 where it tells none."""
    told = _ROW_NUMBER.search(data, max(data.rfind(b"<row"), 0))
    return int(told[1]) if told else 0


def _workbook(parts: Parts) -> tuple[list[SheetEntry], bool]:
    """The worksheets of workbook.xml in their order, and whether its dates count from 1904."""
    targets: dict[str, tuple[str, str]] = {}
    for tag, attrs in parse(parts.read("xl/_rels/workbook.xml.rels")):
        if tag == "Relationship" and attrs.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/xl", attrs.get("Target", ""))).lstrip("/")
            targets[attrs.get("Id", "")] = (target, attrs.get("Type", ""))
    entries: list[SheetEntry] = []
    from_1904 = False
    for tag, attrs in parse(parts.read("xl/workbook.xml")):
        if tag == "workbookPr":
            from_1904 = attrs.get("date1904") in ("1", "true")
        elif tag == "sheet":
            target, kind = targets.get(attributes(attrs, "id"), ("", ""))
            if kind.endswith("/worksheet"):
                hidden = attrs.get("state") in ("hidden", "veryHidden")
                entries.append(SheetEntry(attrs.get("name", ""), target, hidden))
    return entries, from_1904


def _inspect(parts: Parts, entries: list[SheetEntry], styles: Styles) -> None:
    """Look at the raw bytes of every XML part: nothing unsafe anywhere; what calamine may read; merges; hidden rows."""
    sheet_of = {entry.part: entry for entry in entries if not entry.hidden}
    struck = [pattern for pattern in (_struck_cells(styles), _half_struck_cells(parts)) if pattern is not None]
    with_units = _with_any(rb"""<(?:\w+:)?c\s[^>]*?\bs=["'](?:%s)["']""", styles.with_units)
    # Whom a conditional format meets, only a table program can tell.
    striking = _with_any(rb"""<(?:\w+:)?cfRule\s[^>]*?dxfId=["'](?:%s)["']""", styles.striking)
    for name in parts.names():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        data = parts.read(name)
        if (b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)) or data[:2] in (
            b"\xff\xfe",
            b"\xfe\xff",
            b"<\0",
            b"\0<",
        ):
            raise RefusedError("UNSAFE_XML")
        if name in sheet_of:
            _inspect_sheet(sheet_of[name], data)
            # calamine does not tell how a number is shown.
            sheet_of[name].plain &= with_units is None or with_units.search(data) is None
            sheet_of[name].strikes_by_rule = striking is not None and striking.search(data) is not None
            cells = {cell for pattern in struck for cell in pattern.findall(data)}
            if b"<strike" in data:
                cells |= set(_STRUCK_INLINE.findall(data))
            sheet_of[name].struck = sorted((int(row), column_index(column.decode())) for column, row in cells)
    missing = set(sheet_of) - set(parts.names())
    if missing:
        raise RefusedError("CORRUPT_FILE")
    for part, entry in sheet_of.items():
        entry.comments = comments(parts, part)


def _with_any(pattern: bytes, numbers: list[int]) -> re.Pattern[bytes] | None:
    """A pattern for what refers to one of the numbers, None where there are none."""
    return re.compile(pattern % "|".join(map(str, numbers)).encode()) if numbers else None


def _struck_cells(styles: Styles) -> re.Pattern[bytes] | None:
    """What a filled cell of a style that strikes its text through looks like; None where no style does."""
    filled = rb"""<(?:\w+:)?c\b(?=[^>]*\ss=["'](?:%s)["'])[^>]*?\sr=["']([A-Z]+)(\d+)["'][^>]*(?<!/)>"""
    return _with_any(filled, styles.struck)


def _half_struck_cells(parts: Parts) -> re.Pattern[bytes] | None:
    """What a cell looks like in whose text something is struck through: the old name with the new one behind it."""
    if "xl/sharedStrings.xml" not in parts.names() or b"strike" not in (data := parts.read("xl/sharedStrings.xml")):
        return None
    index, struck = -1, set[int]()
    for tag, attrs in parse(data):
        if tag == "si":
            index += 1
        elif tag == "strike" and attrs.get("val", "1") in ("1", "true"):
            struck.add(index)
    indexes = "|".join(map(str, sorted(struck))).encode()
    shared = rb"""<(?:\w+:)?c\b(?=[^>]*\st=["']s["'])[^>]*?\sr=["']([A-Z]+)(\d+)["'][^>]*>\s*<(?:\w+:)?v>(?:%s)<"""
    return re.compile(shared % indexes) if struck else None


def _inspect_sheet(entry: SheetEntry, data: bytes) -> None:
    """Fill what the raw XML of one sheet tells."""
    tail = data[max(data.rfind(b"</sheetData>"), 0) :]
    # One look settles most sheets: every formula begins with <f, as do a few rarer elements.
    formulas = b"<f" in data and any(mark in data for mark in _FORMULA)
    quoted = b"'" in data and b"='" in data  # the single character is found a hundred times faster
    entry.plain = tail.rstrip().endswith(b"</worksheet>") and not formulas and not quoted and _ERROR_CELL not in data
    if b"mergeCell " in tail:
        entry.merged = [
            (int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
            for left, top, right, bottom in _MERGE.findall(tail)
        ]
    numbers = list(map(int, _EVERY_ROW_NUMBER.findall(data)))
    # A last row far beyond the number of rows means a stray cell: calamine would build every row between.
    stray = bool(numbers) and max(numbers) > 2 * len(numbers) + 2000
    # Of two rows with one number calamine keeps the last; rows without number are rare enough for the other parser.
    if stray or len(set(numbers)) < len(numbers) or len(numbers) < data.count(b"<row") or data.count(b"<sheetData") > 1:
        entry.plain = False
    if b" hidden=" in data or b' ht="0' in data:
        for row in _ROW.finditer(data):
            if _ROW_HIDDEN.search(row[0]) and (number := _ROW_NUMBER.search(row[0])):
                entry.hidden_rows.append(int(number[1]))
