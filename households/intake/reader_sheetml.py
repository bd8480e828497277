"""The careful .xlsx parser: expat over the sheet's XML, one row at a time, every kind of cell told apart."""

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.parsers import expat

from households.intake.reader_values import (
    DATE,
    Cell,
    Problem,
    RefusedError,
    Row,
    bounded,
    column_index,
    number_or_text,
    serial_date,
)
from households.intake.reader_zip import Parts

_SLICE = 256 * 1024
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def parse(data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """(local tag, attributes) of every element of a small part; RefusedError when it is not well-formed or unsafe."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = safe_parser()
    parser.StartElementHandler = lambda tag, attrs: found.append((local_name(tag), attrs))
    feed(parser, data)
    return iter(found)


def attributes(attrs: dict[str, str], local: str) -> str:
    """The attribute `r:id` under whatever prefix the writer gave the namespace."""
    return next((value for name, value in attrs.items() if name.endswith(":" + local)), "")


class SheetReader:
    """Reads sheets of one workbook, `styles` as reader_styles.Styles.numbers; shared strings are parsed when the first sheet
    is asked for."""

    def __init__(self, parts: Parts, styles: list[str], *, from_1904: bool) -> None:
        self._parts = parts
        self._from_1904 = from_1904
        self._strings: list[str | Problem] | None = None
        self._styles = styles

    def rows(self, part: str) -> Iterator[tuple[int, Row]]:
        """(Excel row number, cells) of one sheet part, in the file's order."""
        if self._strings is None:
            self._strings = _shared_strings(self._parts)
        state = _SheetState(self._strings, self._styles, from_1904=self._from_1904)
        parser = safe_parser()
        parser.StartElementHandler = state.start
        parser.EndElementHandler = state.end
        parser.CharacterDataHandler = state.text
        data = self._parts.read(part)
        try:
            for at in range(0, len(data), _SLICE):
                parser.Parse(data[at : at + _SLICE], False)
                yield from state.done
                state.done.clear()
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, IndexError):
            raise RefusedError("CORRUPT_FILE") from None


class _SheetState:
    """What the expat handlers remember between events; finished rows collect in `done`."""

    def __init__(self, strings: list[str | Problem], styles: list[str], *, from_1904: bool) -> None:
        self.done: list[tuple[int, Row]] = []
        self._strings = strings
        self._styles = styles
        self._from_1904 = from_1904
        self._row: list[Cell] = []
        self._next = 0
        self._number = 0
        self._seen: set[int] = set()
        self._attrs: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._into: list[str] | None = None
        self._phonetic = False

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        local = local_name(tag)
        if local == "c":
            self._attrs, self._texts = attrs, {}
        elif local in ("v", "f", "t"):
            self._into = None if self._phonetic else self._texts.setdefault(local, [])
        elif local == "row":
            self._number = int(attrs.get("r", self._number + 1))
            if self._number in self._seen:
                # One of the two would overwrite the other: people would be lost without a word.
                raise RefusedError("CORRUPT_FILE")
            self._seen.add(self._number)
            self._row, self._next = [], 0
        elif local == "rPh":
            self._phonetic = True

    def text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def end(self, tag: str) -> None:
        local = local_name(tag)
        self._into = None
        if local == "c":
            index = column_index(self._attrs.get("r", ""))
            self._place(self._next if index < 0 else index, self._cell())
        elif local == "row":
            self.done.append((self._number, self._row))
        elif local == "rPh":
            self._phonetic = False

    def _place(self, index: int, cell: Cell) -> None:
        self._next = index + 1  # a blank cell takes its place too: else the row would slide to the left
        if index >= len(self._row):
            # Beyond every table: kept short here already, one stray cell costs nothing.
            if cell is None or index > 16384:
                return
            self._row.extend([None] * (index + 1 - len(self._row)))
        self._row[index] = cell

    def _cell(self) -> Cell:
        kind = self._attrs.get("t", "n")
        formula = self._texts.get("f")
        value = "".join(self._texts.get("v", ()))
        if formula is not None and "DISPIMG" in "".join(formula):
            return Problem("PICTURE", "".join(formula))
        if kind == "inlineStr":
            return bounded(_unescaped("".join(self._texts.get("t", ())))) or None
        if not value:
            # A text formula may well have an empty result; any other formula without a value was never calculated.
            never = formula is not None and not (kind == "str" and "v" in self._texts)
            return Problem("FORMULA_NO_VALUE", "=" + "".join(formula or ())) if never else None
        return self._typed(kind, value)

    def _typed(self, kind: str, value: str) -> Cell:
        if kind == "s":
            return self._strings[int(value)] or None
        if kind == "str":
            return bounded(_unescaped(value))
        if kind == "e":
            return Problem("CELL_ERROR", value)
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "d":
            moment = datetime.datetime.fromisoformat(value)
            return moment.date() if "T" not in value else moment.replace(tzinfo=None)
        number = number_or_text(value)
        style = int(self._attrs.get("s", 0))
        shown = self._styles[style] if isinstance(number, float) and style < len(self._styles) else ""
        if isinstance(number, float) and shown == DATE:
            return serial_date(number, from_1904=self._from_1904)
        return f"{number:.15g}{shown}" if shown else number


def _shared_strings(parts: Parts) -> list[str | Problem]:
    """The workbook's shared strings without phonetic guides, rich text joined."""
    if "xl/sharedStrings.xml" not in parts.names():
        return []
    strings: list[str | Problem] = []
    texts: list[str] = []
    state = {"collect": False, "phonetic": False}

    def start(tag: str, attrs: dict[str, str]) -> None:
        local = local_name(tag)
        if local == "si":
            texts.clear()
        elif local == "rPh":
            state["phonetic"] = True
        elif local == "t":
            state["collect"] = not state["phonetic"]

    def end(tag: str) -> None:
        local = local_name(tag)
        if local == "si":
            strings.append(bounded(_unescaped("".join(texts))))
        elif local == "rPh":
            state["phonetic"] = False
        elif local == "t":
            state["collect"] = False

    def text(text: str) -> None:
        if state["collect"]:
            texts.append(text)

    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    feed(parser, parts.read("xl/sharedStrings.xml"))
    return strings


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """The tag or attribute without the prefix of its namespace."""
    return tag if ":" not in tag else tag.rpartition(":")[2]


def safe_parser() -> expat.XMLParserType:
    """An expat parser that refuses a DTD (and with it every entity) at its first character."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise RefusedError("UNSAFE_XML")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, data: bytes) -> None:
    """Parse a whole part; RefusedError when it is not well-formed or a handler cannot make sense of a value."""
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise RefusedError("CORRUPT_FILE") from None
