"""Jobs outlive the worker that ran them.

django-tasks-db leaves a job RUNNING for ever when its worker is killed. Here every worker holds an advisory lock
named after it, on a connection of its own that ends with the process, however it ends. A running job whose worker's
lock is free becomes ready again; all our tasks may run twice.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError, connection, connections
from django.tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from psycopg import sql

logger = logging.getLogger(__name__)

LOCKS = 0x6A6F6273  # separates these lock names from all others in the database
MOST_ATTEMPTS = 3  # a job that took its worker down this often is the cause, and has failed
ROUND_SECONDS = 5.0


class WorkerLost(Exception):  # noqa: N818 - named in the failed job's row
    """The job's worker died each time it ran."""


@contextmanager
def alive(worker_id: str, *, after_rescue: Callable[[], None]) -> Iterator[None]:
    """Hold the worker's lock, and look after the jobs of dead workers, for as long as the block runs.

    `after_rescue` follows each round, in a thread of its own: what waits for a job that has failed learns of it.
    """
    over = threading.Event()
    ours = _connect_and_lock(worker_id)
    thread = threading.Thread(target=_keep, args=[worker_id, ours, over, after_rescue], daemon=True, name="job-rescue")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(ROUND_SECONDS)


def rescue(ours: psycopg.Connection, worker_id: str = "") -> int:
    """Make the running jobs of dead workers ready again, or failed after MOST_ATTEMPTS. Returns how many.

    `ours` is in autocommit mode, so that the locks taken to see who is dead are let go at once; the jobs of
    `worker_id`, whose lock it holds itself, are left alone.
    """
    done = ours.execute(
        sql.SQL(
            """
            UPDATE {jobs} SET
                status = CASE WHEN jsonb_array_length(worker_ids) >= %(most)s THEN %(failed)s ELSE %(ready)s END,
                finished_at = CASE WHEN jsonb_array_length(worker_ids) >= %(most)s THEN now() END,
                exception_class_path =
                    CASE WHEN jsonb_array_length(worker_ids) >= %(most)s THEN %(exception)s ELSE '' END
            WHERE status = %(running)s AND worker_ids ->> -1 <> %(worker)s
              AND pg_try_advisory_xact_lock(hashtextextended(worker_ids ->> -1, %(locks)s))
            """
        ).format(jobs=sql.Identifier(DBTaskResult._meta.db_table)),
        {
            "most": MOST_ATTEMPTS,
            "failed": TaskResultStatus.FAILED.value,
            "ready": TaskResultStatus.READY.value,
            "running": TaskResultStatus.RUNNING.value,
            "exception": f"{__name__}.{WorkerLost.__name__}",
            "worker": worker_id,
            "locks": LOCKS,
        },
    )
    return done.rowcount


def _connect_and_lock(worker_id: str) -> psycopg.Connection:
    ours = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    ours.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", [worker_id, LOCKS])
    return ours


def _keep(worker_id: str, ours: psycopg.Connection, over: threading.Event, after_rescue: Callable[[], None]) -> None:
    while True:
        try:
            if ours.closed:
                ours = _connect_and_lock(worker_id)
            if rescued := rescue(ours, worker_id):
                logger.warning("%d jobs of dead workers taken from them", rescued)
        except psycopg.OperationalError:  # the database restarts: the lock is gone with the session, take it again
            ours.close()
        try:
            after_rescue()
        except (DatabaseError, psycopg.OperationalError) as error:  # the same restart; there is a next round
            logger.warning("after the rescue of jobs: %s", type(error).__name__)
        finally:
            connections.close_all()
        if over.wait(ROUND_SECONDS):
            break
    ours.close()
