"""Compares a roster with the register: who is new, changed, unchanged, and what a person must decide.

Reads only. The same comparison makes the preview and, under the lock, the writing; if the two differ the preview is out
of date. Runs as steward: the caller has checked that the rows lie in the uploader's scope.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from households.intake.rows import CheckedRow
from households.models import Membership
from households.places import current_index
from households.querysets import id_array
from households.roster.doubts import (
    PAST,
    hold_doubtful_households,
    hold_homes_beyond,
    hold_known_weak,
    hold_merged_twice,
    hold_moved_homes,
    hold_newcomers_of_known_families,
    hold_probable_doubles,
    hold_registered_elsewhere,
    hold_second_heads,
    hold_torn_newcomers,
    keep_heads_names,
    soften_damaged,
)
from households.roster.homes import (
    Home,
    compare_households,
    fetch,
    find_by_members,
    find_households,
    homes_of,
    join_by_numbers,
    note_older,
)
from households.roster.people import KnownPerson, People, differences
from households.roster.storage import SEX_WORDS


@dataclass(slots=True)
class Comparison:
    """The result beside what is noted on the rows. `people`: row position → registered person. `missing`: how many
    people of the roster's villages are registered on its day and do not stand in it."""

    homes: list[Home]
    people: dict[int, KnownPerson]
    missing: int
    villages: list[str]


def compare(rows: list[CheckedRow], as_of: date, scope: Sequence[str]) -> Comparison:
    """Note on every row what the register says about it (change, before, person_id, findings); see Comparison.

    `scope`: the uploader's regions.
    """
    homes = homes_of(rows)
    find_households(homes, as_of)
    people = People(rows, homes, as_of)
    lives_in = people.lives_in(rows)
    homes, of_file = join_by_numbers(homes, lives_in, as_of), homes
    if find_by_members(homes, lives_in, as_of) or homes is not of_file:
        people = People(rows, homes, as_of)
    compare_households(homes)
    note_older(homes, as_of)
    matched: dict[int, KnownPerson] = {}
    home_of = {id(row): home for home in homes for row in home.rows}
    for position, row in enumerate(rows):
        home = home_of.get(id(row))
        if home is not None:
            people.recognise(row, home)
        if home is not None and row.is_in:
            person = people.find(row, home)
            if person is not None:
                matched[position] = person
    villages = _villages_apart(rows, matched, home_of, as_of)
    hold_merged_twice(rows, matched, villages)
    _hold_rivals(rows, matched)
    hold_doubtful_households(homes, people, {row.person_id for row in rows if row.person_id})
    for position, row in enumerate(rows):
        if (home := home_of.get(id(row))) is not None:
            _judge(row, home, matched.get(position), as_of, villages)
    # Most rosters move no household, and asking whether the index is still right takes time.
    path = cache(lambda code: current_index().path(code))
    hold_moved_homes(homes, people, {row.person_id for row in rows if row.person_id}, scope, path)
    hold_homes_beyond(homes, scope, path)
    hold_second_heads(homes, people, rows)
    hold_torn_newcomers(homes)
    hold_probable_doubles(homes, people, rows)
    hold_registered_elsewhere(rows, as_of)
    hold_known_weak(rows)
    person_of = {id(rows[position]): person for position, person in matched.items()}
    hold_newcomers_of_known_families(homes, person_of, villages)
    keep_heads_names(homes, people)
    soften_damaged(rows, as_of)
    for row in rows:
        if not row.is_in:
            row.change = ""
    listed = sorted({row.village for row in rows if row.village})
    # Whoever stands in the file is not missing from it, whatever keeps her row from going in.
    seen = [row.person_id for row in rows if row.person_id] + [person.id for person in people.by_index.values()]
    return Comparison(homes, matched, _count_missing(listed, seen, as_of), listed)


def _hold_rivals(rows: list[CheckedRow], matched: dict[int, KnownPerson]) -> None:
    """Two rows that mean one registered person: the last one must not win by itself."""
    claims: dict[int, list[CheckedRow]] = defaultdict(list)
    for position, person in matched.items():
        if not person.is_former:  # a merged record's number is held for what it is
            claims[person.id].append(rows[position])
    for rivals in claims.values():
        for row in rivals if len(rivals) > 1 else ():
            others = "、".join(f"“{one.sheet}”第{one.number}行" for one in rivals[:5] if one is not row)
            row.add_compared("DUPLICATE_CONFLICT", "id_no", others=others)


