"""How far the worker is with a batch, told while its transaction is open; and the wish of an officer that it stops.

Nobody sees what an open transaction writes, and the batch's own row is locked by it. So both stand in a row of their own
(BatchWork): the worker writes it through a connection of its own, the officer's wish is read inside the transaction.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from households.intake.models import BatchWork, ImportBatch

# done, total: how many of how many; (0, total) begins a step, (0, 0) one that nobody can count.
type Told = Callable[[int, int], None]

# Pages ask once a second.
EVERY_SECONDS = 0.5


class Stopped(Exception):  # noqa: N818 - it is an answer, not a fault
    """Somebody has asked that a batch is not written."""


def untold(_done: int, _total: int) -> None:
    """For work that is over before anybody could look."""


@contextmanager
def telling(batch_id: uuid.UUID) -> Iterator[Told]:
    """What is told in this block stands in the batch's BatchWork at once, whatever becomes of the present transaction.

    Only ever changes a row that is there: a row which the present transaction has made would make it wait for itself.
    """
    query = sql.SQL(
        "UPDATE {table} SET done = %(done)s, total = %(total)s, told_at = %(now)s, "
        "began_at = CASE WHEN %(done)s = 0 THEN %(now)s ELSE began_at END WHERE batch_id = %(batch)s"
    ).format(table=sql.Identifier(BatchWork._meta.db_table))
    last = 0.0
    pool: Any = connection.pool  # type: ignore[attr-defined]
    with pool.connection() as apart:
        apart.autocommit = True

        def told(done: int, total: int) -> None:
            nonlocal last
            if done == 0 or time.monotonic() - last >= EVERY_SECONDS:
                last = time.monotonic()
                apart.execute(query, {"done": done, "total": total, "now": timezone.now(), "batch": batch_id})

        yield told


def begin_anew(batch: ImportBatch) -> None:
    """Forget what was told and asked about an earlier run."""
    nothing = {"began_at": None, "told_at": None, "done": 0, "total": 0, "stop": False}
    BatchWork.objects.update_or_create(batch=batch, defaults=nothing)


def unless_stopped(batch_id: uuid.UUID) -> None:
    """A safe point of the writing transaction: raises Stopped, which rolls it back, if somebody has asked for it."""
    if BatchWork.objects.filter(batch=batch_id, stop=True).exists():
        raise Stopped
