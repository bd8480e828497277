"""Whom a row of a ledger means by the name of a helper: one whom the register knows, or a new one."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from campaigns.business_day import year_begun
from campaigns.ledgers.names import optional_names
from campaigns.ledgers.spec import Draft, Unit
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.pairing.models import Helper
from households.access import code_range
from households.intake.columns import Column, Doubt, as_text, clean_phone, text_cleaner, tidy
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Membership
from households.periods import period

HELPER_KINDS = {
    Helper.Kind.VILLAGE_CADRE: ("村妇联干部", "村级", "村", "村干部", "村妇联主席", "村妇代会主任", "妇女主任", "社区"),
    Helper.Kind.TOWNSHIP_CADRE: ("乡镇妇联干部", "乡镇", "乡级", "镇级", "乡", "镇", "街道", "乡镇干部"),
    Helper.Kind.ACTIVIST: ("妇女骨干", "骨干", "巾帼志愿者", "志愿者", "女能人", "女致富带头人"),
    Helper.Kind.COUNTY_CADRE: ("县级机关干部", "县级", "县", "区级", "区", "县直", "区直", "县干部", "县妇联"),
    Helper.Kind.CITY_CADRE: ("市级机关干部", "市级", "市", "市直", "市妇联", "市干部"),
    Helper.Kind.SOCIETY: ("巾帼社团", "社团", "协会", "巾帼志愿服务队"),
}
# What unit and post (of a society also the name) say about the kind, where no column does.
_SOCIETY = re.compile(
    r"社团|协会|商会|联谊会|联合会|促进会|志愿(?:者)?(?:服务)?[队团]|服务[队团站]|公益组织|爱心团队|俱乐部"
)
_SOCIETY_NAME = re.compile(rf"[\u3400-\u9fff“”·]{{2,24}}(?:{_SOCIETY.pattern})")
# An office or a title is nobody's name: 镇政府, 村干部, 钱主任.
_NOBODYS_NAME = re.compile(
    r"(?:政府|委员会|居委会|村委会|支部|党委|两委|妇联|办公室|办事处|工作[队组站]|单位|人员|干部|主席|主任|书记|[镇乡村]长|队长|局长|科长|委员)$"
)
# One helper after another in one cell is a change, whose day nobody has told: 原张三，现李四.
_REPLACED = re.compile(r"(?:^|[，,、；;\s])原.+[，,、；;\s(（](?:现|后|新)|→|->|改为|换成|变更为")
_KIND_SIGNS = (
    (_SOCIETY, Helper.Kind.SOCIETY),
    (re.compile(r"^(唐山)?市(妇联|委|直|政府|总工会|教育|卫|民政|财政|扶贫)"), Helper.Kind.CITY_CADRE),
    (re.compile(r"村|社区|居委会|妇代会"), Helper.Kind.VILLAGE_CADRE),
    (re.compile(r"[镇乡](?!村)|街道|办事处"), Helper.Kind.TOWNSHIP_CADRE),
    (re.compile(r"[县区]|局|委|办公室|医院|学校|法院|检察院|银行"), Helper.Kind.COUNTY_CADRE),
    (re.compile(r"骨干|志愿者|能人|带头人"), Helper.Kind.ACTIVIST),
)
_LEVEL: dict[str, int] = {Helper.Kind.TOWNSHIP_CADRE: 9, Helper.Kind.COUNTY_CADRE: 6, Helper.Kind.CITY_CADRE: 4}
UNIT_LEVELS = {
    Helper.UnitLevel.PROVINCE: ("省直", "省级", "省", "省直单位", "中央", "中省直"),
    Helper.UnitLevel.CITY: ("市直", "市级", "市", "市直单位", "市、地区"),
    Helper.UnitLevel.COUNTY: ("县直", "县级", "县", "区直", "区级", "区", "县直单位", "区直单位"),
    Helper.UnitLevel.TOWNSHIP: ("乡镇", "乡级", "镇级", "乡", "镇", "街道", "乡镇级"),
    Helper.UnitLevel.VILLAGE: ("村级", "村", "社区", "居民委员会", "村民委员会"),
}
_HELPERS = r"(?:巾帼|妇联)?(?:包联|结对|结对包联|结对帮扶|帮扶|包保|包户)(?:干部|责任人|负责人|人员|人)"
_CALLED = r"(?:联系)?(?:电话|手机|手机号码?|电话号码|方式)"
# Headers that tell about the helper; 包联人及电话 has both in one cell (`phones` of the ledgers).
HELPER_PATTERNS = {
    rf"{_HELPERS}的?(?:姓名|名字)?(?:(?:及|和|与|、|/|\(){_CALLED}\)?)?": "helper_name",
    rf"{_HELPERS}?的?(?:所在|工作)?单位": "helper_unit",
    rf"(?:{_HELPERS}|干部)?的?(?:工作)?(?:单位(?:及|和|与|、|/)?)?职务": "helper_post",
    rf"{_HELPERS}的?{_CALLED}": "helper_phone",
}
KIND_PATTERN = {rf"(?:{_HELPERS}|包联)?的?(?:人员)?类别": "helper_kind"}
PHONES = {"helper_name": "helper_phone"}
# 包联人1 and 包联人2 with 联系电话1 and 联系电话2: each is a pairing of its own.
SEVERAL_HELPERS = {
    "helper_name": "helper_name",
    "helper_phone": "helper_phone",
    "phone_household": "helper_phone",
    "helper_unit": "helper_unit",
    "helper_post": "helper_post",
    "helper_kind": "helper_kind",
    "paired": "paired",
}


def _names(cell: CellValue) -> Any:
    """One name, several as a list; the name of a society is one, however it is made up."""
    written = tidy(as_text(cell))
    if _SOCIETY_NAME.fullmatch(written):
        return written
    names = optional_names(cell)
    told = names if isinstance(names, list) else [names]
    is_nobody = _REPLACED.search(written) or any(isinstance(name, str) and _NOBODYS_NAME.search(name) for name in told)
    return Doubt(None, ("NAME_SUSPECT",), {"written": written[:40]}, Policy.HELD) if is_nobody else names


HELPER = Column("helper_name", "包联人", _names)
UNIT = Column("helper_unit", "包联人单位", text_cleaner(100))
UNIT_LEVEL = Column("helper_unit_level", "单位级别", official_word_cleaner(UNIT_LEVELS))
POST = Column("helper_post", "包联人职务", text_cleaner(60))
PHONE = Column("helper_phone", "包联人电话", clean_phone)
HELPER_KIND = Column("helper_kind", "包联人类别", official_word_cleaner(HELPER_KINDS))
HELPER_COLUMNS = (HELPER, UNIT, POST, PHONE, HELPER_KIND)
# A unit with so many characters names its place: 村妇联 is in every village, 黄各庄镇妇联 in one township.
_PLACED_UNIT = 5


class Inhabitant(NamedTuple):
    """A member of a household on the ledger's day."""

    person_id: int
    name: str
    sex: str
    birth_date: date


