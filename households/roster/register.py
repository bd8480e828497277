"""Compares a roster with the register: who is new, changed, unchanged, and what a person must decide.

Reads only. The same comparison makes the preview and, under the lock, the writing; if the two differ the preview is out
of date. Runs as steward: the caller has checked that the rows lie in the uploader's scope.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from households.encryption import decrypt
from households.identity import ID_PURPOSE
from households.intake.rows import CheckedRow
from households.roster.storage import (
    HEAD,
    HOUSEHOLD,
    HOUSEHOLD_LABELS,
    HOUSEHOLD_SURVEY,
    PERSON,
    PERSON_SURVEY,
    STATUS_OF,
    STATUS_WORDS,
    Schooling,
    promoted,
    same_schooling,
    schooling,
    shown,
)

_ID_CODES = frozenset({"ID_PRECISION_LOST", "ID_CHECKSUM", "ID_BIRTHDATE", "ID_LENGTH"})


class KnownHousehold(NamedTuple):
    """A household of the register with its spell on the roster's day (else the next, else the last one)."""

    id: int
    county: str
    number: str
    head_name: str
    attribute: str
    main_cause: str
    income_per_head: float | None
    phone: bytes | None
    address: bytes | None
    exited_on: str
    survey: dict[str, Any]
    spell_id: int | None
    village: str | None
    status: str | None
    spell_from: date | None
    spell_to: date | None


class KnownPerson(NamedTuple):
    """A person of the register with her membership and enrolment on the roster's day (else the next ones)."""

    id: int
    id_index: bytes | None
    county: str
    name: str
    sex: str
    birth_date: date
    person_no: str
    nation: str
    education: str
    school_status: str
    health: list[str]
    disability_category: str
    disability_level: str
    labour: str
    illness_insured: bool | None
    phone: bytes | None
    remark: bytes | None
    survey: dict[str, Any]
    membership_id: int | None
    household_id: int | None
    relation: str | None
    was_in: int | None
    end_reason: str | None
    enrolment_id: int | None
    stage: str | None
    grade: int | None
    enrolled_from: date | None


@dataclass(slots=True)
class Home:
    """A household of the file: its rows, its values (head's row first), and the register's household if known."""

    key: tuple[str, ...]
    rows: list[CheckedRow]
    values: dict[str, Any]
    village: str
    known: KnownHousehold | None = None
    before: dict[str, Any] = field(default_factory=dict)
    is_older: str = ""


@dataclass(slots=True)
class Comparison:
    """The result beside what is noted on the rows. `people`: row position → registered person. `missing`: how many
    people of the roster's villages are registered on its day and do not stand in it."""

    homes: list[Home]
    people: dict[int, KnownPerson]
    missing: int
    villages: list[str]


def compare(rows: list[CheckedRow], as_of: date) -> Comparison:
    """Note on every row what the register says about it (change, before, person_id, findings); see Comparison."""
    homes = _homes(rows)
    _find_households(homes, as_of)
    _note_older(homes, as_of)
    people = _People(rows, homes, as_of)
    matched: dict[int, KnownPerson] = {}
    home_of = {id(row): home for home in homes for row in home.rows}
    for position, row in enumerate(rows):
        home = home_of.get(id(row))
        if home is not None and row.is_in:
            person = people.find(row, home)
            if person is not None:
                matched[position] = person
    _hold_doubtful_households(homes, people, {row.person_id for row in rows if row.person_id})
    for position, row in enumerate(rows):
        if (home := home_of.get(id(row))) is not None:
            _judge(row, home, matched.get(position), as_of)
    _hold_second_heads(homes, people, rows)
    _hold_probable_doubles(homes, people, rows)
    _soften_damaged(rows, as_of)
    for row in rows:
        if not row.is_in:
            row.change = ""
    villages = sorted({row.village for row in rows if row.village})
    seen = [row.person_id for row in rows if row.person_id]
    return Comparison(homes, matched, _count_missing(villages, seen, as_of), villages)


# --- households -------------------------------------------------------------------------------------------------------


