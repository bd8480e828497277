"""The facts of the five targets recorded by hand (how: recording.py). A fact's village is the household's village of today."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from campaigns.cleaning.rules import check_round
from campaigns.models import (
    AidProject,
    Cleaning,
    Contact,
    Donor,
    Fund,
    Grant,
    Helper,
    InsuredPerson,
    Pairing,
    Policy,
    SpecialCircumstance,
    Target,
)
from campaigns.pairing.checks import check_paired_from
from campaigns.pairing.own_homes import own_homes
from campaigns.recording import (
    NOT_ELIGIBLE,
    AlreadyRecordedError,
    already_recorded,
    check_day,
    check_eligible,
    check_member,
    check_row,
    days_text,
    entered_period,
    recording,
    refuse,
    save_fact,
)
from campaigns.schooling.accounts import too_much
from campaigns.schooling.guardians import guardians_of
from campaigns.targets import BY_KEY
from households.access import code_range
from households.models import Household, Person, User
from households.periods import age_on, period

# Digits of the region code where a helper of a kind belongs; others belong to the village.
_LEVEL_OF_HELPER: dict[str, int] = {
    Helper.Kind.TOWNSHIP_CADRE: 9,
    Helper.Kind.COUNTY_CADRE: 6,
    Helper.Kind.CITY_CADRE: 4,
}


def record_contact(
    *,
    by: User,
    household: Household,
    kind: str,
    done_on: date,
    place: str = "",
    speaker: str = "",
    attended_by: Person | None = None,
    entry_key: UUID | None = None,
) -> Contact:
    """The household was told about the policies on a day; a lecture needs the member who attended.

    What is sent again with the same `entry_key` is recorded already, even if it has been voided in the meantime.
    """
    with recording(by, household, _("登记宣传")) as village:
        if entry_key is not None and Contact.objects.filter(household=household, entry_key=entry_key).exists():
            raise AlreadyRecordedError(already_recorded())
        check_day("done_on", done_on)
        if kind == Contact.Kind.LECTURE and attended_by is None:
            refuse("attended_by", _("集中培训须有家庭成员参加才能登记，请选择参加的家庭成员。"))
        if attended_by is not None:
            check_member("attended_by", household, attended_by, done_on)
        same = {"household": household, "kind": kind, "done_on": done_on, "attended_by": attended_by}
        fact = Contact(**same, place=place, speaker=speaker, entry_key=entry_key)
        return save_fact(fact, by, village, at="done_on", same=same)


def record_cleaning(
    *,
    by: User,
    household: Household,
    done_on: date,
    round_number: int = 1,
    helpers: str = "",
    items: Sequence[str] = (),
    score: int | None = None,
) -> Cleaning:
    """A round of cleaning was completed on a day."""
    with recording(by, household, _("登记家居清洁")) as village:
        check_day("done_on", done_on)
        # Sent once more after Back, the form comes with the next round already.
        others = Cleaning.objects.filter(household=household, voided_at=None, done_on=done_on)
        if other := others.exclude(round_number=round_number).first():
            raise AlreadyRecordedError(
                _("本户%(day)s已登记第%(round)s轮清洁，没有重复登记。") % {"day": done_on, "round": other.round_number}
            )
        check_round(household.pk, round_number, done_on)
        same = {"household": household, "round_number": round_number, "done_on": done_on}
        fact = Cleaning(**same, helpers=helpers, items=list(items), score=score)
        return save_fact(fact, by, village, at="round_number", same=same)


def helpers_for(by: User, village: str) -> models.QuerySet[Helper]:
    """Helpers who may be chosen for a village: those of its county the user may see, and those of the levels above it
    (cadres of township, county and city)."""
    above = [village[:digits] for digits in (4, 6, 9, 12)]
    mine = Helper.objects.visible_to(by).filter(code_range("region_id", village[:6])).values("pk")
    return Helper.objects.filter(models.Q(pk__in=mine) | models.Q(region_id__in=above)).order_by("name", "pk")


def add_helper(
    *, by: User, household: Household, name: str, kind: str, unit: str = "", phone: str = "", since: date
) -> Helper:
    """A new helper (包联人), in office since a day; the same helper given twice is one.

    She belongs to the level of her kind (village, township, county, city) as far as the user's regions reach.
    """
    with recording(by, household, _("新增包联人")) as village:
        digits = _LEVEL_OF_HELPER.get(kind, 12)
        region = village[:digits] if by.covers(village[:digits]) else village
        for known in Helper.objects.filter(name=name, kind=kind, unit=unit, region_id=region):
            if (known.phone or "") == phone:
                return known
        helper = Helper(
            name=name, kind=kind, unit=unit, phone=phone or None, region_id=region, active=period(since, None)
        )
        check_row(helper, at="new_name")
        helper.save()
        return helper


def record_pairing(
    *,
    by: User,
    household: Household,
    people: Sequence[Person],
    helper: Helper,
    first: date,
    last: date | None = None,
    kind: str = Pairing.Kind.PERSONAL,
) -> list[Pairing]:
    """A helper takes care of members of the household from `first` to `last` (inclusive, None = until ended).

    People who have this very pairing already are passed over; AlreadyRecordedError where nobody is left.
    """
    with recording(by, household, _("登记结对包联")) as village:
        check_day("first", first, campaign_only=False)
        days = entered_period(first, last)
        _check_helper(helper, kind, first)
        if own_homes([helper], [household.pk], first):
            refuse("helper", _("%(name)s像是本户的人，不能包联本户，请另选包联人。") % {"name": helper.name})
        made = []
        for person in people:
            check_member("people", household, person, first)
            check_eligible("people", Target.PAIRING, village, person, days)
            same = {"helper": helper, "person": person, "kind": kind, "period": days}
            if not Pairing.objects.filter(voided_at=None, **same).exists():
                made.append(save_fact(Pairing(**same), by, village, at="people", same=same))
        if not made:
            raise AlreadyRecordedError(already_recorded())
        return made


def record_insured(
    *,
    by: User,
    household: Household,
    person: Person,
    policy: Policy,
    first: date,
    state: str = InsuredPerson.State.ACCEPTED,
) -> InsuredPerson:
    """A woman is on a policy from a day to the policy's end. An earlier enrolment on the policy becomes this record."""
    with recording(by, household, _("登记“两癌”投保")) as village:
        check_day("first", first, campaign_only=False)
        if first not in policy.period:
            refuse("first", _("该保单的保险期间为%(days)s，请改填期间内的日期。") % {"days": days_text(policy.period)})
        _check_insurable(person, policy)
        days = DateRange(first, policy.period.upper, "[)")
        check_member("person", household, person, first)
        check_eligible("person", Target.INSURANCE, village, person, days)
        same = {"policy": policy, "person": person, "state": state, "period": days}
        enrolled = InsuredPerson.objects.filter(
            policy=policy, person=person, voided_at=None, state=InsuredPerson.State.ENROLLED
        ).first()
        fact = enrolled or InsuredPerson(policy=policy, person=person)
        fact.state, fact.period = state, days
        return save_fact(fact, by, village, at="person", same=same)


