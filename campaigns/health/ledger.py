"""The insurer's accepted list (“两癌”投保清单), and how any ledger tells that a woman is insured."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.health.care_ledger import CLINICS, GOODS
from campaigns.health.models import InsuredPerson, Policy
from campaigns.health.relief_ledger import RELIEF
from campaigns.ledgers.comparing import meet
from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Resident, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.recording import days_text
from households.access import code_range
from households.codes import plain
from households.intake.columns import (
    Column,
    Doubt,
    ReadDate,
    as_text,
    number_text_cleaner,
    read_date,
    text_cleaner,
    tidy,
)
from households.intake.kinds import Frame
from households.intake.messages import Policy as Held
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Person
from households.periods import age_on, last_day, period

STATES = {
    InsuredPerson.State.ACCEPTED: (
        "已承保",
        "承保",
        "已投保",
        "投保成功",
        "有效",
        "正常",
        "已参保",
        "通过",
        "标准体",
        "标准体承保",
        "同意承保",
        "正常承保",
        "承保成功",
        "已生效",
        "在保",
        "保障中",
    ),
    InsuredPerson.State.ENROLLED: ("已报名", "报名", "待承保", "拟投保", "审核中"),
    InsuredPerson.State.REFUSED: (
        "未承保",
        "拒保",
        "不予承保",
        "未通过",
        "退保",
        "不承保",
        "不符合承保条件",
        "不符合条件",
    ),
}
NOT_INSURED = "未投保"
_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|(?<!\d)\d{8}(?!\d)")
_ONE_YEAR = re.compile(r"(?:[一1壹]年|12个月)(?:期)?")


def _clean_insured(cell: CellValue) -> Any:
    """As `clean_done`, but "not" stays: on the insurer's own list a blank and a 否 are not the same."""
    value = clean_done(cell)
    return NOT_INSURED if value is None and tidy(as_text(cell)) else value


def _clean_period(cell: CellValue) -> Any:
    """2018年4月1日零时至2019年3月31日二十四时 as 2018-04-01至2019-03-31; None for the usual year."""
    written = tidy(as_text(cell))
    if not written or _ONE_YEAR.fullmatch(written):
        return None
    days = [read.day for text in _DAY.findall(written) if isinstance(read := read_date(text), ReadDate) and read.day]
    if len(days) != 2:
        return Doubt(None, ("DATE_UNREADABLE",), {"written": written[:40]}, Held.HELD)
    return "至".join(day.isoformat() for day in days)


INSURED = Column("insured", "投保", _clean_insured)
PERIOD = Column("insured_period", "保险期间", _clean_period)
UNTIL = Column("insured_until", "保险止期", clean_day)
POLICY_NO = Column("policy_no", "保单号", number_text_cleaner(60, Doubt(None, ("ID_PRECISION_LOST",))))
STATE = Column("insured_state", "承保状态", official_word_cleaner(STATES))
REASON = Column("refusal_reason", "未承保原因", text_cleaner(200, keeps_numbers=True))
ALIASES = {
    "投保时间": "insured", "投保日期": "insured", "两癌保险": "insured", "“两癌”保险": "insured", "两癌投保": "insured",
    "“两癌”健康保险": "insured", "两癌健康保险": "insured", "是否投保": "insured", "投保情况": "insured", "参保": "insured",
    "两癌安康保障": "insured", "“两癌”安康保障": "insured", "参保时间": "insured", "承保日期": "insured", "生效日期": "insured",
    "起保日期": "insured", "保险起期": "insured", "起始日期": "insured", "保险起始日期": "insured", "责任起期": "insured",
    "止保日期": "insured_until", "结束日期": "insured_until", "保险结束日期": "insured_until", "保险到期日": "insured_until",
    "责任止期": "insured_until", "到期日期": "insured_until", "保单号码": "policy_no", "团体保单号": "policy_no",
    "保险单号": "policy_no", "状态": "insured_state", "保单状态": "insured_state", "承保结果": "insured_state",
    "审核结果": "insured_state", "拒保原因": "refusal_reason", "不予承保原因": "refusal_reason", "退回原因": "refusal_reason",
    "未通过原因": "refusal_reason",
}  # fmt: skip

