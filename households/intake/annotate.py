"""The officer's own workbook back: problem cells coloured and commented, a result per row, a first sheet that sums up.

An .xlsx is edited in place, so formats, formulas with their values, pictures and filters stay as they were. Other
formats are written anew as .xlsx with their values. The file can be corrected and uploaded again as it is.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from openpyxl import Workbook as NewBook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from households.intake.headers import RESULT_HEADERS, SUMMARY_SHEET, SURPLUS_HEADER, normalise_header
from households.intake.workbook import CellProblem, CellValue, From1904, Sheet, Workbook, column_letter, read_workbook
from households.intake.xlsx_comments import replace_comments
from households.intake.xlsx_package import (
    MAIN,
    RELATIONS,
    Package,
    UnpatchableError,
    legal_text,
    text_cell,
    with_attribute,
)
from households.intake.xlsx_styles import Styles

_ROW = re.compile(rb"<row\b[^>]*?/>|<row\b[^>]*?>.*?</row>", re.DOTALL)
_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_CELL = re.compile(rb"<c\b[^>]*?/>|<c\b[^>]*?>.*?</c>", re.DOTALL)
_REFERENCE = re.compile(rb'<c\b[^>]*?\sr="([A-Z]+)\d+"')
_STYLE = re.compile(rb'<c\b[^>]*?\ss="(\d+)"')
_DIMENSION = re.compile(rb"<dimension\b[^>]*?/>|<dimension\b[^>]*?>\s*</dimension>")
_SELECTED = re.compile(rb'\stabSelected="[^"]*"')
_WIDTHS = (14, 60)
# A blank cell too many.
_EMPTY = "—"
_SUMMARY_WIDTHS = (24, 90)


@dataclass(frozen=True, slots=True)
class RowNote:
    """What became of a data row. row: Excel number; status: shown in 导入结果; reason: shown in 原因 (may be empty);
    cells: (column letter, what is wrong and what to do) for each cell to be coloured and commented. is_torn: it has more
    cells than its header.
    """

    sheet: str
    row: int
    status: str
    reason: str = ""
    cells: list[tuple[str, str]] = field(default_factory=list)
    is_torn: bool = False


def annotate(
    original: Path,
    out: Path,
    notes: Sequence[RowNote],
    summary: Sequence[tuple[str, str]],
    *,
    original_name: str,
    header_rows: Sequence[tuple[str, int]],
) -> None:
    """Write the annotated copy of `original` to `out` (always .xlsx).

    summary: (heading, text) lines of the first sheet. header_rows: (sheet, Excel number of its header's last row, 0 for
    none) of every table, for the headings of the added columns. Raises FileRefused when `original` cannot be read (any more).
    """
    workbook = read_workbook(original, original_name=original_name)
    # Beside the result, not in the system's folder: these are people's data.
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        result = Path(folder) / "annotated.xlsx"
        try:
            if workbook.kind != "xlsx":
                raise UnpatchableError
            _annotate_in_place(original, result, workbook, notes, summary, header_rows)
        except UnpatchableError:
            plain = Path(folder) / "plain.xlsx"
            _tell_surplus(workbook, [note for note in notes if note.is_torn], header_rows)
            _rewrite(workbook, plain)
            _annotate_in_place(plain, result, workbook, notes, summary, header_rows)
        shutil.move(result, out)


def _annotate_in_place(
    source: Path,
    target: Path,
    workbook: Workbook,
    notes: Sequence[RowNote],
    summary: Sequence[tuple[str, str]],
    header_rows: Sequence[tuple[str, int]],
) -> None:
    """Edit the parts of one .xlsx."""
    package = Package(source)
    if MAIN.encode() not in package.read("xl/workbook.xml"):
        # Strict OOXML: our parts would speak another dialect than the rest of the file.
        raise UnpatchableError
    styles = Styles(package)
    parts = package.sheets()
    values = {sheet.name: sheet for sheet in workbook.sheets}
    for name, part in parts.items():
        heads = [row for sheet, row in header_rows if sheet == name]
        if heads and name != SUMMARY_SHEET:
            own = {note.row: note for note in notes if note.sheet == name}
            _annotate_sheet(package, part, values[name], own, [row for row in heads if row], styles)
    summary_part = parts.get(SUMMARY_SHEET) or package.add_first_sheet(SUMMARY_SHEET)
    for other in parts.values():
        # With two sheets selected, Excel would write every correction into both.
        package.write(other, _SELECTED.sub(b"", package.read(other)))
    package.write(summary_part, _summary_sheet(summary, styles.wrapped()))
    styles.save()
    package.save(target)


def _annotate_sheet(
    package: Package, part: str, sheet: Sheet, notes: dict[int, RowNote], heads: list[int], styles: Styles
) -> None:
    data = package.read(part)
    if not re.search(rb"<worksheet[\s>]", data[:4096]) or b"<sheetData>" not in data:
        raise UnpatchableError
    place, earlier = _result_columns(sheet, heads)
    editor = _RowEditor(styles, place, notes, heads, clear=earlier)
    data = _ROW.sub(lambda found: editor.edited(found[0]), data)
    if editor.pending:
        raise UnpatchableError
    data = _with_widths(_DIMENSION.sub(b"", data, count=1), place)
    comments = {
        (note.row, _index(letter)): (f"{letter}{note.row}", text)
        for note in notes.values()
        for letter, text in note.cells
    }
    package.write(part, replace_comments(package, part, data, comments))


class _RowEditor:
    """Rewrites the rows of one sheet; `pending` are the noted rows not met yet."""

    def __init__(self, styles: Styles, place: int, notes: dict[int, RowNote], heads: list[int], *, clear: bool) -> None:
        self._styles = styles
        self._place = place
        self._notes = notes
        self._heads = heads
        self._clear = clear
        self._wrapped = styles.wrapped()
        self.pending = {*notes, *heads}

    def edited(self, row: bytes) -> bytes:
        """The row's XML with colours and results, as it was where it has none."""
        found = _ROW_NUMBER.match(row)
        if found is None:
            raise UnpatchableError
        number = int(found[1])
        note = self._notes.get(number)
        if note is None and number not in self._heads and not self._clear:
            return row
        self.pending.discard(number)
        cells = self._cells(row)
        for letter, _ in note.cells if note else ():
            column = _index(letter)
            old = cells.get(column, f'<c r="{letter}{number}"/>'.encode())
            cells[column] = with_attribute(old, b"s", b"%d" % self._styles.coloured(_style(old)))
        if note:
            self._put(cells, number, (note.status, note.reason), self._wrapped)
        elif number in self._heads:
            left = cells[max(column for column in cells if column < self._place)]
            self._put(cells, number, RESULT_HEADERS, _style(left))
        start = re.sub(rb'\sspans="[^"]*"', b"", row[: row.find(b">") + 1]).replace(b"/>", b">")
        return start + b"".join(cells[column] for column in sorted(cells)) + b"</row>"

    def _cells(self, row: bytes) -> dict[int, bytes]:
        """Column → cell; marks of an earlier round are taken off."""
        cells: dict[int, bytes] = {}
        for cell in _CELL.findall(row):
            found = _REFERENCE.match(cell)
            if found is None:
                raise UnpatchableError
            column = _index(found[1].decode())
            if self._clear and column in (self._place, self._place + 1):
                continue
            style = _style(cell)
            plain = self._styles.plain(style) if self._clear else style
            cells[column] = cell if plain == style else with_attribute(cell, b"s", b"%d" % plain)
        return cells

    def _put(self, cells: dict[int, bytes], number: int, texts: tuple[str, str], style: int) -> None:
        for column, text in enumerate(texts, start=self._place):
            if text:
                cells[column] = text_cell(f"{column_letter(column)}{number}", text, style)


