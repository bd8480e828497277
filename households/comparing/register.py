"""The register's people whom a list could mean, inside one user's scope. Reads only, as steward."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from households.access import next_prefix
from households.roster.homes import fetch


class Ours(NamedTuple):
    """A person of the register on the day: her household then, else her last one before, else her next.

    sex: 女 or 男. is_present: she belongs on the day to a household that is registered and not taken off the list.
    """

    id: int
    id_index: bytes | None
    id_number: bytes | None
    name: str
    sex: str
    birth_date: date
    household_no: str
    head_name: str
    relation: str
    village: str
    is_present: bool


class Area:
    """Regions by the prefixes of their codes."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        self.prefixes = sorted(set(prefixes))
        self._known = frozenset(self.prefixes)
        self._lengths = sorted({len(prefix) for prefix in self.prefixes})

    def __contains__(self, code: str) -> bool:
        return any(code[:length] in self._known for length in self._lengths)


# Whoever lives elsewhere by now is nobody's business any more, wherever she lived on the day: the last village decides too.
_OURS = """
SELECT p.id, p.id_index, p.id_number, p.name, CASE p.sex WHEN 'F' THEN '女' ELSE '男' END, p.birth_date,
       h.number, h.head_name, m.relation, s.village_id,
       m.period @> %(day)s::date AND s.period @> %(day)s::date AND s.status <> 'removed'
FROM households_person p
CROSS JOIN LATERAL (
    SELECT * FROM households_membership m WHERE m.person_id = p.id
    ORDER BY lower(m.period) > %(day)s::date, lower(m.period) DESC LIMIT 1
) m
JOIN households_household h ON h.id = m.household_id
CROSS JOIN LATERAL (
    SELECT * FROM households_householdspell s WHERE s.household_id = m.household_id
    ORDER BY lower(s.period) > %(day)s::date, lower(s.period) DESC LIMIT 1
) s
CROSS JOIN LATERAL (
    SELECT household_id FROM households_membership WHERE person_id = p.id ORDER BY lower(period) DESC LIMIT 1
) home
CROSS JOIN LATERAL (
    SELECT village_id FROM households_householdspell WHERE household_id = home.household_id
    ORDER BY lower(period) DESC LIMIT 1
) last
WHERE p.merged_into_id IS NULL
AND EXISTS (SELECT FROM unnest(%(scope_from)s::text[], %(scope_to)s::text[]) AS scope(low, high)
              WHERE s.village_id >= low AND s.village_id < high)
AND EXISTS (SELECT FROM unnest(%(scope_from)s::text[], %(scope_to)s::text[]) AS scope(low, high)
            WHERE last.village_id >= low AND last.village_id < high)
"""
_IN_AREA = (
    _OURS
    + """AND p.id IN (
    SELECT m.person_id FROM unnest(%(area_from)s::text[], %(area_to)s::text[]) AS area(low, high)
    JOIN households_householdspell s ON s.village_id >= low AND s.village_id < high
    JOIN households_membership m ON m.household_id = s.household_id)"""
)
# One text of hexadecimal digits, as in roster.people: the driver is slow with arrays of bytes.
_NUMBERS = "ANY(ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array(%(indexes)s, ',')) AS hex))"
_BY_INDEX = f"{_OURS} AND (p.id_index = {_NUMBERS} OR p.id = ANY(%(kept)s))"
_FORMER = (
    f"SELECT id_index, merged_into_id FROM households_person WHERE merged_into_id IS NOT NULL AND id_index = {_NUMBERS}"
)


class People(NamedTuple):
    """People by id, and by the blind index of their number or of a record's that was merged into theirs."""

    by_id: dict[int, Ours]
    by_index: dict[bytes, Ours]


def people_of(scope: Sequence[str], area: Area, indexes: Iterable[bytes], day: date) -> People:
    """The people of the scope (region-code prefixes) who live in the area or have one of the blind indexes."""
    params: dict[str, object] = {
        "day": day,
        "scope_from": list(scope),
        "scope_to": list(map(next_prefix, scope)),
        "area_from": area.prefixes,
        "area_to": list(map(next_prefix, area.prefixes)),
    }
    found = {record[0]: Ours(*record) for record in fetch(_IN_AREA, params)}
    others = set(indexes).difference(bytes(one.id_index) for one in found.values() if one.id_index is not None)
    params["indexes"] = ",".join(index.hex() for index in others)
    former = {bytes(index): kept for index, kept in fetch(_FORMER, params)}
    params["kept"] = list(former.values())
    found |= {record[0]: Ours(*record) for record in fetch(_BY_INDEX, params)}
    by_index = {bytes(one.id_index): one for one in found.values() if one.id_index is not None}
    return People(found, by_index | {index: found[kept] for index, kept in former.items() if kept in found})
