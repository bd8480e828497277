"""Campaign facts recorded and voided by hand.

Every function is keyword-only, takes the user as `by`, checks her permission and her regions, writes fact and history
in one transaction, and refuses with a ValidationError whose keys are the names of its own parameters (so that a form
shows the words at the field). A fact's village is the household's village of today, for scope and display only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.facts import Fact
from campaigns.models import (
    AidProject,
    CampaignYear,
    Cleaning,
    Contact,
    Grant,
    Helper,
    InsuredPerson,
    Pairing,
    Policy,
    SpecialCircumstance,
    Standing,
    Target,
)
from campaigns.targets import BY_KEY
from households.access import Permission, code_range
from households.models import Household, HouseholdSpell, Membership, Person, TouchedVillage, User
from households.periods import age_on, last_day, period
from households.querysets import can

NOT_ELIGIBLE = "NOT_ELIGIBLE"
# Digits of the region code where a helper of a kind belongs; others belong to the village.
_LEVEL_OF_HELPER: dict[str, int] = {
    Helper.Kind.TOWNSHIP_CADRE: 9,
    Helper.Kind.COUNTY_CADRE: 6,
    Helper.Kind.CITY_CADRE: 4,
}


class AlreadyRecordedError(ValidationError):
    """The very same fact is recorded (a form sent twice): nothing was written."""


def village_of(household: Household) -> str | None:
    """Code of the village of the household's current or last spell; None where it has never been registered."""
    spell = HouseholdSpell.objects.filter(household=household).order_by("-period").first()
    return spell.village_id if spell else None


def record_contact(
    *,
    by: User,
    household: Household,
    kind: str,
    done_on: date,
    place: str = "",
    speaker: str = "",
    attended_by: Person | None = None,
) -> Contact:
    """The household was told about the policies on a day; a lecture needs the member who attended."""
    with _recording(by, household, _("登记宣传")) as village:
        _check_day("done_on", done_on)
        if kind == Contact.Kind.LECTURE and attended_by is None:
            _refuse("attended_by", _("集中培训须有家庭成员参加才能登记，请选择参加的家庭成员。"))
        if attended_by is not None:
            _check_member("attended_by", household, attended_by, done_on)
        same = {"household": household, "kind": kind, "done_on": done_on, "attended_by": attended_by}
        return _save(Contact(**same, place=place, speaker=speaker), by, village, at="done_on", same=same)


def record_cleaning(
    *,
    by: User,
    household: Household,
    done_on: date,
    round_number: int = 1,
    helpers: str = "",
    score: int | None = None,
) -> Cleaning:
    """A round of cleaning was completed on a day."""
    with _recording(by, household, _("登记家居清洁")) as village:
        _check_day("done_on", done_on)
        same = {"household": household, "round_number": round_number, "done_on": done_on}
        return _save(Cleaning(**same, helpers=helpers, score=score), by, village, at="round_number", same=same)


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
    with _recording(by, household, _("新增包联人")) as village:
        digits = _LEVEL_OF_HELPER.get(kind, 12)
        region = village[:digits] if by.covers(village[:digits]) else village
        for known in Helper.objects.filter(name=name, kind=kind, unit=unit, region_id=region):
            if (known.phone or "") == phone:
                return known
        helper = Helper(
            name=name, kind=kind, unit=unit, phone=phone or None, region_id=region, active=period(since, None)
        )
        _check(helper, at="new_name")
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
    with _recording(by, household, _("登记结对包联")) as village:
        _check_day("first", first, campaign_only=False)
        days = _period(first, last)
        _check_helper(helper, kind, first)
        made = []
        for person in people:
            _check_member("people", household, person, first)
            _check_eligible("people", Target.PAIRING, village, person, days)
            same = {"helper": helper, "person": person, "kind": kind, "period": days}
            if not Pairing.objects.filter(voided_at=None, **same).exists():
                made.append(_save(Pairing(**same), by, village, at="people", same=same))
        if not made:
            raise AlreadyRecordedError(_already())
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
    with _recording(by, household, _("登记“两癌”投保")) as village:
        _check_day("first", first, campaign_only=False)
        if first not in policy.period:
            _refuse("first", _("该保单的保险期间为%(days)s，请改填期间内的日期。") % {"days": days_text(policy.period)})
        _check_insurable(person, policy)
        days = DateRange(first, policy.period.upper, "[)")
        _check_member("person", household, person, first)
        _check_eligible("person", Target.INSURANCE, village, person, days)
        same = {"policy": policy, "person": person, "state": state, "period": days}
        enrolled = InsuredPerson.objects.filter(
            policy=policy, person=person, voided_at=None, state=InsuredPerson.State.ENROLLED
        ).first()
        fact = enrolled or InsuredPerson(policy=policy, person=person)
        fact.state, fact.period = state, days
        return _save(fact, by, village, at="person", same=same)


