"""People who may stand in the register twice, as this viewer may see them: the list, a pair side by side, decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.batches import visible_batches
from campaigns.business_day import business_date
from campaigns.doubt_page import Comparison, compared, registered_values, village_paths
from campaigns.facts import Fact
from campaigns.household_page import homes
from campaigns.recording import days_text
from households import identity
from households.access import Permission, in_scope
from households.duplicates.finding import MOST_PEOPLE, REASONS, Reason, Suspicion, suspicions
from households.duplicates.merging import relations
from households.models import BatchPerson, Enrolment, HouseholdSpell, Membership, PairDecision, Person, Region, User
from households.roster.doubts import PAST
from households.wording import listed, word

PAGE_SIZE = 20


@dataclass(frozen=True)
class Side:
    """One of the two. `village` and `household` are those of the business date; `household_id` None: in none now."""

    person: Person
    detail: str
    number: str
    village: str
    household: str
    household_id: int | None


@dataclass(frozen=True)
class Pair:
    """Two people who may be one, and why."""

    sides: tuple[Side, Side]
    reasons: list[str]
    is_weak: bool


@dataclass(frozen=True)
class Queue:
    """One page of pairs. `must_choose`: there are too many people to compare them all, a county is needed."""

    pairs: list[Pair]
    total: int
    number: int
    next_number: int | None
    county: str
    counties: list[Region]
    must_choose: bool


@dataclass(frozen=True)
class Record:
    """One kind of what hangs on the two: a text or several for each side."""

    label: str
    values: list[list[str]]


@dataclass(frozen=True)
class SideBySide:
    """A pair with everything that helps to decide."""

    pair: Pair
    rows: list[Comparison]
    records: list[Record]


@dataclass(frozen=True)
class Outcome:
    """What a merge did: sentences, the kept person's values that differ from the other's, households left without members."""

    done: list[str]
    differing: list[Comparison]
    left_empty: list[tuple[int, str]]


def queue(user: User, county: str, number: int) -> Queue:
    """One page of the user's pairs, with one of them in `county` ("": anywhere). Raises ValueError for another county."""
    counties = list(Region.objects.visible_to(user).filter(level=Region.Level.COUNTY).order_by("position"))
    if county and county not in {one.code for one in counties}:
        raise ValueError(county)
    people = Person.objects.visible_to(user).filter(merged_into=None).count()
    must_choose = not county and people > MOST_PEOPLE
    found = [] if must_choose else suspicions(user, county)
    page = Paginator(found, PAGE_SIZE).get_page(number)
    return Queue(
        pairs=_pairs(user, list(page.object_list)),
        total=len(found),
        number=page.number,
        next_number=page.next_page_number() if page.has_next() else None,
        county=county,
        counties=counties if len(counties) > 1 else [],
        must_choose=must_choose,
    )


def side_by_side(user: User, found: Suspicion) -> SideBySide:
    """Both people of a pair that the user may see."""
    (pair,) = _pairs(user, [found])
    people = [side.person for side in pair.sides]
    return SideBySide(pair, _compared(user, people), _records(user, people))


def decisions(user: User) -> QuerySet[PairDecision]:
    """Decisions about two people whom the user may both see, the latest first."""
    both = in_scope("kept__county_code", user.regions) & in_scope("other__county_code", user.regions)
    people = ("kept", "other", "decided_by", "undone_by")
    return PairDecision.objects.filter(both).select_related(*people).order_by("-pk")


def outcome(user: User, decision: PairDecision) -> Outcome:
    """What a merge that the user may see did, and what it left open."""
    report = decision.report
    fields = {field.attname: str(field.verbose_name) for field in Person._meta.concrete_fields}
    done = [
        _("%(table)s：%(what)s") % {"table": _table(label), "what": listed(_counted(counts))}
        for label, counts in report["rows"].items()
    ]
    if report["filled"]:
        labels = listed(fields[name] for name in report["filled"])
        done.append(_("补齐保留记录中空缺的项目：%(labels)s") % {"labels": labels})
    empty = homes(user).filter(household__in=report["left_empty"])
    return Outcome(
        done=done,
        differing=[row for row in _compared(user, [decision.kept, decision.other]) if row.differs],
        left_empty=[(home.household_id, str(home.household)) for home in empty],
    )


_DONE = {
    "moved": gettext_lazy("转入%(n)s条"),
    "cut": gettext_lazy("因重叠缩短%(n)s条"),
    "voided": gettext_lazy("因重复作废%(n)s条"),
    "removed": gettext_lazy("因完全重叠撤下%(n)s条"),
    "stayed": gettext_lazy("因重复未转入%(n)s条"),
}
# Tables that nobody but the two sides of a merge shows.
_TABLES = {
    "households.stagedrow": gettext_lazy("导入明细"),
    "households.batchperson": gettext_lazy("导入记录"),
    "households.missingdecision": gettext_lazy("名册未列的处理"),
    "households.person": gettext_lazy("此前并入的记录"),
}


