"""What undoing a batch would leave or has left in place, as this viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from households.intake.models import ImportBatch
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
    """The first of them; `more`: how many are not shown."""

    lines: list[KeptLine]
    more: int


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
    memberships = Membership.objects.filter(person__in=people).order_by("person", "period")
    home_of: dict[int, int] = dict(memberships.values_list("person_id", "household_id"))
    lines = []
    for model, pk, reason in shown:
        found: Any = people.get(pk) if model == "person" else homes.get(pk)
        if found is not None:
            name = str(found) if model == "person" else _("%(head)s户") % {"head": found}
            lines.append(KeptLine(name, home_of.get(pk) if model == "person" else pk, str(REASONS[reason])))
    return KeptLines(lines, len(kept) - len(lines))


def report(user: User, batch: ImportBatch) -> Report:
    """The stored report of an undone batch."""
    stored = batch.undo_report
    kept = [Kept(*one) for one in stored["kept"]]
    return Report(stored["removed"], stored["restored"], kept_lines(user, kept))
