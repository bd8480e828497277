"""The ledger of visits (走访台账): who called at which home, what was seen, when she comes again."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, day_told, is_soft, month_told
from campaigns.pairing.models import Helper, Pairing, Visit
from campaigns.pairing.told_helpers import (
    HELPER,
    HELPER_PATTERNS,
    PHONE,
    PHONES,
    POST,
    UNIT,
    KnownHelpers,
    helper_of,
    known_helpers,
)
from campaigns.survey.cells import optional_text
from households.intake.columns import Column, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow

VISITED = Column("visited", "走访时间", clean_done)
NOTES = Column("visit_notes", "走访情况", text_cleaner(1000))
NEEDS = Column("visit_needs", "发现需求", optional_text(500))
NEXT = Column("visit_next", "下次走访时间", clean_day)
ALIASES = {
    "走访日期": "visited", "入户时间": "visited", "入户日期": "visited", "走访": "visited", "是否走访": "visited",
    "走访入户时间": "visited", "入户走访时间": "visited", "探访时间": "visited", "日期": "visited", "时间": "visited",
    "走访情况记录": "visit_notes", "走访记录": "visit_notes", "走访内容": "visit_notes", "情况记录": "visit_notes",
    "走访情况及问题": "visit_notes", "主要情况": "visit_notes", "帮扶内容": "visit_notes", "记录": "visit_notes", "情况": "visit_notes",
    "需求": "visit_needs", "存在困难": "visit_needs", "困难和需求": "visit_needs", "发现问题": "visit_needs", "存在问题": "visit_needs",
    "群众需求": "visit_needs", "困难需求": "visit_needs", "主要需求": "visit_needs", "发现的需求": "visit_needs",
    "下次走访日期": "visit_next", "下次走访": "visit_next", "下次入户时间": "visit_next", "计划下次走访时间": "visit_next",
    "包联人姓名": "helper_name", "包联干部": "helper_name", "包联责任人": "helper_name", "结对干部": "helper_name",
    "结对人": "helper_name", "帮扶人": "helper_name", "帮扶人姓名": "helper_name", "帮扶干部": "helper_name",
    "帮扶责任人": "helper_name", "走访人": "helper_name", "走访人员": "helper_name", "走访干部": "helper_name", "入户人员": "helper_name",
    "走访人签字": "helper_name", "单位": "helper_unit", "帮扶单位": "helper_unit", "包联单位": "helper_unit", "工作单位": "helper_unit",
    "职务": "helper_post", "包联人联系电话": "helper_phone", "帮扶人电话": "helper_phone", "走访人电话": "helper_phone",
}  # fmt: skip

_CALL = r"(?:走访|入户|探访|看望|慰问|帮扶|包联)+"
_WANT = r"(?:困难|问题|诉求|需求|意见|建议)"
PATTERNS = HELPER_PATTERNS | {
    r"是否(?:已|按时)?(?:完成|入户|到户)|(?:完成|落实)(?:情况|状态|与否)|状态": "visited",
    rf"{_CALL}的?(?:时间|日期)": "visited",
    rf"{_CALL}的?(?:具体)?(?:情况|内容|记录|详情|纪实)(?:记录)?": "visit_notes",
    rf"(?:主要|存在|发现|反映|生活|群众)?的?{_WANT}(?:(?:及|和|与|、)?{_WANT})?": "visit_needs",
    rf"(?:计划)?下一?次(?:计划)?{_CALL}?的?(?:计划)?(?:时间|日期)": "visit_next",
    rf"{_CALL}(?:人|人员|干部|责任人|者)(?:姓名)?(?:(?:及|和|、|/)(?:联系)?(?:电话|方式))?": "helper_name",
}


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """The visit that the row tells: to one person where it names one who is not the head, else to the household."""
    told = row.values.get(VISITED.label)
    if unit is None or told is None:
        if told is None and (row.values.get(NOTES.label) or row.values.get(NEEDS.label)):
            row.add_compared("VISIT_WITHOUT_DAY", VISITED.field)
        return []
    day = date.fromisoformat(told)
    person_id = _visited(row, unit)
    helper, companions = _helpers(row, unit, known, day)
    if helper is None:
        return []
    who: dict[str, Any] = {"helper": helper} if isinstance(helper, Draft) else {"helper_id": helper.pk}
    same: dict[str, Any] = {"household_id": unit.household_id, "person_id": person_id, **who}
    values: dict[str, Any] = {
        "companions": companions or None,
        "notes": row.values.get(NOTES.label),
        "needs": row.values.get(NEEDS.label),
        "next_on": _next(row, day),
    }
    soft = is_soft(row, VISITED.field)
    if soft:  # a √ confirms a visit on any day
        values |= {"visited_on": day, "day_told": day_told(row, VISITED.field)}
    else:
        same["visited_on"] = day
    labels = {"visited_on": VISITED.label, "notes": NOTES.label, "needs": NEEDS.label, "next_on": NEXT.label}
    return [
        Draft(
            Visit,
            same,
            values,
            soft=frozenset({"visited_on", "day_told"} if soft else ()),
            day="visited_on",
            month=month_told(row, VISITED.field, day),
            labels=labels,
        )
    ]


def _visited(row: CheckedRow, unit: Unit) -> int | None:
    name, head = row.values.get("姓名"), row.values.get("户主姓名")
    if unit.person is not None:
        return None if unit.person.name == unit.person.head_name else unit.person.person_id
    if name and head and name != head:  # without a head's name it was this name that found the household
        row.add_compared("PERSON_UNKNOWN", "name")
    return None


def _next(row: CheckedRow, day: date) -> date | None:
    told = row.values.get(NEXT.label)
    if told is None:
        return None
    after = date.fromisoformat(told)
    if after <= day:
        row.add_compared("VISIT_NEXT_EARLY", NEXT.field, written=told)
        return None
    return after


def _helpers(row: CheckedRow, unit: Unit, known: KnownHelpers, day: date) -> tuple[Helper | Draft | None, str]:
    """Who visited: the one who is paired there before others who signed; without a name the only one paired."""
    told = row.values.get(HELPER.label)
    names = told if isinstance(told, list) else [told] if told else []
    paired = _paired([one.person_id for one in known.members(unit)], day)
    if not names:
        if len(paired) == 1:
            return paired[0], ""
        row.add_compared("VISITOR_MISSING", HELPER.field)
        return None, ""
    if len(names) > 1 and (row.values.get(UNIT.label) or row.values.get(PHONE.label)):
        row.add_compared("HELPERS_SHARE_CELL", HELPER.field)
    by_name = {one.name: one for one in reversed(paired)}
    name = next((one for one in names if one in by_name), names[0])
    helper = by_name.get(name) or helper_of(row, name, unit.village, known, day)
    return helper, "、".join(one for one in names if one != name)


def _paired(people: list[int], day: date) -> list[Helper]:
    """The helpers who were paired with the household's people on the day, the first one first."""
    found = Helper.objects.filter(
        pairings__person__in=people,
        pairings__kind=Pairing.Kind.PERSONAL,
        pairings__voided_at=None,
        pairings__period__contains=day,
        active__contains=day,
    )
    return list(found.order_by("pk").distinct())


VISITS = Ledger(
    name="visits",
    title=_("走访台账"),
    about=About.HOUSEHOLD_OR_PERSON,
    columns=(HELPER, UNIT, POST, PHONE, VISITED, NOTES, NEEDS, NEXT),
    done={"visited": "helper_name"},
    aliases=ALIASES,
    patterns=PATTERNS,
    phones=PHONES,
    labelled=frozenset({"visited", "helper_name"}),
    series={name: name for name in ("visited", "visit_notes", "visit_needs", "visit_next")},
    beside=frozenset({"helper_name", "helper_unit", "helper_post", "helper_phone"}),
    required=(frozenset({"visited"}), frozenset({"village", "address", "id_no", "household_no"})),
    known=known_helpers,
    drafts=_drafts,
    models=(Helper, Visit),
    template=(
        "乡镇",
        "行政村",
        "户主姓名",
        "姓名",
        "包联人",
        "走访时间",
        "走访情况",
        "发现需求",
        "下次走访时间",
    ),
    hint=_("走访全户的，只写户主姓名；走访户内一人的，姓名写这个人。两人同去的，包联人写两个姓名，中间用顿号。"),
)
