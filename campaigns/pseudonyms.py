"""Closed cases lose who they were: names, numbers, telephones, addresses, free texts and photos go, also from the history
copies. What counts stays: sex, birth date, periods, villages, facts and amounts, so that figures of past days do not move.

A household is closed when its last registration ended, or it was taken off the list, before a day; a person when every
membership ended before it or belongs to a closed household.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import pgtrigger
from django.db import connection, models

from campaigns.facts import Photo
from campaigns.photos import FILES
from households.encryption import EncryptedTextField
from households.models import Household, Person

PSEUDONYM = "某某"
CLEARED = "—"  # where the database asks for a text
_CLOSED_HOUSEHOLDS = """
SELECT h.id FROM households_household h
WHERE EXISTS (SELECT FROM households_householdspell s WHERE s.household_id = h.id)
  AND NOT EXISTS (
    SELECT FROM households_householdspell s WHERE s.household_id = h.id
      AND s.status <> 'removed' AND (upper_inf(s.period) OR upper(s.period) > %(day)s))
  AND NOT EXISTS (
    SELECT FROM households_householdspell s WHERE s.household_id = h.id
      AND s.status = 'removed' AND lower(s.period) > %(day)s)
"""
_CLOSED_PEOPLE = f"""
WITH closed AS ({_CLOSED_HOUSEHOLDS}), gone AS (
  SELECT p.id FROM households_person p
  WHERE p.merged_into_id IS NULL
    AND EXISTS (SELECT FROM households_membership m WHERE m.person_id = p.id)
    AND NOT EXISTS (
      SELECT FROM households_membership m WHERE m.person_id = p.id
        AND (upper_inf(m.period) OR upper(m.period) > %(day)s) AND m.household_id NOT IN (SELECT id FROM closed)))
