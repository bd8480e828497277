"""Takes an applied import back, days later, out of the change history. Knows no domain: a kind plans, this carries out.

The history says for every row what a batch found, what it left, and the table says what is there now. A value comes back
only where nobody has changed it since; a row that the batch made goes only where nothing hangs on it. What stays is told
with its reason. Undoing writes history of its own.
"""

import uuid
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from households.access import steward
from households.audit import recording as audit
from households.audit.models import Action
from households.intake.applying import lock_register
from households.intake.kinds import Kind
from households.intake.models import BatchPerson, ImportBatch
from households.intake.open_rows import open_again
from households.intake.progress import telling
from households.intake.staging import collector_paused
from households.intake.undo_plan import Plan, carry_out
from households.models import Person, User
from households.querysets import id_array


def plan_undo(batch: ImportBatch, kind: Kind[Any]) -> Plan:
    """What undoing the applied batch would do now; reads only. The caller has checked that the user may."""
    with steward(), collector_paused():
        return kind.plan_undo(batch)


def undo_batch(batch_id: uuid.UUID, kind: Kind[Any], *, by: User) -> Plan | None:
    """Take an applied batch back: one transaction under the register's lock. None: it is not applied (any more).

    The caller has checked that `by` may. The plan is made anew under the lock and returned.
    """
    with steward(), telling(batch_id) as told, collector_paused():
        lock_register()
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state not in (ImportBatch.State.APPLIED, ImportBatch.State.UNDOING):
            return None
        told(0, 0)
        plan = kind.plan_undo(batch)
        with pghistory.context(user=by.pk, reason="undo", batch=str(batch.pk)):
            _forget(batch, plan)
            try:
                with transaction.atomic():
                    carry_out(plan, told)
            except IntegrityError:  # what a list changed has been built upon since: money of a fund is spent
                plan.leave_changes()
                carry_out(plan, told)
        batch.state, batch.undone_at, batch.undone_by = ImportBatch.State.UNDONE, timezone.now(), by
        batch.undo_report = {"removed": plan.removed, "restored": plan.restored, "kept": plan.kept}
        batch.save(update_fields=["state", "undone_at", "undone_by", "undo_report"])
        counts = {f"removed_{model}": count for model, count in plan.removed.items()} | {"kept": len(plan.kept)}
        audit.record(Action.UNDO, by=by, about=batch, region_code=batch.county_code, details=counts)
        return plan


def _forget(batch: ImportBatch, plan: Plan) -> None:
    """What the batch left beside the register: whom it confirmed, whom its rows mean, the doubts it had settled."""
    BatchPerson.objects.filter(batch=batch).delete()
    open_again(batch)
    gone = [pk for model, pks in plan.deletes if model is Person for pk in pks]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE households_stagedrow SET person_id = NULL WHERE person_id = ANY(%s::bigint[])", [id_array(gone)]
        )
