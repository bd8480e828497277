"""From a workbook's sheets to tables: header, data rows, values column by column, household cells filled down.

A row that carries a person (a name or an ID number) is never skipped; totals, notes, signatures, page numbers and
repeated headers are. Values are the workbook's own; only blank texts become None and pasted error words a problem.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from households.intake.headers import (
    SUMMARY_SHEET,
    Header,
    TableSpec,
    caption,
    find_header,
    looks_like_header,
    normalise_header,
    parts,
    resolve,
    row_texts,
)
from households.intake.household_rows import counted_households, filled_down
from households.intake.tick_columns import folded, told_together
from households.intake.workbook import CellProblem, CellValue, FileRefused, Sheet, Workbook

__all__ = ["Table", "Tables", "column_letter", "find_tables", "is_long_number"]

_ERROR_WORDS = frozenset(
    ["#N/A", "#N/A!", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"]
)
_PICTURE = re.compile(r"=?(_xlfn\.)?DISPIMG\(", re.IGNORECASE)
_INVISIBLE = " \t\r\n\u3000\xa0\u200b\u200c\u200d\u2060\ufeff"
# A blank text, an error word and a picture formula begin with one of these; names and numbers do not.
_SUSPECT_STARTS = frozenset(["", *_INVISIBLE, *"#＃=_Dd"])
_DIGITS = re.compile(r"\d{6}")
_AS_ABOVE = frozenset(("同上", "同左", "〃", '"'))
_TOTAL = re.compile(
    r"(本页|本村|本乡|本镇|全[村乡镇县区市户]|.{0,12})?(合计|小计|总计|共计|累计|总数|汇总)[:：]?.{0,12}"
)
_TOTAL_ALONE = re.compile(r"(本页|本村|本乡|本镇|全[村乡镇县区市户])?(合计|小计|总计|共计|累计)[:：]?")
_COUNT = re.compile(
    r"共?约?[\d.,]*[余多]?(人次|人|户|口|名|个|场|万?元)?([,、/]?[\d.,]*[余多]?(人次|人|户|口|名|个|场|万?元))*(以上|左右|余)?|[-—/\\]+"
)
_FOOTER = re.compile(
    r"(附?注\d*|备注|说明|填表说明|填报说明|填报单位|填表单位|制表单位|编制单位|填报时间|填表时间|制表时间|填报日期|填表日期|制表日期"
    r"|截[止至](时间|日期)?|日期|时间|单位|审核人?|复核人?|审批人?|填表人?|填报人?|制表人?|经手人|经办人|负责人|单位负责人|主要负责人|分管领导"
    r"|主管领导|联系人|联系电话|签字|签名|签章|盖章|公章|村支书|村主任|包村干部|驻村干部|第一书记)(\(?(签字|签章|盖章|公章|签名)\)?)?[:：].*"
    r"|[-—－]*第?\d+页?([,，/ ]*共?\d+页)[-—－]*|第\d+页|[-—－]+\d+[-—－]+|\(?(公章|盖章|签章|签字)\)?|以下(空白|无正文)|\(?续表\)?"
)
# What a caption may have in a key column beside the place that it names.
_BESIDE_CAPTION = re.compile(
    r"\D{2,}[:：]|第?[一二三四五六七八九十\d]{1,3}[、.]?$|[(（]?共?[\d,，、]*[户人口名个][\d,，、户人口名个]*[)）]?$"
)
_DATE_LINE = re.compile(r"\d{4}年\d{1,2}月(\d{1,2}日)?")
# A row with at least so many filled fields is a person's row, whatever one of its cells looks like.
_FULL_ROW = 5
_LONG_NOTE = 25
# So many rows with long numbers are people; a sample line in an instruction sheet is not.
_PEOPLE_ROWS = 2
_SAMPLE = re.compile(r"例|样表|说明|填写|注意|格式|要求")


@dataclass(slots=True)
class Table:
    """One table. `columns[field][i]` stands in Excel row `row_numbers[i]` of `sheet`, in column `letters[field]`.

    around: groups of texts that may tell what no column does, nearest first: a caption above the rows, the sheet's name and
    titles, the file's name and folders. Empty below a line that may be a caption but cannot be read. is_captioned:
    whether the first group is a caption.

    header_row: Excel number of the header's last row, 0 for none. headers: field → the header as written. titles: texts above the
    header. loose_rows: Excel numbers of rows whose household cannot be told (blank beside merged household cells).
    counted: the running number of each row's household, where the table counts households.
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
    empty_tables = 0
    for sheet in workbook.sheets:
        if sheet.own_name == SUMMARY_SHEET:
            continue
        if sheet.hidden or not sheet.rows:
            _warn(found, "HIDDEN_SHEET_SKIPPED" if sheet.hidden else "EMPTY_SHEET_SKIPPED", sheet.name)
            continue
        if spec.ticks and sheet.name not in (by_hand or {}):
            sheet = folded(sheet, spec)
        header = (by_hand or {}).get(sheet.name) or find_header(sheet, spec)
        if header is None or header.missing(spec):
            if header is not None:
                incomplete.append(
                    (sheet.name, header.missing(spec), _names_people(_tables_of(sheet, header, spec), spec))
                )
            elif _holds_people(sheet):
                headless.append(sheet.name)
            _warn(found, "NON_DATA_SHEET_SKIPPED", sheet.name)
            continue
        tables = _tables_of(sheet, header, spec)
        empty_tables += not tables
        if not tables:
            _warn(found, "EMPTY_SHEET_SKIPPED", sheet.name)
        for table in tables:
            _warn_about(found, table, sheet)
        found.tables += tables
    _refuse_if_nothing(found, incomplete, headless, empty_tables)
    return found


