"""The ledgers of helpers and of pairings (包联人名册, 结对包联台账), and how any ledger tells a pairing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.pairing.models import Helper, Pairing
from campaigns.pairing.told_helpers import (
    HELPER,
    HELPER_COLUMNS,
    HELPER_KINDS,
    HELPER_PATTERNS,
    KIND_PATTERN,
    PHONE,
    PHONES,
    SEVERAL_HELPERS,
    UNIT,
    UNIT_LEVEL,
    UNIT_LEVELS,
    Inhabitant,
    KnownHelpers,
    helper_draft,
    helper_of,
    known_helpers,
)
from campaigns.pairing.visit_ledger import VISITS
from households.intake.columns import Column, as_text, tidy
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Person
from households.periods import age_on, period
from households.roster.names import clean_name

__all__ = ["ALIASES", "HELPER_COLUMNS", "LEDGERS", "PAIRED", "known_helpers", "pairing_drafts"]

PAIRING_KINDS = {
    Pairing.Kind.PERSONAL: ("结对包联", "一对一", "多对一", "结对", "个人包联", "包联"),
    Pairing.Kind.AREA: ("分片包联", "分片", "包片"),
    Pairing.Kind.SOCIETY: ("社团特色帮扶", "社团帮扶", "特色帮扶", "社团"),
}
PAIRED = Column("paired", "结对时间", clean_done)
UNTIL = Column("paired_until", "结束时间", clean_day)
PAIRING_KIND = Column("pairing_kind", "包联方式", official_word_cleaner(PAIRING_KINDS))
WHOLE = "全户"
_WHOLE_WORDS = frozenset({"全户", "一户", "整户", "全家", "本户", "全户成员", "全家人", "全体成员"})


def _name_or_whole(cell: CellValue) -> Any:
    """A name, 全户 for a whole household, None where nothing is written."""
    written = tidy(as_text(cell))
    if not written:
        return None
    return WHOLE if written.strip("（）()") in _WHOLE_WORDS else clean_name(cell)


NAME = Column("name", "姓名", _name_or_whole, is_key=True)
PAIRED_WITH = Column("paired_with", "包联对象", _name_or_whole, is_key=True)
ALIASES = {
    "包联人姓名": "helper_name", "包联干部": "helper_name", "包联责任人": "helper_name", "结对干部": "helper_name",
    "结对人": "helper_name", "结对包联人": "helper_name", "帮扶人": "helper_name", "帮扶人姓名": "helper_name",
    "帮扶干部": "helper_name", "帮扶责任人": "helper_name", "包保人": "helper_name", "包户干部": "helper_name",
    "结对帮扶人": "helper_name", "结对包联": "paired", "是否结对": "paired", "包联": "paired", "结对": "paired",
    "包联时间": "paired", "包联日期": "paired", "结对日期": "paired", "结对包联时间": "paired", "起始时间": "paired",
    "起始日期": "paired", "单位": "helper_unit", "帮扶单位": "helper_unit", "包联单位": "helper_unit", "工作单位": "helper_unit",
    "职务": "helper_post", "包联人联系电话": "helper_phone", "包联人联系方式": "helper_phone", "包联人手机": "helper_phone",
    "帮扶人电话": "helper_phone", "类别": "helper_kind", "帮扶单位级别": "helper_unit_level", "隶属关系": "helper_unit_level",
    "单位隶属关系": "helper_unit_level", "帮扶单位隶属关系": "helper_unit_level", "帮扶方式": "pairing_kind", "结对方式": "pairing_kind",
    "结束日期": "paired_until", "终止时间": "paired_until", "截止时间": "paired_until",
}  # fmt: skip

_PAIRED = r"(?:包联|结对|结对包联|结对帮扶|帮扶|包保)(?:关系)?"
_OF_HELPERS = (
    HELPER_PATTERNS
    | KIND_PATTERN
    | {
        rf"(?:{_PAIRED})?(?:开始|起始|建立|确定)的?(?:时间|日期)|{_PAIRED}的?(?:时间|日期)": "paired",
        rf"(?:{_PAIRED})?(?:结束|终止|解除|截止)的?(?:时间|日期)": "paired_until",
    }
)
PATTERNS = _OF_HELPERS | {
    rf"(?:是否)?(?:已)?{_PAIRED}(?:情况|状态|与否)?": "paired",
    rf"{_PAIRED}的?(?:方式|类型|形式)": "pairing_kind",
}
DENIES: Mapping[str, tuple[str, ...]] = {"paired": ("helper_name",)}


def pairing_drafts(row: CheckedRow, unit: Unit, known: KnownHelpers, frame: Frame) -> list[Draft]:
    """The pairings of the row's person (without one: of every woman and child of the household), if any: with known
    helpers, or with those whom the row brings."""
    told, day = row.values.get(HELPER.label), row.values.get(PAIRED.label)
    if told is None:
        if day is not None and not any(one.field == HELPER.field for one in row.findings):
            row.add_compared("HELPER_MISSING", HELPER.field)
        return []
    names = told if isinstance(told, list) else [told]
    if len(names) > 1 and (row.values.get(UNIT.label) or row.values.get(PHONE.label)):
        row.add_compared("HELPERS_SHARE_CELL", HELPER.field)
    first = date.fromisoformat(day) if day else frame.as_of
    people = _people(row, unit, known, first)
    return [draft for name in names for draft in _pairings(row, name, unit, people, known, first)]


def _people(row: CheckedRow, unit: Unit, known: KnownHelpers, first: date) -> Sequence[Inhabitant]:
    """Whom the row pairs."""
    if (one := unit.person) is not None:
        if not _is_target(one, first):
            row.add_compared("NOT_ELIGIBLE", HELPER.field, expected=str(_("妇女和18周岁以下儿童")))
        return [Inhabitant(one.person_id, one.name, one.sex, one.birth_date)]
    found = [one for one in known.members(unit) if _is_target(one, first)]
    if found:
        names = "、".join(one.name for one in found)
        row.add_compared("WHOLE_HOUSEHOLD", NAME.field, written=names, expected=str(len(found)))
    else:
        row.add_compared("WHOLE_HOUSEHOLD_EMPTY", NAME.field)
    return found


def _is_target(one: Any, day: date) -> bool:
    return one.sex == Person.Sex.FEMALE or age_on(one.birth_date, day) < 18


def _pairings(
    row: CheckedRow, name: str, unit: Unit, people: Sequence[Inhabitant], known: KnownHelpers, first: date
) -> list[Draft]:
    told = row.values.get(PAIRED.label)
    soft = told is None or is_soft(row, PAIRED.field)
    if told is None and not any(one.field == PAIRED.field for one in row.findings):
        row.add_compared("DATE_ASSUMED", PAIRED.field, expected=first.isoformat())
    last = _until(row, first)
    helper = helper_of(row, name, unit.village, known, first)
    if helper is None:
        return []
    head = unit.person.head_name if unit.person else row.values.get("户主姓名")
    if name == head or any(one.name == name for one in (*people, *known.members(unit))):
        row.add_compared("HELPER_OWN_HOUSEHOLD", HELPER.field, written=name)
    kind = helper.values["kind"] if isinstance(helper, Draft) else helper.kind
    is_society = kind == Helper.Kind.SOCIETY
    told_kind = stored(PAIRING_KINDS, row.values.get(PAIRING_KIND.label))
    pairing_kind = Pairing.Kind.SOCIETY if is_society else told_kind or Pairing.Kind.PERSONAL
    days = period(first, last)
    who: dict[str, Any] = {"helper": helper} if isinstance(helper, Draft) else {"helper_id": helper.pk}
    return [
        Draft(
            Pairing,
            {"person_id": one.person_id, **who, "kind": str(pairing_kind)},
            {"period": days},
            soft=frozenset({"period"} if soft and last is None else ()),
            overlaps=days,
            is_end_told=last is not None,
            labels={"period": PAIRED.label},
        )
        for one in people
    ]


def _until(row: CheckedRow, first: date) -> date | None:
    told = row.values.get(UNTIL.label)
    if told is None:
        return None
    last = date.fromisoformat(told)
    if last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        return None
    return last


def _about(row: CheckedRow) -> About:
    """全户, or only a household's number or head: all its women and children; else one person."""
    target = row.values.get(PAIRED_WITH.label)
    if target not in (None, WHOLE) and row.values.get(NAME.label) is None:
        row.values[NAME.label] = target
    name = row.values.get(NAME.label)
    if WHOLE in (name, target):
        return About.HOUSEHOLD
    names_home = row.values.get("户编号") or row.values.get("户主姓名")
    return About.HOUSEHOLD if name is None and not row.id_key and names_home else About.PERSON


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    return pairing_drafts(row, unit, known, frame) if unit else []


