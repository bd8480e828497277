"""How a roster's table is recognised: header words, what must be there, what is filled down inside a household."""

import re

from households.codes import code_list
from households.identity import IdKind, parse_id
from households.intake.columns import as_text, tidy
from households.intake.headers import OTHER, TableSpec, Twin, header_aliases, normalise_header
from households.intake.sheets import Table
from households.intake.workbook import CellValue
from households.places import current_index
from households.roster.fields import COLUMNS, LABELS, NO_HOUSEHOLD_NUMBER
from households.roster.gone import heads_the_gone, is_off_the_list_beside
from households.roster.storage import HEAD

_HELPER = frozenset({"helper_name", "helper_unit", "helper_phone", "helper_other"})
# What stands right of the head's name is the head's own, where the member has such a column too.
_HEAD = frozenset({"head_name", "head_id_no", "head_other"})
_UNNEEDED = frozenset(
    {
        "person_state",
        "person_gone",
        "person_there",
        "relative_name",
        "relative_other",
        "bank",
        "bank_account",
        "first_identified",
        "person_identified",
        *_HELPER,
    }
)
_MEMBER = frozenset({"name", "id_no", "sex", "relation", "nation", "birth_date", "age"})
# Whether somebody is the head, ticked in a column of its own.
HEAD_MARK = "head_mark"
_HEADS = frozenset({HEAD, "本人", "户主本人"})
_IS_HEAD = frozenset({"是", "户主", "√", "✓", "✔", "1", "Y", "y"})
_MORE_WORDS = {
    "家庭住址": "address",
    "详细住址": "address",
    "详细地址": "address",
    "住址": "address",
    "地址": "address",
    "家庭地址": "address",
    "户籍地址": "address",
    "残疾等级": "disability_level",
    "残疾级别": "disability_level",
    "残疾类型": "disability_type",
    "证件类别": "id_type",
    "户主电话": "phone_household",
    "户主联系方式": "phone_household",
    "联系方式": "phone_household",
    "电话": "phone_household",
    "手机号": "phone_household",
    "手机号码": "phone_household",
    "本人电话": "phone_person",
    "本人联系电话": "phone_person",
    "户主身份证": "head_id_no",
    "家庭户主姓名": "head_name",
    "家庭户主身份证号": "head_id_no",
    "家庭户主身份证号码": "head_id_no",
    "家庭户主电话": "phone_household",
    "家庭户主联系电话": "phone_household",
    "是否户主": HEAD_MARK,
    "是否为户主": HEAD_MARK,
    "户主标识": HEAD_MARK,
    "户主标志": HEAD_MARK,
    # Only read for who is no longer there; see households.roster.gone.
    **dict.fromkeys(
        (
            "人员状态", "人口状态", "成员状态", "人员变动", "人员变动情况", "变动情况", "变动类型", "变动原因", "人口变动情况",
            "变化情况", "人员变化情况", "变更情况", "变更原因", "增减情况", "人员增减情况", "增减变化", "减少原因", "人员减少原因",
            "减员原因", "动态调整情况",
        ),
        "person_state",
    ),
}  # fmt: skip

# Fields whose words may each have a column to tick below one header: 性别 over 男 and 女.
_TICKED = ("sex", "exit_status", "household_attr", "health", "labour", "main_cause")


