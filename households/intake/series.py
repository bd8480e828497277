"""Columns that stand several times in a row under numbers: 包联人1, 包联人2; 第一次走访 and 第二次走访 over 时间 and 情况."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

_FIGURES = "一二三四五六七八九十"
_NUMBER = re.compile(rf"\(?第?\(?([{_FIGURES}]|[1-9]\d?)\)?[次个位名轮]?\)?")


def numbered_columns(
    stacks: Mapping[int, Sequence[str]], meaning: Callable[[str], str | None], series: Mapping[str, str]
) -> dict[int, dict[str, int]]:
    """Number → field → column, for the numbers that `series` (see TableSpec) needs and finds.

    stacks: column → its header words, group first; meaning: the field of a header word.
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for column, stack in stacks.items() if series else ():
        number, name = _numbered(stack, meaning, series)
        if name:
            found[number].setdefault(name, column)
    lead = next(iter(series.values()), "")
    has_more = any(lead in names for number, names in found.items() if number > 1)
    return {number: names for number, names in sorted(found.items()) if lead in names or (number == 1 and has_more)}


def repeated_columns(
    stacks: Mapping[int, Sequence[str]], meanings: Mapping[int, str | None], series: Mapping[str, str]
) -> dict[int, dict[str, int]]:
    """As `numbered_columns`, where the same headers stand again without numbers: 走访时间, 走访情况, 走访时间, 走访情况.

    {} where they do not repeat exactly: then nobody knows which columns belong together.
    """
    lead = next(iter(series.values()), "")
    columns = [column for column in sorted(stacks) if meanings[column] in series]
    times = [series[str(meanings[column])] for column in columns].count(lead)
    if times < 2 or len(columns) % times:
        return {}
    size = len(columns) // times
    if any(stacks[columns[at]] != stacks[columns[at % size]] for at in range(len(columns))):
        return {}
    return {
        number + 1: {series[str(meanings[column])]: column for column in columns[number * size : (number + 1) * size]}
        for number in range(times)
    }


def numbered_fields(
    stacks: Collection[Sequence[str]], meaning: Callable[[str], str | None], names: Collection[str]
) -> set[str]:
    """Those of the fields `names` that a column has under a number: 成员1姓名."""
    wanted = {name: name for name in names}
    return {name for stack in stacks if (name := _numbered(stack, meaning, wanted)[1])}


def _numbered(
    stack: Sequence[str], meaning: Callable[[str], str | None], series: Mapping[str, str]
) -> tuple[int, str | None]:
    """The number and the field of a column; 0 and None where it has no number or means something without it."""
    text = "".join(stack)
    if meaning(text) is None:
        for number in _NUMBER.finditer(text):
            rest = text[: number.start()] + text[number.end() :]
            is_of_group = len(stack) > 1 and number.end() <= len(text) - len(stack[-1])
            # 第二轮 and nothing else means what 第一轮 does.
            alone = None if rest else meaning(text.replace(number[1], _FIGURES[0]))
            name = meaning(rest) or alone or (meaning(stack[-1]) if is_of_group else None)
            if name is not None and name in series:
                return _value(number[1]), series[name]
    return 0, None


def _value(figure: str) -> int:
    return _FIGURES.index(figure) + 1 if figure in _FIGURES else int(figure)
