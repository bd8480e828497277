"""Fills household cells down to the members' rows: inside one household only, never across."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from operator import ge, le

from households.intake.headers import TableSpec
from households.intake.workbook import CellProblem, CellValue, Merge
from households.pinyin import pinyin_of

type Columns = dict[str, list[CellValue]]

# So many names or numbers do not stand in order by chance.
_SORTED_ROWS = 10


def filled_down(
    columns: Columns, fields: dict[str, int], numbers: list[int], merged: list[Merge], spec: TableSpec, breaks: set[int]
) -> list[int]:
    """Fill the household fields of `columns` in place; returns the Excel numbers of rows whose household is unclear.

    columns: field → one value per row; numbers: the rows' Excel numbers; breaks: indexes at which a household cannot
    go on (after a blank row or a subtotal). A value goes down from the household's first rows into blank cells only.
    """
    names = [name for name in spec.household if name in columns]
    repeated = _repeats_on_every_row(columns, spec)
    # What may be merged over several households is spread; anything else goes down inside its household, below.
    wide = [name for name in columns if name in spec.places or name in spec.starts]
    extents = _spread_merges(columns, fields, numbers, merged, wide)
    _spread_merges(columns, fields, numbers, merged, [name for name in columns if name in spec.spread])
    starts = [name for name in spec.starts if name in columns and any(value is not None for value in columns[name])]
    if starts and None not in columns[starts[0]] and not any(_has_gaps(columns[name]) for name in names):
        return []  # every row names its household, and nothing is left to fill
    if repeated:
        breaks = breaks | set(range(len(numbers))) - _without_household(columns, names, spec)
    first_of, loose = _households(columns, starts, extents, numbers, spec, breaks)
    for name in names:
        values = columns[name]
        if None not in values:
            continue
        known: CellValue = None
        for index, first in enumerate(first_of):
            if first is None or first == index:
                known = None
            if values[index] is None:
                values[index] = known
            elif first is not None and known is None:
                known = values[index]
    return loose


def heads_of_their_own(columns: Columns, lines: set[int], spec: TableSpec) -> set[int]:
    """Of the lines that only carry household cells, those whose head is a person whom no other row tells; in place, they
    become that head's rows.

    On a form with the head on a line of her own, above the other members, nobody else's row speaks of her. A head without
    a number is only told where nobody else of the household stands below: a list of women and children names a father.
    """
    if not lines or not spec.head_columns or not {*spec.head_columns.values()} & columns.keys():
        return set()
    named = {name: columns[source] for name, source in spec.head_columns.items() if source in columns}
    starts = [columns[name] for name in spec.starts if name in columns]
    members: dict[tuple[CellValue, ...], list[int]] = defaultdict(list)
    for index in range(len(columns[spec.keys[0]])):
        if index not in lines:
            members[tuple(values[index] for values in starts)].append(index)
    found = set()
    for index in lines:
        own = {name: values[index] for name, values in named.items() if values[index] is not None}
        others = members.get(tuple(values[index] for values in starts), [])
        told = {_plain(columns[name][other]) for other in others for name in spec.keys if name in columns}
        if spec.keys[0] in own and (len(own) > 1 or not others) and not told & set(map(_plain, own.values())):
            found.add(index)
            for name, value in own.items():
                columns[name][index] = value
            if spec.head_mark and spec.head_mark[0] in columns:
                columns[spec.head_mark[0]][index] = spec.head_word
    return found


def _plain(value: CellValue) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).upper().split())


def _has_gaps(values: list[CellValue]) -> bool:
    return None in values and any(value is not None for value in values)


def _spread_merges(
    columns: Columns, fields: dict[str, int], numbers: list[int], merged: list[Merge], names: list[str]
) -> dict[str, dict[int, int]]:
    """Write merged household cells out over their rows; returns field → {row index: last Excel row of its merge}."""
    name_at = {fields[name]: name for name in names}
    index_of = {number: index for index, number in enumerate(numbers)} if merged else {}
    extents: dict[str, dict[int, int]] = {name: {} for name in names}
    for merge in merged:
        name = name_at.get(merge.left)
        top = index_of.get(merge.top)
        if name is None or top is None or merge.bottom == merge.top:
            continue
        # Row numbers rise, so the merged rows follow each other.
        index = top
        while index < len(numbers) and numbers[index] <= merge.bottom:
            extents[name][index] = merge.bottom
            if columns[name][index] is None:
                columns[name][index] = columns[name][top]
            index += 1
    return extents


def _households(
    columns: Columns,
    starts: list[str],
    extents: dict[str, dict[int, int]],
    numbers: list[int],
    spec: TableSpec,
    breaks: set[int],
) -> tuple[list[int | None], list[int]]:
    """For each row the index of its household's first row (None: not known), and the unclear rows' Excel numbers."""
    counter = _household_counter(columns, spec)
    heads = _head_marks(columns, spec)
    marks = heads if not starts and counter is None else None
    shuffled = _are_shuffled(columns, starts, counter, heads, spec)
    first_of: list[int | None] = []
    loose: list[int] = []
    first: int | None = None
    repeated = False
    for index, number in enumerate(numbers):
        told = _starts_household(columns, starts, counter, marks, index, first)
        if told:
            first, repeated = index, False
        elif told is False:
            repeated = True
        elif told is None and first is not None:
            ended = any(extents[name].get(first, number) < number for name in starts if name in extents)
            another = heads is not None and heads[index] and _differs(columns, spec, index, first)
            stray = shuffled and not any(extents[name].get(first, 0) >= number for name in starts if name in extents)
            if ended or another or repeated or stray or index in breaks:  # a family that is written out has no blanks
                first = None
                loose.append(number)
        elif told is None and (starts or loose):
            loose.append(number)  # nobody's: at the top, or behind one that was cut off from its household
        first_of.append(first)
    return first_of, loose


def _are_shuffled(
    columns: Columns,
    starts: list[str],
    counter: list[CellValue] | None,
    heads: list[bool] | None,
    spec: TableSpec,
) -> bool:
    """Whether a blank cannot mean "as above": the table begins with a member, so that households are named on another than
    their first row, or its people were sorted by name or number."""
    named = [columns[name] for name in starts] + ([] if counter is None else [counter])
    if named and all(values[0] is None for values in named) and not (heads and heads[0]):
        return True
    if not any(None in values for values in named or [[None]]):
        return False
    return any(_are_sorted(columns[name]) for name in spec.keys if name in columns)


def _are_sorted(values: list[CellValue]) -> bool:
    """Whether texts rise or fall all along, as they stand or by pinyin; a blank or an unreadable cell says nothing."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < _SORTED_ROWS or len(set(texts)) < _SORTED_ROWS:
        return False
    keys: tuple[Callable[[str], str], ...] = (str, pinyin_of)
    return any(all(follows(key(one), key(two)) for one, two in pairwise(texts)) for key in keys for follows in (ge, le))


