"""What headers of ledgers look like beyond the words that we know: officers write 被保险人姓名, 受助学生姓名, 首轮清洁完成时间.

A pattern names a whole header. Each is narrow enough not to take another person's column: 监护人姓名 and 户主姓名 are no 姓名.
"""

import re
from functools import cache

from campaigns.ledgers.spec import About, Ledger

_WHOSE = (
    r"(?:被保险人|被保人|被救助(?:对象|儿童|学生|妇女|人)?|受救助(?:对象|儿童|妇女|人)|患儿|患病(?:儿童|妇女)|大病(?:儿童|患者)"
    r"|受保人|参保人|受助(?:学生|儿童|对象|人)?|资助(?:学生|儿童|对象)|救助(?:对象|儿童|人)|学生|儿童|孩子|妇女|学员|患者|病人|本人"
    r"|(?:建档立卡)?贫困(?:妇女儿童|妇女|儿童|学生|人员|人口|群众)"
    r"|建档立卡(?:妇女儿童|妇女|儿童|人员|人口)|妇女儿童|(?:家庭)?成员"
    r"|(?:包联|结对|结对包联|结对帮扶|帮扶|包保|服务|走访|慰问|培训|调查)对象|(?:参训|参加|参会|受训)(?:人员|妇女|人)?)"
)
_PERSON = {
    rf"被?{_WHOSE}的?(?:姓名|名字|名称)": "name",
    r"(?:包联|结对|结对包联|结对帮扶|帮扶|包保|走访|慰问|服务|救助|资助)对象": "name",
    r"被(?:走访|入户|慰问|包联|帮扶)(?:人|人员|对象)(?:姓名)?": "name",
    r"被保险人|被救助(?:人|儿童|妇女)|受助(?:人|儿童|妇女)|患儿|患者|(?:贫困|受助|资助|救助)?(?:学生|学员)": "name",
    rf"(?:被?{_WHOSE})?的?(?:公民)?(?:身份证?|身份证件|证件)(?:号码?|编号)": "id_no",
}
_HOUSEHOLD = {
    r"(?:建档立卡)?(?:贫困|农)?户(?:主)?的?(?:姓名|名字|名称)": "head_name",
    r"(?:建档立卡)?贫困(?:户|家庭)|(?:受助|受赠|困难|慰问|受益)(?:家庭|农?户)(?:姓名|户主(?:姓名)?|名称)?": "head_name",
    r"被(?:走访|入户|慰问|包联|帮扶)(?:户|家庭)(?:户主)?(?:姓名)?": "head_name",
    r"(?:建档立卡)?(?:贫困)?户(?:编号|编码|号)": "household_no",
}
_PLACE = {
    r"(?:所在|居住|所属|户籍)?(?:行政)?村(?:\(居\)|/?社区|居|别)?(?:委会)?(?:名称?)?": "village",
    r"(?:所在|所属)?(?:乡\(镇\)|乡镇|镇|乡|乡镇\(街道\)|乡镇/街道)(?:名称?)?": "township",
    r"(?:所在|所属)?(?:县\(市、?区\)|县区|县市区|县|区县)(?:名称?)?": "county",
}
# Whether that of which the row tells was done; where a ledger keeps this itself, its own pattern wins.
_WHETHER = {
    r"是否(?:已|按时|实际)*(?:参加|参会|参训|参赛|出席|到场|到会|发放|领取|发到|落实|实施|完成|办理)(?:到位|到户|完成)?"
    r"|(?:出勤|签到|出席|到会|到场|参会|参训|参加|发放|领取)(?:情况|状态|与否)": "whether"
}


def patterns_of(ledger: Ledger) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The ledger's own patterns, then those of people, households and places, and whether it was done."""
    shared = _PLACE if ledger.about is About.NOBODY else _PERSON | _HOUSEHOLD | _PLACE
    return tuple((_compiled(pattern), name) for pattern, name in (ledger.patterns | shared | _WHETHER).items())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
