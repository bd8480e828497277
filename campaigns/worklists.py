"""Who is unfinished (未完成名单): exactly the units behind a gap, in village order, by keyset pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Pairing, Standing, Target
from campaigns.targets import BY_KEY
from households.access import Permission, code_range
from households.identity import mask_name
from households.models import Household, Membership, Person, Region, User
from households.periods import age_on, born_by
from households.village_order import behind, line_key

PAGE_SIZE = 50
ADULT = 18
HEAD = "户主"


class Helping(NamedTuple):
    """A helper as a list names her; phone "" where none is known."""

    pk: int
    name: str
    phone: str


@dataclass(frozen=True)
class Line:
    """One unfinished unit as this viewer may see it. `key` continues the next page after it; is_minor: `name` is a child's,
    of the unit herself or of who heads the household."""

    key: str
    village: str
    name: str
    is_minor: bool
    detail: str
    age: int | None
    household_id: int | None
    explained: bool
    since: date | None
    helpers: list[Helping]


@dataclass(frozen=True)
class Page:
    """Lines of one page and the key of the next page (None: the last one)."""

    lines: list[Line]
    next_key: str | None


def unfinished(user: User, target: Target, region: Region, day: date) -> QuerySet[Standing]:
    """The units eligible and not covered on a day in a region, in village order."""
    found: QuerySet[Standing] = (
        Standing.objects.visible_to(user)
        .filter(code_range("village_code", region.code), target=target, eligible__contains_day=day)
        .exclude(covered__contains_day=day)
        .order_by("village_code", "unit_id")
    )
    return found


def falling_out(user: User, target: Target, region: Region, day: date, until: date) -> QuerySet[Standing]:
    """The units covered on a day that will still be eligible on a later one, but no longer covered, in village order."""
    found: QuerySet[Standing] = (
        Standing.objects.visible_to(user)
        .filter(
            code_range("village_code", region.code),
            target=target,
            covered__contains_day=day,
            eligible__contains_day=until,
        )
        .exclude(covered__contains_day=until)
        .order_by("village_code", "unit_id")
    )
    return found


def page_of(user: User, target: Target, rows: QuerySet[Standing], day: date, after: str = "") -> Page:
    """One page of the rows as the user may see them.

    `after` is the key of the last line before; raises ValueError for anything else.
    """
    if after:
        rows = rows.filter(behind(after, "village_code", "unit_id"))
    found = list(rows[: PAGE_SIZE + 1])
    lines = lines_of(user, target, found[:PAGE_SIZE], day)
    return Page(lines, lines[-1].key if len(found) > PAGE_SIZE else None)


def lines_of(user: User, target: Target, standing: list[Standing], day: date) -> list[Line]:
    """The rows as the user may see them."""
    units = [row.unit_id for row in standing]
    villages = Region.objects.in_bulk({row.village_code for row in standing})
    explained = {
        row.unit_id
        for row in Standing.objects.filter(
            target=target, unit_id__in=units, village_code__in=villages, explained__contains_day=day
        )
    }
    describe = _households if BY_KEY[target].unit == "household" else _persons
    described = describe(user, units, day)
    return [
        Line(
            key=line_key(row.village_code, row.unit_id),
            village=villages[row.village_code].path,
            explained=row.unit_id in explained,
            since=_unfinished_since(row, day),
            **described[row.unit_id],
        )
        for row in standing
    ]


def _unfinished_since(row: Standing, day: date) -> date | None:
    """When the wait began that still goes on: eligible then, or no longer covered."""
    began = [span.lower for span in row.eligible if day in span]
    ended = [span.upper for span in row.covered if span.upper and span.upper <= day]
    return max((one for one in began + ended if one), default=None)


def _households(user: User, units: list[int], day: date) -> dict[int, dict[str, Any]]:
    members = Membership.objects.filter(household__in=units, period__contains=day).select_related("person")
    people: dict[int, list[Person]] = {unit: [] for unit in units}
    for member in members:
        people[member.household_id].append(member.person)
    young_heads = minor_heads(units, day)
    helpers = _helpers([person.pk for persons in people.values() for person in persons], day)
    return {
        unit: {
            "name": shown_name(user, household.head_name, 0 if unit in young_heads else ADULT)
            if household.head_name
            else _("（未登记户主）"),
            "is_minor": unit in young_heads,
            "detail": _("%(count)s人") % {"count": len(people[unit])},
            "age": None,
            "household_id": _linked(user, unit),
            "helpers": list(dict.fromkeys(h for person in people[unit] for h in helpers.get(person.pk, []))),
        }
        for unit, household in Household.objects.in_bulk(units).items()
    }


def minor_heads(households: list[int], day: date) -> set[int]:
    """Which of the households are headed by a child: an orphan may, and the household's name is hers then."""
    heads = Membership.objects.filter(
        household__in=households, relation=HEAD, period__contains=day, person__birth_date__gt=born_by(day, ADULT)
    )
    return set(heads.values_list("household_id", flat=True))


def _persons(user: User, units: list[int], day: date) -> dict[int, dict[str, Any]]:
    homes = {
        m.person_id: m
        for m in Membership.objects.filter(person__in=units, period__contains=day).select_related("household")
    }
    helpers = _helpers(units, day)
    lines = {}
    for unit, person in Person.objects.in_bulk(units).items():
        age = age_on(person.birth_date, day)
        home = homes.get(unit)
        lines[unit] = {
            "name": shown_name(user, person.name, age),
            "is_minor": age < ADULT,
            # A head's name would tell a leader who 王某某 is.
            "detail": _("户主：%(head)s") % {"head": home.household.head_name}
            if home and user.may(Permission.VIEW_PEOPLE)
            else "",
            "age": age,
            "household_id": _linked(user, home.household_id) if home else None,
            "helpers": helpers.get(unit, []),
        }
    return lines


def shown_name(user: User, name: str, age: int) -> str:
    """Minors are 王某某 for viewers of lists only, such as leaders."""
    return name if age >= ADULT or user.may(Permission.VIEW_PEOPLE) else mask_name(name)


def _linked(user: User, household_id: int) -> int | None:
    return household_id if user.may(Permission.VIEW_PEOPLE) else None


def _helpers(people: list[int], day: date) -> dict[int, list[Helping]]:
    """The helpers paired with people on the day, by person."""
    found: dict[int, list[Helping]] = {}
    pairings = Pairing.objects.filter(person__in=people, voided_at=None, period__contains=day).select_related("helper")
    for pairing in pairings.order_by("helper__name"):
        helper = pairing.helper
        found.setdefault(pairing.person_id, []).append(Helping(helper.pk, helper.name, helper.phone or ""))
    return found
