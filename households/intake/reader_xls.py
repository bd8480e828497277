""".xls and .et in the child: values by calamine; what it drops (error cells, hidden rows) from the BIFF records.

Record layouts: [MS-XLS] 2.4; container: [MS-CFB]. Only fixed-size heads of records are read here.
"""

import io
import struct
from collections.abc import Iterator

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from households.intake.reader_values import Cell, ParsedSheet, Problem, RefusedError, Row, unit_shown

_END_OF_CHAIN = 0xFFFFFFFA
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FORMULA, _EOF, _BOUNDSHEET, _BOOLERR, _ROW, _FILEPASS, _DATE1904 = 0x06, 0x0A, 0x85, 0x205, 0x208, 0x2F, 0x22
_FONT, _STYLE, _FORMAT, _MANY_NUMBERS = 0x31, 0xE0, 0x41E, 0xBD
# A formula, a number (also packed), a text of each generation: row, column and style stand at their beginning.
_FILLED = frozenset({_FORMULA, 0x203, 0x27E, 0xFD, 0x204, 0xD6})


class _Details:
    """What the records of one sheet tell beyond its values; rows and columns count from 0."""

    __slots__ = ("from_1904", "hidden_rows", "problems", "struck", "units")

    def __init__(self) -> None:
        self.from_1904 = False
        self.hidden_rows: list[int] = []
        self.problems: dict[int, dict[int, Problem]] = {}
        self.struck: list[tuple[int, int]] = []
        self.units: dict[int, dict[int, str]] = {}


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The worksheets in order; hidden ones come without rows."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        details = _details(data)
        if len(set(book.sheet_names)) < len(book.sheet_names):
            raise RefusedError("CORRUPT_FILE")  # of two sheets with one name calamine gives the first, twice
        for meta in book.sheets_metadata:
            if meta.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba):
                raise RefusedError("MACRO_FILE")
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                yield ParsedSheet(meta.name, (), hidden=True)
                continue
            sheet = book.get_sheet_by_name(meta.name)
            told = details.get(meta.name, _Details())
            merged = [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]
            hidden = [row + 1 for row in told.hidden_rows]
            struck = [(row + 1, column) for row, column in told.struck]
            yield ParsedSheet(
                meta.name,
                _rows(sheet, told),
                merged=merged,
                hidden_rows=hidden,
                struck=struck,
                from_1904=told.from_1904,
            )
    except PasswordError:
        raise RefusedError("PASSWORD_PROTECTED") from None
    except (CalamineError, struct.error, IndexError, UnicodeDecodeError):
        raise RefusedError("CORRUPT_FILE") from None


def _rows(sheet: CalamineSheet, told: _Details) -> Iterator[tuple[int, Row]]:
    """calamine's rows (they begin at row 1, but at the first used column) with units and the problem cells put in."""
    problems = told.problems
    left = sheet.start[1] if sheet.start else 0
    last = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        last = number
        row: list[Cell] = [*[""] * left, *values]
        for column, unit in told.units.get(number - 1, {}).items():
            value = row[column] if column < len(row) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                row[column] = f"{value:.15g}{unit}"
        _put(row, problems.get(number - 1, {}))
        yield number, row
    for index in sorted(problems):
        if index >= last:
            row = []
            _put(row, problems[index])
            yield index + 1, row


def _put(row: list[Cell], problems: dict[int, Problem]) -> None:
    for column, problem in problems.items():
        row.extend([None] * (column + 1 - len(row)))
        row[column] = problem


def _details(data: bytes) -> dict[str, _Details]:
    """Sheet name → its details."""
    stream = _workbook_stream(data)
    found: dict[str, _Details] = {}
    fonts: list[bool] = []
    struck: set[int] = set()
    formats: dict[int, str] = {}
    units: dict[int, str] = {}
    from_1904 = False
    style = at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            raise RefusedError("PASSWORD_PROTECTED")
        if kind == _FONT:
            fonts.append(bool(struct.unpack_from("<2xH", stream, at + 4)[0] & 8))
            if len(fonts) == 4:
                fonts.append(False)  # there is no font 4
        elif kind == _STYLE:
            font, shown = struct.unpack_from("<HH", stream, at + 4)
            if font < len(fonts) and fonts[font]:
                struck.add(style)
            if unit := formats.get(shown):
                units[style] = unit
            style += 1
        elif kind == _FORMAT and length > 5:
            number, chars, wide = struct.unpack_from("<HHB", stream, at + 4)
            code = stream[at + 9 : at + 9 + chars * (2 if wide & 1 else 1)]
            formats[number] = unit_shown(code.decode("utf-16-le" if wide & 1 else "latin-1", "replace"))
        elif kind == _DATE1904:
            from_1904 = stream[at + 4] == 1
        elif kind == _BOUNDSHEET:
            offset, _, _, chars, wide = struct.unpack_from("<IBBBB", stream, at + 4)
            raw = stream[at + 12 : at + 12 + chars * (2 if wide & 1 else 1)]
            told = _sheet_details(stream, offset, struck, units)
            told.from_1904 = from_1904
            found[raw.decode("utf-16-le" if wide & 1 else "latin-1")] = told
        if kind == _EOF:
            break
        at += 4 + length
    return found


