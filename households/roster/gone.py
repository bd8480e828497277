"""Words by which a roster says that people are no longer there: dead, moved away, taken off the list; or never were on it."""

import re

from households.intake.columns import tidy

_LONGEST = 60
_LONGEST_HEADING = 20
_SENTENCE = re.compile(r"[，,。；;]")
_GONE = re.compile(
    r"死亡|已故|去世|清退|错退|自然(减少|减员)|减少(人员|人口|户|名单|花名册|台账|统计表|表)|(人员|人口)减少|销户|注销|迁出|嫁出|外嫁"
)
# Lists of those who are not registered, or not yet; a list of both kinds says 和.
_UNREGISTERED = re.compile(
    r"边缘(?:易致贫)?[户人]|非(?:建档立卡|贫困户|贫困人)|未纳入|[拟待](?:新增|纳入|识别|列入)|临界户|相对贫困|一般农户|候选"
)
_BOTH = re.compile(r"[和与及、+＋]|含|以及")
# 不含死亡人员 says the opposite, a 增减表 holds both kinds, and a 死亡救助 is about the living.
_ABOUT_OTHERS = re.compile(r"不含|不包?括|不[应得要]|请勿|除|剔|去掉|扣|说明|注[:：]|新增|增减|返贫|保险|救助")
# A remark about herself and nothing else: when, why and how around what has become of her. Possessive, because a cell may
# hold such words without end.
_CIRCUMSTANCE = (
    r"本人|该人|已经|[结离已]婚|[已现于了]|[\d年月日号份初底上中下旬./\-()（），,。；;、]|因病|因故|意外|自然|人口|车祸|交通事故|婚姻|考学|户口|户籍"
    r"|整户|错评|误评|动态(?:调整|管理)|人员|户|本[村组乡镇县市区户]"
)
_FATE = (
    r"死亡|死|去世|去逝|过世|离世|逝世|辞世|病逝|病故|病亡|亡故|身故|故去|故|亡|殁|销户|注销|迁出|迁走|嫁出|外嫁女?|出嫁|嫁|清退|错退"
    r"|减少|减员"
)
_HERSELF = re.compile(rf"(?:{_CIRCUMSTANCE})*+(?:{_FATE})(?:{_CIRCUMSTANCE}|{_FATE})*+")
# That the row should not be in the list at all.
_OFF_THE_LIST = (
    r"删除|删去|删掉|剔除|作废|查无此人|重复(?:录入|登记|上报|人员)?|(?<!户[口籍])不在(?:了|人世)?|火化"
    r"|取消(?:建档立卡)?(?:贫困户?)?(?:资格|身份)|(?:非|不是|不属于)(?:建档立卡)?贫困[户人][口员]?|(?:非|不是)[本我][户村]人?口?"
)
_AROUND = r"应该?|拟|需要?|请|要|予以|[该此]行|此?人|系|错误|有误|录错|误|(?:与第?|第)\d+[号行]|[后到至]|外[县省市地村]"
_WORD = re.compile(rf"(?:{_AROUND}|{_CIRCUMSTANCE})|({_OFF_THE_LIST}|{_FATE})")
# A remark of several parts, or with words that nobody can list: a part that names nobody else, takes nothing back and is not
# about money or a move within the village tells of her.
_PARTS = re.compile(r"[，,。；;、()（）]")
_NOT_DONE_YET = re.compile(
    r"(?:户口|户籍)?[未没](?:有|能|及时)?(?:办理?)?(?:销户?|注销|上报|核减|核销|删除?)(?:户口|户籍)?"
)
_FATE_FOR_SURE = re.compile(
    r"死亡|[病老]死|去世|去逝|[过离逝辞]世|故去|病[逝故亡]|[亡身]故|身亡|销户|注销户[口籍]|户[口籍]注销|迁[出走往至到]|搬走|[外远]嫁|出嫁|改嫁|嫁[出到往至走]"
    r"|婚[迁出]|转出|[清错]退|核减|不(?:再)?符合(?:建档立卡|贫困户?|识别)?(?:条件|标准)|[错误]录|不应?该?列入"
)
_OF_SOMETHING_ELSE = re.compile(
    r"夫|妻|父|母|爸|妈|爷|奶|祖|公|婆|岳|兄|弟|姐|妹|哥|嫂|叔|伯|姑|舅|姨|侄|甥|孙|媳|婿|配偶|老[伴人]|亲[属人]|家属|户主|监护|他人|邻|孩|双亲"
    r"|(?:[长次三四五幼独养继]|儿)[子女]|子女|女儿|闺女|出嫁女|[未没无不非](?!再?符合|应|该)|是否|[如若]|保险|救助|赔偿|补助|抚恤|证明"
    r"|返|[迁嫁][入回来]|[迁嫁][到至][本我此该]|[由从].*嫁|搬迁|安置|[小新]区|新居|楼|低保|五保|收入|学"
)
_WHOLE_HOUSEHOLD = re.compile(r"[整全]户|[全举]家")
_NOT = re.compile(r"[×✗✘xXnN0/—-]|否|无|空|正常|在册|健在|存活|在世|[未没不].*|False|假")
_NO = re.compile(r"[×✗✘xXnN0]|否|(?:死|亡|去世|病|不|未|非|已[故死亡去销注迁]).*|False|假")
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]")

