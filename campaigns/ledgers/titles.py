"""What the lines above a list tell of all its rows: 2018年6月13日丰南区妇女干部培训班签到表 names a course and its day.

Only lists of who came say so in their title: a summary (统计表, 台账) is about many courses.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from households.intake.sheets import Table

type TitleReader = Callable[[str], str]

_DAY = r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?"
_DAYS = re.compile(rf"(?<!\d){_DAY}(?:(?:至|到|—|–|~|-)+(?:(?:\d{{4}}[年./-])?\d{{1,2}}[月./-])?\d{{1,2}}日?)?(?!\d)")
_LEAD = re.compile(r"^(?:附件?\d*[:、.]?)?")
_LIST = re.compile(
    r"(?:的)?(?:参训|参会|参加|参赛|培训|到会)?(?:学员|人员|选手|妇女|代表)?(?:现场)?"
    r"(?:(?:签到|报到|点名|考勤|出勤|成绩|得分|评分|打分)(?:表|册|簿|单|名单|统计表|登记表|情况表|汇总表|记录表)|花?名册|名单|名单表|登记表|登记册)$"
)
_REMARK = re.compile(r"\([^()]*\)$")
# The day of a form is not the day of what it lists; nor is that of a document.
_OTHER_DAY = re.compile(
    r"(?:填报|填表|制表|统计|截[止至]|上报|打印|发文|更新)(?:时间|日期|日)?|依据|根据|按照|印发|通知|文件"
)
# What is left of 培训学员花名册 names nothing.
_GENERAL = re.compile(
    r"(?:\d{4}年度?|\d{1,2}月份?|妇联|妇女|巾帼|贫困|建档立卡|技能|培训|培训班|活动|会议|学员|人员|扶贫|就业|[区县市镇乡村])*"
)
# A line between two lists that may be the title of the second; it is longer than a name.
MAY_TITLE = re.compile(r"(?=.{5}).*(?:培训|讲座|签到|考勤|名册|名单|活动|会议|[竞比]赛|展示|仪式|班|\d月\d{1,2}[日号])")
_LABELLED = re.compile(r"(?:培训|活动|会议|举办|上课|开班|签到)?(?:时间|日期):")
_PLACE = re.compile(r"(?:培训|活动|会议|举办|上课|开班)?(?:地点|地址):(.{2,40})")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip('《》“”"')


def name_reader(kinds: str) -> TitleReader:
    """Reads the name of what a list is about; `kinds`: a regular expression of words that such a name ends with."""
    ending = re.compile(rf".{{2,60}}(?:{kinds})$")

    def read(text: str) -> str:
        whole = _REMARK.sub("", _plain(text))
        found = _LIST.search(whole)
        if found is None:
            return ""
        name = _LEAD.sub("", _DAYS.sub("", whole[: found.start()])).strip('《》“”"')
        # 培训 may have been taken for a part of 培训学员签到表.
        if not ending.fullmatch(name) and whole[found.start() :].startswith("培训"):
            name += "培训"
        return name if ending.fullmatch(name) and not _GENERAL.fullmatch(name) else ""

    return read


def day_in(text: str) -> str:
    """The day, or first and last day, of what a list is about; "" where the line tells none, or several."""
    for line in re.split(r"\s{2,}|[;；]", unicodedata.normalize("NFKC", text)):
        plain = _plain(line)
        days = _DAYS.findall(plain)
        is_own = plain in days or _LABELLED.match(plain) or _LIST.search(_REMARK.sub("", plain))
        if len(days) == 1 and is_own and not _OTHER_DAY.search(plain):
            return days[0]
    return ""


def place_in(text: str) -> str:
    """The place that a line above the list tells (地点：镇文化站)."""
    for line in re.split(r"\s+|[;；]", unicodedata.normalize("NFKC", text)):
        if found := _PLACE.fullmatch(line):
            return found[1]
    return ""


def told_in(texts: Iterable[Iterable[str]], read: TitleReader) -> str:
    """What the nearest group of texts tells; "" where it tells nothing, or several things."""
    for group in texts:
        told = {value for text in group if (value := read(text))}
        if told:
            return told.pop() if len(told) == 1 else ""
    return ""


def fill_from_titles(titled: Mapping[str, TitleReader], table: Table) -> dict[str, str]:
    """Give the table the columns that it lacks and its titles tell; returns field → value.

    A list with a title of its own has nothing from the titles of the sheet: its day is another one.
    """
    around = table.around
    if table.is_captioned and any(told_in(around[:1], read) for read in list(titled.values())[:1]):
        around = around[:1]
    told = {name: told_in(around, read) for name, read in titled.items() if name not in table.columns}
    told = {name: value for name, value in told.items() if value}
    for name, value in told.items():
        table.columns[name] = [value] * len(table.row_numbers)
    return told
