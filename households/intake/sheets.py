"""From a workbook's sheets to tables: header, data rows, values column by column, household cells filled down.

A row that carries a person (a name or an ID number) is never skipped; totals, notes, signatures, page numbers and
repeated headers are. Values are the workbook's own; only blank texts become None and pasted error words a problem.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from households.free_text import masked
from households.intake.card_forms import unfolded
from households.intake.headers import (
    SUMMARY_SHEET,
    Header,
    TableSpec,
    caption,
    find_header,
    normalise_header,
    parts,
    resolve,
    several_columns,
)
from households.intake.household_rows import counted_households, filled_down, heads_of_their_own
from households.intake.household_sheets import lend, lists_households
from households.intake.legends import colour_legends
from households.intake.plain_cells import cleaned, ditto_read, without_placeholders
from households.intake.row_kinds import (
    INVISIBLE,
    RowJudge,
    is_long_number,
    is_name,
    plainly_a_person,
    titles_list,
    torn_rows,
)
from households.intake.tick_columns import folded, told_together
from households.intake.unnamed_columns import columns_without_header, hold_others, is_personal_number, noted
from households.intake.workbook import CellValue, FileRefused, Sheet, Workbook, column_letter

# So many rows with long numbers are people; a sample line in an instruction sheet is not.
_PEOPLE_ROWS = 2
_SAMPLE = re.compile(r"例|样表|说明|填写|注意|格式|要求")


@dataclass(slots=True)
class Table:
    """One table. `columns[field][i]` stands in Excel row `row_numbers[i]` of `sheet`, in column `letters[field]`.

    around: groups of texts that may tell what no column does, nearest first: a caption above the rows, the sheet's name and
    titles, the file's name and folders. Empty below a line that may be a caption but cannot be read. is_captioned:
    whether the first group is a caption.

    header_row: Excel number of the header's last row, 0 for none. headers: field → as written. titles: texts above it.
    loose_rows: Excel numbers of rows whose household cannot be told (blank beside merged household cells). counted: the running
    number of each row's household, where the table counts households. struck_rows: of rows whose name or number is struck
    through. torn_rows: of rows with more cells than their header. comments: Excel number → comments on the row's cells. again:
    fields that this table tells once more of the rows of the table before it (see TableSpec.series), under the number `turn`.
    sections: Excel numbers of headings between the rows, across which no family goes on. noted: Excel number → what a column
    that nobody reads says about the row (see TableSpec.takes_out). has_others: whether people stand beside it under no header.
    """

    sheet: str
    header_row: int
    fields: dict[str, int]
    headers: dict[str, str]
    unknown_columns: list[str]
    titles: list[str]
    letters: dict[str, str]
    around: tuple[tuple[str, ...], ...] = ()
    is_captioned: bool = False
    row_numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[CellValue]] = field(default_factory=dict)
    loose_rows: frozenset[int] = frozenset()
    counted: list[CellValue] | None = None
    struck_rows: frozenset[int] = frozenset()
    torn_rows: frozenset[int] = frozenset()
    comments: dict[int, list[str]] = field(default_factory=dict)
    again: frozenset[str] = frozenset()
    turn: int = 1
    sections: list[int] = field(default_factory=list)
    noted: dict[int, str] = field(default_factory=dict)
    has_others: bool = False


@dataclass(slots=True)
class Tables:
    """All tables of a workbook. warnings: file warning codes; details: code → sheet or column names it is about."""

    tables: list[Table]
    warnings: list[str]
    details: dict[str, list[str]]


def find_tables(workbook: Workbook, spec: TableSpec, by_hand: Mapping[str, Header] | None = None) -> Tables:
    """Every table of every visible sheet; by_hand: sheet → the header that a person has named.

    Raises FileRefused: HEADER_NOT_FOUND(sheet), HEADER_MISSING(columns, sheet), NO_DATA.
    """
    found = Tables([], [], {})
    incomplete: list[tuple[str, list[str], bool]] = []
    headless: list[str] = []
    homes: list[tuple[Sheet, Header]] = []
    empty_tables = 0
    for sheet in workbook.sheets:
        if sheet.own_name == SUMMARY_SHEET:
            continue
        if sheet.hidden or not sheet.rows:
            _warn(found, "HIDDEN_SHEET_SKIPPED" if sheet.hidden else "EMPTY_SHEET_SKIPPED", sheet.name)
            continue
        if spec.ticks and sheet.name not in (by_hand or {}):
            sheet = folded(sheet, spec)
        if sheet.name not in (by_hand or {}):
            sheet = unfolded(sheet, spec)
        header = (by_hand or {}).get(sheet.name) or find_header(sheet, spec)
        if header is None or header.missing(spec):
            if header is not None and lists_households(header, spec):
                homes.append((sheet, header))
                continue
            if header is not None:
                people = not _lists_others(sheet, header, spec) and _names_people(_tables_of(sheet, header, spec), spec)
                incomplete.append((sheet.name, header.missing(spec), people))
            elif _holds_people(sheet):
                headless.append(sheet.name)
            _warn(found, "NON_DATA_SHEET_SKIPPED", sheet.name)
            continue
        tables = _tables_of(sheet, header, spec)
        if _holds_people(_others_above(sheet, header, spec)) or (not tables and _holds_people(sheet)):
            headless.append(sheet.name)
            continue
        if sheet.name not in (by_hand or {}) and any(table.has_others for table in tables):
            incomplete.append((sheet.name, [several_columns(spec.keys[-1], spec)], True))
            continue
        empty_tables += not tables
        if not tables:
            _warn(found, "EMPTY_SHEET_SKIPPED", sheet.name)
        for table in tables:
            _warn_about(found, table, sheet)
        if tables and (told := colour_legends(sheet, {number for table in tables for number in table.row_numbers})):
            _warn(found, "COLOURS_NOT_READ", *map(masked, told))
        found.tables += tables
    of_homes = replace(spec, keys=(*spec.keys, *spec.starts))  # there a number or a head makes a row of its own
    lending = [(sheet, _tables_of(sheet, header, of_homes)) for sheet, header in homes]
    if lend([table for _sheet, tables in lending for table in tables], found.tables, spec):
        for sheet, tables in lending:
            for table in tables:
                _warn_about(found, table, sheet)
    else:
        incomplete += [(sheet.name, header.missing(spec), True) for sheet, header in homes]
    _refuse_if_nothing(found, incomplete, headless, empty_tables)
    return found


def _warn(found: Tables, code: str, *details: str) -> None:
    if code not in found.warnings:
        found.warnings.append(code)
    known = found.details.setdefault(code, [])
    known += [detail for detail in dict.fromkeys(details) if detail not in known]


def _warn_about(found: Tables, table: Table, sheet: Sheet) -> None:
    if table.unknown_columns:
        _warn(found, "UNKNOWN_COLUMNS", *map(masked, table.unknown_columns))
    if sheet.hidden_rows and not sheet.hidden_rows.isdisjoint(table.row_numbers):
        _warn(found, "HIDDEN_ROWS", sheet.name)


def _refuse_if_nothing(
    found: Tables, incomplete: list[tuple[str, list[str], bool]], headless: list[str], empty_tables: int
) -> None:
    """A sheet with people whose header we do not understand is never passed over, even beside a good one."""
    if headless:
        raise FileRefused("HEADER_NOT_FOUND", sheet=headless[0])
    peopled = [(sheet, columns) for sheet, columns, has_people in incomplete if has_people]
    if peopled:
        sheet, columns = min(peopled, key=lambda item: len(item[1]))
        raise FileRefused("HEADER_MISSING", columns=columns, sheet=sheet)
    if found.tables:
        return
    if empty_tables:
        raise FileRefused("NO_DATA")
    if incomplete:
        sheet, columns, _has_people = min(incomplete, key=lambda item: len(item[1]))
        raise FileRefused("HEADER_MISSING", columns=columns, sheet=sheet)
    if "NON_DATA_SHEET_SKIPPED" in found.warnings:
        raise FileRefused("HEADER_NOT_FOUND", sheet=found.details["NON_DATA_SHEET_SKIPPED"][0])
    raise FileRefused("NO_DATA")


def _lists_others(sheet: Sheet, header: Header, spec: TableSpec) -> bool:
    """Whether a sheet says by its name that it lists helpers or cadres, and no column of it could be anybody's number."""
    named = any(word in sheet.own_name for word in spec.foreign_sheets)
    return named and header.fields.keys().isdisjoint(spec.keys[1:])


