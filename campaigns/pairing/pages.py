"""What pairing's own pages show: a helper with her people, and who is overdue."""

from dataclasses import dataclass
from datetime import date

from campaigns.models import Helper, Pairing, Visit
from campaigns.pairing.overdue import (
    Seen,
    load_of,
    named,
    overdue_by_helper,
    overdue_by_region,
    people_of,
)
from campaigns.pairing.rules import rules_on
from campaigns.worklists import shown_name
from households.models import Region, User
from households.periods import age_on

_LAST_VISITS = 20
_NEXT_DIGITS = {2: 4, 4: 6, 6: 9, 9: 12}


@dataclass(frozen=True)
class Line:
    """A person of a helper's list; `name` as this viewer may see it."""

    seen: Seen
    name: str
    age: int
    village: str
    days: int


@dataclass(frozen=True)
class Group:
    """A helper of the overdue list."""

    helper: Helper
    due: int
    lines: list[Line]


@dataclass(frozen=True)
class Part:
    """A region of the next level down and how many are due there."""

    region: Region
    due: int


@dataclass(frozen=True)
class OverduePage:
    """Groups of one page; `parts` of the region; `every`: the days set; `next_key` "" on the last page."""

    groups: list[Group]
    parts: list[Part]
    every: int
    next_key: str


@dataclass(frozen=True)
class HelperPage:
    """A helper: her people of the day whom the viewer may see, her load everywhere, ended pairings, latest visits."""

    helper: Helper
    lines: list[Line]
    load: int
    limit: int
    due: int
    ended: int
    visits: list[Visit]


def overdue_page(user: User, region: Region, day: date, after: str = "") -> OverduePage:
    """Who is overdue in a region that the user may see."""
    found, next_key = overdue_by_helper(region.code, day, after)
    helpers, villages = named([helper for helper, _due in found]), _Villages()
    people: dict[int, list[Line]] = {helper: [] for helper, _due in found}
    for seen in people_of(list(people), region.code, day, only_due=True):
        people[seen.helper_id].append(_line(user, seen, villages, day))
    groups = [Group(helpers[helper], due, people[helper]) for helper, due in found]
    return OverduePage(groups, _parts(region, day), rules_on(day).visit_every_days, next_key)


def _parts(region: Region, day: date) -> list[Part]:
    digits = _NEXT_DIGITS.get(len(region.code))
    if digits is None:
        return []
    below = list(Region.objects.filter(parent=region).order_by("position", "code"))
    counts = overdue_by_region([one.code for one in below], region.code, day)
    return [Part(one, counts[one.code]) for one in below if one.code in counts]


def helper_page(user: User, helper: Helper, day: date) -> HelperPage:
    """One helper whom the user may see or is offered."""
    villages = _Villages()
    seen = [one for code in user.regions for one in people_of([helper.pk], code, day, only_due=False)]
    rules = rules_on(day)
    ended = Pairing.objects.visible_to(user).filter(helper=helper, voided_at=None, period__endswith__lte=day)
    visits = Visit.objects.visible_to(user).filter(helper=helper, voided_at=None).order_by("-visited_on", "-pk")
    return HelperPage(
        helper=helper,
        lines=[_line(user, one, villages, day) for one in seen],
        load=load_of([helper.pk], day)[helper.pk],
        limit=rules.helper_limit,
        due=sum(one.is_due for one in seen),
        ended=ended.values("person").distinct().count(),
        visits=list(visits.select_related("household", "person", "village")[:_LAST_VISITS]),
    )


class _Villages(dict[str, str]):
    """Paths of villages, each looked up once."""

    def __missing__(self, code: str) -> str:
        self[code] = path = Region.objects.get(code=code).path
        return path


def _line(user: User, seen: Seen, villages: _Villages, day: date) -> Line:
    age = age_on(seen.birth_date, day)
    days = (day - (seen.visited_on or seen.since)).days
    return Line(seen, shown_name(user, seen.name, age), age, villages[seen.village], days)
