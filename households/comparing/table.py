"""How a list of another office is recognised: the roster's columns, of which only a name and one clue must be there."""

from dataclasses import replace

from households.intake.headers import TableSpec, normalise_header
from households.roster.table import CERTIFICATE, roster_table

# What schools, insurers and the disabled persons' federation write above the roster's columns.
_THEIR_WORDS = {
    "name": (
        "学生姓名", "受助学生姓名", "受助人姓名", "贫困学生姓名", "残疾人姓名", "被保险人", "被保险人姓名", "参保人", "参保人姓名",
        "妇女姓名", "儿童姓名", "对象姓名",
    ),
    "id_no": (
        "学生身份证号", "学生身份证号码", "学生身份证件号", "被保险人身份证号", "被保险人身份证号码", "被保险人证件号码", "被保险人证件号",
        "参保人身份证号", "参保人身份证号码", "受助人身份证号", "受助人身份证号码", "残疾人身份证号", "残疾人身份证号码",
    ),
    "school_status": ("年级", "就读年级", "所在年级", "现读年级"),
    "school_name": ("学校", "所在学校", "就读学校名称", "所在学校名称"),
    "village": ("户籍所在村", "所属村", "所在村(社区)"),
}  # fmt: skip
# Free texts, which no two offices write alike: compared, they would make every row differ.
FREE_TEXTS = frozenset({"备注", "家庭住址", "自然村", "学校名称"})


def list_table() -> TableSpec:
    """A list for `find_tables`: a name, and an identity number or a place."""
    roster = roster_table()
    theirs = {normalise_header(word): field for field, words in _THEIR_WORDS.items() for word in words}
    return replace(
        roster,
        aliases=theirs | dict(roster.aliases),
        required=(frozenset({"name"}), frozenset({"id_no", CERTIFICATE, "village", "address"})),
    )
