"""Opens an officer's workbook safely: checks in this process, parsing in a bare child, values streamed back.

Nothing of the file is parsed here beyond its first bytes and its zip directory. The child (`bare_child`, `reader.py`) has
no Django, nothing of our environment, and limits on memory, CPU and output; if it dies, the officer gets a clear refusal.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import orjson

from households.intake import bare_child
from households.intake.precheck import FileRefused, recognise

__all__ = ["CellProblem", "CellValue", "FileRefused", "Merge", "Sheet", "Workbook", "column_letter", "read_workbook"]

# Measured: 60,000 rows x 28 columns take 3 s in the child; the rest is for slow machines.
WALL_SECONDS = 90
# A county's workbook streams as 1 to 20 MB; 60,000 wide rows as 25 MB.
MAX_STREAM_BYTES = 300 * 1024 * 1024
# A range merged over more rows is a formatted column, no household.
_MOST_MERGED_ROWS = 1000


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that has no usable value. `code`: CELL_ERROR, FORMULA_NO_VALUE, PICTURE or VALUE_TOO_LONG; `text`: as seen."""

    code: str
    text: str


class From1904(float):
    """A number of a workbook whose days count from 1904: as a day without a date's format it means another than elsewhere."""


type CellValue = str | int | float | bool | date | datetime | CellProblem | None


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: first and last row as Excel numbers (from 1), first and last column as indexes (from 0)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet: `rows[i]` is the row that Excel numbers `numbers[i]`; blank rows are left out; columns start at A.

    struck: (Excel row number, column index) of cells that are struck through, as far as the format tells; comments: Excel
    row number → column index → the cell's comment, except of an .xls; strikes_by_rule: whether a conditional format strikes cells through.
    is_text: whether it was delimited text, where a comma too many pushes all that follows into the next columns.
    file: the file's name as uploaded, which `name` begins with where several files are read as one. beside: indexes of columns
    that the file does not have: what its cards' labels tell.
    """

    name: str
    hidden: bool = False
    numbers: list[int] = field(default_factory=list)
    rows: list[list[CellValue]] = field(default_factory=list)
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    comments: dict[int, dict[int, str]] = field(default_factory=dict)
    strikes_by_rule: bool = False
    is_text: bool = False
    file: str = ""
    beside: frozenset[int] = frozenset()

    @property
    def own_name(self) -> str:
        """What the sheet is called in its own file."""
        return self.name.removeprefix(f"{self.file}·")

    @property
    def stems(self) -> tuple[str, ...]:
        """The file's name without its extension, then the folders it stands in, from the inside out."""
        return tuple(filter(None, reversed(self.file.rpartition(".")[0].split("/"))))


@dataclass(slots=True)
class Workbook:
    """The sheets of a file in their order. `kind`: xlsx, xls, ods, csv, html, xml2003, or bundle for several files."""

    kind: str
    sheets: list[Sheet]


