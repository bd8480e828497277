"""Who lives together: 2,817 families whose women and children add up to the published figures by construction.

Pure Python, no database. The head counts on REPORTING_DAY (ages in completed years): 914 women of 65 and older, 2,491
of 18 to 64, 63 girls of 16 and 17 = 3,468 women; 1,269 children, those 63 girls among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from random import Random

from campaigns.demo.people import day_between, full_name, nation, surname
from households.models import Enrolment, Person
from households.periods import years_after

REPORTING_DAY = date(2018, 6, 30)
FEMALE, MALE = Person.Sex.FEMALE.value, Person.Sex.MALE.value
Stage = Enrolment.Stage
# Born on this day or before: 65 or older on the reporting day; and so on.
BORN_65, BORN_18, BORN_16 = date(1953, 6, 30), date(2000, 6, 30), date(2002, 6, 30)
GIRLS_16_17, BOYS_16_17, PUPILS, SENIORS_15, NOT_AT_SCHOOL = 63, 66, 534, 8, 6
CHILDREN = 1269
# Grades 1 to 9 in the school year from September 2017; together PUPILS.
GRADE_SIZES = (66, 63, 62, 60, 59, 58, 57, 55, 54)
# Families with one, two, three children.
WITH_CHILDREN = {1: 525, 2: 306, 3: 44}


@dataclass(slots=True)
class Member:
    """One person in a family. `role`: GF GM F M C (child of F and M) S (grown child of GF and GM)."""

    role: str
    sex: str
    born: date
    name: str = ""
    relation: str = ""
    nation: str = ""
    stage: str = ""
    grade: int | None = None
    joined: date | None = None
    left: date | None = None
    left_reason: str = ""
    health: list[str] = field(default_factory=list)
    disability: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Family:
    """A household to be; the first member is its head."""

    shape: str
    members: list[Member]
    surname: str

    @property
    def head(self) -> Member:
        """The household's head, often a man."""
        return self.members[0]


def families(rng: Random) -> list[Family]:
    """All counted families, in random order."""
    groups = _sibling_groups(rng, _children(rng))
    found = [
        _family(rng, name, build(rng, groups.pop() if with_children else []))
        for name, count, with_children, build in SHAPES
        for _ in range(count)
    ]
    rng.shuffle(found)
    return found


def other_families(rng: Random, count: int) -> list[Family]:
    """More families of the childless shapes and some with a small child, for households that are not counted."""
    found = []
    for number in range(count):
        if number % 3 == 0:
            child = Member("C", rng.choice((FEMALE, MALE)), day_between(rng, date(2011, 9, 1), date(2016, 12, 31)))
            found.append(_family(rng, "couple_with_children", _couple_with_children(rng, [child])))
        else:
            name, build = (("couple", _couple), ("old_woman", _old_woman))[number % 2]
            found.append(_family(rng, name, build(rng, [])))
    return found


# --- children ---------------------------------------------------------------------------------------------------------


def _children(rng: Random) -> list[Member]:
    """1,269 children: of 16 and 17, in grades 1 to 9, at 15 already in senior school, not at school, and small ones."""

    def some(count: int, first: date, last: date, sex: str = "") -> list[Member]:
        return [Member("C", sex or rng.choice((FEMALE, MALE)), day_between(rng, first, last)) for _ in range(count)]

    old = some(GIRLS_16_17, date(2000, 7, 1), BORN_16, FEMALE) + some(BOYS_16_17, date(2000, 7, 1), BORN_16, MALE)
    for child in old:
        if rng.random() < 0.85:
            child.stage, child.grade = Stage.SENIOR, 11 if child.born < date(2001, 9, 1) else 10
    seniors = some(SENIORS_15, date(2002, 7, 1), date(2002, 8, 31))
    for child in seniors:
        child.stage, child.grade = Stage.SENIOR, 10
    pupils = []
    for grade, size in enumerate(GRADE_SIZES, start=1):
        # Six years old before the September in which grade 1 began.
        for child in some(size, date(2011 - grade, 9, 1), date(2012 - grade, 8, 31)):
            child.stage = Stage.PRIMARY if grade <= 6 else Stage.JUNIOR
            child.grade = grade
            pupils.append(child)
    disabled = some(NOT_AT_SCHOOL, date(2003, 1, 1), date(2010, 8, 31))
    for child in disabled:
        child.health, child.disability = ["残疾"], (rng.choice(("智力", "肢体", "多重")), "一级")
    small = some(CHILDREN - len(old + seniors + pupils + disabled), date(2011, 9, 1), date(2018, 6, 20))
    for child in small:
        if child.born <= date(2014, 8, 31) and rng.random() < 0.8:
            child.stage = Stage.PRESCHOOL
    return old + seniors + pupils + disabled + small


