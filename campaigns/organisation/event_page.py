"""What an event's page shows. Other counties' people at a city's event stay nameless; counts and ranks are everybody's."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from campaigns.models import Event, Participant
from households.access import Permission, steward
from households.models import User


@dataclass(frozen=True)
class Line:
    """One participant as this viewer may see her: `name` "" for another county's. `rank` None: no score."""

    participant: Participant
    name: str
    unit: str
    rank: int | None = None
    is_tied: bool = False


@dataclass(frozen=True)
class EventPage:
    """An event with its people: `ranked` by score, `others` without one as far as the viewer may see them, `hidden` how many
    she may not; counts by level and by role of everybody, in words."""

    event: Event
    ranked: list[Line]
    others: list[Line]
    hidden: int
    levels: list[tuple[Any, int]]
    roles: list[tuple[Any, int]]
    total: int
    may_change: bool


def event_page(user: User, event: Event) -> EventPage:
    """The page of an event which the user may see."""
    with steward():  # counts and ranks are everybody's
        people = list(event.participants.filter(voided_at=None).select_related("region").order_by("region_id", "pk"))
    scored = [one for one in people if one.score is not None]
    others = [_line(user, event, one) for one in people if one.score is None]
    shown = [line for line in others if line.name]
    return EventPage(
        event=event,
        ranked=_ranked(user, event, scored),
        others=shown,
        hidden=len(others) - len(shown),
        levels=_counts(people, "level", Participant.Level.choices),
        roles=_counts(people, "role", Participant.Role.choices),
        total=len(people) or event.headcount or 0,
        may_change=event.voided_at is None and user.may(Permission.RECORD_FACTS) and user.covers(event.region_id),
    )


def _ranked(user: User, event: Event, scored: list[Participant]) -> list[Line]:
    """Highest score first; equal scores share a rank, and the next rank counts them all."""
    lines: list[Line] = []

    def score(one: Participant) -> Decimal:
        assert one.score is not None
        return one.score

    for _score, group in groupby(sorted(scored, key=score, reverse=True), key=score):
        tied = list(group)
        rank = len(lines) + 1
        lines += [_line(user, event, one, rank, is_tied=len(tied) > 1) for one in tied]
    return lines


def _line(user: User, event: Event, one: Participant, rank: int | None = None, *, is_tied: bool = False) -> Line:
    is_ours = user.covers(one.region_id) or user.covers(event.region_id)
    return Line(one, one.name if is_ours else "", one.unit if is_ours or one.score is not None else "", rank, is_tied)


def _counts(people: list[Participant], field: str, choices: list[tuple[Any, Any]]) -> list[tuple[Any, int]]:
    counted = [(label, sum(getattr(one, field) == value for one in people)) for value, label in choices]
    unknown = sum(not getattr(one, field) for one in people)
    return [(label, count) for label, count in counted if count] + ([(None, unknown)] if unknown else [])
