"""The insurance at work in a region on a day: who is missing, waiting, next, expiring, refused; by village, in keyset pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Least
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import InsuredPerson, Scheme, Standing, Target
from households import identity
from households.access import Permission, code_range
from households.models import Membership, Person, Region, User
from households.periods import ONE_DAY, age_on, last_day, years_after
from households.village_order import behind, line_key

PAGE_SIZE = 50
DAYS_CHOICES, DEFAULT_DAYS = (30, 60, 90, 180, 365), 60
State = InsuredPerson.State
_t = gettext_lazy


@dataclass(frozen=True)
class AskedList:
    """Whose lists: of a region on a day, under a scheme (None: there is none); `days` is how soon "soon" is."""

    user: User
    region: Region
    day: date
    scheme: Scheme | None
    days: int = DEFAULT_DAYS


@dataclass(frozen=True)
class Line:
    """One woman as this viewer may see her. `number`: masked. `key` continues the next page after it."""

    key: str
    village: str
    name: str
    age: int
    number: str
    household_id: int | None
    detail: str
    state: str


@dataclass(frozen=True)
class WorkList:
    """One list: rows(asked) are Standing or InsuredPerson rows; detail_title heads what `_details` tells."""

    key: str
    title: str | Promise
    note: str | Promise
    detail_title: str | Promise
    rows: Callable[[AskedList], QuerySet[Any]]


def schemes_on(day: date) -> list[Scheme]:
    """The schemes whose year contains the day, the latest first; else the last one that there was."""
    found = list(Scheme.objects.filter(period__contains=day).order_by("-reference_day", "-pk"))
    return found or list(Scheme.objects.filter(period__fully_lt=(day, None)).order_by("-reference_day", "-pk")[:1])


# --- who is on which list -------------------------------------------------------------------------------------------


def _standing(asked: AskedList, target: Target) -> QuerySet[Standing]:
    found: QuerySet[Standing] = Standing.objects.visible_to(asked.user).filter(
        code_range("village_code", asked.region.code), target=target, eligible__contains_day=asked.day
    )
    return found


def uninsured(asked: AskedList) -> QuerySet[Standing]:
    """Eligible on the day and not covered: exactly the gap of the target."""
    return _standing(asked, Target.INSURANCE).exclude(covered__contains_day=asked.day)


def reached(years: int) -> Cast:
    """The day on which a person reaches an age, as the targets reckon it."""
    interval = Func(
        Value(years), function="make_interval", template="make_interval(years => %(expressions)s)",
        output_field=DurationField(),
    )  # fmt: skip
    return Cast(ExpressionWrapper(F("birth_date") + interval, output_field=DateTimeField()), DateField())


def next_batch_until(scheme: Scheme) -> date:
    """The last day that the next batch looks forward to: a year after the reference day, or the scheme's last day."""
    return max(years_after(scheme.reference_day, 1), last_day(scheme.period) or scheme.reference_day)


def next_batch(asked: AskedList) -> QuerySet[Standing]:
    """Registered women who were too young on the reference day and reach the lowest age within the year after it."""
    found = _standing(asked, Target.PAIRING)
    if asked.scheme is None:
        return found.none()
    scheme = asked.scheme
    young = Person.objects.annotate(old_enough=reached(scheme.min_age)).filter(
        sex=Person.Sex.FEMALE, old_enough__gt=scheme.reference_day, old_enough__lte=next_batch_until(scheme)
    )
    return found.filter(unit_id__in=young.values("pk"))


def _insured(asked: AskedList, state: str) -> QuerySet[Any]:
    """Valid records of a state; `ends` is the day after the last day of cover."""
    found: QuerySet[Any] = (
        InsuredPerson.objects.visible_to(asked.user)
        .filter(code_range("village_id", asked.region.code), voided_at=None, state=state)
        .annotate(ends=Least(F("period__endswith"), F("policy__period__endswith")))
    )
    return found


def _cover_after(day: Any) -> Exists:
    """Is the person accepted on a policy that runs on a day and after it?"""
    later = (
        InsuredPerson.objects.filter(person=OuterRef("person"), voided_at=None, state=State.ACCEPTED)
        .annotate(end=Least(F("period__endswith"), F("policy__period__endswith")))
        .filter(end__gt=day)
    )
    return Exists(later)


def enrolled(asked: AskedList) -> QuerySet[Any]:
    """On a list that went to the insurer, and not accepted yet."""
    return _insured(asked, State.ENROLLED).filter(~_cover_after(asked.day), ends__gt=asked.day)


def refused(asked: AskedList) -> QuerySet[Any]:
    """Refused under a policy that still runs, and not covered otherwise."""
    return _insured(asked, State.REFUSED).filter(~_cover_after(asked.day), ends__gt=asked.day)


