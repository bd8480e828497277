"""Suggested pairings (结对建议): unpaired people of a township or village and the helpers near by; accepting them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import coverage
from campaigns.models import CountingRules, Helper, Pairing, Standing, Target
from campaigns.pairing.assignment import Candidate, Group, assign, distance
from campaigns.pairing.overdue import load_of
from campaigns.pairing.own_homes import own_homes
from campaigns.pairing.rules import rules_on
from campaigns.recording import AlreadyRecordedError
from households.access import Permission, code_range
from households.models import Household, Membership, Person, Region, TouchedVillage, User
from households.periods import age_on, period
from households.querysets import can

TOWNSHIP = 9  # digits
_CHILD = 18
_LEVELS = {
    0: gettext_lazy("本村"),
    1: gettext_lazy("本乡镇"),
    2: gettext_lazy("邻村"),
    3: gettext_lazy("本县（市、区）"),
    4: gettext_lazy("市级"),
}
# Why a suggestion was not written, in words.
REASONS = {
    "gone": gettext_lazy("已不是包联对象，或不在您的区划"),
    "paired": gettext_lazy("已有包联人"),
    "absent": gettext_lazy("包联人不在岗，或不能选"),
    "own": gettext_lazy("包联人是本户的人"),
    "full": gettext_lazy("包联人已达到人数上限"),
}


@dataclass(frozen=True)
class Seeker:
    """Someone without a helper, at her present home."""

    person_id: int
    name: str
    sex: str
    age: int
    village: str
    household_id: int
    head: str


@dataclass(frozen=True)
class Offer:
    """People of one household for one helper. token: what is sent back to accept it; level: how near she is."""

    token: str
    people: list[Seeker]
    level: str | Promise


@dataclass(frozen=True)
class Line:
    """A helper with what is offered to her: her people now and then."""

    helper: Helper
    load: int
    then: int
    offers: list[Offer]


@dataclass(frozen=True)
class Suggestions:
    """Lines of helpers, people for whom there is no place, and the settings used."""

    lines: list[Line]
    unplaced: list[Seeker]
    people: int
    rules: CountingRules

    @property
    def tokens(self) -> str:
        """All offers, as one text."""
        return ",".join(offer.token for line in self.lines for offer in line.offers)

    @property
    def offers(self) -> int:
        """How many lines there are to tick."""
        return sum(len(line.offers) for line in self.lines)


@dataclass(frozen=True)
class Accepted:
    """How many people were paired, and how many not, by reason (see REASONS)."""

    made: int
    skipped: Counter[str]


def seekers_of(user: User, region: Region, day: date) -> list[Seeker]:
    """Registered women and children of a region without a pairing that counts on the day, by village and household."""
    rows = (
        Standing.objects.visible_to(user)
        .filter(code_range("village_code", region.code), target=Target.PAIRING, eligible__contains_day=day)
        .exclude(covered__contains_day=day)
    )
    villages = dict(rows.values_list("unit_id", "village_code"))
    members = Membership.objects.filter(person__in=villages, period__contains=day).order_by("household_id", "person_id")
    told = members.values_list(
        "person_id", "person__name", "person__sex", "person__birth_date", "household_id", "household__head_name"
    )
    found = {
        pk: Seeker(pk, name, sex, age_on(born, day), villages[pk], home, head)
        for pk, name, sex, born, home, head in told
    }
    return sorted(found.values(), key=lambda one: (one.village, one.household_id, one.person_id))


def helpers_near(user: User, region: Region, day: date, rules: CountingRules) -> QuerySet[Helper]:
    """Helpers in office who count: of the township, its county and the city, as far as the user may choose them."""
    code = region.code
    found: QuerySet[Helper] = Helper.objects.offered_to(user).filter(
        code_range("region_id", code[:TOWNSHIP]) | Q(region_id__in=[code[:6], code[:4]]),
        active__contains=day,
        kind__in=[kind for kind in rules.helper_kinds if kind != Helper.Kind.SOCIETY],
    )
    return found.select_related("region").order_by("region_id", "name", "pk")


def suggest(user: User, region: Region, day: date) -> Suggestions:
    """Who could help whom; `region` is a township or a village. Reads only."""
    rules, seekers = rules_on(day), seekers_of(user, region, day)
    helpers = {one.pk: one for one in helpers_near(user, region, day, rules)}
    loads = load_of(list(helpers), day)
    homes: dict[int, list[Seeker]] = defaultdict(list)
    for one in seekers:
        homes[one.household_id].append(one)
    shares = assign(
        _groups(homes, helpers, day),
        [Candidate(pk, one.region_id, loads[pk], one.sex) for pk, one in helpers.items()],
        rules.helper_limit,
        same_sex=rules.same_sex_for_children,
    )
    offers: dict[int, list[Offer]] = defaultdict(list)
    waiting = {home: list(people) for home, people in homes.items()}
    for share in shares:
        people = [waiting[share.group].pop(0) for _one in range(share.size)]
        level = distance(people[0].village, helpers[share.helper].region_id)
        token = f"{share.helper}:{'.'.join(str(one.person_id) for one in people)}"
        offers[share.helper].append(Offer(token, people, _LEVELS[level or 0]))
    lines = [
        Line(helpers[pk], loads[pk], loads[pk] + sum(len(offer.people) for offer in offers[pk]), offers[pk])
        for pk in helpers
        if pk in offers
    ]
    return Suggestions(lines, [one for people in waiting.values() for one in people], len(seekers), rules)


def _groups(homes: dict[int, list[Seeker]], helpers: dict[int, Helper], day: date) -> list[Group]:
    barred: dict[int, set[int]] = defaultdict(set)
    for helper, home in own_homes(helpers.values(), list(homes), day):
        barred[home].add(helper)
    known: dict[int, set[int]] = defaultdict(set)
    pairings = Pairing.objects.filter(
        person__memberships__household__in=homes,
        person__memberships__period__contains=day,
        helper__in=helpers,
        kind=Pairing.Kind.PERSONAL,
        voided_at=None,
        period__contains=day,
    )
    for home, helper in pairings.values_list("person__memberships__household", "helper"):
        known[home].add(helper)
    return [
        Group(
            key=home,
            village=people[0].village,
            size=len(people),
            girls=sum(one.age < _CHILD and one.sex == Person.Sex.FEMALE for one in people),
            boys=sum(one.age < _CHILD and one.sex == Person.Sex.MALE for one in people),
            barred=frozenset(barred[home]),
            known=frozenset(known[home]),
        )
        for home, people in homes.items()
    ]


def read_tokens(tokens: Iterable[str]) -> list[tuple[int, int]]:
    """(helper, person) of each token; ValueError for what no page of ours has sent."""
    found = []
    for token in tokens:
        helper, _colon, people = token.partition(":")
        found += [(int(helper), int(person)) for person in people.split(".")]
    return found


def accept(*, by: User, region: Region, pairs: Sequence[tuple[int, int]], day: date) -> Accepted:
    """Write suggested pairings from `day` on. What has changed since the page was made is found here and left out, with
    the reason; AlreadyRecordedError where everybody has a helper already (the form was sent twice)."""
    if not can(by, Permission.RECORD_FACTS) or not by.covers(region.code):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("采纳结对建议")):
        people = {person for _helper, person in pairs}
        members = Membership.objects.filter(person__in=people, period__contains=day)
        homes = dict(members.values_list("person_id", "household_id"))
        # The same locks as recording by hand (campaigns/recording.py), then the helpers: nobody fills them beside us.
        list(Household.objects.select_for_update(no_key=True).filter(pk__in=set(homes.values())).order_by("pk"))
        near = helpers_near(by, region, day, rules_on(day)).filter(pk__in={helper for helper, _person in pairs})
        helpers = {one.pk: one for one in near.select_for_update(no_key=True, of=("self",)).order_by("pk")}
        checks = _Checks(by, region, day, people, homes, helpers)
        skipped: Counter[str] = Counter()
        made: list[Pairing] = []
        for helper, person in pairs:
            if reason := checks.why_not(helper, person):
                skipped[reason] += 1
            else:
                made.append(checks.pairing(helper, person))
        if not made and skipped and set(skipped) == {"paired"}:
            raise AlreadyRecordedError(_("所选的人都已有包联人，没有重复登记。"))
        Pairing.objects.bulk_create(made, batch_size=2000)
    return Accepted(len(made), skipped)


class _Checks:
    """What holds at the moment of writing, read after the locks; counts the places as they are filled."""

    def __init__(
        self, by: User, region: Region, day: date, people: set[int], homes: dict[int, int], helpers: dict[int, Helper]
    ) -> None:
        self.by, self.day, self.homes, self.helpers = by, day, homes, helpers
        stale = TouchedVillage.objects.filter(code_range("village_code", region.code))
        if villages := sorted(set(stale.values_list("village_code", flat=True))):
            coverage.settle(villages)
        rows = Standing.objects.visible_to(by).filter(
            code_range("village_code", region.code), target=Target.PAIRING, unit_id__in=people
        )
        self.villages = dict(rows.filter(eligible__contains_day=day).values_list("unit_id", "village_code"))
        rules = rules_on(day)
        self.limit, self.loads = rules.helper_limit, load_of(list(helpers), day)
        valid = Pairing.objects.filter(person__in=people, voided_at=None)
        counting = valid.filter(kind=Pairing.Kind.PERSONAL, period__contains=day, helper__active__contains=day)
        self.paired = set(counting.filter(helper__kind__in=rules.helper_kinds).values_list("person_id", flat=True))
        self.own = own_homes(helpers.values(), set(homes.values()), day)
        later = valid.filter(Q(period__upper_inf=True) | Q(period__endswith__gt=day), helper__in=helpers)
        self.together = set(later.values_list("helper_id", "person_id"))

    def why_not(self, helper: int, person: int) -> str:
        """The reason (see REASONS), "" for none."""
        if person not in self.villages or person not in self.homes:
            return "gone"
        if person in self.paired or (helper, person) in self.together:
            return "paired"
        if helper not in self.helpers:
            return "absent"
        if (helper, self.homes[person]) in self.own:
            return "own"
        return "full" if self.loads[helper] >= self.limit else ""

    def pairing(self, helper: int, person: int) -> Pairing:
        """One more person for the helper."""
        self.loads[helper] += 1
        self.paired.add(person)
        return Pairing(
            helper_id=helper,
            person_id=person,
            period=period(self.day),
            village_id=self.villages[person],
            recorded_by=self.by,
        )
