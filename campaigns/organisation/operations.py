"""Who took part in an event, written by hand: in the user's regions only, with history, one effect for a doubled form."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Event, Participant
from campaigns.recording import AlreadyRecordedError, already_recorded
from households.access import Permission
from households.models import Region, User
from households.querysets import can


@dataclass(frozen=True)
class Entrant:
    """A participant to be. region None: the event's own."""

    name: str
    unit: str = ""
    level: str = ""
    role: str = ""
    score: Decimal | None = None
    region: Region | None = None


def add_participants(*, by: User, event: Event, entrants: Sequence[Entrant]) -> int:
    """Write those who are not on the list yet; how many were new. AlreadyRecordedError where nobody is."""
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("登记参加人")):
        _lock(by, event)
        known = set(event.participants.filter(voided_at=None).values_list("name", "unit"))
        made = 0
        for entrant in entrants:
            if (entrant.name, entrant.unit) in known:
                continue
            known.add((entrant.name, entrant.unit))
            _write(by, Participant(event=event, recorded_by=by), entrant)
            made += 1
        if not made:
            raise AlreadyRecordedError(already_recorded())
        return made


def correct_participant(*, by: User, participant: Participant, entrant: Entrant) -> Participant:
    """Other values for a participant."""
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("修改参加人")):
        _lock(by, participant.event)
        kept = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，不能再修改。"))
        return _write(by, kept, entrant)


def void_participant(*, by: User, participant: Participant, reason: str) -> None:
    """The participant counts nowhere any more."""
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        _lock(by, participant.event)
        kept = Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason
        kept.save(update_fields=["voided_at", "void_reason"])


def _lock(by: User, event: Event) -> None:
    """The event's row stays locked: the same form sent twice finds its own participants."""
    if not can(by, Permission.RECORD_FACTS) or not by.covers(event.region_id):
        raise PermissionDenied
    kept = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if kept.voided_at is not None:
        raise ValidationError(_("活动已经作废，不能再改参加人。"))


def _write(by: User, participant: Participant, entrant: Entrant) -> Participant:
    values: dict[str, Any] = {name: getattr(entrant, name) for name in ("name", "unit", "level", "role", "score")}
    for name, value in values.items():
        setattr(participant, name, value)
    participant.region = entrant.region or participant.event.region
    if not by.covers(participant.region_id):
        raise PermissionDenied
    participant.full_clean()
    participant.save()
    return participant
