"""The roster's columns: the engine's field, the officer's word, how a cell is cleaned."""

import re
import unicodedata
from typing import Any

from households.codes import look_up, look_up_several, plain
from households.intake.columns import (
    MAX_TEXT,
    Cleaner,
    Column,
    Doubt,
    MoneyCleaner,
    ReadDate,
    as_text,
    clean_phone,
    number_text_cleaner,
    read_date,
    text_cleaner,
    tidy,
)
from households.intake.workbook import CellValue
from households.roster.gone import is_gone_herself
from households.roster.names import clean_name

# Above this many yuan a head and year, an income of a poor household is a slip (fen for yuan, a phone number).
MOST_INCOME = 100_000
# Nobody lives on a few yuan a year: 2.8 or 0.32 were meant in 万元.
LEAST_INCOME = 20
_NOTHING = frozenset({"", "/", "-", "—", "无", "空", "不详", "未知", "N/A"})
_TICKS_OF_HAVING_NONE = frozenset({"", "/", "-", "—", "空", "不详", "未知", "N/A"})


def choice(list_name: str, *, none_words: frozenset[str] = _NOTHING) -> Cleaner:
    """A word of a code list; unknown words are left unknown with a flag."""

    def clean(cell: CellValue) -> Any:
        written = tidy(as_text(cell))
        value = look_up(list_name, written) if written else None
        if value is None and written not in none_words:
            return Doubt(None, ("ENUM_UNKNOWN",), {"written": written[:40]})
        return value

    return clean


def several(list_name: str) -> Cleaner:
    """Several words of a code list in any order: a single value as text, more as a list in official order."""

    def clean(cell: CellValue) -> Any:
        written = tidy(as_text(cell))
        if written in _NOTHING:
            return None
        found, unknown = look_up_several(list_name, written)
        value = None if not found else found[0] if len(found) == 1 else found
        return Doubt(value, ("ENUM_UNKNOWN",), {"written": "、".join(unknown)[:40]}) if unknown else value

    return clean


# A day beside the word for the status: 2017年脱贫, 已脱贫（2017年12月）, 2017.12脱贫, 17年已脱贫.
_EXIT_DAY = re.compile(
    r"(?<!\d)(?:(?:20)?\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?|20\d\d(?:[./-]\d{1,2}){0,2}(?!\d))[底末度份]?"
)
_EXIT_YEARS = range(2013, 2021)
_AROUND_DAY = re.compile(r"\((?:脱贫|退出)?\)|(?<=已)于")


def read_exit_status(cell: CellValue) -> tuple[str | None, str | None]:
    """脱贫属性 and what its cell tells of the day of leaving poverty: 2017年12月脱贫 is 已脱贫, 2017-12.

    The year of any other status (2018年预脱贫) is a plan or the list's own.
    """
    written = plain(as_text(cell))
    status = look_up("exit_status", written)
    found = None if status else _EXIT_DAY.search(written)
    if found is None:
        return status, None
    status = look_up("exit_status", _AROUND_DAY.sub("", written[: found.start()] + written[found.end() :]))
    day = found[0].rstrip("底末度份")
    told = clean_exit_date(day if day.startswith("20") else f"20{day}")
    if not isinstance(told, str) or int(told[:4]) not in _EXIT_YEARS:
        return None, None
    return status, told if status and status.startswith("已脱贫") else None


def clean_exit_status(cell: CellValue) -> Any:
    """A word of the code list, with or without a year; see `read_exit_status`."""
    status, _told = read_exit_status(cell)
    written = tidy(as_text(cell))
    return (
        Doubt(None, ("ENUM_UNKNOWN",), {"written": written[:40]}) if not status and written not in _NOTHING else status
    )


_END_OF_YEAR = re.compile(r"\s*(20\d\d)\s*年?[底末度]\s*")


