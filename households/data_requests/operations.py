"""Recording, deciding and closing a request: keyword-only, atomic, inside the user's regions."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from households.access import Permission, steward
from households.models import DataRequest, Household, HouseholdSpell, Membership, Person, User

WORKING_DAYS = 15
_SATURDAY = 5
Kind, State = DataRequest.Kind, DataRequest.State
OPEN = (State.WAITING, State.GRANTED)


def due_after(day: date) -> date:
    """15 working days later. Holidays are not left out: they change from year to year, and sooner is never too late."""
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def record(
    *, by: User, household: Household, person: Person, kind: str, asker: str, asker_name: str, basis: str, wish: str,
    asked_on: date,
) -> tuple[DataRequest, bool]:  # fmt: skip
    """Record a request; (request, is it new). While one of the kind is open for the person, it is that one."""
    homes = HouseholdSpell.objects.visible_to(by).filter(household=household, household__memberships__person=person)
    if not by.may(Permission.RECORD_FACTS) or not homes.exists():
        raise PermissionDenied
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # sent twice at once it is one request
        found = DataRequest.objects.filter(person=person, kind=kind, state__in=OPEN).first()
        if found is not None:
            return found, False
        made = DataRequest(
            household=household, person=person, county_code=household.county_code, kind=kind, asker=asker,
            asker_name=asker_name, basis=basis, wish=wish, asked_on=asked_on, due_on=due_after(asked_on), recorded_by=by,
        )  # fmt: skip
        made.full_clean()
        made.save()
        return made, True


def decide(*, by: User, request: DataRequest, grant: bool, answer: str, day: date) -> bool:
    """Grant or refuse, with the reason; False where somebody had decided before. Never about what one recorded oneself.

    An erasure is granted only for who is registered no more on the day: before that the register's purpose lasts.
    """
    if not by.may(Permission.EDIT_REGISTER):
        raise PermissionDenied
    if not answer.strip():
        raise ValidationError(_("请写明决定的理由。"))
    with transaction.atomic():
        kept = DataRequest.objects.visible_to(by).select_for_update().filter(pk=request.pk).first()
        if kept is None:
            raise PermissionDenied
        if kept.recorded_by_id == by.pk:
            raise ValidationError(_("不能决定自己登记的申请，请由另一位有权限的人决定。"))
        if kept.state != State.WAITING:
            return False
        if grant and kept.kind == Kind.ERASE and is_registered(kept.person_id, day):
            raise ValidationError(
                _("此人仍登记在册，帮扶工作需要其信息，现在不能删除。请先办理离开或清退，或不予办理。")
            )
        kept.state, kept.answer = State.GRANTED if grant else State.REFUSED, answer.strip()
        kept.decided_by, kept.decided_at = by, timezone.now()
        kept.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        return True


def close(*, by: User, request: DataRequest) -> bool:
    """A granted correction has been made; False where there is none to close. Erasures are closed by whoever erases."""
    asked = DataRequest.objects.visible_to(by).filter(pk=request.pk)
    if not by.may(Permission.EDIT_REGISTER) or not asked.exists():
        raise PermissionDenied
    return bool(asked.filter(kind=Kind.CORRECT, state=State.GRANTED).update(state=State.DONE, done_at=timezone.now()))


def is_registered(person: int, day: date) -> bool:
    """Is she on the day or later a member of a household on the list, in whatever county?"""
    lasting = Q(period__upper_inf=True) | Q(period__endswith__gt=day)
    on_the_list = HouseholdSpell.objects.filter(lasting).exclude(status=HouseholdSpell.Status.REMOVED)
    with steward():
        return Membership.objects.filter(lasting, person=person, household__in=on_the_list.values("household")).exists()
