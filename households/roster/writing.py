"""Writes a compared roster into the register, set by set: households, spells, people, memberships, enrolments.

Ids are drawn from the sequences first, so that every table is one INSERT … SELECT and nothing has to be read back. A
change of village, status or schooling starts on the roster's day; one that was registered on that very day is corrected.
"""

import json
from datetime import date
from typing import Any

from households.encryption import encrypt
from households.identity import ID_PURPOSE
from households.intake.progress import Told
from households.intake.rows import CheckedRow
from households.models import HouseholdSpell
from households.pinyin import pinyin_of
from households.roster.doubts import weak_index
from households.roster.homes import Home
from households.roster.people import KnownPerson, new_schooling
from households.roster.register import Comparison
from households.roster.sets import Record, Wrote, close, execute, insert, new_ids, update
from households.roster.storage import (
    HEAD,
    HOUSEHOLD,
    HOUSEHOLD_SURVEY,
    PERSON,
    PERSON_SURVEY,
    SEX_OF,
    joined,
    schooling,
    status_after,
)

_ENCRYPTED = frozenset({"phone", "address", "remark"})
_OWN = frozenset({stored.label for stored in PERSON} | set(PERSON_SURVEY) | {"证件号码", "性别", "出生日期"})


def write(rows: list[CheckedRow], comparison: Comparison, as_of: date, told: Told) -> dict[int, str]:
    """Write every row that goes in; return person id → outcome (created, changed, confirmed)."""
    writing = [home for home in comparison.homes if any(row.is_in for row in home.rows)]
    wrote = _counting(writing, told)
    household_ids = _write_households(writing, as_of, wrote)
    outcomes: dict[int, str] = {}
    position_of = {id(row): position for position, row in enumerate(rows)}
    new: list[tuple[CheckedRow, int]] = []
    known: list[tuple[CheckedRow, int, KnownPerson]] = []
    for home in writing:
        for row in home.rows:
            person = comparison.people.get(position_of[id(row)])
            if row.is_in and person is None:
                new.append((row, household_ids[home.key]))
            elif row.is_in and person is not None:
                known.append((row, household_ids[home.key], person))
                outcomes[person.id] = "changed" if row.before else "confirmed"
    _update_people(known, as_of)
    wrote(len(known))
    outcomes.update(dict.fromkeys(_insert_people(new, as_of, wrote), "created"))
    return outcomes


def _counting(homes: list[Home], told: Told) -> Wrote:
    """Tells how many of the records have been written: a household with its spell and a person with her membership are two."""
    going_in = (row for home in homes for row in home.rows if row.is_in)
    total = 2 * sum(home.known is None for home in homes) + sum(2 if row.change == "new" else 1 for row in going_in)
    done = 0

    def wrote(count: int) -> None:
        nonlocal done
        done += count
        told(done, total)

    wrote(0)
    return wrote


# --- households -------------------------------------------------------------------------------------------------------


def _write_households(homes: list[Home], as_of: date, wrote: Wrote) -> dict[tuple[str, ...], int]:
    """Insert the new ones, update the changed ones, open and close spells; return file key → household id."""
    new = [home for home in homes if home.known is None]
    ids = {home.key: home.known.id for home in homes if home.known is not None}
    ids |= dict(zip((home.key for home in new), new_ids("households_household", len(new)), strict=True))
    insert(
        "households_household",
        [
            {"id": ids[home.key], "county_code": home.village[:6], **_household_columns(home, told_only=False)}
            for home in new
        ],
        wrote,
    )
    insert("households_householdspell", [_spell(home, ids[home.key], as_of) for home in new], wrote)
    changed = [home for home in homes if home.known is not None and home.before and not home.is_older]
    update(
        "households_household", [{"id": ids[home.key], **_household_columns(home, told_only=True)} for home in changed]
    )
    _change_spells([home for home in changed if home.before.keys() & {"脱贫属性", "village_code"}], ids, as_of)
    return ids


def _household_columns(home: Home, *, told_only: bool) -> Record:
    """Columns and values; `told_only`: None for what the file does not change (an update leaves it alone)."""
    record: Record = {}
    for stored in HOUSEHOLD:
        value = home.values.get(stored.label)
        wanted = value is not None and (not told_only or stored.label in home.before)
        record[stored.column] = _column_value("household", stored.column, stored.convert(value)) if wanted else None
    survey = {label: home.values[label] for label in HOUSEHOLD_SURVEY if home.values.get(label) is not None}
    record["survey"] = json.dumps(survey, ensure_ascii=False)
    return record


def _column_value(owner: str, column: str, value: Any) -> Any:
    return encrypt(f"{owner}.{column}", value) if column in _ENCRYPTED else value