def _names_people(tables: list[Table], spec: TableSpec) -> bool:
    """Whether a row of an incomplete table names a person."""
    return any(value is not None for table in tables for name in spec.keys for value in table.columns.get(name, ()))


def _holds_people(sheet: Sheet) -> bool:
    """Whether rows hold a name beside a long number: a list of people whose header we do not understand.

    One or two such rows may be the sample of an instruction sheet, if its words say so.
    """
    people = sum(
        any(is_long_number(value) for value in row) and any(is_name(value) for value in row) for row in sheet.rows
    )
    if people < _PEOPLE_ROWS:
        words = sheet.name + "".join(value for row in sheet.rows for value in row if isinstance(value, str))
        return people > 0 and not _SAMPLE.search(words)
    return True


def _tables_of(sheet: Sheet, header: Header, spec: TableSpec) -> list[Table]:
    """The tables of one sheet: another header begins another one, and so does a caption that tells what no column does."""
    tables: list[Table] = []
    header = _without_blank_places(sheet, header, spec)
    people = _people_above(sheet, header, spec)
    titles = _titles_at(sheet, [at for at in range(header.top) if at not in people])
    if people:
        tables.append(_table(sheet, header, spec, titles, ()))
        _fill(tables[0], sheet, header, spec, people, set(), set(people))
    current: Header | None = header
    start = header.bottom + 1
    above: tuple[str, ...] | None = ()
    while current is not None:
        found = _data_rows(sheet, current, spec, start)
        if found.kept:
            table = _table(sheet, current, spec, titles, above)
            _fill(table, sheet, current, spec, found.kept, found.households, found.breaks)
            table.sections = found.sections
            table.has_others = hold_others([sheet.rows[at] for at in (*found.kept, *found.passed)], current, spec)
            tables += [table, *_told_again(sheet, current, table, spec, found)]
        if found.following is not None and found.following.fields == current.fields:
            # The same columns in other words (another unit): what stands above holds for them, too.
            titles, current, start = titles + found.titles, found.following, found.following.bottom + 1
        elif found.following or found.stop == len(sheet.rows):
            titles, current, above = found.titles, found.following, () if found.kept else above
            start = current.bottom + 1 if current else start
        else:
            # Lines without rows between them tell together: a day under the title of a list.
            before = above if above and not found.kept and titles_list(above, current, spec) else ()
            start, above = found.stop + 1, None if found.caption is None else (*before, *found.caption)
    return tables


