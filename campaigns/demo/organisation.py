"""Events of the spring of 2018: launch, the class of 13 to 15 June with its 130, the contest of county reports, showcase, fair."""

from datetime import date
from decimal import Decimal
from random import Random

from campaigns.demo.counties import COUNTIES
from campaigns.demo.facts import Scene
from campaigns.demo.people import full_name, surname
from campaigns.demo.register import insert
from campaigns.demo.users import CITY, SECOND_COUNTY, TOUR_COUNTY
from campaigns.models import Event, Participant
from households.models import Region

# Of the class: from the city, from counties, from townships; together 130.
TRAINED = {"city": 10, "county": 48, "township": 72}
VOLUNTEERS = 34  # among those from townships
UNITS = ("妇联", "妇联办公室", "妇女发展部", "权益部", "儿童工作部")
# Of the counties with most households; two pairs are equal.
SCORES = ("95.60", "94.20", "94.20", "93.75", "92.80", "91.50", "91.50", "90.30", "89.60", "88.90", "87.40", "86.00")


def write_organisation(scene: Scene) -> None:
    """Events of the city and of two counties, with participants of the class and of the contest."""
    rng = Random("organisation 2018")  # noqa: S311 (the same invented people every time, nothing secret)
    city = scene.recorders[COUNTIES[0].code]
    kind = Event.Kind

    def event(name: str, kind: str, first: date, last: date, place: str, organiser: str, region: str = CITY) -> Event:
        return Event(
            name=name, kind=kind, first_day=first, last_day=last, place=place, organiser=organiser, region_id=region,
            recorded_by=scene.recorders.get(region, city),
        )  # fmt: skip

    launch = event(
        "巾帼脱贫攻坚行动启动会", kind.LAUNCH, date(2018, 3, 28), date(2018, 3, 28), "市妇女儿童活动中心", "市妇联"
    )
    training = event(
        "巾帼脱贫攻坚骨干培训班", kind.TRAINING, date(2018, 6, 13), date(2018, 6, 15), "市委党校", "市妇联"
    )
    contest = event(
        "巾帼脱贫攻坚擂台赛", kind.CONTEST, date(2018, 6, 22), date(2018, 6, 22), "市妇女儿童活动中心", "市妇联"
    )
    others = [
        event(
            "巾帼手工项目展示", kind.SHOWCASE, date(2018, 5, 18), date(2018, 5, 19), "会展中心", "市妇联、女企业家协会"
        ),
        event("扶贫就业岗位对接会", kind.FAIR, date(2018, 5, 25), date(2018, 5, 25), "人力资源市场", "市妇联、人社局"),
        event("巾帼脱贫攻坚推进会", kind.OTHER, date(2018, 7, 10), date(2018, 7, 10), "市妇女儿童活动中心", "市妇联"),
        event(
            "区巾帼脱贫攻坚动员会", kind.LAUNCH, date(2018, 4, 3), date(2018, 4, 3), "区会议中心", "区妇联", TOUR_COUNTY
        ),
        event(
            "县巾帼脱贫攻坚动员会",
            kind.LAUNCH,
            date(2018, 4, 4),
            date(2018, 4, 4),
            "县会议中心",
            "县妇联",
            SECOND_COUNTY,
        ),
    ]
    insert(Event, [launch, training, contest, *others])
    insert(Participant, [*_trained(rng, training), *_reports(rng, contest)])


def _name(rng: Random) -> str:
    return full_name(rng, surname(rng), "F", date(rng.randrange(1966, 1992), 1, 1))


def _trained(rng: Random, training: Event) -> list[Participant]:
    """130 cadres and volunteers of three levels, spread over the counties; nobody twice in one unit."""
    names = dict(Region.objects.exclude(level=Region.Level.VILLAGE).values_list("code", "short_name"))
    townships = sorted(code for code in names if len(code) == 9)
    counties = [county.code for county in COUNTIES]
    rows: dict[tuple[str, str], Participant] = {}
    for level, count in TRAINED.items():
        wanted = len(rows) + count
        number = 0
        while len(rows) < wanted:
            county = counties[number % len(counties)]
            region, unit = CITY, f"市{UNITS[number % len(UNITS)]}"
            if level == "county":
                region, unit = county, names[county] + UNITS[number % len(UNITS)]
            elif level == "township":
                region = rng.choice([code for code in townships if code.startswith(county)])
                unit = f"{names[region]}妇联"
            number += 1
            is_volunteer = level == "township" and wanted - len(rows) <= VOLUNTEERS
            if is_volunteer:
                unit = f"{names[region]}巾帼志愿服务队"
            who = _name(rng)
            rows[who, unit] = Participant(
                event=training, name=who, unit=unit, level=level,
                role="volunteer" if is_volunteer else "cadre", region_id=region, recorded_by=training.recorded_by,
            )  # fmt: skip
    return list(rows.values())


def _reports(rng: Random, contest: Event) -> list[Participant]:
    """One report of each of the bigger counties, with its score."""
    names = dict(Region.objects.filter(level=Region.Level.COUNTY).values_list("code", "short_name"))
    return [
        Participant(
            event=contest, name=_name(rng), unit=f"{names[county.code]}妇联", level="county", role="cadre",
            score=Decimal(score), region_id=county.code, recorded_by=contest.recorded_by,
        )
        for county, score in zip(COUNTIES, SCORES, strict=False)
    ]  # fmt: skip
