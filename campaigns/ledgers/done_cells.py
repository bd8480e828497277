"""Cells that say that something was done (√, a date, a month, or the name of who did it), and cells with a day."""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import Any, NamedTuple

from households.intake.columns import Doubt, ReadDate, as_text, read_date, tidy
from households.intake.messages import Policy
from households.intake.number_words import days_in_digits, number_in_words
from households.intake.workbook import CellValue
from households.roster.names import clean_name

# ○ is yes in one office and, as on sheets of who came, no in another: somebody has to say.
_YES = re.compile(
    r"[√✓✔☑vV●★Yy]|是|有|已|1|100%|(已)?(经)?(全部)?"
    r"(完成|办理|参加|参保|投保|承保|宣传|清洁|资助|发放|领取|到账|结对|包联|入户|落实|到位|达标|合格)(到位|到户|完成)?"
)
_NO = re.compile(r"[×✗✘☒xXnN]|否|无|未.{0,6}|没有?.{0,6}|不.{0,4}|0|/|-|—|－|空|待.{0,6}")
# Of these what says no in so many words: a stroke or a blank is written where the column asks nothing of the row.
_DENIED = re.compile(r"[×✗✘☒xXnN]|否|未.{0,6}|没有?.{0,6}|不.{0,4}|0|待.{0,6}|已?(解除|取消|终止|作废|退回)")
_MONTH = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:份|底|末|初|中旬|上旬|下旬)?")
_AMOUNT = re.compile(r"(?!\d{8})[¥￥]?(?:\d[\d,]*(?:\.\d+)?(?:[万千]?元|[万千])|\d[\d,]+(?:\.\d+)?)整?")
# An earlier day is an amount that Excel's day numbers begin with: 4000 would be 1910.
_FIRST_DAY = date(2000, 1, 1)
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")


# Most people's family names. A cell that begins otherwise, or speaks of something, is for a person to read: 外出 is no helper.
_FAMILY_NAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝"
    "邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏"
    "蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓单洪包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲家封储靳段焦巴侯宓蓬全班仰秋仲伊宫宁仇栾甘厉武符刘景詹束龙叶幸司黎薄印白怀"
    "蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴闻党翟谭贡劳姬申扶堵冉宰雍桑桂牛寿通边燕冀尚农温庄晏柴瞿阎连茹习艾容向古易慎戈廖耿满匡国文寇广东欧沃利蔚越师巩聂晁敖融冷辛那简"
    "饶曾沙养丰巢关相查后荆红游竺权盖公代付肖闫佟鞠么幺仝冮商"
)
_SAYS_SOMETHING = re.compile(
    r"外出|外地|打工|务工|在家|拒|死|去世|病故|搬|迁|超龄|年龄|符合|户|无人|住院|失联|联系|重复|同上|备注|审核|申请|办理|计划|元旦|春节"
    r"|时间|安排|方便|常年|单身|已|待|暂|不|没|情况|人员|干部|妇联|工作|全部|完成|养老|公益"
)


def is_plainly_a_name(text: str) -> bool:
    """Is the text nothing but a person's name?"""
    if _SAYS_SOMETHING.search(text):
        return False
    return (2 <= len(text) <= 4 and text[0] in _FAMILY_NAMES) or "·" in text


class Done(NamedTuple):
    """Something was done: on a day, in a month (year None: the file's), or at a time that is not told.

    who: a name. is_unsure: the day of `month_day` is only the later one of two.
    """

    day: date | None = None
    month: tuple[int | None, int] | None = None
    month_day: tuple[int, int] | None = None
    who: str = ""
    written: str = ""
    is_unsure: bool = False


