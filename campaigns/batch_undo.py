"""What undoing a batch would leave or has left in place, as this viewer may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from households.intake.models import ImportBatch, MissingDecision
from households.intake.undo_plan import REASONS, Kept
from households.models import Household, Membership, Person, User

# A page lists so many; the rest is counted.
MOST_SHOWN = 200


@dataclass(frozen=True)
class KeptLine:
    """A person or household that stays as it is, and why. `household_id`: where to look, None when there is no household."""

    name: str
    household_id: int | None
    reason: str


@dataclass(frozen=True)
class KeptLines:
    """The first of them; `more`: how many are not shown; `later`: is any kept because of an import that came after?"""

    lines: list[KeptLine]
    more: int
    later: bool


@dataclass(frozen=True)
class Report:
    """What was undone: people and households removed and restored, and what was kept."""

    removed: dict[str, int]
    restored: dict[str, int]
    kept: KeptLines


def kept_lines(user: User, kept: Sequence[Kept]) -> KeptLines:
    """Names and reasons; people outside the viewer's scope are counted only."""
    shown = kept[:MOST_SHOWN]
    people = Person.objects.visible_to(user).in_bulk([one.pk for one in shown if one.model == "person"])
    homes = Household.objects.visible_to(user).in_bulk([one.pk for one in shown if one.model == "household"])
    home_of = _home_of(people)
    lines = []
    for model, pk, reason in shown:
        found: Any = people.get(pk) if model == "person" else homes.get(pk)
        if found is not None:
            name = str(found) if model == "person" else _("%(head)s户") % {"head": found}
            lines.append(KeptLine(name, home_of.get(pk) if model == "person" else pk, str(REASONS[reason])))
    return KeptLines(lines, len(kept) - len(lines), any(one.reason == "later_batch" for one in kept))


@dataclass(frozen=True)
class DecidedLine:
    """Somebody whom the roster did not list, and what was decided about her: from which day on, and by whom."""

    person_id: int
    name: str
    household_id: int | None
    choice: str
    day: date
    by: str


@dataclass(frozen=True)
class DecidedLines:
    """The first of them; `count`: how many there are, `more`: how many of these are not shown."""

    lines: list[DecidedLine]
    count: int
    more: int


def decided_lines(user: User, decided: QuerySet[MissingDecision]) -> DecidedLines:
    """Decisions about people whom a roster did not list, as far as they are the viewer's."""
    mine = decided.filter(person__in=Person.objects.visible_to(user)).select_related("person", "decided_by")
    shown = list(mine[:MOST_SHOWN])
    home_of = _home_of([one.person_id for one in shown])
    lines = [
        DecidedLine(
            one.person_id,
            one.person.name,
            home_of.get(one.person_id),
            one.get_choice_display(),
            one.day,
            one.decided_by.name or one.decided_by.username,
        )
        for one in shown
    ]
    count = decided.count()
    return DecidedLines(lines, count, count - len(lines))


def decided_missing(batch: ImportBatch) -> QuerySet[MissingDecision]:
    """The decisions in consequence of a batch, by name."""
    return MissingDecision.objects.filter(batch=batch).order_by("person__name", "pk")


def ended_missing(batch: ImportBatch) -> QuerySet[MissingDecision]:
    """Those that ended something: they stay as they are when the roster is taken back."""
    return decided_missing(batch).exclude(choice=MissingDecision.Choice.STAYS)


def _home_of(people: Iterable[int]) -> dict[int, int]:
    """Person → the last of her households."""
    memberships = Membership.objects.filter(person__in=people).order_by("person", "period")
    return dict(memberships.values_list("person_id", "household_id"))


def report(user: User, batch: ImportBatch) -> Report:
    """The stored report of an undone batch."""
    stored = batch.undo_report
    kept = [Kept(*one) for one in stored["kept"]]
    return Report(stored["removed"], stored["restored"], kept_lines(user, kept))
