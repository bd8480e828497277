"""Header rows: what a header word means, where the header stands under its titles, which column holds which field."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from households.intake.series import numbered_columns, numbered_fields, repeated_columns
from households.intake.workbook import CellValue, Sheet

_DATA = Path(__file__).resolve().parents[1] / "data"

# The columns and the sheet that the annotated workbook gains; they are never taken for the officer's own.
RESULT_HEADERS = ("导入结果", "原因")
SUMMARY_SHEET = "核对说明"
# In the annotated copy of a text: what stood behind the last column, in rows that have more cells than their header.
SURPLUS_HEADER = "多出的内容"

SEARCH_ROWS = 60
# A header word is short; longer texts above a table are titles and instructions.
LONGEST_HEADER = 80
OTHER = "other"
MOST_CAPTION_CELLS = 4
_NOISE = re.compile(r"[\s*※★☆\u200b-\u200f\u2060\ufeff'\"`“”‘’]+")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
# Only a remark about unit or form may be dropped: 姓名(户主) is another person than 姓名.
_NEUTRAL_REMARK = re.compile(
    r"[(\[【](?!.*(户主|帮扶|包联|监护|联系人|配偶|父|母|学生|本人))"
    r"(人|户|口|续|.*(系统|国扶|必填|可填|选填|可选|[元位年月岁√选例如]|格式|文本|是/否|下拉|数字).*|[^/、]+([/、][^/、]+){2,})[)\]】]"
)
# Words of a line above the table: 填报单位：… is no group of columns.
_LABELLED = re.compile(r"[:：]")
# Two blanks, or one before a label.
_APART = re.compile(r"\s{2,}|\s(?=[^\s:：]{1,6}[:：])")
_ID_LIKE = re.compile(r"\d{6}")
# 户主基本情况 over 姓名 means 户主姓名.
_GROUP_ENDING = re.compile(r"(基本)?(情况|信息|资料)$")
# 一、户主信息, (二)家庭成员
_GROUP_NUMBER = re.compile(r"^(\([一二三四五六七八九十\d]{1,2}\)|[一二三四五六七八九十\d]{1,2}[、.])")


@dataclass(frozen=True, slots=True)
class Twin:
    """A second meaning of a header by its left neighbour: 联系电话 right of the helper's columns is the helper's.

    Applies where the header stands more than once; with `always` also where it stands only once, with `before` also
    where that field stands further right: 户主姓名, 身份证号码, 姓名.
    """

    field: str
    after: frozenset[str]
    becomes: str
    always: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What the caller looks for in a workbook; the engine knows none of these words itself.

    aliases: normalised header (see `normalise_header`) → field; patterns: what whole headers without alias may look like,
    first match. required: each set needs one field at least.
    keys: fields of which one filled means that the row carries a person. household: fields filled down inside a
    household. starts: fields that tell households apart, best first. counter: running number of persons or of
    households; nothing: words in `starts` that name no household (待定). places: household fields that may be merged over
    several households. head_mark: field and values of the household's first person, used where `starts` have no column;
    head_word: the first of those. head_columns: key → household field that tells it of the head.
    spread: fields of which a merged cell speaks for every row that it covers.
    foreign_groups: beginnings of group headers whose columns are about somebody else; foreign_sheets: words in the name of a
    sheet that is; others: normalised headers that name
    somebody else and have no field, OTHER for a twin on their right. told_by: the fields that a
    title, a caption between the rows, or the name of a sheet or file tells for the rows under it; titled: the same of what the
    list is about; a list below another one has a title of its own. heading: the field that such a title tells; may_title: whether a line
    may be one although `titled` cannot read it. may_tell: whether a
    line may be such a caption although `told_by` cannot read it. tellable: fields that can be told like this. is_section:
    whether a line between the rows says what kind of people stand below it. takes_out: whether a cell of a column that has no
    field, with these words above it, says that its row is not to be taken as it stands.
    series: fields that may stand several times in a row, numbered (包联人1, 包联人2; 第一次走访, 第二次走访), the first
    of them the one that such a number needs → the fields that its header may mean, numbered, and what they are then.
    unneeded: fields that are known so that nothing else is read from their columns, and whose content is not stored.
    labels: field → shown name.
    """

    aliases: Mapping[str, str]
    required: Sequence[frozenset[str]]
    keys: tuple[str, ...]
    household: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    nothing: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    spread: frozenset[str] = frozenset()
    counter: str = ""
    head_mark: tuple[str, frozenset[str]] | None = None
    head_word: str = ""
    head_columns: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()
    foreign_groups: tuple[str, ...] = ()
    foreign_sheets: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    told_by: Callable[[str], frozenset[str]] = lambda _text: frozenset()
    titled: Callable[[str], frozenset[str]] = lambda _text: frozenset()
    heading: str = ""
    may_title: Callable[[str], bool] = lambda _text: False
    may_tell: Callable[[str], bool] = lambda _text: False
    tellable: frozenset[str] = frozenset()
    is_section: Callable[[str], bool] = lambda _text: False
    takes_out: Callable[[str, str], bool] = lambda _header, _cell: False
    labels: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    unneeded: frozenset[str] = frozenset()
    ticks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    together: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    series: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Header:
    """A header block: list positions of its first and last row, what its columns mean, and our own added columns.

    doubled: key fields that stand over more than one column, so that nobody knows which is meant. more: further columns
    of fields that several tell together. again: number → columns of the fields that stand once more under it.
    """

    top: int
    bottom: int
    fields: dict[str, int]
    headers: dict[str, str]
    unknown: dict[int, str]
    texts: list[dict[int, str]]
    results: list[int]
    surplus: list[int] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    more: dict[str, list[int]] = field(default_factory=dict)
    again: dict[int, dict[str, int]] = field(default_factory=dict)
    sheet: Sheet = field(default_factory=lambda: Sheet(""), repr=False)

    def missing(self, spec: TableSpec) -> list[str]:
        """The shown names of required fields without a column or with several; alternatives are joined with "/"."""
        found = set(self.fields).union(*self.again.values())
        absent = [alternatives for alternatives in spec.required if alternatives.isdisjoint(found)]
        told = frozenset[str]()
        if absent:
            told = told.union(*map(spec.told_by, self._around()), *map(spec.titled, self._above()))
        missing = [
            "/".join(sorted(spec.labels.get(name, name) for name in alternatives))
            for alternatives in absent
            if not alternatives & told and alternatives.isdisjoint(self.doubled)
        ]
        return missing + [several_columns(name, spec) for name in self.doubled]

    def _around(self) -> list[str]:
        """Every text that may tell something for rows of this header: names, titles, captions between the rows."""
        lines = [text for row in self.sheet.rows[self.bottom + 1 :] for text in caption(row)]
        return list(dict.fromkeys([*self._above(), *lines]))

    def _above(self) -> list[str]:
        """The names of sheet and file, and the titles above the header."""
        titles = [text for row in self.sheet.rows[: self.top] for text in row if isinstance(text, str)]
        return [self.sheet.own_name, *self.sheet.stems, *(part for text in titles for part in parts(text))]


