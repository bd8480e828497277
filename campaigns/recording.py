"""What recording a fact by hand has in common: who may, one transaction with history, and the words of refusing.

Operations of the rooms are keyword-only, take the user as `by`, work inside `recording`, and refuse with a ValidationError
whose keys are the names of their own parameters (so that a form shows the words at the field).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
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
from campaigns.models import CampaignYear, Standing, Target
from campaigns.targets import BY_KEY
from households.access import Permission
from households.models import Household, HouseholdSpell, Membership, Person, TouchedVillage, User
from households.periods import last_day, period
from households.querysets import can

NOT_ELIGIBLE = "NOT_ELIGIBLE"


class AlreadyRecordedError(ValidationError):
    """The very same fact is recorded (a form sent twice): nothing was written."""


def village_of(household: Household) -> str | None:
    """Code of the village of the household's current or last spell; None where it has never been registered."""
    spell = HouseholdSpell.objects.filter(household=household).order_by("-period").first()
    return spell.village_id if spell else None


def days_text(days: DateRange) -> str:
    """First and last day of a stored range, both inclusive, as shown."""
    last = last_day(days)
    return f"{days.lower:%Y-%m-%d} — {f'{last:%Y-%m-%d}' if last else _('至今')}"


def void(*, by: User, household: Household, fact: Fact, reason: str) -> None:
    """The fact counts on no day any more; it stays visible with the reason. The fact belongs to the household."""
    if not reason.strip():
        refuse("reason", _("请填写作废原因，例如“登记错户”。"))
    with recording(by, household, reason.strip()):
        kept = type(fact).objects.select_for_update(no_key=True).get(pk=fact.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason.strip()
        kept.save(update_fields=["voided_at", "void_reason"])


@contextmanager
def recording(by: User, household: Household, reason: str) -> Iterator[str]:
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


def save_fact[F: Fact](fact: F, by: User, village: str, *, at: str, same: dict[str, Any]) -> F:
    """Write one fact unless the same one is there; what the database keeps is refused at the field `at`."""
    if type(fact).objects.filter(voided_at=None, **same).exclude(pk=fact.pk).exists():
        raise AlreadyRecordedError(already_recorded())
    fact.village_id, fact.recorded_by = village, by
    check_row(fact, at=at)
    try:
        with transaction.atomic():
            fact.save()
    except IntegrityError as error:  # an import wrote the same in this moment
        raise AlreadyRecordedError(already_recorded()) from error
    return fact


def check_row(row: models.Model, *, at: str) -> None:
    """The model's own rules, in the words of the model, at the field `at`; a period is entered as its first day."""
    try:
        row.full_clean()
    except ValidationError as error:
        renamed = {NON_FIELD_ERRORS: at, "period": "first", "name": "new_name"}
        raise ValidationError({renamed.get(f, f): m for f, m in error.message_dict.items()}) from error


def refuse(at: str, message: str, code: str = "") -> None:
    raise ValidationError({at: ValidationError(message, code=code)})


def already_recorded() -> str:
    return _("这条记录此前已经登记，没有重复登记。")


def has_come(day: date) -> None:
    """A day is not after the business date: what a form's field asks for that is told when it has happened."""
    today = business_date()
    if day > today:
        words = _("日期%(day)s晚于数据日期%(today)s，不能登记尚未发生的事，请改填实际日期。")
        raise ValidationError(words % {"day": day, "today": today})


def check_day(at: str, day: date, *, campaign_only: bool = True) -> None:
    """A day that has come; what the campaign itself does is not before its first day."""
    try:
        has_come(day)
    except ValidationError as error:
        raise ValidationError({at: error}) from error
    first_year = CampaignYear.objects.order_by("start").first()
    if campaign_only and first_year and day < first_year.start:
        refuse(
            at,
            _("日期%(day)s早于行动开始日期%(start)s，请核对年份。") % {"day": day, "start": first_year.start},
        )


def entered_period(first: date, last: date | None) -> DateRange:
    if last is not None and last < first:
        refuse("last", _("结束日期不能早于起始日期，请核对；没有结束的请留空。"))
    return period(first, last)


def check_member(at: str, household: Household, person: Person, day: date) -> None:
    if not Membership.objects.filter(household=household, person=person, period__contains=day).exists():
        refuse(at, _("%(name)s在%(day)s不是本户成员，请核对日期或另选人员。") % {"name": person.name, "day": day})


def check_eligible(at: str, target: Target, village: str, unit: Person | Household, days: DateRange) -> None:
    """The unit is eligible for the target on a day of the range, as the target itself is defined."""
    if TouchedVillage.objects.filter(village_code=village).exists():
        coverage.settle([village])
    if not is_eligible(target, unit, days):
        name = unit.name if isinstance(unit, Person) else _("本户")
        refuse(
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