def _without_blank_places(sheet: Sheet, header: Header, spec: TableSpec) -> Header:
    """The header without columns for places that nobody fills in, where titles or captions tell them."""
    blank = {name: header.fields[name] for name in spec.tellable & header.fields.keys()}
    for row in sheet.rows[header.bottom + 1 :]:
        if not blank:
            return header
        if len(row) - row.count(None) > 1:  # a caption may stand in such a column, alone in its row
            blank = {name: at for name, at in blank.items() if at >= len(row) or not row[at]}
    lines = (caption(row) for row in sheet.rows)
    if not any(map(spec.told_by, (sheet.own_name, *sheet.stems, *(text for texts in lines for text in texts)))):
        return header
    return replace(header, fields={name: at for name, at in header.fields.items() if name not in blank})


def _people_above(sheet: Sheet, header: Header, spec: TableSpec) -> list[int]:
    """List positions of people above their header: sorting a sheet with its header carries that down among them."""
    key_columns = [header.fields[name] for name in spec.keys if name in header.fields]
    return [at for at in range(header.top) if plainly_a_person(sheet.rows[at], key_columns)]


def _others_above(sheet: Sheet, header: Header, spec: TableSpec) -> Sheet:
    """The sheet with nothing but the lines above its header that hold a personal number in another column: an account's
    number in a title is none."""
    people = _people_above(sheet, header, spec)
    others = (sheet.rows[at] for at in range(header.top) if at not in people)
    return replace(sheet, rows=[row for row in others if any(map(is_personal_number, row))])


