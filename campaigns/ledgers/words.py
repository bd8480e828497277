"""Words of officers for the choices of a model."""

import re
from collections.abc import Mapping
from typing import Any

from households.codes import plain
from households.intake.columns import Cleaner, Doubt, as_text, tidy
from households.intake.messages import Policy
from households.intake.workbook import CellValue

_BETWEEN = re.compile(r"[、,，;；/+＋和及\n]+|\s+")


def official_word_cleaner(choices: Mapping[Any, tuple[str, ...]]) -> Cleaner:
    """As `words_cleaner`, but the choice's first word stays, as people read it in the preview; `stored` gives its value."""
    clean_value, official = words_cleaner(choices), {str(value): words[0] for value, words in choices.items()}

    def clean(cell: CellValue) -> Any:
        value = clean_value(cell)
        return value if isinstance(value, Doubt) else official.get(value)

    return clean


def several_words_cleaner(choices: Mapping[Any, tuple[str, ...]]) -> Cleaner:
    """As `official_word_cleaner`, where several may stand in a cell: one as text, more as a list in the order written."""
    clean_one = official_word_cleaner(choices)

    def clean(cell: CellValue) -> Any:
        whole = clean_one(cell)
        parts = [part for part in _BETWEEN.split(as_text(cell)) if part.strip()]
        if not isinstance(whole, Doubt) or len(parts) < 2:
            return whole
        words = [clean_one(part) for part in parts]
        if any(isinstance(word, Doubt) for word in words):
            return whole
        return list(dict.fromkeys(filter(None, words)))

    return clean


def stored(choices: Mapping[Any, tuple[str, ...]], word: str | None) -> str | None:
    """The stored value of a choice's first word."""
    return next((str(value) for value, words in choices.items() if words[0] == word), None)


def words_cleaner(choices: Mapping[Any, tuple[str, ...]]) -> Cleaner:
    """One of the words → the choice's stored value; an unknown word holds the row, because it may decide what counts."""
    known = {plain(word): str(value) for value, words in choices.items() for word in (*words, value)}

    def clean(cell: CellValue) -> Any:
        written = tidy(as_text(cell))
        if not written or written in ("/", "-", "—", "无"):
            return None
        value = known.get(plain(written))
        return value if value else Doubt(None, ("ENUM_UNKNOWN",), {"written": written[:40]}, Policy.HELD)

    return clean
