"""Words by which a roster says that people are no longer there: dead, moved away, taken off the list."""

import re

_LONGEST = 60
_LONGEST_HEADING = 20
_SENTENCE = re.compile(r"[，,。；;]")
_GONE = re.compile(
    r"死亡|已故|去世|清退|错退|自然(减少|减员)|减少(人员|人口|户|名单|花名册|台账|统计表|表)|(人员|人口)减少|销户|注销|迁出|嫁出|外嫁"
)
# 不含死亡人员 says the opposite, a 增减表 holds both kinds, and a 死亡救助 is about the living.
_ABOUT_OTHERS = re.compile(r"不含|不包?括|不[应得要]|请勿|除|剔|去掉|扣|说明|注[:：]|新增|增减|返贫|保险|救助")
_HERSELF = re.compile(
    r"(本人)?(已经?|现已|于)?[\d年月日./\-]*份?(已经?)?(因病|意外|自然)?"
    r"(死亡|去世|病故|亡故|身故|已故|故去|((户籍|户口)已?)?(销户|注销|迁出)|迁走|嫁出|外嫁|出嫁|清退)[\d年月日./\-()（）]*(人员|户)?[。.]?"
)

_LEFT = re.compile(rf"{_GONE.pattern}|^(自然|人口)?(减少|减员|减)$|病故|亡故|身故|婚迁|出嫁|迁走|离世")
_STAYED = re.compile(r"[未无没不非]有?(死亡|去世|清退|销户|变|减|迁|增)|返回|迁回|恢复|新增|增加")


def speaks_of_the_gone(text: str) -> bool:
    """Whether a title, a caption between rows, or the name of a sheet or file is about people who are no longer there."""
    return len(text) <= _LONGEST and _GONE.search(text) is not None and not _ABOUT_OTHERS.search(text)


def heads_the_gone(line: str) -> bool:
    """Whether a line between the rows is a heading of such people; a sentence about one household is not."""
    return len(line) <= _LONGEST_HEADING and _SENTENCE.search(line) is None and speaks_of_the_gone(line)


def is_gone_herself(remark: str) -> bool:
    """Whether a remark says so of the person of its row, and nothing else: 丈夫去世 is about another."""
    return _HERSELF.fullmatch(remark) is not None


def state_of_the_gone(cell: str) -> bool:
    """Whether a column about people's state (人员状态, 变动情况, 减少原因) says of her that she is no longer there."""
    return _LEFT.search(cell) is not None and _STAYED.search(cell) is None
