"""Words by which a remark says that something else in its row is wrong: 身份证号有误, 应为李秀英, 待核实."""

import re

_ABOUT_THE_ROW = r"身份证|证件|号码|姓名|名字|出生|生日|年龄|性别|户[编号]|关系|信息|资料|数据|此行|本行|该行"
_IS_WRONG = (
    r"错误?|有误|不[对符实准]|不[一相]致|不正确|不匹配|存疑|有疑|待[核查定确改]|[需应要待](?:要|进一步)?[核查改更]|未核"
    r"|应[为是]|实[为是]|更正为?|改[为成]|不清"
)
_ALONE = re.compile(
    r"(?:信息|数据)?(?:有误|存疑|错误|(?:待|需|未)(?:进一步)?(?:核实?|核查|查实?|确认|核对)(?:信息|身份|情况)?)"
    r"|(?:应[为是]|实[为是]|更正为|[应需]改[为成]).+|[?？]+"
)
_OF_A_CELL = re.compile(rf"(?:{_ABOUT_THE_ROW}).{{0,8}}?(?:{_IS_WRONG})")
_PUT_RIGHT = re.compile(r"无误|[已经](?:更正|改正?|核实?|修改|纠正|更改|变更|确认)|没有?错|原[来有名]|曾用")
_PARTS = re.compile(r"[，,。；;()（）]")


def doubts_its_row(remark: str) -> bool:
    """Whether a remark says of the row's own cells that they are wrong, or that somebody has still to look at them."""
    if _PUT_RIGHT.search(remark):
        return False
    return any(_ALONE.fullmatch(part) or _OF_A_CELL.search(part) for part in _PARTS.split(remark))
