"""Finds pairs of people who may be one human being, in one pass over a user's people.

Numbers are decrypted in memory once and never stored or shown here. Nothing compares everybody with everybody: two
numbers that differ in one digit, or by two neighbours exchanged, agree in all other parts (area, birth date, sequence),
so people are put into buckets by a pair of parts and by what else must agree (the sound of the name, or the village).
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear
from django.utils.translation import gettext_lazy as _

from households.duplicates.models import PairDecision
from households.identity import parse_id
from households.models import HouseholdSpell, Person, User

# More people than these are not compared in one page: a county is chosen first.
MOST_PEOPLE = 100_000
DIGITS = 17  # the 18th character follows from them


class Reason(StrEnum):
    """Why two people may be one; the strongest first."""

    SAME_NUMBER = "same_number"
    ONE_DIGIT = "one_digit"
    EXCHANGED = "exchanged"
    NO_NUMBER = "no_number"
    SAME_NAME = "same_name"
    SAME_SOUND = "same_sound"


REASONS = {
    Reason.SAME_NUMBER: _("15位与18位号码为同一人"),
    Reason.ONE_DIGIT: _("证件号码只差一位"),
    Reason.EXCHANGED: _("证件号码相邻两位互换"),
    Reason.NO_NUMBER: _("同名同出生日期，至少一方没有证件号码"),
    Reason.SAME_NAME: _("同名同出生日期"),
    Reason.SAME_SOUND: _("姓名同音、同出生日期、同村"),
}


class Known(NamedTuple):
    """What is compared of a person. `digits`: the first 17 of her number, "" without one; `village`: of her last household."""

    id: int
    county: str
    name: str
    sound: str
    born: date
    digits: str
    village: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two people, the lower id first. `positions`: where their numbers differ, from 1; `rank`: 0 is strongest."""

    first: int
    second: int
    reasons: tuple[Reason, ...]
    positions: tuple[int, ...]
    rank: int
    is_weak: bool


def suspicions(user: User, county: str = "") -> list[Suspicion]:
    """All pairs among the user's people that nobody has decided about, strongest first; with one of them in `county`."""
    settled = decided_pairs()
    people, homes = _people(user), HouseholdSpell.objects.visible_to(user)
    if county:
        known = _known(people.filter(county_code=county), homes.filter(county_code=county))
        known += _known(_like_those_of(county, people), homes.none())
    else:
        known = _known(people, homes)
    pairs = (judged(one, other) for one, other in _candidates(known) if county in ("", one.county, other.county))
    found = [pair for pair in pairs if pair is not None and (pair.first, pair.second) not in settled]
    return sorted(found, key=lambda pair: (pair.rank, -len(pair.reasons), pair.first, pair.second))


def suspicion(user: User, one: int, other: int) -> Suspicion | None:
    """The same for two people: None where the user sees only one of them, or nothing speaks for their being one."""
    homes = HouseholdSpell.objects.visible_to(user).filter(household__memberships__person__in=[one, other])
    pair = _known(_people(user).filter(pk__in=[one, other]), homes)
    return judged(*pair) if len(pair) == 2 else None


def decided_pairs() -> set[tuple[int, int]]:
    """Pairs decided to be two, the lower id first; what was decided about a merged record holds for the person it is now."""
    decisions = PairDecision.objects.filter(choice=PairDecision.Choice.DIFFERENT, undone_at=None)
    rows = decisions.values_list("kept_id", "kept__merged_into_id", "other_id", "other__merged_into_id")
    return {_in_order(kept_now or kept, other_now or other) for kept, kept_now, other, other_now in rows}


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _people(user: User) -> QuerySet[Person]:
    return Person.objects.visible_to(user).filter(merged_into=None)


_PARTS_OF_A_DAY = {"year": ExtractYear, "month": ExtractMonth, "day": ExtractDay}


def _like_those_of(county: str, people: QuerySet[Person]) -> QuerySet[Person]:
    """People of other counties who sound like somebody of this one and share two of year, month and day of birth.

    Anybody else could only be found by a village in common; a slip in the birth date leaves two of the three.
    """
    two_of_three = Q()
    for parts in combinations(_PARTS_OF_A_DAY, 2):
        two_of_three |= Q(**{f"birth_date__{part}": _PARTS_OF_A_DAY[part](OuterRef("birth_date")) for part in parts})
    here = Person.objects.filter(two_of_three, county_code=county, merged_into=None, pinyin=OuterRef("pinyin"))
    return people.exclude(county_code=county).filter(Exists(here))