def record_grant(
    *,
    by: User,
    household: Household,
    person: Person,
    project: AidProject,
    granted_on: date,
    amount: Decimal,
    is_goods: bool = False,
    kind: str = Grant.Kind.OTHER,
    fund: Fund | None = None,
    donor: Donor | None = None,
    advanced_by: str = "",
    receipt_no: str = "",
    guardian: str = "",
) -> Grant:
    """A pupil received aid on a day; `amount` in yuan (goods: their value). What a fund pays it must hold on the day.

    Without a name the guardian is taken from the household.
    """
    with recording(by, household, _("登记助学")) as village:
        check_day("granted_on", granted_on)
        if project.girls_only and person.sex != Person.Sex.FEMALE:
            refuse("person", _("“%(project)s”只资助女童，请选择女童或其他项目。") % {"project": project.name})
        check_member("person", household, person, granted_on)
        check_eligible("person", Target.SCHOOLING, village, person, period(granted_on, granted_on))
        same = {"project": project, "person": person, "granted_on": granted_on, "amount": amount}
        if fund is not None:
            _check_fund(by, fund, granted_on, amount, is_goods=is_goods)
        grant = Grant(
            **same, is_goods=is_goods, kind=kind, fund=fund, donor=donor, advanced_by=advanced_by, receipt_no=receipt_no,
            paid_on=granted_on, guardian=guardian or guardians_of([person], granted_on)[person.pk],
        )  # fmt: skip
        return save_fact(grant, by, village, at="granted_on", same=same)