def _homes(rows: list[CheckedRow]) -> list[Home]:
    """The file's households with their own values; rows that go nowhere are left out of the values."""
    grouped: dict[tuple[str, ...], list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.household is not None and row.village and not row.is_merged:
            grouped[row.household].append(row)
    homes = []
    for key, members in grouped.items():
        lead = next((row for row in members if row.values.get("与户主关系") == HEAD), members[0])
        homes.append(Home(key, members, _household_values([lead, *members]), lead.village))
    return homes


def _household_values(ordered: list[CheckedRow]) -> dict[str, Any]:
    """Per label the first value that a row tells which goes in."""
    going_in = [row.values for row in ordered if row.is_in]
    if not going_in:
        return dict.fromkeys(HOUSEHOLD_LABELS)
    values = {label: going_in[0].get(label) for label in HOUSEHOLD_LABELS}
    for label in [label for label, value in values.items() if value is None]:
        values[label] = next((value for other in going_in if (value := other.get(label)) is not None), None)
    return values


_HOUSEHOLDS = """
SELECT h.id, h.county_code, h.number, h.head_name, h.attribute, h.main_cause, h.income_per_head::float8, h.phone, h.address,
       h.exited_on, h.survey::json, s.id, s.village_id, s.status, lower(s.period), upper(s.period)
FROM households_household h
LEFT JOIN LATERAL (
    SELECT * FROM households_householdspell s WHERE s.household_id = h.id
    ORDER BY s.period @> %(day)s::date DESC, lower(s.period) > %(day)s::date DESC, lower(s.period) DESC LIMIT 1
) s ON true
WHERE (h.county_code, h.number) IN (SELECT * FROM unnest(%(counties)s::text[], %(numbers)s::text[]))
   OR (h.county_code, h.head_name) IN (SELECT * FROM unnest(%(head_counties)s::text[], %(heads)s::text[]))
"""


def _find_households(homes: list[Home], day: date) -> None:
    """By number within the county; else by village and head's name, where that fits exactly one."""
    numbered = [home for home in homes if home.key[0] == "no"]
    named = [home for home in homes if home.values.get("户主姓名")]
    if not homes:
        return
    by_number: dict[tuple[str, str], KnownHousehold] = {}
    by_head: dict[tuple[str | None, str], list[KnownHousehold]] = defaultdict(list)
    params = {
        "day": day,
        "counties": [home.village[:6] for home in numbered],
        "numbers": [home.key[1] for home in numbered],
        "head_counties": [home.village[:6] for home in named],
        "heads": [home.values["户主姓名"] for home in named],
    }
    for record in _rows(_HOUSEHOLDS, params):
        known = KnownHousehold(*record)
        if known.number:
            by_number[known.county, known.number] = known
        by_head[known.village, known.head_name].append(known)
    for home in homes:
        if home.key[0] == "no":
            home.known = by_number.get((home.village[:6], home.key[1]))
            candidates = [one for one in by_head[home.village, home.values.get("户主姓名") or ""] if not one.number]
        else:
            candidates = by_head[home.village, home.key[2]]
        if home.known is None and len(candidates) == 1:
            home.known = candidates[0]
        elif home.known is None and len(candidates) > 1:
            for row in home.rows:
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")
        if home.known is not None:
            _compare_household(home, home.known)


def _compare_household(home: Home, known: KnownHousehold) -> None:
    """What the file would change about the household: label → the register's value."""
    for stored in HOUSEHOLD:
        value = home.values.get(stored.label)
        if value is not None:
            before = getattr(known, stored.column)
            if stored.column in ("phone", "address"):
                before = _plain(f"household.{stored.column}", before)
            if stored.convert(value) != before:
                home.before[stored.label] = shown(before)
    for label in HOUSEHOLD_SURVEY:
        if home.values.get(label) is not None and known.survey.get(label) != home.values[label]:
            home.before[label] = shown(known.survey.get(label))
    status = home.values.get("脱贫属性")
    if status is not None and STATUS_OF[status] != known.status:
        home.before["脱贫属性"] = STATUS_WORDS.get(known.status or "")
    if home.village != known.village:
        home.before["village_code"] = known.village


def _plain(purpose: str, blob: bytes | None) -> str | None:
    return decrypt(purpose, blob) if blob else None


_LAST_ROSTERS = """
SELECT village, max(as_of) FROM households_importbatch, unnest(villages) AS village
WHERE kind = 'roster' AND state = 'applied' AND village = ANY(%s) GROUP BY village HAVING max(as_of) > %s
"""


def _note_older(homes: list[Home], as_of: date) -> None:
    newer = dict(_rows(_LAST_ROSTERS, [sorted({home.village for home in homes}), as_of]))
    for home in homes:
        home.is_older = newer[home.village].isoformat() if home.village in newer else ""


# --- people -----------------------------------------------------------------------------------------------------------

_PEOPLE = """
SELECT p.id, p.id_index, p.county_code, p.name, p.sex, p.birth_date, p.person_no, p.nation, p.education, p.school_status,
       p.health, p.disability_category, p.disability_level, p.labour, p.illness_insured, p.phone, p.remark, p.survey::json,
       m.id, m.household_id, m.relation, past.household_id, past.end_reason, e.id, e.stage, e.grade, lower(e.period)
FROM households_person p
LEFT JOIN LATERAL (
    SELECT * FROM households_membership m
    WHERE m.person_id = p.id AND (upper(m.period) IS NULL OR upper(m.period) > %(day)s::date)
    ORDER BY lower(m.period) LIMIT 1
) m ON true
LEFT JOIN LATERAL (
    SELECT * FROM households_membership past WHERE past.person_id = p.id AND m.id IS NULL
    ORDER BY lower(past.period) DESC LIMIT 1
) past ON true
LEFT JOIN LATERAL (
    SELECT * FROM households_enrolment e
    WHERE e.person_id = p.id AND (upper(e.period) IS NULL OR upper(e.period) > %(day)s::date)
    ORDER BY lower(e.period) LIMIT 1
) e ON true
"""
# One text of hexadecimal digits: an array of 50,000 bytea values takes the driver a tenth of a second to write.
_BY_INDEX = _PEOPLE + (
    "WHERE p.id_index = ANY(ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array(%(indexes)s, ',')) AS hex))"
)
_BY_HOUSEHOLD = (
    _PEOPLE
    + "WHERE p.id IN (SELECT m.person_id FROM households_membership m WHERE m.household_id = ANY(%(households)s) "
    "AND (upper(m.period) IS NULL OR upper(m.period) > %(day)s::date)) AND NOT p.id = ANY(%(known)s)"
)


class _People:
    """The register's people who could be meant: by identity number, and the present members of known households."""

    def __init__(self, rows: list[CheckedRow], homes: list[Home], day: date) -> None:
        indexes = ",".join(row.id_index.hex() for row in rows if row.id_index is not None)
        by_index = [KnownPerson(*record) for record in _rows(_BY_INDEX, {"day": day, "indexes": indexes})]
        households = [home.known.id for home in homes if home.known]
        present: list[KnownPerson] = []
        if households:
            params = {"day": day, "households": households, "known": [person.id for person in by_index]}
            present = [KnownPerson(*record) for record in _rows(_BY_HOUSEHOLD, params)]
        self.by_index = {bytes(person.id_index): person for person in by_index if person.id_index}
        self.members: dict[int | None, list[KnownPerson]] = defaultdict(list)
        for person in (*by_index, *present):
            self.members[person.household_id].append(person)

    def find(self, row: CheckedRow, home: Home) -> KnownPerson | None:
        """The person meant; noted on the row unless she belongs to another county."""
        person = self.by_index.get(row.id_index) if row.id_index is not None else None
        if person is None and home.known is not None:
            person = self._within(row, home.known.id)
        if person is not None and person.county == row.village[:6]:
            row.person_id = person.id
        return person

    def _within(self, row: CheckedRow, household: int) -> KnownPerson | None:
        """In the household itself: by person number or by name and birth date, where one of both sides has no ID number."""
        number, name, born = (row.values.get(label) for label in ("人编号", "姓名", "出生日期"))
        fitting = [
            person
            for person in self.members[household]
            if not (row.id_key and person.id_index)
            and (
                (number and person.person_no == number)
                or (person.name == name and person.birth_date.isoformat() == born)
            )
        ]
        return fitting[0] if len(fitting) == 1 else None


def _judge(row: CheckedRow, home: Home, person: KnownPerson | None, as_of: date) -> None:
    """Decide what happens to one row, given its household and its person."""
    if not row.is_in:
        return
    if person is None:
        row.change = "new"
        return
    if person.county != row.village[:6]:
        row.add_compared("ID_NEEDS_CITY", "id_no")
        return
    row.before = _differences(row, home, person, as_of)
    if home.is_older:
        row.add_compared("ROSTER_OLDER", before=home.is_older)
    if "姓名" in row.before:
        row.add_compared("NAME_CHANGED", "name", before=str(person.name))
    known_home = home.known.id if home.known else None
    if person.membership_id is None:
        if person.was_in != known_home or person.end_reason == "died":
            row.add_compared("MOVED_HOUSEHOLD", before="")
    elif person.household_id != known_home:
        row.add_compared("MOVED_HOUSEHOLD", before="")
    row.change = "changed" if row.before else "unchanged"


def _differences(row: CheckedRow, home: Home, person: KnownPerson, as_of: date) -> dict[str, Any]:
    """Label → the register's value, for every cell that the file would change; an empty cell changes nothing."""
    values, before = row.values, dict(home.before)
    for stored in PERSON:
        value = values.get(stored.label)
        if value is not None:
            old = getattr(person, stored.column)
            if stored.column in ("phone", "remark"):
                old = _plain(f"person.{stored.column}", old)
            if stored.convert(value) != old:
                before[stored.label] = shown(old)
    for label in PERSON_SURVEY:
        if values.get(label) is not None and person.survey.get(label) != values[label]:
            before[label] = shown(person.survey.get(label))
    relation = values.get("与户主关系")
    if relation is not None and relation != person.relation:
        before["与户主关系"] = person.relation
    if row.id_key and person.id_index is None:
        before["证件号码"] = None
    told = schooling(values["在校生状况"]) if values.get("在校生状况") else None
    if told is not None and not same_schooling(told, schooling_on(person, as_of)):
        before.setdefault("在校生状况", shown(person.school_status))
    return before


def schooling_on(person: KnownPerson, day: date) -> Schooling:
    """What the register says about the person's schooling on a day."""
    if person.stage is None or person.enrolled_from is None:
        return Schooling("")
    return promoted(person.stage, person.grade, person.enrolled_from, day)


# --- what a person must decide ----------------------------------------------------------------------------------------


def _hold_doubtful_households(homes: list[Home], people: _People, matched: set[int]) -> None:
    """A number or name that hits a household with nobody in common, elsewhere or under another head, is a slip."""
    for home in homes:
        if home.known is None:
            continue
        members = people.members[home.known.id]
        head = home.values.get("户主姓名")
        strange = home.known.village != home.village or (head and home.known.head_name and head != home.known.head_name)
        if strange and members and not any(person.id in matched for person in members):
            for row in home.rows:
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")


def _hold_second_heads(homes: list[Home], people: _People, rows: list[CheckedRow]) -> None:
    """A new head while the register's head stays one: somebody must say who it is."""
    going_in = {row.person_id: row for row in rows if row.person_id and row.is_in}
    for home in homes:
        if home.known is None:
            continue
        for head in (person for person in people.members[home.known.id] if person.relation == HEAD):
            told = going_in[head.id].values.get("与户主关系") if head.id in going_in else None
            if told is None or told == HEAD:
                for row in home.rows:
                    if row.values.get("与户主关系") == HEAD and row.person_id != head.id and row.is_in:
                        row.add_compared("HOUSEHOLD_MULTIPLE_HEADS", "relation", others=head.name)


def _hold_probable_doubles(homes: list[Home], people: _People, rows: list[CheckedRow]) -> None:
    """A new person with the name of a member whom the file does not list: probably one human being, another number."""
    seen = {row.person_id for row in rows if row.person_id}
    for home in homes:
        if home.known is None:
            continue
        absent = {person.name for person in people.members[home.known.id] if person.id not in seen}
        for row in home.rows:
            if row.change == "new" and row.is_in and row.values.get("姓名") in absent:
                row.add_compared("DUPLICATE_CONFLICT", "id_no", others=f"登记簿中的“{row.values['姓名']}”")


_DAMAGED = """
SELECT DISTINCT p.id, p.name, s.village_id, p.id_number FROM households_person p
JOIN households_membership m ON m.person_id = p.id AND m.period @> %(day)s::date
JOIN households_householdspell s ON s.household_id = m.household_id AND s.period @> %(day)s::date
WHERE (s.village_id, p.name) IN (SELECT * FROM unnest(%(villages)s::text[], %(names)s::text[]))
"""


def _soften_damaged(rows: list[CheckedRow], as_of: date) -> None:
    """A damaged number whose village, name and first 15 digits fit exactly one registered person: held, not sent back."""
    damaged = [
        row
        for row in rows
        if row.village
        and row.values.get("姓名")
        and not row.id_key
        and any(one.code in _ID_CODES for one in row.findings)
    ]
    if not damaged:
        return
    fitting: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    params = {"day": as_of, "villages": [r.village for r in damaged], "names": [r.values["姓名"] for r in damaged]}
    for person, name, village, number in _rows(_DAMAGED, params):
        fitting[village, name].append((person, _plain(ID_PURPOSE, number) or ""))
    taken = {row.person_id for row in rows if row.person_id}
    for row in damaged:
        lost = any(one.code == "ID_PRECISION_LOST" for one in row.findings)
        people = [
            person
            for person, number in fitting[row.village, row.values["姓名"]]
            if person not in taken and (not (lost and row.remains) or number.startswith(row.remains))
        ]
        others = any(one.policy > 2 and one.code not in _ID_CODES for one in row.findings)
        if len(people) == 1 and not others:
            row.is_softened, row.person_id = True, people[0]
            row.add_compared("DAMAGED_ID_FITS", "id_no")


_MISSING = """
SELECT count(DISTINCT m.person_id) FROM households_householdspell s
JOIN households_membership m ON m.household_id = s.household_id AND m.period @> %(day)s::date
WHERE s.village_id = ANY(%(villages)s) AND s.period @> %(day)s::date AND s.status <> 'removed'
AND NOT m.person_id = ANY(%(seen)s)
"""


def _count_missing(villages: list[str], seen: list[int], day: date) -> int:
    return int(_rows(_MISSING, {"day": day, "villages": villages, "seen": seen})[0][0])


def _rows(query: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()
