"""What the register's pages show: the list of households in a user's scope, and one household with its facts.

A household belongs to the scope of its current or last spell's village; where it lived before, it is nobody's business
any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.business_day import business_date
from campaigns.fact_lines import FactLine, fact_lines
from campaigns.models import Standing, Target
from campaigns.pseudonyms import PSEUDONYM
from campaigns.targets import TARGETS, TargetDefinition
from households import identity
from households.access import Permission, code_range
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person, Region, User
from households.periods import age_on, last_day, school_year
from households.searching import MOST, Search, found_households, search
from households.village_order import behind, line_key
from households.wording import listed, running, word

PAGE_SIZE = 50
PERSON_TARGETS = [t.key for t in TARGETS if t.unit == "person"]


@dataclass(frozen=True)
class HouseholdLine:
    """One household of the list. `key` continues the next page after it; `found` names the members searched for."""

    key: str
    household: Household
    village: str
    status: str
    members: int
    women: int
    children: int
    found: list[str]


@dataclass(frozen=True)
class HouseholdList:
    """Lines of one page and the key of the next page (None: the last one). is_cut: more were found than are listed."""

    lines: list[HouseholdLine]
    next_key: str | None
    is_cut: bool = False


@dataclass(frozen=True)
class State:
    """A unit's standing for a target on the day. `key`: covered, gap, explained, or none (not eligible)."""

    key: str
    label: str


@dataclass(frozen=True)
class Member:
    """A member of the day, as this viewer may see her. `states` stand in the order of PERSON_TARGETS."""

    person: Person
    relation: str
    age: int
    id_number: str
    phone: str
    health: str
    schooling: str
    states: dict[Target, State]


@dataclass(frozen=True)
class Left:
    """Somebody who belonged to the household and does not on the day. may_return: nothing she belongs to came after, and
    her record still says who she is."""

    membership: Membership
    relation: str
    last: date
    reason: str
    may_return: bool


@dataclass(frozen=True)
class TargetLine:
    """One target: how many of the household's units are eligible, covered, explained on the day."""

    definition: TargetDefinition
    eligible: int
    covered: int
    explained: int

    @property
    def gap(self) -> int:
        """Not covered yet."""
        return self.eligible - self.covered


@dataclass(frozen=True)
class SpellLine:
    """A time of registration, last day inclusive (None: until now)."""

    spell: HouseholdSpell
    last: date | None


@dataclass(frozen=True)
class HouseholdPage:
    """One household on the business date."""

    household: Household
    home: HouseholdSpell
    day: date
    phone: str
    address: str
    spells: list[SpellLine]
    members: list[Member]
    left: list[Left]
    targets: list[TargetLine]
    facts: list[FactLine]

    @property
    def is_removed(self) -> bool:
        """Taken off the list (清退), by the day."""
        return self.home.status == HouseholdSpell.Status.REMOVED and self.home.period.lower <= self.day

    @property
    def is_pseudonymised(self) -> bool:
        """A case closed so long ago that its record no longer says whose it was."""
        return self.household.head_name == PSEUDONYM

    def target(self, key: Target) -> TargetLine:
        """The line of one target."""
        return next(line for line in self.targets if line.definition.key == key)


def homes(user: User) -> QuerySet[HouseholdSpell]:
    """The current or last spell of every household the user may see, in village order."""
    later = HouseholdSpell.objects.filter(household=OuterRef("household"), period__fully_gt=OuterRef("period"))
    found: QuerySet[HouseholdSpell] = (
        HouseholdSpell.objects.visible_to(user)
        .filter(~Exists(later))
        .select_related("household", "village")
        .order_by("village_id", "household_id")
    )
    return found


def household_list(user: User, region: Region, day: date, *, word: str = "", after: str = "") -> HouseholdList:
    """One page of the households of a region, matching a search word.

    The word is the beginning of a head's or member's name or of its pinyin (also initials), a household number, or an
    identity number. `after` is the
    key of the last line before; raises ValueError for anything else.
    """
    rows, looked_for = homes(user).filter(code_range("village_id", region.code)), search(word)
    matched = found_households(user, region, looked_for) if looked_for else []
    if looked_for:
        rows = rows.filter(household__in=matched[:MOST])
    if after:
        rows = rows.filter(behind(after, "village_id", "household_id"))
    found = list(rows[: PAGE_SIZE + 1])
    lines = _household_lines(found[:PAGE_SIZE], day, looked_for)
    return HouseholdList(lines, lines[-1].key if len(found) > PAGE_SIZE else None, is_cut=len(matched) > MOST)


def _household_lines(spells: list[HouseholdSpell], day: date, looked_for: Search | None) -> list[HouseholdLine]:
    people: dict[int, list[Person]] = {spell.household_id: [] for spell in spells}
    members = Membership.objects.filter(household__in=people, period__contains=day).select_related("person")
    for member in members.order_by("person__birth_date"):
        people[member.household_id].append(member.person)
    return [_household_line(spell, people[spell.household_id], day, looked_for) for spell in spells]


def _household_line(spell: HouseholdSpell, people: list[Person], day: date, looked_for: Search | None) -> HouseholdLine:
    return HouseholdLine(
        key=line_key(spell.village_id, spell.household_id),
        household=spell.household,
        village=spell.village.path,
        status=str(spell.get_status_display()),
        members=len(people),
        women=sum(p.sex == Person.Sex.FEMALE and age_on(p.birth_date, day) >= 16 for p in people),
        children=sum(age_on(p.birth_date, day) < 18 for p in people),
        found=[p.name for p in people if looked_for and looked_for.finds(p)],
    )