def _known(people: QuerySet[Person], homes: QuerySet[HouseholdSpell]) -> list[Known]:
    """People in order of their ids, numbers decrypted, with the last village they had in these homes."""
    lived = homes.annotate(person=F("household__memberships__person_id"))
    last = lived.order_by("person", "-household__memberships__period", "-period").distinct("person")
    villages: dict[int, str] = dict(last.values_list("person", "village_id"))
    columns = ("pk", "county_code", "name", "pinyin", "birth_date", "id_number")
    return [
        Known(pk, county, name, pinyin or name, born, _digits(number), villages.get(pk, ""))
        for pk, county, name, pinyin, born, number in people.order_by("pk").values_list(*columns)
    ]


def _digits(number: str | None) -> str:
    """The 17 digits that a citizen's number or certificate is known by; 15 digits as their 18 would be."""
    if not number:
        return ""
    first = number[:DIGITS] if len(number) >= DIGITS else parse_id(number).key[:DIGITS]
    return first if first.isdigit() and len(first) == DIGITS else ""


# Two numbers with one difference agree in one of these; the last is for neighbours across birth date and sequence.
_PARTS: tuple[Callable[[str], str], ...] = (
    lambda digits: digits[:14],
    lambda digits: digits[6:],
    lambda digits: digits[:6] + digits[14:],
    lambda digits: digits[:13] + digits[15:],
)


def _candidates(people: list[Known]) -> Iterator[tuple[Known, Known]]:
    """Pairs that agree in enough to be looked at, each once."""
    seen: set[tuple[int, int]] = set()
    for bucket in _buckets(people):
        for one, other in combinations(bucket, 2):
            if (one.id, other.id) not in seen:
                seen.add((one.id, other.id))
                yield one, other


def _buckets(people: list[Known]) -> Iterator[list[Known]]:
    numbered = [person for person in people if person.digits]
    housed = [person for person in numbered if person.village]
    yield from _together(people, lambda person: (person.name, person.born))
    yield from _together(people, lambda person: (person.sound, person.born, person.village))
    yield from _together(numbered, lambda person: person.digits)
    for part in _PARTS:
        yield from _together(numbered, lambda person: part(person.digits) + person.sound)  # noqa: B023 - used at once
        yield from _together(housed, lambda person: part(person.digits) + person.village)  # noqa: B023


def _together(people: list[Known], key: Callable[[Known], Hashable]) -> Iterator[list[Known]]:
    """Groups of two and more with the same key. Most people are alone with theirs: no list is made for them."""
    first: dict[Hashable, Known] = {}
    groups: dict[Hashable, list[Known]] = {}
    for person in people:
        told = key(person)
        other = first.setdefault(told, person)
        if other is not person:
            groups.setdefault(told, [other]).append(person)
    yield from groups.values()


def judged(one: Known, other: Known) -> Suspicion | None:
    """Why two people may be one; None where nothing speaks for it."""
    same_sound = one.sound == other.sound
    same_village = bool(one.village) and one.village == other.village
    same_day = one.born == other.born
    near, positions = _nearness(one.digits, other.digits)
    same_number = near is Reason.SAME_NUMBER
    reasons = [near] if near is not None and (same_number or same_sound or same_village) else []
    if same_day and one.name == other.name:
        reasons.append(Reason.SAME_NAME if one.digits and other.digits else Reason.NO_NUMBER)
    elif same_day and same_sound and same_village:
        reasons.append(Reason.SAME_SOUND)
    if not reasons:
        return None
    # Another name in the same village, or a namesake elsewhere born on the same day, is no more than possible.
    is_weak = not (same_number or (same_sound and (near is not None or same_village)))
    rank = list(Reason).index(reasons[0]) + (len(Reason) if is_weak else 0)
    first, second = _in_order(one.id, other.id)
    return Suspicion(first, second, tuple(reasons), positions, rank, is_weak)


def _nearness(one: str, other: str) -> tuple[Reason | None, tuple[int, ...]]:
    """How two people's digits resemble each other, and where they differ."""
    if not one or not other:
        return None, ()
    at = [position for position in range(DIGITS) if one[position] != other[position]]
    shown = tuple(position + 1 for position in at)
    if not at:
        return Reason.SAME_NUMBER, ()
    if len(at) == 1:
        return Reason.ONE_DIGIT, shown
    i, j = at[0], at[-1]
    if len(at) == 2 and j == i + 1 and one[i] == other[j] and one[j] == other[i]:
        return Reason.EXCHANGED, shown
    return None, ()
