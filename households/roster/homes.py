"""A roster's households and what the register knows of them. Reads only, as steward."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection
from psycopg.types.json import Json

from households.encryption import decrypt
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.roster.storage import (
    ALONE,
    HEAD,
    HOUSEHOLD,
    HOUSEHOLD_LABELS,
    HOUSEHOLD_SURVEY,
    SHORTEST_OFFICIAL_NUMBER,
    STATUS_WORDS,
    shown,
    status_after,
)


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
    survey: str
    spell_id: int | None
    village: str | None
    status: str | None
    spell_from: date | None
    spell_to: date | None


_told = itemgetter(*HOUSEHOLD_LABELS)


@dataclass(slots=True)
class Home:
    """A household of the file: its rows, its values (head's row first), and the register's household if known.
    `namesakes`: several of the register that fit it by village and head."""

    key: tuple[str, ...]
    rows: list[CheckedRow]
    values: dict[str, Any]
    village: str
    known: KnownHousehold | None = None
    namesakes: list[KnownHousehold] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    is_older: str = ""


def fetch(query: str, params: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def texts(values: list[str]) -> Json:
    """Texts as one parameter; the driver takes ten times as long to write an array of them."""
    return Json(values, dumps=orjson.dumps)


def decrypted(purpose: str, blob: bytes | None) -> str | None:
    """An encrypted column's text, None for an empty one."""
    return decrypt(purpose, blob) if blob else None


def homes_of(rows: list[CheckedRow]) -> list[Home]:
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
    first = _told(going_in[0])
    if all(_told(values) == first for values in going_in):
        return dict(zip(HOUSEHOLD_LABELS, first, strict=True))
    columns = zip(*map(_told, going_in), strict=True)
    told = (next((value for value in column if value is not None), None) for column in columns)
    return dict(zip(HOUSEHOLD_LABELS, told, strict=True))


_HOUSEHOLD = """
SELECT h.id, h.county_code, h.number, h.head_name, h.attribute, h.main_cause, h.income_per_head::float8, h.phone, h.address,
       h.exited_on, h.survey::text, s.id, s.village_id, s.status, lower(s.period), upper(s.period)
FROM households_household h
LEFT JOIN LATERAL (
    SELECT * FROM households_householdspell s WHERE s.household_id = h.id
    ORDER BY s.period @> %(day)s::date DESC, lower(s.period) > %(day)s::date DESC, lower(s.period) DESC LIMIT 1
) s ON true
"""
_HOUSEHOLDS = (
    _HOUSEHOLD
    + """WHERE (h.county_code, h.number) IN (
    SELECT * FROM ROWS FROM (json_array_elements_text(%(counties)s), json_array_elements_text(%(numbers)s)) AS numbered)
   OR (h.county_code, h.head_name) IN (
    SELECT * FROM ROWS FROM (json_array_elements_text(%(head_counties)s), json_array_elements_text(%(heads)s)) AS named)
"""
)


def households_by_id(ids: Collection[int], day: date) -> dict[int, KnownHousehold]:
    """Households of the register by id."""
    records = fetch(_HOUSEHOLD + "WHERE h.id = ANY(%(ids)s)", {"day": day, "ids": list(ids)})
    return {record[0]: KnownHousehold(*record) for record in records}


def find_households(homes: list[Home], day: date) -> None:
    """By number within the county; else by village and head's name, where that fits exactly one."""
    numbered = [home for home in homes if home.key[0] == "no"]
    named = [home for home in homes if home.values.get("户主姓名")]
    if not homes:
        return
    by_number: dict[tuple[str, str], KnownHousehold] = {}
    by_head: dict[tuple[str | None, str], list[KnownHousehold]] = defaultdict(list)
    params = {
        "day": day,
        "counties": texts([home.village[:6] for home in numbered]),
        "numbers": texts([home.key[1] for home in numbered]),
        "head_counties": texts([home.village[:6] for home in named]),
        "heads": texts([home.values["户主姓名"] for home in named]),
    }
    for record in fetch(_HOUSEHOLDS, params):
        known = KnownHousehold(*record)
        if known.number:
            by_number[known.county, known.number] = known
        by_head[known.village, known.head_name].append(known)
    for home in homes:
        if home.key[0] == "no":
            home.known = by_number.get((home.village[:6], home.key[1]))
            namesakes = by_head[home.village, home.values.get("户主姓名") or ""]
            # An official number also replaces the running number that a hand list gave the family.
            is_official = len(home.key[1]) >= SHORTEST_OFFICIAL_NUMBER
            candidates = [one for one in namesakes if not is_official or len(one.number) < SHORTEST_OFFICIAL_NUMBER]
            if home.known is not None and _counts_anew(home, home.known, namesakes):
                home.known = None
            if home.known is None and not is_official and any(one.number for one in candidates):
                _drop_number(home)
        else:
            candidates = by_head[home.village, home.key[2]] if home.key[0] == "head" else []
        if home.known is None and len(candidates) == 1:
            home.known = candidates[0]
        elif home.known is None:
            home.namesakes = candidates


def _counts_anew(home: Home, known: KnownHousehold, namesakes: list[KnownHousehold]) -> bool:
    """Whether the file's number is only its list's own count, which another head has in the register: 1, 2, 3 of another
    village, or of this one's list of last year. Such a number is dropped: it names nobody."""
    head = home.values.get("户主姓名")
    if len(home.key[1]) >= SHORTEST_OFFICIAL_NUMBER or not head or head == known.head_name:
        return False
    if known.village == home.village and (not namesakes or not known.head_name):
        return False  # perhaps the family that it was, under a new head
    _drop_number(home)
    return True


def _drop_number(home: Home) -> None:
    """A hand list's own count says nothing about a family that has a number, or that it gave another one last year."""
    for row in home.rows:
        row.values["户编号"] = None
    home.values["户编号"] = None


def join_by_numbers(homes: list[Home], lives_in: dict[int, int | None], day: date) -> list[Home]:
    """The homes, with people of a list that names no households put into those in which the register has them, in the same
    village; anybody else of such a list is held. `lives_in` as below."""
    alone = [home for home in homes if home.key[0] == ALONE]
    if not alone:
        return homes
    theirs = {id(home): lives_in.get(id(home.rows[0])) for home in alone}
    registered = households_by_id({household for household in theirs.values() if household is not None}, day)
    joined: dict[int, list[CheckedRow]] = defaultdict(list)
    result = [home for home in homes if home.key[0] != ALONE]
    for home in alone:
        known = registered.get(theirs[id(home)] or 0)
        if known is not None and known.village == home.village:
            joined[known.id].extend(home.rows)
            continue
        result.append(home)
        for row in home.rows:
            if row.policy is not Policy.REJECTED:
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")
    for household, members in joined.items():
        _compare_told(members)
        home = Home((ALONE, str(household)), members, _household_values(members), members[0].village)
        home.known = registered[household]
        result.append(home)
    return result


def _compare_told(members: list[CheckedRow]) -> None:
    """What members of one household tell about it differently: the poverty status holds them, the rest is flagged."""
    for label in HOUSEHOLD_LABELS:
        if len({str(row.values[label]) for row in members if row.values.get(label) is not None}) > 1:
            for row in members:
                row.add_compared("HOUSEHOLD_VALUES_DIFFER", written=label)
                if label == "脱贫属性":
                    row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")


def find_by_members(homes: list[Home], lives_in: dict[int, int | None], day: date) -> bool:
    """Households not found yet whose known people all belong to one registered household that no other of the file means: a
    namesake's family, or the same family of the village under another head. `lives_in`: id of a row → household of the
    person with its number. Returns whether one was found."""
    meant: dict[int, set[int]] = defaultdict(set)
    for home in homes:
        if home.known is not None:
            meant[home.known.id].add(id(home))
        for row in home.rows:
            if (household := lives_in.get(id(row))) is not None:
                meant[household].add(id(home))
    fitting: dict[int, Home] = {}
    for home in homes:
        theirs = {household for row in home.rows if (household := lives_in.get(id(row))) is not None}
        if home.known is None and len(theirs) == 1 and len(meant[next(iter(theirs))]) == 1:
            fitting[next(iter(theirs))] = home
    for household, known in households_by_id(fitting.keys(), day).items() if fitting else ():
        home = fitting[household]
        head = next((row for row in home.rows if row.values.get("姓名") == home.values.get("户主姓名")), None)
        by_head = head is not None and lives_in.get(id(head)) == household and known.village == home.village
        is_numbered = home.key[0] == "no" and len(home.key[1]) >= SHORTEST_OFFICIAL_NUMBER
        if household in {one.id for one in home.namesakes} or (by_head and not is_numbered):
            home.known = known
            if known.number and not is_numbered:
                _drop_number(home)
    return any(home.known is not None for home in fitting.values())


def compare_households(homes: list[Home]) -> None:
    """Hold what fits several households or is fitted by several; note on the others what the file would change."""
    for home in homes:
        if home.known is None and len(home.namesakes) > 1:
            for row in home.rows:
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")
    _hold_rivals(homes)
    for home in homes:
        if home.known is not None:
            compare_household(home, home.known)


def _hold_rivals(homes: list[Home]) -> None:
    """Two households of the file that fit one of the register: nobody knows which is meant."""
    claims: dict[int, list[Home]] = defaultdict(list)
    for home in homes:
        if home.known is not None:
            claims[home.known.id].append(home)
    for rivals in claims.values():
        if len(rivals) > 1:
            for row in (row for home in rivals for row in home.rows):
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")


@lru_cache(maxsize=10_000)
def answers(survey: str) -> dict[str, Any]:
    """A survey column's answers; a county's thousands of people give a few hundred different sets. Not to be changed."""
    return dict(json.loads(survey))


def compare_household(home: Home, known: KnownHousehold) -> None:
    """What the file would change about the household: label → the register's value."""
    for stored in HOUSEHOLD:
        value = home.values.get(stored.label)
        if value is None or value == (before := getattr(known, stored.column)):
            continue
        if stored.column in ("phone", "address"):
            before = decrypted(f"household.{stored.column}", before)
        if stored.convert(value) != before and not _is_less_exact(stored.label, value, before):
            home.before[stored.label] = shown(before)
    survey = answers(known.survey)
    for label in HOUSEHOLD_SURVEY:
        if home.values.get(label) is not None and survey.get(label) != home.values[label]:
            home.before[label] = shown(survey.get(label))
    if status_after(home.values.get("脱贫属性"), known.status) != known.status:
        home.before["脱贫属性"] = STATUS_WORDS.get(known.status or "")
    if home.village != known.village:
        home.before["village_code"] = known.village


def _is_less_exact(label: str, told: Any, known: Any) -> bool:
    """2017 where the register knows 2017-12-30 is no news."""
    return label == "脱贫时间" and str(known).startswith(f"{told}-")


_LAST_ROSTERS = """
SELECT village, max(as_of) FROM households_importbatch, unnest(villages) AS village
WHERE kind = 'roster' AND state = 'applied' AND village = ANY(%s) GROUP BY village HAVING max(as_of) > %s
"""


def note_older(homes: list[Home], as_of: date) -> None:
    newer = dict(fetch(_LAST_ROSTERS, [sorted({home.village for home in homes}), as_of]))
    for home in homes:
        later = newer.get(home.village) or (home.known and home.known.spell_from) or as_of
        home.is_older = later.isoformat() if later > as_of else ""
