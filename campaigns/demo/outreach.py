"""Leaflets, re-checks, a spot check and two stories of the invented families. Everybody named here is invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from campaigns.demo.counties import COUNTIES, CountyPlan
from campaigns.demo.facts import LAST_DAY, Scene
from campaigns.demo.people import day_between
from campaigns.demo.register import insert
from campaigns.demo.users import CITY
from campaigns.models import (
    Cleaning,
    LeafletMovement,
    Recheck,
    Sheet,
    SheetRow,
    SpotCheck,
    SpotResult,
    Story,
)

Kind = LeafletMovement.Kind
POLICY, INSURANCE = "脱贫攻坚政策明白纸", "“两癌”健康保险宣传单"
# (region, leaflet, copies, day): more than 6,000 copies in all, as published.
PRINTED = (
    (CITY, POLICY, 4000, date(2018, 4, 4)),
    (CITY, INSURANCE, 1500, date(2018, 5, 7)),
    ("130227", POLICY, 400, date(2018, 4, 20)),
    ("130281", POLICY, 320, date(2018, 4, 24)),
)
# Copies that the city passes on for each household of a county.
PER_HOUSEHOLD = {POLICY: (1.3, date(2018, 4, 9)), INSURANCE: (0.5, date(2018, 5, 10))}
RECHECKED_SHARE, FAILED_SHARE, STILL_OPEN = 0.15, 0.14, 5
TOUR_FAILED = 0.35  # the tour's county has something to show: all that failed there is still open
SPOT_COUNTY, SPOT_DAY, SPOT_SIZE = "130207", date(2018, 6, 20), 12
WANTS = ("厨房灶台油污未清", "院内杂物未归置", "厕所未冲洗", "衣物被褥未晾晒", "室内地面未清扫")
STORIES = (
    (
        "小院变了样",
        "首轮清洁时，志愿者帮着清走了院里的柴草和杂物，还教孩子整理书桌。现在一家人每周六一起打扫，"
        "孩子把作业贴在了干净的墙上。",
        True,
    ),
    (
        "灶台亮堂了",
        "过去灶台上堆着旧物，做饭要先腾地方。村妇联执委上门两次，和大嫂一起擦洗、归置。复查时厨房一直保持干净。",
        False,
    ),
)


def write_outreach(scene: Scene) -> None:
    """All of it, by a draw of its own."""
    rng = Random("outreach 2018-06-30")  # noqa: S311 (invented, nothing secret)
    insert(LeafletMovement, list(_leaflets(rng, scene)))
    cleaned = {
        one.household_id: one
        for one in Cleaning.objects.filter(round_number=1, voided_at=None).order_by("household_id")
    }
    insert(Recheck, _rechecks(rng, scene, list(cleaned.values())))
    _spot_check(rng, scene, [one for one in cleaned.values() if one.village_id.startswith(SPOT_COUNTY)])
    _stories(rng, scene, list(cleaned.values()))


def _leaflets(rng: Random, scene: Scene) -> Iterator[LeafletMovement]:
    in_city = scene.recorders[COUNTIES[0].code]
    for region, title, copies, day in PRINTED:
        by = scene.recorders.get(region, in_city)
        yield LeafletMovement(region_id=region, title=title, copies=copies, day=day, kind=Kind.PRINTED, recorded_by=by)
    for county in COUNTIES:
        for title, (each, day) in PER_HOUSEHOLD.items():
            copies = round(county.households * each)
            yield LeafletMovement(
                region_id=CITY, title=title, copies=copies, day=day, kind=Kind.PASSED_ON, receiver=_name(county),
                recorded_by=in_city,
            )  # fmt: skip
            yield from _in_county(rng, scene, county, title, copies, day + timedelta(days=rng.randint(1, 3)))


def _in_county(
    rng: Random, scene: Scene, county: CountyPlan, title: str, copies: int, day: date
) -> Iterator[LeafletMovement]:
    """Received, then handed out in two or three goes, some left in stock."""
    common = {"region_id": county.code, "title": title, "recorded_by": scene.recorders[county.code]}
    yield LeafletMovement(kind=Kind.RECEIVED, copies=copies, day=day, **common)
    left = copies
    for _again in range(rng.randint(2, 3)):
        part = round(left * rng.uniform(0.4, 0.7))
        if part:
            left -= part
            out = day_between(rng, day, LAST_DAY)
            yield LeafletMovement(kind=Kind.HANDED_OUT, copies=part, day=out, receiver="各乡镇、村妇联", **common)


def _name(county: CountyPlan) -> str:
    return f"{NAMES[county.code]}妇联"


NAMES = {
    "130281": "遵化市", "130227": "迁西县", "130229": "玉田县", "130224": "滦南县", "130208": "丰润区", "130284": "滦州市",
    "130225": "乐亭县", "130207": "丰南区", "130283": "迁安市", "130209": "曹妃甸区", "130205": "开平区", "130204": "古冶区",
    "130272": "汉沽管理区", "130271": "芦台经济开发区", "130202": "路南区",
}  # fmt: skip


def _rechecks(rng: Random, scene: Scene, cleaned: list[Cleaning]) -> list[Recheck]:
    """Two weeks or more after the first round; most of what was to be mended is mended and checked again."""
    early = [one for one in cleaned if one.done_on <= date(2018, 5, 31)]
    found: list[Recheck] = []
    still_open = 0
    for first in rng.sample(early, round(len(early) * RECHECKED_SHARE)):
        common = {
            "household_id": first.household_id, "village_id": first.village_id, "recorded_by_id": first.recorded_by_id,
            "checker": rng.choice(("村妇联主席", "乡镇妇联", "县妇联检查组")),
        }  # fmt: skip
        day = day_between(rng, first.done_on + timedelta(days=10), date(2018, 6, 16))
        if rng.random() >= (TOUR_FAILED if first.village_id.startswith(SPOT_COUNTY) else FAILED_SHARE):
            found.append(Recheck(checked_on=day, passed=True, **common))
            continue
        due = day + timedelta(days=7)
        is_tour = first.village_id.startswith(SPOT_COUNTY)
        still = is_tour or (still_open < STILL_OPEN and day >= date(2018, 6, 1))
        still_open += still
        settled = None if still else due - timedelta(days=rng.randint(0, 3))
        wants = rng.choice(WANTS)
        found.append(Recheck(checked_on=day, passed=False, wants=wants, due_on=due, settled_on=settled, **common))
        if settled:
            again = settled + timedelta(days=rng.randint(1, 3))
            found.append(Recheck(checked_on=again, passed=True, **common))
    return found


def _spot_check(rng: Random, scene: Scene, cleaned: list[Cleaning]) -> None:
    """One draw in one county: nearly everybody seen, most with a signature."""
    cleaned = [one for one in cleaned if one.done_on < SPOT_DAY]
    by, seed = scene.recorders[SPOT_COUNTY], rng.randrange(10**9)
    drawn = Random(seed).sample(cleaned, SPOT_SIZE)  # noqa: S311
    drawn.sort(key=lambda one: (one.village_id, one.household_id))
    common = {"region_id": SPOT_COUNTY, "day": SPOT_DAY, "recorded_by": by}
    sheet = Sheet(purpose=Sheet.Purpose.SPOT_CHECK, **common)
    insert(Sheet, [sheet])
    insert(
        SheetRow,
        [SheetRow(sheet=sheet, position=at, household_id=one.household_id) for at, one in enumerate(drawn, 1)],
    )
    check = SpotCheck(sheet=sheet, size=SPOT_SIZE, pool=len(cleaned), seed=seed, **common)
    insert(SpotCheck, [check])
    outcomes = [SpotResult.Outcome.CLEAN] * 9 + [SpotResult.Outcome.NOT_CLEAN, SpotResult.Outcome.NOBODY_HOME]
    insert(
        SpotResult,
        [
            SpotResult(
                spot_check=check, household_id=one.household_id, village_id=one.village_id, recorded_by=by,
                outcome=outcome, signed=outcome != SpotResult.Outcome.NOBODY_HOME and at not in (3, 7),
            )
            for at, (one, outcome) in enumerate(zip(drawn, outcomes, strict=False))
        ],
    )  # fmt: skip


def _stories(rng: Random, scene: Scene, cleaned: list[Cleaning]) -> None:
    told = []
    for first, (title, text, offered) in zip(rng.sample(cleaned, len(STORIES)), STORIES, strict=True):
        consent = {"consent_by": "户主本人", "consent_on": date(2018, 6, 22), "is_offered": True} if offered else {}
        told.append(
            Story(
                household_id=first.household_id, village_id=first.village_id, recorded_by_id=first.recorded_by_id,
                title=title, text=text, told_on=date(2018, 6, 21), **consent,
            )
        )  # fmt: skip
    insert(Story, told)
