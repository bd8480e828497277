"""Whom the rows of a ledger mean among the registered people of its day. Reads only, as steward.

A number finds its person wherever she lives inside the uploader's regions. Without a usable number, name and village
(and the head's name, and the digits that are left) may fit exactly one person: then a click confirms that it is her.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from campaigns.ledgers.spec import About, Resident, Unit
from households.access import within
from households.encryption import decrypt
from households.identity import ID_PURPOSE
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.roster.doubts import ID_CODES

_RESIDENTS = """
SELECT f.id, p.id, p.name, p.sex, p.birth_date, f.id_index, f.id_number, h.id, h.head_name, h.number, s.village_id
FROM households_person f
JOIN households_person p ON p.id = coalesce(f.merged_into_id, f.id)
JOIN households_membership m ON m.person_id = p.id AND m.period @> %(day)s::date
JOIN households_household h ON h.id = m.household_id
JOIN households_householdspell s ON s.household_id = h.id AND s.period @> %(day)s::date AND s.status <> 'removed'
WHERE (f.id_index = ANY(ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array(%(indexes)s, ',')) AS hex))
   OR f.id = ANY(%(people)s)
   OR (s.village_id = ANY(%(villages)s) AND f.merged_into_id IS NULL))
"""
_HOUSEHOLDS = """
SELECT h.id, h.head_name, h.number, s.village_id
FROM households_household h
JOIN households_householdspell s ON s.household_id = h.id AND s.period @> %(day)s::date AND s.status <> 'removed'
WHERE s.village_id = ANY(%(villages)s)
   OR (h.county_code, h.number) IN (SELECT * FROM unnest(%(counties)s::text[], %(numbers)s::text[]))
