"""A roster's tables → checked rows: every cell cleaned, every rule within a row applied."""

import re
import unicodedata
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, gettext_lazy

from households.identity import IdKind, IdNumber, blind_index, normalise_number, parse_id
from households.intake.columns import Cleaned, Column, Doubt, ReadDate, as_text, clean_column, in_unit, tidy
from households.intake.messages import Policy
from households.intake.number_words import days_in_digits
from households.intake.rows import CheckedRow, Finding, finding
from households.intake.sheets import Table
from households.intake.workbook import CellProblem, CellValue
from households.periods import today
from households.places import PlaceIndex
from households.roster.fields import COLUMNS, LABELS, read_exit_status
from households.roster.gone import (
    is_gone_beside,
    is_gone_in_comment,
    is_marked_absent,
    is_marked_gone,
    is_off_the_list,
    speaks_of_the_gone,
    state_of_the_gone,
)
from households.roster.grouping import has_doubtful_sex
from households.roster.remarks import doubts_its_row
from households.roster.row_places import place_finding, places_of
from households.roster.storage import HOUSEHOLD_LABELS, SEX_OF_RELATION
from households.roster.table import CERTIFICATE, HEAD_MARK

# These columns become identity and village below.
_READ_TOGETHER = frozenset({"birth_date", "county", "township", "village"})
# What a line of a form says in place of its number when it only shows how to fill it in.
_SAMPLE = re.compile(r"[(【\[]?(填写|填表)?(示例|样例|范例|举例|例子?|例如)\d*[)】\]]?[:：]?\d*")
# A sheet that shows how to fill in holds a few such lines; more of them are people, whatever the sheet is called.
_SAMPLE_SHEET = re.compile(r"样表|样例|示例|范例|填写举例")
_MOST_SAMPLES = 3
_WITHOUT_BLANKS = dict.fromkeys(map(ord, " \t\r\n\u3000\xa0\u200b\ufeff'"))
_STRUCK = gettext_lazy("删除线")
# Columns in which rosters write what has become of somebody, for want of a better one. A telephone is none of them: it is
# filled down to the others of the household.
_TELLING_OF_HER = (
    "relation", "education", "school_status", "health", "labour", "work_status", "exit_status", "household_attr"
)  # fmt: skip
# That the numbers of so many households end in 0 is no chance, nor that most birthdays are a first of the month.
_CHANCE = 3
_AGE = re.compile(r"(\d{1,3})(?:\.0)?(?:周?岁)?")
_YEARS_OFF = 10
_ID_NOTES = frozenset({"ID_15_DIGIT", "ID_MISSING", "ID_OTHER_TYPE", "ID_CHECK_CHAR_SUSPECT"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the file: where its uploader may write, and the days. `today` bounds birth dates."""

    scope: tuple[str, ...]
    places: PlaceIndex
    as_of: date
    today: date


def check_table(table: Table, setting: Setting) -> list[CheckedRow]:
    """One row per data row, in order; rules between rows come later."""
    columns = _columns_of(table)
    size = len(table.row_numbers)
    ids = _identities(table, setting, size)
    raw = table.columns | {"birth_date": _without_made_up_days(table.columns.get("birth_date", []), ids)}
    cleaned = {column.field: clean_column(column, raw[column.field]) for column in columns}
    places = places_of(table, cleaned, setting.places, setting.scope)
    kept = {column.label: cleaned[column.field].values for column in columns if column.field not in _READ_TOGETHER}
    # Every row has all household labels, so that households can be compared without asking which are there.
    kept |= {label: [None] * size for label in HOUSEHOLD_LABELS if label not in kept}
    rows = [
        CheckedRow(table.sheet, number, dict(zip(kept, cells, strict=True)))
        for number, cells in zip(table.row_numbers, zip(*kept.values(), strict=True), strict=True)
    ]
    for column in columns:
        _note_doubts(rows, column, cleaned[column.field])
    birth_dates = cleaned["birth_date"].values if "birth_date" in cleaned else [None] * size
    has_sex = "sex" in cleaned
    # Numbers that were ruined before they became text. Beside one that is stored as a number, a text was typed as it stands.
    ruined = any(
        "ID_PRECISION_LOST" in identity.codes and isinstance(cell, str)
        for identity, cell in zip(ids, table.columns.get("id_no", ()), strict=False)
    )
    for position, (row, identity, place) in enumerate(zip(rows, ids, places, strict=True)):
        _identify(row, identity, birth_dates[position], has_sex=has_sex, as_of=setting.as_of)
        if "ID_CHECK_CHAR_SUSPECT" in identity.codes:
            _quote_check_character(row, as_text(table.columns["id_no"][position]))
        _compare_relation(row)
        if ruined and row.id_key.endswith("000"):
            # One in eleven damaged numbers passes the check by chance.
            row.add("ID_PRECISION_LOST", "id_no", policy=Policy.HELD)
        row.village = row.values["village_code"] = place.code
        if place.problem and not any(one.field == "village" and one.policy is Policy.REJECTED for one in row.findings):
            row.findings.append(place_finding(place, table, position, setting.places))
        if table.counted is not None:
            row.counted = (table.sheet, table.row_numbers[0], table.counted[position])
        if table.sections:
            row.section = bisect(table.sections, row.number)
        if row.number in table.loose_rows:
            row.add("HOUSEHOLD_AMBIGUOUS", "household_no")
        if row.number in table.torn_rows:
            row.add("ROW_TORN")
    for position, cell in enumerate(table.columns.get("head_id_no", ())):
        rows[position].head_number = _compact(cell)
    for position, code in enumerate(table.columns.get(CERTIFICATE, ())):
        if code is not None:
            rows[position].add(str(code), "id_no")
    for position, differs in enumerate(table.columns.get(HEAD_MARK, ())):
        if differs and (relation := rows[position].values.get("与户主关系")):
            rows[position].add("HEAD_DIFFERS", "relation", written=relation, before=gettext("是否户主"))
    for position, cell in enumerate(table.columns.get("seq", ())):
        if isinstance(cell, str) and _SAMPLE.fullmatch(_compact(cell)):
            rows[position].add("SAMPLE_ROW", written=tidy(cell))
    if _SAMPLE_SHEET.search(table.sheet) and size <= _MOST_SAMPLES:
        for row in rows:
            row.add("SAMPLE_ROW", written=table.sheet)
    _compare_ages(rows, table, setting.as_of)
    _note_exit_years(rows, table, setting.as_of)
    _note_planned_exits(rows, setting.as_of)
    _hold_the_gone(rows, table)
    _hold_the_doubted(rows)
    _hold_rounded_households(rows)
    return rows


def _note_exit_years(rows: list[CheckedRow], table: Table, as_of: date) -> None:
    """The year in 2017年脱贫 is the household's 脱贫时间, unless a column says another; one that is yet to come is a plan."""
    cells = table.columns.get("exit_status", [])
    told = {cell: day for cell in set(cells) if isinstance(cell, str) and (day := read_exit_status(cell)[1])}
    for row, cell in zip(rows, cells, strict=True) if told else ():
        if not isinstance(cell, str) or not (day := told.get(cell)):
            continue
        written = row.values.get("脱贫时间")
        if day > as_of.isoformat():
            row.values["脱贫属性"] = None
            row.add("ENUM_UNKNOWN", "exit_status", written=tidy(cell)[:40])
        elif written is None or day.startswith(written):
            row.values["脱贫时间"] = day
        elif not written.startswith(day):
            row.values["脱贫时间"] = None
            row.add("DATE_AMBIGUOUS", "exit_year", written=f"{written}、{tidy(cell)[:40]}")


def _note_planned_exits(rows: list[CheckedRow], as_of: date) -> None:
    """A 脱贫时间 that is yet to come is a plan and no fact."""
    day = as_of.isoformat()
    for row in rows:
        if (told := row.values.get("脱贫时间")) and told > day[: len(told)]:
            row.values["脱贫时间"] = None
            column = gettext("脱贫时间")
            row.add("DATE_IN_FUTURE", "exit_year", policy=Policy.FLAGGED, column=column, written=told, expected=day)


def _compare_ages(rows: list[CheckedRow], table: Table, as_of: date) -> None:
    """An age was typed at some past day, and the number wins; one that is many years off tells that the row's cells may be of
    different people."""
    for row, cell in zip(rows, table.columns.get("age", ()), strict=False):
        told = _AGE.fullmatch(_compact(cell)) if row.id_key else None
        if told and abs(int(told[1]) - (as_of.year - int(row.values["出生日期"][:4]))) >= _YEARS_OFF:
            row.add("AGE_MISMATCH", "id_no", written=told[1], expected=row.values["出生日期"])


def _compact(cell: CellValue) -> str:
    return unicodedata.normalize("NFKC", as_text(cell)).translate(_WITHOUT_BLANKS).upper()


def _without_made_up_days(cells: list[CellValue], ids: list[IdNumber]) -> list[CellValue]:
    """A month typed into a table program becomes its first day, whatever is shown: in a column of such days they are months,
    unless the identity numbers tell the same days."""
    days = [cell for cell in cells if isinstance(cell, date)]
    firsts = sum(cell.day == 1 for cell in days)
    if firsts < _CHANCE or 2 * firsts <= len(days):
        return cells
    numbers = [one.birth_date for cell, one in zip(cells, ids, strict=True) if isinstance(cell, date) and cell.day == 1]
    told = [born.day == 1 for born in numbers if born is not None]
    if 2 * sum(told) > len(told):
        return cells
    return [f"{cell.year}-{cell.month:02}" if isinstance(cell, date) and cell.day == 1 else cell for cell in cells]


def _hold_rounded_households(rows: list[CheckedRow]) -> None:
    """Household numbers that were rounded before they became text, as where a list is saved as CSV: what stands behind the
    15th digit is 0 in all of them."""
    long = {number for row in rows if len(number := row.values.get("户编号") or "") > 15 and number.isdecimal()}
    if len(long) < _CHANCE or any(number[15:].strip("0") for number in long):
        return
    for row in rows:
        if row.values.get("户编号") in long:
            row.add("HOUSEHOLD_NO_PRECISION_LOST", "household_no")


def _hold_the_gone(rows: list[CheckedRow], table: Table) -> None:
    """Whoever has died, moved away or been taken off the list, as a caption, a title, a name, her state or remark says, or
    another cell in place of what it is for, or a comment on one, or whose name is struck through."""
    texts = (tidy(text) for group in table.around or ((table.sheet, *table.titles),) for text in group)
    said = next(filter(speaks_of_the_gone, texts), "")
    for row, cell in zip(rows, table.columns.get("person_state", ()), strict=False):
        if state_of_the_gone(state := tidy(as_text(cell))):
            row.add("NO_LONGER_THERE", written=state[:40])
    for name, says_gone in (("person_gone", is_marked_gone), ("person_there", is_marked_absent)):
        for row, cell in zip(rows, table.columns.get(name, ()), strict=False):
            if says_gone(state := tidy(as_text(cell))):
                row.add("NO_LONGER_THERE", written=f"{table.headers.get(name, '')}：{state}"[:40])
    for name in _TELLING_OF_HER:
        cells = table.columns.get(name, [])
        gone = {cell for cell in set(cells) if isinstance(cell, str) and is_gone_beside(tidy(cell))}
        for row, cell in zip(rows, cells, strict=True) if gone else ():
            if cell in gone:
                row.findings = [one for one in row.findings if (one.field, one.code) != (name, "ENUM_UNKNOWN")]
                row.add("NO_LONGER_THERE", name, written=tidy(str(cell))[:40])
    for row in rows if table.noted else ():
        if row.number in table.noted:
            row.add("NO_LONGER_THERE", written=tidy(table.noted[row.number])[:40])
    for row in rows if table.comments else ():
        told = next(filter(is_gone_in_comment, table.comments.get(row.number, ())), None)
        if told is not None:
            row.add("NO_LONGER_THERE", written=tidy(told)[:40])
    for row in rows if table.struck_rows else ():
        if row.number in table.struck_rows:
            row.add("NO_LONGER_THERE", written=str(_STRUCK))
    for row in rows:
        remark = row.values.get("备注") or ""
        if said:
            row.add("NO_LONGER_THERE", written=said[:40])
        elif remark and is_off_the_list(
            remark.removeprefix("户主") if row.values.get("与户主关系") == "户主" else remark
        ):
            row.add("NO_LONGER_THERE", "remark", written=remark[:40])


def _hold_the_doubted(rows: list[CheckedRow]) -> None:
    """Whose row is wrong, or still to be looked at, as its own remark says. A comment does not count: it may be ours."""
    for row in rows:
        remark = row.values.get("备注")
        if remark and doubts_its_row(remark) and not any(one.code == "NO_LONGER_THERE" for one in row.findings):
            row.add("REMARK_CORRECTS", "remark", written=remark[:40])


def _columns_of(table: Table) -> list[Column]:
    """The declared columns that the table has, its income in the unit that it tells."""
    return [
        in_unit(column, table.headers.get(column.field, ""), table.titles)
        for column in COLUMNS
        if column.field in table.columns
    ]


def _note_doubts(rows: list[CheckedRow], column: Column, cleaned: Cleaned) -> None:
    made: dict[int, list[Finding]] = {}
    for position, doubt in cleaned.doubts.items():
        if id(doubt) not in made:
            policy = _policy(doubt, column)
            made[id(doubt)] = [finding(code, column.field, policy=policy, **doubt.params) for code in doubt.codes]
        rows[position].findings.extend(made[id(doubt)])


def _policy(doubt: Doubt, column: Column) -> Policy | None:
    if column.field in ("name", "head_name") and "CONTROL_CHAR" in doubt.codes:
        return Policy.HELD
    if column.field == "head_name":  # her own row may be good although the head's name is not
        return Policy.FLAGGED if doubt.policy is None else doubt.policy
    return doubt.policy


def _identities(table: Table, setting: Setting, size: int) -> list[IdNumber]:
    cells: Sequence[CellValue] = table.columns.get("id_no") or [None] * size
    types = table.columns.get("id_type")
    latest = max(setting.as_of, setting.today)
    if types is None:
        return [parse_id(cell, latest=latest) if not isinstance(cell, CellProblem) else _broken(cell) for cell in cells]
    return [
        parse_id(cell, latest=latest, type_text=as_text(kind)) if not isinstance(cell, CellProblem) else _broken(cell)
        for cell, kind in zip(cells, types, strict=True)
    ]


def _broken(cell: CellProblem) -> IdNumber:
    return IdNumber(IdKind.DAMAGED, codes=("CELL_ERROR" if cell.code == "PICTURE" else cell.code,))


def _identify(
    row: CheckedRow, identity: IdNumber, written_birth: ReadDate | None, *, has_sex: bool, as_of: date
) -> None:
    """Identity number, sex and birth date: the number wins where they are silent, a contradiction holds the row."""
    values = row.values
    values["证件号码"] = identity.key or None if identity.kind is not IdKind.OTHER else None
    if identity.codes:
        row.findings.extend(
            finding(code, "id_no", policy=None if code in _ID_NOTES else Policy.REJECTED) for code in identity.codes
        )
        row.remains = identity.remains
    if identity.birth_date is None:
        row.findings.extend(_without_number(row, identity, written_birth, as_of))
        return
    if identity.birth_date > as_of:
        row.add("ID_BIRTHDATE", "id_no", policy=Policy.HELD)
    row.id_key = identity.key
    row.id_index = blind_index(identity.key)
    if identity.disability_category:
        _note_certificate(row, identity)
    sex = values.get("性别")
    if sex is None:
        if has_sex:
            row.add("SEX_FROM_ID", "sex", expected=identity.sex)
        values["性别"] = identity.sex
    elif sex != identity.sex:
        row.add("SEX_MISMATCH", "sex", written=sex, expected=identity.sex)
    values["出生日期"] = identity.birth_date.isoformat()
    if written_birth is not None and not _agrees(written_birth, identity.birth_date):
        row.add("BIRTHDATE_MISMATCH", "birth_date", written=_shown(written_birth), expected=values["出生日期"])


def _quote_check_character(row: CheckedRow, written: str) -> None:
    """The row's message shows the sign that stands in place of the X."""
    last = {"written": normalise_number(written)[17:18]}
    row.findings = [one._replace(params=last) if one.code == "ID_CHECK_CHAR_SUSPECT" else one for one in row.findings]


def _compare_relation(row: CheckedRow) -> None:
    """A son is a man: one of relation and number was written for somebody else, nobody knows which."""
    relation, sex = row.values.get("与户主关系"), row.values.get("性别")
    if sex and SEX_OF_RELATION.get(relation or "", sex) != sex and not has_doubtful_sex(row):
        row.add("RELATION_OF_OTHER_SEX", "relation", written=str(relation), expected=sex)


def _note_certificate(row: CheckedRow, identity: IdNumber) -> None:
    """The certificate's number tells category and level; a column that says otherwise is overruled, not in silence."""
    told = (
        ("残疾类别", "disability_type", identity.disability_category),
        ("残疾等级", "disability_level", identity.disability_level),
    )
    for label, field, expected in told:
        written = row.values.get(label) or []
        named = [written] if isinstance(written, str) else written
        agrees = named == [expected] or (expected == "多重" and len(named) > 1)
        if named and not agrees:
            row.add("DISABILITY_MISMATCH", field, column=label, written="、".join(named), expected=expected)
        row.values[label] = expected


def _without_number(row: CheckedRow, identity: IdNumber, written_birth: ReadDate | None, as_of: date) -> list[Finding]:
    """No usable number: the birth date must come from its column; without sex or day she cannot be registered, nor before
    she is born."""
    day = written_birth.day if written_birth else None
    row.values["出生日期"] = day.isoformat() if day else None
    row.values.setdefault("性别", None)
    if identity.kind is IdKind.OTHER:
        row.values["备注"] = "；".join(filter(None, [row.values.get("备注"), f"证件：{identity.key}"]))
    if identity.kind is not IdKind.DAMAGED and (day is None or row.values["性别"] is None):
        return [finding("IDENTITY_UNKNOWN", "id_no")]
    if day and day > as_of:
        column, limit = LABELS["birth_date"], as_of.isoformat()
        return [finding("DATE_IN_FUTURE", "birth_date", column=column, written=day.isoformat(), expected=limit)]
    return []


def _agrees(written: ReadDate, born: date) -> bool:
    if written.day:
        return written.day == born
    if written.month:
        return written.month == (born.year, born.month)
    return written.year is None or (written.year == born.year and (not written.months or born.month in written.months))


def _shown(written: ReadDate) -> str:
    if written.day:
        return written.day.isoformat()
    return f"{written.month[0]}-{written.month[1]:02d}" if written.month else str(written.year)


_DATE = r"(?<!\d)(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)\s*日?"
_AFTER_LABEL = r"(?:时间|日期|日)?\s*[:：]?\s*"
# What a list speaks of goes before when it was filled in.
_CUT_OFF = "(?:统计|截止|截至|数据)" + _AFTER_LABEL
_LABEL = "(?:填报|制表|上报|填表|更新)" + _AFTER_LABEL
_MONTH = r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月(?!\s*\d)"
# A date in a sentence about a document or an event is not the roster's.
_ABOUT_ELSE = re.compile(
    r"依据|根据|按照|印发|通知|文件|会议|精神|要求|〔|号文|首次|以来|出生|脱贫时间"
    r"|(?:活动|宣讲|宣传|讲习|授课|培训|义诊|体检|走访|入户|慰问|发放|举办|保险|保障)[^\s:：]{0,4}(?:时间|日期|期间|期限)\s*[:：]"
)
_LONGEST_TITLE = 60
_FROM_MONTH = re.compile(r"(?<!\d)(\d{4}\s*年)\s*\d{1,2}\s*月?\s*(?:至|到|—|–|~|～|--?)\s*(?=\d{1,2}\s*月(?!\s*\d))")
_FROM_TO = re.compile(rf"{_DATE}\s*(?:至|到|—|–|~|～|--?)\s*(?={_DATE})")


def as_of_in(titles: Sequence[str], *, latest: date | None = None) -> date | None:
    """The day a roster speaks of, from its title rows (填报时间：2018年6月30日; a month alone means its last day).

    Of a period its last day. Days after `latest` (default: today) and days in sentences about something else are passed
    over.
    """
    latest = latest or today()
    text = "\n".join(_FROM_MONTH.sub(r"\1", days_in_digits(tidy(title))) for title in titles)
    short = "\n".join(line for line in text.split("\n") if len(line) <= _LONGEST_TITLE and not _ABOUT_ELSE.search(line))
    patterns = (_CUT_OFF + _DATE, text), (_CUT_OFF + _MONTH, text), (_LABEL + _DATE, text), (_DATE, short)
    for pattern, where in (*patterns, (_LABEL + _MONTH, text), (_MONTH, short)):
        for match in re.finditer(pattern, _FROM_TO.sub("", where)):
            year, month, *day = (int(part) for part in match.groups())
            try:
                found = date(year, month, day[0]) if day else _last_of_month(year, month)
            except ValueError:
                continue
            if found <= latest or (not day and found.replace(day=1) <= latest):
                return min(found, latest)
    return None


def _last_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