def _differs(columns: Columns, spec: TableSpec, index: int, first: int) -> bool:
    """Does a row write a household value of its own that is not the household's? A head who does is another family's."""
    return any(
        columns[name][index] is not None
        and columns[name][first] is not None
        and columns[name][index] != columns[name][first]
        for name in spec.household
        if name in columns
    )


def _starts_household(
    columns: Columns,
    starts: list[str],
    counter: list[CellValue] | None,
    marks: list[bool] | None,
    index: int,
    first: int | None,
) -> bool | None:
    """Whether the row begins a household (True), says that it continues one (False), or says nothing (None)."""
    if counter is not None and counter[index] is not None and (first is None or counter[index] != counter[first]):
        return True
    for name in starts:
        value = columns[name][index]
        if value is not None:
            # Two unreadable household numbers are not the same household.
            return first is None or isinstance(value, CellProblem) or value != columns[name][first]
    if marks is not None:
        return True if marks[index] else None
    return None


def _repeats_on_every_row(columns: Columns, spec: TableSpec) -> bool:
    """Whether the table writes the household on every member's row: then a blank is a gap, not "as above"."""
    values = next((columns[name] for name in spec.starts if name in columns and any(columns[name])), [])
    same = sum(value is not None and value == values[index - 1] for index, value in enumerate(values) if index)
    return same > values.count(None)


def _without_household(columns: Columns, names: list[str], spec: TableSpec) -> set[int]:
    """Rows of members that leave out all of their household, its place included: those stand below their family."""
    heads = _head_marks(columns, spec)
    if heads is None or not spec.places & set(names):
        return set()
    blank = (all(value is None for value in cells) for cells in zip(*(columns[name] for name in names), strict=True))
    return {
        index for index, (left_out, is_head) in enumerate(zip(blank, heads, strict=True)) if left_out and not is_head
    }


def counted_households(columns: Columns, spec: TableSpec) -> list[CellValue] | None:
    """The running number of each row's household, filled down; None where the table does not count households."""
    counter = _household_counter(columns, spec)
    if counter is None or 5 * len({value for value in counter if value is not None}) > 4 * len(counter):
        return None
    filled: list[CellValue] = []
    for value in counter:
        filled.append(filled[-1] if value is None and filled else value)
    return filled


def _household_counter(columns: Columns, spec: TableSpec) -> list[CellValue] | None:
    """The running number where it counts households (blank or repeated on members' rows), not persons."""
    values = columns.get(spec.counter)
    if values is None or all(value is None for value in values):
        return None
    repeated = any(value is not None and value == values[index - 1] for index, value in enumerate(values) if index)
    return values if None in values or repeated else None


def _head_marks(columns: Columns, spec: TableSpec) -> list[bool] | None:
    """For each row whether it is marked as the household's head; None where the table has no such column."""
    if spec.head_mark is None or spec.head_mark[0] not in columns:
        return None
    field, words = spec.head_mark
    return [isinstance(value, str) and value.strip() in words for value in columns[field]]