def _titles(sheet: Sheet, start: int, stop: int) -> list[str]:
    return [
        value.strip() if isinstance(value, str) else value.isoformat()[:10]
        for row in sheet.rows[start:stop]
        for value in row
        if (isinstance(value, str) and value.strip(INVISIBLE)) or isinstance(value, date)
    ]


def _unneeded(header: Header, spec: TableSpec) -> list[str]:
    """Columns whose own header says that nobody needs them; a second 联系电话 that is a helper's says nothing of the kind."""
    told = ((name, header.headers.get(name, "")) for name in header.fields if name in spec.unneeded)
    return [words for name, words in told if resolve(normalise_header(words), spec) == name]


def _table(sheet: Sheet, header: Header, spec: TableSpec, titles: list[str], above: tuple[str, ...] | None) -> Table:
    told = (sheet.own_name, *(part for text in titles for part in parts(text)))
    return Table(
        sheet=sheet.name,
        header_row=sheet.numbers[header.bottom] if header.bottom >= 0 else 0,
        fields=header.fields,
        headers=header.headers,
        unknown_columns=[*header.unknown.values(), *_unneeded(header, spec)],
        titles=titles,
        letters={name: column_letter(index) for name, index in header.fields.items() if index not in sheet.beside},
        around=() if above is None else tuple(filter(None, (above, told, sheet.stems))),
        is_captioned=bool(above),
    )


def _told_again(sheet: Sheet, header: Header, first: Table, spec: TableSpec, found: "_Rows") -> list[Table]:
    """The rows of a table once more for every number under which they tell something again."""
    tables = []
    for turn, columns in header.again.items():
        words = dict.fromkeys(columns, "")
        numbered = replace(header, fields=header.fields | columns, headers=header.headers | words, again={})
        table = replace(
            first,
            fields=numbered.fields,
            headers=numbered.headers,
            letters={name: column_letter(index) for name, index in numbered.fields.items()},
            unknown_columns=[],
            turn=turn,
            again=frozenset(columns),
        )
        _fill(table, sheet, numbered, spec, found.kept, found.households, found.breaks)
        table.unknown_columns = []
        tables.append(table)
    return tables


@dataclass(slots=True)
class _Rows:
    """Sorted rows, as list positions. kept: rows to keep; passed: nobody's; households: those of the kept that only carry household
    cells; sections: Excel numbers of section headings; breaks: before which no household goes on (after totals and blank
    rows); stop: where the sorting ended.

    Ended by a caption (None: one that cannot be read), or by a following header with other columns (titles: the texts
    above it), or by the sheet's end.
    """

    kept: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    households: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)
    stop: int = 0
    caption: tuple[str, ...] | None = ()
    following: Header | None = None
    titles: list[str] = field(default_factory=list)


