"""What a comparison planned, made and changed: parents first."""

from collections import defaultdict
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
        alike: dict[tuple[Any, ...], list[Planned]] = defaultdict(list)
        for one in _of(model, planned):
            alike[record_key(one.draft)].append(one)
        fresh = {key: _new(told, made, frame) for key, told in alike.items() if key not in made}
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


def _new(told: list[Planned], made: dict[tuple[Any, ...], models.Model], frame: Frame) -> models.Model:
    """The record that one row tells, or several together."""
    values: dict[str, Any] = {}
    first = told[0]
    if issubclass(first.draft.model, Recorded):
        values["recorded_by_id"] = frame.by
    if issubclass(first.draft.model, Fact):
        values["village_id"] = first.village
    for name, value in (*first.draft.same.items(), *_together([one.draft for one in told]).items()):
        values[name] = made[record_key(value)] if isinstance(value, Draft) else value
    return first.draft.model(**values)


def _together(drafts: list[Draft]) -> dict[str, Any]:
    """What the drafts of one record tell: what one leaves open another fills, and an assumption gives way."""
    values: dict[str, Any] = {}
    for is_assumed in (False, True):
        for draft in drafts:
            for name, value in draft.values.items():
                if value is not None and (name in draft.soft) == is_assumed:
                    values.setdefault(name, value)
    return values
