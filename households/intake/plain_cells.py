"""What stands in a table's columns, made plain: blanks, a program's words for nothing, error words, 同上 and 待定."""

import re
import unicodedata

from households.intake.headers import TableSpec
from households.intake.row_kinds import INVISIBLE
from households.intake.workbook import CellProblem, CellValue

_ERROR_WORDS = frozenset(
    ["#N/A", "#N/A!", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"]
)
_PICTURE = re.compile(r"=?(_xlfn\.)?DISPIMG\(", re.IGNORECASE)
# A blank text, an error word and a picture formula begin with one of these; names and numbers do not.
_SUSPECT_STARTS = frozenset(["", *INVISIBLE, *"#＃=_DdNn(<\\"])
# How programs write an empty field: pandas and databases.
_NULL_WORDS = frozenset(["NULL", "(NULL)", "<NULL>", "NONE", "NAN", "<NA>", "NAT", "\\N"])
AS_ABOVE = frozenset(("同上", "同左", "〃", "″", "”", '"'))


def _word(value: CellValue) -> CellValue:
    """A text as it is read: without what stands around it unseen."""
    return value.strip(INVISIBLE) if isinstance(value, str) else value


def ditto_read(values: list[CellValue], *, spread: bool) -> list[CellValue]:
    """同上 and its marks as blanks, which the household's first row fills; `spread`: as the value above, whoever's it is."""
    if AS_ABOVE.isdisjoint(map(_word, set(values))):
        return values
    read: list[CellValue] = []
    for value in values:
        above = read[-1] if read and spread else None
        read.append(above if _word(value) in AS_ABOVE else value)
    return read


def without_placeholders(values: list[CellValue], spec: TableSpec) -> list[CellValue]:
    """待定 is no number: two families must not become one by it, nor must it let a row continue the household above."""
    words = {value: _word(value) for value in set(values) if value is not None}
    empty = {value for value, word in words.items() if word in spec.nothing}
    if not empty:
        return values
    if len(empty) == len(words):
        return [None] * len(values)
    problems: dict[CellValue, CellValue] = {
        value: None if words[value] in AS_ABOVE else CellProblem("ENUM_UNKNOWN", str(words[value])) for value in empty
    }
    return [problems.get(value, value) for value in values]


def cleaned(values: list[CellValue]) -> list[CellValue]:
    """Blank texts and a program's words for them as None, error words and picture formulas as problems; one look-up a value."""
    replaced: dict[CellValue, CellValue] = {}
    for value in [one for one in set(values) if isinstance(one, str) and one[:1] in _SUSPECT_STARTS]:
        text = value.strip(INVISIBLE)
        if not text or text.upper() in _NULL_WORDS:
            replaced[value] = None
        elif unicodedata.normalize("NFKC", text).upper() in _ERROR_WORDS:
            replaced[value] = CellProblem("CELL_ERROR", text)
        elif _PICTURE.match(text):
            replaced[value] = CellProblem("PICTURE", text[:200])
    if not replaced:
        return values
    return [replaced.get(value, value) for value in values]
