"""What undoing a batch would do, read out of the change history: a kind of workbook decides with it, undo.py carries out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pghistory
from django.db import connection, models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField, decrypt
from households.intake.progress import Told, untold
from households.querysets import id_array

# So many rows are written between two signs of progress.
BLOCK = 2000

REASONS: dict[str, Promise] = {
    "later_batch": _("后来导入的名册或待核实的处理又登记过"),
    "fact": _("已有工作记录"),
    "edited": _("导入后有人修改过"),
    "members": _("户内还有保留的成员"),
    "no_history": _("没有导入前的记录，无法恢复"),
    "relied_on": _("其他记录依赖现在的内容，没有恢复"),
}


class Kept(NamedTuple):
    """Something the batch made or changed that stays as it is. `model`: "person" or "household"; `reason`: in REASONS."""

    model: str
    pk: int
    reason: str


@dataclass(slots=True)
class Touched:
    """One row that a batch wrote. Column → value before (None: it did not exist, or is not known), as left, and now (None: gone).

    `before_event`: the history's row that holds `before`.
    """

    pk: int
    is_created: bool
    is_deleted: bool
    before_event: int | None
    before: dict[str, Any] | None
    after: dict[str, Any]
    now: dict[str, Any] | None
    encrypted: dict[str, str]

    @property
    def is_as_left(self) -> bool:
        """Has nobody written the row since the batch?"""
        if self.is_deleted or self.now is None:
            return self.is_deleted and self.now is None
        return self.now == self.after or all(self.stands(column) for column in self.after)

    def stands(self, column: str) -> bool:
        """Is the value still the one that the batch left?"""
        assert self.now is not None
        return self._plain(column, self.now[column]) == self._plain(column, self.after[column])

    def changed_columns(self) -> list[str]:
        """The columns in which the batch left another value than it found."""
        assert self.before is not None
        return [c for c in self.after if self._plain(c, self.before[c]) != self._plain(c, self.after[c])]

    def _plain(self, column: str, value: Any) -> Any:
        """Ciphertexts of one value differ."""
        return decrypt(self.encrypted[column], value) if column in self.encrypted and value else value


@dataclass(slots=True)
class Plan:
    """What undoing does: rows to delete, history rows to take values or whole rows from, and what stays, with the reason.

    `deletes` and `restores` are carried out in their order; `restores`: model, columns, history ids. `removed` and
    `restored` count people and households for the officer.
    """

    removed: dict[str, int] = field(default_factory=lambda: {"person": 0, "household": 0})
    restored: dict[str, int] = field(default_factory=lambda: {"person": 0, "household": 0})
    kept: list[Kept] = field(default_factory=list)
    deletes: list[tuple[type[models.Model], list[int]]] = field(default_factory=list)
    reinserts: list[tuple[type[models.Model], list[int]]] = field(default_factory=list)
    restores: list[tuple[type[models.Model], tuple[str, ...], list[int]]] = field(default_factory=list)

    def restore(self, model: type[models.Model], rows: Iterable[tuple[Touched, list[str]]]) -> None:
        """Put the columns of these rows back, one statement for each set of columns."""
        grouped: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, columns in rows:
            if columns and row.before_event is not None:
                grouped[tuple(columns)].append(row.before_event)
        self.restores += [(model, columns, events) for columns, events in grouped.items()]

    def leave_changes(self) -> None:
        """Restore nothing: the database keeps what relies on the values as they are. Rows stay, told with that reason."""
        for model, _columns, events in self.restores:
            event_model: Any = model.pgh_event_model  # type: ignore[attr-defined]
            pks = event_model.objects.filter(pgh_id__in=events).values_list("pgh_obj_id", flat=True)
            for row in model._default_manager.filter(pk__in=list(pks)).order_by("pk"):
                person, household = getattr(row, "person_id", None), getattr(row, "household_id", None)
                owner = ("person", person) if person else ("household", household) if household else ("record", row.pk)
                self.kept.append(Kept(*owner, "relied_on"))
        self.restores, self.restored = [], dict.fromkeys(self.restored, 0)


# Most rows stand as the batch left them: their values come once. "OFFSET 0": and are compared once. "+ 0": the few events
# of one row are sorted, and not all events read backwards until one of that row is met.
_TOUCHED = """
WITH of_batch AS (
  SELECT pgh_obj_id, min(pgh_id) AS first, max(pgh_id) AS last FROM {events}
  WHERE pgh_context_id IN (
    SELECT id FROM pghistory_context WHERE metadata ? 'batch' AND metadata->>'batch' = %(mark)s AND metadata->>'reason' = %(reason)s)
  GROUP BY pgh_obj_id
)
SELECT o.pgh_obj_id, first.pgh_label, last.pgh_label, before.pgh_id, now.id, left_it.stands, {before}, {after}, {now}
FROM of_batch o
JOIN {events} first ON first.pgh_id = o.first
JOIN {events} last ON last.pgh_id = o.last
LEFT JOIN LATERAL (
  SELECT * FROM {events} e WHERE first.pgh_label <> 'insert' AND e.pgh_obj_id = o.pgh_obj_id
  AND CASE first.pgh_label WHEN 'delete' THEN e.pgh_id = o.first ELSE e.pgh_id < o.first END
  ORDER BY e.pgh_id + 0 DESC LIMIT 1
) before ON true
LEFT JOIN {table} now ON now.id = o.pgh_obj_id
CROSS JOIN LATERAL (SELECT now.id IS NOT NULL AND ({now_row}) IS NOT DISTINCT FROM ({after}) AS stands OFFSET 0) left_it
"""


def touched(model: type[models.Model], mark: str, reason: str) -> dict[int, Touched]:
    """Every row of a tracked model that a batch (or a merge) wrote, by primary key: `batch` and `reason` of its history."""
    tracked = {one.name for one in model.pgh_event_model._meta.concrete_fields}  # type: ignore[attr-defined]
    fields = [one for one in model._meta.concrete_fields if not one.primary_key and one.name in tracked]
    columns = [str(one.column) for one in fields]
    encrypted = {str(one.column): one.purpose for one in fields if isinstance(one, EncryptedTextField)}
    query = _TOUCHED.format(
        events=events_of(model),
        table=model._meta.db_table,
        before=", ".join(f'before."{one}"' for one in columns),
        after=", ".join(f'last."{one}"' for one in columns),
        now_row=", ".join(f'now."{one}"' for one in columns),
        now=", ".join(f'CASE WHEN NOT left_it.stands THEN now."{one}" END' for one in columns),
    )
    found: dict[int, Touched] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, {"mark": mark, "reason": reason})
        width = len(columns)
        for pk, first, last, before_event, is_there, stands, *values in cursor.fetchall():
            after = dict(zip(columns, values[width : 2 * width], strict=True))
            now = after if stands else dict(zip(columns, values[2 * width :], strict=True))
            found[pk] = Touched(
                pk=pk,
                is_created=first == "insert",
                is_deleted=last == "delete",
                before_event=before_event,
                before=dict(zip(columns, values[:width], strict=True)) if before_event is not None else None,
                after=after,
                now=now if is_there is not None else None,
                encrypted=encrypted,
            )
    return found


def carry_out(plan: Plan, told: Told = untold) -> None:
    """Delete, insert again and put back what the plan says, in its order. Runs in the caller's history context, as steward.

    `told`: how many rows of how many are done.
    """
    statements = [*_deletes(plan), *_reinserts(plan), *_restores(plan)]
    only_deletes = not (plan.reinserts or plan.restores)
    done, total = 0, sum(len(rows) for _statement, rows in statements)
    with connection.cursor() as cursor:
        for statement, rows in statements:
            for start in range(0, len(rows), BLOCK):
                told(done, total)
                cursor.execute(statement, [id_array(rows[start : start + BLOCK])])
                if (
                    only_deletes
                ):  # whether anything hangs on them is looked up block by block, not at the end in silence
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                done += len(rows[start : start + BLOCK])


def _deletes(plan: Plan) -> Iterator[tuple[str, list[int]]]:
    for model, pks in plan.deletes:
        yield f"DELETE FROM {model._meta.db_table} WHERE id = ANY(%s::bigint[])", pks


def _reinserts(plan: Plan) -> Iterator[tuple[str, list[int]]]:
    for model, events in plan.reinserts:
        columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields)
        yield (
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {events_of(model)} "
            "WHERE pgh_id = ANY(%s::bigint[])",
            events,
        )


def _restores(plan: Plan) -> Iterator[tuple[str, list[int]]]:
    for model, names, events in plan.restores:
        settings = ", ".join(f'"{name}" = e."{name}"' for name in names)
        yield (
            f"UPDATE {model._meta.db_table} t SET {settings} FROM {events_of(model)} e "
            "WHERE e.pgh_id = ANY(%s::bigint[]) AND t.id = e.pgh_obj_id",
            events,
        )


def events_of(model: Any) -> str:
    return str(model.pgh_event_model._meta.db_table)


def referenced(model: type[models.Model], pks: list[int], *, apart_from: set[type[models.Model]]) -> set[int]:
    """Which of the rows something hangs on: every foreign key to the model counts but those of `apart_from`.

    Facts of rooms yet to be built are found as well: the models themselves are asked. A key with DO_NOTHING holds nothing:
    the database itself takes such rows along, or they only keep the number.
    """
    found: set[int] = set()
    with connection.cursor() as cursor:
        for relation in model._meta.related_objects:
            assert isinstance(relation, ForeignObjectRel)
            owner: type[models.Model] = relation.related_model
            if (
                owner in apart_from
                or issubclass(owner, pghistory.models.Event)
                or relation.on_delete is models.DO_NOTHING
            ):
                continue
            table, column = owner._meta.db_table, relation.field.column
            cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY(%s::bigint[])", [id_array(pks)])
            found |= {pk for (pk,) in cursor.fetchall()}
    return found