# Other people of a form, who are not stored: a 联系电话 on their right is theirs.
_OTHERS = (
    "包联人", "包联人姓名", "包联干部", "包联责任人", "包保人", "包保干部", "包保责任人", "包户干部", "包户责任人", "包村干部",
    "驻村干部", "驻村第一书记", "第一书记", "驻村工作队", "驻村工作队长", "驻村工作队员", "村干部", "村主任", "村书记", "村支书",
    "村党支部书记", "网格员", "联系干部", "责任人", "结对干部", "结对帮扶人", "帮扶人", "帮扶人姓名", "监护人", "监护人姓名", "妇联主席",
    "村妇联主席", "妇女主任", "家庭医生", "签约医生", "班主任", "志愿者", "爱心妈妈", "代理妈妈",
)  # fmt: skip
# The certificate beside the identity number: a column of its own, or two columns would claim to be the number.
CERTIFICATE = "certificate_no"
# A list of women, of children or of pupils; a ledger has more such words of its own.
_WHOSE_NAME = re.compile("(?:建档立卡)?(?:贫困)?(?:妇女|儿童|学生)姓名")
_WHOSE_NUMBER = re.compile("(?:建档立卡)?(?:贫困)?(?:妇女|儿童|学生)(?:公民)?(?:身份证件?号?码?|证件号码?)")
# Children in the row of their mother are listed people, as soon as their numbers are.
_CHILDS_NUMBER = re.compile(
    r"(?:\d+周?岁(?:以下)?)?(?:的)?(?:未成年)?(?:子女|孩子)(?:公民)?(?:身份证件?号?码?|证件号码?)"
)
_EITHER_NUMBER = re.compile(
    r"(?:(?:居民|公民)?身份(?:证件?)?号?码?|证件号码?)(?:[/、或(和]|\(或)残疾人?证?(?:号码?)?\)?(?:号码?)?"
)
# Somebody who acts for her or belongs to her: a lone number beside such a name may be either's.
_RELATIVES_NAME = re.compile(
    r"(?:学生|儿童|法定)*(?:监护人|家长|父亲|母亲|父母|爸爸|妈妈|配偶|丈夫|妻子|爱人|老伴)的?(?:姓名|名字)|家长"
    r"|(?:开户人|户头|账户|代领人|领款人|申请人|投保人)(?:姓名|名称?)?|开户名称?"
)
# What was wrong in another column of the same list stands right in this one.
_CORRECTED = r"(?:更正后|变更后|修改后|正确|新)的?"
_CORRECTED_NAME = re.compile(_CORRECTED + "姓名")
_CORRECTED_NUMBER = re.compile(_CORRECTED + "(?:公民)?(?:身份证件?号?码?|证件号码?)")
# A column of its own about being gone, or about still being there and registered.
_GONE = re.compile(
    r"(?:本人|人员|人口)?(?:是否)?(?:已经?)?(?:自然)?(?:死亡|去世|病故|亡故|迁出|迁走|户口迁出|外嫁|出嫁|嫁出|清退|销户|注销|减少|剔除|删除|死亡或迁出|死亡/迁出)"
    r"(?:人员|人口|户口)?(?:的?(?:时间|日期|年月|年份|年度|原因|与否|标志|标记|标识|类型|情况))?"
)
_THERE = re.compile(
    r"是否(?:仍|还|现)?(?:在世|健在|在册|存活|有效)(?:人员)?|有效(?:标志|标记|标识)|是否(?:为|是|属于?)?(?:建档立卡(?:贫困)?|贫困)(?:户|人口|人员)?"
)
# Beginnings of group headers over the columns of her helper; a ledger's own columns may stand under one.
HELPER_GROUPS = ("帮扶", "结对", "责任人", "驻村", "包联", "包户", "包保")
# So many digits are an attempt at 18 and two more; certificates of the first generation have fewer.
_SHORTEST_DAMAGED, _LONGEST_OLD = 15, 1e14
_CERTIFICATES = ("残疾证号", "残疾证号码", "残疾人证号", "残疾人证号码", "残疾人证编号", "残疾证编号", "残疾人证件号码")


def with_certificates(table: Table) -> Table:
    """The table with the certificate's number in the place of an identity number that is not there, or tells less of the same
    person. In the certificates' own column remains the code of what is wrong with one beside a number."""
    certificates = table.columns.pop(CERTIFICATE, None)
    if certificates is not None:
        numbers = table.columns.get("id_no", [None] * len(certificates))
        both = list(zip(numbers, certificates, map(_compared, certificates, numbers), strict=True))
        table.columns["id_no"] = [
            certificate if number is None or told == "" else number for number, certificate, told in both
        ]
        table.columns[CERTIFICATE] = [told or None for _number, _certificate, told in both]
    return table


def with_heads(table: Table) -> Table:
    """The table with 户主 as the relation of whoever is ticked as the head and has no relation. In the ticks' own column remains
    whether one says otherwise than the relation beside it."""
    marks = table.columns.pop(HEAD_MARK, None)
    if marks is None:
        return table
    ticked = [None if mark is None else tidy(as_text(mark)) in _IS_HEAD for mark in marks]
    if "relation" not in table.columns:
        table.fields = table.fields | {"relation": table.fields[HEAD_MARK]}
        table.letters = table.letters | {"relation": table.letters[HEAD_MARK]}
        table.columns["relation"] = [None] * len(marks)
    relations = table.columns["relation"]
    table.columns["relation"] = [
        HEAD if is_head and relation is None else relation for relation, is_head in zip(relations, ticked, strict=True)
    ]
    table.columns[HEAD_MARK] = [
        None not in (relation, is_head) and (tidy(as_text(relation)) in _HEADS) != is_head
        for relation, is_head in zip(relations, ticked, strict=True)
    ]
    return table


