"""Forms with a card for each household: its number, head, phone or place beside their labels, and a table of its members below.

What the labels tell becomes columns of the members' rows, so that everything else sees a list as ever.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from households.intake.columns import as_text
from households.intake.headers import SEARCH_ROWS, TableSpec, normalise_header, parts, resolve, row_texts
from households.intake.row_kinds import is_blank, is_long_number, is_name, is_signatory
from households.intake.workbook import CellValue, Sheet

# A longer row is a list's.
_MOST_CELLS = 12


class _Pair(NamedTuple):
    """A label as written, its field ("" for none), and what stands beside it."""

    word: str
    field: str
    value: CellValue


def unfolded(sheet: Sheet, spec: TableSpec) -> Sheet:
    """The sheet with what its cards' labels tell written behind the members' rows; where it has no cards, with the lines of
    labels above its header as the titles that they are."""
    told: dict[str, CellValue] = {}
    cards: dict[int, Mapping[str, CellValue]] = {}  # list position of a member's row → what her card tells
    labels, headers = dict[int, list[_Pair]](), set[int]()
    keys: dict[str, int] = {}
    for at, row in enumerate(sheet.rows):
        if _is_member(row, keys, spec):
            if told:
                cards[at] = told
        elif line := _pairs(row, spec):
            if keys:
                told, keys = {}, {}
            told |= {one.field: one.value for one in line if one.field in spec.household}
            labels[at] = line
        elif named := _key_columns(row, spec):
            if not cards and told.keys().isdisjoint(spec.starts):
                return _titled(sheet, labels) if labels else sheet  # a list: nearly every sheet ends here
            keys = named
            headers.add(at)
        elif not headers and at > SEARCH_ROWS:
            return sheet
        elif keys and _signs(row):
            labels[at] = []
        elif told.keys().isdisjoint(spec.starts):
            # A phone between two cards belongs to neither; a place above a title holds for what stands below.
            told = {name: value for name, value in told.items() if name in spec.places}
    return _written_out(sheet, cards, labels, headers, spec) if cards else sheet


def _titled(sheet: Sheet, labels: Mapping[int, Sequence[_Pair]]) -> Sheet:
    """The sheet with its lines of labels (县, 丰南区, 乡镇, 黄各庄镇) in one cell each: over columns they would seem to be headers."""
    rows = list(sheet.rows)
    for at, line in labels.items():
        rows[at] = ["　".join(f"{one.word}：{as_text(one.value)}" for one in line)]
    return replace(sheet, rows=rows)


def _written_out(
    sheet: Sheet,
    cards: Mapping[int, Mapping[str, CellValue]],
    labels: Collection[int],
    headers: Collection[int],
    spec: TableSpec,
) -> Sheet:
    width = max(map(len, sheet.rows))
    fields = list(dict.fromkeys(name for told in cards.values() for name in told))
    rows: list[list[CellValue]] = []
    for at, row in enumerate(sheet.rows):
        behind: list[CellValue] = [cards[at].get(name) if at in cards else None for name in fields]
        if at in headers:
            own = {resolve(text, spec) for text in row_texts(row).values()}
            behind = [None if name in own else spec.labels[name] for name in fields]
        rows.append([] if at in labels else [*row, *[None] * (width - len(row)), *behind])
    return replace(sheet, rows=rows, beside=frozenset(range(width, width + len(fields))))


def _pairs(row: list[CellValue], spec: TableSpec) -> list[_Pair]:
    """The labels of a line in which labels and values take turns, in cells of their own or around a colon; none of any other."""
    cells = _filled(row)
    if len(cells) > _MOST_CELLS:
        return []
    pairs: list[_Pair] = []
    label = ("", "")
    for part in _apart(cells):
        word, colon, value = part.replace("：", ":").partition(":") if isinstance(part, str) else ("", "", "")
        plain = normalise_header(word)
        if is_signatory(plain):
            break  # what follows is hers: a helper's or a clerk's phone
        field = resolve(plain, spec) or "" if plain else ""
        if any(label) and plain.endswith(("委会", "社区")) and not colon:
            field = ""  # where something was done, and no header
        if field in spec.keys or (not any(label) and not field and not colon) or (any(label) and field and not colon):
            return []  # two labels side by side are a header's, and so is a word that stands where a label should
        if not any(label) or colon:
            label = (word.strip(), field)
        if value.strip() or (not field and not colon):
            pairs.append(_Pair(*label, value.strip() or part))
            label = ("", "")
    # 宣传 beside 其他 may be groups of columns.
    is_card = len(pairs) > 1 and any(one.field in spec.starts for one in pairs)
    return pairs if is_card or any(_is_told(one.value, spec) for one in pairs) else []


def _is_told(value: CellValue, spec: TableSpec) -> bool:
    text = as_text(value)
    return any(map(str.isdigit, text)) or bool(spec.told_by(text))


def _filled(row: Sequence[CellValue]) -> list[CellValue]:
    return [value for value in row if value is not None and not is_blank(value)]


def _apart(cells: Sequence[CellValue]) -> Iterator[CellValue]:
    """The cells, and apart from each other the parts of one that holds several labels: 户编号：1302…　户主：赵大山."""
    for cell in cells:
        several = parts(cell)[1:] if isinstance(cell, str) and ("：" in cell or ":" in cell) else []
        yield from several
        if not several:
            yield cell


def _key_columns(row: list[CellValue], spec: TableSpec) -> dict[str, int]:
    """Key field → column, of a header of members; empty for any other row."""
    found = {name: column for column, text in row_texts(row).items() if (name := resolve(text, spec))}
    return {name: found[name] for name in spec.keys if name in found} if len(found) > 1 else {}


def _signs(row: list[CellValue]) -> bool:
    """Whether a line begins with the label of a clerk or helper."""
    first = next(iter(_filled(row)), None)
    return isinstance(first, str) and is_signatory(normalise_header(first.replace("：", ":").partition(":")[0]))


def _is_member(row: list[CellValue], keys: Mapping[str, int], spec: TableSpec) -> bool:
    """Whether a name or a long number stands below the header of members, and no label or word for a total."""
    cells = [row[column] for column in keys.values() if column < len(row)]
    words = [normalise_header(cell) for cell in cells if isinstance(cell, str)]
    if len(_filled(row)) < 2 or any(resolve(word, spec) or is_signatory(word) for word in words):
        return False
    return any(is_name(cell) or is_long_number(cell) for cell in cells)
