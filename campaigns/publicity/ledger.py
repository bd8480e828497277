"""The ledger of publicity (宣传台账), and how any ledger tells a contact."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.names import optional_name
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, day_told, is_soft, month_told
from campaigns.ledgers.words import several_words_cleaner, stored
from campaigns.publicity.models import Contact
from households.intake.columns import Column, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow

KINDS = {
    Contact.Kind.VISIT: (
        "入户宣讲",
        "入户",
        "入户宣传",
        "入户走访",
        "走访",
        "上门",
        "上门宣传",
        "面对面宣讲",
        "面对面",
        "进村入户",
        "进户",
        "到户宣讲",
    ),
    Contact.Kind.LECTURE: (
        "讲习所集中培训",
        "集中培训",
        "集中宣讲",
        "讲习所",
        "培训",
        "宣讲会",
        "集中学习",
        "集中宣传",
        "集中培训宣讲",
        "讲习所培训",
        "讲座",
    ),
    Contact.Kind.LEAFLET: (
        "宣传单签收",
        "宣传单",
        "发放宣传单",
        "明白纸",
        "发放明白纸",
        "发放宣传资料",
        "发放宣传册",
        "发放宣传页",
        "宣传材料",
        "发放宣传材料",
        "发宣传单",
        "宣传页",
        "宣传册",
        "宣传资料",
    ),
    Contact.Kind.LETTER: ("书信", "一封信", "公开信", "信件", "致家长一封信"),
    Contact.Kind.PHONE: ("电话联系", "电话", "电话宣传", "电话告知", "电话宣讲", "打电话"),
    Contact.Kind.LOUDSPEAKER: ("大喇叭广播", "大喇叭", "大喇叭宣传", "村广播", "广播", "广播宣传", "喇叭"),
    Contact.Kind.CHAT_GROUP: ("微信群", "微信", "微信宣传", "微信群宣传", "微信转发", "微信群转发"),
}
CONTACT = Column("contact", "宣传", clean_done)
CONTACT_KIND = Column("contact_kind", "宣传方式", several_words_cleaner(KINDS))
SPEAKER = Column("speaker", "宣讲人", optional_name)
PLACE = Column("contact_place", "宣传地点", text_cleaner(100))
ALIASES = {
    "宣传时间": "contact", "宣传日期": "contact", "入户宣传时间": "contact", "宣传情况": "contact", "是否宣传": "contact",
    "宣传到户": "contact", "政策宣传": "contact", "宣传到位": "contact", "宣讲时间": "contact", "宣讲日期": "contact",
    "宣讲方式": "contact_kind", "宣传形式": "contact_kind", "方式": "contact_kind", "宣传人": "speaker", "宣传员": "speaker",
    "宣讲员": "speaker", "宣传人员": "speaker", "主讲人": "speaker", "主讲": "speaker", "授课人": "speaker", "发放人": "speaker",
    "地点": "contact_place", "宣讲地点": "contact_place",
}  # fmt: skip

# What titles, headers and names of sheets say about the way where no column does: a broadcast must not count as a visit.
_SIGNS = tuple(
    (KINDS[kind][0], re.compile(sign))
    for kind, sign in (
        (Contact.Kind.LOUDSPEAKER, r"喇叭|广播"),
        (Contact.Kind.CHAT_GROUP, r"微信|QQ群|朋友圈"),
        (Contact.Kind.LETTER, r"一封信|书信|公开信"),
        (Contact.Kind.PHONE, r"电话(?:联系|宣传|告知|回访|宣讲)"),
        (Contact.Kind.LECTURE, r"讲习所|集中(?:培训|宣讲|学习|宣传)|讲座|宣讲会|参(?:训|会)(?:人员|妇女)"),
        (Contact.Kind.LEAFLET, r"宣传[单页册]|明白纸|宣传(?:资料|材料)"),
        (Contact.Kind.VISIT, r"(?<!进村)(?<!到村)入户|上门|走访"),
    )
)
PATTERNS = {
    r"(?:政策|活动|举办|讲习|授课|入户|上门|到户|走访|宣传|宣讲|培训|学习|讲座|广播|发放|签收|单|完成)+的?(?:时间|日期)": "contact",
    r"是否(?:已)?(?:入户|接受|开展|进行)*(?:政策)?(?:宣传|宣讲)(?:到户|到位)?": "contact",
    r"是否(?:已|按时)?(?:完成|入户|到户|到位|落实)|(?:完成|落实|入户)(?:情况|状态|与否)|状态": "contact",
    r"(?:政策)?(?:宣传|宣讲)(?:的)?(?:方式|形式|途径|渠道|类型)": "contact_kind",
    r"(?:宣传|宣讲|主讲|授课|入户|走访|发放)(?:人|员|人员|干部|教师|老师|负责人|责任人)(?:姓名)?": "speaker",
    r"(?:宣传|宣讲|培训|讲座|学习|活动|举办)(?:的)?(?:地点|场所|地址)": "contact_place",
}


def contact_drafts(row: CheckedRow, unit: Unit) -> list[Draft]:
    """The contacts that the row tells, if any: one for each way; a lecture is attended by the row's person."""
    day = row.values.get(CONTACT.label)
    if day is None:
        return []
    told = row.values.get(CONTACT_KIND.label)
    words = told if isinstance(told, list) else [told]
    return [draft for word in words for draft in _contact(row, unit, date.fromisoformat(day), word)]


