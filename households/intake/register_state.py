"""What the database knows of the register as a whole: has anything been written since a comparison, how large is it?

Statement triggers (households/migrations/0017) count every write to the tables that a roster's comparison reads, and
every batch that is applied or no longer is. A sequence counts at once, not with the writing transaction's end: so equal
counts say that nothing has begun to be written in between, and what was under way before still had its table locked.
"""

from django.db import connection

# What households/roster reads to compare.
TABLES = (
    "households_household",
    "households_householdspell",
    "households_person",
    "households_membership",
    "households_enrolment",
    "households_importbatch",
)

_MOVES = "SELECT last_value + is_called::int FROM households_register_moves"

_BEING_WRITTEN = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE relation = ANY(%s::regclass[]) AND pid IS DISTINCT FROM pg_backend_pid()
    AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareUpdateExclusiveLock', 'ShareLock')
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""


def count_anew() -> None:
    """Tell the server at once how large the register is, as the owner of its tables.

    It looks by itself once a minute, but if it does so while a large import is being written, it sees the pages and not
    yet the rows: until its next look the register is planned for as if it were empty, with loops in loops over it.
    """
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table} (id)")  # the number of rows is told with any column


def register_moves() -> int:
    """How often the register has been written to, unfinished writing included."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES)
        return int(cursor.fetchone()[0])


def settled_moves() -> int | None:
    """The same before a comparison; None while somebody else is writing, who may change what the comparison has read."""
    moves = register_moves()  # before the locks are looked at: whoever begins to write after this is counted later
    with connection.cursor() as cursor:
        cursor.execute(_BEING_WRITTEN, [list(TABLES)])
        return None if cursor.fetchone()[0] else moves
