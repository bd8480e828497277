"""CSV and tab text in the child, in the encodings that Chinese offices produce. Row numbers are record numbers."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from households.intake.reader_values import MAX_ROWS, ParsedSheet, RefusedError, Row, bounded

_DELIMITERS = ("\t", ",", ";", "|", "，")
_BLANK_LINE = "".join(_DELIMITERS) + '\r\n "'
# No spreadsheet has wider rows.
_MOST_MARKS = 16_384


def sheets(data: bytes, *, careful: bool) -> Iterator[ParsedSheet]:
    """The file as one sheet."""
    if b"\0" not in data[:4096] and _has_too_many(io.BytesIO(data), _BLANK_LINE.encode()):
        raise RefusedError("TOO_LARGE")  # as a text it would take many times its size
    yield ParsedSheet("Sheet1", _rows(decoded(data)))


def _has_too_many[T: (str, bytes)](lines: Iterable[T], blank: T) -> bool:
    """Whether there are more lines than a sheet may have rows, not counting blank ones."""
    return sum(bool(line.strip(blank)) for line in lines) > MAX_ROWS


def decoded(data: bytes) -> str:
    """The text of the file: a byte order mark, else UTF-16 by its NULs, else UTF-8, else GB18030 (which holds GBK)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    elif b"\0" in data[:4096]:
        # NULs stand in the odd places of little-endian text: its ASCII characters have them second.
        names = ["utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"]
    else:
        names = ["utf-8-sig", "gb18030"]
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text or _controls(text[:20000]) > 0.01:
            raise RefusedError("NOT_A_SPREADSHEET")
        return text
    raise RefusedError("CORRUPT_FILE" if len(names) > 1 and _mostly_text(data) else "NOT_A_SPREADSHEET")


def _mostly_text(data: bytes) -> bool:
    """Whether the start decodes as UTF-8 or GB18030 with few exceptions: a cut or mixed list rather than a binary file."""
    samples = [data[:20000].decode(name, "replace") for name in ("utf-8", "gb18030")]
    return any(sample.count("\ufffd") * 50 < len(sample) and _controls(sample) <= 0.01 for sample in samples)


def _controls(sample: str) -> float:
    """The share of control characters: binary rubbish that happens to decode is full of them, a list has none."""
    return sum(char < " " and char not in "\t\r\n\f\v" for char in sample) / max(len(sample), 1)


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    delimiter = _delimiter(text)
    if text.lower().startswith("sep="):
        # Excel's own hint line is no record.
        text = text.partition("\n")[2]
    for number, record in enumerate(_records(text, delimiter), start=1):
        yield number, [bounded(_unwrapped(value)) or None for value in record]


def _delimiter(text: str) -> str:
    """The delimiter that the fullest of the first lines uses most."""
    lines = text[:200_000].splitlines()[:30]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Records by the rules of CSV; where a stray quote breaks them, line by line, so that it cannot swallow people."""
    csv.field_size_limit(10_000_000)
    # Not str.splitlines: it also breaks at separators that stand inside names and remarks.
    lines = list(io.StringIO(text, newline=""))
    if _has_too_many(lines, _BLANK_LINE) or any(line.count(delimiter) > _MOST_MARKS for line in lines):
        raise RefusedError("TOO_LARGE")
    try:
        records = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        records = []
    if records and not any("\n" in value and _swallows(value, delimiter) for record in records for value in record):
        return records
    return [_record_of_line(line.rstrip("\r\n"), delimiter) for line in lines]


def _swallows(value: str, delimiter: str) -> bool:
    """Whether a quoted text with line breaks holds other people's records: a stray quote or ditto mark opened it."""
    return value.count("\n") > 5 or value.count(delimiter) > 1 or re.search(r"\d{15}", value) is not None


def _record_of_line(line: str, delimiter: str) -> list[str]:
    """One line as one record; quotes are taken for text when they do not close."""
    if line.count('"') % 2 == 0:
        try:
            return next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            pass
    return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])


def _unwrapped(value: str) -> str:
    """`="1302…"`, the trick that keeps Excel from damaging long numbers, back to its text."""
    if value.startswith('="') and value.endswith('"') and len(value) > 2:
        return value[2:-1].replace('""', '"')
    return value
