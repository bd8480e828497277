"""The ledgers of helpers and of pairings (包联人名册, 结对包联台账), and how any ledger tells a pairing."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.names import optional_names
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import words_cleaner
from campaigns.models import CampaignYear
from campaigns.pairing.models import Helper, Pairing
from households.access import code_range
from households.intake.columns import Column, clean_phone, read_date, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person
from households.periods import age_on, period

HELPER_KINDS = {
    Helper.Kind.VILLAGE_CADRE: ("村妇联干部", "村级", "村", "村干部", "村妇联主席", "村妇代会主任", "妇女主任", "社区"),
    Helper.Kind.TOWNSHIP_CADRE: ("乡镇妇联干部", "乡镇", "乡级", "镇级", "乡", "镇", "街道", "乡镇干部"),
    Helper.Kind.ACTIVIST: ("妇女骨干", "骨干", "巾帼志愿者", "志愿者", "女能人", "女致富带头人"),
    Helper.Kind.COUNTY_CADRE: ("县级机关干部", "县级", "县", "区级", "区", "县直", "区直", "县干部", "县妇联"),
    Helper.Kind.CITY_CADRE: ("市级机关干部", "市级", "市", "市直", "市妇联", "市干部"),
    Helper.Kind.SOCIETY: ("巾帼社团", "社团", "协会", "巾帼志愿服务队"),
}
# What unit and post say about the kind, where no column does.
_KIND_SIGNS = (
    (re.compile(r"社团|协会|商会|联谊会|服务队"), Helper.Kind.SOCIETY),
    (re.compile(r"^(唐山)?市(妇联|委|直|政府|总工会|教育|卫|民政|财政|扶贫)"), Helper.Kind.CITY_CADRE),
    (re.compile(r"村|社区|居委会|妇代会"), Helper.Kind.VILLAGE_CADRE),
    (re.compile(r"[镇乡](?!村)|街道|办事处"), Helper.Kind.TOWNSHIP_CADRE),
    (re.compile(r"[县区]|局|委|办公室|医院|学校|法院|检察院|银行"), Helper.Kind.COUNTY_CADRE),
    (re.compile(r"骨干|志愿者|能人|带头人"), Helper.Kind.ACTIVIST),
)
_LEVEL: dict[str, int] = {Helper.Kind.TOWNSHIP_CADRE: 9, Helper.Kind.COUNTY_CADRE: 6, Helper.Kind.CITY_CADRE: 4}
PAIRING_KINDS = {
    Pairing.Kind.PERSONAL: ("结对包联", "一对一", "多对一", "结对", "个人包联", "包联"),
    Pairing.Kind.AREA: ("分片包联", "分片", "包片"),
    Pairing.Kind.SOCIETY: ("社团特色帮扶", "社团帮扶", "特色帮扶", "社团"),
}
HELPER = Column("helper_name", "包联人", optional_names)
UNIT = Column("helper_unit", "包联人单位", text_cleaner(100))
POST = Column("helper_post", "包联人职务", text_cleaner(60))
PHONE = Column("helper_phone", "包联人电话", clean_phone)
HELPER_KIND = Column("helper_kind", "包联人类别", words_cleaner(HELPER_KINDS))
PAIRED = Column("paired", "结对时间", clean_done)
UNTIL = Column("paired_until", "结束时间", read_date)
PAIRING_KIND = Column("pairing_kind", "包联方式", words_cleaner(PAIRING_KINDS))
HELPER_COLUMNS = (HELPER, UNIT, POST, PHONE, HELPER_KIND)
ALIASES = {
    "包联人姓名": "helper_name", "包联干部": "helper_name", "包联责任人": "helper_name", "结对干部": "helper_name",
    "结对人": "helper_name", "结对包联人": "helper_name", "帮扶人": "helper_name", "帮扶人姓名": "helper_name",
    "帮扶干部": "helper_name", "帮扶责任人": "helper_name", "包保人": "helper_name", "包户干部": "helper_name",
    "结对帮扶人": "helper_name", "结对包联": "paired", "是否结对": "paired", "包联": "paired", "结对": "paired",
    "包联时间": "paired", "包联日期": "paired", "结对日期": "paired", "结对包联时间": "paired", "起始时间": "paired",
    "起始日期": "paired", "单位": "helper_unit", "帮扶单位": "helper_unit", "包联单位": "helper_unit", "工作单位": "helper_unit",
    "职务": "helper_post", "包联人联系电话": "helper_phone", "包联人联系方式": "helper_phone", "包联人手机": "helper_phone",
    "帮扶人电话": "helper_phone", "类别": "helper_kind", "帮扶方式": "pairing_kind", "结对方式": "pairing_kind",
    "结束日期": "paired_until", "终止时间": "paired_until", "截止时间": "paired_until",
}  # fmt: skip

_HELPERS = r"(?:包联|结对|结对包联|结对帮扶|帮扶|包保|包户)(?:干部|责任人|负责人|人员|人)"
PATTERNS = {
    rf"{_HELPERS}的?(?:姓名|名字)?": "helper_name",
    rf"{_HELPERS}?的?(?:所在|工作)?单位": "helper_unit",
    rf"{_HELPERS}的?职务": "helper_post",
    rf"{_HELPERS}的?(?:联系)?(?:电话|手机|手机号码?|电话号码|方式)": "helper_phone",
    r"(?:包联|结对|结对包联|结对帮扶|帮扶|包保)(?:关系)?(?:开始|起始|建立|确定)?的?(?:时间|日期)": "paired",
    r"(?:包联|结对|结对包联|结对帮扶|帮扶|包保)(?:关系)?(?:结束|终止|解除)的?(?:时间|日期)": "paired_until",
}


@dataclass(slots=True)
class KnownHelpers:
    """Helpers whom rows could mean, by name; `since`: when those begin whom a ledger brings; `brought`: these
    by name and telephone."""

    by_name: dict[str, list[Helper]]
    since: date
    brought: dict[tuple[str, str], Draft] = field(default_factory=dict)


def known_helpers(rows: list[CheckedRow], frame: Frame) -> KnownHelpers:
    """The helpers of the uploader's counties and of the levels above them."""
    counties = {code[:6] for code in (*frame.scope, *(row.village for row in rows if row.village))}
    wanted = Q(region_id__in={code[:4] for code in counties})
    for code in counties:
        wanted |= code_range("region_id", code)
    by_name: dict[str, list[Helper]] = defaultdict(list)
    for helper in Helper.objects.filter(wanted).order_by("pk"):
        by_name[helper.name].append(helper)
    year = CampaignYear.objects.filter(start__lte=frame.as_of).order_by("-start").first()
    return KnownHelpers(by_name, year.start if year else frame.as_of)