def _compared(certificate: CellValue, number: CellValue) -> str | None:
    """ "" for a certificate of the person with that identity number, else the code of what is wrong with it; None where one of
    both tells nothing sure: words, or the short numbers of old certificates."""
    if not isinstance(number, str) or (identified := parse_id(number)).birth_date is None:
        return None
    if isinstance(certificate, float) and certificate > _LONGEST_OLD:
        return "CERTIFICATE_UNREADABLE"
    if not isinstance(certificate, str) or len(re.sub(r"\D", "", certificate)) < _SHORTEST_DAMAGED:
        return None
    certified = parse_id(certificate)
    if certified.birth_date is None:
        return "CERTIFICATE_UNREADABLE"
    if certified.key != identified.key:
        return "CERTIFICATE_MISMATCH"
    return "" if certified.kind is IdKind.DISABILITY else None


def _told_by(text: str) -> frozenset[str]:
    """Which places a title, a caption or the name of a sheet or file tells for the rows under it."""
    township, village = current_index().heading(text)
    return frozenset({"township"} if township else ()) | frozenset({"village"} if village else ())


def roster_table() -> TableSpec:
    """The roster for `find_tables`."""
    own = {normalise_header(column.label): column.field for column in COLUMNS}
    more = {normalise_header(word): field for word, field in _MORE_WORDS.items()}
    more |= {normalise_header(word): CERTIFICATE for word in _CERTIFICATES}
    household = frozenset(column.field for column in COLUMNS if column.is_household) | {"head_id_no"}
    return TableSpec(
        aliases=own | more | header_aliases(),
        required=(frozenset({"name"}), frozenset({"id_no"}), frozenset({"village", "address"})),
        keys=("name", "id_no"),
        patterns=(
            (_WHOSE_NAME, "name"),
            (_WHOSE_NUMBER, "id_no"),
            (_CHILDS_NUMBER, "id_no"),
            (_EITHER_NUMBER, "id_no"),
            (_GONE, "person_gone"),
            (_THERE, "person_there"),
            (_RELATIVES_NAME, "relative_name"),
            (_CORRECTED_NAME, "name"),
            (_CORRECTED_NUMBER, "id_no"),
        ),
        household=household,
        starts=("household_no", "head_name"),
        counter="seq",
        head_mark=("relation", _HEADS),
        head_word=HEAD,
        head_columns={"name": "head_name", "id_no": "head_id_no"},
        twins=(
            Twin("phone_household", _HELPER | {OTHER}, "helper_phone", always=True),
            Twin("phone_household", _MEMBER, "phone_person"),
            Twin("name", _HELPER, "helper_name", always=True),
            Twin("id_no", _HELPER, "helper_other", always=True),
            Twin("id_no", frozenset({OTHER, "relative_name"}), "relative_other", always=True),
            Twin("sex", _HELPER | {OTHER}, "helper_other", always=True),
            Twin("id_no", frozenset({"head_name"}), "head_id_no", before="name"),
            *(
                Twin(field, _HEAD, "head_other")
                for field in ("id_no", "sex", "birth_date", "age", "nation", "education", "health")
            ),
        ),
        foreign_groups=(*HELPER_GROUPS, "监护", "配偶", "父亲", "母亲", "父母", "联系人", "班主任"),
        foreign_sheets=("帮扶", "包联", "包保", "工作队", "干部", "通讯录", "两委"),
        others=frozenset(map(normalise_header, _OTHERS)),
        nothing=NO_HOUSEHOLD_NUMBER,
        places=frozenset({"county", "township", "village", "hamlet"}),
        told_by=_told_by,
        may_tell=lambda text: current_index().may_tell(text),
        tellable=frozenset({"township", "village"}),
        is_section=heads_the_gone,
        takes_out=is_off_the_list_beside,
        ticks={name: frozenset(map(normalise_header, code_list(name))) for name in _TICKED},
        unneeded=_UNNEEDED,
        together=frozenset({"person_state", "person_gone", "person_there"}),
        labels=LABELS | {CERTIFICATE: "残疾人证号", HEAD_MARK: "是否户主"},
    )