def _sibling_groups(rng: Random, pool: list[Member]) -> list[list[Member]]:
    """Deal the children into groups of brothers and sisters: 400 days to 12 years apart."""
    rng.shuffle(pool)
    groups = []
    for size in sorted(WITH_CHILDREN, reverse=True):
        for _ in range(WITH_CHILDREN[size]):
            group = [pool.pop()]
            while len(group) < size:
                fitting = next(i for i in reversed(range(len(pool))) if _are_siblings([*group, pool[i]]))
                group.append(pool.pop(fitting))
            groups.append(sorted(group, key=lambda child: child.born))
    rng.shuffle(groups)
    return groups


def _are_siblings(children: Sequence[Member]) -> bool:
    days = sorted(child.born.toordinal() for child in children)
    return days[-1] - days[0] < 12 * 365 and all(later - day > 400 for day, later in pairwise(days))


# --- shapes -----------------------------------------------------------------------------------------------------------


def _between(rng: Random, role: str, sex: str, first: date, last: date) -> Member:
    return Member(role, sex, day_between(rng, first, max(first, last)))


def _mother(rng: Random, children: Sequence[Member]) -> Member:
    """18 to 64, 20 to 43 years older than her children."""
    first = years_after(children[-1].born, -43)
    return _between(
        rng, "M", FEMALE, max(first, years_after(children[0].born, -32)), years_after(children[0].born, -20)
    )


def _father(rng: Random, children: Sequence[Member], not_after: date = date(1996, 6, 30)) -> Member:
    first = max(years_after(children[-1].born, -50), years_after(children[0].born, -35))
    return _between(rng, "F", MALE, first, min(years_after(children[0].born, -21), not_after))


def _couple_with_children(rng: Random, children: list[Member]) -> list[Member]:
    return [_father(rng, children), _mother(rng, children), *children]


def _three_generations_old(rng: Random, children: list[Member]) -> list[Member]:
    """With a grandmother of 65 or older."""
    father = _father(rng, children, not_after=date(1992, 6, 30))
    first = max(years_after(father.born, -42), date(1928, 1, 1))
    grandmother = _between(rng, "GM", FEMALE, first, min(years_after(father.born, -20), BORN_65))
    return [father, _mother(rng, children), *_husband(rng, grandmother, 0.45), grandmother, *children]


def _three_generations_young(rng: Random, children: list[Member]) -> list[Member]:
    """With a grandmother of 64 or younger: the father is not older than 44."""
    father = _father(rng, children)
    father.born = max(father.born, day_between(rng, date(1974, 1, 1), date(1976, 1, 1)))
    first = max(years_after(father.born, -40), date(1953, 7, 2))
    grandmother = _between(rng, "GM", FEMALE, first, years_after(father.born, -19))
    return [father, _mother(rng, children), *_husband(rng, grandmother, 0.65), grandmother, *children]


def _old_grandmother_with_children(rng: Random, children: list[Member]) -> list[Member]:
    grandmother = _between(rng, "GM", FEMALE, date(1940, 1, 1), BORN_65)
    return [*_husband(rng, grandmother, 0.5), grandmother, *children]


def _young_grandmother_with_children(rng: Random, children: list[Member]) -> list[Member]:
    last = min(years_after(children[0].born, -40), date(1972, 1, 1))
    grandmother = _between(rng, "GM", FEMALE, date(1953, 7, 2), last)
    return [*_husband(rng, grandmother, 0.6), grandmother, *children]


def _mother_alone(rng: Random, children: list[Member]) -> list[Member]:
    return [_mother(rng, children), *children]


def _father_alone(rng: Random, children: list[Member]) -> list[Member]:
    return [_father(rng, children), *children]


def _old_woman(rng: Random, children: list[Member]) -> list[Member]:
    """65 or older, alone, with her husband, or with a son who never married."""
    woman = _between(rng, "GM", FEMALE, date(1927, 1, 1), BORN_65)
    draw = rng.random()
    if draw < 0.38:
        return [woman]
    if draw < 0.72:
        return [*_husband(rng, woman, 1), woman]
    first, last = years_after(woman.born, 20), min(years_after(woman.born, 40), date(1990, 1, 1))
    return [_between(rng, "F", MALE, first, last), woman]


def _couple(rng: Random, children: list[Member]) -> list[Member]:
    """A woman of 18 to 64, nearly always with her husband, often with grown sons or his father."""
    woman = _between(rng, "M", FEMALE, date(1953, 7, 2), date(1980, 1, 1) if rng.random() < 0.9 else date(1992, 1, 1))
    husband = _husband(rng, woman, 0.9, role="F")
    sons = (
        [_grown_child(rng, woman, MALE) for _ in range(rng.choice((0, 0, 1, 1, 2)))] if woman.born.year < 1979 else []
    )
    father = [_between(rng, "GF", MALE, date(1928, 1, 1), years_after(woman.born, -24))] if rng.random() < 0.1 else []
    return [*husband, woman, *(father if husband else []), *(sons if husband or sons else [])]


