"""The ledger of special circumstances (特殊情况说明台账): why a household or a person is not covered, who approved it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.names import optional_name
from campaigns.ledgers.spec import About, Draft, Ledger, Resident, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, several_words_cleaner, stored
from campaigns.models import SpecialCircumstance, Target
from campaigns.targets import BY_KEY
from households.intake.columns import Column
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Person
from households.periods import age_on, period

TARGETS = {
    Target.PUBLICITY: ("宣传", "脱贫攻坚宣传", "宣传进村入户", "政策宣传", "宣传到户"),
    Target.PAIRING: ("包联", "包联关爱", "结对包联", "结对", "包联帮扶"),
    Target.CLEANING: ("清洁", "家居洁净", "家居清洁", "首轮清洁", "家居清洁互助", "洁净"),
    Target.INSURANCE: ("保障", "“两癌”安康保障", "两癌安康保障", "两癌保险", "两癌", "投保", "保险", "健康关爱", "安康保障"),
    Target.SCHOOLING: ("助学", "春蕾助学", "春蕾", "资助", "结对助学"),
}  # fmt: skip
_REASON = SpecialCircumstance.Reason
REASONS = {
    _REASON.AWAY: (
        "长期外出", "外出", "外出务工", "外出打工", "常年外出", "常年外出打工",
        "常年外出务工", "常年在外", "在外务工", "长期在外", "长期外出务工", "举家外出", "全家外出",
        "在外地", "随子女外出居住",
    ),
    _REASON.EMPTY_HOME: ("空挂户", "空挂", "人户分离", "空户", "有户无人", "户在人不在"),
    _REASON.IN_CARE: ("集中供养", "养老院", "敬老院", "福利院", "五保集中供养", "特困集中供养", "住养老院", "住敬老院"),
    _REASON.REBUILDING: ("危房改造中", "危房改造", "正在危房改造", "房屋翻建", "翻建", "建房", "房屋改造", "正在建房"),
    _REASON.UNWILLING: ("本人不愿意", "不愿意", "不愿", "拒绝", "不同意", "不配合", "本人拒绝", "本人不同意", "自愿放弃", "放弃"),
    _REASON.ILL: ("已患病", "患病", "因病", "已确诊", "已患癌", "患癌", "癌症患者", "两癌患者", "已患两癌", "重病"),
}  # fmt: skip


def _clean_day(cell: CellValue) -> Any:
    """An open end in words is no end."""
    if isinstance(cell, str) and cell.strip() in ("至今", "长期", "现在", "无期限", "未定"):
        return None
    return clean_day(cell)


TARGET = Column("circumstance_target", "说明任务", several_words_cleaner(TARGETS))
REASON = Column("circumstance_reason", "情况", official_word_cleaner(REASONS))
SINCE = Column("circumstance_since", "起始日期", clean_done)
UNTIL = Column("circumstance_until", "结束日期", _clean_day)
APPROVER = Column("approver", "审批人", optional_name)
APPROVED = Column("approved", "审批日期", clean_done)
ALIASES = {
    "任务": "circumstance_target", "目标": "circumstance_target", "所属任务": "circumstance_target", "说明的任务": "circumstance_target",
    "说明事项": "circumstance_target", "百分百项目": "circumstance_target", "未完成项目": "circumstance_target",
    "未完成任务": "circumstance_target", "项目": "circumstance_target", "特殊情况": "circumstance_reason", "原因": "circumstance_reason",
    "未完成原因": "circumstance_reason", "特殊情况说明": "circumstance_reason", "情况说明": "circumstance_reason",
    "说明原因": "circumstance_reason", "具体情况": "circumstance_reason", "起始时间": "circumstance_since",
    "开始日期": "circumstance_since", "开始时间": "circumstance_since", "自": "circumstance_since", "日期": "circumstance_since",
    "截止日期": "circumstance_until", "截止时间": "circumstance_until", "结束时间": "circumstance_until",
    "终止日期": "circumstance_until", "至": "circumstance_until", "预计结束日期": "circumstance_until", "审批": "approved",
    "批准人": "approver", "审核人": "approver", "审批时间": "approved", "批准日期": "approved", "批准时间": "approved",
    "是否审批": "approved", "审批情况": "approved",
}  # fmt: skip

_NOT_DONE = r"(?:未完成|未达标|未落实|未覆盖|未纳入)"
PATTERNS = {
    rf"(?:{_NOT_DONE}|对应|说明|涉及|所属)的?(?:任务|目标|事项|项目|项|指标|行动)(?:名称)?": "circumstance_target",
    rf"(?:特殊|具体|{_NOT_DONE})的?(?:情况|原因|理由)(?:说明|类型|类别|分类)?|(?:情况|原因)(?:类型|类别|分类)": "circumstance_reason",
    r"(?:外出|情况|特殊情况)?的?(?:起止|起始|开始|自何时)(?:时间|日期)?": "circumstance_since",
    r"(?:预计)?的?(?:结束|终止|截止|返回|返乡)(?:时间|日期)?": "circumstance_until",
    r"(?:审批|审核|批准)(?:人员|领导|负责人|人)(?:姓名|签字)?": "approver",
    r"(?:审批|审核|批准)的?(?:时间|日期)": "approved",
}


def _drafts(row: CheckedRow, unit: Unit | None, _known: Any, frame: Frame) -> list[Draft]:
    """The explanations that the row tells, if any: one for each task."""
    told = [row.values.get(column.label) for column in (TARGET, REASON)]
    if unit is None or not (any(told) or _is_doubtful(row)):
        return []
    for column, value in zip((TARGET, REASON), told, strict=True):
        if value is None and not any(one.field == column.field for one in row.findings):
            row.add_compared("CIRCUMSTANCE_UNCLEAR", column.field)
    if None in told:
        return []
    words = told[0] if isinstance(told[0], list) else [told[0]]
    units = {
        target: _unit(row, unit, target, frame) for target in (Target(str(stored(TARGETS, word))) for word in words)
    }
    reason = str(stored(REASONS, told[1]))
    return [_draft(row, of, target, reason, frame) for target, of in units.items() if of]


def _is_doubtful(row: CheckedRow) -> bool:
    return any(one.field in (TARGET.field, REASON.field) for one in row.findings)


def _unit(row: CheckedRow, unit: Unit, target: Target, frame: Frame) -> dict[str, int] | None:
    """Whom the target explains: the household, or its member whom the row names."""
    if BY_KEY[target].unit == "household":
        return {"household_id": unit.household_id}
    person = unit.person
    if person is None:
        row.add_compared("PERSON_NOT_TOLD", "name")
        return None
    row.person_id = person.person_id
    if not row.id_key:
        row.add_compared("PERSON_BY_NAME", "name", before=person.head_name)
    elif (written := row.values.get("姓名")) and written != person.name:
        row.add_compared("PERSON_NAME_DIFFERS", "name", before=person.name)
    if expected := _not_eligible(person, target, frame.as_of):
        row.add_compared("NOT_ELIGIBLE", TARGET.field, expected=expected)
    return {"person_id": person.person_id}


def _not_eligible(person: Resident, target: Target, day: date) -> str:
    """Who is meant where she plainly is not; "" otherwise."""
    is_female, is_minor = person.sex == Person.Sex.FEMALE, age_on(person.birth_date, day) < 18
    if target == Target.PAIRING and not is_female and not is_minor:
        return str(_("妇女和18周岁以下儿童"))
    if target == Target.INSURANCE and not is_female:
        return str(_("妇女"))
    return str(_("18周岁以下在校学生")) if target == Target.SCHOOLING and not is_minor else ""


def _draft(row: CheckedRow, of: dict[str, int], target: Target, reason: str, frame: Frame) -> Draft:
    since, until = row.values.get(SINCE.label), row.values.get(UNTIL.label)
    first = date.fromisoformat(since) if since else frame.as_of
    last = date.fromisoformat(until) if until else None
    is_soft_day = since is None or is_soft(row, SINCE.field)
    if since is None:
        row.add_compared("DAY_NOT_TOLD", SINCE.field, expected=first.isoformat())
    if last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        last = None
    approver, approved = row.values.get(APPROVER.label), row.values.get(APPROVED.label)
    if approved and not approver:
        row.add_compared("APPROVER_MISSING", APPROVER.field)
    elif not approved and not any(one.field == APPROVED.field for one in row.findings):
        row.add_compared("NOT_APPROVED_YET", APPROVED.field)
    soft = {"period"} if is_soft_day and last is None else set()
    if is_soft(row, APPROVED.field):
        soft.add("approved_on")
    return Draft(
        SpecialCircumstance,
        {**of, "target": str(target), "reason": reason},
        {
            "period": period(first, last),
            "approver": approver,
            "approved_on": date.fromisoformat(approved) if approved else None,
        },
        soft=frozenset(soft),
        overlaps=period(first, last),
        labels={"period": SINCE.label, "approver": APPROVER.label, "approved_on": APPROVED.label},
    )


CIRCUMSTANCES = Ledger(
    name="circumstances",
    title=gettext_lazy("特殊情况说明台账"),
    about=About.HOUSEHOLD_OR_PERSON,
    columns=(TARGET, REASON, SINCE, UNTIL, APPROVER, APPROVED),
    done={"approved": "approver"},
    aliases=ALIASES,
    patterns=PATTERNS,
    spans={SINCE.field: UNTIL.field},
    required=(
        frozenset({"circumstance_target"}),
        frozenset({"circumstance_reason"}),
        frozenset({"village", "address", "id_no", "household_no"}),
    ),
    drafts=_drafts,
    models=(SpecialCircumstance,),
    template=(
        "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "说明任务", "情况", "起始日期", "结束日期", "审批人", "审批日期",
    ),
    lists={
        "说明任务": tuple(words[0] for words in TARGETS.values()),
        "情况": tuple(words[0] for words in REASONS.values()),
    },
)  # fmt: skip
