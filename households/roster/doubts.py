"""What a person must decide: rows that fit the register in a doubtful way are held, never guessed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext_lazy

from households.access import within
from households.encryption import blind_index as keyed_digest
from households.identity import ID_PURPOSE
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.roster.homes import Home, decrypted, fetch
from households.roster.people import KnownPerson, People
from households.roster.storage import HEAD, SEX_OF, SHORTEST_OFFICIAL_NUMBER, joined

WEAK_PURPOSE = "person.weak"
# Shown in place of a household's head for a person who is in none now.
PAST = gettext_lazy("曾登记，现已减少")
_MOST_NAMED = 5
ID_CODES = frozenset({"ID_PRECISION_LOST", "ID_CHECKSUM", "ID_BIRTHDATE", "ID_LENGTH"})


def brings_again(old: CheckedRow, new: CheckedRow) -> bool:
    """Of one number: the same name, unless it was the name that was in doubt; the number may be somebody else's, mistyped.
    Else nothing that both rows tell makes two namesakes of them."""
    if old.id_index is not None:
        return old.values.get("姓名") == new.values.get("姓名") or any(one.field == "name" for one in old.findings)
    told = ((old.values.get(label), new.values.get(label)) for label in ("性别", "出生日期", "户主姓名"))
    return all(one is None or other is None or one == other for one, other in told)


def hold_doubtful_households(homes: list[Home], people: People, matched: set[int]) -> None:
    """A number or name that hits a household with nobody in common, elsewhere or under another head, is a slip."""
    for home in homes:
        if home.known is None:
            continue
        members = people.members[home.known.id]
        head = home.values.get("户主姓名")
        strange = home.known.village != home.village or (head and home.known.head_name and head != home.known.head_name)
        if home.key[0] == "no" and len(home.key[1]) < SHORTEST_OFFICIAL_NUMBER and not head:
            strange = True  # a running number of a hand list
        phone, known_phone = (
            joined(home.values.get("户主联系电话") or ""),
            decrypted("household.phone", home.known.phone),
        )
        by_name = home.key[0] == "head" or home.known.number != home.key[1]
        if by_name and not (phone and phone == known_phone):
            strange = True  # a name alone: a namesake's family as well as news of this one
        if not head and phone and known_phone and phone != known_phone:
            strange = True  # other people under another telephone: a slip in the number
        if strange and members and not any(person.id in matched for person in members):
            for row in home.rows:
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")


def hold_moved_homes(
    homes: list[Home], people: People, matched: set[int], scope: Sequence[str], path: Callable[[str], str]
) -> None:
    """A household in another village than registered moves with all its people, and that is told, or somebody has mistyped
    a row."""
    for home in homes:
        if home.known is None or "village_code" not in home.before:
            continue
        left = [person for person in people.members[home.known.id] if person.id not in matched]
        village, others = home.known.village or "", "、".join(person.name for person in left[:_MOST_NAMED])
        for row in home.rows:
            if left:
                row.add_compared("HOUSEHOLD_MOVED", "village", before=path(village), others=others, at=village)
            elif not home.is_older and within(village, scope):
                row.add_compared("VILLAGE_CHANGED", "village", before=path(village), at=village)


def hold_homes_beyond(homes: list[Home], scope: Sequence[str], path: Callable[[str], str]) -> None:
    """A household registered outside the uploader's regions: the file alone takes it out of nobody's hands."""
    for home in homes:
        village = home.known.village if home.known else None
        if village and not within(village, scope):
            for row in home.rows:
                row.add_compared("HOUSEHOLD_BEYOND", "village", before=path(village), at=village)


def hold_newcomers_of_known_families(
    homes: list[Home], person_of: dict[int, KnownPerson], villages: dict[int | None, str]
) -> None:
    """New people in a household that the register does not know, while its head is head of another there, or no head is
    listed and the others are in another: the number or the head's name may be a slip, and the newborn would live alone.

    `person_of`: id of a row → who is meant; `villages`: of the other households.
    """
    for home in homes:
        listed = [(row, person_of[id(row)]) for row in home.rows if id(row) in person_of] if home.known is None else []
        has_head = any(row.values.get("与户主关系") == HEAD for row in home.rows)
        known = [
            person
            for row, person in listed
            if person.household_id
            and (not has_head or (row.values.get("与户主关系") == HEAD and person.relation in (HEAD, "")))
        ]
        for row in home.rows if known else ():
            if row.change == "new" and row.is_in:
                others, at = (
                    "、".join(person.name for person in known[:_MOST_NAMED]),
                    villages.get(known[0].household_id, ""),
                )
                row.add_compared(
                    "FAMILY_REGISTERED", "household_no", others=others, before=known[0].head_name or "", at=at
                )


def hold_second_heads(homes: list[Home], people: People, rows: list[CheckedRow]) -> None:
    """A new head while the register's head stays one: somebody must say who it is, or whether two families became one."""
    going_in = {row.person_id: row for row in rows if row.person_id and row.is_in}
    for home in homes:
        if home.known is None:
            continue
        for head in (person for person in people.members[home.known.id] if person.relation == HEAD):
            told = going_in[head.id].values.get("与户主关系") if head.id in going_in else None
            others = [row for row in home.rows if row.values.get("与户主关系") == HEAD and row.person_id != head.id]
            if (told is None or told == HEAD) and any(row.is_in for row in others):
                for row in home.rows:
                    at = home.known.village or ""
                    row.accepted -= {"HOUSEHOLD_MULTIPLE_HEADS"}
                    row.add_compared("HOUSEHOLD_MULTIPLE_HEADS", "relation", others=head.name, at=at)