def _spell(home: Home, household_id: int, as_of: date, until: date | None = None) -> Record:
    known_status = home.known.status if home.known else None
    status = status_after(home.values.get("脱贫属性"), known_status)
    return {
        "household_id": household_id,
        "village_id": home.village,
        "county_code": home.village[:6],
        "status": status or HouseholdSpell.Status.UNKNOWN,
        "first": as_of,
        "until": until,
    }


def _change_spells(homes: list[Home], ids: dict[tuple[str, ...], int], as_of: date) -> None:
    """A spell that began before the roster's day ends there and another begins; one of that very day is corrected."""
    corrected, closed, opened = [], [], []
    for home in homes:
        known = home.known
        assert known is not None
        if known.spell_from is not None and known.spell_from >= as_of:
            new = _spell(home, known.id, as_of)
            corrected.append(
                {"id": known.spell_id, **{name: new[name] for name in ("village_id", "county_code", "status")}}
            )
            continue
        running = known.spell_to is None or known.spell_to > as_of
        if known.spell_id is not None and running:
            closed.append(known.spell_id)
        opened.append(_spell(home, ids[home.key], as_of, known.spell_to if running else None))
    update("households_householdspell", corrected)
    close("households_householdspell", closed, as_of)
    insert("households_householdspell", opened)


# --- people -----------------------------------------------------------------------------------------------------------


def _insert_people(new: list[tuple[CheckedRow, int]], as_of: date, wrote: Wrote) -> list[int]:
    ids = new_ids("households_person", len(new))
    insert(
        "households_person",
        [
            {
                "id": person_id,
                "sex": SEX_OF[row.values["性别"]],
                "birth_date": date.fromisoformat(row.values["出生日期"]),
                "county_code": row.village[:6],
                "pinyin": pinyin_of(row.values["姓名"]),
                **_person_columns(row, told_only=False),
                **_identity(row),
            }
            for (row, _household), person_id in zip(new, ids, strict=True)
        ],
        wrote,
    )
    insert(
        "households_membership",
        [_membership(row, household, person_id, as_of) for (row, household), person_id in zip(new, ids, strict=True)],
        wrote,
    )
    enrolments = [_enrolment(row, person_id, as_of) for (row, _household), person_id in zip(new, ids, strict=True)]
    insert("households_enrolment", [record for record in enrolments if record])
    return ids


def _identity(row: CheckedRow) -> Record:
    """The person's key: her ID number, or the digest of household, name and birth date."""
    if row.id_key:
        return {"id_number": encrypt(ID_PURPOSE, row.id_key), "id_index": row.id_index, "weak_index": None}
    return {"id_number": None, "id_index": None, "weak_index": weak_index(row)}


def _learnt(row: CheckedRow) -> Record:
    """A number that was not known, or is another than known, with what it tells; None for what stays."""
    number = _identity(row) if "证件号码" in row.before else {"id_number": None, "id_index": None}
    return {
        "id_number": number["id_number"],
        "id_index": number["id_index"],
        "sex": SEX_OF[row.values["性别"]] if "性别" in row.before else None,
        "birth_date": date.fromisoformat(row.values["出生日期"]) if "出生日期" in row.before else None,
    }


def _person_columns(row: CheckedRow, *, told_only: bool) -> Record:
    record: Record = {}
    for stored in PERSON:
        value = row.values.get(stored.label)
        wanted = value is not None and (not told_only or stored.label in row.before)
        record[stored.column] = _column_value("person", stored.column, stored.convert(value)) if wanted else None
    survey = {label: row.values[label] for label in PERSON_SURVEY if row.values.get(label) is not None}
    record["survey"] = json.dumps(survey, ensure_ascii=False)
    return record


def _membership(row: CheckedRow, household_id: int, person_id: int, as_of: date) -> Record:
    return {
        "household_id": household_id,
        "person_id": person_id,
        "county_code": row.village[:6],
        "relation": row.values.get("与户主关系") or "",
        "first": as_of,
        "until": None,
    }


def _enrolment(row: CheckedRow, person_id: int, as_of: date) -> Record | None:
    told = schooling(row.values["在校生状况"]) if row.values.get("在校生状况") else None
    if told is None or not told.stage:
        return None
    return {
        "person_id": person_id,
        "county_code": row.village[:6],
        "stage": told.stage,
        "grade": told.grade,
        "school": joined(row.values.get("学校名称") or ""),
        "first": as_of,
        "until": None,
    }