PATTERNS = {
    r"(?:保险|保单|责任|保障)?(?:生效|起保|起始|开始|承保|投保|参保|办理)的?(?:时间|日期|日)": "insured",
    r"(?:保险|保单|责任|保障)?(?:终止|到期|截止|结束|止保|失效)的?(?:时间|日期|日)": "insured_until",
    r"(?:团体|保险|团险)*保?单(?:的)?(?:号码?|编号)": "policy_no",
    r"(?:保险|保障|保单|责任|承保)的?(?:期间|期限|起止(?:时间|日期|期)?|起止|有效期)": "insured_period",
    r"(?=.{4,})是否(?:已)?(?:参加|购买|办理|享受|投保|参保)*(?:两癌)?(?:健康|安康)*(?:保险|保障)?": "insured",
    r"(?:未承保|拒保|不予?承保|退保|未通过|不通过)的?(?:原因|理由)": "refusal_reason",
    r"(?:核保|承保|投保|保单|审核)的?(?:状态|结果|情况|结论)": "insured_state",
}


@dataclass(slots=True)
class KnownPolicies:
    """All policies with their schemes, and who of the rows' counties is accepted or enrolled on which: (person, policy).

    cover: of each person accepted, the policies with the days.
    """

    policies: list[Policy]
    on_list: set[tuple[int, int]]
    enrolled: set[tuple[int, int]]
    cover: dict[int, list[tuple[int, DateRange]]] = field(default_factory=dict)

    def elsewhere(self, person: int, policy: Policy, days: DateRange) -> str:
        """The numbers of other policies of the scheme that cover her on some of the days, "" for none."""
        by_id = {one.pk: one for one in self.policies}
        met = (
            by_id[pk]
            for pk, covered in self.cover.get(person, ())
            if pk != policy.pk and meet(covered, days) and by_id[pk].scheme_id == policy.scheme_id
        )
        return "、".join(sorted({one.number for one in met}))


def known_policies(rows: list[CheckedRow], frame: Frame) -> KnownPolicies:
    """The policies that a row can mean."""
    insured = InsuredPerson.objects.filter(voided_at=None)
    wanted = Q(pk__in=())
    for code in {code[:6] for code in (*frame.scope, *(row.village for row in rows if row.village))}:
        wanted |= code_range("village_id", code)
    on_list, enrolled = (
        set(insured.filter(wanted, state=state).values_list("person_id", "policy_id"))
        for state in (InsuredPerson.State.ACCEPTED, InsuredPerson.State.ENROLLED)
    )
    cover: dict[int, list[tuple[int, DateRange]]] = defaultdict(list)
    accepted = insured.filter(wanted, state=InsuredPerson.State.ACCEPTED)
    for person, policy, days in accepted.values_list("person_id", "policy_id", "period"):
        cover[person].append((policy, days))
    return KnownPolicies(list(Policy.objects.select_related("scheme").order_by("pk")), on_list, enrolled, cover)


def insured_drafts(
    row: CheckedRow, unit: Unit, known: KnownPolicies, frame: Frame, *, listed: bool = False
) -> list[Draft]:
    """The cover that the row tells, if any; on the insurer's own list (`listed`) every row tells one."""
    day, number = row.values.get(INSURED.label), row.values.get(POLICY_NO.label)
    state, reason = stored(STATES, row.values.get(STATE.label)), row.values.get(REASON.label)
    start, _between, end = (row.values.get(PERIOD.label) or "").partition("至")
    if day == NOT_INSURED:
        if state == InsuredPerson.State.ACCEPTED:
            row.add_compared("ANSWERS_CONTRADICT", INSURED.field, written=row.values[STATE.label])
        if state != InsuredPerson.State.REFUSED:
            return []
        day = None
    day, until = day or start or None, row.values.get(UNTIL.label) or end or None
    if day is None and not (listed or number):
        return []
    if listed and day is None and not state and not until and INSURED.label in row.values:
        row.add_compared("INSURED_UNCLEAR", INSURED.field)
        return []
    assert unit.person is not None
    policy = _policy(row, unit.person.person_id, known, date.fromisoformat(day) if day else frame.as_of)
    if policy is None:
        return []
    if reason and not state:
        row.add_compared("REFUSED_WITHOUT_STATE", STATE.field)
        return []
    soft = day is None or is_soft(row, INSURED.field)
    # The list itself says that she is covered from the policy's first day; a √ elsewhere counts from its own day.
    first = date.fromisoformat(day) if day else policy.period.lower if listed else frame.as_of
    last = date.fromisoformat(until) if until else last_day(policy.period)
    if last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field if UNTIL.label in row.values else PERIOD.field)
        return []
    days = period(first, last)
    _look_beside(row, unit.person, policy, days, known, is_exact=not soft, state=state)
    return [
        Draft(
            InsuredPerson,
            {"person_id": unit.person.person_id, "policy_id": policy.pk},
            {
                "state": state or str(InsuredPerson.State.ACCEPTED),
                "period": days,
                "refusal_reason": reason if state == InsuredPerson.State.REFUSED else None,
            },
            soft=frozenset({"period"} if soft and not until else ()),
            is_end_told=until is not None,
            labels={"state": STATE.label, "period": INSURED.label, "refusal_reason": REASON.label},
        )
    ]


