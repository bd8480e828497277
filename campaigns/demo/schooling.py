"""Where the school aid's money comes from: 22 invented donors, five funds, and every grant traced to who gave it."""

from datetime import date
from decimal import Decimal
from random import Random

from campaigns.demo import users
from campaigns.demo.facts import Scene
from campaigns.demo.people import PHONE_PREFIX, day_between, full_name, surname
from campaigns.demo.register import insert
from campaigns.models import AidProject, Donation, Donor, Fund, Grant, Pledge
from campaigns.schooling.guardians import guardians_of
from households.models import Enrolment, User

CITY, OPENED = "1302", date(2018, 3, 1)
_FIRMS = (
    "春和商贸有限公司",
    "渤海湾食品有限公司",
    "滦水源纺织有限公司",
    "燕山果业合作社",
    "金秋家政服务有限公司",
    "惠民药房",
)
_OTHERS = (
    ("市女企业家协会", "society"),
    ("巾帼志愿服务队", "society"),
    ("市直机关妇委会", "unit"),
    ("某中学教职工", "unit"),
)
_STANDARDS = (("春蕾计划一对一助学", 600, 800), ("爱心企业助学金", 500, 800), ("关爱女童春蕾助学", 600, 800))
PEOPLE, PAIRED = 12, 40
# Yuan into each fund: with the fen of a bank's interest the sum is a bit more than 300,000.
GIRLS, FIRMS, PAIRS = Decimal("92600.00"), Decimal("128500.00"), Decimal("88126.35")
FENGNAN = Decimal("6000.00")
GOODS = Decimal("14800.00")
ADVANCES = 3


def write_schooling(scene: Scene) -> None:
    """Donors, funds and donations; then the grants written already learn what paid for them."""
    rng = Random("schooling")  # noqa: S311 (invented people, nothing secret)
    by = scene.recorders[users.TOUR_COUNTY]
    donors = _donors(scene, rng)
    firms, societies, people = donors[: len(_FIRMS)], donors[len(_FIRMS) : len(_FIRMS) + 4], donors[-PEOPLE:]
    names = ("春蕾女童基金", "爱心企业助学基金", "一对一结对助学款", "春蕾助学物资")
    girls, business, pairs, goods = funds = [
        Fund(region_id=CITY, name=name, opened_on=OPENED, is_goods=name.endswith("物资"), recorded_by=_city(scene))
        for name in names
    ]
    county = Fund(region_id=users.TOUR_COUNTY, name="丰南区春蕾助学基金", opened_on=OPENED, recorded_by=by)
    insert(Fund, [*funds, county])
    donations = [
        *_gifts(scene, rng, girls, GIRLS, people + societies, "资助在校贫困女童"),
        *_gifts(scene, rng, business, FIRMS, firms, "助学金"),
        *_gifts(scene, rng, pairs, PAIRS, people, "结对助学", is_earmarked=True),
        *_gifts(scene, rng, goods, GOODS, firms[:3] + societies[:2], "书包、文具、校服", is_goods=True),
        *_gifts(scene, rng, county, FENGNAN, people[:3], "资助丰南学生"),
    ]
    for number, donation in enumerate(donations, start=1):
        donation.receipt_no = f"CL2018{number:04d}"
    insert(Donation, donations)
    for name, primary, junior in _STANDARDS:
        AidProject.objects.filter(name=name).update(year=2018, primary_amount=primary, junior_amount=junior)
    _pay(scene, rng, people, {"girls": girls, "firms": business, "pairs": pairs, "goods": goods})


def _city(scene: Scene) -> User:
    return next(iter(scene.recorders.values()))


def _donors(scene: Scene, rng: Random) -> list[Donor]:
    names = [(f"{name}（演示）", "firm") for name in _FIRMS] + [(f"{name}（演示）", kind) for name, kind in _OTHERS]
    people: list[tuple[str, str]] = []
    while len(people) < PEOPLE:
        name = full_name(rng, surname(rng), rng.choice("FM"), date(rng.randrange(1955, 1990), 1, 1))
        if (name, "person") not in people:
            people.append((name, "person"))
    donors = [
        Donor(
            region_id=CITY,
            name=name,
            kind=kind,
            phone=f"{PHONE_PREFIX}{rng.randrange(10_000):04d}",
            is_anonymous=kind == "person" and rng.random() < 0.25,
            recorded_by=_city(scene),
        )
        for name, kind in names + people
    ]
    insert(Donor, donors)
    return donors


