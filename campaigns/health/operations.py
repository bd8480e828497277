"""Relief, goods, clinics and claims recorded by hand on a household's page (how: campaigns/recording.py)."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _

from campaigns.health.statistical_years import statistical_year
from campaigns.models import Claim, Clinic, ClinicAttendance, GoodsAid, InsuredPerson, Relief, ReliefProgramme
from campaigns.recording import (
    NOT_ELIGIBLE,
    AlreadyRecordedError,
    check_day,
    check_member,
    days_text,
    recording,
    refuse,
    save_fact,
)
from households.models import Household, Person, User
from households.periods import age_on


def record_relief(
    *,
    by: User,
    household: Household,
    person: Person,
    programme: ReliefProgramme,
    amount: Decimal,
    decided_on: date,
    decided_by: str = "",
    donor: str = "",
    paid_on: date | None = None,
    illness: str = "",
) -> Relief:
    """A patient of the household was granted relief (yuan); what the programme's rules forbid is refused."""
    with recording(by, household, _("登记大病救助")) as village:
        check_day("decided_on", decided_on)
        if paid_on is not None:
            check_day("paid_on", paid_on)
        check_member("person", household, person, decided_on)
        check_age(programme, person, decided_on)
        same = {"programme": programme, "person": person, "decided_on": decided_on, "amount": amount}
        relief = Relief(
            **same,
            decided_by=decided_by,
            donor=donor,
            paid_on=paid_on,
            illness=illness,
            statistical_year=statistical_year(programme, decided_on),
            is_once=programme.once_a_year,
        )
        try:
            return save_fact(relief, by, village, at="decided_on", same=same)
        except AlreadyRecordedError as error:
            if isinstance(error.__cause__, IntegrityError):  # a ledger relieved her in this moment
                refuse("person", _("此人本统计年度刚刚在该项目登记了救助，请刷新页面核对。"))
            raise


def check_age(programme: ReliefProgramme, person: Person, decided_on: date) -> None:
    """The programme's age on the day of the decision."""
    limit, age = programme.below_age, age_on(person.birth_date, decided_on)
    if limit is not None and age >= limit:
        told = {"name": person.name, "age": age, "programme": programme.name, "limit": limit}
        refuse(
            "person",
            _("%(name)s审批时已满%(age)s周岁，“%(programme)s”只救助%(limit)s周岁以下的，请核对人员、日期或项目。")
            % told,
            NOT_ELIGIBLE,
        )


def record_goods(
    *,
    by: User,
    household: Household,
    kind: str,
    value: Decimal,
    given_on: date,
    items: str = "",
    basis: str = "",
    donor: str = "",
) -> GoodsAid:
    """Goods or money for the household; `value` in yuan, for goods with the basis of its valuation."""
    with recording(by, household, _("登记款物帮扶")) as village:
        check_day("given_on", given_on)
        same = {"household": household, "kind": kind, "value": value, "given_on": given_on, "items": items}
        goods = GoodsAid(**same, basis=basis if kind == GoodsAid.Kind.GOODS else "", donor=donor)
        return save_fact(goods, by, village, at="basis", same=same)


def record_attendance(
    *, by: User, household: Household, person: Person, clinic: Clinic, findings: str = ""
) -> ClinicAttendance:
    """A member of the household was examined at a free clinic."""
    with recording(by, household, _("登记义诊就诊")) as village:
        check_member("person", household, person, clinic.held_on)
        if person.sex != Person.Sex.FEMALE:
            refuse(
                "person", _("义诊登记妇女就诊，%(name)s登记为男性，请核对人员。") % {"name": person.name}, NOT_ELIGIBLE
            )
        same = {"person": person, "clinic": clinic}
        return save_fact(ClinicAttendance(**same, findings=findings), by, village, at="clinic", same=same)


def record_claim(
    *,
    by: User,
    household: Household,
    insured: InsuredPerson,
    claimed_on: date,
    amount: Decimal | None = None,
    paid_on: date | None = None,
    note: str = "",
) -> Claim:
    """An insured member of the household reported an illness to the insurer."""
    with recording(by, household, _("登记理赔")) as village:
        check_day("claimed_on", claimed_on, campaign_only=False)
        if paid_on is not None:
            check_day("paid_on", paid_on, campaign_only=False)
        check_member("insured", household, insured.person, claimed_on)
        if claimed_on < insured.period.lower:
            refuse(
                "claimed_on",
                _("报案日期早于保险责任起始日期，保险责任期间为%(days)s，请核对。")
                % {"days": days_text(insured.period)},
            )
        same = {"insured": insured, "claimed_on": claimed_on}
        claim = Claim(**same, amount=amount, paid_on=paid_on, note=note)
        return save_fact(claim, by, village, at="amount", same=same)
