"""Relief of 7 children (28,000 yuan), goods and money for 550 households (nearly 300,000), free clinics, a claim."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from campaigns.demo.facts import LAST_DAY, START, VOIDED_AT, Scene
from campaigns.demo.families import BORN_16, BORN_18, FEMALE
from campaigns.demo.people import PHONE_PREFIX, day_between, full_name, surname
from campaigns.demo.register import Resident, insert
from campaigns.models import Claim, Clinic, ClinicAttendance, GoodsAid, InsuredPerson, Relief, ReliefProgramme
from households.models import Region

RELIEFS = (6000, 5000, 5000, 4000, 3000, 3000, 2000)
ILLNESSES = ("白血病", "先天性心脏病", "肾病综合征", "再生障碍性贫血", "神经母细胞瘤", "重型地中海贫血", "脑瘫")
DONOR = "市妇女儿童发展基金会"
REGISTERED_HOUSEHOLDS, OTHER_FAMILIES, GIVEN_TWICE = 412, 138, 26
GOODS_VALUE = Decimal("298640.00")
GOODS = (
    ("米面油", (180, 240, 320), GoodsAid.Basis.INVOICE), ("棉被、床单各1套", (260, 380), GoodsAid.Basis.INVOICE),
    ("四件套、棉衣", (420, 560), GoodsAid.Basis.DECLARED), ("衣柜1个", (680, 860), GoodsAid.Basis.MARKET),
    ("儿童书桌和护眼灯", (450, 720), GoodsAid.Basis.DECLARED), ("旧家电1台", (500, 900), GoodsAid.Basis.APPRAISED),
)  # fmt: skip
MONEY = (300, 500, 500, 800, 1000)
DONORS = ("女企业家协会", "巾帼志愿者协会", "爱心企业", "爱心人士", "社区慈善超市")
# County, day, hospital, women registered, women who are not.
CLINICS = (
    ("130207", date(2018, 5, 16), "区妇幼保健院", 46, 6),
    ("130227", date(2018, 5, 29), "县医院", 58, 9),
    ("130281", date(2018, 6, 7), "市妇幼保健院", 52, 8),
    ("130229", date(2018, 6, 20), "县中医院", 37, 5),
)
SEEN_TWICE = 12  # women who came to two clinics of their county
FINDINGS = ("未见异常", "未见异常", "乳腺增生，建议随访", "血压偏高", "宫颈炎，建议复查", "血糖偏高")


def write_health(scene: Scene) -> None:
    """All of it from draws of its own, so that the other rooms' stay as they are."""
    rng = Random(f"health {len(scene.residents)}")  # noqa: S311 (the same invented people every time)
    present = scene.present()
    _write_relief(rng, scene, present)
    _write_goods(rng, scene, present)
    _write_clinics(rng, scene, present)
    _write_claims(rng, scene)
    InsuredPerson.objects.filter(state=InsuredPerson.State.REFUSED).update(refusal_reason="年龄超过承保范围")


def _write_relief(rng: Random, scene: Scene, present: Sequence[Resident]) -> None:
    """Seven seriously ill children, once each; one record was voided and written anew."""
    programme = ReliefProgramme(name="贫困大病儿童救助", source="市妇联募集的社会捐款")
    yearly = ReliefProgramme(
        name="困境妇女临时救助", source="市级福彩公益金", year_kind=ReliefProgramme.YearKind.CAMPAIGN, once_a_year=False,
        below_age=None,
    )  # fmt: skip
    insert(ReliefProgramme, [programme, yearly])
    children = [one for one in present if one.member.born > BORN_18]
    ill = [one for one in children if "患有大病" in one.member.health]
    well = [one for one in children if "患有大病" not in one.member.health]
    rng.shuffle(ill)
    chosen = [*ill, *rng.sample(well, len(RELIEFS))][: len(RELIEFS)]
    reliefs = [_relief(rng, scene, programme, child, number) for number, child in enumerate(chosen)]
    wrong = reliefs[-1]
    reliefs.append(
        Relief(
            programme=programme, person=wrong.person, amount=wrong.amount * 10, decided_on=wrong.decided_on,
            statistical_year=2018, is_once=True, village_id=wrong.village_id, recorded_by=wrong.recorded_by,
            voided_at=VOIDED_AT, void_reason="金额多写了一个0",
        )
    )  # fmt: skip
    insert(Relief, reliefs)


def _relief(rng: Random, scene: Scene, programme: ReliefProgramme, child: Resident, number: int) -> Relief:
    """The first one is not paid yet."""
    first = max(date(2018, 4, 16), child.home.joined(child.member))
    decided = day_between(rng, first, max(first, date(2018, 6, 20)))
    return Relief(
        programme=programme, person=child.row, illness=ILLNESSES[number], amount=Decimal(RELIEFS[number]), donor=DONOR,
        decided_on=decided, decided_by="市妇联权益部", paid_on=decided + timedelta(days=8) if number else None,
        statistical_year=2018, is_once=True, **scene.common(child.home),
    )  # fmt: skip


