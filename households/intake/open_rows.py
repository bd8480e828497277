"""The queue of doubts (待核实): held and sent-back rows of applied batches, until somebody settles them.

A row leaves the queue by a decision, or because a later upload brings the same person again; undoing that decision or
upload puts it back. Nothing leaves it in silence.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from households.access import in_scope
from households.intake import staged_rows
from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import CheckedRow
from households.intake.staged_rows import unpacked, who_of

_DOUBTS = (StagedRow.Status.HELD, StagedRow.Status.REJECTED)
OPEN = Q(
    status__in=_DOUBTS,
    closed=StagedRow.Closed.OPEN,
    batch__state=ImportBatch.State.APPLIED,
)


def rows_of(user: Any) -> QuerySet[StagedRow]:
    """The rows of a user, or of whatever else has regions: of the villages there, and of uploads from inside these regions
    where the village is not known."""
    # A row without a village may be of any county that its uploader has.
    nowhere = Q(village_code="") & in_scope("batch__regions__0", user.regions)
    return StagedRow.objects.filter(in_scope("village_code", user.regions) | nowhere).select_related("batch")


def doubts_of(user: Any) -> QuerySet[StagedRow]:
    """The doubts there (see rows_of), settled ones among them."""
    return rows_of(user).filter(status__in=_DOUBTS)


def is_open(row: StagedRow) -> bool:
    """Does a doubt still wait for somebody?"""
    return row.closed == StagedRow.Closed.OPEN and row.batch.state == ImportBatch.State.APPLIED


def open_rows(user: Any) -> QuerySet[StagedRow]:
    """The user's open doubts."""
    return rows_of(user).filter(OPEN)


def settle_earlier(batch: ImportBatch, brings_again: Callable[[CheckedRow, CheckedRow], bool]) -> None:
    """Close the open doubts about people whom a batch just applied brings again. Runs in its transaction, as steward.

    A doubt is met by a row of the same identity number, or, without a usable number, by a row of the same village and name
    that the earlier batch did not hold besides, one for each, if that tells it again (see Kind).
    """
    same_villages = Q(village_code__in=batch.villages) | Q(village_code="", batch__county_code=batch.county_code)
    earlier = StagedRow.objects.filter(OPEN & same_villages, batch__kind=batch.kind).exclude(batch=batch)
    waiting = list(earlier.select_related("batch").order_by("pk"))
    if not waiting:
        return
    numbers = {bytes(one.id_index) for one in waiting if one.id_index is not None}
    villages = {one.village_code for one in waiting if one.id_index is None}
    by_number: dict[bytes, list[CheckedRow]] = defaultdict(list)
    by_who: dict[bytes | None, list[CheckedRow]] = defaultdict(list)
    # Most rows have nothing to do with any doubt, and to decrypt them all would take its time.
    for row in staged_rows.rows_of(batch, Q(id_index__in=numbers) | Q(village_code__in=villages)):
        if row.id_index is not None:
            by_number[row.id_index].append(row)
        if row.village in villages:
            by_who[who_of(row)].append(row)
    besides = _numbers_of({one.batch_id for one in waiting if one.id_index is None}, set(by_number))
    settled: list[int] = []
    met: set[tuple[object, int]] = set()
    for one in waiting:
        if one.id_index is not None:
            alike = by_number.get(bytes(one.id_index), [])
        else:
            named = by_who.get(bytes(one.who_index), []) if one.who_index is not None else []
            used = ((one.batch_id, id(row)) in met or (one.batch_id, row.id_index) in besides for row in named)
            alike = [row for row, is_used in zip(named, used, strict=True) if not is_used]
        old = unpacked(one, one.batch.layout) if alike else None
        again = next((row for row in alike if old and _may_be(old, row) and brings_again(old, row)), None)
        if again is not None:
            met.add((one.batch_id, id(again)))
            settled.append(one.pk)
    StagedRow.objects.filter(pk__in=settled).update(closed=StagedRow.Closed.UPLOADED, closed_by=batch)


def _numbers_of(batches: set[uuid.UUID], numbers: set[bytes]) -> set[tuple[uuid.UUID, bytes | None]]:
    """Which of the numbers stand in which of the batches."""
    found = StagedRow.objects.filter(batch__in=batches, id_index__in=numbers).values_list("batch_id", "id_index")
    return {(batch, bytes(index)) for batch, index in found if index is not None}


def _may_be(old: CheckedRow, row: CheckedRow) -> bool:
    """Not if other digits were left of the doubtful row's number."""
    lost = any(one.code == "ID_PRECISION_LOST" for one in old.findings)
    return not (lost and old.remains and row.id_key and not row.id_key.startswith(old.remains))


def open_again(batch: ImportBatch) -> None:
    """Put the doubts that a batch had settled back into the queue, because the batch is taken back."""
    StagedRow.objects.filter(closed_by=batch).update(closed=StagedRow.Closed.OPEN, closed_by=None)