def column_letter(index: int) -> str:
    """Excel's letters of a column index: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _warn(found: Tables, code: str, *details: str) -> None:
    if code not in found.warnings:
        found.warnings.append(code)
    known = found.details.setdefault(code, [])
    known += [detail for detail in dict.fromkeys(details) if detail not in known]


def _warn_about(found: Tables, table: Table, sheet: Sheet) -> None:
    if table.unknown_columns:
        _warn(found, "UNKNOWN_COLUMNS", *table.unknown_columns)
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


def _names_people(tables: list[Table], spec: TableSpec) -> bool:
    """Whether a row of an incomplete table names a person."""
    return any(value is not None for table in tables for name in spec.keys for value in table.columns.get(name, ()))


def _holds_people(sheet: Sheet) -> bool:
    """Whether rows hold a name beside a long number: a list of people whose header we do not understand.

    One or two such rows may be the sample of an instruction sheet, if its words say so.
    """
    people = sum(
        any(is_long_number(value) for value in row) and any(_is_name(value) for value in row) for row in sheet.rows
    )
    if people < _PEOPLE_ROWS:
        words = sheet.name + "".join(value for row in sheet.rows for value in row if isinstance(value, str))
        return people > 0 and not _SAMPLE.search(words)
    return True


def is_long_number(value: CellValue) -> bool:
    """Whether a cell holds what may be an identity number."""
    if isinstance(value, str):
        return re.search(r"\d{15}", value) is not None
    return isinstance(value, float) and value > 1e14


def _is_name(value: CellValue) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\s*[\u3400-\u9fff·\s]{2,12}\s*", value) is not None


def _tables_of(sheet: Sheet, header: Header, spec: TableSpec) -> list[Table]:
    """The tables of one sheet: another header with other columns begins another table, and so does a caption that tells
    what no column does."""
    tables: list[Table] = []
    titles = _titles(sheet, 0, header.top)
    current: Header | None = header
    start = header.bottom + 1
    above: tuple[str, ...] | None = ()
    while current is not None:
        found = _data_rows(sheet, current, spec, start)
        if found.kept:
            table = _table(sheet, current, titles, above)
            _fill(table, sheet, current, spec, found.kept, found.households, found.breaks)
            tables.append(table)
        if found.following is not None and found.following.fields == current.fields:
            # The same columns in other words (another unit): what stands above holds for them, too.
            titles, current, start = titles + found.titles, found.following, found.following.bottom + 1
        elif found.following or found.stop == len(sheet.rows):
            titles, current, above = found.titles, found.following, () if found.kept else above
            start = current.bottom + 1 if current else start
        else:
            # Lines without rows between them tell together: a day under the title of a list.
            before = above if above and not found.kept and _titles_list(above, current, spec) else ()
            start, above = found.stop + 1, None if found.caption is None else (*before, *found.caption)
    return tables


def _titles_list(texts: tuple[str, ...], header: Header, spec: TableSpec) -> bool:
    """Whether a line between the rows says what the list below it is about, where no column does."""
    return any(spec.titled(text) - header.fields.keys() for text in texts)


def _titles(sheet: Sheet, start: int, stop: int) -> list[str]:
    return [
        value.strip() if isinstance(value, str) else value.isoformat()[:10]
        for row in sheet.rows[start:stop]
        for value in row
        if (isinstance(value, str) and value.strip(_INVISIBLE)) or isinstance(value, date)
    ]


def _table(sheet: Sheet, header: Header, titles: list[str], above: tuple[str, ...] | None) -> Table:
    told = (sheet.own_name, *(part for text in titles for part in parts(text)))
    return Table(
        sheet=sheet.name,
        header_row=sheet.numbers[header.bottom] if header.bottom >= 0 else 0,
        fields=header.fields,
        headers=header.headers,
        unknown_columns=list(header.unknown.values()),
        titles=titles,
        letters={name: column_letter(index) for name, index in header.fields.items()},
        around=() if above is None else tuple(filter(None, (above, told, sheet.stems))),
        is_captioned=bool(above),
    )


@dataclass(slots=True)
class _Rows:
    """Sorted rows, as list positions. kept: rows to keep; households: those of them that only carry household cells;
    breaks: before which a household cannot continue (after totals and blank rows); stop: where the sorting ended.

    Ended by a caption (None: one that cannot be read), or by a following header with other columns (titles: the texts
    above it), or by the sheet's end.
    """

    kept: list[int] = field(default_factory=list)
    households: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)
    stop: int = 0
    caption: tuple[str, ...] | None = ()
    following: Header | None = None
    titles: list[str] = field(default_factory=list)


def _data_rows(sheet: Sheet, header: Header, spec: TableSpec, start: int) -> _Rows:
    """Sort the rows below a header, from list position `start` on."""
    key_columns = [header.fields[name] for name in spec.keys if name in header.fields]
    judge = _RowJudge(header, spec, {normalise_header(text) for text in _titles(sheet, 0, header.top)})
    found = _Rows(stop=len(sheet.rows))
    kept, households, breaks = found.kept, found.households, found.breaks
    skipped: list[int] = []
    broken = False
    rows, numbers = sheet.rows, sheet.numbers
    for at in range(start, len(rows)):
        row = rows[at]
        verdict = "person"
        if not _plainly_a_person(row, key_columns):
            verdict = judge.verdict(row)
            if verdict == "header":
                following = find_header(sheet, spec, at)
                if following and _says_otherwise(following, header) and not following.missing(spec):
                    found.stop, found.following, found.titles = at, following, _titles_at(sheet, skipped)
                    break
        if verdict in ("person", "household"):
            if broken or numbers[at] != numbers[at - 1] + 1:
                breaks.add(at)
            if verdict == "household":
                households.add(at)
            kept.append(at)
            skipped, broken = [], False
        else:
            skipped.append(at)
            broken = broken or verdict == "total"
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


def _plainly_a_person(row: list[CellValue], key_columns: list[int]) -> bool:
    """The quick look that settles nearly every row: all key cells filled, one of them with a long number."""
    long_number = False
    for column in key_columns:
        value = row[column] if column < len(row) else None
        if not value:
            return False
        long_number = long_number or _holds_number(value)
    return long_number


class _RowJudge:
    """Says what a row below the header is: person, household (no person on it), header, total, caption or other.

    A caption tells for the rows under it what no column tells.
    """

    def __init__(self, header: Header, spec: TableSpec, titles: set[str]) -> None:
        self._header = header
        self._spec = spec
        self._titles = titles
        self._telling = {*spec.keys, *spec.starts}
        self._field_at = {column: name for name, column in header.fields.items()}
        self._untold = spec.tellable - header.fields.keys()

    def verdict(self, row: list[CellValue]) -> str:
        filled = {at: value for at, value in enumerate(row) if value is not None and not _blank(value)}
        if not filled:
            return "other"
        names = {self._field_at[at] for at in filled if at in self._field_at}
        keys = {name: row[self._header.fields[name]] for name in self._spec.keys if name in names}
        if not any(_holds_number(value) for value in keys.values()):
            if (self._untold and self._is_caption(row, keys)) or (len(filled) == 1 and self._is_section(row)):
                return "caption"
            if self._is_title(row, keys, alone=len(filled) == 1):
                return "caption"
            if not self._untold and len(filled) == 1 and any(map(self._spec.told_by, caption(row))):
                return "other"
        if len(filled) < 3 and not names & self._telling:
            # A quick look for the long tails of files that are no rosters: no person, household or header can be here.
            texts = ["".join(unicodedata.normalize("NFKC", str(value)[:80]).split()) for value in filled.values()]
            return "total" if any(_TOTAL.fullmatch(text) for text in texts) else "other"
        if self._repeats_header(row) or (looks_like_header(row, self._spec) and self._only_words(keys)):
            return "header"
        if not any(_holds_number(value) for value in keys.values()):
            texts = ["".join(unicodedata.normalize("NFKC", str(value)).split()) for value in filled.values()]
            if self._is_total(texts, keys):
                return "total"
            if _counts_columns(list(filled.values())) or self._is_furniture(texts, len(names), keys):
                return "other"
        if keys:
            return "person"
        own = names - self._spec.household - {self._spec.counter}
        if own and len(names - {self._spec.counter}) >= 2:
            return "person"
        return "household" if names & set(self._spec.starts) else "other"

    def can_read(self, row: list[CellValue]) -> bool:
        """Whether a caption tells what no column does, or who stands below it and nothing about a place."""
        texts = caption(row)
        if any(self._spec.told_by(text) & self._untold for text in texts):
            return True
        if _titles_list(texts, self._header, self._spec):
            return True
        return self._is_section(row) and not (self._untold and self._spec.may_tell(texts[0]))

    def _is_title(self, row: list[CellValue], keys: dict[str, CellValue], *, alone: bool) -> bool:
        """Whether a line says, or alone in its row may say, what the list below it is about, where no column does.

        A person's row is none, whatever days stand in it.
        """
        spec, texts = self._spec, caption(row)
        if alone and spec.heading and spec.heading not in self._header.fields and any(map(spec.may_title, texts)):
            return True
        if not all(spec.titled(str(value).strip()) for value in keys.values()):
            return False
        told = frozenset[str]().union(*map(spec.titled, texts)) - self._header.fields.keys()
        return spec.heading in told or (alone and bool(told))

    def _is_section(self, row: list[CellValue]) -> bool:
        return any(map(self._spec.is_section, caption(row)))

    def _is_caption(self, row: list[CellValue], keys: dict[str, CellValue]) -> bool:
        """Whether a row without a person's number tells something for those under it, or may tell and cannot be read.

        In a key column a text that only may tell is a name; a row with a name is about her, whatever place stands beside.
        """
        texts = caption(row)
        if not texts or self._repeats_header(row) or not all(map(self._may_head, keys.values())):
            return False
        named = [str(value).strip() for value in keys.values() if _is_name(value)]
        if named and not any(self._spec.told_by(text) or self._spec.is_section(text) for text in (texts[0], *named)):
            return False
        return self.can_read(row) or (not keys and self._spec.may_tell(texts[0]))

    def _may_head(self, value: CellValue) -> bool:
        """Whether a cell can be a caption's: it tells something, or is a label (村名：), a number (二) or a count (共1户)."""
        text = str(value).strip()
        told = self._spec.told_by(text) & self._untold
        return bool(told) or self._spec.is_section(text) or _BESIDE_CAPTION.match(text) is not None

    def _repeats_header(self, row: list[CellValue]) -> bool:
        """All texts of the row stand in the header at the same place (a group row of a repeated header, too)."""
        texts = row_texts(row)
        filled = sum(value is not None and not _blank(value) for value in row)
        if not texts or len(texts) < filled:
            return False
        if len(texts) == 1 and next(iter(texts.values())) in self._titles:
            return True
        return len(texts) >= 2 and any(
            all(line.get(column) == text for column, text in texts.items()) for line in self._header.texts
        )

    def _only_words(self, keys: dict[str, CellValue]) -> bool:
        """Whether the key cells hold header words themselves: a person's row may hold 户主 and other such words."""
        return all(isinstance(value, str) and resolve(normalise_header(value), self._spec) for value in keys.values())

    def _is_total(self, texts: list[str], keys: dict[str, CellValue]) -> bool:
        """合计 in one of the first cells or in the name's, and no person beside it: key cells blank, a count, or the word."""
        values = ["".join(str(value).split()) for value in keys.values()]
        if not any(_TOTAL.fullmatch(text) for text in texts[:3]) and not any(map(_TOTAL_ALONE.fullmatch, values)):
            return False
        return all(_TOTAL.fullmatch(value) or _COUNT.fullmatch(value) for value in values)

    def _is_furniture(self, texts: list[str], fields: int, keys: dict[str, CellValue]) -> bool:
        """Notes, signatures and page numbers, told by their first cell; a row with many filled fields is none of them.

        A date alone is the date of a signature, beside a name it is a person's.
        """
        if fields >= _FULL_ROW:
            return False
        if _FOOTER.fullmatch(texts[0]) or (not keys and _DATE_LINE.fullmatch(texts[0])):
            return True
        return len(texts) == 1 and (len(texts[0]) > _LONG_NOTE or normalise_header(texts[0]) in self._titles)