def _gifts(
    scene: Scene,
    rng: Random,
    fund: Fund,
    total: Decimal,
    donors: list[Donor],
    purpose: str,
    *,
    is_earmarked: bool = False,
    is_goods: bool = False,
) -> list[Donation]:
    """The total in as many gifts as there are donors, on days of March: before anything is paid."""
    weights = [rng.uniform(0.4, 1.6) for _ in donors]
    hundreds = [int(total / 100 * Decimal(weight / sum(weights))) for weight in weights[1:]]
    amounts = [Decimal(100 * number) for number in hundreds]
    amounts.append(total - sum(amounts))
    return [
        Donation(
            region_id=fund.region_id,
            donor=donor,
            fund=fund,
            amount=amount,
            received_on=day_between(rng, OPENED, date(2018, 3, 30)),
            purpose=purpose,
            is_earmarked=is_earmarked,
            is_goods=is_goods,
            goods=purpose if is_goods else "",
            value_basis="购货发票" if is_goods else "",
            recorded_by=fund.recorded_by,
        )
        for donor, amount in zip(donors, amounts, strict=True)
    ]


def _pay(scene: Scene, rng: Random, people: list[Donor], funds: dict[str, Fund]) -> None:
    """Each grant learns its payer, its receipt and who signed for it."""
    grants = list(Grant.objects.filter(project__counts=True).select_related("project", "person").order_by("pk"))
    guardians = guardians_of([grant.person for grant in grants], date(2018, 6, 28))
    schools = {one.person_id: one for one in Enrolment.objects.filter(person__in=[grant.person_id for grant in grants])}
    pledges: list[Pledge] = []
    for number, grant in enumerate(grants, start=1):
        grant.paid_on, grant.receipt_no = grant.granted_on, f"LK2018{number:04d}"
        grant.guardian = guardians[grant.person_id]
        grant.guardian_signed = bool(grant.guardian) and rng.random() < 0.95
        if (school := schools.get(grant.person_id)) is not None:
            grant.school = school.school
        _settle(rng, grant, people, funds, pledges)
    insert(Pledge, [*pledges, *_waiting(scene, rng, people)])
    for grant in grants:
        grant.pledge_id = grant.pledge.pk if grant.pledge else None
    for advance in [one for one in grants if one.kind == Grant.Kind.DIRECT and one.pledge is None][:ADVANCES]:
        advance.kind, advance.donor, advance.advanced_by = Grant.Kind.ADVANCE, None, "村妇联主席"
    for grant in sorted(grants, key=lambda one: (one.granted_on, one.pk)):
        grant.save()


def _settle(rng: Random, grant: Grant, people: list[Donor], funds: dict[str, Fund], pledges: list[Pledge]) -> None:
    """Goods from the goods' account; girls' and firms' projects from their funds; pairs by pledge or directly."""
    if grant.is_goods:
        grant.kind, grant.fund = Grant.Kind.FUND, funds["goods"]
    elif grant.project.girls_only:
        grant.kind, grant.fund = Grant.Kind.FUND, funds["girls"]
    elif grant.project.year_kind == AidProject.YearKind.SCHOOL:
        grant.kind, grant.fund = Grant.Kind.FUND, funds["firms"]
    else:
        donor, draw = rng.choice(people), rng.random()
        if draw < 0.45 and grant.voided_at is None:
            pledge = Pledge(
                donor=donor,
                person=grant.person,
                year=2018,
                amount=grant.amount or Decimal(0),
                village_id=grant.village_id,
                recorded_by=grant.recorded_by,
            )
            pledges.append(pledge)
            grant.pledge = pledge
        if draw < 0.40:
            grant.kind, grant.fund = Grant.Kind.FUND, funds["pairs"]
        else:
            grant.kind, grant.donor = Grant.Kind.DIRECT, donor


def _waiting(scene: Scene, rng: Random, people: list[Donor]) -> list[Pledge]:
    """Paired and not paid yet: some of those whom no aid has reached."""
    aided = set(Grant.objects.filter(voided_at=None, project__counts=True).values_list("person", flat=True))
    left = [r for r in scene.present() if r.member.stage in ("primary", "junior") and r.row.pk not in aided]
    return [
        Pledge(
            donor=rng.choice(people), person=resident.row, year=2018, amount=Decimal(600), **scene.common(resident.home)
        )
        for resident in rng.sample(left, min(PAIRED, len(left)))
    ]