def column_letter(index: int) -> str:
    """Excel's letters of a column index: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_workbook(path: Path, *, original_name: str) -> Workbook:
    """Read the whole file at `path`; `original_name` (as uploaded) only tells its extension.

    Raises FileRefused with one of the contract's file error codes.
    """
    kind = recognise(path, original_name=original_name)
    if kind == "bundle":
        raise FileRefused("FORMAT_NOT_SUPPORTED")
    try:
        sheets = _parse(path, kind, "fast")
    except _ChildDiedError:
        if kind != "xlsx":
            raise FileRefused("CORRUPT_FILE") from None
        # The fast parser allocates the whole rectangle and dies of one stray cell; the careful one does not.
        try:
            sheets = _parse(path, kind, "careful")
        except _ChildDiedError:
            raise FileRefused("CORRUPT_FILE") from None
    if not any(sheet.rows for sheet in sheets):
        raise FileRefused("NO_DATA")
    for sheet in sheets:
        sheet.is_text = kind == "csv"
    return Workbook(kind, sheets)


class _ChildDiedError(Exception):
    """The child ended without saying that it was done."""


def _parse(path: Path, kind: str, mode: str) -> list[Sheet]:
    """Give one child the file and collect what it streams."""
    child = bare_child.given(path, kind, mode)
    out_of_time = threading.Event()

    def stop() -> None:
        out_of_time.set()
        child.kill()

    timer = threading.Timer(WALL_SECONDS, stop)
    timer.start()
    try:
        assert child.stdout is not None
        return _collect(_messages(child.stdout))
    except _ChildDiedError:
        if out_of_time.is_set():
            raise FileRefused("TOO_LARGE", seconds=WALL_SECONDS) from None
        raise
    finally:
        timer.cancel()
        bare_child.done(child)


def _messages(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The child's JSON lines as dictionaries; the child is not trusted, so anything odd counts as its death."""
    seen = 0
    # The hook is called for {...} only: the line itself, dates and problem cells. Most lines have none but the first.
    careful = json.JSONDecoder(object_hook=_special).decode
    for line in stream:
        seen += len(line)
        if seen > MAX_STREAM_BYTES:
            raise FileRefused("TOO_LARGE")
        try:
            message = orjson.loads(line) if line.count(b"{") == 1 else careful(line.decode())
        except ValueError:
            raise _ChildDiedError from None
        if not isinstance(message, dict):
            raise _ChildDiedError
        yield message


def _special(value: dict[str, Any]) -> Any:
    """Turn the child's wrapped cells back: {"d": iso date}, {"p": [code, text]}."""
    if "d" in value:
        text = value["d"]
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    if "p" in value:
        return CellProblem(*value["p"])
    return value


def _counted_from_1904(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    # calamine gives whole numbers of an .xls as integers.
    return [
        [From1904(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell for cell in row]
        for row in rows
    ]


def _in_order(sheet: Sheet) -> None:
    """Sort the rows of a writer that did not write them from top to bottom."""
    if any(later < earlier for earlier, later in pairwise(sheet.numbers)):
        order = sorted(range(len(sheet.numbers)), key=sheet.numbers.__getitem__)
        sheet.numbers, sheet.rows = [sheet.numbers[at] for at in order], [sheet.rows[at] for at in order]


def _without_covered_cells(sheet: Sheet) -> None:
    """Blank what is hidden under a merged cell: nobody sees it, and it may be another family's."""
    at = {number: position for position, number in enumerate(sheet.numbers)} if sheet.merged else {}
    for merge in sheet.merged:
        for number in range(merge.top, min(merge.bottom, merge.top + _MOST_MERGED_ROWS) + 1):
            row = sheet.rows[at[number]] if number in at else []
            for column in range(merge.left, min(merge.right + 1, len(row))):
                if (number, column) != (merge.top, merge.left):
                    row[column] = None


def _collect(messages: Iterator[dict[str, Any]]) -> list[Sheet]:
    """Sheets from the child's messages; FileRefused when it refused, _ChildDiedError when it never said "end"."""
    sheets: list[Sheet] = []
    from_1904 = False
    for message in messages:
        if "rows" in message:
            sheets[-1].numbers += message["numbers"]
            sheets[-1].rows += message["rows"] if not from_1904 else _counted_from_1904(message["rows"])
        elif "sheet" in message:
            merged = [Merge(*corners) for corners in message["merged"]]
            hidden_rows, from_1904 = frozenset(message["hidden_rows"]), message["from_1904"]
            struck = frozenset((row, column) for row, column in message["struck"])
            sheet = Sheet(message["sheet"], message["hidden"], merged=merged, hidden_rows=hidden_rows, struck=struck)
            sheet.strikes_by_rule = message["strikes_by_rule"]
            for row, column, text in message["comments"]:
                sheet.comments.setdefault(row, {})[column] = text
            sheets.append(sheet)
        elif "refuse" in message:
            raise FileRefused(message["refuse"])
        elif "end" in message:
            for sheet in sheets:
                _in_order(sheet)
                _without_covered_cells(sheet)
            return sheets
    raise _ChildDiedError
