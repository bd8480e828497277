"""Taking a ledger's import back."""

from typing import Any

from django.db import models

from campaigns.ledgers.spec import Ledger
from households.intake.models import ImportBatch
from households.intake.undo_plan import Kept, Plan, referenced, touched


def plan_undo(ledger: Ledger, batch: ImportBatch) -> Plan:
    """Records that the ledger made go unless something hangs on them or somebody worked on them; changed ones come back."""
    plan = Plan()
    plan.removed["record"] = plan.restored["record"] = 0
    going: dict[type[models.Model], list[int]] = {}
    for model in reversed(ledger.models):
        rows = touched(model, str(batch.pk), ledger.name)
        new = [pk for pk, row in rows.items() if row.is_created and row.now is not None]
        busy = _busy(model, new, going)
        gone = []
        for pk, row in rows.items():
            if row.now is None:
                continue
            if row.is_created and pk not in busy and row.is_as_left:
                gone.append(pk)
            elif row.is_created:
                plan.kept.append(_kept(row.now, pk, "fact" if pk in busy else "edited"))
            elif row.before is None:
                plan.kept.append(_kept(row.now, pk, "no_history"))
            else:
                columns = [name for name in row.changed_columns() if row.stands(name)]
                if columns:
                    plan.restore(model, [(row, columns)])
                    plan.restored["record"] += 1
                if len(columns) < len(row.changed_columns()):
                    plan.kept.append(_kept(row.now, pk, "edited"))
        if gone:
            plan.deletes.append((model, gone))
            plan.removed["record"] += len(gone)
        going[model] = gone
    return plan


def _busy(model: type[models.Model], new: list[int], going: dict[type[models.Model], list[int]]) -> set[int]:
    """Which of the new records something hangs on that does not go with them."""
    busy = referenced(model, new, apart_from=set(going))
    for relation in model._meta.related_objects:
        owner: Any = relation.related_model
        if owner in going:
            name = relation.field.name
            others = owner._default_manager.filter(**{f"{name}__in": new}).exclude(pk__in=going[owner])
            busy |= set(others.values_list(name, flat=True))
    return busy


def _kept(values: dict[str, Any], pk: int, reason: str) -> Kept:
    """A record is named by the person or household it is about."""
    for model in ("person", "household"):
        if values.get(f"{model}_id") is not None:
            return Kept(model, values[f"{model}_id"], reason)
    return Kept("record", pk, reason)
