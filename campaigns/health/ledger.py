"""The insurer's accepted list (“两癌”投保清单), and how any ledger tells that a woman is insured."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.health.care_ledger import CLINICS, GOODS
from campaigns.health.models import InsuredPerson, Policy
from campaigns.health.relief_ledger import RELIEF
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import words_cleaner
from households.access import code_range
from households.intake.columns import Column, Doubt, number_text_cleaner, read_date, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person
from households.periods import age_on, last_day, period

STATES = {
    InsuredPerson.State.ACCEPTED: ("已承保", "承保", "已投保", "投保成功", "有效", "正常", "已参保", "通过"),
    InsuredPerson.State.ENROLLED: ("已报名", "报名", "待承保", "拟投保", "审核中"),
    InsuredPerson.State.REFUSED: ("未承保", "拒保", "不予承保", "未通过", "退保"),
}
INSURED = Column("insured", "投保", clean_done)
UNTIL = Column("insured_until", "保险止期", read_date)
POLICY_NO = Column("policy_no", "保单号", number_text_cleaner(60, Doubt(None, ("ID_PRECISION_LOST",))))
STATE = Column("insured_state", "承保状态", words_cleaner(STATES))
REASON = Column("refusal_reason", "未承保原因", text_cleaner(200))
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
    r"(?:核保|承保|投保|保单|审核)的?(?:状态|结果|情况|结论)": "insured_state",
}


@dataclass(slots=True)
class KnownPolicies:
    """All policies with their schemes, and who of the rows' counties is accepted or enrolled on which: (person, policy)."""

    policies: list[Policy]
    on_list: set[tuple[int, int]]
    enrolled: set[tuple[int, int]]


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
    return KnownPolicies(list(Policy.objects.select_related("scheme").order_by("pk")), on_list, enrolled)


def insured_drafts(
    row: CheckedRow, unit: Unit, known: KnownPolicies, frame: Frame, *, listed: bool = False
) -> list[Draft]:
    """The cover that the row tells, if any; on the insurer's own list (`listed`) every row tells one."""
    day, number = row.values.get(INSURED.label), row.values.get(POLICY_NO.label)
    if day is None and not (listed or number):
        return []
    assert unit.person is not None
    policy = _policy(row, unit.person.person_id, known, date.fromisoformat(day) if day else frame.as_of)
    if policy is None:
        return []
    state, reason = row.values.get(STATE.label), row.values.get(REASON.label)
    if reason and not state:
        row.add_compared("REFUSED_WITHOUT_STATE", STATE.field)
        return []
    soft = day is None or is_soft(row, INSURED.field)
    # The list itself says that she is covered from the policy's first day; a √ elsewhere counts from its own day.
    first = date.fromisoformat(day) if day else policy.period.lower if listed else frame.as_of
    last = date.fromisoformat(told) if (told := row.values.get(UNTIL.label)) else last_day(policy.period)
    if last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        return []
    scheme, person = policy.scheme, unit.person
    age = age_on(person.birth_date, scheme.reference_day)
    if person.sex != Person.Sex.FEMALE or not scheme.min_age <= age <= scheme.max_age:
        terms = _("%(low)s—%(high)s周岁妇女") % {"low": scheme.min_age, "high": scheme.max_age}
        row.add_compared("NOT_ELIGIBLE", INSURED.field, expected=terms)
    return [
        Draft(
            InsuredPerson,
            {"person_id": person.person_id, "policy_id": policy.pk},
            {
                "state": state or str(InsuredPerson.State.ACCEPTED),
                "period": period(first, last),
                "refusal_reason": reason if state == InsuredPerson.State.REFUSED else None,
            },
            soft=frozenset({"period"} if soft and not told else ()),
            is_end_told=told is not None,
            labels={"state": STATE.label, "period": INSURED.label, "refusal_reason": REASON.label},
        )
    ]


def _policy(row: CheckedRow, person: int, known: KnownPolicies, day: date) -> Policy | None:
    """The policy named, else the only one in force on the day, else the one for which she is enrolled or on already."""
    number = row.values.get(POLICY_NO.label)
    fitting = [one for one in known.policies if (one.number == number if number else day in one.period)]
    if len(fitting) > 1:
        enrolled = [one for one in fitting if (person, one.pk) in known.enrolled]
        fitting = enrolled or [one for one in fitting if (person, one.pk) in known.on_list]
    if len(fitting) == 1:
        return fitting[0]
    row.add_compared("POLICY_UNKNOWN", POLICY_NO.field if number else INSURED.field, written=number or day.isoformat())
    return None


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    return insured_drafts(row, unit, known, frame, listed=True) if unit else []


POLICIES = Ledger(
    name="policies",
    title=gettext_lazy("“两癌”承保名单"),
    about=About.PERSON,
    columns=(POLICY_NO, INSURED, UNTIL, STATE, REASON),
    done={"insured": ""},
    aliases=ALIASES,
    patterns=PATTERNS,
    required=(frozenset({"name"}), frozenset({"id_no"})),
    known=known_policies,
    drafts=_drafts,
    models=(InsuredPerson,),
    template=("乡镇", "行政村", "姓名", "证件号码", "保单号", "投保", "保险止期", "承保状态", "未承保原因"),
    lists={"承保状态": tuple(words[0] for words in STATES.values())},
)

LEDGERS = (POLICIES, RELIEF, GOODS, CLINICS)
