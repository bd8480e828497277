"""What happened to the families before 30 June 2018: status, moves, splits, marriages, deaths.

Whatever happens here leaves the head counts of that day alone; on earlier days they differ a little.
"""

from datetime import date, timedelta
from random import Random

from campaigns.demo.counties import Earlier, Home, Spell, Status
from campaigns.demo.families import FEMALE, MALE, Member, name_and_relate
from campaigns.demo.people import day_between, full_name, nation
from households.models import Membership
from households.periods import years_after

ONE_DAY = timedelta(days=1)
FIRST_DAYS = (date(2014, 6, 30), date(2016, 1, 1), date(2016, 12, 1), date(2017, 11, 20))
ADJUSTED = date(2018, 1, 1)  # the yearly adjustment of the register
FALLEN_BACK_ON, FOUND_IN_MAY, FOUND_IN_JUNE = date(2018, 5, 10), date(2018, 5, 8), date(2018, 6, 5)
SPLIT_ON, REMOVED_ON = date(2018, 4, 1), date(2018, 6, 11)
LATEST_CHANGE = date(2018, 6, 22)
NEW_IN_MAY, NEW_IN_JUNE, MOVED_HOMES, SPLITS, MARRIAGES, LEAVERS = 24, 12, 8, 6, 10, 110
# Families that are not counted on 30 June: no longer entitled, removed long ago, removed in June; the rest left in May.
CLOSED, REMOVED_EARLY, REMOVED_LATE, GONE = 48, 20, 10, 6
OTHERS = CLOSED + REMOVED_EARLY + REMOVED_LATE + GONE


def live(rng: Random, homes: list[Home]) -> None:
    """Give every home its spells and some of them a past."""
    counted = [home for home in homes if home.is_counted]
    for home in counted:
        home.spells = _counted_spells(rng, home)
    for number, home in enumerate(home for home in homes if not home.is_counted):
        home.spells = _other_spells(rng, home, number)
    _split(rng, counted)
    _marry(rng, counted)
    _leave(rng, counted)
    _move(rng, counted)


def _counted_spells(rng: Random, home: Home) -> list[Spell]:
    first = rng.choice(FIRST_DAYS)
    draw = rng.random()
    if draw < 0.43:
        return [
            Spell(home.village, Status.NOT_EXITED, first, ADJUSTED - ONE_DAY),
            Spell(home.village, Status.EXITED_ENTITLED, ADJUSTED, reason="2017年度脱贫"),
        ]
    if draw < 0.45 and first < date(2017, 1, 1):
        return [
            Spell(home.village, Status.NOT_EXITED, first, date(2016, 12, 31)),
            Spell(home.village, Status.EXITED_CLOSED, date(2017, 1, 1), FALLEN_BACK_ON - ONE_DAY, "2016年度脱贫"),
            Spell(home.village, Status.FALLEN_BACK, FALLEN_BACK_ON, reason="返贫"),
        ]
    status = Status.PLANNED if draw > 0.86 else Status.EXITED if draw > 0.83 else Status.NOT_EXITED
    return [Spell(home.village, status, first)]


def _other_spells(rng: Random, home: Home, number: int) -> list[Spell]:
    village, first = home.village, rng.choice(FIRST_DAYS[:3])
    if number < CLOSED:
        return [
            Spell(village, Status.NOT_EXITED, first, ADJUSTED - ONE_DAY),
            Spell(village, Status.EXITED_CLOSED, ADJUSTED, reason="稳定脱贫"),
        ]
    if number < CLOSED + REMOVED_EARLY + REMOVED_LATE:
        day = REMOVED_ON if number >= CLOSED + REMOVED_EARLY else date(2017, 12, 11)
        return [
            Spell(village, Status.NOT_EXITED, first, day - ONE_DAY),
            Spell(village, Status.REMOVED, day, reason="动态调整清退"),
        ]
    return [Spell(village, Status.NOT_EXITED, first, date(2018, 5, 20), "整户迁出")]