def _counts_columns(values: list[CellValue]) -> bool:
    """The line 1, 2, 3, … that numbers a form's columns (a first word such as 栏次 may stand before it)."""
    texts = [unicodedata.normalize("NFKC", str(value)).strip().removesuffix(".0").strip("()[]<>") for value in values]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= 3]
    return len(numbers) >= max(4, len(values) - 2) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _blank(value: CellValue) -> bool:
    return isinstance(value, str) and not value.strip(_INVISIBLE)


def _holds_number(value: CellValue) -> bool:
    if isinstance(value, str):
        return len(value) >= 6 and (value[:6].isdigit() or _DIGITS.search(value) is not None)
    return isinstance(value, float | int) and value > 1e5


def _columns_without_header(rows: list[list[CellValue]], header: Header) -> list[str]:
    """Columns that hold values but no header word: their letters, or the day that stands there as a date."""
    above = header.sheet.rows[header.bottom] if header.bottom >= 0 and header.sheet.rows else []
    days = {column: value.isoformat()[:10] for column, value in enumerate(above) if isinstance(value, date)}
    named = {
        *header.fields.values(),
        *header.unknown,
        *header.results,
        *(at for more in header.more.values() for at in more),
    }
    return [
        days.get(column) or column_letter(column)
        for column in range(max(map(len, rows)))
        if column not in named
        and any(column < len(row) and row[column] is not None and not _blank(row[column]) for row in rows)
    ]


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
    table.unknown_columns += _columns_without_header(rows, header)
    if min(map(len, rows)) < width:
        rows = [row if len(row) >= width else row + [None] * (width - len(row)) for row in rows]
    numbers = [sheet.numbers[at] for at in kept]
    across = list(map(list, zip(*rows, strict=False)))  # rows may be longer than the table is wide
    columns = {name: _cleaned(across[column]) for name, column in table.fields.items()}
    for name, more in header.more.items():
        columns[name] = told_together([columns[name], *(_cleaned(across[column]) for column in more)])
    if spec.starts and spec.starts[0] in columns:
        columns[spec.starts[0]] = _without_placeholders(columns[spec.starts[0]], spec)
    broken = {index for index, at in enumerate(kept) if at in breaks}
    loose = filled_down(columns, table.fields, numbers, sheet.merged, spec, broken)
    if households:
        people = [index for index, at in enumerate(kept) if at not in households]
        columns = {name: [values[index] for index in people] for name, values in columns.items()}
        loose = [numbers[index] for index in people if numbers[index] in set(loose)]
        numbers = [numbers[index] for index in people]
    table.columns, table.row_numbers, table.loose_rows = columns, numbers, frozenset(loose)
    table.counted = counted_households(columns, spec)


def _without_placeholders(values: list[CellValue], spec: TableSpec) -> list[CellValue]:
    """待定 is no number: two families must not become one by it, nor must it let a row continue the household above."""
    told = [value for value in values if value is not None]
    if not any(value in spec.nothing for value in told):
        return values
    if all(value in spec.nothing for value in told):
        return [None] * len(values)
    return [
        None if value in _AS_ABOVE else CellProblem("ENUM_UNKNOWN", str(value)) if value in spec.nothing else value
        for value in values
    ]


def _cleaned(values: list[CellValue]) -> list[CellValue]:
    """Blank texts as None, error words and picture formulas as problems; looked up once per distinct value."""
    replaced: dict[CellValue, CellValue] = {}
    for value in [one for one in set(values) if isinstance(one, str) and one[:1] in _SUSPECT_STARTS]:
        text = value.strip(_INVISIBLE)
        if not text:
            replaced[value] = None
        elif unicodedata.normalize("NFKC", text).upper() in _ERROR_WORDS:
            replaced[value] = CellProblem("CELL_ERROR", text)
        elif _PICTURE.match(text):
            replaced[value] = CellProblem("PICTURE", text[:200])
    if not replaced:
        return values
    return [replaced.get(value, value) for value in values]
