"""The baseline survey of March 2018: all 3,468 women and 1,269 children; the 63 girls of 16 and 17 have both."""

from datetime import date
from random import Random

from campaigns.demo.attributes import school_status
from campaigns.demo.facts import Scene
from campaigns.demo.families import BORN_16, BORN_18, FEMALE, REPORTING_DAY, Stage
from campaigns.demo.people import PHONE_PREFIX, day_between
from campaigns.demo.register import Resident, insert
from campaigns.models import CampaignYear, ChildSurvey, WomanSurvey
from households.models import Region
from households.periods import age_on, years_after

FIRST, LAST = date(2018, 3, 5), date(2018, 3, 30)
ILLNESSES = ("高血压", "糖尿病", "冠心病", "腰椎间盘突出", "类风湿", "慢性支气管炎")
TRAININGS = ("手工编织", "家政服务", "月嫂育婴", "电子商务", "果树栽培", "食用菌种植", "养殖技术", "面点制作")
SKILLS = ("缝纫", "剪纸", "刺绣", "面食", "果树管理", "养鸡", "大棚蔬菜")
LOANS = (10_000, 20_000, 30_000, 50_000)
SCHOOLS = {Stage.PRESCHOOL: "中心幼儿园", Stage.PRIMARY: "中心小学", Stage.JUNIOR: "初级中学", Stage.SENIOR: "高级中学"}


def write_survey(scene: Scene) -> None:
    """One survey for everybody counted on the reporting day; a few questions were not answered."""
    rng = Random("survey 2018")  # noqa: S311 (the same invented people every time, nothing secret)
    year = CampaignYear.objects.get(year=REPORTING_DAY.year)
    townships = dict(Region.objects.filter(level=Region.Level.TOWNSHIP).values_list("code", "short_name"))
    present = scene.present()
    women = [one for one in present if one.member.sex == FEMALE and one.member.born <= BORN_16]
    children = [one for one in present if one.member.born > BORN_18]
    insert(WomanSurvey, [_woman(rng, scene, one, year) for one in women])
    insert(ChildSurvey, [_child(rng, scene, one, year, townships) for one in children])


def _day(rng: Random, resident: Resident, since: date) -> date:
    """In March; for those who came, or came of age, later: the day they did."""
    first = max(FIRST, since, resident.home.joined(resident.member))
    return day_between(rng, first, max(first, LAST))


def _maybe(rng: Random, share: float, *, unknown: float = 0.04) -> bool | None:
    """Yes with a chance, or now and then no answer."""
    draw = rng.random()
    return None if draw < unknown else rng.random() < share


def _woman(rng: Random, scene: Scene, resident: Resident, year: CampaignYear) -> WomanSurvey:
    member = resident.member
    age = age_on(member.born, REPORTING_DAY)
    is_ill = any(word in member.health for word in ("长期慢性病", "患有大病"))
    wants_work = _maybe(rng, 0.22) if 18 <= age < 60 and not member.stage else False
    wants_training = _maybe(rng, 0.28) if 18 <= age < 60 and not member.stage else False
    wants_loan = _maybe(rng, 0.035, unknown=0.02) if 20 <= age < 60 else False
    return WomanSurvey(
        person=resident.row,
        campaign_year=year,
        surveyed_on=_day(rng, resident, years_after(member.born, 16)),
        marital=_marital(rng, resident, age),
        left_behind=_maybe(rng, 0.15) if 20 <= age < 60 else False,
        single_parent=_maybe(rng, 0.05, unknown=0.01) if 22 <= age < 55 else False,
        is_ill=is_ill,
        illness=rng.choice(ILLNESSES) if is_ill else "",
        chronic="长期慢性病" in member.health,
        wants_work=wants_work,
        wants_training=wants_training,
        training_wish=rng.choice(TRAININGS) if wants_training else "",
        wants_loan=wants_loan,
        loan_amount=rng.choice(LOANS) if wants_loan else None if wants_loan is None else 0,
        skills=rng.choice(SKILLS) if 18 <= age < 70 and rng.random() < 0.12 else "",
        **scene.common(resident.home),
    )


def _marital(rng: Random, resident: Resident, age: int) -> str:
    marital = WomanSurvey.Marital
    if age < 20 or resident.member.role in ("C", "S"):
        return str(marital.SINGLE)
    roles = {one.role for one in resident.home.family.members}
    has_husband = {"GM": "GF", "M": "F"}.get(resident.member.role, "") in roles
    if has_husband:
        return str(marital.MARRIED)
    return str(marital.WIDOWED if age >= 50 else rng.choice((marital.DIVORCED, marital.WIDOWED, marital.MARRIED)))


def _child(rng: Random, scene: Scene, resident: Resident, year: CampaignYear, townships: dict[str, str]) -> ChildSurvey:
    member, family = resident.member, resident.home.family
    roles = {one.role: one for one in family.members}
    role = next((role for role in ("F", "M", "GF", "GM") if role in roles), "")
    away = ChildSurvey.LeftBehind
    draw = rng.random()
    left_behind = away.NO if draw < 0.72 else away.ONE if draw < 0.9 else away.BOTH if draw < 0.96 else ""
    in_hardship = _maybe(rng, 0.06, unknown=0.02)
    is_ill = "患有大病" in member.health
    stage = Stage(member.stage) if member.stage else None
    return ChildSurvey(
        person=resident.row,
        campaign_year=year,
        surveyed_on=_day(rng, resident, member.born),
        guardian=roles[role].name if role else family.head.name,
        guardian_relation={"F": "父亲", "M": "母亲", "GF": "祖父", "GM": "祖母"}.get(role, "其他"),
        guardian_phone=f"{PHONE_PREFIX}{rng.randrange(10_000):04d}" if rng.random() < 0.9 else "",
        left_behind=str(left_behind),
        single_parent=len({"F", "M"} & roles.keys()) == 1 and rng.random() < 0.5,
        orphan=_maybe(rng, 0.004, unknown=0.01),
        in_hardship=in_hardship,
        hardship=rng.choice(("重病", "残疾", "监护缺失", "事实无人抚养")) if in_hardship else "",
        is_ill=is_ill,
        illness="先天性心脏病" if is_ill else "",
        schooling=str(stage)
        if stage
        else str(ChildSurvey.Schooling.BELOW if age_on(member.born, REPORTING_DAY) < 7 else ""),
        school=townships[resident.home.village[:9]] + SCHOOLS[stage] if stage in SCHOOLS else "",
        grade=school_status(member) if stage else "",
        **scene.common(resident.home),
    )
