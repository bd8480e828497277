"""Helpers of every kind, and who helps whom: 4,674 people with an active personal pairing on 30 June."""

from collections import Counter
from datetime import date
from random import Random

from campaigns.demo.counties import COUNTIES
from campaigns.demo.facts import END_OF_MAY, LAST_DAY, ONE_DAY, START, Scene, is_target
from campaigns.demo.people import PHONE_PREFIX, day_between, full_name, surname
from campaigns.demo.register import Resident, insert
from campaigns.models import Helper, Pairing, SpecialCircumstance, Target
from households.models import Region
from households.periods import period

PEOPLE_PER_HELPER = 5
HANDOVER = date(2018, 5, 20)  # the old helper's last day
HANDOVER_VILLAGES, INTERRUPTED, AREA, SOCIETY, AWAY = 4, 25, 60, 40, 12
_UNIT_LEVELS = {
    Helper.Kind.TOWNSHIP_CADRE: Helper.UnitLevel.TOWNSHIP,
    Helper.Kind.COUNTY_CADRE: Helper.UnitLevel.COUNTY,
    Helper.Kind.CITY_CADRE: Helper.UnitLevel.CITY,
    Helper.Kind.SOCIETY: Helper.UnitLevel.COUNTY,
}
_ON_DUTY_SINCE = (date(2017, 1, 1), date(2018, 3, 1))


def write_pairings(scene: Scene) -> None:
    """Insert helpers and pairings; some changed hands, some were interrupted, some do not count."""
    targets = [resident for resident in scene.present() if is_target(resident)]
    by_village: dict[str, list[Resident]] = {}
    for resident in targets:
        by_village.setdefault(resident.home.village, []).append(resident)
    villages = sorted(by_village)
    handed_over = set(scene.rng.sample(villages, HANDOVER_VILLAGES))
    names = {r.code: r.short_name for r in Region.objects.filter(code__in=_ancestors(villages))}
    teams = {
        village: _team(scene.rng, village, len(by_village[village]), names, village in handed_over)
        for village in villages
    }
    reserves = {county.code: _county_helpers(scene.rng, county.code, names) for county in COUNTIES}
    insert(Helper, [h for team in [*teams.values(), *reserves.values()] for h in team])
    interrupted = {id(resident) for resident in scene.rng.sample(targets, INTERRUPTED)}
    pairings: list[Pairing] = []
    for village in villages:
        helper_of = _share_out(scene.rng, by_village[village], teams[village], reserves[village[:6]])
        for resident in by_village[village]:
            pairings += _pairings(
                scene, resident, helper_of[id(resident.home)], teams[village], id(resident) in interrupted
            )
    pairings += _not_counting(scene, targets, reserves)
    pairings += _of_leavers(scene, teams)
    insert(Pairing, pairings)
    insert(SpecialCircumstance, _away(scene, pairings))


def _ancestors(villages: list[str]) -> set[str]:
    return {village[:size] for village in villages for size in (6, 9, 12)}