def clean_exit_date(cell: CellValue) -> Any:
    """脱贫时间 or 脱贫年度: as exact as written: 2016 (also 2016年底), 2016-12 or 2016-12-01."""
    end = _END_OF_YEAR.fullmatch(cell) if isinstance(cell, str) else None
    result = read_date(end[1] if end else cell)
    read = result.value if isinstance(result, Doubt) else result
    if not isinstance(read, ReadDate):
        return result
    if read.day:
        return read.day.isoformat()
    if read.month:
        return f"{read.month[0]}-{read.month[1]:02d}"
    return str(read.year) if "DATE_AMBIGUOUS" not in getattr(result, "codes", ()) else result._replace(value=None)


def clean_count(most: int) -> Cleaner:
    """A small whole number (人数, 务工时间), "2人", "6个月", "88分" included."""

    def clean(cell: CellValue) -> Any:
        if cell is None:
            return None
        text = plain(as_text(cell))
        if text in _NOTHING:
            return None
        match = re.fullmatch(r"(\d+)(?:\.0+)?(?:人|口|个月|月|分|轮|份|次)?", text)
        if not match:
            return Doubt(None, ("NUMBER_UNREADABLE",), {"written": text[:40]})
        if int(match[1]) > most:
            return Doubt(None, ("NUMBER_OUT_OF_RANGE",), {"written": text[:40]})
        return int(match[1])

    return clean


def clean_place(cell: CellValue) -> Any:
    """A place name as written; the place index does the rest. A long number is a code (12 digits)."""
    text = unicodedata.normalize("NFKC", tidy(as_text(cell)))
    return Doubt(None, ("VALUE_TOO_LONG",)) if len(text) > 120 else text


def told_text(limit: int = MAX_TEXT, *, keeps_numbers: bool = False) -> Cleaner:
    """Free text; 无 and its like tell nothing, and least of all do they replace what the register knows."""
    read = text_cleaner(limit, keeps_numbers=keeps_numbers)

    def clean(cell: CellValue) -> Any:
        text = read(cell)
        return None if isinstance(text, str) and text in _NOTHING else text

    return clean


# Words written where a number is not known yet; families must not become one by them.
NO_HOUSEHOLD_NUMBER = frozenset(
    {
        "待定", "暂无", "不详", "未知", "新增", "未编号", "无编号", "没有", "无", "无号", "未定", "待补", "待编", "空", "缺", "略",
        "同上", "同左", "〃", '"', "?", "？", "*", "x", "X", "0", "00", "-", "--", "/", "—",
    }
)  # fmt: skip


_ABOUT_HEAD = re.compile(r"(?P<name>.{2,}?)\s*[(（](?P<of>[^()（）]+)[)）]")
_HERSELF = frozenset({"本人", "户主", "户主本人", "本人户主"})


def clean_head_name(cell: CellValue) -> Any:
    """A head's name; a blank one tells nothing, as in the other columns of a household, nor does 本人 in her own row. That he
    is the head, or has died, is no part of it."""
    if plain(as_text(cell)) in _HERSELF:
        return None
    remark = _ABOUT_HEAD.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if remark and (remark["of"] in ("户主", "本人") or is_gone_herself(tidy(remark["of"]))):
        cell = remark["name"]
    name = clean_name(cell)
    return None if isinstance(name, Doubt) and name.codes == ("NAME_MISSING",) else name


def clean_household_number(cell: CellValue) -> Any:
    """A household number; without one digit in it it is none, and a word nobody knows is told. Somebody's identity number
    is held: the register keeps household numbers in plain."""
    number = _household_number(cell)
    if isinstance(number, str) and _IDENTITY_NUMBER.fullmatch(number):
        return Doubt(number, ("HOUSEHOLD_NO_IS_ID",))
    if isinstance(number, Doubt) or number is None or re.search(r"[1-9]", number):
        return number
    known = number in NO_HOUSEHOLD_NUMBER
    return None if known else Doubt(None, ("ENUM_UNKNOWN",), {"written": number[:40]})


