"""The register's people whom a roster could mean, and how a row differs from them. Reads only, as steward."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from households.identity import ID_PURPOSE
from households.intake.rows import CheckedRow
from households.querysets import id_array
from households.roster.homes import Home, answers, decrypted, fetch
from households.roster.storage import (
    PERSON,
    PERSON_SURVEY,
    SEX_WORDS,
    Schooling,
    promoted,
    same_schooling,
    schooling,
    shown,
)


class KnownPerson(NamedTuple):
    """A person of the register with her membership and enrolment on the roster's day (else the next ones).

    `is_former`: found by the number of a record that was merged into hers.
    """

    id: int
    id_index: bytes | None
    id_number: bytes | None
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
    survey: str
    membership_id: int | None
    household_id: int | None
    relation: str | None
    head_name: str | None
    was_in: int | None
    end_reason: str | None
    enrolment_id: int | None
    stage: str | None
    grade: int | None
    enrolled_from: date | None
    is_former: bool
    member_from: date | None


_PEOPLE = """
SELECT p.id, f.id_index, f.id_number, p.county_code, p.name, p.sex, p.birth_date, p.person_no, p.nation, p.education,
       p.school_status, p.health, p.disability_category, p.disability_level, p.labour, p.illness_insured, p.phone, p.remark, p.survey::text,
       m.id, m.household_id, m.relation, h.head_name, past.household_id, past.end_reason, e.id, e.stage, e.grade, lower(e.period),
       f.merged_into_id IS NOT NULL, lower(m.period)
FROM households_person f
JOIN households_person p ON p.id = coalesce(f.merged_into_id, f.id)
LEFT JOIN LATERAL (
    SELECT * FROM households_membership m
    WHERE m.person_id = p.id AND (upper(m.period) IS NULL OR upper(m.period) > %(day)s::date)
    ORDER BY lower(m.period) LIMIT 1
) m ON true
LEFT JOIN households_household h ON h.id = m.household_id
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
    "WHERE f.id_index = ANY(ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array(%(indexes)s, ',')) AS hex))"
)
_BY_HOUSEHOLD = (
    _PEOPLE
    + "WHERE f.id IN (SELECT m.person_id FROM households_membership m WHERE m.household_id = ANY(%(households)s::bigint[]) "
    "AND (upper(m.period) IS NULL OR upper(m.period) > %(day)s::date)) "
    "AND p.id <> ALL(%(known)s::bigint[])"
)


def people_by_id(ids: Collection[int], day: date) -> dict[int, KnownPerson]:
    """People of the register by id."""
    records = fetch(_PEOPLE + "WHERE f.id = ANY(%(ids)s)", {"day": day, "ids": list(ids)})
    return {record[0]: KnownPerson(*record) for record in records}