def _sheet_details(stream: bytes, at: int, struck: set[int], units: dict[int, str]) -> _Details:
    """Walk one sheet's records until its end; `struck`: the styles that strike a text through; `units`: those that show one."""
    details = _Details()
    formulas, empty = 0, []
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = at + 4
        if kind == _EOF:
            break
        styles: tuple[int, ...] = ()
        if (struck or units) and kind in _FILLED:
            row, first, *styles_of = struct.unpack_from("<HHH", stream, body)
            styles = tuple(styles_of)
        elif (struck or units) and kind == _MANY_NUMBERS:
            row, first = struct.unpack_from("<HH", stream, body)
            styles = struct.unpack_from("<" + "H4x" * ((length - 6) // 6), stream, body + 4)
        for column, style in enumerate(styles, start=first if styles else 0):
            if style in struck:
                details.struck.append((row, column))
            if style in units:
                details.units.setdefault(row, {})[column] = units[style]
        if kind == _ROW:
            row, options = struct.unpack_from("<H10xH", stream, body)
            if options & 0x20:
                details.hidden_rows.append(row)
        elif kind == _BOOLERR:
            row, column, value, is_error = struct.unpack_from("<HH2xBB", stream, body)
            if is_error:
                _note(details, row, column, value)
        elif kind == _FORMULA:
            row, column, result_kind, value, marker = struct.unpack_from("<HH2xBxB3xH", stream, body)
            if marker == 0xFFFF and result_kind == 2:
                _note(details, row, column, value)
            elif marker == 0xFFFF and result_kind == 3:
                empty.append((row, column))
            formulas += 1
        at = body + length
    if formulas == len(empty):
        # Not one formula has a result: a library wrote the file and nobody ever opened it in Excel or WPS.
        for row, column in empty:
            details.problems.setdefault(row, {})[column] = Problem("FORMULA_NO_VALUE", "=")
    return details


def _note(details: _Details, row: int, column: int, value: int) -> None:
    details.problems.setdefault(row, {})[column] = Problem("CELL_ERROR", _ERRORS.get(value, "#N/A"))


def _workbook_stream(data: bytes) -> bytes:
    """The stream Workbook (BIFF8) or Book (BIFF5) out of the OLE container."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    fat = _fat(data, sector)
    directory = _chain(data, fat, struct.unpack_from("<I", data, 48)[0], sector)
    root_start, small_limit = 0, struct.unpack_from("<I", data, 56)[0]
    for at in range(0, len(directory) - 127, 128):
        name_bytes = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", directory, at + 116)
        if at == 0:
            root_start = start
        if name in ("Workbook", "Book"):
            if size >= small_limit:
                return _chain(data, fat, start, sector)[:size]
            mini_fat = _numbers(_chain(data, fat, struct.unpack_from("<I", data, 60)[0], sector))
            return _chain(_chain(data, fat, root_start, sector), mini_fat, start, 64, header=0)[:size]
    raise RefusedError("CORRUPT_FILE")


def _fat(data: bytes, sector: int) -> list[int]:
    """The sector allocation table: its own sectors stand in the header and, in large files, in a chain of lists."""
    listed = list(struct.unpack_from("<109I", data, 76))
    following = struct.unpack_from("<I", data, 68)[0]
    for _ in range(len(data) // sector):
        if following >= _END_OF_CHAIN:
            break
        block = _numbers(data[(following + 1) * sector : (following + 2) * sector])
        listed += block[:-1]
        following = block[-1]
    fat: list[int] = []
    for number in listed:
        if number < _END_OF_CHAIN:
            fat += _numbers(data[(number + 1) * sector : (number + 2) * sector])
    return fat


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _chain(data: bytes, fat: list[int], start: int, size: int, header: int = 1) -> bytes:
    """The bytes of a chain of sectors; a chain that bites its tail ends as corrupt."""
    pieces: list[bytes] = []
    while start < _END_OF_CHAIN:
        if len(pieces) > len(fat):
            raise RefusedError("CORRUPT_FILE")
        pieces.append(data[(start + header) * size : (start + header + 1) * size])
        start = fat[start]
    return b"".join(pieces)