_IDENTITY_NUMBER = re.compile(
    r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?:\d\d(?:[A-Za-z\d]\d)?)?"
)
_HOUSEHOLD_NO_LOST = Doubt(None, ("HOUSEHOLD_NO_PRECISION_LOST",))
_household_number = number_text_cleaner(30, _HOUSEHOLD_NO_LOST, keeps=True)
_PERSON_NO_LOST = Doubt(None, ("PERSON_NO_PRECISION_LOST",))
_yes_no = choice("yes_no", none_words=_TICKS_OF_HAVING_NONE)

# The identity number and the birth date are checked together in checking.py; "label" None there keeps the raw cells.
COLUMNS: tuple[Column, ...] = (
    Column("household_no", "户编号", clean_household_number, is_household=True),
    Column("person_no", "人编号", number_text_cleaner(30, _PERSON_NO_LOST)),
    Column("name", "姓名", clean_name, is_key=True),
    Column("sex", "性别", choice("sex")),
    Column("birth_date", "出生日期", read_date),
    Column("relation", "与户主关系", choice("relation")),
    Column("nation", "民族", choice("nation")),
    Column("politics", "政治面貌", choice("politics")),
    Column("education", "文化程度", choice("education")),
    Column("school_status", "在校生状况", choice("school_status", none_words=_TICKS_OF_HAVING_NONE)),
    Column("school_name", "学校名称", told_text(100)),
    Column("health", "健康状况", several("health")),
    Column("disability_type", "残疾类别", several("disability_type")),
    Column("disability_level", "残疾等级", choice("disability_level")),
    Column("labour", "劳动技能", choice("labour", none_words=_TICKS_OF_HAVING_NONE)),
    Column("work_status", "务工状况", text_cleaner(40)),
    Column("work_months", "务工时间", clean_count(12)),
    Column("serious_illness_ins", "是否参加大病医疗", _yes_no),
    Column("rural_medical_ins", "是否参加城乡居民基本医疗保险", _yes_no),
    Column("rural_pension", "是否参加城乡居民基本养老保险", _yes_no),
    Column("dibao", "是否享受低保", _yes_no),
    Column("dropout_reason", "失学或辍学原因", told_text(100)),
    Column("phone_person", "联系电话", clean_phone),
    Column("remark", "备注", told_text(keeps_numbers=True)),
    Column("head_name", "户主姓名", clean_head_name, is_household=True),
    Column("household_size", "人数", clean_count(40), is_household=True),
    Column("exit_status", "脱贫属性", clean_exit_status, is_household=True),
    Column("exit_year", "脱贫时间", clean_exit_date, is_household=True),
    Column("household_attr", "贫困户属性", choice("household_attr"), is_household=True),
    Column("main_cause", "主要致贫原因", choice("main_cause"), is_household=True),
    Column("other_cause", "其他致贫原因", several("main_cause"), is_household=True),
    Column("standard", "识别标准", choice("standard"), is_household=True),
    Column(
        "net_income_pc",
        "人均纯收入",
        MoneyCleaner(most=MOST_INCOME, least=LEAST_INCOME, is_average=True),
        is_household=True,
    ),
    Column("dangerous_house", "危房户", _yes_no, is_household=True),
    Column("safe_water", "饮水安全", _yes_no, is_household=True),
    Column("water_difficulty", "饮水困难", _yes_no, is_household=True),
    Column("phone_household", "户主联系电话", clean_phone, is_household=True),
    Column("address", "家庭住址", told_text(200, keeps_numbers=True), is_household=True),
    Column("hamlet", "自然村", told_text(60), is_household=True),
    Column("county", "县", clean_place, is_household=True),
    Column("township", "乡镇", clean_place, is_household=True),
    Column("village", "行政村", clean_place, is_key=True, is_household=True),
)
LABELS = {column.field: column.label for column in COLUMNS} | {"id_no": "证件号码", "id_type": "证件类型"}