_VILLAGES = """
SELECT DISTINCT ON (household_id) household_id, village_id FROM households_householdspell
WHERE household_id = ANY(%(households)s) ORDER BY household_id, period @> %(day)s::date DESC, lower(period) DESC
"""


def _villages_apart(
    rows: list[CheckedRow], matched: dict[int, KnownPerson], home_of: dict[int, Home], day: date
) -> dict[int | None, str]:
    """Household → village, for the people who are, or were last, in another household than the file says."""
    homes = {position: home_of[id(rows[position])].known for position in matched}
    apart = {
        household
        for position, person in matched.items()
        if (household := person.household_id or person.was_in)
        and ((known := homes[position]) is None or known.id != household)
    }
    return dict(fetch(_VILLAGES, {"households": list(apart), "day": day})) if apart else {}


def _judge(
    row: CheckedRow, home: Home, person: KnownPerson | None, as_of: date, villages: dict[int | None, str]
) -> None:
    """Decide what happens to one row, given its household and its person; `villages`: of other households."""
    if not row.is_in:
        return
    if person is None:
        row.change = "new"
        return
    if person.county != row.village[:6]:
        row.add_compared("ID_NEEDS_CITY", "id_no")
        if "ID_NEEDS_CITY" not in row.accepted:
            return
    row.before = differences(row, home, person, as_of)
    if home.is_older:
        row.add_compared("ROSTER_OLDER", before=home.is_older)
    if "姓名" in row.before:
        row.add_compared("NAME_CHANGED", "name", before=str(person.name))
    if not row.meant:
        _compare_identity(row, person)
    known_home = home.known.id if home.known else None
    enters = person.membership_id is None
    if enters:
        if person.end_reason == Membership.EndReason.DIED:
            row.add_compared("REGISTERED_AS_DEAD", at=villages.get(person.was_in, ""))
        elif person.was_in != known_home:
            row.add_compared("MOVED_HOUSEHOLD", before=str(PAST), at=villages.get(person.was_in, ""))
    elif person.household_id != known_home:
        enters = True
        if person.member_from is not None and person.member_from > as_of:
            row.add_compared("ROSTER_OLDER", before=person.member_from.isoformat())
        at = villages.get(person.household_id, "")
        row.add_compared("MOVED_HOUSEHOLD", before=person.head_name or "", at=at)
    row.change = "changed" if row.before or enters else "unchanged"


def _compare_identity(row: CheckedRow, person: KnownPerson) -> None:
    """A person found by her number in the household, not by her ID, may contradict what is known of her."""
    born, sex = row.values.get("出生日期"), row.values.get("性别")
    known_born, known_sex = person.birth_date.isoformat(), SEX_WORDS[person.sex]
    if born and born != known_born:
        row.add_compared("BIRTHDATE_CHANGED", "birth_date", written=str(born), expected=known_born)
    if sex and sex != known_sex:
        row.add_compared("SEX_CHANGED", "sex", written=str(sex), expected=known_sex)


_HOUSEHOLDS_THERE = """
SELECT household_id FROM households_householdspell
WHERE village_id = ANY(%(villages)s) AND period @> %(day)s::date AND status <> 'removed'
"""
# Arrays are looked up in a hash. A join, or a NOT EXISTS, may become a loop in a loop of minutes: right after a large
# import the server's statistics may still say that the register is empty.
_MISSING = """
SELECT count(DISTINCT person_id) FROM households_membership
WHERE household_id = ANY(%(households)s::bigint[]) AND period @> %(day)s::date
AND person_id <> ALL(%(seen)s::bigint[])
"""


def _count_missing(villages: list[str], seen: list[int], day: date) -> int:
    households = id_array(found for (found,) in fetch(_HOUSEHOLDS_THERE, {"villages": villages, "day": day}))
    return int(fetch(_MISSING, {"households": households, "day": day, "seen": id_array(seen)})[0][0])