def several_columns(name: str, spec: TableSpec) -> str:
    """A field that stands over several columns, in the words of a list of missing ones."""
    return gettext("%(label)s（不止一列，不能确定哪一列是本人的）") % {"label": spec.labels.get(name, name)}


def parts(text: str) -> list[str]:
    """A line of a title, and what stands apart in it: 乡镇：黄各庄镇　　村：曹庄子村."""
    apart = _APART.split(text.strip())
    return [text, *apart] if len(apart) > 1 else [text]


def caption(row: list[CellValue]) -> tuple[str, ...]:
    """The texts of a row that may be a caption, all together first; empty for a row with many cells."""
    filled = [str(value).strip() for value in row if value is not None and str(value).strip()]
    if not filled or len(filled) > MOST_CAPTION_CELLS or any(len(text) > LONGEST_HEADER for text in filled):
        return ()
    return tuple(dict.fromkeys(("".join(filled), *filled)))


@cache
def header_aliases() -> dict[str, str]:
    """Normalised header word → field, from data/header_aliases.csv."""
    with (_DATA / "header_aliases.csv").open(encoding="utf-8", newline="") as file:
        return {normalise_header(row["header"]): row["field"] for row in csv.DictReader(file)}


def normalise_header(text: str) -> str:
    """Header words are compared after NFKC, without blanks, line breaks, asterisks, quotes and a last colon."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).rstrip(":").lower()


def resolve(text: str, spec: TableSpec) -> str | None:
    """The field of a normalised header word: as it stands, without a neutral remark, as "a/b" of one meaning, or by
    the kind's patterns."""
    aliases = spec.aliases
    if text in aliases:
        return aliases[text]
    bare = _REMARK.sub(lambda found: "" if _NEUTRAL_REMARK.fullmatch(found[0]) else found[0], text)
    if bare in aliases:
        return aliases[bare]
    parts = {aliases.get(part) for part in bare.split("/")} if "/" in bare else set()
    if len(parts) == 1:
        return parts.pop()
    written = dict.fromkeys((text, bare))
    return next((name for pattern, name in spec.patterns for one in written if pattern.fullmatch(one)), None)


