"""Random registers and facts around the thresholds: births near 16 and 18, 29 February, moves, splits, removed and
returned households, overlapping and voided facts, policy ends, grade promotion."""

from datetime import date, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from campaigns.models import (
    AidProject,
    CampaignYear,
    Cleaning,
    Contact,
    CountingRules,
    Grant,
    Helper,
    InsuredPerson,
    Pairing,
    Policy,
    Scheme,
    SpecialCircumstance,
    Target,
)
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person, Region

COUNTIES = ("130207", "130227")
VILLAGES = ("130207104225", "130207104226", "130207105201", "130227100234", "130227106202")
LEVELS_OF = sorted({code[:digits] for code in VILLAGES for digits in (2, 4, 6, 9, 12)})
FIRST, LAST = date(2016, 1, 1), date(2020, 12, 31)
STATUSES = ["not_exited"] * 4 + list(HouseholdSpell.Status.values)


def regions() -> None:
    """The five villages with their ancestors."""
    names = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
    codes = {code[:digits] for code in VILLAGES for digits in names}
    for code in sorted(codes, key=lambda c: (len(c), c)):
        parent = {4: 2, 6: 4, 9: 6, 12: 9}.get(len(code))
        Region.objects.create(
            code=code, name=code, short_name=code, level=names[len(code)], path=code, position=0,
            parent_id=code[:parent] if parent else None,
        )  # fmt: skip


def some_day(rng: Random, first: date = FIRST, last: date = LAST) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def some_period(rng: Random) -> DateRange:
    first = some_day(rng)
    return DateRange(first, None if rng.random() < 0.5 else first + timedelta(days=rng.randrange(1, 700)))


def periods_in_a_row(rng: Random, most: int) -> list[DateRange]:
    """Non-overlapping periods: sometimes touching, sometimes with a gap, the last one often open."""
    bounds = sorted({some_day(rng) for _ in range(rng.randint(1, 2 * most))})
    result = []
    while bounds:
        lower = bounds.pop(0)
        upper = bounds[0] if bounds else (None if rng.random() < 0.7 else LAST)
        if upper is None or upper > lower:
            result.append(DateRange(lower, upper))
        if bounds and rng.random() < 0.5:
            bounds.pop(0)
    return result[:most] or [DateRange(FIRST, None)]


def birth(rng: Random) -> date:
    """Around the thresholds 0, 16 and 18 of the years looked at, 29 February now and then, else any age."""
    kind = rng.random()
    if kind < 0.15:
        return date(rng.choice([1948, 1952, 2000, 2004, 2012, 2016]), 2, 29)
    if kind < 0.6:
        return some_day(rng, FIRST, LAST).replace(
            year=rng.choice([2000, 2001, 2002, 2003, 2004]), day=rng.randint(1, 28)
        )
    return some_day(rng, date(1930, 1, 1), date(2019, 6, 1))