def record_grant(
    *,
    by: User,
    household: Household,
    person: Person,
    project: AidProject,
    granted_on: date,
    amount: Decimal,
    is_goods: bool = False,
) -> Grant:
    """A pupil received aid on a day; `amount` in yuan (goods: their value)."""
    with _recording(by, household, _("登记助学")) as village:
        _check_day("granted_on", granted_on)
        if project.girls_only and person.sex != Person.Sex.FEMALE:
            _refuse("person", _("“%(project)s”只资助女童，请选择女童或其他项目。") % {"project": project.name})
        _check_member("person", household, person, granted_on)
        _check_eligible("person", Target.SCHOOLING, village, person, period(granted_on, granted_on))
        same = {"project": project, "person": person, "granted_on": granted_on, "amount": amount}
        return _save(Grant(**same, is_goods=is_goods), by, village, at="granted_on", same=same)


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
    with _recording(by, household, _("登记特殊情况说明")) as village:
        _check_day("first", first, campaign_only=False)
        if approved_on is not None:
            _check_day("approved_on", approved_on, campaign_only=False)
            if not approver:
                _refuse("approver", _("已填审批日期，请同时填写审批人；尚未审批的请把审批日期留空。"))
        days = _period(first, last)
        whole = BY_KEY[Target(target)].unit == "household"
        if whole and person is not None:
            _refuse("person", _("这一项按户说明，请不要选择人员。"))
        if not whole and person is None:
            _refuse("person", _("这一项按人说明，请选择家庭成员。"))
        if person is not None:
            _check_member("person", household, person, first)
        _check_eligible("target", Target(target), village, person or household, days)
        unit = {"household": household} if whole else {"person": person}
        same = {**unit, "target": target, "reason": reason, "period": days}
        fact = SpecialCircumstance(**same, approver=approver, approved_on=approved_on)
        return _save(fact, by, village, at="first", same=same)


