"""What a comparison planned, made and changed: parents first."""

from typing import Any

from django.db import models

from campaigns.facts import Fact, Recorded
from campaigns.ledgers.comparing import LedgerComparison, Planned, record_key
from campaigns.ledgers.spec import Draft, Ledger
from households.intake.kinds import Frame


def write(ledger: Ledger, comparison: LedgerComparison, frame: Frame) -> dict[int, str]:
    """Make and change the records, parents first. Nobody is registered by a ledger."""
    planned = [one for all_of in comparison.planned.values() for one in all_of]
    made: dict[tuple[Any, ...], models.Model] = {}
    for model in ledger.models:
        frame.told(len(made), len(planned))
        fresh: dict[tuple[Any, ...], models.Model] = {}
        for one in _of(model, planned):
            key = record_key(one.draft)
            if key not in fresh and key not in made:
                fresh[key] = _new(one, made, frame)
        model._default_manager.bulk_create(list(fresh.values()), batch_size=2000)
        made |= fresh
    changed: dict[int, tuple[models.Model, set[str]]] = {}
    for one in planned:
        if one.record is not None and one.changes:
            record, names = changed.setdefault(id(one.record), (one.record, set()))
            names.update(one.changes)
            for name, value in one.changes.items():
                setattr(record, name, value)
    for record, names in changed.values():
        record.save(update_fields=sorted(names))
    return {}


def _of(model: type[models.Model], planned: list[Planned]) -> list[Planned]:
    """The records of a model to make, and the new parents that drafts refer to."""
    found = [one for one in planned if one.record is None and one.draft.model is model]
    for one in planned:
        if one.record is None:
            found += [Planned(parent, one.village) for parent in one.draft.parents if parent.model is model]
    return found


def _new(one: Planned, made: dict[tuple[Any, ...], models.Model], frame: Frame) -> models.Model:
    values: dict[str, Any] = {}
    if issubclass(one.draft.model, Recorded):
        values["recorded_by_id"] = frame.by
    if issubclass(one.draft.model, Fact):
        values["village_id"] = one.village
    for name, value in (*one.draft.same.items(), *one.draft.values.items()):
        if isinstance(value, Draft):
            values[name] = made[record_key(value)]
        elif value is not None:
            values[name] = value
    return one.draft.model(**values)