class Builder:
    """Writes one random world."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.people: list[Person] = []
        self.households: list[Household] = []

    def build(self) -> None:
        self.rules()
        for number in range(self.rng.randint(3, 8)):
            self.household(number)
        for number in range(self.rng.randint(6, 20)):
            self.person(number)
        for _ in range(self.rng.randint(5, 40)):
            self.fact()

    def rules(self) -> None:
        rng = self.rng
        for year in rng.choice([[2018], [2017, 2018], [2018, 2019]]):
            campaign = CampaignYear.objects.create(
                year=year, start=date(year, 1, 1), end=date(year, 12, 31), deadline=date(year, 12, 31),
                reporting_day=date(year, 6, 30),
            )  # fmt: skip
            for version in range(1, rng.randint(2, 3)):
                CountingRules.objects.create(
                    campaign_year=campaign, version=version, reason="口径",
                    contact_kinds=rng.sample(Contact.Kind.values, 3), helper_kinds=rng.sample(Helper.Kind.values, 4),
                    statuses=[*rng.sample(HouseholdSpell.Status.values, 5), "not_exited"],
                    goods_count_as_aid=rng.random() < 0.5,
                )  # fmt: skip
        self.policies = [self.policy(number) for number in range(rng.randint(1, 3))]
        self.projects = [
            AidProject.objects.create(
                name=f"项目{n}",
                year_kind=rng.choice(AidProject.YearKind.values),
                counts=rng.random() < 0.8,
                goods_count=n > 0,
            )
            for n in range(3)
        ]
        self.helpers = [
            Helper.objects.create(name=f"包联人{n}", kind=kind, region_id=VILLAGES[0], active=some_period(rng))
            for n, kind in enumerate(Helper.Kind.values)
        ]

    def policy(self, number: int) -> Policy:
        rng = self.rng
        start = some_day(rng)
        period = DateRange(start, start + timedelta(days=365))
        scheme = Scheme.objects.create(
            name=f"方案{number}", period=period, reference_day=some_day(rng), min_age=rng.choice([16, 17, 18]),
            max_age=rng.choice([18, 64, 70]), sum_insured=10000,
        ) if rng.random() < 0.5 else Scheme.objects.create(
            name=f"方案{number}", period=period, reference_day=date(2018, 2, 28), min_age=16, max_age=69,
            sum_insured=10000,
        )  # fmt: skip
        return Policy.objects.create(scheme=scheme, number=f"P{number}", period=period)

    def household(self, number: int) -> None:
        county = self.rng.choice(COUNTIES)
        household = Household.objects.create(number=str(number), county_code=county, head_name="户主")
        for period in periods_in_a_row(self.rng, 3):
            village = self.rng.choice(VILLAGES)
            HouseholdSpell.objects.create(
                household=household, village_id=village, county_code=village[:6], period=period,
                status=self.rng.choice(STATUSES),
            )  # fmt: skip
        self.households.append(household)

    def person(self, number: int) -> None:
        rng = self.rng
        person = Person.objects.create(
            name=f"人{number}", sex=rng.choice("FFM"), birth_date=birth(rng), county_code=COUNTIES[0],
            weak_index=number.to_bytes(4),
        )  # fmt: skip
        for period in periods_in_a_row(rng, 3):
            Membership.objects.create(
                household=rng.choice(self.households), person=person, county_code=COUNTIES[0], period=period
            )
        if rng.random() < 0.7:
            for period in periods_in_a_row(rng, 2):
                stage, grade = rng.choice(
                    [("primary", None), ("primary", 5), ("primary", 6), ("junior", 8), ("junior", 9), ("junior", None),
                     ("preschool", None), ("senior", 10)]
                )  # fmt: skip
                Enrolment.objects.create(
                    person=person, county_code=COUNTIES[0], stage=stage, grade=grade, period=period
                )
        self.people.append(person)

    def fact(self) -> None:
        rng = self.rng
        common = {"village_id": rng.choice(VILLAGES)}
        if rng.random() < 0.15:
            common |= {"voided_at": timezone.now(), "void_reason": "登记有误"}
        household, person = rng.choice(self.households), rng.choice(self.people)
        match rng.randrange(6):
            case 0:
                kind = rng.choice(Contact.Kind.values)
                Contact.objects.create(
                    household=household, kind=kind, done_on=some_day(rng),
                    attended_by=person if kind == "lecture" else None, **common,
                )  # fmt: skip
            case 1:
                rounds = Cleaning.objects.filter(household=household).count()
                Cleaning.objects.create(
                    household=household,
                    round_number=rng.choice([rounds + 1, 50 + rounds]),
                    done_on=some_day(rng),
                    **common,
                )
            case 2:
                helper = rng.choice(self.helpers)
                if not Pairing.objects.filter(helper=helper, person=person).exists():
                    Pairing.objects.create(
                        helper=helper, person=person, kind=rng.choice(["personal", "personal", "area", "society"]),
                        period=some_period(rng), **common,
                    )  # fmt: skip
            case 3:
                policy = rng.choice(self.policies)
                if not InsuredPerson.objects.filter(policy=policy, person=person).exists():
                    InsuredPerson.objects.create(
                        policy=policy, person=person, state=rng.choice(["accepted", "accepted", "enrolled", "refused"]),
                        period=some_period(rng), **common,
                    )  # fmt: skip
            case 4:
                Grant.objects.create(
                    project=rng.choice(self.projects), person=person, granted_on=date(2018, 1, 1) + timedelta(
                        days=Grant.objects.count() * 7), amount=500, is_goods=rng.random() < 0.4, **common,
                )  # fmt: skip
            case _:
                target = rng.choice(Target.values)
                unit = {"household": household} if target in ("publicity", "cleaning") else {"person": person}
                approved = {"approver": "审批人", "approved_on": some_day(rng)} if rng.random() < 0.8 else {}
                SpecialCircumstance.objects.create(
                    target=target, reason="away", period=some_period(rng), **unit, **approved, **common
                )

    def change(self) -> None:
        """Something happens afterwards: bulk updates, raw deletes, new facts."""
        rng = self.rng
        match rng.randrange(7):
            case 0:
                self.fact()
            case 1:
                Person.objects.filter(pk=rng.choice(self.people).pk).update(birth_date=birth(rng))
            case 2:
                Pairing.objects.filter(person=rng.choice(self.people)).delete()
            case 3:
                HouseholdSpell.objects.filter(household=rng.choice(self.households)).update(
                    village_id="130227106202", county_code="130227"
                )
            case 4:
                Membership.objects.filter(person=rng.choice(self.people)).delete()
            case 5:
                Contact.objects.update(voided_at=timezone.now(), void_reason="全部作废")
            case _:
                Helper.objects.filter(pk=rng.choice(self.helpers).pk).update(active=some_period(rng))