@dataclass(slots=True)
class KnownHelpers:
    """Helpers whom rows could mean, by name; `since`: when those begin whom a ledger brings; `brought`: these
    by name and telephone, or name and unit; `day`: of the ledger; `phones`: by name and village, the (unit, telephone) that
    any row tells; `homes`: members of households, by village as asked."""

    by_name: dict[str, list[Helper]]
    since: date
    day: date
    brought: dict[tuple[str, str], Draft] = field(default_factory=dict)
    phones: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    homes: dict[str, dict[int, list[Inhabitant]]] = field(default_factory=dict)

    def members(self, unit: Unit) -> Sequence[Inhabitant]:
        """Who lives in the household; a village is read once."""
        if unit.village not in self.homes:
            homes = self.homes[unit.village] = defaultdict(list)
            found = Membership.objects.filter(
                household__spells__village_id=unit.village,
                household__spells__period__contains=self.day,
                period__contains=self.day,
            ).order_by("person__birth_date", "person_id")
            told = found.values_list("household_id", "person_id", "person__name", "person__sex", "person__birth_date")
            for home, pk, name, sex, born in told:
                homes[home].append(Inhabitant(pk, name, sex, born))
        return self.homes[unit.village].get(unit.household_id, ())


def known_helpers(rows: list[CheckedRow], frame: Frame) -> KnownHelpers:
    """The helpers of the uploader's counties and of the levels above them."""
    counties = {code[:6] for code in (*frame.scope, *(row.village for row in rows if row.village))}
    wanted = Q(region_id__in={code[:4] for code in counties})
    for code in counties:
        wanted |= code_range("region_id", code)
    by_name: dict[str, list[Helper]] = defaultdict(list)
    for helper in Helper.objects.filter(wanted).order_by("pk"):
        by_name[helper.name].append(helper)
    year = year_begun(frame.as_of)
    phones: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        name, phone = row.values.get(HELPER.label), _one_phone(row.values.get(PHONE.label))
        if isinstance(name, str) and phone:
            phones[name, row.village].add((row.values.get(UNIT.label) or "", phone))
    return KnownHelpers(by_name, year.start if year else frame.as_of, frame.as_of, phones=phones)


def helper_of(row: CheckedRow, name: str, village: str, known: KnownHelpers, first: date) -> Helper | Draft | None:
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
    if not phone:  # her telephone may stand in another row only: she is one helper then, and not two
        told = known.phones.get((name, village), ())
        phones = {told_phone for told_unit, told_phone in told if not (unit and told_unit and unit != told_unit)}
        if len(phones) > 1:
            row.add_compared("HELPER_SEVERAL_FIT", HELPER.field, written=name)
            return None
        phone = draft.same["phone"] = next(iter(phones), None)
    # One telephone is one helper, in whichever village the list names her first; so is one unit that names its place.
    if phone:
        draft = known.brought.setdefault((name, phone), draft)
    elif unit and len(unit) >= _PLACED_UNIT:
        draft = known.brought.setdefault((name, f"{village[:9]} {unit}"), draft)
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
    kind, soft = stored(HELPER_KINDS, row.values.get(HELPER_KIND.label)), {"active"}
    if kind is None:
        soft.add("kind")
        signs = (sign_kind for sign, sign_kind in _KIND_SIGNS if sign.search(unit) or sign.search(post))
        # A society is told by its own name, too: 巾帼志愿服务队 is no cadre of the village.
        kind = str(Helper.Kind.SOCIETY if _SOCIETY.search(name) else next(signs, Helper.Kind.VILLAGE_CADRE))
    digits = _LEVEL.get(kind, 12)
    return Draft(
        Helper,
        {"name": name, "region_id": region[:digits], "unit": unit, "phone": _one_phone(row.values.get(PHONE.label))},
        {
            "kind": kind,
            "post": post or None,
            "unit_level": stored(UNIT_LEVELS, row.values.get(UNIT_LEVEL.label)),
            "active": period(since, None),
        },
        soft=frozenset(soft),
        labels={"kind": HELPER_KIND.label, "post": POST.label, "unit_level": UNIT_LEVEL.label},
    )


def _one_phone(value: Any) -> str | None:
    return "、".join(value) if isinstance(value, list) else value
