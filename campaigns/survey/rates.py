"""How many of the registered women and children are surveyed, by region, and who is not. Heads come from the ledger of
coverage; whoever is registered on the day is eligible for pairing, which is how she is found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from campaigns import coverage
from campaigns.business_day import year_of
from campaigns.coverage import Figures
from campaigns.models import ChildSurvey, Standing, Target, WomanSurvey
from campaigns.worklists import shown_name
from households.access import Permission, code_range
from households.models import Membership, Person, Region, User
from households.periods import age_on, born_by
from households.village_order import behind, line_key

PAGE_SIZE = 50
WOMEN, CHILDREN = "women", "children"
GROUPS = (WOMEN, CHILDREN)


def people_of(group: str, day: date) -> QuerySet[Person]:
    """Women of 16 and older, or children under 18, on a day, wherever they live."""
    if group == WOMEN:
        found: QuerySet[Person] = Person.objects.filter(sex=Person.Sex.FEMALE, birth_date__lte=born_by(day, 16))
        return found
    return Person.objects.filter(birth_date__gt=born_by(day, 18), birth_date__lte=day)


def surveyed(group: str, day: date) -> QuerySet[Any]:
    """The valid surveys of the day's campaign year up to the day."""
    model = WomanSurvey if group == WOMEN else ChildSurvey
    found: QuerySet[Any] = model.objects.filter(voided_at=None, campaign_year=year_of(day), surveyed_on__lte=day)
    return found


def _registered(group: str, day: date) -> QuerySet[Standing]:
    """Standings of those registered as women or children on the day."""
    found: QuerySet[Standing] = Standing.objects.filter(
        target=Target.PAIRING, eligible__contains_day=day, unit_id__in=people_of(group, day).values("pk")
    )
    return found


def rates(codes: Collection[str], day: date) -> dict[str, dict[str, Figures]]:
    """Registered and surveyed women and children of regions of one level, by region code and group."""
    heads = coverage.as_of(codes, day)
    done: dict[str, dict[str, int]] = {group: {} for group in GROUPS}
    for group in GROUPS if codes else ():
        found = Q()
        for code in codes:
            found |= code_range("village_code", code)
        rows = (
            _registered(group, day)
            .filter(found, unit_id__in=surveyed(group, day).values("person"))
            .annotate(code=Left("village_code", len(next(iter(codes)))))
            .values_list("code")
            .annotate(count=Count("unit_id"))
        )
        done[group] = dict(rows)
    return {
        code: {group: Figures(heads[code].heads[group], done[group].get(code, 0)) for group in GROUPS} for code in codes
    }


@dataclass(frozen=True)
class Missing:
    """Somebody not surveyed. `household_id` None: the viewer may not open it. `key` continues the next page after her."""

    key: str
    village: str
    name: str
    age: int
    head: str
    household_id: int | None


@dataclass(frozen=True)
class MissingPage:
    """One page of them and the key of the next (None: the last one)."""

    lines: list[Missing]
    next_key: str | None


def not_surveyed(user: User, group: str, region: Region, day: date, after: str = "") -> MissingPage:
    """One page of the registered people of a region who are not surveyed; ValueError for a key of no page."""
    rows = (
        Standing.objects.visible_to(user)
        .filter(
            code_range("village_code", region.code),
            target=Target.PAIRING,
            eligible__contains_day=day,
            unit_id__in=people_of(group, day).values("pk"),
        )
        .exclude(unit_id__in=surveyed(group, day).values("person"))
        .order_by("village_code", "unit_id")
    )
    if after:
        rows = rows.filter(behind(after, "village_code", "unit_id"))
    found = list(rows[: PAGE_SIZE + 1])
    lines = _lines(user, found[:PAGE_SIZE], day)
    return MissingPage(lines, lines[-1].key if len(found) > PAGE_SIZE else None)


def _lines(user: User, found: list[Standing], day: date) -> list[Missing]:
    units = [row.unit_id for row in found]
    villages = Region.objects.in_bulk({row.village_code for row in found})
    people = Person.objects.in_bulk(units)
    homes = {
        one.person_id: one.household
        for one in Membership.objects.filter(person__in=units, period__contains=day).select_related("household")
    }
    may_open = user.may(Permission.VIEW_PEOPLE)
    lines = []
    for row in found:
        person, home = people[row.unit_id], homes.get(row.unit_id)
        age = age_on(person.birth_date, day)
        lines.append(
            Missing(
                key=line_key(row.village_code, row.unit_id),
                village=villages[row.village_code].path,
                name=shown_name(user, person.name, age),
                age=age,
                head=home.head_name if home and may_open else "",
                household_id=home.pk if home and may_open else None,
            )
        )
    return lines