def _look_beside(
    row: CheckedRow,
    person: Resident,
    policy: Policy,
    days: DateRange,
    known: KnownPolicies,
    *,
    is_exact: bool,
    state: str | None,
) -> None:
    """Her age and sex beside the scheme's, the days beside the policy's, and cover that she has already."""
    scheme = policy.scheme
    age = age_on(person.birth_date, scheme.reference_day)
    if person.sex != Person.Sex.FEMALE or not scheme.min_age <= age <= scheme.max_age:
        terms = _("%(low)s—%(high)s周岁妇女") % {"low": scheme.min_age, "high": scheme.max_age}
        row.add_compared("NOT_ELIGIBLE", INSURED.field, expected=terms)
    if is_exact and not (policy.period.lower <= days.lower and (days.upper or date.max) <= policy.period.upper):
        row.add_compared(
            "PERIOD_NOT_OF_POLICY", INSURED.field, written=days_text(days), expected=days_text(policy.period)
        )
    if state in (None, InsuredPerson.State.ACCEPTED):
        if others := known.elsewhere(person.person_id, policy, days):
            row.add_compared("INSURED_ELSEWHERE", POLICY_NO.field, written=others)
        known.cover.setdefault(person.person_id, []).append((policy.pk, days))  # for the rows below


def _policy(row: CheckedRow, person: int, known: KnownPolicies, day: date) -> Policy | None:
    """The policy named, else the only one in force on the day, else the one for which she is enrolled or on already."""
    number = row.values.get(POLICY_NO.label)
    told = plain(number or "").upper()
    fitting = [one for one in known.policies if (plain(one.number).upper() == told if number else day in one.period)]
    if len(fitting) > 1:
        enrolled = [one for one in fitting if (person, one.pk) in known.enrolled]
        fitting = enrolled or [one for one in fitting if (person, one.pk) in known.on_list] or fitting
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        row.add_compared("POLICY_SEVERAL_FIT", INSURED.field, suggestion="、".join(one.number for one in fitting[:5]))
        return None
    row.add_compared("POLICY_UNKNOWN", POLICY_NO.field if number else INSURED.field, written=number or day.isoformat())
    return None


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    return insured_drafts(row, unit, known, frame, listed=True) if unit else []


POLICIES = Ledger(
    name="policies",
    title=gettext_lazy("“两癌”承保名单"),
    about=About.PERSON,
    columns=(POLICY_NO, INSURED, UNTIL, PERIOD, STATE, REASON),
    undone=r"退保|拒保|未(?:投保|承保|参保|交费)|不愿意?(?:投保|参保)|注销",
    done={"insured": ""},
    aliases=ALIASES,
    patterns=PATTERNS,
    labelled=frozenset({"policy_no", "insured_period"}),
    required=(frozenset({"name"}), frozenset({"id_no"})),
    known=known_policies,
    drafts=_drafts,
    models=(InsuredPerson,),
    template=("乡镇", "行政村", "姓名", "证件号码", "保单号", "投保", "保险止期", "承保状态", "未承保原因"),
    lists={"承保状态": tuple(words[0] for words in STATES.values())},
)

LEDGERS = (POLICIES, RELIEF, GOODS, CLINICS)