def pairing_drafts(row: CheckedRow, unit: Unit, known: KnownHelpers, frame: Frame) -> list[Draft]:
    """The pairings of the row's person, if any: with known helpers, or with those whom the row brings."""
    told, day = row.values.get(HELPER.label), row.values.get(PAIRED.label)
    if told is None:
        if day is not None and not any(one.field == HELPER.field for one in row.findings):
            row.add_compared("HELPER_MISSING", HELPER.field)
        return []
    names = told if isinstance(told, list) else [told]
    if len(names) > 1 and (row.values.get(UNIT.label) or row.values.get(PHONE.label)):
        row.add_compared("HELPERS_SHARE_CELL", HELPER.field)
    drafts = (_pairing(row, name, unit, known, frame) for name in names)
    return [draft for draft in drafts if draft is not None]


def _pairing(row: CheckedRow, name: str, unit: Unit, known: KnownHelpers, frame: Frame) -> Draft | None:
    day = row.values.get(PAIRED.label)
    assert unit.person is not None
    first = date.fromisoformat(day) if day else frame.as_of
    soft = day is None or is_soft(row, PAIRED.field)
    if day is None:
        row.add_compared("DATE_FROM_TICK", HELPER.field, written=name, expected=first.isoformat())
    last = _until(row, first)
    helper = _helper(row, name, unit.village, known, first)
    if helper is None:
        return None
    if name in (unit.person.name, unit.person.head_name):
        row.add_compared("HELPER_OWN_HOUSEHOLD", HELPER.field, written=name)
    if unit.person.sex != Person.Sex.FEMALE and age_on(unit.person.birth_date, first) >= 18:
        row.add_compared("NOT_ELIGIBLE", HELPER.field, expected=str(_("妇女和18周岁以下儿童")))
    told_kind = row.values.get(PAIRING_KIND.label)
    kind = helper.values["kind"] if isinstance(helper, Draft) else helper.kind
    is_society = kind == Helper.Kind.SOCIETY
    pairing_kind = Pairing.Kind.SOCIETY if is_society else told_kind or Pairing.Kind.PERSONAL
    days = period(first, last)
    who: dict[str, Any] = {"helper": helper} if isinstance(helper, Draft) else {"helper_id": helper.pk}
    return Draft(
        Pairing,
        {"person_id": unit.person.person_id, **who, "kind": str(pairing_kind)},
        {"period": days},
        soft=frozenset({"period"} if soft and last is None else ()),
        overlaps=days,
        is_end_told=last is not None,
        labels={"period": PAIRED.label},
    )