def find_header(sheet: Sheet, spec: TableSpec, start: int = 0) -> Header | None:
    """The first complete header from list position `start` on; else the fullest incomplete one; None if none is near."""
    best: Header | None = None
    for at in range(start, min(start + SEARCH_ROWS, len(sheet.rows))):
        if len(_hits(row_texts(sheet.rows[at]), spec)) < 2:
            continue
        header = _block(sheet, spec, at, start)
        if not header.missing(spec):
            return header
        if best is None or len(header.fields) > len(best.fields):
            best = header
    return best


def header_by_hand(sheet: Sheet, row: int, columns: Mapping[int, str]) -> Header:
    """The header that a person has named: Excel number of its row (0: the sheet has none), column index → field.

    Raises ValueError when the sheet has no such row.
    """
    at = sheet.numbers.index(row) if row else -1
    texts = [row_texts(sheet.rows[at])] if row else []
    fields = {name: column for column, name in columns.items()}
    words = {column: _shown(sheet, at, at, column) for column in (texts[0] if texts else ())}
    return Header(
        top=max(at, 0),
        bottom=at,
        fields=fields,
        headers={name: words.get(column, "") for name, column in fields.items()},
        unknown={column: text for column, text in words.items() if column not in columns},
        texts=texts,
        results=[column for column, text in (texts[0] if texts else {}).items() if text in RESULT_HEADERS],
        surplus=[column for column, text in (texts[0] if texts else {}).items() if text == SURPLUS_HEADER],
        sheet=sheet,
    )


def row_texts(row: list[CellValue]) -> dict[int, str]:
    """Column index → normalised text of the cells that could be header words."""
    return {
        column: text
        for column, value in enumerate(row)
        if isinstance(value, str) and 0 < len(value) <= LONGEST_HEADER and (text := normalise_header(value))
    }


def looks_like_header(row: list[CellValue], spec: TableSpec) -> bool:
    """Whether most filled cells of a row are header words (three at least)."""
    hits = _hits(row_texts(row), spec)
    return len(hits) >= 3 and 2 * len(hits) >= sum(value not in (None, "") for value in row)


def _hits(texts: dict[int, str], spec: TableSpec) -> dict[int, str]:
    found = ((column, resolve(text, spec)) for column, text in texts.items())
    return {column: name for column, name in found if name}


def _block(sheet: Sheet, spec: TableSpec, at: int, start: int) -> Header:
    """The header around row `at`, grown over the rows of merged group cells above and below it."""
    top = bottom = at
    while top > start and at - top < 2 and _adjacent(sheet, top - 1) and _is_group_row(sheet, spec, top - 1, top):
        top -= 1
    while bottom - top < 3 and bottom + 1 < len(sheet.rows) and _is_sub_row(sheet, spec, bottom):
        bottom += 1
    texts = [_expanded(sheet, position) for position in range(top, bottom + 1)]
    _spread(texts, spec)
    return _assigned(sheet, spec, top, bottom, texts)


def _adjacent(sheet: Sheet, upper: int) -> bool:
    return sheet.numbers[upper] + 1 == sheet.numbers[upper + 1]


def _is_group_row(sheet: Sheet, spec: TableSpec, upper: int, lower: int) -> bool:
    """Whether the row above belongs to the header: it names columns that are blank below, or groups of columns."""
    above, below = row_texts(sheet.rows[upper]), row_texts(sheet.rows[lower])
    if len(above) < 2 or any(_LABELLED.search(str(value)) for value in sheet.rows[upper] if value):
        return False
    if any(column not in below for column in _hits(above, spec)):
        return True
    number, width = sheet.numbers[upper], max(below, default=0) + 1
    return any(
        merge.top == number and merge.left in above and 1 < merge.right - merge.left + 1 < 0.7 * width
        for merge in sheet.merged
    )


def _is_sub_row(sheet: Sheet, spec: TableSpec, upper: int) -> bool:
    """Whether the row below continues the header: words only, most of them header words alone or with their group."""
    if not _adjacent(sheet, upper):
        return False
    row = sheet.rows[upper + 1]
    filled = [value for value in row if value not in (None, "")]
    if not all(isinstance(value, str) and not _ID_LIKE.search(value) for value in filled):
        return False
    groups, texts = _expanded(sheet, upper), row_texts(row)
    spans = Counter(groups.values())
    named = []
    for column, text in texts.items():
        group = groups.get(column, "")
        joined = resolve(group + text, spec) if group else None
        if joined or resolve(text, spec):
            named.append(column)
        # Under a header that is complete by itself only a remark or the same once more may stand (宣传入户 over 宣传时间);
        # anything else is a person's row.
        whole = resolve(group, spec) if not joined and spans[group] < 2 else None
        if whole and whole != resolve(text, spec) and not _REMARK.fullmatch(text):
            return False
    return bool(named) and 2 * len(named) >= len(filled) and (len(named) >= 2 or len(filled) <= 2 < len(groups))


