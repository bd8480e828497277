"""A recount in plain Python, one day and one unit at a time: the third opinion beside the engine and its SQL recount."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from campaigns.models import (
    AidProject,
    CampaignYear,
    Cleaning,
    Contact,
    CountingRules,
    Grant,
    InsuredPerson,
    Pairing,
    Scheme,
    SpecialCircumstance,
)
from households.models import Enrolment, HouseholdSpell, Membership, Person

LEVELS = (2, 4, 6, 9, 12)


def _had_birthday(birth: date, years: int, day: date) -> bool:
    """Has the person completed so many years on the day? 29 February counts as 28 February in common years."""
    month, of_month = birth.month, birth.day
    year = birth.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (month, of_month) == (2, 29) and not leap:
        of_month = 28
    return (day.year, day.month, day.day) >= (year, month, of_month)


def _in(period: Any, day: date) -> bool:
    return period.lower <= day and (period.upper is None or day < period.upper)


def _school_year(day: date) -> int:
    return day.year - (day.month < 9)


@dataclass
class World:
    """All rows, read once."""

    spells: list[HouseholdSpell] = field(default_factory=lambda: list(HouseholdSpell.objects.all()))
    members: list[Membership] = field(default_factory=lambda: list(Membership.objects.select_related("person")))
    enrolments: list[Enrolment] = field(default_factory=lambda: list(Enrolment.objects.select_related("person")))
    contacts: list[Contact] = field(default_factory=lambda: list(Contact.objects.filter(voided_at=None)))
    cleanings: list[Cleaning] = field(default_factory=lambda: list(Cleaning.objects.filter(voided_at=None)))
    pairings: list[Pairing] = field(
        default_factory=lambda: list(Pairing.objects.filter(voided_at=None).select_related("helper"))
    )
    insured: list[InsuredPerson] = field(
        default_factory=lambda: list(InsuredPerson.objects.filter(voided_at=None).select_related("policy"))
    )
    grants: list[Grant] = field(
        default_factory=lambda: list(Grant.objects.filter(voided_at=None).select_related("project"))
    )
    circumstances: list[SpecialCircumstance] = field(
        default_factory=lambda: list(SpecialCircumstance.objects.filter(voided_at=None, approved_on__isnull=False))
    )
    schemes: list[Scheme] = field(default_factory=lambda: list(Scheme.objects.all()))
    years: list[CampaignYear] = field(default_factory=lambda: list(CampaignYear.objects.order_by("start")))
    rules: list[CountingRules] = field(default_factory=lambda: list(CountingRules.objects.order_by("version")))

    def rule_of(self, day: date) -> tuple[CampaignYear, CountingRules]:
        """The year that began last, or the first one; with its newest rules."""
        begun = [year for year in self.years if year.start <= day]
        year = begun[-1] if begun else self.years[0]
        return year, [rule for rule in self.rules if rule.campaign_year_id == year.pk][-1]


def count(world: World, day: date) -> Counter[tuple[str, str, str]]:
    """Counter of (region code, series, "eligible" | "covered" | "explained" | "unexited"), zero entries left out."""
    year, rule = world.rule_of(day)
    counting = [s for s in world.spells if _in(s.period, day) and s.status in rule.statuses]
    village_of = {spell.household_id: spell.village_id for spell in counting}
    poor = {spell.household_id for spell in counting if spell.status in ("not_exited", "planned", "fallen_back")}
    result: Counter[tuple[str, str, str]] = Counter()
    households: set[int] = set()
    for member in world.members:
        person = member.person
        if not _in(member.period, day) or member.household_id not in village_of or person.birth_date > day:
            continue
        village = village_of[member.household_id]
        woman = person.sex == "F" and _had_birthday(person.birth_date, 16, day)
        child = not _had_birthday(person.birth_date, 18, day)
        for series, applies in (("women", woman), ("children", child), ("both", woman and child)):
            if applies:
                _add(result, village, series, "eligible")
        if not woman and not child:
            continue
        households.add(member.household_id)
        place = Place(day, village, member.household_id in poor)
        _unit(result, world, place, "pairing", person.pk, _paired(world, rule, person, day))
        if woman and _of_scheme(world, person, day):
            _unit(result, world, place, "insurance", person.pk, _insured(world, person, day))
        if child and _on_list(world, year, person, day):
            _unit(result, world, place, "schooling", person.pk, _aided(world, rule, person, day))
    for household in households:
        told = any(
            c.household_id == household and c.done_on <= day and c.kind in rule.contact_kinds for c in world.contacts
        )
        cleaned = any(c.household_id == household and c.round_number == 1 and c.done_on <= day for c in world.cleanings)
        place = Place(day, village_of[household], household in poor)
        _unit(result, world, place, "publicity", household, told)
        _unit(result, world, place, "cleaning", household, cleaned)
    return result


def _add(result: Counter[tuple[str, str, str]], village: str, series: str, what: str) -> None:
    for digits in LEVELS:
        result[village[:digits], series, what] += 1


class Place(NamedTuple):
    """Where and when a unit is counted, and whether its household is still poor."""

    day: date
    village: str
    poor: bool


def _unit(
    result: Counter[tuple[str, str, str]], world: World, place: Place, series: str, unit: int, covered: bool
) -> None:
    _add(result, place.village, series, "eligible")
    if covered:
        _add(result, place.village, series, "covered")
        return
    if place.poor:
        _add(result, place.village, series, "unexited")
    if any(
        c.target == series and unit in (c.household_id, c.person_id) and _in(c.period, place.day)
        for c in world.circumstances
    ):
        _add(result, place.village, series, "explained")


def _paired(world: World, rule: CountingRules, person: Person, day: date) -> bool:
    return any(
        p.person_id == person.pk
        and p.kind == Pairing.Kind.PERSONAL
        and p.helper.kind in rule.helper_kinds
        and _in(p.period, day)
        and _in(p.helper.active, day)
        for p in world.pairings
    )


def _of_scheme(world: World, person: Person, day: date) -> bool:
    return any(
        _in(s.period, day)
        and _had_birthday(person.birth_date, s.min_age, s.reference_day)
        and not _had_birthday(person.birth_date, s.max_age + 1, s.reference_day)
        for s in world.schemes
    )


def _insured(world: World, person: Person, day: date) -> bool:
    return any(
        i.person_id == person.pk and i.state == "accepted" and _in(i.period, day) and _in(i.policy.period, day)
        for i in world.insured
    )


def _on_list(world: World, year: CampaignYear, person: Person, day: date) -> bool:
    if not year.start <= day <= year.end:
        return False
    return any(
        e.person_id == person.pk and any(_at_school(e, d) for d in _days(year.start, day)) for e in world.enrolments
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _at_school(e: Enrolment, day: date) -> bool:
    if e.stage not in ("primary", "junior") or not _in(e.period, day):
        return False
    if e.grade is None:
        return not _had_birthday(e.person.birth_date, 16, day)
    return e.grade + _school_year(day) - _school_year(e.period.lower) <= 9


def _aided(world: World, rule: CountingRules, person: Person, day: date) -> bool:
    for g in world.grants:
        if g.person_id != person.pk or not g.project.counts or g.granted_on > day:
            continue
        if g.is_goods and not (rule.goods_count_as_aid and g.project.goods_count):
            continue
        calendar = g.project.year_kind == AidProject.YearKind.CALENDAR
        if (g.granted_on.year == day.year) if calendar else (_school_year(g.granted_on) == _school_year(day)):
            return True
    return False
