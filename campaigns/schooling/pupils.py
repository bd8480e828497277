"""The year's list of pupils (学生名单): who is on it, since when and why, who left it and why, who is aided and paired."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.models import DateMultiRangeField, Grant, Standing, Target
from campaigns.room import Asked
from campaigns.schooling.figures import counting_grants, of_year, with_paid
from campaigns.schooling.funds import Pledge
from households.access import code_range
from households.models import Enrolment, HouseholdSpell, Membership, Person, Region, User
from households.periods import ONE_DAY, age_on, years_after
from households.roster.storage import promoted
from households.village_order import behind, line_key

PAGE_SIZE = 50
CHUNK = 500
_GRADES = _t("一二三四五六七八九")


@DateMultiRangeField.register_lookup
class Meets(models.Lookup[Any]):
    """`eligible__meets=(first, last)`: on any day from first to last, both inclusive."""

    lookup_name = "meets"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} && daterange(%s, %s, '[]')", (*left_params, *self.rhs)


@dataclass(frozen=True)
class Pupil:
    """One line of the list. `left`: her last day on it, None while she is; `paired`: paid, unpaid or none."""

    key: str
    person: Person
    village: str
    village_code: str
    household_id: int | None
    age: int
    stage: str
    schooling: str
    school: str
    entered: date
    entry: str
    left: date | None
    exit: str
    grants: int
    yuan: Decimal | None
    paired: str
    paired_label: str


@dataclass(frozen=True)
class PupilPage:
    """Lines of one page and the key of the next page ("": the last one)."""

    lines: list[Pupil]
    next_key: str


STATES = {"gap": _t("未受助"), "covered": _t("已受助")}


def rows_of(user: User, region: Region, asked: Asked, state: str = "") -> QuerySet[Any]:
    """The list's rows of a region as the user may see them, in village order: once on the list in the year up to the day;
    with a state of STATES those on it on the day who are aided, or not."""
    found: QuerySet[Any] = (
        Standing.objects.visible_to(user)
        .filter(
            code_range("village_code", region.code), target=Target.SCHOOLING, eligible__meets=(asked.start, asked.day)
        )
        .order_by("village_code", "unit_id")
    )
    if state in STATES:
        found = found.filter(eligible__contains_day=asked.day)
        aided = models.Q(covered__contains_day=asked.day)
        found = found.filter(aided) if state == "covered" else found.exclude(aided)
    return found


def page_of(user: User, region: Region, asked: Asked, after: str = "", state: str = "") -> PupilPage:
    """One page; raises ValueError for a key of no page."""
    rows = rows_of(user, region, asked, state)
    if after:
        rows = rows.filter(behind(after, "village_code", "unit_id"))
    found = list(rows[: PAGE_SIZE + 1])
    lines = lines_of(found[:PAGE_SIZE], asked)
    return PupilPage(lines, lines[-1].key if len(found) > PAGE_SIZE else "")


def every_line(user: User, region: Region, asked: Asked, state: str = "") -> Iterator[Pupil]:
    """The whole list, a few hundred at a time."""
    found: list[Standing] = []
    for row in rows_of(user, region, asked, state).iterator(chunk_size=CHUNK):
        found.append(row)
        if len(found) == CHUNK:
            yield from lines_of(found, asked)
            found = []
    yield from lines_of(found, asked)


def present(user: User, region: Region, asked: Asked, *, most: int) -> list[Pupil]:
    """Those on the list on the day, at most so many and one more."""
    rows = rows_of(user, region, asked).filter(eligible__contains_day=asked.day)
    return lines_of(list(rows[: most + 1]), asked)


@dataclass(frozen=True, slots=True)
class _Around:
    """What tells about the people of some lines."""

    people: dict[int, Person]
    memberships: dict[int, list[Membership]]
    enrolments: dict[int, list[Enrolment]]
    spells: dict[int, list[HouseholdSpell]]
    villages: dict[str, Region]
    aid: dict[int, tuple[int, Decimal | None]]
    pledges: dict[int, list[Any]]


def lines_of(rows: Sequence[Standing], asked: Asked) -> list[Pupil]:
    """The lines of rows of the list (whose visibility the caller has checked)."""
    around = _around(rows, asked)
    return [_line(row, around, asked) for row in rows if row.unit_id in around.people]


def _around(rows: Sequence[Standing], asked: Asked) -> _Around:
    people = Person.objects.in_bulk([row.unit_id for row in rows])
    memberships = _by(Membership.objects.filter(person__in=people).order_by("period"), "person_id")
    homes = {one.household_id for found in memberships.values() for one in found}
    grants = Grant.objects.filter(person__in=people, granted_on__range=(asked.start, asked.day))
    aid = counting_grants(grants, asked).values_list("person").annotate(Count("pk"), Sum("amount"))
    pledges = Pledge.objects.filter(of_year(asked), person__in=people, voided_at=None)
    return _Around(
        people=people,
        memberships=memberships,
        enrolments=_by(Enrolment.objects.filter(person__in=people).order_by("period"), "person_id"),
        spells=_by(HouseholdSpell.objects.filter(household__in=homes).order_by("period"), "household_id"),
        villages=Region.objects.in_bulk({row.village_code for row in rows}),
        aid={person: (count, yuan) for person, count, yuan in aid},
        pledges=_by(with_paid(pledges, asked).order_by("pk"), "person_id"),
    )


def _by(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _line(row: Standing, around: _Around, asked: Asked) -> Pupil:
    person = around.people[row.unit_id]
    parts = sorted((part for part in row.eligible if part.lower <= asked.day), key=lambda part: part.lower)
    first, last = max(parts[0].lower, asked.start), parts[-1].upper
    left = last - ONE_DAY if last is not None and last <= asked.day else None
    day = left or asked.day
    stage, schooling, school = schooling_of(around.enrolments[person.pk], day)
    homes = [one for one in around.memberships[person.pk] if day in one.period]
    grants, yuan = around.aid.get(person.pk, (0, None))
    paired, label = _pair_state(around.pledges[person.pk])
    return Pupil(
        key=line_key(row.village_code, row.unit_id),
        person=person,
        village=around.villages[row.village_code].path,
        village_code=row.village_code,
        household_id=homes[0].household_id if homes else None,
        age=age_on(person.birth_date, day),
        stage=stage,
        schooling=schooling,
        school=school,
        entered=first,
        entry=_entry(person, row, first, around, asked),
        left=left,
        exit=_exit(person, last, around) if left and last else "",
        grants=grants,
        yuan=yuan,
        paired=paired,
        paired_label=label,
    )


def schooling_of(enrolments: Sequence[Enrolment], day: date) -> tuple[str, str, str]:
    """Stage (primary, junior, …), grade in words, and school of a day, or of the last time at school before it."""
    begun = [one for one in enrolments if one.period.lower <= day]
    if not begun:
        return "", "", ""
    now = promoted(begun[-1].stage, begun[-1].grade, begun[-1].period.lower, day)
    if not now.stage:
        return "", _("义务教育阶段已毕业"), begun[-1].school
    if now.grade is not None and now.grade <= len(str(_GRADES)):
        return now.stage, _("%(grade)s年级") % {"grade": str(_GRADES)[now.grade - 1]}, begun[-1].school
    return now.stage, str(Enrolment.Stage(now.stage).label), begun[-1].school


def _entry(person: Person, row: Standing, first: date, around: _Around, asked: Asked) -> str:
    """Why she is on the list of this village since that day."""
    if first <= asked.start:
        return _("年初在册")
    memberships = around.memberships[person.pk]
    if any(one.period.lower == first for one in memberships):
        return _("迁入本户") if any(one.period.upper == first for one in memberships) else _("新增成员")
    for spell in (one for member in memberships for one in around.spells[member.household_id]):
        if spell.period.lower == first and spell.village_id == row.village_code:
            before = [one for one in around.spells[spell.household_id] if one.period.upper == first]
            return _("随户迁入") if before and before[0].village_id != spell.village_id else _("本户新登记")
    if any(one.period.lower == first for one in around.enrolments[person.pk]):
        return _("新入学")
    return _("符合条件")


def _exit(person: Person, until: date, around: _Around) -> str:
    """Why she is off the list from that day on. Who leaves grade 9 stays on it until the year's end."""
    memberships = around.memberships[person.pk]
    for one in memberships:
        if one.period.upper == until:
            return str(one.get_end_reason_display()) if one.end_reason else _("迁往他户")
    for member in memberships:
        spells = around.spells[member.household_id]
        for ended in (one for one in spells if one.period.upper == until):
            after = [one for one in spells if one.period.lower == until]
            if not after:
                return _("本户停止登记")
            if after[0].village_id != ended.village_id:
                return _("随户迁出")
            return str(after[0].get_status_display())
    if years_after(person.birth_date, 18) == until:
        return _("年满18周岁")
    return _("不再符合条件")


PAIR_LABELS = {"none": _t("未结对"), "unpaid": _t("已结对未发放"), "paid": _t("已结对已发放")}


def _pair_state(pledges: Sequence[Any]) -> tuple[str, str]:
    key = "none" if not pledges else "paid" if all(one.paid >= one.amount for one in pledges) else "unpaid"
    return key, str(PAIR_LABELS[key])