def _expanded(sheet: Sheet, position: int) -> dict[int, str]:
    """The texts of a header row with merged cells written out over their whole range."""
    number = sheet.numbers[position]
    texts = row_texts(sheet.rows[position])
    for merge in sheet.merged:
        if merge.top <= number <= merge.bottom:
            above = position - (number - merge.top)
            if above >= 0 and sheet.numbers[above] == merge.top:
                text = row_texts(sheet.rows[above]).get(merge.left)
                for column in range(merge.left, merge.right + 1) if text else ():
                    texts.setdefault(column, text or "")
    return texts


def _spread(texts: list[dict[int, str]], spec: TableSpec) -> None:
    """Write group captions that are not merged over the blank cells to their right, as far as columns stand below."""
    for upper in texts[:-1]:
        caption = ""
        for column in range(max(texts[-1], default=-1) + 1):
            if column in upper:
                caption = "" if resolve(upper[column], spec) else upper[column]
            elif caption and column in texts[-1]:
                upper[column] = caption


def _meaning(stack: list[str], spec: TableSpec, *, spans: bool) -> str | None:
    """The field of a column from its header words, group first; `spans`: the group stands over several columns."""
    stack = [*(_GROUP_NUMBER.sub("", word) for word in stack[:-1]), stack[-1]]
    for first in range(len(stack) - 1):
        for group in dict.fromkeys((stack[first], _GROUP_ENDING.sub("", stack[first]))):
            if group and (found := resolve("".join((group, *stack[first + 1 :])), spec)):
                return found
    found = resolve(stack[-1], spec)
    if len(stack) == 1:
        return found
    if found and not _is_about_another(stack, spec):
        return found
    # 身份证号码 above (18位): the lower line only explains the upper one.
    return resolve(stack[0], spec) if not found and not spans else None


def _is_about_another(stack: Sequence[str], spec: TableSpec) -> bool:
    groups = (_GROUP_NUMBER.sub("", word) for word in stack[:-1])
    return bool(spec.foreign_groups) and any(group.startswith(spec.foreign_groups) for group in groups)


def _assigned(sheet: Sheet, spec: TableSpec, top: int, bottom: int, texts: list[dict[int, str]]) -> Header:
    """Columns to fields from left to right; of two columns with one meaning the neighbours decide.

    Else the first has it, or where it tells something of the person the first right of her name; her name and number
    themselves are doubled then.
    """
    columns = sorted(set().union(*texts))
    stacks = {column: list(dict.fromkeys(row[column] for row in texts if column in row)) for column in columns}
    spanned = Counter(row[column] for row in texts[:-1] for column in row)
    meanings = {
        column: _meaning(stack, spec, spans=spanned[stack[0]] > len(texts) - 1) for column, stack in stacks.items()
    }
    again = numbered_columns(stacks, lambda text: resolve(text, spec), spec.series)
    again = again or repeated_columns(stacks, meanings, spec.series)
    meanings |= {column: name for name, column in again.pop(1, {}).items()}
    header = Header(top, bottom, {}, {}, {}, texts, [], again=again, sheet=sheet)
    # A header cell merged over two columns has its values in the first one.
    covered = {
        column
        for merge in sheet.merged
        if merge.top <= sheet.numbers[bottom] <= merge.bottom
        for column in range(merge.left + 1, merge.right + 1)
    } | {column for names in again.values() for column in names.values()}
    named = _twins_apart([column for column in columns if column not in covered], meanings, stacks, spec)
    _leave_own_numbers(named, meanings, sheet.rows[bottom + 1 :], spec)
    person = next((column for column, name in named.items() if spec.keys and name == spec.keys[0]), -1)
    for name in dict.fromkeys(name for name in named.values() if name):
        candidates = [column for column, other in named.items() if other == name]
        # What belongs to a person stands right of her name; places and numbers of households stand left of it.
        own = [column for column in candidates if column > person and name not in (*spec.keys, *spec.household)]
        # Of synonyms side by side the field's own word counts: 在校生状态 says yes or no, 在校生状况 which grade.
        exact = [column for column in own if stacks[column][-1] == normalise_header(spec.labels.get(name, ""))]
        header.fields[name] = (exact or own or candidates)[0]
        if len(candidates) > 1 and (name in spec.keys or (name in spec.single and len(exact) != 1)):
            header.doubled.append(name)
        if name in spec.together:
            header.more[name] = [column for column in candidates if column != header.fields[name]]
    # 成员1姓名, 成员2姓名: more people in each row than one, whatever column has the name of the first.
    unread = [
        stacks[column] for column, name in named.items() if not name and not _is_about_another(stacks[column], spec)
    ]
    numbered = numbered_fields(unread, lambda text: resolve(text, spec), spec.keys)
    header.doubled += [name for name in spec.keys if name in numbered and name not in header.doubled]
    taken = {column: name for name, column in header.fields.items()}
    together = {column for columns in header.more.values() for column in columns}
    for column in named.keys() - together if together else named:
        shown = _shown(sheet, top, bottom, column) or "".join(stacks[column])
        if column in taken:
            header.headers[taken[column]] = shown
        elif stacks[column][-1] in RESULT_HEADERS:
            header.results.append(column)
        elif stacks[column][-1] == SURPLUS_HEADER:
            header.surplus.append(column)
        else:
            header.unknown[column] = shown
    return header