def _until(row: CheckedRow, first: date) -> date | None:
    told = row.values.get(UNTIL.label)
    if told is None:
        return None
    last = date.fromisoformat(told)
    if last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        return None
    return last


def _helper(row: CheckedRow, name: str, village: str, known: KnownHelpers, first: date) -> Helper | Draft | None:
    """The known helper of this name whom unit and phone do not speak against, else a new one."""
    unit, phone = row.values.get(UNIT.label), _one_phone(row.values.get(PHONE.label))
    fitting = [
        one
        for one in known.by_name.get(name, ())
        if not (unit and one.unit and unit != one.unit) and not (phone and one.phone and phone != one.phone)
    ]
    fitting = _nearest(fitting, village, phone)
    if len(fitting) > 1:
        row.add_compared("HELPER_SEVERAL_FIT", HELPER.field, written=name)
        return None
    if fitting:
        if first not in fitting[0].active:
            row.add_compared("HELPER_NOT_IN_OFFICE", HELPER.field, written=name, expected=first.isoformat())
        return fitting[0]
    draft = helper_draft(row, name, village, min(known.since, first))
    if phone:  # one telephone is one helper, in whichever village the list names her first
        draft = known.brought.setdefault((name, phone), draft)
    row.add_compared("HELPER_NEW", HELPER.field, written=name, expected=str(Helper.Kind(draft.values["kind"]).label))
    return draft


def _nearest(fitting: list[Helper], village: str, phone: str | None) -> list[Helper]:
    """Of helpers of one name her who has the telephone, else those of the nearest level that has any.

    A cadre of another village is another woman: a namesake there is nobody to choose from.
    """
    same = [one for one in fitting if phone and one.phone == phone]
    if same:
        return same[:1]
    for digits in (12, 9, 6, 4):
        near = [one for one in fitting if one.region_id == village[:digits]]
        if near:
            return near
    nearby = [one for one in fitting if one.region_id[:9] == village[:9]]
    return nearby if len(nearby) == 1 else []