def _write_goods(rng: Random, scene: Scene, present: Sequence[Resident]) -> None:
    """550 different families, some twice; the sum is the published one."""
    homes = list({id(one.home): one.home for one in present}.values())
    chosen = rng.sample(homes, REGISTERED_HOUSEHOLDS)
    rows = [
        _goods(rng, household=home.row, first=home.start, **scene.common(home))
        for home in [*chosen, *rng.sample(chosen, GIVEN_TWICE)]
    ]
    names: set[tuple[str, str]] = set()
    while len(names) < OTHER_FAMILIES:
        home = rng.choice(homes)
        names.add((home.village, full_name(rng, surname(rng), rng.choice("FM"), date(1962, 5, 1))))
    for village, name in sorted(names):
        phone = f"{PHONE_PREFIX}{rng.randrange(10_000):04d}"
        by = scene.recorders[village[:6]]
        rows.append(_goods(rng, family_name=name, family_phone=phone, village_id=village, recorded_by=by, first=START))
    _adjust(rows)
    insert(GoodsAid, rows)


def _goods(rng: Random, *, first: date, **whose: object) -> GoodsAid:
    day = day_between(rng, max(first, START), LAST_DAY)
    if rng.random() < 0.35:
        return GoodsAid(
            kind=GoodsAid.Kind.MONEY, value=Decimal(rng.choice(MONEY)), donor=rng.choice(DONORS), given_on=day, **whose
        )  # fmt: skip
    items, values, basis = rng.choice(GOODS)
    return GoodsAid(
        kind=GoodsAid.Kind.GOODS, items=items, value=Decimal(rng.choice(values)), basis=basis, donor=rng.choice(DONORS),
        given_on=day, **whose,
    )  # fmt: skip


def _adjust(rows: Sequence[GoodsAid]) -> None:
    """Share what is missing to the published sum (or too much) among the rows, by 10 yuan each."""
    missing = GOODS_VALUE - sum(row.value for row in rows)
    step = Decimal(10) if missing > 0 else Decimal(-10)
    while abs(missing) >= 10:
        for row in rows:
            if abs(missing) < 10:
                break
            if row.value + step >= 50:
                row.value += step
                missing -= step
    rows[-1].value += missing


def _write_clinics(rng: Random, scene: Scene, present: Sequence[Resident]) -> None:
    """Four clinics and one more in the first county, to which some women came again."""
    townships = dict(Region.objects.filter(level=Region.Level.TOWNSHIP).values_list("code", "short_name"))
    women = [_women_of(present, county, day) for county, day, *_others in CLINICS]
    clinics = [
        Clinic(
            region_id=county, held_on=day, place=f"{townships[rng.choice(of_county).home.village[:9]]}卫生院",
            hospital=hospital, doctors="妇科、乳腺科医生4名", recorded_by=scene.recorders[county],
        )
        for (county, day, hospital, *_counts), of_county in zip(CLINICS, women, strict=True)
    ]  # fmt: skip
    clinics.append(
        Clinic(
            region_id=CLINICS[0][0], held_on=date(2018, 6, 22), place="区妇幼保健院", hospital="区妇幼保健院",
            doctors="乳腺科医生2名", recorded_by=scene.recorders[CLINICS[0][0]],
        )
    )  # fmt: skip
    insert(Clinic, clinics)
    attendances: list[ClinicAttendance] = []
    for clinic, of_county, (*_where, registered, others) in zip(clinics, women, CLINICS, strict=False):
        attendances += _attendances(rng, scene, clinic, of_county, registered, others)
    attendances += [
        ClinicAttendance(
            clinic=clinics[-1],
            person=one.person,
            findings="复查",
            village_id=one.village_id,
            recorded_by=one.recorded_by,
        )
        for one in attendances[:SEEN_TWICE]
    ]
    insert(ClinicAttendance, attendances)


def _women_of(present: Sequence[Resident], county: str, day: date) -> list[Resident]:
    """Women of a county who were registered on the day."""
    return [
        one
        for one in present
        if one.home.county.code == county
        and one.member.sex == FEMALE
        and one.member.born <= BORN_16
        and one.home.joined(one.member) <= day
    ]


def _attendances(
    rng: Random, scene: Scene, clinic: Clinic, women: Sequence[Resident], registered: int, others: int
) -> list[ClinicAttendance]:
    """Registered women first, then others of the same villages by name."""
    found = [
        ClinicAttendance(
            clinic=clinic, person=woman.row, findings=rng.choice(FINDINGS), **scene.common(woman.home)
        )
        for woman in rng.sample(women, registered)
    ]  # fmt: skip
    names = {full_name(rng, surname(rng), FEMALE, date(1968, 5, 1)) for _ in range(others * 4)}
    found += [
        ClinicAttendance(
            clinic=clinic, woman_name=name, findings=rng.choice(FINDINGS), village_id=rng.choice(women).home.village,
            recorded_by=clinic.recorded_by,
        )
        for name in sorted(names)[:others]
    ]  # fmt: skip
    return found


def _write_claims(rng: Random, scene: Scene) -> None:
    """Two women of the first policy reported an illness; one was paid."""
    insured = list(
        InsuredPerson.objects.filter(state=InsuredPerson.State.ACCEPTED, policy__period__startswith=date(2018, 5, 20))
        .order_by("pk")
        .select_related("person")
    )
    paid, waiting = rng.sample(insured, 2)
    insert(
        Claim,
        [
            Claim(
                insured=paid, claimed_on=date(2018, 6, 4), amount=Decimal(10_000), paid_on=date(2018, 6, 26),
                note="乳腺癌，首次确诊", village_id=paid.village_id, recorded_by=scene.recorders[paid.village_id[:6]],
            ),
            Claim(
                insured=waiting, claimed_on=date(2018, 6, 25), note="宫颈癌，材料审核中", village_id=waiting.village_id,
                recorded_by=scene.recorders[waiting.village_id[:6]],
            ),
        ],
    )  # fmt: skip