def _twins_apart(
    columns: list[int], meanings: dict[int, str | None], stacks: dict[int, list[str]], spec: TableSpec
) -> dict[int, str]:
    """Column → field ("" for none), the second meaning of a header told by its left neighbour."""
    named = _apart(columns, meanings, stacks, [twin for twin in spec.twins if twin.always], Counter(), spec)
    # The helper's phone is out of the way now: one phone left is the household's, two are hers and the household's.
    return _apart(columns, named, stacks, spec.twins, Counter(named.values()), spec)


def _apart(
    columns: list[int],
    meanings: Mapping[int, str | None],
    stacks: dict[int, list[str]],
    twins: Sequence[Twin],
    count: Counter[str],
    spec: TableSpec,
) -> dict[int, str]:
    named: dict[int, str] = {}
    left = ""
    for at, column in enumerate(columns):
        name = meanings[column]
        # Under a group about somebody else (帮扶责任人) a plain 联系电话 has no meaning but its twin's.
        plain = name or resolve(stacks[column][-1], spec) or ""
        later = {meanings[other] for other in columns[at + 1 :]}
        # A header that says whose it is (贫困妇女姓名) needs no neighbour to tell.
        for twin in twins if stacks[column][-1] in spec.aliases or not name else ():
            applies = twin.always or not name or count[plain] > 1 or (twin.before and twin.before in later)
            if twin.field == plain and left in twin.after and applies:
                name = twin.becomes
                break
        named[column] = name or ""
        left = name or (OTHER if stacks[column][-1] in spec.others else "")
    return named


def _leave_own_numbers(
    named: dict[int, str], meanings: Mapping[int, str | None], rows: list[list[CellValue]], spec: TableSpec
) -> None:
    """The only column of numbers is the listed people's own, although it stands right of a head or a helper, where those who
    share one have different numbers. Most rows must share one: a single namesake shows nothing."""
    names = [column for column, meaning in named.items() if meaning in spec.keys[:1]]
    for number in spec.keys[1:] if len(names) == 1 else ():
        taken = [column for column in named if meanings[column] == number]
        if number in named.values() or len(taken) != 1:
            continue
        beside = max(column for column in named if column < taken[0])
        if _differ_by_person(rows, beside, taken[0], names[0]):
            named[taken[0]] = number


def _differ_by_person(rows: list[list[CellValue]], beside: int, number: int, name: int) -> bool:
    told: dict[CellValue, dict[CellValue, CellValue]] = {}
    other: CellValue = None
    for row in rows:
        cells = [row[column] if column < len(row) else None for column in (beside, number, name)]
        other = cells[0] if cells[0] is not None else other
        is_told = None not in (other, cells[2]) and isinstance(cells[1], str) and _ID_LIKE.search(cells[1])
        if is_told and told.setdefault(other, {}).setdefault(cells[1], cells[2]) != cells[2]:
            return False
    sharing = sum(len(numbers) for numbers in told.values() if len(numbers) > 1)
    return 2 * sharing > sum(map(len, told.values()))


def _shown(sheet: Sheet, top: int, bottom: int, column: int) -> str:
    """The header as the officer wrote it, its lowest line, without line breaks."""
    for position in range(bottom, top - 1, -1):
        row = sheet.rows[position]
        if column < len(row) and isinstance(row[column], str) and str(row[column]).strip():
            return " ".join(str(row[column]).split())
    return ""
