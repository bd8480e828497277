"""What the worker does. A task receives ids, calls one function, and may run twice."""

import uuid

from django.tasks import task

from campaigns import batches, coverage, list_comparisons, retention


@task()
def settle_touched() -> None:
    """Settle the figures of all touched villages."""
    coverage.settle_touched()


@task()
def check_batch(batch_id: str) -> None:
    """Check an uploaded workbook and compare it with the register."""
    batches.check(uuid.UUID(batch_id))


@task()
def apply_batch(batch_id: str, user_id: int) -> None:
    """Write a preview into the register for a user, then settle the figures of the villages it touched."""
    batches.apply(uuid.UUID(batch_id), user_id)
    coverage.settle_touched()


@task()
def undo_batch(batch_id: str, user_id: int) -> None:
    """Take an applied batch back for a user, then settle the figures of the villages it touched."""
    batches.undo(uuid.UUID(batch_id), user_id)
    coverage.settle_touched()


@task()
def compare_list(comparison_id: str) -> None:
    """Compare an uploaded list with the register."""
    list_comparisons.run(uuid.UUID(comparison_id))


@task()
def apply_retention() -> None:
    """Remove what is past its time; the worker orders this once a day."""
    retention.apply()
