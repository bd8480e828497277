"""The ledger of serious-illness relief (大病救助台账)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.health.care_models import Relief, ReliefProgramme
from campaigns.health.statistical_years import statistical_year
from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Resident, Unit, day_told, is_soft, month_told
from households.intake.columns import Column, MoneyCleaner, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.periods import age_on

MOST_RELIEF = 500_000
DECIDED = Column("decided", "审批", clean_done)
PROGRAMME = Column("programme", "救助项目", text_cleaner(100))
ILLNESS = Column("illness", "病情", text_cleaner(200, keeps_numbers=True))
RELIEF_AMOUNT = Column("relief_amount", "救助金额", MoneyCleaner(most=MOST_RELIEF))
RELIEF_DONOR = Column("relief_donor", "捐助方", text_cleaner(100))
DECIDED_BY = Column("decided_by", "审批人", text_cleaner(60))
PAID_ON = Column("paid_on", "发放日期", clean_day)


@dataclass(slots=True)
class KnownRelief:
    """All programmes by name, and the valid reliefs by (programme, person), wherever the person lived then."""

    by_name: dict[str, ReliefProgramme]
    given: dict[tuple[int, int], list[Relief]]


def _known_relief(_rows: list[CheckedRow], _frame: Frame) -> KnownRelief:
    given: dict[tuple[int, int], list[Relief]] = {}
    for relief in Relief.objects.filter(voided_at=None).defer("illness").order_by("pk"):
        given.setdefault((relief.programme_id, relief.person_id), []).append(relief)
    return KnownRelief({one.name: one for one in ReliefProgramme.objects.order_by("pk")}, given)


def _relief_drafts(row: CheckedRow, unit: Unit | None, known: KnownRelief, frame: Frame) -> list[Draft]:
    day, amount = row.values.get(DECIDED.label), row.values.get(RELIEF_AMOUNT.label)
    if unit is None or (day is None and not amount and not row.values.get(PAID_ON.label)):
        return []
    assert unit.person is not None
    if not amount:
        row.add_compared("RELIEF_AMOUNT_MISSING", RELIEF_AMOUNT.field)
        return []
    paid = row.values.get(PAID_ON.label)
    if day is None:  # the payment tells the day as well; else the file's day, which never changes a recorded one
        day = paid or frame.as_of.isoformat()
        row.add("DATE_ASSUMED", DECIDED.field, expected=day)
    soft, programme = is_soft(row, DECIDED.field), _programme(row, known)
    decided_on, paid_on = date.fromisoformat(day), date.fromisoformat(paid) if paid else None
    if soft and paid_on and paid_on < decided_on:  # an assumed day gives way to the payment's
        decided_on = paid_on
    if programme is None or not _is_allowed(row, unit.person, programme, decided_on, paid_on):
        return []
    year = statistical_year(programme, decided_on)
    given = [one for one in known.given.get((programme.pk, unit.person.person_id), ()) if one.statistical_year == year]
    if not _fits(row, programme, given if programme.once_a_year else [], decided_on, paid_on, soft=soft):
        return []
    same: dict[str, Any] = {"person_id": unit.person.person_id, "programme_id": programme.pk}
    days: dict[str, Any] = {"decided_on": decided_on, "statistical_year": year}
    # What names the relief beside person and programme: the year where there is one a year, else the day, if it is told.
    known_by = "statistical_year" if programme.once_a_year else "" if soft else "decided_on"
    same |= {name: value for name, value in days.items() if name == known_by}
    values = {name: value for name, value in days.items() if name != known_by} | {
        "amount": Decimal(str(amount)),
        "illness": row.values.get(ILLNESS.label),
        "donor": row.values.get(RELIEF_DONOR.label),
        "decided_by": row.values.get(DECIDED_BY.label),
        "paid_on": paid_on,
        "is_once": programme.once_a_year,
    }
    # One a year is known by its year, whatever the month.
    month = None if programme.once_a_year else month_told(row, DECIDED.field, decided_on)
    if soft:
        values["day_told"] = day_told(row, DECIDED.field)
    soft_days = frozenset((*days, "day_told") if soft else ())
    return [
        Draft(Relief, same, values, soft=soft_days, day="decided_on", sum="amount", month=month, labels=_RELIEF_LABELS)
    ]


def _programme(row: CheckedRow, known: KnownRelief) -> ReliefProgramme | None:
    """The programme named; the only one there is where none is named."""
    name = row.values.get(PROGRAMME.label)
    if name is None and len(known.by_name) == 1:
        return next(iter(known.by_name.values()))
    found = known.by_name.get(name or "")
    if found is None:
        names = "、".join(list(known.by_name)[:5])
        code = "RELIEF_PROGRAMME_UNKNOWN" if name else "RELIEF_PROGRAMME_MISSING"
        row.add_compared(code, PROGRAMME.field, written=name or "", suggestion=names or _("（还没有登记任何项目）"))
    return found


def _is_allowed(
    row: CheckedRow, person: Resident, programme: ReliefProgramme, decided_on: date, paid_on: date | None
) -> bool:
    """The programme's age, and the order of the days."""
    limit = programme.below_age
    if limit is not None and age_on(person.birth_date, decided_on) >= limit:
        terms = _("%(age)s周岁以下") % {"age": limit}
        row.add_compared("RELIEF_TOO_OLD", DECIDED.field, written=programme.name, expected=terms)
        return False
    if paid_on and paid_on < decided_on:
        row.add_compared("RELIEF_PAID_EARLY", PAID_ON.field)
        return False
    return True


