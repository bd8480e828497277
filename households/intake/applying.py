"""Applies a preview: one transaction, under one lock, with the history's context; all or nothing, once.

The comparison is made again under the lock. If the register has moved since the preview (another officer's roster, an
edit by hand), nothing is written: the preview is renewed and she is asked again. A roster that changes nothing, as most
of them do, is not compared again where nobody has written to the register since. Asked to stop, the transaction rolls
back at its next safe point, the last of which is its end.
"""

import uuid
from enum import StrEnum
from typing import Any

import pghistory
from django.db import connection
from django.utils import timezone

from households.access import steward
from households.audit import recording as audit
from households.audit.models import Action
from households.intake.decided_before import compared, put_aside_again
from households.intake.kinds import Compared, Kind
from households.intake.models import BatchPerson, ImportBatch, StagedRow
from households.intake.open_rows import settle_earlier
from households.intake.progress import Stopped, Told, telling, unless_stopped
from households.intake.register_state import count_anew, register_moves, settled_moves
from households.intake.rows import CheckedRow, codes_of, without_comparison
from households.intake.staged_rows import rows_of
from households.intake.staging import collector_paused, frame_of, save_preview
from households.models import User

# One writer at a time: overlapping rosters wait for each other instead of deadlocking or doubling people.
_LOCK = 7_201_806
# So many new people may make the server's statistics wrong by far. Over fewer, a bad plan is through in no time, too.
MANY = 1_000
_READY = (ImportBatch.State.PREVIEW, ImportBatch.State.APPLYING)


class Outcome(StrEnum):
    """APPLIED: written now. ALREADY: was written before (double click, resend). OUTDATED: look at the renewed preview.
    NOT_READY: there is no preview to apply. STOPPED: somebody asked for it, nothing was written."""

    APPLIED = "applied"
    ALREADY = "already"
    OUTDATED = "outdated"
    NOT_READY = "not_ready"
    STOPPED = "stopped"


def apply_batch[C: Compared](batch_id: uuid.UUID, kind: Kind[C], *, by: User) -> Outcome:
    """Write a previewed batch into the register. The caller has checked that `by` may upload and sees the batch."""
    try:
        with telling(batch_id) as told, collector_paused():
            outcome = _apply(batch_id, kind, told, by=by)
    except Stopped:
        return Outcome.STOPPED
    if outcome is Outcome.APPLIED and ImportBatch.objects.get(pk=batch_id).counts["new"] >= MANY:
        count_anew()
    return outcome


def _apply[C: Compared](batch_id: uuid.UUID, kind: Kind[C], told: Told, *, by: User) -> Outcome:
    def safe_point(done: int, total: int) -> None:
        told(done, total)
        unless_stopped(batch_id)

    with steward():
        lock_register()
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state == ImportBatch.State.APPLIED:
            return Outcome.ALREADY
        if batch.state not in _READY or batch.as_of is None:
            return Outcome.NOT_READY
        safe_point(0, 0)
        if _only_confirms(batch, kind):
            return _applied(batch, kind, _confirmed_by(batch), by=by)
        rows = rows_of(batch)
        previewed = _verdicts(rows)
        rows = [without_comparison(row) for row in rows]
        unless_stopped(batch_id)
        frame = frame_of(batch, by=by, told=safe_point)
        batch.compared_at_move = settled_moves()
        comparison = compared(batch, kind, rows, frame)
        if _verdicts(rows) != previewed:
            save_preview(batch, rows, comparison, batch.layout)
            return Outcome.OUTDATED
        with pghistory.context(user=by.pk, reason=kind.name, batch=str(batch.pk)):
            outcomes = kind.write(rows, comparison, frame)
        return _applied(batch, kind, outcomes, by=by)


def _verdicts(rows: list[CheckedRow]) -> list[tuple[object, ...]]:
    """What the officer has seen of a preview."""
    return [(row.status, row.change, row.before, sorted(codes_of(row.findings))) for row in rows]


def _only_confirms(batch: ImportBatch, kind: Kind[Any]) -> bool:
    """Would comparing and writing come to nothing but remembering whom the batch confirms?"""
    changes_nothing = not (batch.counts["new"] or batch.counts["changed"])
    return kind.confirms_unchanged and changes_nothing and batch.compared_at_move == register_moves()


def _confirmed_by(batch: ImportBatch) -> dict[int, str]:
    going_in = (StagedRow.Status.IMPORTED, StagedRow.Status.FLAGGED)
    people = batch.rows.filter(status__in=going_in, person__isnull=False).order_by("pk")
    return dict.fromkeys(people.values_list("person_id", flat=True), "confirmed")


def _applied(batch: ImportBatch, kind: Kind[Any], outcomes: dict[int, str], *, by: User) -> Outcome:
    """What follows once the people are written, in the same transaction."""
    record(batch, outcomes)
    settle_earlier(batch, kind.brings_again)
    put_aside_again(batch, by=by)
    audit.record(
        Action.APPLY,
        by=by,
        about=batch,
        region_code=batch.county_code,
        details=batch_counts(batch),
    )
    unless_stopped(batch.pk)
    return Outcome.APPLIED


def batch_counts(batch: ImportBatch) -> dict[str, int]:
    """The batch's figures for the audit log: numbers only."""
    return {name: count for name, count in batch.counts.items() if isinstance(count, int)}


def lock_register() -> None:
    """Until the transaction ends, nobody else applies, undoes or decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def lock_register_at_once() -> bool:
    """The same without waiting: False while somebody else writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def record(batch: ImportBatch, outcomes: dict[int, str]) -> None:
    """Remember whom the batch created, changed or confirmed."""
    if outcomes:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {BatchPerson._meta.db_table} (batch_id, person_id, outcome) "
                "SELECT %s, * FROM unnest(%s::bigint[], %s::text[])",
                [batch.pk, list(outcomes), list(outcomes.values())],
            )
    batch.state, batch.applied_at, batch.progress = ImportBatch.State.APPLIED, timezone.now(), 100
    batch.save(update_fields=["state", "applied_at", "progress"])