def _data_rows(sheet: Sheet, header: Header, spec: TableSpec, start: int) -> _Rows:
    """Sort the rows below a header, from list position `start` on."""
    key_columns = [header.fields[name] for name in spec.keys if name in header.fields]
    judge = RowJudge(header, spec, {normalise_header(text) for text in _titles(sheet, 0, header.top)})
    found = _Rows(stop=len(sheet.rows))
    kept, households, breaks = found.kept, found.households, found.breaks
    skipped: list[int] = []
    broken = False
    repeated = -1
    rows, numbers = sheet.rows, sheet.numbers
    for at in range(start, len(rows)):
        row = rows[at]
        verdict = "person"
        if at <= repeated:
            continue  # the lower lines of a header of several lines, once more
        if not plainly_a_person(row, key_columns):
            verdict = judge.verdict(row)
            if verdict == "header":
                following = find_header(sheet, spec, at)
                if following and _says_otherwise(following, header) and not following.missing(spec):
                    found.stop, found.following, found.titles = at, following, _titles_at(sheet, skipped)
                    break
                if following and following.top == at:
                    repeated = following.bottom
        if verdict in ("person", "household"):
            if broken or numbers[at] != numbers[at - 1] + 1:
                breaks.add(at)
            if verdict == "household":
                households.add(at)
            kept.append(at)
            skipped, broken = [], False
        else:
            skipped.append(at)
            found.passed.append(at)
            broken = broken or verdict in ("total", "section")
            if verdict == "section":
                found.sections.append(numbers[at])
            if verdict == "caption":
                found.stop, found.caption = at, caption(row) if judge.can_read(row) else None
                break
    if len(kept) == len(households):
        kept.clear()
    return found


def _says_otherwise(following: Header, header: Header) -> bool:
    """Other columns, or other words above them: an income in another unit."""
    if following.fields != header.fields:
        return True
    words, before = ({k: normalise_header(v) for k, v in one.headers.items()} for one in (following, header))
    return words != before


def _titles_at(sheet: Sheet, positions: list[int]) -> list[str]:
    return [text for at in positions for text in _titles(sheet, at, at + 1)]


def _fill(
    table: Table,
    sheet: Sheet,
    header: Header,
    spec: TableSpec,
    kept: list[int],
    households: set[int],
    breaks: set[int],
) -> None:
    """Write the rows' values into the table's columns, household cells filled down."""
    width = max(*table.fields.values(), *(at for more in header.more.values() for at in more), 0) + 1
    rows = [sheet.rows[at] for at in kept]
    table.unknown_columns += columns_without_header(rows, header)
    table.torn_rows = frozenset(sheet.numbers[at] for at in torn_rows(sheet, header, kept))
    if min(map(len, rows)) < width:
        rows = [row if len(row) >= width else row + [None] * (width - len(row)) for row in rows]
    numbers = [sheet.numbers[at] for at in kept]
    across = list(map(list, zip(*rows, strict=False)))  # rows may be longer than the table is wide
    table.noted = noted(across, header, spec, numbers)
    columns = {name: cleaned(across[column]) for name, column in table.fields.items()}
    for name, more in header.more.items():
        columns[name] = told_together([columns[name], *(cleaned(across[column]) for column in more)])
    for name in spec.household & columns.keys():
        if name not in spec.starts[:1]:
            columns[name] = ditto_read(columns[name], spread=name in spec.places)
    if spec.starts and spec.starts[0] in columns:
        columns[spec.starts[0]] = without_placeholders(columns[spec.starts[0]], spec)
    broken = {index for index, at in enumerate(kept) if at in breaks}
    loose = filled_down(columns, table.fields, numbers, sheet.merged, spec, broken)
    if households:
        lines = {index for index, at in enumerate(kept) if at in households}
        lines -= heads_of_their_own(columns, lines, spec)
        people = [index for index in range(len(kept)) if index not in lines]
        columns = {name: [values[index] for index in people] for name, values in columns.items()}
        loose = [numbers[index] for index in people if numbers[index] in set(loose)]
        numbers = [numbers[index] for index in people]
    table.columns, table.row_numbers, table.loose_rows = columns, numbers, frozenset(loose)
    table.counted = counted_households(columns, spec)
    table.comments = {number: list(told.values()) for number, told in sheet.comments.items()}
    keys = {table.fields[name] for name in spec.keys if name in table.fields}
    table.struck_rows = frozenset(number for number, column in sheet.struck if column in keys)
