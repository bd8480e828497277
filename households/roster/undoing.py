"""What taking a roster back would do: people and households decide, their memberships, enrolments and spells follow.

A person or household that the roster made goes, unless a later roster lists her, a fact hangs on her, or somebody has
worked on her since. What it changed comes back column by column; periods come back all or none for each owner, because
they must not overlap.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db import connection

from households.intake.models import BatchPerson, ImportBatch
from households.intake.undo_plan import Kept, Plan, Touched, referenced, touched
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person
from households.querysets import id_array
from households.roster.storage import HEAD

_OWN = {BatchPerson, Membership, Enrolment, HouseholdSpell}


@dataclass(slots=True)
class _Register:
    """What the batch touched, and what hangs on it now. `parts`: owner → her memberships and enrolments, or its spells."""

    people: dict[int, Touched]
    homes: dict[int, Touched]
    memberships: dict[int, Touched]
    enrolments: dict[int, Touched]
    spells: dict[int, Touched]
    later: set[int]
    busy_people: set[int]
    busy_homes: set[int]


@dataclass(slots=True)
class _Decided:
    """Rows to delete and to put back, by table."""

    gone: dict[type[Any], set[int]] = field(default_factory=lambda: defaultdict(set))
    back: dict[type[Any], list[tuple[Touched, list[str]]]] = field(default_factory=lambda: defaultdict(list))
    again: dict[type[Any], list[int]] = field(default_factory=lambda: defaultdict(list))


def plan_undo(batch: ImportBatch) -> Plan:
    """What undoing this roster would do now; reads only, as steward."""
    register = _read(batch)
    plan, decided = Plan(), _Decided()
    _decide_people(register, plan, decided)
    _decide_homes(register, plan, decided)
    _keep_two_heads_apart(register, plan, decided)
    for model in (Enrolment, Membership, HouseholdSpell, Person, Household):
        if decided.gone[model]:
            plan.deletes.append((model, sorted(decided.gone[model])))
    plan.reinserts = [(model, events) for model, events in decided.again.items()]
    for model in (HouseholdSpell, Enrolment, Person, Household):
        plan.restore(model, decided.back[model])
    # A household has one head at any moment: the one of now steps down before the earlier one steps up.
    rising = [one for one in decided.back[Membership] if one[0].before and one[0].before["relation"] == HEAD]
    plan.restore(Membership, [one for one in decided.back[Membership] if one not in rising])
    plan.restore(Membership, rising)
    return plan


def _read(batch: ImportBatch) -> _Register:
    people, homes = _touched(Person, batch), _touched(Household, batch)
    new_people = [pk for pk, row in people.items() if row.is_created]
    new_homes = [pk for pk, row in homes.items() if row.is_created]
    later = BatchPerson.objects.filter(batch__state=ImportBatch.State.APPLIED, batch__applied_at__gt=batch.applied_at)
    return _Register(
        people=people,
        homes=homes,
        memberships=_touched(Membership, batch),
        enrolments=_touched(Enrolment, batch),
        spells=_touched(HouseholdSpell, batch),
        later=set(later.values_list("person_id", flat=True)),
        busy_people=referenced(Person, new_people, apart_from=_OWN),
        busy_homes=referenced(Household, new_homes, apart_from=_OWN),
    )


def _touched(model: type[Any], batch: ImportBatch) -> dict[int, Touched]:
    return touched(model, str(batch.pk), batch.kind)


def _by_owner(rows: dict[int, Touched], owner: str) -> dict[int, list[Touched]]:
    found: dict[int, list[Touched]] = defaultdict(list)
    for row in rows.values():
        found[row.after[owner]].append(row)
    return found


# --- people -----------------------------------------------------------------------------------------------------------


def _decide_people(register: _Register, plan: Plan, decided: _Decided) -> None:
    memberships = _by_owner(register.memberships, "person_id")
    enrolments = _by_owner(register.enrolments, "person_id")
    others: dict[type[Any], dict[int, list[dict[str, Any]]]] = {
        model: _others(model, "person_id", register.people.keys() | memberships.keys() | enrolments.keys(), rows)
        for model, rows in ((Membership, register.memberships), (Enrolment, register.enrolments))
    }
    for pk in sorted(register.people.keys() | memberships.keys() | enrolments.keys()):
        person = register.people.get(pk)
        parts: dict[type[Any], list[Touched]] = {
            Membership: memberships.get(pk, []),
            Enrolment: enrolments.get(pk, []),
        }
        more = {model: others[model].get(pk, []) for model in parts}
        if pk in register.later:
            plan.kept.append(Kept("person", pk, "later_batch"))
        elif person is not None and person.is_created:
            _decide_new(Person, person, parts, more, pk in register.busy_people, plan, decided)
        else:
            _put_back(Person, pk, person, parts, more, plan, decided)


def _decide_new(
    model: type[Any],
    owner: Touched,
    parts: dict[type[Any], list[Touched]],
    others: dict[type[Any], list[dict[str, Any]]],
    is_busy: bool,
    plan: Plan,
    decided: _Decided,
) -> None:
    """A person or household that the batch made goes with all its parts, or stays with all of them."""
    if owner.now is None:
        return  # somebody has removed it already
    name = str(model._meta.model_name)
    everything = [owner, *(row for rows in parts.values() for row in rows)]
    if is_busy or any(others.values()) or not all(row.is_as_left for row in everything):
        plan.kept.append(Kept(name, owner.pk, "fact" if is_busy else "edited"))
        return
    plan.removed[name] += 1
    decided.gone[model].add(owner.pk)
    for kind, rows in parts.items():
        decided.gone[kind] |= {row.pk for row in rows if not row.is_deleted}


def _put_back(
    model: type[Any],
    pk: int,
    owner: Touched | None,
    parts: dict[type[Any], list[Touched]],
    others: dict[type[Any], list[dict[str, Any]]],
    plan: Plan,
    decided: _Decided,
) -> None:
    """A known person or household gets back what nobody has written since."""
    name = str(model._meta.model_name)
    reasons: set[str] = set()
    restored = False
    if owner is not None and owner.now is not None:
        if owner.before is None:
            reasons.add("no_history")
        else:
            changed = owner.changed_columns()
            columns = [column for column in changed if owner.stands(column)]
            reasons |= {"edited"} if len(columns) < len(changed) else set()
            decided.back[model].append((owner, columns))
            restored = bool(columns)
    for kind, rows in parts.items():
        reason = _why_not(rows, others[kind])
        if reason:
            reasons.add(reason)
        elif rows:
            _part_back(kind, rows, decided)
            restored = True
    plan.restored[name] += restored
    plan.kept += [Kept(name, pk, reason) for reason in sorted(reasons)]


def _why_not(rows: list[Touched], others: list[dict[str, Any]]) -> str:
    """Why an owner's periods cannot come back: written since, not known, or in the way of others; "" when they can."""
    if not all(row.is_as_left for row in rows):
        return "edited"
    if any(row.before is None and not row.is_created for row in rows):
        return "no_history"
    then = [row.before["period"] for row in rows if row.before is not None and not row.is_created]
    then += [other["period"] for other in others]
    overlap = rows and any(_overlap(one, other) for one, other in combinations(then, 2))
    return "edited" if overlap else ""


