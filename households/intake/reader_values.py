"""What the child's parsers share: the shape they yield, their refusals, and how raw values become cells."""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

CHUNK_ROWS = 250
# A roster has up to 130 columns; a stray cell in XFD must not make every row 16,384 cells long.
MAX_COLUMNS = 512
# A city's roster of all members has tens of thousands of rows.
MAX_ROWS = 200_000
# 60,000 rows x 130 columns are 8 million cells.
MAX_CELLS = 20_000_000
# The longest text a register keeps has 1,000 characters; 20,000 cells of 32,767 would be 650 MB.
MAX_TEXT = 4000
SHOWN_TEXT = 200
_MOST_COMMENTS, _LONGEST_COMMENT = 5_000, 300

type Cell = str | float | bool | datetime.date | datetime.time | datetime.timedelta | Problem | None
# A sequence, so that calamine's rows (which never hold a problem) are rows too.
type Row = Sequence[Cell]
type Corners = tuple[int, int, int, int]


# What a number format makes of a number, if no unit.
DATE = "date"
_LONGEST_NAME = 31
_NAME_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))

_QUIET_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
# 1.2 shown as 1.2万 means 12000; a comma behind the last digit divides what is shown, so that 12000 itself stands there.
_UNIT_SHOWN = re.compile("万|千(?![克米瓦])|百(?!分)|元")
# So does a point that is only drawn between the digits: 0!.0000"万".
_DRAWN_POINT = re.compile(r"""[0#?](?:[\\!]\.|"\.")[0#?]""")
_SCALED = re.compile("[0#?],+[^0#?,]*$")


class RefusedError(Exception):
    """The file is refused with one of the contract's file error codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Problem:
    """A cell without a usable value; `text` is what the officer would see or search for, never empty."""

    __slots__ = ("code", "text")

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text[:SHOWN_TEXT] or "="


class ParsedSheet:
    """One sheet: `rows` yields (Excel row number, cells from column A on); merged corners are top, left, bottom, right;
    struck: (Excel row number, column index) of cells that are struck through; comments: the same with a cell's comment;
    strikes_by_rule: whether a conditional format strikes cells through; from_1904: its days count from then."""

    __slots__ = (
        "comments",
        "from_1904",
        "hidden",
        "hidden_rows",
        "merged",
        "name",
        "rows",
        "strikes_by_rule",
        "struck",
    )

    def __init__(
        self,
        name: str,
        rows: Iterable[tuple[int, Row]],
        *,
        hidden: bool = False,
        merged: Iterable[Corners] = (),
        hidden_rows: Iterable[int] = (),
        struck: Iterable[tuple[int, int]] = (),
        comments: Iterable[tuple[int, int, str]] = (),
        strikes_by_rule: bool = False,
        from_1904: bool = False,
    ) -> None:
        self.name = sheet_name(name)
        self.rows = rows
        self.hidden = hidden
        self.merged = list(merged)
        self.hidden_rows = list(hidden_rows)
        self.struck = list(struck)
        self.comments = list(comments)
        self.strikes_by_rule = strikes_by_rule
        self.from_1904 = from_1904


def add_comment(comments: list[tuple[int, int, str]], row: int, column: int, text: str) -> None:
    """Keep a cell's comment; more than thousands are no notes about people, and of a long one the first words tell."""
    if (told := text.strip()) and len(comments) < _MOST_COMMENTS:
        comments.append((row, column, told[:_LONGEST_COMMENT]))


def sheet_name(name: str) -> str:
    """A sheet's name within Excel's rules (31 characters, some forbidden); other formats and writers allow more."""
    return name.translate(_NAME_FORBIDDEN)[:_LONGEST_NAME] or "Sheet"


def unique_name(name: str, taken: set[str]) -> str:
    """The sheet's name within Excel's rules, numbered where a sheet before it is called so: `taken`, which it joins."""
    unique = short = sheet_name(name)
    number = 1
    while unique.casefold() in taken:
        number += 1
        unique = short[: _LONGEST_NAME - len(f"({number})")] + f"({number})"
    taken.add(unique.casefold())
    return unique


def chunks(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[list[int], list[Row]]]:
    """Rows that hold anything, in lists of at most CHUNK_ROWS; RefusedError when they are too many cells altogether."""
    numbers: list[int] = []
    kept: list[Row] = []
    cells = seen = 0
    for number, row in rows:
        if not any(row):
            continue
        seen += 1
        if seen > MAX_ROWS:
            raise RefusedError("TOO_LARGE")
        numbers.append(number)
        kept.append(row[:MAX_COLUMNS] if len(row) > MAX_COLUMNS else row)
        if len(kept) == CHUNK_ROWS:
            cells += sum(map(len, kept))
            if cells > MAX_CELLS:
                raise RefusedError("TOO_LARGE")
            yield numbers, kept
            numbers, kept = [], []
    if kept:
        yield numbers, kept


def bounded(text: str) -> str | Problem:
    """A text as a cell; one that no field could hold becomes a problem instead of filling the memory."""
    return text if len(text) <= MAX_TEXT else Problem("VALUE_TOO_LONG", text)


def number_or_text(text: str) -> float | str | Problem:
    """A number as written in XML; what is none (or has no end: 1e999, NaN) stays the text it is."""
    try:
        number = float(text)
    except ValueError:
        return bounded(text)
    return number if isfinite(number) else text


def serial_date(serial: float, *, from_1904: bool) -> Cell:
    """Excel's day number as a date (with a fraction as date and time); out of range it stays a number.

    The 1900 system counts a 29 February 1900 that never was, so its first 59 days sit one day later.
    """
    if not 1 <= serial < 2958466:
        return serial
    epoch = datetime.date(1904, 1, 1) if from_1904 else datetime.date(1899, 12, 31 if serial < 60 else 30)
    try:
        day = epoch + datetime.timedelta(days=int(serial))
    except OverflowError:
        return serial
    if serial.is_integer():
        return day
    return datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(seconds=round(serial % 1 * 86400))


def column_index(reference: str) -> int:
    """0 for "A1", 26 for "AA7"; -1 when the reference has no letters."""
    index = 0
    for char in reference:
        if not char.isalpha():
            break
        index = index * 26 + ord(char.upper()) - 64
    return index - 1


def shown_plainly(code: str) -> str:
    """A number format without what it writes as it stands: quoted texts, escaped signs, brackets."""
    return _QUIET_IN_FORMAT.sub("", code)


def unit_shown(code: str) -> str:
    """The unit to be read behind a number of this format: 万 of 0.0"万", 元 where the format divides what it shows."""
    first = code.split(";")[0]
    if _SCALED.search(shown_plainly(first)) or _DRAWN_POINT.search(first):
        return "元"
    found = _UNIT_SHOWN.search(re.sub(r"\[[^\]]*\]", "", first))
    return found[0] if found else ""