_LEFT = re.compile(rf"{_GONE.pattern}|^(自然|人口)?(减少|减员|减)$|病[故逝亡]|亡故|身故|婚迁|出嫁|迁走|[离过逝]世|去逝")
_STAYED = re.compile(r"[未无没不非]有?(死亡|去世|清退|销户|变|减|迁|增)|返回|迁回|恢复|新增|增加")


def speaks_of_the_gone(text: str) -> bool:
    """Whether a title, a caption between rows, or the name of a sheet or file is about people who are no longer there, or not
    registered."""
    if len(text) > _LONGEST:
        return False
    if _UNREGISTERED.search(text) and not _BOTH.search(text):
        return True
    return _GONE.search(text) is not None and not _ABOUT_OTHERS.search(text)


def heads_the_gone(line: str) -> bool:
    """Whether a line between the rows is a heading of such people; a sentence about one household is not."""
    return len(line) <= _LONGEST_HEADING and _SENTENCE.search(line) is None and speaks_of_the_gone(line)


def is_gone_herself(remark: str) -> bool:
    """Whether a remark says so of the person of its row, and nothing else: 丈夫去世 is about another."""
    return _HERSELF.fullmatch(remark) is not None


def is_off_the_list(remark: str) -> bool:
    """Whether a remark says that she is gone, or that her row does not belong into the list."""
    if set(_WORD.sub(lambda word: "#" if word[1] else "", remark)) == {"#"}:
        return True
    if "变更" in remark:  # 户主死亡，已变更: of the head before her
        return False
    parts = _PARTS.split(_NOT_DONE_YET.sub("", remark))
    return any(_FATE_FOR_SURE.search(part) and not _OF_SOMETHING_ELSE.search(part) for part in parts)


def is_off_the_list_beside(header: str, cell: str) -> bool:
    """Whether a column that nobody reads (户口状态, 说明) says so of her; one about her husband or her house does not."""
    text = tidy(cell)
    return len(text) <= _LONGEST and not _OF_SOMETHING_ELSE.search(tidy(header)) and is_off_the_list(text)


def is_of_whole_household(words: str) -> bool:
    """Whether what says so of her is about all who live with her."""
    return _WHOLE_HOUSEHOLD.search(words) is not None


def is_marked_gone(cell: str) -> bool:
    """Whether a cell of a column about being gone (死亡时间, 是否迁出) tells anything but that she is not."""
    return any(part and _NOT.fullmatch(part) is None for part in cell.split("、"))


def is_marked_absent(cell: str) -> bool:
    """Whether a cell of a column about still being there (是否在世, 是否建档立卡) says no."""
    return any(_NO.fullmatch(part) for part in cell.split("、"))


def is_gone_beside(cell: str) -> bool:
    """Whether a cell that should tell something else says so of her: 已故 as her health, 配偶（已故） as her relation."""
    return is_gone_herself(cell) or any(map(is_gone_herself, _IN_BRACKETS.findall(cell)))


def is_gone_in_comment(text: str) -> bool:
    """Whether a comment on a cell of her row says so of her; before what it says, programs write who says it."""
    lines = [line for line in ("".join(line.split()) for line in text.splitlines()) if line]
    said = "".join(line for line in lines if not line.endswith((":", "：")))
    return any(map(is_gone_beside, {said, *lines[-1:]}))


def state_of_the_gone(cell: str) -> bool:
    """Whether a column about people's state (人员状态, 变动情况, 减少原因) says of her that she is no longer there."""
    return _LEFT.search(cell) is not None and _STAYED.search(cell) is None
