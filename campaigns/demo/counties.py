"""Where the invented families live, and how quickly each county works."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from campaigns.demo.families import Family, Member
from households.models import Household, HouseholdSpell, Region

Status = HouseholdSpell.Status
# The village of the one real household in the published report.
NOT_USED = {"130207104225"}
HOUSEHOLDS_PER_VILLAGE = 7
HOUSEHOLDS_PER_TOWNSHIP = 34


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """A county's households, the share of each action done by 31 May, and its pupils not aided by 30 June."""

    code: str
    households: int
    publicity: float
    pairing: float
    cleaning: float
    insurance: float
    schooling: float
    not_aided: int


# The districts 路北区, 高新区 and 海港开发区 have no registered household (无任务).
COUNTIES = (
    CountyPlan("130281", 468, 0.86, 0.90, 0.58, 0.52, 0.48, 17),
    CountyPlan("130227", 420, 0.97, 0.99, 0.83, 0.78, 0.80, 0),
    CountyPlan("130229", 389, 0.69, 0.74, 0.41, 0.00, 0.32, 19),
    CountyPlan("130224", 327, 0.80, 0.85, 0.55, 0.45, 0.51, 11),
    CountyPlan("130208", 301, 0.88, 0.93, 0.66, 0.60, 0.57, 8),
    CountyPlan("130284", 252, 0.77, 0.81, 0.47, 0.30, 0.46, 6),
    CountyPlan("130225", 214, 0.93, 0.95, 0.74, 0.69, 0.72, 0),
    CountyPlan("130207", 176, 0.91, 0.94, 0.71, 0.64, 0.66, 4),
    CountyPlan("130283", 142, 0.99, 1.00, 0.90, 0.86, 0.88, 0),
    CountyPlan("130209", 58, 0.84, 0.88, 0.60, 0.50, 0.60, 0),
    CountyPlan("130205", 27, 0.74, 0.80, 0.44, 0.40, 0.50, 1),
    CountyPlan("130204", 15, 0.80, 0.86, 0.53, 0.00, 0.60, 0),
    CountyPlan("130272", 14, 0.71, 0.78, 0.50, 0.50, 0.50, 0),
    CountyPlan("130271", 9, 0.66, 0.77, 0.33, 0.00, 0.50, 0),
    CountyPlan("130202", 5, 1.00, 1.00, 0.80, 0.60, 1.00, 0),
)


@dataclass(slots=True)
class Spell:
    """One period of a household in a village with a status, last day inclusive, None = still."""

    village: str
    status: str
    first: date
    last: date | None = None
    reason: str = ""


@dataclass(slots=True)
class Earlier:
    """A membership before the present one."""

    home: "Home"
    relation: str
    last: date


@dataclass(slots=True)
class Home:
    """A family placed in a village: a household with its history."""

    family: Family
    county: CountyPlan
    village: str
    is_counted: bool = True
    spells: list[Spell] = field(default_factory=list)
    earlier: dict[int, Earlier] = field(default_factory=dict)  # position in family.members → membership before
    row: Household = field(default_factory=Household)

    @property
    def start(self) -> date:
        """First day in the register."""
        return self.spells[0].first

    def joined(self, member: Member) -> date:
        """The member's first day in this household."""
        return max(self.start, member.born, member.joined or self.start)


def place(rng: Random, families: list[Family], others: list[Family]) -> list[Home]:
    """Deal the counted families to the counties as planned, the others in proportion, each into a village."""
    homes: list[Home] = []
    open_households = sum(plan.households for plan in COUNTIES)
    for county in COUNTIES:
        villages = _villages(rng, county)
        weights = [rng.uniform(0.3, 2.2) for _ in villages]
        chosen = rng.choices(villages, weights, k=county.households)
        homes.extend(Home(families.pop(), county, village) for village in chosen)
        share = round(len(others) * county.households / open_households)  # the last county takes what is left
        open_households -= county.households
        chosen = rng.choices(villages, weights, k=share)
        homes.extend(Home(others.pop(), county, village, is_counted=False) for village in chosen)
    return homes


def _villages(rng: Random, county: CountyPlan) -> list[str]:
    """Some villages (not communities) in some townships of the county."""
    codes = Region.objects.filter(level=Region.Level.VILLAGE, code__startswith=county.code).order_by("code")
    by_township: dict[str, list[str]] = {}
    for code in codes.values_list("code", flat=True):
        if "200" <= code[9:] < "400" and code not in NOT_USED:
            by_township.setdefault(code[:9], []).append(code)
    townships = sorted(by_township)
    chosen = rng.sample(townships, min(len(townships), max(2, county.households // HOUSEHOLDS_PER_TOWNSHIP)))
    candidates = [code for township in sorted(chosen) for code in by_township[township]]
    return sorted(rng.sample(candidates, min(len(candidates), max(2, county.households // HOUSEHOLDS_PER_VILLAGE))))