def helper_draft(row: CheckedRow, name: str, region: str, since: date) -> Draft:
    """A helper as the row describes her; she belongs to the level of her kind."""
    unit, post = row.values.get(UNIT.label) or "", row.values.get(POST.label) or ""
    kind, soft = row.values.get(HELPER_KIND.label), {"active"}
    if kind is None:
        soft.add("kind")
        signs = (sign_kind for sign, sign_kind in _KIND_SIGNS if sign.search(unit) or sign.search(post))
        kind = str(next(signs, Helper.Kind.VILLAGE_CADRE))
    digits = _LEVEL.get(kind, 12)
    return Draft(
        Helper,
        {"name": name, "region_id": region[:digits], "unit": unit, "phone": _one_phone(row.values.get(PHONE.label))},
        {"kind": kind, "post": post or None, "active": period(since, None)},
        soft=frozenset(soft),
        labels={"kind": HELPER_KIND.label, "post": POST.label},
    )


def _one_phone(value: Any) -> str | None:
    return "、".join(value) if isinstance(value, list) else value


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    return pairing_drafts(row, unit, known, frame) if unit else []


PAIRINGS = Ledger(
    name="pairings",
    title=_("结对包联台账"),
    about=About.PERSON,
    columns=(*HELPER_COLUMNS, PAIRED, UNTIL, PAIRING_KIND),
    done={"paired": "helper_name"},
    aliases=ALIASES | {"日期": "paired", "时间": "paired"},
    patterns=PATTERNS,
    leads=("helper_name", "helper_unit", "helper_post", "helper_phone", "helper_kind"),
    required=(frozenset({"helper_name", "paired"}), frozenset({"name"}), frozenset({"village", "address", "id_no"})),
    known=known_helpers,
    drafts=_drafts,
    models=(Helper, Pairing),
    template=(
        "乡镇",
        "行政村",
        "户主姓名",
        "姓名",
        "证件号码",
        "包联人",
        "包联人单位",
        "包联人职务",
        "包联人电话",
        "包联人类别",
        "结对时间",
    ),
    lists={"包联人类别": tuple(words[0] for words in HELPER_KINDS.values())},
)


def _helper_drafts(row: CheckedRow, _unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """A line of the list of helpers: a new one, or news of one whom the register knows."""
    name = row.values.get(HELPER.label)
    region = row.village or (frame.scope[0] if frame.scope else "")
    if name is None:
        row.add_compared("HELPER_MISSING", HELPER.field)
        return []
    if isinstance(name, list):
        row.add_compared("HELPERS_SHARE_CELL", HELPER.field)
        return []
    draft = helper_draft(row, name, region, min(known.since, frame.as_of))
    if (told := row.values.get(PAIRED.label)) is not None and not is_soft(row, PAIRED.field):
        draft.values["active"] = period(date.fromisoformat(told), _until(row, date.fromisoformat(told)))
        draft.soft -= {"active"}
    for one in known.by_name.get(name, ()):
        if one.region_id == draft.same["region_id"] and one.unit == draft.same["unit"]:
            if (phone := draft.same["phone"]) is not None:
                draft.values["phone"] = phone
            draft.same["phone"] = one.phone
            break
    return [draft]


HELPERS = Ledger(
    name="helpers",
    title=_("包联人名册"),
    about=About.NOBODY,
    columns=(*HELPER_COLUMNS, PAIRED, UNTIL),
    done={},
    aliases=ALIASES
    | {
        "姓名": "helper_name",
        "电话": "helper_phone",
        "联系电话": "helper_phone",
        "手机": "helper_phone",
        "手机号": "helper_phone",
        "联系方式": "helper_phone",
        "人员类别": "helper_kind",
        "级别": "helper_kind",
        "在岗时间": "paired",
        "任职时间": "paired",
        "离岗时间": "paired_until",
    },
    required=(frozenset({"helper_name"}),),
    known=known_helpers,
    drafts=_helper_drafts,
    models=(Helper,),
    template=("乡镇", "行政村", "包联人", "包联人类别", "包联人单位", "包联人职务", "包联人电话"),
    lists={"包联人类别": tuple(words[0] for words in HELPER_KINDS.values())},
    named="包联人",
)

LEDGERS = (
    HELPERS,
    PAIRINGS,
)