def _split(rng: Random, homes: list[Home]) -> None:
    """Young couples with children leave the parents' household and get one of their own in the same village."""
    young = [home for home in homes if home.family.shape == "couple_with_children"]
    done = 0
    for parents in homes:
        if done == SPLITS:
            return
        if parents.family.shape != "couple" or parents.family.head.role != "F" or len(parents.spells) > 1:
            continue
        head = parents.family.head
        home = next(
            (h for h in young if not h.earlier and _may_be_parent(head, h.family.head) and h.county is parents.county),
            None,
        )
        if home is None:
            continue
        home.village = parents.village
        home.spells = [Spell(parents.village, Status.NOT_EXITED, SPLIT_ON, reason="分户")]
        home.family.surname = parents.family.surname
        for position, member in enumerate(home.family.members):
            if member.role != "M":
                member.name = parents.family.surname + member.name[1:]
            relation = {"F": "之子", "M": "之儿媳"}.get(member.role, "之孙子" if member.sex == MALE else "之孙女")
            if member.born < SPLIT_ON - ONE_DAY:
                home.earlier[position] = Earlier(parents, relation, SPLIT_ON - ONE_DAY)
        done += 1


def _may_be_parent(old: Member, young: Member) -> bool:
    return years_after(old.born, 20) <= young.born <= years_after(old.born, 40)


def _marry(rng: Random, homes: list[Home]) -> None:
    """Daughters of registered households marry into others: one person, two memberships one after the other."""
    couples = [home for home in homes if home.family.shape == "couple" and home.family.head.role == "F"]
    done = 0
    for home in couples:
        bride = home.family.members[1]
        if done == MARRIAGES or bride.born.year < 1976:
            continue
        origin = next(
            (
                h
                for h in couples
                if h is not home and h.county is home.county and not h.earlier and _may_be_parent(h.family.head, bride)
            ),
            None,
        )
        if origin is None:
            continue
        last = day_between(rng, date(2018, 2, 1), LATEST_CHANGE)
        bride.joined = last + ONE_DAY
        bride.name = full_name(rng, origin.family.surname, FEMALE, bride.born)
        home.earlier[1] = Earlier(origin, "之女", last)
        done += 1


def _leave(rng: Random, homes: list[Home]) -> None:
    """Somebody more was in these families: an old parent who died, a daughter who married out, a son who left."""
    reasons = Membership.EndReason
    candidates = [
        home
        for home in homes
        if home.family.head.role == "F" and not {"GM", "GF"} & {member.role for member in home.family.members}
        and not home.earlier and home.family.shape != "father_alone"
    ]  # fmt: skip
    for home in rng.sample(candidates, LEAVERS):
        head, draw = home.family.head, rng.random()
        if draw < 0.55:
            sex = rng.choice((FEMALE, FEMALE, MALE))
            born = day_between(rng, years_after(head.born, -38), years_after(head.born, -20))
            gone = Member("GM" if sex == FEMALE else "GF", sex, max(born, date(1926, 1, 1)), left_reason=reasons.DIED)
        else:
            first = max(years_after(head.born, 20), date(1986, 1, 1))
            born = day_between(rng, first, max(first, date(1998, 12, 31)))
            is_daughter = draw < 0.85
            gone = Member(
                "C",
                FEMALE if is_daughter else MALE,
                born,
                left_reason=reasons.MARRIED_OUT if is_daughter else reasons.LEFT,
            )
        gone.left = day_between(rng, max(home.start, date(2017, 12, 1)), LATEST_CHANGE)
        name_and_relate(rng, gone, head, home.family.surname, nation(rng, home.family.surname))
        home.family.members.append(gone)


def _move(rng: Random, homes: list[Home]) -> None:
    """Some were found late, and some households moved to another village of their county."""
    plain = [home for home in homes if len(home.spells) == 1 and not home.earlier and not _is_origin(home, homes)]
    plain = [home for home in plain if not any(member.left for member in home.family.members)]
    chosen = rng.sample(plain, NEW_IN_MAY + NEW_IN_JUNE + MOVED_HOMES)
    for number, home in enumerate(chosen):
        spell = home.spells[0]
        if number < NEW_IN_MAY + NEW_IN_JUNE:
            spell.first = FOUND_IN_MAY if number < NEW_IN_MAY else FOUND_IN_JUNE
            spell.reason = "新识别"
            continue
        other = next(h.village for h in homes if h.county is home.county and h.village != home.village)
        spell.last = day_between(rng, date(2018, 3, 1), LATEST_CHANGE)
        home.spells.append(Spell(other, spell.status, spell.last + ONE_DAY, reason="易地搬迁"))
        home.village = other


def _is_origin(home: Home, homes: list[Home]) -> bool:
    return any(earlier.home is home for other in homes if other.earlier for earlier in other.earlier.values())