PAIRINGS = Ledger(
    name="pairings",
    title=_("结对包联台账"),
    about=About.PERSON,
    about_row=_about,
    columns=(NAME, PAIRED_WITH, *HELPER_COLUMNS, UNIT_LEVEL, PAIRED, UNTIL, PAIRING_KIND),
    done={"paired": "helper_name"},
    aliases=ALIASES | {"日期": "paired", "时间": "paired"},
    patterns=PATTERNS,
    denies=DENIES,
    undone=r"(?:包联|结对|帮扶)?(?:关系)?已?(?:解除|取消|终止)|未(?:结对|包联)",
    phones=PHONES,
    single=frozenset({"helper_name"}),
    series=SEVERAL_HELPERS,
    beside=frozenset({"name", "paired_with", "paired", "paired_until", "pairing_kind"}),
    leads=("helper_name", "helper_unit", "helper_post", "helper_phone", "helper_kind"),
    required=(
        frozenset({"helper_name", "paired"}),
        frozenset({"name", "paired_with", "head_name", "household_no"}),
        frozenset({"village", "address", "id_no", "household_no"}),
    ),
    known=known_helpers,
    drafts=_drafts,
    hint=_("包联全户的，一户一行：姓名写“全户”，户主姓名和行政村照填；户内妇女儿童逐人登记。"),
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
    draft.values["sex"] = {"女": Helper.Sex.FEMALE, "男": Helper.Sex.MALE}.get(row.values.get("性别") or "")
    if (told := row.values.get(PAIRED.label)) is not None and not is_soft(row, PAIRED.field):
        draft.values["active"] = period(date.fromisoformat(told), _until(row, date.fromisoformat(told)))
        draft.soft -= {"active"}
    # On a list of helpers one name in one unit is one woman: another telephone is a new one, or somebody has to look.
    phone = draft.values["phone"] = draft.same.pop("phone")
    alike = [
        one
        for one in known.by_name.get(name, ())
        if one.region_id == draft.same["region_id"] and one.unit == draft.same["unit"]
    ]
    if alike:
        one = next((one for one in alike if phone and one.phone == phone), alike[0])
        draft.same["id"] = one.pk
        _hold_leaving(row, one, draft)
    return [draft]


def _hold_leaving(row: CheckedRow, helper: Helper, draft: Draft) -> None:
    """Who leaves office hands her people over first, or they fall uncovered."""
    ends = draft.values["active"].upper
    if "active" in draft.soft or ends is None or helper.active.upper == ends:
        return
    left = helper.pairings.filter(kind=Pairing.Kind.PERSONAL, voided_at=None, period__endswith__isnull=True)
    later = helper.pairings.filter(kind=Pairing.Kind.PERSONAL, voided_at=None, period__endswith__gt=ends)
    if people := (left | later).values("person").distinct().count():
        row.add_compared("HELPER_STILL_PAIRS", UNTIL.field, written=helper.name, expected=str(people))


HELPERS = Ledger(
    name="helpers",
    title=_("包联人名册"),
    about=About.NOBODY,
    columns=(*HELPER_COLUMNS, UNIT_LEVEL, PAIRED, UNTIL),
    done={},
    aliases={word: name for word, name in ALIASES.items() if name != "pairing_kind"}
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
        "分管村": "village",
        "包联村": "village",
        "所包村": "village",
        "负责村": "village",
    },
    patterns=_OF_HELPERS
    | {
        r"(?:任职|上任|到任|到岗|在岗|担任|聘任)的?(?:起始|开始)?的?(?:时间|日期)": "paired",
        r"(?:离任|离职|离岗|卸任|调离|退休|解聘|免职)的?(?:时间|日期)": "paired_until",
    },
    phones=PHONES,
    required=(frozenset({"helper_name"}),),
    known=known_helpers,
    drafts=_helper_drafts,
    models=(Helper,),
    template=("乡镇", "行政村", "包联人", "性别", "包联人类别", "包联人单位", "单位级别", "包联人职务", "包联人电话"),
    lists={
        "包联人类别": tuple(words[0] for words in HELPER_KINDS.values()),
        "单位级别": tuple(words[0] for words in UNIT_LEVELS.values()),
        "性别": ("女", "男"),
    },
    named="包联人",
)

LEDGERS = (
    HELPERS,
    PAIRINGS,
    VISITS,
)
