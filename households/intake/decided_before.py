"""A row that comes again just as somebody has decided it: she is not asked the same twice.

The same is a row whose values are the same and against which the file itself says the same, in whatever sheet and line.
One that was written is taken as the decision wrote it, as long as that changes nothing in the register; else its doubt is
shown anew. One that was put aside is put aside again, as long as the register says the same about it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import timezone

from households.access import within
from households.intake.kinds import Compared, Frame, Kind
from households.intake.messages import Policy
from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.open_rows import doubts_of
from households.intake.rows import DECIDED_BEFORE, CheckedRow, Finding, codes_of, without_comparison
from households.intake.staged_rows import unpacked, who_of
from households.models import User

_SET_ASIDE = "SET_ASIDE_BEFORE"


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A decided row, and the decision about it or about its twin: the other row of its file with the same number."""

    staged: StagedRow
    decision: Decision

    @property
    def told(self) -> dict[str, str]:
        """What the officer reads of it."""
        is_twin = self.decision.row_id != self.staged.pk
        choice = Decision.Choice.HANDLED if is_twin else Decision.Choice(self.decision.choice)
        day = timezone.localtime(self.decision.decided_at).date()
        return {"who": str(self.decision.decided_by), "day": day.isoformat(), "expected": str(choice.label)}

    def written(self, row: CheckedRow, regions: Sequence[str]) -> CheckedRow | None:
        """`row` as the decision about it wrote it, unless that was outside of the uploader's regions."""
        if self.staged.closed_by is None or self.decision.row_id != self.staged.pk:
            return None
        stored = self.staged.closed_by.rows.first()
        if stored is None or not within(stored.village_code, regions):
            return None
        told = replace(unpacked(stored, self.staged.closed_by.layout), sheet=row.sheet, number=row.number)
        told.findings.append(Finding(DECIDED_BEFORE, params=self.told))
        return told


def compared[C: Compared](batch: ImportBatch, kind: Kind[C], rows: list[CheckedRow], frame: Frame) -> C:
    """`kind.compare`, while rows that were decided before stand as they were decided; these are replaced in `rows`."""
    comparison = kind.compare(rows, frame)
    known = _decided(batch, rows)
    as_in_file = list(rows)
    taken = {
        position: row
        for position, one in known.items()
        if (row := one.written(rows[position], batch.regions)) is not None
    }
    stands = not taken
    while not stands:
        rows[:] = [taken.get(position, row) for position, row in enumerate(as_in_file)]
        comparison = kind.compare([without_comparison(row) for row in rows], frame)
        settled = {position: row for position, row in taken.items() if row.is_in and row.change == "unchanged"}
        stands, taken = len(settled) == len(taken), settled
    again = {known[position].decision.pk for position in taken}
    for position, one in known.items():
        row = rows[position]
        is_settled = one.staged.closed_by is None or one.decision.pk in again
        if position not in taken and is_settled and set(one.staged.codes) - {_SET_ASIDE} == set(codes_of(row.findings)):
            row.add_compared(_SET_ASIDE, decision=str(one.decision.pk), **one.told)
    return comparison


def _decided(batch: ImportBatch, rows: list[CheckedRow]) -> dict[int, _Earlier]:
    """Position of a row that is kept out → the last decision about the same row, of those that the uploader may know."""
    doubtful: dict[tuple[bytes | None, bytes | None], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row.findings and row.policy >= Policy.HELD:
            doubtful[who_of(row), row.id_index].append(position)
    if not doubtful:
        return {}
    villages = {rows[position].village for alike in doubtful.values() for position in alike}
    decided = doubts_of(batch).filter(
        closed=StagedRow.Closed.DECIDED,
        village_code__in=villages,
        batch__kind=batch.kind,
        batch__state=ImportBatch.State.APPLIED,
    )
    found: dict[int, StagedRow] = {}
    for staged in decided.select_related("closed_by").order_by("pk"):
        for position in doubtful.get((_bytes(staged.who_index), _bytes(staged.id_index)), ()):
            if _told_by_file(unpacked(staged, staged.batch.layout)) == _told_by_file(rows[position]):
                found[position] = staged
    decisions = Decision.objects.filter(
        Q(row__in=list(found.values())) | Q(row__closed_by__in=[one.closed_by_id for one in found.values()])
    )
    ordered = list(decisions.select_related("decided_by", "row").order_by("pk"))
    own, by_batch = {one.row_id: one for one in ordered}, {one.row.closed_by_id: one for one in ordered}
    return {
        position: _Earlier(staged, decision)
        for position, staged in found.items()
        if (decision := own.get(staged.pk) or (staged.closed_by_id and by_batch.get(staged.closed_by_id)))
    }


def _bytes(index: Any) -> bytes | None:
    return None if index is None else bytes(index)


def _told_by_file(row: CheckedRow) -> tuple[object, ...]:
    values = {label: value for label, value in row.values.items() if value is not None}
    findings = sorted((one.code, one.field, sorted(one.params.items())) for one in row.findings if not one.is_compared)
    return values, row.household, row.id_key, row.remains, findings


def put_aside_again(batch: ImportBatch, *, by: User) -> None:
    """Close the rows of a batch just applied that its preview has called put aside before. Runs in its transaction."""
    for staged in batch.rows.filter(codes__contains=[_SET_ASIDE]):
        told = next(one.params for one in unpacked(staged, batch.layout).findings if one.code == _SET_ASIDE)
        decision = Decision.objects.select_related("row").get(pk=told["decision"])
        staged.closed, staged.closed_by_id = StagedRow.Closed.DECIDED, decision.row.closed_by_id
        staged.save(update_fields=["closed", "closed_by"])
        if decision.row.closed_by_id is None:
            Decision.objects.create(row=staged, decided_by=by, choice=decision.choice, reason=decision.reason)