def _fits(
    row: CheckedRow,
    programme: ReliefProgramme,
    given: list[Relief],
    decided_on: date,
    paid_on: date | None,
    *,
    soft: bool,
) -> bool:
    """Beside the relief already given in the year: it is that very one, or the rule of the programme is broken."""
    for one in given:
        if one.decided_on != decided_on and not soft:
            at = one.decided_on.isoformat()
            row.add_compared("RELIEF_TWICE_A_YEAR", DECIDED.field, written=programme.name, expected=at)
            return False
        if paid_on and paid_on < one.decided_on:
            row.add_compared("RELIEF_PAID_EARLY", PAID_ON.field)
            return False
    return True


_RELIEF_LABELS = {
    "amount": RELIEF_AMOUNT.label, "illness": ILLNESS.label, "donor": RELIEF_DONOR.label, "decided_on": DECIDED.label,
    "decided_by": DECIDED_BY.label, "paid_on": PAID_ON.label,
}  # fmt: skip


RELIEF = Ledger(
    name="relief",
    title=gettext_lazy("大病救助台账"),
    about=About.PERSON,
    columns=(DECIDED, PROGRAMME, ILLNESS, RELIEF_AMOUNT, RELIEF_DONOR, DECIDED_BY, PAID_ON),
    done={"decided": "decided_by", "paid_on": ""},
    aliases={
        "审批日期": "decided", "审批时间": "decided", "救助日期": "decided", "救助时间": "decided", "批准日期": "decided",
        "核准日期": "decided", "是否救助": "decided", "救助情况": "decided", "日期": "decided", "时间": "decided",
        "项目": "programme", "项目名称": "programme", "救助类别": "programme", "疾病": "illness", "所患疾病": "illness",
        "患病情况": "illness", "疾病名称": "illness", "病种": "illness", "诊断": "illness", "所患病种": "illness",
        "救助金额(元)": "relief_amount", "救助资金": "relief_amount", "救助款": "relief_amount", "救助金": "relief_amount",
        "金额": "relief_amount", "金额(元)": "relief_amount", "救助标准": "relief_amount", "发放金额": "relief_amount",
        "资金来源": "relief_donor", "捐助单位": "relief_donor", "捐赠方": "relief_donor", "捐助人": "relief_donor",
        "捐助单位或个人": "relief_donor", "审批单位": "decided_by", "经办人": "decided_by", "发放时间": "paid_on",
        "到账日期": "paid_on", "打卡日期": "paid_on", "患儿姓名": "name", "受助人": "name", "受助儿童": "name", "儿童姓名": "name",
    },
    patterns={
        r"(?:实际|实)?(?:发放?|救助|资助|补助)的?(?:金额|资金|金|款|数额|标准)": "relief_amount",
        r"(?:发放|到账|打卡|拨付|支付|领取)的?(?:时间|日期)": "paid_on",
        r"(?:审批|批准|核准|核定|救助|认定|评定)的?(?:时间|日期)": "decided",
        r"(?:所?患|患病|主要)?(?:疾病|病种|病情|病症|大病)的?(?:名称|种类|诊断|情况|类型)?": "illness",
        r"(?:审批|批准|核准)(?:人|人员|领导|单位)(?:姓名)?": "decided_by",
        r"(?:捐助|捐赠|救助|爱心)(?:单位|企业|人|人士|方)(?:名称|姓名)?": "relief_donor",
        r"救助(?:项目|类别|类型)(?:名称)?": "programme",
    },
    labelled=frozenset({"programme", "decided", "paid_on", "relief_donor"}),
    required=(
        frozenset({"name"}),
        frozenset({"relief_amount", "decided"}),
        frozenset({"village", "address", "id_no"}),
    ),
    phones={"relief_donor": ""},
    known=_known_relief,
    drafts=_relief_drafts,
    models=(Relief,),
    template=(
        "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "救助项目", "病情", "救助金额", "捐助方", "审批", "审批人", "发放日期",
    ),
)  # fmt: skip
