"""What people write of a job's conditions: ages, schooling, pay, numbers of posts. Pure readers of texts."""

import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

from campaigns.livelihood.models import Education
from households.intake.columns import SEVERAL_NUMBERS, Doubt, as_text, tidy
from households.intake.messages import Policy
from households.intake.number_words import number_in_words
from households.intake.workbook import CellValue

_BLANKS = re.compile(r"\s+")
_NO_MATTER = re.compile(r"(男女|年龄|学历|文化程度)?(不限|均可|不作?要求|无要求|无限制|无|没有要求|/|-|—)?")
_BETWEEN = r"[-~—–－～至到]{1,2}"
_AGES = re.compile(rf"(\d{{2}})(?:周?岁)?{_BETWEEN}(\d{{2}})(?:周?岁)?(?:之间|以内|以下|内)?")
_AGE_TO = re.compile(r"(\d{2})(?:周?岁)?(?:及|含)?(?:以下|以内|之内|下|内)")
_AGE_FROM = re.compile(r"(?:年满)?(\d{2})(?:周?岁)?(?:及|含)?(?:以上|起)")
_MONEY = r"(\d+(?:\.\d+)?)(万|千|[kK])?元?"
_PAY_RANGE = re.compile(rf"(?:月薪|月工资|底薪)?{_MONEY}{_BETWEEN}{_MONEY}(?:/?每?个?月|/人/?月)?(?:不等)?")
_PAY_FROM = re.compile(rf"(?:月薪|月工资)?(?:不低于)?{_MONEY}(?:/?每?个?月)?(?:以上|起)(?:/?每?个?月)?")
_PAY = re.compile(rf"(?:月薪|月工资)?{_MONEY}(?:/?每?个?月|/人/?月)?")
_TIMES = {"": 1, "万": 10_000, "千": 1_000, "k": 1_000}
# Below and above nobody is paid a month; such a number has another unit.
LEAST_PAY, MOST_PAY = 300, 100_000
_SCHOOLING = (
    (re.compile(r"小学"), Education.PRIMARY),
    (re.compile(r"初中"), Education.JUNIOR),
    (re.compile(r"(普通)?(高中|中专|职高|技校|中技)(/?、?(或|和)?(高中|中专|职高|技校|中技))*"), Education.SENIOR),
    (re.compile(r"大专|专科|高职"), Education.COLLEGE),
    (re.compile(r"(大学)?本科|大学"), Education.BACHELOR),
)
_SCHOOLING_TAIL = re.compile(r"(学历|文化|毕业|水平|程度)?(及|或)?(以上)?(学历|文化|毕业|水平|程度)?")
_HANDICRAFT = re.compile(r"手工|编织|草编|柳编|绣|钩针|钩织|剪纸|布艺|串珠|缝纫|手作|香包|布鞋")
# The register's words of schooling, lowest first, of labour capacity, and for who is not at school.
SCHOOLED = {
    "文盲或半文盲": 0, "小学": 1, "初中": 2, "高中": 3, "大专": 4, "大专及以上": 4, "本科及以上": 5,
}  # fmt: skip
NO_LABOUR, WEAK_LABOUR, SKILLED = ("丧失劳动力", "无劳动力"), "弱劳动力或半劳动力", "技能劳动力"
NOT_AT_SCHOOL = "非在校生"


def is_handicraft(text: str) -> bool:
    """Does a trade's or course's name say that it is handicraft?"""
    return _HANDICRAFT.search(text) is not None


class Bounds(NamedTuple):
    """From and to, both inclusive; None where there is no bound. `is_read`: the text said so (or that it does not matter)."""

    low: Any = None
    high: Any = None
    is_read: bool = True


def bare(text: str) -> str:
    """Without blanks, full-width characters and thousands separators."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).replace(",", "").replace("，", "")


def ages_of(text: str) -> Bounds:
    """18-45岁, 50周岁以下, 18岁以上, 不限."""
    words = bare(text)
    if _NO_MATTER.fullmatch(words):
        return Bounds()
    if found := _AGES.fullmatch(words):
        return Bounds(int(found[1]), int(found[2]))
    if found := _AGE_TO.fullmatch(words):
        return Bounds(None, int(found[1]))
    if found := _AGE_FROM.fullmatch(words):
        return Bounds(int(found[1]), None)
    return Bounds(is_read=False)


def pay_of(text: str) -> Bounds:
    """2000-3000元/月, 0.3万, 3000元以上; pay by the day, the piece or by agreement is not read."""
    words = bare(text).replace("¥", "").replace("￥", "")
    if found := _PAY_RANGE.fullmatch(words):
        unit = found[2] or found[4] or ""
        return _monthly(_yuan(found[1], found[2] or unit), _yuan(found[3], found[4] or unit))
    if found := _PAY_FROM.fullmatch(words):
        return _monthly(_yuan(found[1], found[2]), None)
    if found := _PAY.fullmatch(words):
        return _monthly(_yuan(found[1], found[2]), _yuan(found[1], found[2]))
    return Bounds(is_read=False)


def _yuan(number: str, unit: str | None) -> Decimal:
    return Decimal(number) * _TIMES[(unit or "").lower()]


def _monthly(low: Decimal, high: Decimal | None) -> Bounds:
    if not all(LEAST_PAY <= one <= MOST_PAY for one in (low, high) if one is not None):
        return Bounds(is_read=False)
    return Bounds(low, high)


def schooling_of(text: str) -> tuple[str, bool]:
    """The least schooling ("" where it does not matter), and whether the text could be read."""
    words = bare(text).replace("(", "/").replace(")", "")
    if _NO_MATTER.fullmatch(words) or words in ("文盲", "文盲或半文盲"):
        return "", True
    for sign, schooling in _SCHOOLING:
        found = sign.match(words)
        if found and _SCHOOLING_TAIL.fullmatch(words[found.end() :]):
            return str(schooling), True
    return "", False


def clean_count(cell: CellValue) -> Any:
    """A number of people: 5, 5人, 五名; None when empty; 若干 or 5-10 cannot be counted and hold the row."""
    written = tidy(as_text(cell))
    words = bare(written)
    if SEVERAL_NUMBERS.search(as_text(cell)):
        return Doubt(None, ("NUMBER_UNREADABLE",), {"written": written[:40]}, Policy.HELD)
    if words in ("", "/", "-", "—", "无", "0"):
        return None
    found = re.fullmatch(r"(?:约)?(\d{1,6})(?:\.0+)?[人名个位]?", words)
    number = number_in_words(words.rstrip("人名个位")) if found is None else None
    if number is not None and number == int(number):
        return int(number) or None
    if found is None:
        return Doubt(None, ("NUMBER_UNREADABLE",), {"written": written[:40]}, Policy.HELD)
    return int(found[1]) or None
