"""Asking for a minor's number and deciding about it: keyword-only, atomic, inside the user's regions."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.access import Permission
from households.models import Household, HouseholdSpell, Person, RevealRequest, User
from households.reveals.models import OPEN_FOR

State = RevealRequest.State
SECOND_PERSON, STANDING = "second_person", "standing"


def needs_consent(*, is_minor: bool) -> bool:
    """Does somebody else have to consent? Of minors, unless the installation says that the officer's own need is enough."""
    return is_minor and settings.MINORS_REVEAL != STANDING


def ask(
    *, by: User, household: Household, person: Person, what: str, why: str, note: str = ""
) -> tuple[RevealRequest, bool]:
    """Ask to see a minor's number; (request, is it new). The same wish that still waits is the same request."""
    homes = HouseholdSpell.objects.visible_to(by).filter(household=household, household__memberships__person=person)
    if not by.may(Permission.REVEAL) or not homes.exists():
        raise PermissionDenied
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # sent twice at once it is one request
        same = {"asked_by": by, "person": person, "what": what, "state": State.WAITING}
        waiting = RevealRequest.objects.filter(**same).first()
        if waiting is not None:
            return waiting, False
        made: RevealRequest = RevealRequest.objects.create(
            **same, household=household, county_code=household.county_code, why=why, note=note
        )
        return made, True


def decide(*, by: User, request: RevealRequest, consent: bool) -> bool:
    """Consent or refuse; False where somebody had decided before. Never about one's own request."""
    if not by.may(Permission.APPROVE_REVEAL):
        raise PermissionDenied
    with transaction.atomic():
        kept = RevealRequest.objects.visible_to(by).select_for_update().filter(pk=request.pk).first()
        if kept is None:
            raise PermissionDenied
        if kept.asked_by_id == by.pk:
            raise ValidationError(_("不能审批自己的申请，请由另一位有审批权限的人审批。"))
        if kept.state != State.WAITING:
            return False
        kept.state = State.APPROVED if consent else State.REFUSED
        kept.decided_by, kept.decided_at = by, timezone.now()
        kept.save(update_fields=["state", "decided_by", "decided_at"])
        return True


def consent_for(user: User, person: Person, what: str) -> RevealRequest | None:
    """The consent by which the user may open this number now."""
    found: RevealRequest | None = (
        RevealRequest.objects.filter(
            asked_by=user, person=person, what=what, state=State.APPROVED, decided_at__gt=timezone.now() - OPEN_FOR
        )
        .order_by("-decided_at")
        .first()
    )
    return found