def clean_done(cell: CellValue) -> Any:
    """Done, None for "not" or nothing, or a Doubt."""
    if cell is None:
        return None
    written = tidy(as_text(cell))
    text = days_in_digits(unicodedata.normalize("NFKC", written).replace(" ", ""))
    if _YES.fullmatch(text):
        return Done(written=written)
    if not text or _NO.fullmatch(text):
        return None
    told = _told_day(cell, written, text)
    is_day = isinstance(told, Done) and not (told.day and told.day < _FIRST_DAY)
    is_unclear = isinstance(told, Doubt) and "DATE_AMBIGUOUS" in told.codes
    if not is_day and not is_unclear and is_amount(text):
        return Doubt(None, ("AMOUNT_FOR_DAY",), {"written": written[:40]}, Policy.HELD)
    if isinstance(told, Doubt) and re.search(r"\d", text):
        return told._replace(value=None, policy=Policy.HELD)
    if told is not None and not isinstance(told, Doubt):
        return told
    name = clean_name(written)
    if isinstance(name, str) and is_plainly_a_name(name):
        return Done(who=name, written=written)
    return Doubt(None, ("ENUM_UNKNOWN",), {"written": written[:40]}, Policy.HELD)


def is_denied(cell: CellValue) -> bool:
    """Whether a cell says in so many words that it was not done, or is not so any more."""
    return _DENIED.fullmatch(unicodedata.normalize("NFKC", tidy(as_text(cell))).replace(" ", "")) is not None


def clean_day(cell: CellValue) -> Any:
    """A day or a month, also one without its year (5月3日), which is that of the file."""
    if cell is None:
        return None
    written = tidy(as_text(cell))
    return _told_day(cell, written, days_in_digits(unicodedata.normalize("NFKC", written).replace(" ", "")))


def _told_day(cell: CellValue, written: str, text: str) -> Any:
    """The day or month that a cell tells, None where it is empty, else a Doubt."""
    if isinstance(cell, str) and (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:
        return Done(month=(int(found[1]) if found[1] else None, int(found[2])), written=written)
    if isinstance(cell, str) and (found := _MONTH_DAY.fullmatch(text)):
        return Done(month_day=(int(found[1]), int(found[2])), written=written)
    if isinstance(cell, float) and 1 < cell < 13 and (decimal := _decimal_day(cell)):
        return decimal
    read = read_date(cell)
    if isinstance(read, ReadDate):
        return Done(day=read.day, written=written)
    if isinstance(read, Doubt) and isinstance(read.value, ReadDate) and read.value.month:
        return Done(month=read.value.month, written=written)
    return read


def is_amount(text: str) -> bool:
    """Is the text a sum of money: 500, 500元, 一千元?"""
    words = re.sub(r"元?整?$", "", text)
    return bool(_AMOUNT.fullmatch(text) or (re.search("[百千万]", words) and number_in_words(words)))


def _decimal_day(number: float) -> Done | None:
    """4.15 stored as a number is 15 April; 4.1 is the first or, with its last figure lost, the tenth: the later one."""
    month, figures = f"{number:.2f}".split(".")
    if abs(number - float(f"{number:.2f}")) > 1e-9 or figures == "00":
        return None
    day, is_short = (int(figures[0]), True) if figures[1] == "0" else (int(figures), False)
    later = is_short and 10 * day <= monthrange(2000, int(month))[1]
    return Done(month_day=(int(month), 10 * day if later else day), written=f"{number:g}", is_unsure=later)


def day_of(done: Done, as_of: date) -> tuple[date | None, str]:
    """The day meant, and the code of what is assumed about it ("" where it is exact). None: there is no such day."""
    if done.day:
        return done.day, ""
    if done.month_day:
        month, day = done.month_day
        try:
            found = date(as_of.year, month, day)
        except ValueError:
            return None, ""
        return found, "DATE_DAY_UNSURE" if done.is_unsure else ""
    if done.month:
        year = done.month[0] or as_of.year
        last = date(year, done.month[1], monthrange(year, done.month[1])[1])
        return (min(last, as_of) if last.replace(day=1) <= as_of else last), "DATE_FROM_MONTH"
    return as_of, "DATE_FROM_TICK"