"""

# Findings that say that nobody registered is meant.
_UNKNOWN = frozenset({"PERSON_UNKNOWN", "HOUSEHOLD_UNKNOWN"})


class Residents:
    """The people and households that the rows could mean."""

    def __init__(self, rows: Sequence[CheckedRow], frame: Frame) -> None:
        self._scope = list(frame.scope)
        villages = sorted({row.village for row in rows if row.village})
        indexes = ",".join(sorted({row.id_index.hex() for row in rows if row.id_index is not None}))
        self._by_index: dict[bytes, Resident] = {}
        self._by_key: dict[int, Resident] = {}
        self._named: dict[tuple[str, str], list[Resident]] = defaultdict(list)
        with connection.cursor() as cursor:
            people = [row.values["系统编号"] for row in rows if row.values.get("系统编号")]
            asked: dict[str, Any] = {"day": frame.as_of, "villages": villages, "indexes": indexes, "people": people}
            cursor.execute(_RESIDENTS, asked)
            for known_as, pk, name, sex, born, index, number, *home in cursor.fetchall():
                key = bytes(index) if index is not None else None
                plain = decrypt(ID_PURPOSE, bytes(number)) if number else ""
                resident = Resident(pk, name, sex, born, key, plain, *home)
                if key is not None:
                    self._by_index[key] = resident
                self._by_key[known_as] = resident
                self._named[resident.village, name].append(resident)
            numbered = [(row.village[:6], str(row.values["户编号"])) for row in rows if row.values.get("户编号")]
            params: dict[str, Any] = {
                "day": frame.as_of,
                "villages": villages,
                "counties": [county for county, _number in numbered],
                "numbers": [number for _county, number in numbered],
            }
            cursor.execute(_HOUSEHOLDS, params)
            self._by_number: dict[tuple[str, str], Unit] = {}
            self._by_head: dict[tuple[str, str], list[Unit]] = defaultdict(list)
            for pk, head, number, village in cursor.fetchall():
                if number:
                    self._by_number[village[:6], number] = Unit(pk, village)
                if head:
                    self._by_head[village, head].append(Unit(pk, village))

    def unit(self, row: CheckedRow, about: About) -> Unit | None:
        """Whom the row means; None with a finding on the row that says why not."""
        if about in (About.PERSON, About.ANYBODY):
            person = self._person(row, unknown="PERSON_UNKNOWN" if about is About.PERSON else "KEPT_BY_NAME")
            return Unit(person.household_id, person.village, person) if person else None
        unit = self._household(row)
        if unit is None or about is About.HOUSEHOLD:
            return unit
        return unit._replace(person=self._member(row, unit))

    def _certain(self, row: CheckedRow) -> Resident | None:
        """Whom the row's number names, or the key of a workbook that we handed out."""
        keyed = self._by_key.get(row.values.get("系统编号") or 0)
        if row.id_index is None:
            return keyed
        numbered = self._by_index.get(row.id_index)
        if keyed is not None and (numbered is None or numbered.person_id != keyed.person_id):
            row.add_compared("ROW_KEY_OTHER", "id_no")
        return numbered

    def unit_or_outsider(self, row: CheckedRow, about: About, registered: str | None) -> Unit | None:
        """As `unit`, where a row may also mean somebody who is not registered. `registered`: 是, 否 or None as it says.

        None for her, with a finding where somebody has to decide: the row does not say so, or the register speaks against it.
        """
        before, softened = list(row.findings), row.is_softened
        unit = self.unit(row, about)
        is_unknown = unit is None and any(one.code in _UNKNOWN for one in row.findings if one not in before)
        if registered == "是" or (registered is None and not is_unknown):
            return unit
        row.findings, row.is_softened, row.person_id = before, softened, None
        field = "name" if about is About.PERSON else "head_name"
        if registered is None:
            row.add_compared("OUTSIDER_UNCONFIRMED", field)
        elif not is_unknown:
            row.add_compared("OUTSIDER_MAY_BE_REGISTERED", field)
        if not row.village:
            row.add_compared("OUTSIDER_WITHOUT_VILLAGE", "village")
        return None

    def _member(self, row: CheckedRow, unit: Unit) -> Resident | None:
        """The member of the household whom the row names, where it names one."""
        if (person := self._certain(row)) is not None:
            return person
        named = self._named.get((unit.village, row.values.get("姓名") or ""), ())
        members = [one for one in named if one.household_id == unit.household_id]
        return members[0] if len(members) == 1 else None

    def _person(self, row: CheckedRow, *, unknown: str) -> Resident | None:
        person = self._certain(row)
        if person is not None and within(person.village, self._scope):
            return self._numbered(row, person)
        candidates = [] if person is not None else self._fitting(row)
        if len(candidates) > 1:
            row.add_compared("PERSON_AMBIGUOUS", "name")
        elif not candidates:
            row.add_compared(unknown, "id_no" if row.id_key else "name")
        else:
            row.person_id = candidates[0].person_id
            if any(one.code in ID_CODES for one in row.findings):
                row.is_softened = True
            row.add_compared("PERSON_BY_NAME", "name", before=candidates[0].head_name)
            return candidates[0]
        return None

    def _numbered(self, row: CheckedRow, person: Resident) -> Resident:
        row.person_id = person.person_id
        if (written := row.values.get("姓名")) and written != person.name:
            row.add_compared("PERSON_NAME_DIFFERS", "name", before=person.name)
        if row.village and person.village != row.village:
            row.add_compared("PERSON_LIVES_ELSEWHERE", "village")
        return person

    def _fitting(self, row: CheckedRow) -> list[Resident]:
        """People of the row's village and name whom nothing that the row tells speaks against."""
        head, sex, born = (row.values.get(label) for label in ("户主姓名", "性别", "出生日期"))
        found = {
            one.person_id: one
            for one in self._named.get((row.village, row.values.get("姓名") or ""), ())
            if not (row.id_key and one.number)
            and not (head and one.head_name and head != one.head_name)
            and not (sex and (sex == "女") != (one.sex == "F"))
            and not (born and born != one.birth_date.isoformat())
            and not (row.remains and one.number and not one.number.startswith(row.remains[:15]))
        }
        return list(found.values())

    def _household(self, row: CheckedRow) -> Unit | None:
        number, head = row.values.get("户编号"), row.values.get("户主姓名")
        if (person := self._certain(row)) is not None:
            if within(person.village, self._scope):
                return Unit(person.household_id, person.village)
            row.add_compared("HOUSEHOLD_UNKNOWN", "id_no")
            return None
        found: Iterable[Unit] = ()
        if number and (home := self._by_number.get((row.village[:6], number))):
            found = [home] if within(home.village, self._scope) else []
        if not found and row.village:
            name = head or row.values.get("姓名") or ""
            found = self._by_head.get((row.village, name), []) or [
                Unit(one.household_id, one.village) for one in self._named.get((row.village, name), ())
            ]
        homes = list({one.household_id: one for one in found}.values())
        if len(homes) == 1:
            return homes[0]
        row.add_compared(
            "HOUSEHOLD_SEVERAL_FIT" if homes else "HOUSEHOLD_UNKNOWN", "household_no" if number else "head_name"
        )
        return None