def household_page(user: User, home: HouseholdSpell) -> HouseholdPage:
    """Everything on the page of a household, from its current or last spell (`homes(user)`)."""
    household, day = home.household, business_date()
    memberships = list(
        Membership.objects.filter(household=household, period__contains=day)
        .select_related("person")
        .order_by("person__birth_date", "person_id")
    )
    memberships.sort(key=lambda m: m.relation != "户主")
    people = [m.person for m in memberships]
    standing = _standing(user, household, people, day)
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    return HouseholdPage(
        household=household,
        home=home,
        day=day,
        phone=identity.mask_phone(household.phone or ""),
        address=(household.address or "") if sensitive else "",
        spells=[
            SpellLine(s, last_day(s.period)) for s in household.spells.select_related("village").order_by("-period")
        ],
        members=_members(memberships, standing, day, sensitive=sensitive),
        left=_left(user, household, day),
        targets=[_target_line(t, standing) for t in TARGETS],
        facts=fact_lines(household, people, sensitive=sensitive),
    )


Standings = dict[tuple[Target, int], State]


def _standing(user: User, household: Household, people: list[Person], day: date) -> Standings:
    """State of the household and its members for every target they are eligible for on the day."""
    rows = (
        Standing.objects.visible_to(user)
        .filter(
            Q(target__in=PERSON_TARGETS, unit_id__in=[p.pk for p in people])
            | Q(target__in=[t.key for t in TARGETS if t.unit == "household"], unit_id=household.pk),
            eligible__contains_day=day,
        )
        .annotate(
            is_covered=ExpressionWrapper(Q(covered__contains_day=day), BooleanField()),
            is_explained=ExpressionWrapper(Q(explained__contains_day=day), BooleanField()),
        )
    )
    return {(Target(row.target), row.unit_id): _state(row.is_covered, row.is_explained) for row in rows}


def _state(covered: bool, explained: bool) -> State:
    if covered:
        return State("covered", _("已完成"))
    return State("explained", _("未完成（已说明）")) if explained else State("gap", _("未完成"))


def _target_line(target: TargetDefinition, standing: Standings) -> TargetLine:
    states = [state.key for (key, _unit), state in standing.items() if key == target.key]
    return TargetLine(target, len(states), states.count("covered"), states.count("explained"))


def _members(memberships: Iterable[Membership], standing: Standings, day: date, *, sensitive: bool) -> list[Member]:
    people = [m.person_id for m in memberships]
    enrolments = {e.person_id: e for e in Enrolment.objects.filter(person__in=people, period__contains=day)}
    none = State("none", _("不在任务范围"))
    return [
        Member(
            person=m.person,
            relation=word(m.relation),
            age=age_on(m.person.birth_date, day),
            id_number=identity.mask_id(m.person.id_number or "") if sensitive else "",
            phone=identity.mask_phone(m.person.phone or "") if sensitive else "",
            health=health_text(m.person, sensitive=sensitive),
            schooling=schooling_text(enrolments.get(m.person_id), m.person, day),
            states={target: standing.get((target, m.person_id), none) for target in PERSON_TARGETS},
        )
        for m in memberships
    ]


def _left(user: User, household: Household, day: date) -> list[Left]:
    """The last membership of everybody who has left, the latest first; whoever is another county's now is not named."""
    after = Membership.objects.filter(person=OuterRef("person"), period__fully_gt=OuterRef("period"))
    here_after = after.filter(household=household)
    gone = (
        Membership.objects.visible_to(user)
        .filter(~Exists(here_after), household=household, period__endswith__lte=day)
        .filter(person__in=Person.objects.visible_to(user), person__merged_into=None)
        .annotate(is_last=~Exists(after))
        .select_related("person")
        .order_by("-period__endswith", "pk")
    )
    return [
        Left(
            membership=one,
            relation=word(one.relation),
            last=last_day(one.period) or day,
            reason=str(one.get_end_reason_display()) if one.end_reason else "",
            may_return=one.is_last and one.person.name != PSEUDONYM,
        )
        for one in gone
    ]


def health_text(person: Person, *, sensitive: bool) -> str:
    """What is registered; whether anything is, for those without need to know."""
    if not (person.health or person.disability_category):
        return _("未登记")
    if not sensitive:
        return _("已登记")
    disability = running(word(part) for part in (person.disability_category, person.disability_level) if part)
    kinds = [
        _("%(name)s（%(what)s）") % {"name": word(kind), "what": disability}
        if kind == "残疾" and disability
        else word(kind)
        for kind in person.health
    ]
    return listed(kinds or [disability])


LAST_GRADE = 9  # of compulsory education
_GRADES = _t("一二三四五六七八九")


def schooling_text(enrolment: Enrolment | None, person: Person, day: date) -> str:
    """Grade of the day and school: a known grade is promoted each 1 September."""
    if enrolment is None:
        return word(person.school_status)
    stage = str(enrolment.get_stage_display())
    if enrolment.grade is not None:
        grade = enrolment.grade + school_year(day) - school_year(enrolment.period.lower)
        if grade <= LAST_GRADE:
            stage = _("%(grade)s年级") % {"grade": str(_GRADES)[grade - 1]}
        elif enrolment.grade <= LAST_GRADE:
            stage = _("义务教育阶段已毕业")
    return f"{stage} {enrolment.school}".strip()