def _overlap(one: Any, other: Any) -> bool:
    """Do two half-open date ranges share a day?"""
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)


def _part_back(model: type[Any], rows: list[Touched], decided: _Decided) -> None:
    for row in rows:
        if row.is_deleted and row.before_event is not None:
            decided.again[model].append(row.before_event)
        elif row.is_created:
            decided.gone[model].add(row.pk)
        else:
            decided.back[model].append((row, row.changed_columns()))


def _others(
    model: type[Any], owner: str, owners: Iterable[int], ours: dict[int, Touched]
) -> dict[int, list[dict[str, Any]]]:
    """Periods of the same owners that the batch did not touch."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        query = f"SELECT id, {owner}, period FROM {model._meta.db_table} WHERE {owner} = ANY(%s::bigint[])"
        cursor.execute(query, [id_array(owners)])
        for pk, whose, period in cursor.fetchall():
            if pk not in ours:
                found[whose].append({owner: whose, "period": period})
    return found


# --- households -------------------------------------------------------------------------------------------------------


def _decide_homes(register: _Register, plan: Plan, decided: _Decided) -> None:
    spells = _by_owner(register.spells, "household_id")
    homes = register.homes.keys() | spells.keys()
    others = _others(HouseholdSpell, "household_id", homes, register.spells)
    members = _members(homes)
    for pk in sorted(homes):
        home = register.homes.get(pk)
        parts, more = {HouseholdSpell: spells.get(pk, [])}, {HouseholdSpell: others.get(pk, [])}
        staying = {person for membership, person in members[pk] if membership not in decided.gone[Membership]}
        if staying & register.later:
            plan.kept.append(Kept("household", pk, "later_batch"))
        elif home is not None and home.is_created and staying:
            plan.kept.append(Kept("household", pk, "members"))
        elif home is not None and home.is_created:
            _decide_new(Household, home, parts, more, pk in register.busy_homes, plan, decided)
        else:
            _put_back(Household, pk, home, parts, more, plan, decided)


def _members(homes: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Household → (membership, person) of everybody who ever belonged to it."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, id, person_id FROM households_membership WHERE household_id = ANY(%s::bigint[])",
            [id_array(homes)],
        )
        for household, membership, person in cursor.fetchall():
            found[household].append((membership, person))
    return found


def _keep_two_heads_apart(register: _Register, plan: Plan, decided: _Decided) -> None:
    """A relation that would make a second head of a household stays as it is."""
    rising = [
        (row, columns)
        for row, columns in decided.back[Membership]
        if "relation" in columns and row.before and row.before["relation"] == HEAD
    ]
    if not rising:
        return
    changed = {row.pk for row, _columns in decided.back[Membership]} | decided.gone[Membership]
    heads = Membership.objects.filter(household__in=[row.after["household_id"] for row, _c in rising], relation=HEAD)
    for head in heads.exclude(pk__in=changed):
        for row, columns in rising:
            same = row.after["household_id"] == head.household_id
            if same and row.before and _overlap(row.before["period"], head.period):
                columns.remove("relation")
                plan.kept.append(Kept("person", row.after["person_id"], "edited"))
