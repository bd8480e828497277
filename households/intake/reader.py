"""The bare child that parses an uploaded file: told on stdin which, JSON lines on stdout. Never imports Django.

Lines: {"sheet": name, "hidden": bool, "merged": [[top, left, bottom, right], …], "hidden_rows": [number, …], "struck":
[[number, column], …], "comments": [[number, column, text], …], "strikes_by_rule": bool, "from_1904": bool}, then
{"numbers": […], "rows": [[cell, …], …]} for that sheet, …, and {"end": 1} or {"refuse": CODE} last. A cell is a
string, number, boolean or null; a date is {"d": iso}, a cell without usable value {"p": [code, text]}.
Row numbers are Excel's (from 1), column indexes count from 0; blank rows are left out.
"""

import datetime
import importlib
import json
import resource
import sys
from typing import Any

import orjson

from households.intake.reader_values import ParsedSheet, Problem, RefusedError, chunks, unique_name

# Measured: 60,000 rows x 28 columns need 330 MB of address space; a stray cell's rectangle needs gigabytes.
MEMORY_BYTES = 900 * 1024 * 1024
CPU_SECONDS = 60


def main() -> None:
    """Parse the file of which stdin tells [path, kind, mode]; mode "fast", or "careful" after the fast parser of .xlsx has
    died of the file. Ends where nothing is told: the parent has gone.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    importlib.import_module(
        "households.intake.reader_xlsx"
    )  # while it may still be waiting: most files are of this kind
    told = sys.stdin.buffer.readline()
    if not told:
        return
    path, kind, mode = json.loads(told)
    try:
        # One module per kind, named by our own parent; loading them all would double the start.
        parser = importlib.import_module("households.intake.reader_" + kind)
        with open(path, "rb") as file:
            data = file.read()
        taken: set[str] = set()
        for sheet in parser.sheets(data, careful=mode == "careful"):
            sheet.name = unique_name(sheet.name, taken)  # a row is known by its sheet's name
            _send_sheet(sheet)
        _send({"end": 1})
    except RefusedError as refusal:
        _send({"refuse": refusal.code})
    except MemoryError:
        _send({"refuse": "TOO_LARGE"})
    sys.stdout.buffer.flush()


def _send_sheet(sheet: ParsedSheet) -> None:
    about = ("hidden", "merged", "hidden_rows", "struck", "comments", "strikes_by_rule", "from_1904")
    _send({"sheet": sheet.name, **{name: getattr(sheet, name) for name in about}})
    for numbers, rows in chunks(sheet.rows):
        _write(_without_blanks(_encode({"numbers": numbers, "rows": rows})))


def _without_blanks(line: bytes) -> bytes:
    """calamine gives "" for a blank cell. Inside a JSON text every quote is escaped, so a quote right after a comma or
    bracket begins a text, and one right after that ends it: these are the empty texts and no others."""
    return line.replace(b',""', b",null").replace(b'[""', b"[null")


def _send(message: dict[str, object]) -> None:
    _write(_encode(message))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")


def _encode(message: dict[str, Any]) -> bytes:
    """As one line. orjson writes a number like 1e999 as null, in silence: the standard encoder looks at whatever has a null
    in it before it can be a blank cell, and fails of such a number. The child dies, and the careful parser keeps it as text.
    """
    try:
        line = orjson.dumps(message, default=_wrapped, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError:  # half a surrogate pair, a number of more than 64 bits
        line = b"null"
    if b"null" not in line:
        return line
    return _encode_all(message).encode("utf-8", "replace")


def _wrapped(value: object) -> object:
    """Cells that JSON does not know."""
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, Problem):
        return {"p": [value.code, value.text]}
    # Times of day and durations: no field of a register has them, their text says what stood there.
    return str(value)


_encode_all = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False, default=_wrapped
).encode