def _update_people(known: list[tuple[CheckedRow, int, KnownPerson]], as_of: date) -> None:
    """Changed cells, a newly known ID number, relations, returns, and what the school column says."""
    people, relations, rising, returned, moved, transferred = [], [], [], [], [], []
    for row, household_id, person in known:
        if row.before.keys() & _OWN:
            people.append({"id": person.id, **_person_columns(row, told_only=True), **_learnt(row)})
        if person.county != row.village[:6]:
            transferred.append({"id": person.id, "county_code": row.village[:6]})
        if person.membership_id is None:
            returned.append(_membership(row, household_id, person.id, as_of))
        elif person.household_id != household_id:
            moved.append((person.membership_id, _membership(row, household_id, person.id, as_of)))
        elif "与户主关系" in row.before and row.values["与户主关系"] == HEAD:
            rising.append((person.membership_id, _membership(row, household_id, person.id, as_of)))
        elif "与户主关系" in row.before:
            relations.append({"id": person.membership_id, "relation": row.values["与户主关系"]})
    update("households_person", people)
    _transfer(transferred)
    # A household has one head at any moment: the old one steps down before the new one steps up.
    update("households_membership", relations)
    insert("households_membership", [*returned, *_moved(moved, as_of), *_made_heads(rising, as_of)])
    _update_enrolments(known, as_of)


def _transfer(people: list[Record]) -> None:
    """Give people, and what they attend at school, into the hands of the county that they have come to."""
    update("households_person", people)
    if people:
        execute(
            "UPDATE households_enrolment t SET county_code = n.county_code "
            "FROM unnest(%s::bigint[], %s::text[]) AS n(id, county_code) WHERE t.person_id = n.id",
            [[record[name] for record in people] for name in ("id", "county_code")],
        )


def _moved(moved: list[tuple[int, Record]], as_of: date) -> list[Record]:
    """End the memberships of people decided to have moved; return the new ones. One that began that very day is corrected."""
    if not moved:
        return []
    ended = execute(
        "UPDATE households_membership SET period = daterange(lower(period), %s), end_reason = 'moved' "
        "WHERE id = ANY(%s) AND lower(period) < %s RETURNING id",
        [as_of, [membership for membership, _record in moved], as_of],
    )
    gone = {membership for (membership,) in ended}
    for membership, record in moved:
        if membership not in gone:
            execute(
                "UPDATE households_membership SET household_id = %s, relation = %s WHERE id = %s",
                [record["household_id"], record["relation"], membership],
            )
    return [record for membership, record in moved if membership in gone]


_AFTER_ANOTHER = """
SELECT m.id, upper(m.period) FROM households_membership m JOIN households_membership h USING (household_id)
WHERE m.id = ANY(%s) AND h.id <> m.id AND h.relation = %s AND h.period && m.period
"""


def _made_heads(rising: list[tuple[int, Record]], as_of: date) -> list[Record]:
    """Members who are the head now. Who was a member beside a head who has died or left is one from the roster's day on:
    her membership ends there, and the new one is returned."""
    if not rising:
        return []
    until = dict(execute(_AFTER_ANOTHER, [[membership for membership, _record in rising], HEAD]))
    close("households_membership", list(until), as_of)
    at_once = [membership for membership, _record in rising if membership not in until]
    update("households_membership", [{"id": membership, "relation": HEAD} for membership in at_once])
    return [record | {"until": until[membership]} for membership, record in rising if membership in until]


def _update_enrolments(known: list[tuple[CheckedRow, int, KnownPerson]], as_of: date) -> None:
    closed, corrected, dropped, opened = [], [], [], []
    for row, _household, person in known:
        if new_schooling(row, person, as_of) is None:
            continue
        record = _enrolment(row, person.id, as_of)
        if person.enrolment_id is None or person.enrolled_from is None or person.enrolled_from < as_of:
            closed += [person.enrolment_id] if person.enrolment_id else []
            opened += [record] if record else []
        elif record:
            corrected.append({"id": person.enrolment_id, "stage": record["stage"], "grade": record["grade"]})
        else:
            dropped.append(person.enrolment_id)
    close("households_enrolment", closed, as_of)
    _correct_enrolments(corrected)
    if dropped:
        execute("DELETE FROM households_enrolment WHERE id = ANY(%s)", [dropped])
    insert("households_enrolment", opened)


def _correct_enrolments(records: list[Record]) -> None:
    """Unlike elsewhere an unknown grade is written: the stage has changed and the old grade would contradict it."""
    if records:
        execute(
            "UPDATE households_enrolment t SET stage = n.stage, grade = n.grade "
            "FROM unnest(%s::bigint[], %s::text[], %s::smallint[]) AS n(id, stage, grade) WHERE t.id = n.id",
            [[record[name] for record in records] for name in ("id", "stage", "grade")],
        )