def _team(rng: Random, village: str, people: int, names: dict[str, str], is_handed_over: bool) -> list[Helper]:
    """The helpers of one village: cadre and activists, sometimes one from the township. A retired one comes last."""
    kinds = [Helper.Kind.VILLAGE_CADRE] + [Helper.Kind.ACTIVIST] * (people // PEOPLE_PER_HELPER)
    if rng.random() < 0.5:
        kinds.append(Helper.Kind.TOWNSHIP_CADRE)
    team = [_helper(rng, kind, village[:9] if kind == Helper.Kind.TOWNSHIP_CADRE else village, names) for kind in kinds]
    if is_handed_over:
        retired = _helper(rng, Helper.Kind.VILLAGE_CADRE, village, names)
        retired.active = period(_ON_DUTY_SINCE[0], HANDOVER)
        team.append(retired)
    return team


def _county_helpers(rng: Random, county: str, names: dict[str, str]) -> list[Helper]:
    kinds = (Helper.Kind.COUNTY_CADRE, Helper.Kind.COUNTY_CADRE, Helper.Kind.CITY_CADRE, Helper.Kind.SOCIETY)
    return [_helper(rng, kind, county, names) for kind in kinds]


def _helper(rng: Random, kind: Helper.Kind, region: str, names: dict[str, str]) -> Helper:
    unit, post = {
        Helper.Kind.VILLAGE_CADRE: ("村妇联", "村妇联主席"),
        Helper.Kind.TOWNSHIP_CADRE: ("妇联", "乡镇妇联主席"),
        Helper.Kind.ACTIVIST: ("", "妇女骨干"),
        Helper.Kind.COUNTY_CADRE: ("妇联", "县级妇联干部"),
        Helper.Kind.CITY_CADRE: ("", "市直机关干部"),
        Helper.Kind.SOCIETY: ("巾帼志愿者协会", ""),
    }[kind]
    place = names[region].removesuffix("村") if kind == Helper.Kind.VILLAGE_CADRE else names[region]
    born = day_between(rng, date(1963, 1, 1), date(1990, 12, 31))
    is_society = kind == Helper.Kind.SOCIETY
    return Helper(
        name=place + unit if is_society else full_name(rng, surname(rng), "F", born),
        kind=kind,
        sex="" if is_society else Helper.Sex.FEMALE,
        unit_level=_UNIT_LEVELS.get(kind, Helper.UnitLevel.VILLAGE),
        unit="唐山市直机关" if kind == Helper.Kind.CITY_CADRE else place + unit,
        post=post,
        phone=f"{PHONE_PREFIX}{rng.randrange(10_000):04d}",
        region_id=region,
        active=period(rng.choice(_ON_DUTY_SINCE)),
    )


def _share_out(rng: Random, people: list[Resident], team: list[Helper], reserve: list[Helper]) -> dict[int, Helper]:
    """One helper for all of a household, in turn; a few households get somebody from the county or the city."""
    staying = [helper for helper in team if helper.active.upper is None]
    homes = dict.fromkeys(id(resident.home) for resident in people)
    return {
        home: rng.choice(reserve[1:3]) if rng.random() < 0.05 else staying[turn % len(staying)]
        for turn, home in enumerate(homes)
    }


def _pairing(
    scene: Scene, resident: Resident, helper: Helper, first: date, last: date | None = None, **more: str
) -> Pairing:
    return Pairing(
        helper=helper, person=resident.row, period=period(first, last), **more, **scene.common(resident.home)
    )


def _pairings(
    scene: Scene, resident: Resident, helper: Helper, team: list[Helper], is_interrupted: bool
) -> list[Pairing]:
    """The personal pairings of one person: now active, perhaps with one before or a second helper beside."""
    rng, joined = scene.rng, resident.home.joined(resident.member)
    day = scene.day(resident.home.county.pairing, joined)
    retired = next((helper for helper in team if helper.active.upper is not None), None)
    if retired is not None and day <= HANDOVER:
        return [
            _pairing(scene, resident, retired, day, HANDOVER),
            _pairing(scene, resident, helper, HANDOVER + ONE_DAY),
        ]
    if is_interrupted and joined < START:
        begun = day_between(rng, START, date(2018, 4, 20))
        ended = day_between(rng, date(2018, 5, 1), date(2018, 5, 25))
        resumed = day_between(rng, date(2018, 6, 4), LAST_DAY)
        return [_pairing(scene, resident, helper, begun, ended), _pairing(scene, resident, helper, resumed)]
    found = [_pairing(scene, resident, helper, day)]
    others = [other for other in team if other is not helper and other is not retired]
    if others and rng.random() < 0.08:
        found.append(_pairing(scene, resident, rng.choice(others), day_between(rng, day, LAST_DAY)))
    return found


def _not_counting(scene: Scene, targets: list[Resident], reserves: dict[str, list[Helper]]) -> list[Pairing]:
    """Offices responsible for an area and societies: recorded, never counted."""
    chosen = scene.rng.sample(targets, AREA + SOCIETY)
    found = []
    for number, resident in enumerate(chosen):
        cadre, society = reserves[resident.home.county.code][0], reserves[resident.home.county.code][-1]
        helper, kind = (cadre, Pairing.Kind.AREA) if number < AREA else (society, Pairing.Kind.SOCIETY)
        first = max(date(2018, 4, 10), resident.home.joined(resident.member))
        found.append(_pairing(scene, resident, helper, first, kind=kind.value))
    return found


def _of_leavers(scene: Scene, teams: dict[str, list[Helper]]) -> list[Pairing]:
    """Who died or left since had a helper until then; so had households removed in June."""
    found = []
    for resident in scene.residents:
        home, left = resident.home, resident.member.left
        gone_home = not home.is_counted and home.spells[-1].first >= date(2018, 6, 1)
        team = teams.get(home.village)
        if team and is_target(resident) and (gone_home or (left is not None and left > END_OF_MAY)):
            first = max(date(2018, 4, 12), home.joined(resident.member))
            last = left if left is not None else home.spells[-1].first - ONE_DAY
            found.append(_pairing(scene, resident, team[0], first, last))
    return found


def _away(scene: Scene, pairings: list[Pairing]) -> list[SpecialCircumstance]:
    """Working far away until paired in June: explained meanwhile."""
    times = Counter(id(pairing.person) for pairing in pairings)
    late = [p for p in pairings if times[id(p.person)] == 1 and p.period.lower > date(2018, 6, 10)]
    return [
        SpecialCircumstance(
            target=Target.PAIRING,
            person=pairing.person,
            village_id=pairing.village_id,
            recorded_by=pairing.recorded_by,
            reason=SpecialCircumstance.Reason.AWAY,
            period=period(date(2018, 4, 20), pairing.period.lower - ONE_DAY),
            approver="县妇联办公室",
            approved_on=date(2018, 4, 25),
        )
        for pairing in scene.rng.sample(late, AWAY)
    ]