def expiring(asked: AskedList) -> QuerySet[Any]:
    """Cover ends within the days to come, or ended within as many days before, and no later cover follows."""
    first, last = asked.day - timedelta(days=asked.days), asked.day + timedelta(days=asked.days)
    return _insured(asked, State.ACCEPTED).filter(
        ~_cover_after(OuterRef("ends")), ends__gt=first, ends__lte=last + ONE_DAY
    )


LISTS = (
    WorkList(
        "uninsured", _t("符合条件未承保"), _t("符合年龄、当天没有有效保单的建档立卡妇女。"), _t("办理情况"), uninsured
    ),
    WorkList("enrolled", _t("已报名待承保"), _t("已报送名单、承保单位还没有承保的。"), _t("保单号"), enrolled),
    WorkList("next", _t("下一批"), _t("年龄计算日还不到年龄，之后一年内到年龄的。"), _t("到龄日期"), next_batch),
    WorkList("expiring", _t("即将到期"), _t("保险即将到期，或刚到期还没有续保的。"), _t("保险止期"), expiring),
    WorkList("refused", _t("未承保"), _t("承保单位没有承保的。"), _t("未承保原因"), refused),
)
BY_KEY = {one.key: one for one in LISTS}


# --- one page -------------------------------------------------------------------------------------------------------


def page(asked: AskedList, listed: WorkList, after: str = "") -> tuple[list[Line], str]:
    """Lines and the key of the next page ("": the last one); raises ValueError for the key of no page."""
    rows = listed.rows(asked)
    is_standing = rows.model is Standing
    village, unit = ("village_code", "unit_id") if is_standing else ("village_id", "pk")
    if after:
        rows = rows.filter(behind(after, village, unit))
    found = list(rows.order_by(village, unit)[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if found[PAGE_SIZE:] else None
    more = line_key(getattr(last, village), getattr(last, unit)) if last else ""
    keyed = [
        (row, getattr(row, village), row.unit_id if is_standing else row.person_id, getattr(row, unit))
        for row in found[:PAGE_SIZE]
    ]
    return _lines(asked, listed, keyed), more


def _lines(asked: AskedList, listed: WorkList, keyed: list[tuple[Any, str, int, int]]) -> list[Line]:
    """Rows with village, person and key → lines."""
    people = Person.objects.in_bulk({person for _row, _village, person, _key in keyed})
    villages = Region.objects.in_bulk({village for _row, village, _person, _key in keyed})
    homes = dict(
        Membership.objects.filter(person__in=people, period__contains=asked.day).values_list("person", "household")
    )
    told = _details(asked, listed, [row for row, *_others in keyed], people)
    sensitive = asked.user.may(Permission.VIEW_SENSITIVE)
    return [
        Line(
            key=f"{village}-{key}",
            village=villages[village].path,
            name=people[person].name,
            age=age_on(people[person].birth_date, asked.day),
            number=identity.mask_id(people[person].id_number or "") if sensitive else "",
            household_id=homes.get(person),
            detail=detail,
            state=state,
        )
        for (_row, village, person, key), (detail, state) in zip(keyed, told, strict=True)
    ]


def _details(asked: AskedList, listed: WorkList, rows: list[Any], people: dict[int, Person]) -> list[tuple[str, str]]:
    """What each row's list says of her, and a word for her state ("" for none)."""
    if listed.key == "uninsured":
        return _steps(asked, rows)
    if listed.key == "next":
        assert asked.scheme is not None
        days = [years_after(people[row.unit_id].birth_date, asked.scheme.min_age) for row in rows]
        return [(f"{day:%Y-%m-%d}", _("已到龄") if day <= asked.day else "") for day in days]
    if listed.key == "expiring":
        return [
            (f"{row.ends - ONE_DAY:%Y-%m-%d}", _("已到期未续保") if row.ends <= asked.day else _("即将到期"))
            for row in rows
        ]
    if listed.key == "enrolled":
        numbers = dict(InsuredPerson.objects.filter(pk__in=[r.pk for r in rows]).values_list("pk", "policy__number"))
        return [(numbers[row.pk], "") for row in rows]
    if asked.user.may(Permission.VIEW_SENSITIVE):
        return [(row.reason_refused, "") for row in rows]
    return [(_("已登记") if row.reason_refused else "", "") for row in rows]


def _steps(asked: AskedList, rows: list[Standing]) -> list[tuple[str, str]]:
    """How far an uninsured woman is: enrolled, refused, explained, or nothing done."""
    units = [row.unit_id for row in rows]
    records = InsuredPerson.objects.filter(person__in=units, voided_at=None, policy__period__contains=asked.day)
    states = dict(records.order_by("pk").values_list("person", "state"))
    explained = set(
        Standing.objects.filter(
            target=Target.INSURANCE, unit_id__in=units, explained__contains_day=asked.day
        ).values_list("unit_id", flat=True)
    )
    words = {State.ENROLLED: _("已报名待承保"), State.REFUSED: _("未承保")}
    return [
        (
            words.get(State(states[unit]), "") if unit in states else _("未报名"),
            _("已说明") if unit in explained else "",
        )
        for unit in units
    ]