SELECT id FROM gone UNION SELECT p.id FROM households_person p JOIN gone ON p.merged_into_id = gone.id
"""
# What the record itself loses: column → what is written instead (SQL). Without a number she stays a person of her own
# (a constraint) by a random digest.
_OF_PERSON = {
    "name": f"'{PSEUDONYM}'", "pinyin": "''", "id_number": "NULL", "id_index": "NULL", "person_no": "''", "phone": "NULL",
    "remark": "NULL", "survey": "'{}'", "weak_index": "uuid_send(gen_random_uuid())",
}  # fmt: skip
_OF_HOUSEHOLD = {
    "head_name": f"'{PSEUDONYM}'", "number": "''", "phone": "NULL", "address": "NULL", "survey": "'{}'",
}  # fmt: skip
# Free texts that tell what was done and given, and nobody's name.
_STAY = frozenset({"school", "grade", "receipt_no", "stored_name", "items", "title", "project", "enterprise", "reason"})

# Why something was voided stands in the history's context too.
_CLEAR_CONTEXTS = f"""
UPDATE pghistory_context c SET metadata = jsonb_set(c.metadata, '{{{{reason}}}}', '"{CLEARED}"')
FROM (SELECT pgh_context_id, void_reason FROM {{table}} WHERE {{condition}}) voided
WHERE c.id = voided.pgh_context_id AND voided.void_reason <> '' AND c.metadata->>'reason' = voided.void_reason
"""


def closed_people(day: date) -> list[int]:
    """Whose cases were closed before the day and still have a name or number."""
    return _found(
        f"SELECT id FROM households_person WHERE id IN ({_CLOSED_PEOPLE})"
        f" AND NOT (name = '{PSEUDONYM}' AND id_number IS NULL AND person_no = '' AND phone IS NULL)",
        day,
    )


def closed_households(day: date) -> list[int]:
    """Which households were closed before the day and still have a name or number."""
    return _found(
        f"SELECT id FROM households_household WHERE id IN ({_CLOSED_HOUSEHOLDS})"
        f" AND NOT (head_name = '{PSEUDONYM}' AND number = '' AND phone IS NULL AND address IS NULL)",
        day,
    )


def _found(statement: str, day: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"day": day})
        return sorted(pk for (pk,) in cursor.fetchall())


def pseudonymise_people(people: Sequence[int]) -> None:
    """Inside the caller's transaction, as the database's owner."""
    with pgtrigger.ignore():
        _clear_record(Person, people, _OF_PERSON)
        _clear_facts(Person, people)


def pseudonymise_households(households: Sequence[int]) -> None:
    """Inside the caller's transaction, as the database's owner."""
    with pgtrigger.ignore():
        _clear_record(Household, households, _OF_HOUSEHOLD)
        _clear_facts(Household, households)


def _clear_record(model: type[models.Model], keys: Sequence[int], instead: dict[str, str]) -> None:
    sets = ", ".join(f'"{column}" = {value}' for column, value in instead.items())
    events: str = model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {events} SET {sets} WHERE pgh_obj_id = ANY(%s)", [list(keys)])
        cursor.execute(f"UPDATE {model._meta.db_table} SET {sets} WHERE id = ANY(%s)", [list(keys)])


def _clear_facts(owner: type[models.Model], keys: Sequence[int]) -> None:
    """Free texts, encrypted or not, of all rows that point at these, of rows that point at those (a claim at an insured
    person), and of their history copies."""
    for model, column in pointing_at(owner):
        _clear_texts(model, f'"{column}" = ANY(%s)', keys)
        for further, further_column in pointing_at(model):
            rows = f'SELECT id FROM {model._meta.db_table} WHERE "{column}" = ANY(%s)'
            _clear_texts(further, f'"{further_column}" IN ({rows})', keys)


def _clear_texts(model: type[models.Model], condition: str, keys: Sequence[int]) -> None:
    texts, tables = texts_of(model), _with_history(model)
    cleared = ", ".join(f'"{field.column}" = {_instead(field)}' for field in texts)
    with connection.cursor() as cursor:
        if len(tables) > 1 and any(field.name == "void_reason" for field in texts):
            cursor.execute(_CLEAR_CONTEXTS.format(table=tables[1], condition=condition), [list(keys)])
        for table in tables if cleared else ():
            cursor.execute(f"UPDATE {table} SET {cleared} WHERE {condition}", [list(keys)])


def pointing_at(owner: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every table with a foreign key to this one, and its column; without history and what is purged by itself."""
    for relation in owner._meta.related_objects:
        model = relation.related_model
        is_history = hasattr(model, "pgh_tracked_model")
        if not is_history and model not in (Person, Household) and model._meta.model_name != "stagedrow":
            yield model, str(relation.field.column)


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The columns in which somebody may be named or described."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
        or (
            isinstance(field, models.CharField | models.TextField)
            and not field.choices and not field.primary_key and field.name not in _STAY
            and not field.name.endswith(("_code", "kind", "relation"))
        )
    ]  # fmt: skip


def _instead(field: models.Field) -> str:
    if field.null:
        return "NULL"
    if isinstance(field, EncryptedTextField):
        return "''"
    if field.name == "void_reason":  # a voided record keeps that it had a reason
        return f"CASE WHEN void_reason = '' THEN '' ELSE '{CLEARED}' END"
    return "''" if field.blank else f"'{CLEARED}'"


def _with_history(model: type[models.Model]) -> list[str]:
    history = getattr(model, "pgh_event_model", None)
    return [model._meta.db_table, *([history._meta.db_table] if history else [])]


def delete_photos(people: Sequence[int], households: Sequence[int]) -> int:
    """Delete the pictures of these people's and households' facts; the records that there were some stay."""
    deleted = 0
    for model in Photo.__subclasses__():
        for field in model._meta.concrete_fields:
            of = field.related_model
            if not field.is_relation or of is None or of._meta.app_label != "campaigns":
                continue
            columns = {one.name for one in of._meta.concrete_fields}
            wanted = models.Q(pk__in=[])
            if "household" in columns:
                wanted |= models.Q(**{f"{field.name}__household__in": households})
            if "person" in columns:
                wanted |= models.Q(**{f"{field.name}__person__in": people})
            for name in model._default_manager.filter(wanted).values_list("stored_name", flat=True):
                FILES.delete(name)
                deleted += 1
    return deleted


def tables_with_texts() -> set[str]:
    """Labels of the tables that lose texts with a person or household."""
    return {
        model._meta.label for owner in (Person, Household) for model, _column in pointing_at(owner) if texts_of(model)
    }