def _contact(row: CheckedRow, unit: Unit, done_on: date, word: str | None) -> list[Draft]:
    kind = stored(KINDS, word) or str(Contact.Kind.VISIT)
    same: dict[str, Any] = {"household_id": unit.household_id, "kind": kind}
    values: dict[str, Any] = {"speaker": row.values.get(SPEAKER.label), "place": row.values.get(PLACE.label)}
    if kind == Contact.Kind.LECTURE:
        if unit.person is None:
            row.add_compared("LECTURE_WITHOUT_PERSON", CONTACT_KIND.field)
            return []
        same["attended_by_id"] = unit.person.person_id
    soft = is_soft(row, CONTACT.field)
    if soft:  # a √ confirms a contact on any day
        values |= {"done_on": done_on, "day_told": day_told(row, CONTACT.field)}
    else:
        same["done_on"] = done_on
    return [
        Draft(
            Contact,
            same,
            values,
            soft=frozenset({"done_on", "day_told"} if soft else ()),
            day="done_on",
            month=month_told(row, CONTACT.field, done_on),
            confirms=True,
            labels={"done_on": CONTACT.label, "speaker": SPEAKER.label, "place": PLACE.label},
        )
    ]


def _drafts(row: CheckedRow, unit: Unit | None, _known: Any, _frame: Frame) -> list[Draft]:
    if unit is None:
        return []
    if row.values.get(CONTACT.label) is None:
        # Only a blank day beside what was done is a gap; 未宣传 is an answer, and so is a day under another number.
        is_told = "turn" not in row.values and any(row.values.get(column.label) for column in (SPEAKER, PLACE))
        if is_told and not any(one.field == CONTACT.field for one in row.findings):
            row.add_compared("CONTACT_WITHOUT_DAY", CONTACT.field)
    elif row.values.get(CONTACT_KIND.label) is None and not any(
        one.field == CONTACT_KIND.field for one in row.findings
    ):
        row.add_compared("CONTACT_KIND_ASSUMED", CONTACT_KIND.field, expected=KINDS[Contact.Kind.VISIT][0])
    return contact_drafts(row, unit)


CONTACTS = Ledger(
    name="contacts",
    title=_("宣传台账"),
    about=About.HOUSEHOLD_OR_PERSON,
    columns=(CONTACT, CONTACT_KIND, SPEAKER, PLACE),
    done={"contact": "speaker"},
    aliases=ALIASES | {"日期": "contact", "时间": "contact"},
    patterns=PATTERNS,
    labelled=frozenset({"contact", "contact_kind", "contact_place", "speaker"}),
    hints={"contact_kind": _SIGNS},
    series={name: name for name in ("contact", "contact_kind", "speaker", "contact_place")},
    beside=frozenset({"contact_kind", "speaker", "contact_place"}),
    ticks={"contact_kind": tuple(word for words in KINDS.values() for word in words)},
    required=(frozenset({"contact"}), frozenset({"village", "address", "id_no", "household_no"})),
    drafts=_drafts,
    models=(Contact,),
    template=("乡镇", "行政村", "户主姓名", "姓名", "证件号码", "宣传", "宣传方式", "宣讲人", "宣传地点"),
    lists={"宣传方式": tuple(words[0] for words in KINDS.values())},
)

LEDGERS = (CONTACTS,)
