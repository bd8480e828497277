"""The queue of doubts (待核实): held and sent-back rows of applied batches, until somebody settles them.

A row leaves the queue by a decision, or because a later upload brings the same person again; undoing that decision or
upload puts it back. Nothing leaves it in silence.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from households.access import in_scope
from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import CheckedRow
from households.intake.staged_rows import unpacked, who_of

OPEN = Q(
    status__in=[StagedRow.Status.HELD, StagedRow.Status.REJECTED],
    closed=StagedRow.Closed.OPEN,
    batch__state=ImportBatch.State.APPLIED,
)


def open_rows(user: Any) -> QuerySet[StagedRow]:
    """The user's open doubts: of her villages, and of uploads from inside her regions where the village is not known."""
    # A row without a village may be of any county that its uploader has.
    nowhere = Q(village_code="") & in_scope("batch__regions__0", user.regions)
    return StagedRow.objects.filter(OPEN & (in_scope("village_code", user.regions) | nowhere)).select_related("batch")


def settle_earlier(batch: ImportBatch, rows: list[CheckedRow]) -> None:
    """Close the open doubts about people whom a batch just applied brings again. Runs in its transaction, as steward.

    The same identity number is the same person. A doubt without a usable number is met by a row of the same village and
    name that the earlier batch did not hold besides; one row meets one doubt of a batch.
    """
    same_villages = Q(village_code__in=batch.villages) | Q(village_code="", batch__county_code=batch.county_code)
    earlier = StagedRow.objects.filter(OPEN & same_villages, batch__kind=batch.kind).exclude(batch=batch)
    waiting = list(earlier.select_related("batch").order_by("pk"))
    if not waiting:
        return
    numbers = {row.id_index for row in rows if row.id_index}
    by_who: dict[bytes | None, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        by_who[who_of(row)].append(row)
    settled = [one.pk for one in waiting if one.id_index is not None and bytes(one.id_index) in numbers]
    met: set[tuple[object, int]] = set()
    for one in waiting:
        who = bytes(one.who_index) if one.who_index is not None and one.id_index is None else None
        for row in by_who.get(who, []) if who else []:
            if (one.batch_id, id(row)) not in met and _may_be(one, row):
                met.add((one.batch_id, id(row)))
                settled.append(one.pk)
                break
    StagedRow.objects.filter(pk__in=settled).update(closed=StagedRow.Closed.UPLOADED, closed_by=batch)


def _may_be(doubt: StagedRow, row: CheckedRow) -> bool:
    """Could the new row be the doubtful one? Not if the earlier batch held it besides, or other digits were left."""
    if row.id_index is not None and StagedRow.objects.filter(batch=doubt.batch_id, id_index=row.id_index).exists():
        return False
    old = unpacked(doubt, doubt.batch.layout)
    lost = any(one.code == "ID_PRECISION_LOST" for one in old.findings)
    return not (lost and old.remains and row.id_key and not row.id_key.startswith(old.remains))


def open_again(batch: ImportBatch) -> None:
    """Put the doubts that a batch had settled back into the queue, because the batch is taken back."""
    StagedRow.objects.filter(closed_by=batch).update(closed=StagedRow.Closed.OPEN, closed_by=None)
