"""Which label of a roster is stored in which column of the register, and in which form.

Used by the comparison (old → new) and by the writing, so that both agree on what a value is.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from households.models import Enrolment, HouseholdSpell
from households.periods import school_year

STATUS_OF = {
    "未脱贫": HouseholdSpell.Status.NOT_EXITED,
    "预脱贫": HouseholdSpell.Status.PLANNED,
    "已脱贫": HouseholdSpell.Status.EXITED,
    "已脱贫（享受政策）": HouseholdSpell.Status.EXITED_ENTITLED,
    "已脱贫（不再享受政策）": HouseholdSpell.Status.EXITED_CLOSED,
    "返贫": HouseholdSpell.Status.FALLEN_BACK,
    "清退": HouseholdSpell.Status.REMOVED,
}
STATUS_WORDS = {status.value: word for word, status in STATUS_OF.items()}


def status_after(word: str | None, known: str | None) -> str | None:
    """What a household's status is once a roster says `word`. 已脱贫 alone does not say whether policies still apply, so it
    takes nothing back of a status that does; None where neither side knows."""
    told = STATUS_OF[word] if word else None
    exact = {HouseholdSpell.Status.EXITED_ENTITLED, HouseholdSpell.Status.EXITED_CLOSED}
    return known if told is None or (told is HouseholdSpell.Status.EXITED and known in exact) else told


SEX_OF = {"女": "F", "男": "M"}
SEX_WORDS = {code: word for word, code in SEX_OF.items()}
HEAD = "户主"
SPOUSE = "配偶"
# Begins the household of a row in a list that names none: that of whoever has its identity number.
ALONE = "alone"
# Household numbers of the national system have 16 digits; hand lists count 1, 2, 3.
SHORTEST_OFFICIAL_NUMBER = 10
# Relations of one sex only; 之叔伯 is also written for aunts.
SEX_OF_RELATION = {
    **dict.fromkeys(
        ("之子", "之女婿", "之孙子", "之外孙子", "之父", "之岳父", "之公公", "之祖父", "之外祖父", "之曾孙子", "之侄儿"), "男"
    ),
    **dict.fromkeys(
        (
            "之女", "之儿媳", "之孙女", "之外孙女", "之母", "之岳母", "之婆婆", "之祖母", "之外祖母", "之曾孙女", "之侄女", "之兄弟媳妇",
        ),
        "女",
    ),
}  # fmt: skip
MOST_CATEGORY = 10


def joined(value: Any) -> str:
    """A text column's value: several values with 、 between."""
    return "、".join(value) if isinstance(value, list) else str(value)


def listed(value: Any) -> list[str]:
    """An array column's value."""
    return list(value) if isinstance(value, list) else [value]


def _category(value: Any) -> str:
    text = joined(value)
    return text if len(text) <= MOST_CATEGORY else "多重"


def _money(value: Any) -> float:
    return float(value)


class Stored(NamedTuple):
    """One label's place: column of Person or Household, and value of the file → value of the column."""

    label: str
    column: str
    convert: Callable[[Any], Any] = joined


PERSON = (
    Stored("姓名", "name"),
    Stored("人编号", "person_no"),
    Stored("民族", "nation"),
    Stored("文化程度", "education"),
    Stored("在校生状况", "school_status"),
    Stored("健康状况", "health", listed),
    Stored("残疾类别", "disability_category", _category),
    Stored("残疾等级", "disability_level"),
    Stored("劳动技能", "labour"),
    Stored("是否参加大病医疗", "illness_insured", lambda value: value == "是"),
    Stored("联系电话", "phone"),
    Stored("备注", "remark"),
)
PERSON_SURVEY = (
    "政治面貌",
    "务工状况",
    "务工时间",
    "是否参加城乡居民基本医疗保险",
    "是否参加城乡居民基本养老保险",
    "是否享受低保",
    "失学或辍学原因",
)
HOUSEHOLD = (
    Stored("户编号", "number"),
    Stored("户主姓名", "head_name"),
    Stored("贫困户属性", "attribute"),
    Stored("主要致贫原因", "main_cause"),
    Stored("人均纯收入", "income_per_head", _money),
    Stored("户主联系电话", "phone"),
    Stored("家庭住址", "address"),
    Stored("脱贫时间", "exited_on"),
)
HOUSEHOLD_SURVEY = ("人数", "自然村", "危房户", "饮水安全", "饮水困难", "其他致贫原因", "识别标准")
HOUSEHOLD_LABELS = (*(stored.label for stored in HOUSEHOLD), *HOUSEHOLD_SURVEY, "脱贫属性")


def shown(value: Any) -> Any:
    """A column's value as the officer reads it in "old → new"."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else value


class Schooling(NamedTuple):
    """`stage` "" means: not at school."""

    stage: str
    grade: int | None = None


_NUMBERS = {number: word for word, number in enumerate("一二三四五六七八九", start=1)}
_OUTSIDE = frozenset({"非在校生", "学龄前儿童"})
_STAGE = Enrolment.Stage


def schooling(status: str) -> Schooling | None:
    """What a 在校生状况 says about enrolment; None when it says nothing we know."""
    if status in _OUTSIDE:
        return Schooling("")
    if status == "学前教育":
        return Schooling(_STAGE.PRESCHOOL)
    grade = _NUMBERS.get(status[-3]) if status.endswith("年级") and len(status) >= 3 else None
    if status.startswith("小学"):
        return Schooling(_STAGE.PRIMARY, grade)
    if status in ("七年级", "八年级", "九年级", "初中"):
        return Schooling(_STAGE.JUNIOR, grade)
    if status.startswith(("高中", "普通高中", "中职")):
        return Schooling(_STAGE.SENIOR, grade + 9 if grade else None)
    if status.startswith(("高职", "大专", "技师", "本科", "硕士")):
        return Schooling(_STAGE.TERTIARY)
    return None


def schooling_word(known: Schooling) -> str:
    """The roster's word for where a child is at school: `schooling` the other way round."""
    if known.grade is not None:
        digits = "一二三四五六七八九"
        words = {_STAGE.PRIMARY: "小学%s年级", _STAGE.JUNIOR: "%s年级", _STAGE.SENIOR: "高中%s年级"}
        return words[_STAGE(known.stage)] % digits[(known.grade - 10 if known.grade > 9 else known.grade - 1)]
    return _WORD_OF_STAGE[known.stage]


_WORD_OF_STAGE = {
    "": "非在校生",
    _STAGE.PRESCHOOL: "学前教育",
    _STAGE.PRIMARY: "小学",
    _STAGE.JUNIOR: "初中",
    _STAGE.SENIOR: "高中",
    _STAGE.TERTIARY: "大专及以上",
}


def promoted(stage: str, grade: int | None, since: date, day: date) -> Schooling:
    """Where a child enrolled on `since` is on `day`: a known grade moves up each 1 September."""
    if grade is None or stage not in (_STAGE.PRIMARY, _STAGE.JUNIOR, _STAGE.SENIOR):
        return Schooling(stage, grade)
    now = grade + max(school_year(day) - school_year(since), 0)
    if stage == _STAGE.SENIOR:
        return Schooling(stage, now) if now <= 12 else Schooling("")
    if now > 9:
        return Schooling("")
    return Schooling(_STAGE.PRIMARY if now <= 6 else _STAGE.JUNIOR, now)


def same_schooling(told: Schooling, known: Schooling) -> bool:
    """Does the file agree with the register? A file that knows no grade does not contradict one."""
    return told.stage == known.stage and (told.grade is None or told.grade == known.grade)
