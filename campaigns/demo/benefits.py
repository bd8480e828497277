"""The two-cancer insurance of 2,491 women and the school aid of 468 of 534 pupils."""

from datetime import date
from decimal import Decimal

from campaigns.demo.counties import COUNTIES
from campaigns.demo.facts import END_OF_MAY, LAST_DAY, ONE_DAY, START, VOIDED_AT, Scene, is_insurable, is_pupil
from campaigns.demo.people import day_between
from campaigns.demo.register import Resident, insert
from campaigns.models import AidProject, Grant, InsuredPerson, Policy, Scheme, SpecialCircumstance, Target
from households.periods import period, years_after

# First days of the three group policies.
BATCHES = (date(2018, 5, 20), date(2018, 6, 8), date(2018, 6, 25))
REFUSED, ENROLLED_TOO_YOUNG = 25, 12
EXPLAINED = ("away",) * 5 + ("unwilling",) * 3 + ("in_care",)
NOT_YET_APPROVED, VOIDED_GRANTS, SECOND_GRANTS, STATE_SUBSIDIES = 3, 4, 30, 180
AMOUNTS = (500, 600, 600, 800, 1000)


def write_insurance(scene: Scene, scheme: Scheme) -> None:
    """Three group policies; every insurable woman accepted on one of them, some others enrolled or refused."""
    scheme.insurer, scheme.premium_payer = "唐山市级承保机构（演示）", "承保机构捐赠"
    scheme.save()
    policies = [
        Policy(scheme=scheme, number=f"YS1302{first:%Y%m%d}", period=period(first, years_after(first, 1) - ONE_DAY))
        for first in BATCHES
    ]
    insert(Policy, policies)
    rows = [
        _insured(scene, resident, policies[_batch(scene, resident)], InsuredPerson.State.ACCEPTED)
        for resident in scene.present()
        if is_insurable(resident)
    ]
    women = [r for r in scene.present() if r.member.sex == "F" and not is_insurable(r)]
    old = [r for r in women if r.member.born.year < 1953]
    girls = [r for r in women if date(2000, 6, 30) < r.member.born <= date(2002, 6, 30)]
    rows += [_insured(scene, r, policies[1], InsuredPerson.State.REFUSED) for r in scene.rng.sample(old, REFUSED)]
    rows += [
        _insured(scene, r, policies[2], InsuredPerson.State.ENROLLED)
        for r in scene.rng.sample(girls, ENROLLED_TOO_YOUNG)
    ]
    insert(InsuredPerson, rows)


def _batch(scene: Scene, resident: Resident) -> int:
    joined = resident.home.joined(resident.member)
    if joined <= BATCHES[0] and scene.rng.random() < resident.home.county.insurance:
        return 0
    return 1 if joined <= BATCHES[1] and scene.rng.random() < 0.75 else 2


def _insured(scene: Scene, resident: Resident, policy: Policy, state: InsuredPerson.State) -> InsuredPerson:
    return InsuredPerson(
        policy=policy, person=resident.row, state=state, period=policy.period, **scene.common(resident.home)
    )


def write_aid(scene: Scene) -> None:
    """Four projects; aid for all pupils but each county's quota, of whom some are explained."""
    one_to_one, firms, girls, state = projects = [
        AidProject(name="春蕾计划一对一助学", donor="爱心人士"),
        AidProject(name="爱心企业助学金", donor="女企业家协会", year_kind=AidProject.YearKind.SCHOOL),
        AidProject(name="关爱女童春蕾助学", donor="春蕾基金", girls_only=True),
        AidProject(name="两免一补", donor="财政补助", counts=False),
    ]
    insert(AidProject, projects)
    pupils = [resident for resident in scene.present() if is_pupil(resident)]
    not_aided = _not_aided(scene, pupils)
    waiting = {id(resident) for resident in not_aided}
    aided = [resident for resident in pupils if id(resident) not in waiting]
    grants = []
    for resident in aided:
        draw, is_girl = scene.rng.random(), resident.member.sex == "F"
        project = girls if is_girl and draw < 0.3 else firms if draw > 0.8 else one_to_one
        day = scene.day(resident.home.county.schooling, resident.home.joined(resident.member))
        grants.append(_grant(scene, resident, project, day))
    for grant, resident in scene.rng.sample(list(zip(grants, aided, strict=True)), SECOND_GRANTS):
        project = one_to_one if grant.project is firms else firms
        grants.append(
            _grant(scene, resident, project, day_between(scene.rng, grant.granted_on + ONE_DAY, LAST_DAY + ONE_DAY))
        )
    grants += [_grant(scene, r, state, date(2018, 4, 10)) for r in scene.rng.sample(pupils, STATE_SUBSIDIES)]
    grants += [_voided(scene, resident, one_to_one) for resident in not_aided[-VOIDED_GRANTS:]]
    insert(Grant, grants)
    insert(SpecialCircumstance, _explained(scene, not_aided))


def _not_aided(scene: Scene, pupils: list[Resident]) -> list[Resident]:
    found = []
    for county in COUNTIES:
        of_county = [resident for resident in pupils if resident.home.county is county]
        found += scene.rng.sample(of_county, county.not_aided)
    scene.rng.shuffle(found)
    return found


def _grant(scene: Scene, resident: Resident, project: AidProject, day: date) -> Grant:
    is_goods = project.counts and scene.rng.random() < 0.08
    amount = scene.rng.choice((180, 220, 260)) if is_goods else scene.rng.choice(AMOUNTS)
    return Grant(
        project=project,
        person=resident.row,
        granted_on=day,
        amount=Decimal(amount),
        is_goods=is_goods,
        **scene.common(resident.home),
    )


def _voided(scene: Scene, resident: Resident, project: AidProject) -> Grant:
    """Recorded for the wrong child."""
    grant = _grant(scene, resident, project, day_between(scene.rng, START, END_OF_MAY))
    grant.voided_at, grant.void_reason = VOIDED_AT, "登记对象有误"
    return grant


def _explained(scene: Scene, not_aided: list[Resident]) -> list[SpecialCircumstance]:
    """Approved for some pupils, for others only written down."""
    reasons = EXPLAINED + ("away",) * NOT_YET_APPROVED
    return [
        SpecialCircumstance(
            target=Target.SCHOOLING,
            person=resident.row,
            reason=reason,
            period=period(date(2018, 6, 1)),
            approver="县妇联办公室" if number < len(EXPLAINED) else "",
            approved_on=date(2018, 6, 15) if number < len(EXPLAINED) else None,
            **scene.common(resident.home),
        )
        for number, (resident, reason) in enumerate(zip(not_aided, reasons, strict=False))
    ]