def void(*, by: User, household: Household, fact: Fact, reason: str) -> None:
    """The fact counts on no day any more; it stays visible with the reason. The fact belongs to the household."""
    if not reason.strip():
        _refuse("reason", _("请填写作废原因，例如“登记错户”。"))
    with _recording(by, household, reason.strip()):
        kept = type(fact).objects.select_for_update(no_key=True).get(pk=fact.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason.strip()
        kept.save(update_fields=["voided_at", "void_reason"])


def days_text(days: DateRange) -> str:
    """First and last day of a stored range, both inclusive, as shown."""
    last = last_day(days)
    return f"{days.lower:%Y-%m-%d} — {f'{last:%Y-%m-%d}' if last else _('至今')}"


@contextmanager
def _recording(by: User, household: Household, reason: str) -> Iterator[str]:
    """One transaction with history; yields the household's village code, in the scope of a user who may record.

    The household's row stays locked, so that the same form sent twice finds its own first record.
    """
    if not can(by, Permission.RECORD_FACTS):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        Household.objects.select_for_update(no_key=True).get(pk=household.pk)
        village = village_of(household)
        if village is None or not by.covers(village):
            raise PermissionDenied
        yield village


def _save[F: Fact](fact: F, by: User, village: str, *, at: str, same: dict[str, Any]) -> F:
    """Write one fact unless the same one is there; what the database keeps is refused at the field `at`."""
    if type(fact).objects.filter(voided_at=None, **same).exclude(pk=fact.pk).exists():
        raise AlreadyRecordedError(_already())
    fact.village_id, fact.recorded_by = village, by
    _check(fact, at=at)
    try:
        with transaction.atomic():
            fact.save()
    except IntegrityError as error:  # an import wrote the same in this moment
        raise AlreadyRecordedError(_already()) from error
    return fact


def _check(row: models.Model, *, at: str) -> None:
    """The model's own rules, in the words of the model, at the field `at`; a period is entered as its first day."""
    try:
        row.full_clean()
    except ValidationError as error:
        renamed = {NON_FIELD_ERRORS: at, "period": "first", "name": "new_name"}
        raise ValidationError({renamed.get(f, f): m for f, m in error.message_dict.items()}) from error


def _refuse(at: str, message: str, code: str = "") -> None:
    raise ValidationError({at: ValidationError(message, code=code)})


def _already() -> str:
    return _("这条记录此前已经登记，没有重复登记。")


def _check_day(at: str, day: date, *, campaign_only: bool = True) -> None:
    """Not after the business date; what the campaign itself does is not before its first day."""
    today = business_date()
    if day > today:
        _refuse(
            at,
            _("日期%(day)s晚于业务日期%(today)s，不能登记尚未发生的事，请改填实际日期。")
            % {"day": day, "today": today},
        )
    first_year = CampaignYear.objects.order_by("start").first()
    if campaign_only and first_year and day < first_year.start:
        _refuse(
            at,
            _("日期%(day)s早于行动开始日期%(start)s，请核对年份。") % {"day": day, "start": first_year.start},
        )


def _period(first: date, last: date | None) -> DateRange:
    if last is not None and last < first:
        _refuse("last", _("结束日期不能早于起始日期，请核对；没有结束的请留空。"))
    return period(first, last)


def _check_member(at: str, household: Household, person: Person, day: date) -> None:
    if not Membership.objects.filter(household=household, person=person, period__contains=day).exists():
        _refuse(at, _("%(name)s在%(day)s不是本户成员，请核对日期或另选人员。") % {"name": person.name, "day": day})


def _check_helper(helper: Helper, kind: str, first: date) -> None:
    """In office on the first day; a society helps as a society, never personally."""
    if first not in helper.active:
        _refuse(
            "first",
            _("%(name)s的在岗时间为%(days)s，起始日期应在其中；请改日期或另选包联人。")
            % {"name": helper.name, "days": days_text(helper.active)},
        )
    if (helper.kind == Helper.Kind.SOCIETY) != (kind == Pairing.Kind.SOCIETY):
        _refuse("kind", _("巾帼社团只能登记为“社团特色帮扶”，个人只能登记为结对包联或分片包联。"))


def _check_insurable(person: Person, policy: Policy) -> None:
    """The scheme's terms, with the reason why not."""
    scheme = policy.scheme
    age = age_on(person.birth_date, scheme.reference_day)
    if person.sex != Person.Sex.FEMALE:
        _refuse("person", _("“两癌”保险只承保妇女，%(name)s登记为男性。") % {"name": person.name}, NOT_ELIGIBLE)
    if not scheme.min_age <= age <= scheme.max_age:
        _refuse(
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


def _check_eligible(at: str, target: Target, village: str, unit: Person | Household, days: DateRange) -> None:
    """The unit is eligible for the target on a day of the range, as the target itself is defined."""
    if TouchedVillage.objects.filter(village_code=village).exists():
        coverage.settle([village])
    if not is_eligible(target, unit, days):
        name = unit.name if isinstance(unit, Person) else _("本户")
        _refuse(
            at,
            _("%(name)s在此期间不是“%(target)s”的对象。%(rule)s如登记信息有误，请先更正贫困户册。")
            % {"name": name, "target": target.label, "rule": BY_KEY[target].rule},
            NOT_ELIGIBLE,
        )


def is_eligible(target: Target, unit: Person | Household, days: DateRange) -> bool:
    """Was the unit eligible for the target on any day of the range?"""
    parts = [part for row in Standing.objects.filter(target=target, unit_id=unit.pk) for part in row.eligible]
    return any(
        (days.upper is None or part.lower < days.upper) and (part.upper is None or days.lower < part.upper)
        for part in parts
    )
