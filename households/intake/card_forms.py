"""Forms with a card for each household: its number, head, phone or place beside their labels, and a table of its members below.

What the labels tell becomes columns of the members' rows, so that everything else sees a list as ever.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from households.intake.headers import SEARCH_ROWS, TableSpec, normalise_header, parts, resolve, row_texts
from households.intake.row_kinds import is_blank, is_long_number, is_name, is_signatory
from households.intake.workbook import CellValue, Sheet

# A longer row is a list's.
_MOST_CELLS = 12


def unfolded(sheet: Sheet, spec: TableSpec) -> Sheet:
    """The sheet with what its cards' labels tell written behind the members' rows; itself where it has no cards."""
    told: dict[str, CellValue] = {}
    cards: dict[int, Mapping[str, CellValue]] = {}  # list position of a member's row → what her card tells
    labels, headers = dict[int, dict[str, CellValue]](), set[int]()
    keys: dict[str, int] = {}
    for at, row in enumerate(sheet.rows):
        if _is_member(row, keys, spec):
            if told:
                cards[at] = told
        elif line := _told_by(row, spec):
            if keys:
                told, keys = {}, {}
            told |= line
            labels[at] = line
        elif named := _key_columns(row, spec):
            if not cards and told.keys().isdisjoint(spec.starts):
                return _with_places(sheet, labels, spec) if labels else sheet  # a list: nearly every sheet ends here
            keys = named
            headers.add(at)
        elif not headers and at > SEARCH_ROWS:
            return sheet
        elif keys and _signs(row):
            labels[at] = {}
        elif told.keys().isdisjoint(spec.starts):
            # A phone between two cards belongs to neither; a place above a title holds for what stands below.
            told = {name: value for name, value in told.items() if name in spec.places}
    return _written_out(sheet, cards, labels, headers, spec) if cards else sheet


def _with_places(sheet: Sheet, labels: Mapping[int, Mapping[str, CellValue]], spec: TableSpec) -> Sheet:
    """The sheet with its lines of places (县, 丰南区, 乡镇, 黄各庄镇) as titles: over its columns they would seem to be headers."""
    rows = list(sheet.rows)
    for at, told in labels.items():
        if told.keys() <= spec.places:
            rows[at] = ["　".join(f"{spec.labels[name]}：{value}" for name, value in told.items())]
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


def _told_by(row: list[CellValue], spec: TableSpec) -> dict[str, CellValue]:
    """Field of a household → value, of a line that consists of labels and what stands beside them; empty for any other."""
    cells = _filled(row)
    if len(cells) > _MOST_CELLS:
        return {}
    told: dict[str, CellValue] = {}
    label = ""
    for part in _apart(cells):
        word, colon, value = part.replace("：", ":").partition(":") if isinstance(part, str) else ("", "", "")
        word = normalise_header(word)
        if is_signatory(word):
            break  # what follows is hers: a helper's or a clerk's phone
        field = resolve(word, spec) or "" if word else ""
        if field in spec.keys or (not label and not field and not colon) or (label and field and not colon):
            return {}  # two labels side by side are a header's, and so is a word that stands where a label should
        if not label or colon:
            label = field or word
        if value.strip() or (not field and not colon):
            told[label], label = value.strip() or part, ""
    return {name: value for name, value in told.items() if name in spec.household}


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
