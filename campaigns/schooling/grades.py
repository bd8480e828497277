"""The check list of 1 September (升学核对): who moves up, who leaves grade 9, whom somebody must ask about."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.schooling.pupils import schooling_of
from households.access import code_range
from households.models import Enrolment, HouseholdSpell, Membership, Region, User
from households.periods import age_on
from households.roster.storage import promoted

GROUPS = {
    "unknown": _t("年级不详"),
    "old": _t("12岁及以上仍登记为小学"),
    "starts": _t("年满6周岁应入学"),
    "junior": _t("小学升初中"),
    "leaves": _t("初中毕业"),
    "up": _t("升一个年级"),
}
_STARTS_AT, _OLD_FOR_PRIMARY, _OLDEST = 6, 12, 19
MOST = 1000


@dataclass(frozen=True)
class GradeLine:
    """A child before and after 1 September."""

    name: str
    village: str
    household_id: int
    age: int
    school: str
    before: str
    after: str


@dataclass(frozen=True)
class GradeList:
    """Lines of the group asked for (at most MOST), and how many there are in each."""

    lines: list[GradeLine]
    counts: dict[str, int]


def september(day: date) -> date:
    """The next 1 September from the day on."""
    return date(day.year if day < date(day.year, 9, 2) else day.year + 1, 9, 1)


def grade_list(user: User, region: Region, first: date, group: str) -> GradeList:
    """Children of a region, as the user may see them, on the eve of 1 September `first`."""
    eve = first - timedelta(days=1)
    spells = HouseholdSpell.objects.visible_to(user).filter(code_range("village_id", region.code), period__contains=eve)
    villages = dict(spells.exclude(status=HouseholdSpell.Status.REMOVED).values_list("household", "village"))
    members = Membership.objects.filter(
        household__in=villages, period__contains=eve, person__birth_date__gt=first.replace(year=first.year - _OLDEST)
    )
    living = list(
        members.select_related("person").order_by("household__spells__village", "household", "person__birth_date")
    )
    living = list({one.person_id: one for one in living}.values())
    at_school = Enrolment.objects.filter(person__in=[one.person_id for one in living], period__contains=eve)
    enrolments = {one.person_id: one for one in at_school}
    counts = dict.fromkeys(GROUPS, 0)
    found: list[Membership] = []
    for member in living:
        kind = _group(enrolments.get(member.person_id), member.person.birth_date, first)
        if kind:
            counts[kind] += 1
        if kind == group and len(found) < MOST:
            found.append(member)
    paths = Region.objects.in_bulk({villages[one.household_id] for one in found})
    return GradeList([_line(one, enrolments, paths[villages[one.household_id]], first) for one in found], counts)


def _group(enrolment: Enrolment | None, born: date, first: date) -> str:
    age = age_on(born, first)
    if enrolment is None or enrolment.stage == Enrolment.Stage.PRESCHOOL:
        return "starts" if _STARTS_AT <= age < _OLD_FOR_PRIMARY else ""
    if enrolment.stage not in (Enrolment.Stage.PRIMARY, Enrolment.Stage.JUNIOR):
        return ""
    if enrolment.grade is None:
        old = enrolment.stage == Enrolment.Stage.PRIMARY and age >= _OLD_FOR_PRIMARY
        return "old" if old else "unknown"
    before = promoted(enrolment.stage, enrolment.grade, enrolment.period.lower, first - timedelta(days=1))
    if not before.stage:
        return ""
    now = promoted(enrolment.stage, enrolment.grade, enrolment.period.lower, first)
    return "leaves" if not now.stage else "junior" if now.stage != before.stage else "up"


def _line(member: Membership, enrolments: dict[int, Enrolment], village: Region, first: date) -> GradeLine:
    enrolment = enrolments.get(member.person_id)
    eve = first - timedelta(days=1)
    _stage, before, school = schooling_of([enrolment] if enrolment else [], eve)
    after = schooling_of([enrolment] if enrolment else [], first)[1]
    if enrolment is None or enrolment.stage == Enrolment.Stage.PRESCHOOL:
        after = _("一年级（待核实）")
    elif enrolment.grade is None:
        after = _("待核实")
    return GradeLine(
        name=member.person.name,
        village=village.path,
        household_id=member.household_id,
        age=age_on(member.person.birth_date, first),
        school=school,
        before=before or _("未登记就读"),
        after=after,
    )