def _couple_with_old_mother(rng: Random, children: list[Member]) -> list[Member]:
    """An old mother with her son and his wife, or with a daughter who needs care."""
    old = _between(rng, "GM", FEMALE, date(1930, 1, 1), date(1948, 12, 31))
    first, last = years_after(old.born, 19), min(years_after(old.born, 36), date(1984, 1, 1))
    if rng.random() < 0.15:
        daughter = _between(rng, "S", FEMALE, max(first, date(1954, 1, 1)), last)
        daughter.health, daughter.disability = ["残疾"], (rng.choice(("智力", "精神", "肢体")), "二级")
        return [old, daughter]
    son = _between(rng, "F", MALE, max(first, date(1954, 1, 1)), last)
    wife = _between(rng, "M", FEMALE, max(years_after(son.born, -3), date(1953, 7, 2)), years_after(son.born, 5))
    sons = [_grown_child(rng, wife, MALE)] if wife.born.year < 1978 and rng.random() < 0.4 else []
    return [son, wife, old, *sons]


def _couple_with_grown_daughter(rng: Random, children: list[Member]) -> list[Member]:
    woman = _between(rng, "M", FEMALE, date(1955, 1, 1), date(1976, 1, 1))
    return [*_husband(rng, woman, 0.85, role="F"), woman, _grown_child(rng, woman, FEMALE)]


def _husband(rng: Random, woman: Member, chance: float, role: str = "GF") -> list[Member]:
    if rng.random() >= chance:
        return []
    return [_between(rng, role, MALE, years_after(woman.born, -7), years_after(woman.born, 3))]


def _grown_child(rng: Random, mother: Member, sex: str) -> Member:
    """18 or older, 20 to 33 years younger than the mother, not yet 36."""
    first = max(years_after(mother.born, 20), date(1982, 7, 1))
    return _between(rng, "C", sex, first, min(years_after(mother.born, 33), BORN_18))


# Name, how many, with children?, who: women of 65 and older, women of 18 to 64.
Build = Callable[[Random, list[Member]], list[Member]]
SHAPES: tuple[tuple[str, int, bool, Build], ...] = (
    ("couple_with_children", 380, True, _couple_with_children),  # 0, 1
    ("three_generations_old", 130, True, _three_generations_old),  # 1, 1
    ("three_generations_young", 150, True, _three_generations_young),  # 0, 2
    ("old_grandmother_with_children", 55, True, _old_grandmother_with_children),  # 1, 0
    ("young_grandmother_with_children", 60, True, _young_grandmother_with_children),  # 0, 1
    ("mother_alone", 55, True, _mother_alone),  # 0, 1
    ("father_alone", 45, True, _father_alone),  # 0, 0
    ("old_woman", 516, False, _old_woman),  # 1, 0
    ("couple", 1073, False, _couple),  # 0, 1
    ("couple_with_old_mother", 213, False, _couple_with_old_mother),  # 1, 1
    ("couple_with_grown_daughter", 140, False, _couple_with_grown_daughter),  # 0, 2
)


# --- names and relations ----------------------------------------------------------------------------------------------

# (role of the head, role of the member) → relation of a man, of a woman.
RELATIONS = {
    ("F", "M"): ("配偶", "配偶"), ("F", "C"): ("之子", "之女"), ("F", "GF"): ("之父", "之父"), ("F", "GM"): ("之母", "之母"),
    ("F", "S"): ("其他", "其他"), ("M", "C"): ("之子", "之女"), ("M", "F"): ("配偶", "配偶"), ("M", "GM"): ("之婆婆", "之婆婆"),
    ("M", "GF"): ("之公公", "之公公"), ("GF", "GM"): ("配偶", "配偶"), ("GM", "GF"): ("配偶", "配偶"),
    ("GF", "F"): ("之子", "之子"), ("GM", "F"): ("之子", "之子"), ("GF", "M"): ("之儿媳", "之儿媳"),
    ("GM", "M"): ("之儿媳", "之儿媳"), ("GF", "C"): ("之孙子", "之孙女"), ("GM", "C"): ("之孙子", "之孙女"),
    ("GF", "S"): ("之子", "之女"), ("GM", "S"): ("之子", "之女"), ("C", "S"): ("其他", "其他"),
}  # fmt: skip


def _family(rng: Random, shape: str, members: list[Member]) -> Family:
    family_name = surname(rng)
    family_nation = nation(rng, family_name)
    # The grandfather stays the head of some big families.
    if len(members) > 3 and rng.random() < 0.3:
        members.sort(key=lambda member: member.role != "GF")
    for member in members:
        name_and_relate(rng, member, members[0], family_name, family_nation)
    return Family(shape, members, family_name)


def name_and_relate(rng: Random, member: Member, head: Member, family_name: str, family_nation: str) -> None:
    """Give a member her name, nation and relation to the head; wives keep their own."""
    married_in = member.role in ("M", "GM")
    own = surname(rng) if married_in else family_name
    member.name = full_name(rng, own, member.sex, member.born)
    member.nation = nation(rng, own) if married_in else family_nation
    if member is head:
        member.relation = "户主"
    else:
        man, woman = RELATIONS[head.role, member.role]
        member.relation = man if member.sex == MALE else woman