def _check_fund(by: User, fund: Fund, day: date, amount: Decimal, *, is_goods: bool) -> None:
    """The fund is the user's, takes money or goods as this is, and holds the amount; it stays locked."""
    if not by.covers(fund.region_id):
        refuse("fund", _("基金不在您的负责区划内，请另选。"))
    kept = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
    if kept.is_goods != is_goods:
        refuse("fund", _("资金与物资分开记账：实物请选择物资账，款项请选择资金账。"))
    if words := too_much(kept, day, amount):
        refuse("fund", words, "AMOUNT_EXCEEDS_FUND")


def record_circumstance(
    *,
    by: User,
    household: Household,
    target: str,
    reason: str,
    first: date,
    last: date | None = None,
    person: Person | None = None,
    approver: str = "",
    approved_on: date | None = None,
) -> SpecialCircumstance:
    """Why a household, or one of its members, cannot be covered for a while; it counts as explained once approved."""
    with recording(by, household, _("登记特殊情况说明")) as village:
        check_day("first", first, campaign_only=False)
        if approved_on is not None:
            check_day("approved_on", approved_on, campaign_only=False)
            if not approver:
                refuse("approver", _("已填审批日期，请同时填写审批人；尚未审批的请把审批日期留空。"))
        days = entered_period(first, last)
        whole = BY_KEY[Target(target)].unit == "household"
        if whole and person is not None:
            refuse("person", _("这一项按户说明，请不要选择人员。"))
        if not whole and person is None:
            refuse("person", _("这一项按人说明，请选择家庭成员。"))
        if person is not None:
            check_member("person", household, person, first)
        check_eligible("target", Target(target), village, person or household, days)
        unit = {"household": household} if whole else {"person": person}
        same = {**unit, "target": target, "reason": reason, "period": days}
        fact = SpecialCircumstance(**same, approver=approver, approved_on=approved_on)
        return save_fact(fact, by, village, at="first", same=same)


def _check_helper(helper: Helper, kind: str, first: date) -> None:
    """In office on the first day; a society helps as a society, never personally."""
    check_paired_from("first", helper, first)
    if (helper.kind == Helper.Kind.SOCIETY) != (kind == Pairing.Kind.SOCIETY):
        refuse("kind", _("巾帼社团只能登记为“社团特色帮扶”，个人只能登记为结对包联或分片包联。"))


def _check_insurable(person: Person, policy: Policy) -> None:
    """The scheme's terms, with the reason why not."""
    scheme = policy.scheme
    age = age_on(person.birth_date, scheme.reference_day)
    if person.sex != Person.Sex.FEMALE:
        refuse("person", _("“两癌”保险只承保妇女，%(name)s登记为男性。") % {"name": person.name}, NOT_ELIGIBLE)
    if not scheme.min_age <= age <= scheme.max_age:
        refuse(
            "person",
            _("%(name)s在年龄计算日（%(day)s）为%(age)s周岁，方案承保%(low)s—%(high)s周岁；请核对人员或保单。")
            % {
                "name": person.name,
                "day": scheme.reference_day,
                "age": age,
                "low": scheme.min_age,
                "high": scheme.max_age,
            },
            NOT_ELIGIBLE,
        )