class People:
    """The register's people who could be meant: by identity number, and the present members of known households."""

    def __init__(self, rows: list[CheckedRow], homes: list[Home], day: date) -> None:
        indexes = ",".join(row.id_index.hex() for row in rows if row.id_index is not None)
        by_index = [KnownPerson(*record) for record in fetch(_BY_INDEX, {"day": day, "indexes": indexes})]
        meant = {row.meant for row in rows if row.meant}
        self.meant = people_by_id(meant, day) if meant else {}
        households = [home.known.id for home in homes if home.known]
        present: list[KnownPerson] = []
        if households:
            known = id_array(person.id for person in by_index)
            params = {"day": day, "households": id_array(households), "known": known}
            present = [KnownPerson(*record) for record in fetch(_BY_HOUSEHOLD, params)]
        self.by_index = {bytes(person.id_index): person for person in by_index if person.id_index}
        self.members: dict[int | None, list[KnownPerson]] = defaultdict(list)
        for person in (*by_index, *present):
            self.members[person.household_id].append(person)

    def lives_in(self, rows: list[CheckedRow]) -> dict[int, int | None]:
        """id of a row → household of the person with its identity number, None for one who is in none now."""
        found = ((row, self.by_index.get(row.id_index)) for row in rows if row.id_index is not None)
        return {id(row): person.household_id for row, person in found if person is not None}

    def find(self, row: CheckedRow, home: Home) -> KnownPerson | None:
        """The person meant; noted on the row unless she belongs to another county and nobody has decided that she comes."""
        person = self.meant.get(row.meant) if row.meant else None
        if person is None and row.id_index is not None:
            person = self.by_index.get(row.id_index)
        if person is None and home.known is not None:
            person = self._within(row, home.known.id)
        if person is not None and (person.county == row.village[:6] or "ID_NEEDS_CITY" in row.accepted):
            row.person_id = person.id
        return person

    def recognise(self, row: CheckedRow, home: Home) -> None:
        """A row that tells too little to register anybody may still mean a member of her household: a newborn without number,
        sex and birth date, as system exports list her until she has a number."""
        if any(one.code == "IDENTITY_UNKNOWN" for one in row.findings):
            row.accepted -= {"IDENTITY_UNKNOWN"}
            if home.known is not None and self._within(row, home.known.id) is not None:
                row.accepted |= {"IDENTITY_UNKNOWN"}

    def _within(self, row: CheckedRow, household: int) -> KnownPerson | None:
        """In the household itself: by person number or by name and birth date, where one of both sides has no ID number; by
        the name alone where neither has one and the row tells no birth date."""
        number, name, born = (row.values.get(label) for label in ("人编号", "姓名", "出生日期"))
        fitting = [
            person
            for person in self.members[household]
            if not (row.id_key and person.id_index)
            and (
                (number and person.person_no == number)
                or (person.name == name and (person.birth_date.isoformat() == born or not (born or person.id_index)))
            )
        ]
        return fitting[0] if len(fitting) == 1 else None


def differences(row: CheckedRow, home: Home, person: KnownPerson, as_of: date) -> dict[str, Any]:
    """Label → the register's value, for every cell that the file would change; an empty cell changes nothing."""
    values, before = row.values, dict(home.before)
    for stored in PERSON:
        value = values.get(stored.label)
        if value is None or value == (old := getattr(person, stored.column)):  # most cells, told as it is stored
            continue
        if stored.column in ("phone", "remark"):
            old = decrypted(f"person.{stored.column}", old)
        if stored.convert(value) != old:
            before[stored.label] = shown(old)
    survey = answers(person.survey)
    for label in PERSON_SURVEY:
        if values.get(label) is not None and survey.get(label) != values[label]:
            before[label] = shown(survey.get(label))
    relation = values.get("与户主关系")
    if relation is not None and relation != person.relation:
        before["与户主关系"] = person.relation
    if row.id_index is not None and row.id_index != person.id_index:
        before["证件号码"] = decrypted(ID_PURPOSE, person.id_number)
    if row.meant:
        born_as = {"性别": SEX_WORDS[person.sex], "出生日期": person.birth_date.isoformat()}
        before |= {label: known for label, known in born_as.items() if values[label] not in (None, known)}
    if new_schooling(row, person, as_of) is not None:
        before.setdefault("在校生状况", shown(person.school_status))
    return before


def new_schooling(row: CheckedRow, person: KnownPerson, day: date) -> Schooling | None:
    """What the file says about schooling on the roster's day where the register says otherwise; None where it does not.

    An enrolment that begins after that day is news that the roster cannot know.
    """
    status = row.values.get("在校生状况")
    told = schooling(status) if status else None
    if told is None or (person.enrolled_from is not None and person.enrolled_from > day):
        return None
    return None if same_schooling(told, enrolled(person, day) or Schooling("")) else told


def enrolled(person: KnownPerson, day: date) -> Schooling | None:
    """Where her enrolment has her on the day, grades promoted; None without one that has begun."""
    if person.stage is None or person.enrolled_from is None or person.enrolled_from > day:
        return None
    return promoted(person.stage, person.grade, person.enrolled_from, day)