def _result_columns(sheet: Sheet, heads: list[int]) -> tuple[int, bool]:
    """The column for the results, and whether an earlier round has already made it: right of everything that is there."""
    row_of = dict(zip(sheet.numbers, sheet.rows, strict=True))
    width = 1
    for number in heads:
        header = row_of.get(number, [])
        words = [normalise_header(value) if isinstance(value, str) else "" for value in header]
        if RESULT_HEADERS[0] in words:
            return words.index(RESULT_HEADERS[0]), True
        width = max(width, *(column + 1 for column, word in enumerate(words) if word), 1)
    used = {column for row in sheet.rows for column in range(width, len(row)) if row[column] not in (None, "")}
    while used & {width, width + 1}:
        width += 1
    return width, False


def _with_widths(data: bytes, place: int) -> bytes:
    """Readable widths for the added columns, unless the sheet's own column settings already reach there."""
    first = place + 1
    wanted = b"".join(
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (first + index, first + index, width)
        for index, width in enumerate(_WIDTHS)
    )
    if b"<cols>" not in data:
        return data.replace(b"<sheetData>", b"<cols>" + wanted + b"</cols><sheetData>", 1)
    end = data.find(b"</cols>")
    if any(int(number) >= first for number in re.findall(rb'\smax="(\d+)"', data[data.find(b"<cols>") : end])):
        return data
    return data[:end] + wanted + data[end:]