def hold_torn_newcomers(homes: list[Home]) -> None:
    """A family that the register does not know and that has no head, under the telephone of another that is new as well and
    has one: one family, torn by a slip in its number or its head's name."""
    headed: dict[tuple[str, str], list[Home]] = defaultdict(list)
    headless: list[tuple[tuple[str, str], Home]] = []
    for home in homes:
        phone = joined(home.values.get("户主联系电话") or "")
        if phone and home.known is None:
            if any(row.values.get("与户主关系") == HEAD for row in home.rows):
                headed[home.village, phone].append(home)
            elif any(row.values.get("与户主关系") for row in home.rows):
                headless.append(((home.village, phone), home))
    for key, home in headless:
        if len(headed[key]) == 1:
            for row in (*home.rows, *headed[key][0].rows):
                row.add_compared("HOUSEHOLD_AMBIGUOUS", "household_no")


def keep_heads_names(homes: list[Home], people: People) -> None:
    """A household keeps its head's name while the row that tells another waits, and while its head is registered in it and
    nobody there has the name that a roster gives her."""
    for home in homes:
        if home.known is None or not home.known.head_name or "户主姓名" not in home.before:
            continue
        name, members = home.values["户主姓名"], people.members[home.known.id]
        bearers = [row for row in home.rows if row.values.get("姓名") == name]
        if any(row.is_in for row in bearers):
            continue
        if not bearers:
            heads = {person.name for person in members if person.relation == HEAD}
            if home.known.head_name not in heads or any(person.name == name for person in members):
                continue
            told = {"written": name, "expected": home.known.head_name, "at": home.known.village or ""}
            for row in home.rows:
                row.add_compared("HEAD_NAME_UNKNOWN", "head_name", **told)
        home.values["户主姓名"] = None
        del home.before["户主姓名"]
        present = {person.id for person in members}
        for row in home.rows:
            if row.before.pop("户主姓名", None) and not row.before and row.person_id in present:
                row.change = "unchanged"


def hold_probable_doubles(homes: list[Home], people: People, rows: list[CheckedRow]) -> None:
    """A new person with the name of a member whom the file does not list: probably one human being, another number. With
    the birth date and sex of one, where either has no number, too: a newborn who has been given a name and a number."""
    seen = {row.person_id for row in rows if row.person_id}
    for home in homes:
        if home.known is None:
            continue
        absent = [person for person in people.members[home.known.id] if person.id not in seen]
        for row in home.rows if absent else ():
            if row.change == "new" and row.is_in:
                likely = next((person for person in absent if _is_likely(row, person)), None)
                if likely is not None:
                    at = home.known.village or ""
                    _may_be_registered(row, likely.id, likely.name, home.known.head_name or "", at)


def _is_likely(row: CheckedRow, person: KnownPerson) -> bool:
    if row.values.get("姓名") == person.name:
        return True
    born, sex = person.birth_date.isoformat(), SEX_OF.get(row.values.get("性别") or "")
    return not (row.id_key and person.id_index) and (row.values.get("出生日期"), sex) == (born, person.sex)


def _may_be_registered(row: CheckedRow, person: int, name: str, head: str, village: str) -> None:
    if "PROBABLY_REGISTERED" in row.accepted:
        return  # somebody has decided that she is another
    row.person_id = person
    row.add_compared("PROBABLY_REGISTERED", "id_no", name=name, before=head, at=village)


