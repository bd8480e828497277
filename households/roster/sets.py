"""Records written into a table set by set: one INSERT … SELECT or UPDATE … FROM for many of them.

They travel by COPY into a table of the transaction's own: as arrays within the statement they took five times as long. (COPY
into the register's tables themselves is not to be had: row security does not know it.)
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

# So many records in one statement: between two of them is told how far the writing is, and it may be broken off.
_BLOCK = 2_000

type Record = dict[str, Any]
# How many more records have been written.
type Wrote = Callable[[int], None]

# Of the columns that are no text.
_TYPES = {
    "id": "bigint",
    "household_id": "bigint",
    "person_id": "bigint",
    "birth_date": "date",
    "first": "date",
    "until": "date",
    "grade": "smallint",
    "illness_insured": "boolean",
    "income_per_head": "numeric",
    "phone": "bytea",
    "address": "bytea",
    "remark": "bytea",
    "id_number": "bytea",
    "id_index": "bytea",
    "weak_index": "bytea",
    "health": "varchar[]",
    "survey": "jsonb",
}
_NOT_NULL = {
    "health": "'{}'::varchar[]",
    **dict.fromkeys(
        ("number", "head_name", "attribute", "main_cause", "exited_on", "pinyin", "person_no", "nation", "education",
         "school_status", "disability_category", "disability_level", "labour", "school", "relation"),
        "''",
    ),
}  # fmt: skip
_EXTRA = {"households_householdspell": {"reason": "''"}, "households_membership": {"end_reason": "''"}}


def new_ids(table: str, count: int) -> list[int]:
    """So many ids from the table's sequence."""
    if not count:
        return []
    query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [row[0] for row in execute(query, [table, count])]


def _uncounted(_count: int) -> None:
    """For records that are few or take no time."""


def insert(table: str, records: list[Record], wrote: Wrote = _uncounted) -> None:
    """INSERT … SELECT of all records, block by block; `first` and `until` become the period."""
    if not records:
        return
    names = list(records[0])
    columns = {name: _NOT_NULL.get(name) for name in names if name not in ("first", "until")}
    values = [f"coalesce(n.{name}, {default})" if default else f"n.{name}" for name, default in columns.items()]
    order = ""
    if "first" in names:
        columns["period"] = None
        values.append("daterange(n.first, n.until)")
        # The index behind "no overlap" takes keys that only ever grow nearly twice as long as the same ones mixed.
        order = f" ORDER BY hashint8(n.{'person_id' if 'person_id' in names else 'household_id'})"
    for name, constant in _EXTRA.get(table, {}).items():
        columns[name] = None
        values.append(constant)
    query = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM incoming n{order}"
    for start in range(0, len(records), _BLOCK):
        block = records[start : start + _BLOCK]
        with _incoming(block):
            execute(query)
        wrote(len(block))


def update(table: str, records: list[Record]) -> None:
    """UPDATE of all records by id; None leaves a column alone, survey answers are added to those known."""
    if not records:
        return
    names = list(records[0])
    settings = []
    for name in names:
        if name == "survey":
            settings.append("survey = t.survey || n.survey")
        elif name != "id":
            settings.append(f"{name} = coalesce(n.{name}, t.{name})")
    with _incoming(records):
        execute(f"UPDATE {table} t SET {', '.join(settings)} FROM incoming n WHERE t.id = n.id")


def close(table: str, ids: list[int], as_of: date) -> None:
    """End the periods of these rows: `as_of` is the first day outside."""
    if ids:
        execute(f"UPDATE {table} SET period = daterange(lower(period), %s) WHERE id = ANY(%s)", [as_of, ids])


@contextmanager
def _incoming(records: list[Record]) -> Iterator[None]:
    """The records as the table `incoming`, within the block."""
    columns = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in records[0])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY incoming FROM STDIN") as copy:
            for record in records:
                copy.write_row(list(record.values()))
        yield
        cursor.execute("DROP TABLE incoming")


def execute(query: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a query; all its rows if it returns any."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []
