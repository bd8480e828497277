"""Invented jobs, courses and women at work until 30 June 2018: 73 trades with 4,420 posts, 59 projects, 24 sessions."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from campaigns.demo.counties import COUNTIES
from campaigns.demo.facts import VOIDED_AT, Scene
from campaigns.demo.people import Numbers, day_between, full_name, surname
from campaigns.demo.register import Resident, insert
from campaigns.livelihood.job_words import is_handicraft
from campaigns.models import (
    Attendance,
    Employment,
    Enterprise,
    JobOffer,
    ProjectPlan,
    TrainingProject,
    TrainingSession,
)
from households.identity import blind_index
from households.models import Region

CITY, REPORT = "1302", date(2018, 6, 30)
FIRST, LAST = date(2018, 4, 10), date(2018, 6, 25)
POSTS, PROJECTS, CAPACITY = 4420, 59, 9060
HANDICRAFT_SESSIONS, AGRICULTURE_SESSIONS, ATTENDANCES = 19, 5, 742
HANDICRAFT_WOMEN, OTHER_WOMEN, ON_THE_WAY, PLANS, NEEDS = 40, 86, 60, 41, 17
# Trade: category and job title, by the line of the enterprise that offers it.
TRADES = {
    "家政服务": "家政员 月嫂 育婴员 养老护理 医院陪护 钟点工 家庭厨师 早教保育 搬家整理 家电清洗 母婴护理 社区保洁",
    "手工制作": "手工编织 草编 柳编 绣花 手工钩织 布艺玩具 串珠 剪纸装裱 手工布鞋 香包缝制 满族刺绣 皮影雕刻",
    "食品加工": "食品包装 糕点制作 板栗分拣 花生筛选 水产加工 果蔬清洗 粉条加工 豆制品 熟食加工 罐头装瓶 核桃去壳 面点制作",
    "服装纺织": "缝纫 裁剪 锁眼钉扣 熨烫 质检验布 纺纱挡车 家纺缝制 手套加工",
    "种植": "大棚蔬菜 食用菌栽培 葡萄管护 苹果套袋 中草药种植 花卉养护 育苗 果园采摘",
    "养殖": "肉鸡饲养 奶牛饲养 獭兔饲养 貉子饲养 水产养殖 种禽孵化",
    "陶瓷轻工": "骨瓷贴花 陶瓷彩绘 陶瓷修坯 陶瓷包装 卫浴检验 纸箱糊制 玻璃制品分装",
    "商贸服务": "超市理货 收银 餐厅服务 后厨帮工 酒店客房 电商客服 快递分拣 导购",
}
CATEGORIES = [(line, trade) for line, trades in TRADES.items() for trade in trades.split()]
FIRMS = (
    "春燕",
    "玉兰",
    "巧手",
    "惠民",
    "冀东",
    "燕山",
    "滦水",
    "金秋",
    "百合",
    "海棠",
    "迎春",
    "旺农",
    "同心",
    "阳光",
    "丰泽",
)
KINDS_OF_FIRM = {
    "家政服务": "家政服务中心", "手工制作": "手工艺品专业合作社", "食品加工": "食品有限公司", "服装纺织": "服装加工厂",
    "种植": "种植专业合作社", "养殖": "养殖专业合作社", "陶瓷轻工": "陶瓷制品厂", "商贸服务": "商贸有限公司",
}  # fmt: skip
HANDICRAFTS = ("草编", "手工编织", "绣花", "手工钩织", "布艺玩具", "串珠")
CITY_COURSES = (
    ("草编技艺培训", "handicraft"), ("手工编织培训", "handicraft"), ("满族刺绣培训", "handicraft"), ("布艺玩具制作培训", "handicraft"),
    ("手工钩织培训", "handicraft"), ("食用菌栽培技术培训", "agriculture"), ("大棚蔬菜管理培训", "agriculture"),
)  # fmt: skip
COUNTY_COURSES = (
    ("家政服务员培训", "other"), ("月嫂技能培训", "other"), ("巧手编织培训班", "handicraft"), ("板栗栽培技术培训", "agriculture"),
    ("电商创业培训", "other"), ("面点制作培训", "other"), ("果树修剪技术培训", "agriculture"), ("剪纸技艺培训", "handicraft"),
)  # fmt: skip
PROJECTS_PLANNED = (
    "养殖肉鸡",
    "大棚黄瓜",
    "食用菌大棚",
    "养殖獭兔",
    "板栗加工",
    "手工编织作坊",
    "养羊",
    "葡萄园",
    "花生种植",
    "小超市",
    "粉条加工",
)
DECLINED = ("企业已招满", "本人要照顾老人", "路途远，本人不愿意")


def write_livelihood(scene: Scene) -> None:
    """Everything of the room, drawn apart from the other facts."""
    rng = Random("livelihood 20180630")  # noqa: S311 (invented data, nothing secret)
    women = [
        r for r in scene.present() if r.member.sex == "F" and date(1958, 7, 1) < r.member.born <= date(2000, 6, 30)
    ]
    able = [r for r in women if r.row.labour not in ("丧失劳动力", "无劳动力")]
    rng.shuffle(able)
    offers = _offers(scene, rng, _enterprises(scene, rng))
    _attendances(scene, rng, _sessions(scene, rng, _projects(scene, rng)), able)
    _employments(scene, rng, offers, able)
    _plans(scene, rng, able[-(PLANS + NEEDS) :])


def _by(scene: Scene, region: str) -> dict[str, object]:
    return {"region_id": region, "recorded_by": scene.recorders.get(region) or scene.recorders["130224"]}


def _enterprises(scene: Scene, rng: Random) -> list[Enterprise]:
    """Two or three in every county for lines of its own, so that every line stands somewhere."""
    names = dict(Region.objects.filter(level=Region.Level.COUNTY).values_list("code", "short_name"))
    lines, rows, used = list(TRADES), [], set()
    for number, county in enumerate(COUNTIES):
        for step in range(6):
            line = lines[(number + step) % len(lines)]
            firm = rng.choice(FIRMS)
            name = f"{names[county.code]}{firm}{KINDS_OF_FIRM[line]}"
            if name in used:
                continue
            used.add(name)
            rows.append(
                Enterprise(
                    name=name, line=line, address=f"{names[county.code]}工业路{rng.randrange(1, 200)}号",
                    contact=f"{surname(rng)}经理", phone=f"1440315{rng.randrange(10_000):04d}", **_by(scene, county.code),
                )
            )  # fmt: skip
    insert(Enterprise, rows)
    return rows


def _offers(scene: Scene, rng: Random, enterprises: list[Enterprise]) -> list[JobOffer]:
    """Every trade at three enterprises of its line; together exactly the published number of posts."""
    by_line: dict[str, list[Enterprise]] = {}
    for enterprise in enterprises:
        by_line.setdefault(enterprise.line, []).append(enterprise)
    rows = [
        _offer(scene, rng, enterprise, trade)
        for line, trade in CATEGORIES
        for enterprise in rng.sample(by_line[line], min(3, len(by_line[line])))
    ]
    rest = POSTS - sum(row.posts for row in rows)
    for number in range(abs(rest)):
        rows[number * 7 % len(rows)].posts += 1 if rest > 0 else -1
    void = _offer(scene, rng, enterprises[0], "保安")  # an offer that was entered by mistake
    void.voided_at, void.void_reason = VOIDED_AT, "企业重复报送"
    insert(JobOffer, [*rows, void])
    return rows


def _offer(scene: Scene, rng: Random, enterprise: Enterprise, trade: str) -> JobOffer:
    handicraft, low = is_handicraft(trade) or enterprise.line == "手工制作", rng.randrange(16, 32) * 100
    at_home = handicraft and rng.random() < 0.5
    return JobOffer(
        enterprise=enterprise,
        title=f"{trade}工" if len(trade) < 4 and not trade.endswith(("员", "工", "嫂")) else trade,
        category=trade,
        posts=rng.randrange(16, 25),
        handicraft=handicraft,
        age_from=18,
        age_to=rng.choice((45, 50, 55, 60)) if not handicraft else rng.choice((60, 65)),
        sex="" if enterprise.line in ("种植", "养殖", "陶瓷轻工") else "F",
        education=rng.choice(("", "", "primary", "junior")),
        requirements="可带回家做" if at_home else rng.choice(("", "身体健康", "吃苦耐劳")),
        place_id=enterprise.region_id,
        place_text=enterprise.address,
        pay_from=None if handicraft else Decimal(low),
        pay_to=None if handicraft else Decimal(low + rng.choice((300, 500, 800))),
        pay_text="计件" if handicraft else "",
        contact=enterprise.contact,
        phone=enterprise.phone,
        open_from=day_between(rng, FIRST, LAST),
        open_until=date(2018, 12, 31) if rng.random() < 0.7 else None,
        **_by(scene, enterprise.region_id),
    )


def _projects(scene: Scene, rng: Random) -> list[TrainingProject]:
    """The city's own first; the counties' after them."""
    names = dict(Region.objects.filter(level=Region.Level.COUNTY).values_list("code", "short_name"))
    rows = [
        TrainingProject(name=name, kind=kind, organiser="市妇联", announced_on=FIRST, **_by(scene, CITY))
        for name, kind in CITY_COURSES
    ]
    number = 0
    while len(rows) < PROJECTS:
        county, (name, kind) = COUNTIES[number % len(COUNTIES)], COUNTY_COURSES[number * 3 % len(COUNTY_COURSES)]
        title = f"{names[county.code]}{name}"
        if not any(row.name == title for row in rows):
            day = day_between(rng, FIRST, LAST)
            organiser = f"{names[county.code]}妇联"
            rows.append(
                TrainingProject(name=title, kind=kind, organiser=organiser, announced_on=day, **_by(scene, county.code))
            )
        number += 1
    for row in rows:
        row.capacity = rng.randrange(10, 20) * 10
    for at in range((CAPACITY - sum(row.capacity or 0 for row in rows)) // 10):
        rows[at % len(rows)].capacity = (rows[at % len(rows)].capacity or 0) + 10
    for at in range(-(CAPACITY - sum(row.capacity or 0 for row in rows)) // 10):
        rows[at % len(rows)].capacity = (rows[at % len(rows)].capacity or 0) - 10
    insert(TrainingProject, rows)
    return rows


def _sessions(scene: Scene, rng: Random, projects: list[TrainingProject]) -> list[TrainingSession]:
    """The city's sessions, held in the counties with most households; some more are planned for July."""
    counties = [county.code for county in COUNTIES[:11]]
    handicraft = [project for project in projects[: len(CITY_COURSES)] if project.kind == "handicraft"]
    farming = [project for project in projects[: len(CITY_COURSES)] if project.kind == "agriculture"]
    held = [(handicraft[at % len(handicraft)], counties[at % 11]) for at in range(HANDICRAFT_SESSIONS)]
    held += [(farming[at % len(farming)], counties[at * 2]) for at in range(AGRICULTURE_SESSIONS)]
    rows = [
        _session(scene, project, county, FIRST + timedelta(days=3 * at + rng.randrange(3)), rng)
        for at, (project, county) in enumerate(held)
    ]
    planned = [project for project in projects[len(CITY_COURSES) :] if project.kind == "other"][:4]
    later = [_session(scene, one, one.region_id, date(2018, 7, 10 + 3 * at), rng) for at, one in enumerate(planned)]
    insert(TrainingSession, [*rows, *later])
    return rows


def _session(scene: Scene, project: TrainingProject, county: str, day: date, rng: Random) -> TrainingSession:
    place = rng.choice(("妇女之家", "镇文化站", "党员活动室", "农民夜校"))
    return TrainingSession(project=project, day=day, place=place, hours=Decimal(4), **_by(scene, county))


def _attendances(scene: Scene, rng: Random, sessions: list[TrainingSession], women: list[Resident]) -> None:
    """Registered women of the county and others by name; those who did not come stand on the lists, too."""
    numbers, rows = Numbers(rng), []
    by_county: dict[str, list[Resident]] = {}
    for resident in women:
        by_county.setdefault(resident.home.county.code, []).append(resident)
    for at, session in enumerate(sessions):
        places = ATTENDANCES // len(sessions) + (at < ATTENDANCES % len(sessions))
        local = [r for r in by_county[session.region_id] if r.home.joined(r.member) <= session.day]
        registered = rng.sample(local, min(len(local), places * 2 // 3))
        away = rng.sample([r for r in local if r not in registered], min(3, len(local) - len(registered)))
        marks = [("late" if rng.random() < 0.05 else "present") for _one in registered]
        marks += [rng.choice(("excused", "absent")) for _one in away]
        for resident, mark in zip([*registered, *away], marks, strict=True):
            rows.append(Attendance(session=session, person=resident.row, mark=mark, **scene.common(resident.home)))
        villages = sorted({r.home.village for r in local})
        recorder = scene.recorders[session.region_id]
        for _number in range(places - len(registered)):
            born = day_between(rng, date(1960, 1, 1), date(1995, 1, 1))
            rows.append(
                Attendance(
                    session=session, name=full_name(rng, surname(rng), "F", born), mark="present",
                    id_index=blind_index(numbers.identity(born, "F")), village_id=rng.choice(villages), recorded_by=recorder,
                )
            )  # fmt: skip
    insert(Attendance, rows)


def _employments(scene: Scene, rng: Random, offers: list[JobOffer], women: list[Resident]) -> None:
    """Forty women in handicraft, others in other trades, some on the way to a job or without one in the end."""
    rows = [_handicraft(scene, rng, resident) for resident in women[:HANDICRAFT_WOMEN]]
    others = women[HANDICRAFT_WOMEN : HANDICRAFT_WOMEN + OTHER_WOMEN + ON_THE_WAY]
    by_county: dict[str, list[JobOffer]] = {}
    for offer in offers:
        if not offer.handicraft:
            by_county.setdefault(offer.region_id, []).append(offer)
    for at, resident in enumerate(others):
        offer = rng.choice(by_county[resident.home.county.code])
        rows.append(_placed(scene, rng, resident, offer, is_employed=at < OTHER_WOMEN))
    insert(Employment, rows)


def _handicraft(scene: Scene, rng: Random, resident: Resident) -> Employment:
    before, first = rng.choice((0, 0, 200, 300, 500)), resident.home.joined(resident.member)
    return Employment(
        person=resident.row, title=rng.choice(HANDICRAFTS), form="home", handicraft=True, stage="employed",
        employed_on=day_between(rng, max(date(2018, 4, 20), first), date(2018, 6, 20)) if first < date(2018, 6, 20) else first,
        income_before=Decimal(before), income_after=Decimal(before + rng.randrange(8, 16) * 100),
        **scene.common(resident.home),
    )  # fmt: skip


def _placed(scene: Scene, rng: Random, resident: Resident, offer: JobOffer, *, is_employed: bool) -> Employment:
    """Sent to an offer, and how far she came."""
    offered = min(max(offer.open_from, resident.home.joined(resident.member)) + timedelta(days=2), REPORT)
    interviewed, employed = min(offered + timedelta(days=4), REPORT), min(offered + timedelta(days=9), REPORT)
    job = Employment(
        person=resident.row, offer=offer, enterprise=offer.enterprise.name, title=offer.title, stage="offered",
        offered_on=offered, income_before=Decimal(rng.choice((0, 0, 500, 800))), **scene.common(resident.home),
    )  # fmt: skip
    if is_employed:
        job.stage, job.interviewed_on, job.employed_on = "employed", interviewed, employed
        job.income_after = offer.pay_from
        if rng.random() < 0.08 and employed < date(2018, 6, 15):
            job.stage, job.left_on, job.remark = "left", date(2018, 6, 20), "家中老人需要照顾"
        return job
    draw = rng.random()
    if draw < 0.35:
        job.stage, job.interviewed_on = "interviewed", interviewed
    elif draw < 0.5:
        job.stage, job.declined_on, job.remark = "declined", interviewed, rng.choice(DECLINED)
    return job


def _plans(scene: Scene, rng: Random, women: list[Resident]) -> None:
    """Needs of microcredit; for 41 women a project was planned."""
    rows = []
    for at, resident in enumerate(women):
        day = max(day_between(rng, FIRST, LAST), resident.home.joined(resident.member))
        plan = ProjectPlan(
            person=resident.row, told_on=day, wants_loan=True, loan_amount=Decimal(rng.choice((10, 20, 30, 50)) * 1000),
            **scene.common(resident.home),
        )  # fmt: skip
        if at < PLANS:
            plan.project, plan.helped_by = rng.choice(PROJECTS_PLANNED), f"{surname(rng)}主任"
            plan.planned_on = min(day + timedelta(days=rng.randrange(6)), REPORT)
        rows.append(plan)
    insert(ProjectPlan, rows)