_PRESENT = """
SELECT p.id, p.name, p.birth_date::text, s.village_id, h.head_name FROM households_householdspell s
JOIN households_membership m ON m.household_id = s.household_id AND m.period @> %(day)s::date
JOIN households_person p ON p.id = m.person_id
JOIN households_household h ON h.id = s.household_id
WHERE s.period @> %(day)s::date AND p.name = ANY(%(names)s)
"""


def hold_registered_elsewhere(rows: list[CheckedRow], as_of: date) -> None:
    """A new person with name and birth date of one in another household, where one of the two has no number. If that is in
    another county, only the federation's staff learn of it."""
    seen = {row.person_id for row in rows if row.person_id}
    new = [row for row in rows if row.change == "new" and row.is_in and row.values.get("姓名")]
    weak = [row for row in new if not row.id_key]
    for meant, which in ((new, "AND p.id_index IS NULL"), (weak, "")):
        alike: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
        names = list({row.values["姓名"] for row in meant})
        found_there = fetch(_PRESENT + which, {"day": as_of, "names": names}) if names else []
        for person, name, born, village, head in found_there:
            if person not in seen:
                alike[name, born].append((person, head, village))
        for row in meant:
            found = alike.get((row.values["姓名"], row.values["出生日期"]), [])
            here = [one for one in found if one[2][:6] == row.village[:6]]
            if here:
                _may_be_registered(row, here[0][0], row.values["姓名"], here[0][1], here[0][2])
            elif found and "ID_NEEDS_CITY" not in row.accepted:
                row.person_id = found[0][0]
                row.add_compared("ID_NEEDS_CITY", "id_no")


def hold_merged_twice(rows: list[CheckedRow], matched: dict[int, KnownPerson], villages: dict[int | None, str]) -> None:
    """A person who stands in the file with the numbers of two records that were merged: the former number's row is held."""
    told: dict[int, list[int]] = defaultdict(list)
    for position, person in matched.items():
        told[person.id].append(position)
    for positions in told.values():
        for position in positions if len(positions) > 1 else ():
            person = matched[position]
            if person.is_former:
                at = villages.get(person.household_id or person.was_in, "")
                rows[position].add_compared("PERSON_MERGED", "id_no", others=person.name, at=at)


def hold_known_weak(rows: list[CheckedRow]) -> None:
    """A new person without number whose key is taken: she was renamed or moved by hand since."""
    weak = {weak_index(row): row for row in rows if row.change == "new" and row.is_in and not row.id_key}
    if weak:
        query = "SELECT weak_index FROM households_person WHERE weak_index = ANY(%s::bytea[])"
        for (taken,) in fetch(query, [list(weak)]):
            weak[bytes(taken)].add_compared("MOVED_HOUSEHOLD", before=str(PAST))


def weak_index(row: CheckedRow) -> bytes:
    """The key of a person without ID number: digest of household, name and birth date."""
    parts = (row.village[:6], *(row.household or ()), row.values["姓名"], row.values["出生日期"])
    return keyed_digest(WEAK_PURPOSE, "|".join(parts))


_DAMAGED = """
SELECT DISTINCT p.id, p.name, s.village_id, p.id_number FROM households_person p
JOIN households_membership m ON m.person_id = p.id AND m.period @> %(day)s::date
JOIN households_householdspell s ON s.household_id = m.household_id AND s.period @> %(day)s::date
WHERE (s.village_id, p.name) IN (SELECT * FROM unnest(%(villages)s::text[], %(names)s::text[]))
"""


def soften_damaged(rows: list[CheckedRow], as_of: date) -> None:
    """A damaged number whose village, name and first 15 digits fit exactly one registered person: held, not sent back."""
    damaged = [
        row
        for row in rows
        if row.findings
        and row.village
        and row.values.get("姓名")
        and not row.id_key
        and any(one.code in ID_CODES for one in row.findings)
    ]
    if not damaged:
        return
    fitting: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    params = {"day": as_of, "villages": [r.village for r in damaged], "names": [r.values["姓名"] for r in damaged]}
    for person, name, village, number in fetch(_DAMAGED, params):
        fitting[village, name].append((person, decrypted(ID_PURPOSE, number) or ""))
    taken = {row.person_id for row in rows if row.person_id}
    for row in damaged:
        lost = any(one.code == "ID_PRECISION_LOST" for one in row.findings)
        people = [
            person
            for person, number in fitting[row.village, row.values["姓名"]]
            if person not in taken and (not (lost and row.remains) or number.startswith(row.remains))
        ]
        others = any(one.policy is Policy.REJECTED and one.code not in ID_CODES for one in row.findings)
        if len(people) == 1 and not others:
            row.is_softened, row.person_id = True, people[0]
            row.add_compared("DAMAGED_ID_FITS", "id_no")