def _table(label: str) -> str:
    return str(_TABLES.get(label) or apps.get_model(label)._meta.verbose_name)


def _counted(counts: dict[str, int]) -> list[str]:
    return [str(text) % {"n": counts[what]} for what, text in _DONE.items() if what in counts]


def _pairs(user: User, found: Sequence[Suspicion]) -> list[Pair]:
    sides = _sides(user, {pk for one in found for pk in (one.first, one.second)})
    return [
        Pair((sides[one.first], sides[one.second]), [_reason(reason, one) for reason in one.reasons], one.is_weak)
        for one in found
    ]


def _reason(reason: Reason, found: Suspicion) -> str:
    """In words; where the numbers differ is told, never what stands there."""
    text = str(REASONS[reason])
    if reason in (Reason.ONE_DIGIT, Reason.EXCHANGED):
        places = listed(str(position) for position in found.positions)
        return _("%(reason)s（第%(places)s位）") % {"reason": text, "places": places}
    return text


def _sides(user: User, pks: Iterable[int]) -> dict[int, Side]:
    day = business_date()
    people = Person.objects.visible_to(user).in_bulk(list(pks))
    members = {
        member.person_id: member
        for member in Membership.objects.visible_to(user)
        .filter(person__in=people, period__contains=day)
        .select_related("household")
    }
    spells = HouseholdSpell.objects.visible_to(user).filter(
        household__in=[member.household_id for member in members.values()], period__contains=day
    )
    villages = {spell.household_id: spell.village.path for spell in spells.select_related("village")}
    sides = {}
    for pk, person in people.items():
        member = members.get(pk)
        sides[pk] = Side(
            person=person,
            detail=f"{person.get_sex_display()} {person.birth_date}",
            number=identity.mask_id(person.id_number or ""),
            village=villages.get(member.household_id, "") if member else str(PAST),
            household=str(member.household) if member else "",
            household_id=member.household_id if member else None,
        )
    return sides


def _compared(user: User, people: Sequence[Person]) -> list[Comparison]:
    members = Membership.objects.visible_to(user).filter(person__in=people).select_related("household")
    last = {member.person_id: member for member in members.order_by("period")}
    columns = [registered_values(person, last.get(person.pk)) for person in people]
    villages = village_paths(str(values.get("village_code") or "") for values in columns)
    return compared(columns, villages, sensitive=user.may(Permission.VIEW_SENSITIVE))


def _records(user: User, people: Sequence[Person]) -> list[Record]:
    """Where and when each lived and went to school, what is recorded about her, which imports named her."""
    records = [
        Record(_("户籍登记"), [_memberships(user, person) for person in people]),
        Record(_("就读情况"), [_enrolments(user, person) for person in people]),
    ]
    for model, name, _column, _rule in relations():
        if issubclass(model, Fact):
            values = [_facts(user, model, name, person) for person in people]
            records.append(Record(str(model._meta.verbose_name), values))
    records.append(Record(_("导入记录"), [_imports(user, person) for person in people]))
    return records


def _memberships(user: User, person: Person) -> list[str]:
    members = list(
        Membership.objects.visible_to(user).filter(person=person).select_related("household").order_by("period")
    )
    spells = HouseholdSpell.objects.visible_to(user).filter(household__in=[one.household_id for one in members])
    villages = dict(spells.order_by("period").values_list("household_id", "village_id"))
    paths = village_paths(villages.values())
    return [
        " · ".join(
            filter(
                None,
                (
                    days_text(one.period),
                    paths.get(villages.get(one.household_id, "")),
                    str(one.household),
                    word(one.relation) if one.relation else "",
                    str(one.get_end_reason_display()) if one.end_reason else "",
                ),
            )
        )
        for one in members
    ]


def _enrolments(user: User, person: Person) -> list[str]:
    rows = Enrolment.objects.visible_to(user).filter(person=person).order_by("period")
    return [f"{days_text(one.period)} · {one.get_stage_display()} {one.school}".strip() for one in rows]


def _facts(user: User, model: type[Fact], name: str, person: Person) -> list[str]:
    """How many facts of one kind: valid ones, and voided ones where there are any."""
    rows = model.objects.visible_to(user).filter(**{name: person})
    counts = rows.aggregate(valid=Count("pk", filter=Q(voided_at=None)), voided=Count("pk", filter=~Q(voided_at=None)))
    texts = []
    if counts["valid"]:
        texts.append(_("%(n)s条") % {"n": counts["valid"]})
    if counts["voided"]:
        texts.append(_("已作废%(n)s条") % {"n": counts["voided"]})
    return texts


def _imports(user: User, person: Person) -> list[str]:
    rows = BatchPerson.objects.filter(person=person, batch__in=visible_batches(user)).select_related("batch")
    return [_import(one) for one in rows.order_by("batch__applied_at")]


def _import(one: Any) -> str:
    applied = f"{one.batch.applied_at:%Y-%m-%d}" if one.batch.applied_at else ""
    return " · ".join(filter(None, (applied, one.batch.file_name, str(one.get_outcome_display()))))