def _summary_sheet(summary: Sequence[tuple[str, str]], style: int) -> bytes:
    """The sheet 核对说明: a heading and a text per line."""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(_SUMMARY_WIDTHS, start=1)
    )
    lines = [(SUMMARY_SHEET, ""), *summary]
    rows = b"".join(
        b'<row r="%d">' % number
        + text_cell(f"A{number}", heading, style)
        + text_cell(f"B{number}", text, style)
        + b"</row>"
        for number, (heading, text) in enumerate(lines, start=1)
    )
    return (
        (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            f'<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><cols>{widths}</cols><sheetData>'
        ).encode()
        + rows
        + b"</sheetData></worksheet>"
    )


def _tell_surplus(workbook: Workbook, torn: Sequence[RowNote], header_rows: Sequence[tuple[str, int]]) -> None:
    """Head what stands behind the last column, so that rows with more cells than their header are known in the copy, too."""
    for sheet in workbook.sheets:
        row_of = dict(zip(sheet.numbers, sheet.rows, strict=True))
        for note in torn:
            above = [row for name, row in header_rows if name == sheet.name and 0 < row < note.row]
            if note.sheet != sheet.name or not above:
                continue
            header, row = row_of[max(above)], row_of[note.row]
            named = len(header) - header.count(SURPLUS_HEADER)
            if all(cell is None for cell in row[named:]):
                row[named:] = [_EMPTY]
            header += [SURPLUS_HEADER] * (len(row) - len(header))


def _rewrite(workbook: Workbook, target: Path) -> None:
    """The workbook's visible values as a new .xlsx with the same sheets, row numbers, merged and struck out cells, hidden rows."""
    book = NewBook(write_only=True)
    if any(isinstance(value, From1904) for sheet in workbook.sheets for row in sheet.rows for value in row):
        book.epoch = CALENDAR_MAC_1904  # a day without a date's format is a number, and means another one elsewhere
    for sheet in workbook.sheets:
        page = book.create_sheet(sheet.name)
        if sheet.hidden:
            page.sheet_state = "hidden"
        for merge in sheet.merged:
            page.merged_cells.ranges.add(
                f"{column_letter(merge.left)}{merge.top}:{column_letter(merge.right)}{merge.bottom}"
            )
        for number, row in enumerate(_with_blank_rows(sheet), start=1):
            if number in sheet.hidden_rows:
                page.row_dimensions[number].hidden = True
            cells = [_new_cell(page, value) for value in row]
            for column, cell in enumerate(cells):
                if cell is not None and (number, column) in sheet.struck:
                    cell.font = Font(strike=True)  # who is struck out is asked about again
                if cell is not None and column in sheet.comments.get(number, {}):
                    cell.comment = Comment(sheet.comments[number][column], "")
            page.append(cells)
    book.save(target)


def _with_blank_rows(sheet: Sheet) -> Iterator[list[CellValue]]:
    last = 0
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        yield from ([] for _ in range(number - last - 1))
        yield row
        last = number


def _new_cell(page: object, value: CellValue) -> Cell | None:
    """A cell of the same value; texts are texts (also =…), and formatted so that long numbers survive editing."""
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(page)
    if isinstance(value, str | CellProblem):
        cell.value = ""
        cell._value = legal_text(value.text if isinstance(value, CellProblem) else value)
        cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    return cell


def _style(cell: bytes) -> int:
    found = _STYLE.match(cell)
    return int(found[1]) if found else 0


def _index(letters: str) -> int:
    """Column index of Excel's letters: A → 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
