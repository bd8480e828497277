"""How a roster's table is recognised: header words, what must be there, what is filled down inside a household."""

from households.intake.headers import TableSpec, Twin, header_aliases, normalise_header
from households.places import current_index
from households.roster.fields import COLUMNS, LABELS, NO_HOUSEHOLD_NUMBER

_HELPER = frozenset({"helper_name", "helper_unit", "helper_phone", "helper_other"})
# What stands right of the head's name is the head's own, where the member has such a column too.
_HEAD = frozenset({"head_name", "head_id_no", "head_other"})
_MEMBER = frozenset({"name", "id_no", "sex", "relation", "nation", "birth_date", "age"})
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
}


def _told_by(text: str) -> frozenset[str]:
    """Which places a title, a caption or the name of a sheet or file tells for the rows under it."""
    township, village = current_index().heading(text)
    return frozenset({"township"} if township else ()) | frozenset({"village"} if village else ())


def roster_table() -> TableSpec:
    """The roster for `find_tables`."""
    own = {normalise_header(column.label): column.field for column in COLUMNS}
    more = {normalise_header(word): field for word, field in _MORE_WORDS.items()}
    household = frozenset(column.field for column in COLUMNS if column.is_household) | {"head_id_no"}
    return TableSpec(
        aliases=own | more | header_aliases(),
        required=(frozenset({"name"}), frozenset({"id_no"}), frozenset({"village", "address"})),
        keys=("name", "id_no"),
        household=household,
        starts=("household_no", "head_name"),
        counter="seq",
        head_mark=("relation", frozenset({"户主", "本人", "户主本人"})),
        twins=(
            Twin("phone_household", _HELPER, "helper_phone", always=True),
            Twin("phone_household", _MEMBER, "phone_person"),
            Twin("name", _HELPER, "helper_name", always=True),
            Twin("id_no", _HELPER, "helper_other", always=True),
            Twin("id_no", frozenset({"head_name"}), "head_id_no", before="name"),
            *(
                Twin(field, _HEAD, "head_other")
                for field in ("id_no", "sex", "birth_date", "age", "nation", "education", "health")
            ),
        ),
        foreign_groups=("帮扶", "包联", "包户", "包保", "监护", "配偶", "父亲", "母亲", "父母", "联系人", "班主任"),
        nothing=NO_HOUSEHOLD_NUMBER,
        places=frozenset({"county", "township", "village", "hamlet"}),
        told_by=_told_by,
        may_tell=lambda text: current_index().may_tell(text),
        tellable=frozenset({"township", "village"}),
        labels=LABELS,
    )
