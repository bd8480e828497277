"""Merges a person's record into another's, and parts them again exactly as they were.

Everything that refers to the person follows by the rule its model declares (merge_rules.py), found through Person's own
metadata, so that a room's facts are reached without being known here. Nothing is deleted but a period of which no day is
left; the change history keeps it. Undoing reads that history: what the merge wrote comes back, or nothing does.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from households.access import Permission, steward
from households.duplicates.models import PairDecision
from households.intake.applying import lock_register_at_once
from households.intake.undo_plan import Plan, Touched, carry_out, touched
from households.merge_rules import Follows, InTurn, MergeRule, Once, Spare, Stays
from households.models import Enrolment, Household, Membership, Person, User
from households.periods import without
from households.querysets import can
from households.roster.storage import promoted

MERGE, PART = "merge", "part"
# Stored with the fact, as the officers' own words are.
DOUBLE = gettext_noop("人员合并：与同一人的另一条记录重复")
# A record's own identity and place; everything else fills what the kept person lacks.
_OWN = frozenset(
    {"id", "name", "pinyin", "county_code", "id_number", "id_index", "weak_index", "survey", "merged_into_id"}
)
_BLANK: tuple[Any, ...] = (None, "", [])

Choice = PairDecision.Choice


class MergeRefused(Exception):  # noqa: N818 - it is an answer, not a fault
    """Two people cannot be merged, or not be parted; the text is for the officer: cause and remedy."""


class Relation(NamedTuple):
    """A foreign key to Person: its table, name and column, and what becomes of its rows."""

    model: type[models.Model]
    name: str
    column: str
    rule: MergeRule

    @property
    def has_history(self) -> bool:
        """Is the table's every change in the change history?"""
        return hasattr(self.model, "pgh_event_model")


def relations() -> list[Relation]:
    """Every foreign key to Person but those of the history. AttributeError or KeyError for one without a rule."""
    found = []
    for relation in Person._meta.get_fields(include_hidden=True):
        owner: Any = relation.related_model
        if isinstance(relation, ForeignObjectRel) and not issubclass(owner, pghistory.models.Event):
            field = relation.field
            found.append(Relation(owner, field.name, str(field.column), owner.merge_rules[field.name]))
    return found


def open_decision(one: int, other: int) -> PairDecision | None:
    """What is decided about two people now."""
    pair = Q(kept=one, other=other) | Q(kept=other, other=one)
    return PairDecision.objects.filter(pair, undone_at=None).first()


def tell_apart(*, one: int, other: int, reason: str, by: User) -> PairDecision:
    """Remember that two people are not one. Decided already: that decision."""
    _check_sight(by, [one, other])
    try:
        with transaction.atomic():
            return PairDecision.objects.create(
                choice=Choice.DIFFERENT, kept_id=one, other_id=other, reason=reason, decided_by=by
            )
    except IntegrityError:
        decided = open_decision(one, other)
        assert decided is not None
        return decided


def merge(*, kept: int, other: int, reason: str, by: User) -> PairDecision:
    """Make `other` a record of `kept`. Decided already: that decision.

    MergeRefused where somebody imports, a county of theirs is not the user's, or one of them is merged into a third.
    """
    _check_sight(by, [kept, other])
    with steward():
        people = _locked(kept, other)
        decided = open_decision(kept, other)
        if decided is not None:
            return decided
        _check_reach(by, [kept, other])
        if any(person.merged_into_id for person in people.values()):
            raise MergeRefused(_("其中一人已经并入别人。请在疑似重复人员中重新核对。"))
        decision = PairDecision.objects.create(
            choice=Choice.SAME, kept_id=kept, other_id=other, reason=reason, decided_by=by
        )
        with pghistory.context(user=by.pk, reason=MERGE, batch=str(decision.pk)):
            decision.report = _Merge(people[kept], people[other]).carry_out()
        decision.save(update_fields=["report"])
        return decision


def obstacles(decision: PairDecision) -> list[str]:
    """Why a merge cannot be undone now, in words; empty when it can."""
    with steward():
        return _parting(decision)[1]


def take_back(decision_id: int, *, by: User) -> bool:
    """Undo a decision: the pair is open again, merged people are two again. False: it was undone already.

    MergeRefused where something changed since that undoing would overwrite.
    """
    with steward():
        found = PairDecision.objects.get(pk=decision_id)
        _check_sight(by, [found.kept_id, found.other_id])
        if found.choice == Choice.SAME:
            _locked(found.kept_id, found.other_id)
        decision = PairDecision.objects.select_for_update().get(pk=decision_id)
        if decision.undone_at is not None:
            return False
        if decision.choice == Choice.SAME:
            _check_reach(by, [decision.kept_id, decision.other_id])
            with pghistory.context(user=by.pk, reason=PART, batch=str(decision.pk)):
                _part(decision)
            # What the merge removed is there again: it may be of a county that nothing showed before.
            _check_reach(by, [decision.kept_id, decision.other_id])
        decision.undone_at, decision.undone_by = timezone.now(), by
        decision.save(update_fields=["undone_at", "undone_by"])
        return True


def _locked(kept: int, other: int) -> dict[int, Person]:
    """Both people, locked with their households: whoever records a fact meanwhile has finished, or finds them merged."""
    if not lock_register_at_once():
        raise MergeRefused(_("登记簿正在导入其他名册。请稍后再试。"))
    homes = Membership.objects.filter(person__in=[kept, other]).values("household")
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk"))
    people = Person.objects.select_for_update().filter(pk__in=[kept, other]).order_by("pk")
    return {person.pk: person for person in people}


def _check_sight(by: User, people: Sequence[int]) -> None:
    """Both are people whom the user sees and may decide about."""
    seen = Person.objects.visible_to(by).filter(pk__in=people).count()
    if not can(by, Permission.EDIT_REGISTER) or seen < len(people):
        raise PermissionDenied


def _check_reach(by: User, people: Sequence[int]) -> None:
    """Everything that moves must be the user's business."""
    counties = set(Membership.objects.filter(person__in=people).values_list("county_code", flat=True))
    if not all(by.covers(county) for county in counties):
        raise MergeRefused(_("其中一人在其他县（市、区）也有登记，请由市妇联处理。"))


# --- merging ----------------------------------------------------------------------------------------------------------


class _Merge:
    """One merge being carried out; `report` is described at PairDecision."""

    def __init__(self, kept: Person, other: Person) -> None:
        self.kept, self.other = kept, other
        self.rows: dict[str, Counter[str]] = defaultdict(Counter)
        self.followed: dict[str, list[int]] = {}

    def carry_out(self) -> dict[str, Any]:
        homes = _open_homes(Membership.objects.filter(person=self.other).values_list("household", flat=True))
        for relation in relations():
            match relation.rule:
                case Stays():
                    continue
                case Follows():
                    self._follow(relation, [])
                case Once():
                    self._once(relation, relation.rule)
                case InTurn():
                    self._in_turn(relation, relation.rule)
        return {
            "filled": self._fill(),
            "rows": {label: dict(counts) for label, counts in self.rows.items()},
            "followed": self.followed,
            "left_empty": sorted(homes - _open_homes(homes)),
        }

    def _count(self, model: type[models.Model], what: str, number: int = 1) -> None:
        if number:
            self.rows[model._meta.label_lower][what] += number

    def _follow(self, relation: Relation, staying: Iterable[int]) -> None:
        rows = relation.model._default_manager.filter(**{relation.name: self.other}).exclude(pk__in=list(staying))
        pks = list(rows.values_list("pk", flat=True))
        relation.model._default_manager.filter(pk__in=pks).update(**{relation.name: self.kept})
        self._count(relation.model, "moved", len(pks))
        if pks and not relation.has_history:
            self.followed[relation.model._meta.label_lower] = pks

    def _once(self, relation: Relation, rule: Once) -> None:
        staying = []
        for alike in self._alike(relation, rule):
            for row in alike[1:]:
                if rule.spare is Spare.STAYS:
                    staying.append(row.pk)
                    self._count(relation.model, "stayed")
                else:
                    self._spare(row, rule.spare)
        self._follow(relation, staying)

    def _in_turn(self, relation: Relation, rule: InTurn) -> None:
        """Cut what overlaps, let the rest follow, and add the pieces beyond a row in the middle."""
        pieces: list[tuple[Any, dict[str, Any]]] = []
        for alike in self._alike(relation, rule):
            before: list[Any] = []
            for row in alike:
                left = without(row.period, [one.period for one in before])
                if left != [row.period]:
                    parts = [part for part in (_part_of(row, days, before) for days in left) if part is not None]
                    if parts:
                        type(row)._default_manager.filter(pk=row.pk).update(**parts[0])
                        pieces += [(row, part) for part in parts[1:]]
                        self._count(relation.model, "cut")
                    else:
                        self._spare(row, rule.spare)
                before.append(row)
        self._follow(relation, [])
        for row, part in pieces:
            _insert_part(row, part | {relation.column: self.kept.pk})

    def _alike(self, relation: Relation, rule: Once | InTurn) -> list[list[Any]]:
        """Valid rows of both people that agree in the rule's fields, by rank; without those of one person only."""
        rows = relation.model._default_manager.filter(**{f"{relation.name}__in": [self.kept, self.other]})
        if rule.spare is Spare.VOIDED:
            rows = rows.filter(voided_at=None)
        groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row in rows.order_by("pk"):
            groups[tuple(getattr(row, name) for name in rule.fields)].append(row)

        def rank(row: Any) -> tuple[bool, bool]:
            is_best = rule.best is not None and getattr(row, rule.best[0]) == rule.best[1]
            return not is_best, getattr(row, relation.column) != self.kept.pk

        return [
            sorted(rows, key=rank) for rows in groups.values() if len({getattr(r, relation.column) for r in rows}) == 2
        ]

    def _spare(self, row: Any, spare: Spare) -> None:
        if spare is Spare.VOIDED:
            type(row)._default_manager.filter(pk=row.pk).update(voided_at=timezone.now(), void_reason=DOUBLE)
        else:
            type(row)._default_manager.filter(pk=row.pk).delete()
        self._count(type(row), str(spare))

    def _fill(self) -> list[str]:
        """What the kept person lacks comes from the other; a number comes with the sex and birth date it tells."""
        kept, other = self.kept, self.other
        filled = {
            field.attname: getattr(other, field.attname)
            for field in Person._meta.concrete_fields
            if field.attname not in _OWN
            and getattr(kept, field.attname) in _BLANK
            and getattr(other, field.attname) not in _BLANK
        }
        if other.survey.keys() - kept.survey.keys():
            filled["survey"] = other.survey | kept.survey
        gives_number = kept.id_index is None and other.id_index is not None
        if gives_number:
            filled |= {name: getattr(other, name) for name in ("id_number", "id_index", "sex", "birth_date")}
        # The number is one person's at any moment: the other lets go of it first.
        Person.objects.filter(pk=other.pk).update(
            merged_into=kept, **({"id_number": None, "id_index": None} if gives_number else {})
        )
        if filled:
            Person.objects.filter(pk=kept.pk).update(**filled)
        return sorted(filled.keys() - {"id_index"})


def _open_homes(households: Iterable[int]) -> set[int]:
    """Those of the households that have a member without a last day."""
    running = Membership.objects.filter(household__in=list(households), period__upper_inf=True)
    return set(running.values_list("household", flat=True))


def _part_of(row: Any, days: Any, before: Sequence[Any]) -> dict[str, Any] | None:
    """Columns of a row cut to some of its days; None where nothing is left to say for them."""
    how = _CUTTING.get(type(row))
    return {"period": days} if how is None else how(row, days, before)


def _membership_part(row: Membership, days: Any, before: Sequence[Membership]) -> dict[str, Any]:
    """Where another household takes over, she moved; where it is the same one, nothing ended."""
    if days.upper == row.period.upper:
        return {"period": days}
    elsewhere = any(one.period.lower == days.upper and one.household_id != row.household_id for one in before)
    return {"period": days, "end_reason": Membership.EndReason.MOVED if elsewhere else ""}


def _enrolment_part(row: Enrolment, days: Any, before: Sequence[Enrolment]) -> dict[str, Any] | None:
    """The grade is that of the first day; beyond grade 9 (or 12) nobody is at school any more."""
    then = promoted(row.stage, row.grade, row.period.lower, days.lower)
    return {"period": days, "stage": then.stage, "grade": then.grade} if then.stage else None


_CUTTING: dict[type[models.Model], Callable[..., dict[str, Any] | None]] = {
    Membership: _membership_part,
    Enrolment: _enrolment_part,
}


def _insert_part(row: models.Model, changes: dict[str, Any]) -> None:
    """One more row like this one, with some columns changed; the database copies the others, times included."""
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join("%s" if column in changes else f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({names}) SELECT {values} FROM {row._meta.db_table} WHERE id = %s",
            [*(changes[column] for column in columns if column in changes), row.pk],
        )


# --- parting ----------------------------------------------------------------------------------------------------------


def _part(decision: PairDecision) -> None:
    plan, reasons = _parting(decision)
    if reasons:
        raise MergeRefused(" ".join(reasons))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            carry_out(plan)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise MergeRefused(_("合并以后登记的内容与要恢复的记录冲突，无法撤回。")) from error
    for relation in relations():
        pks = decision.report["followed"].get(relation.model._meta.label_lower, [])
        if not relation.has_history and pks:
            rows = relation.model._default_manager.filter(pk__in=pks, **{relation.name: decision.kept_id})
            rows.update(**{relation.name: decision.other_id})


def _parting(decision: PairDecision) -> tuple[Plan, list[str]]:
    """What undoing a merge does, and why it cannot. Reads only, as steward."""
    plan, reasons = Plan(), []
    pair = [decision.kept_id, decision.other_id]
    later = PairDecision.objects.filter(choice=Choice.SAME, undone_at=None, pk__gt=decision.pk)
    if later.filter(Q(kept__in=pair) | Q(other__in=pair)).exists():
        return plan, [_("其中一人后来又与别人合并，请先撤回后来的合并。")]
    owners: dict[type[models.Model], set[str]] = {}
    for relation in relations():
        if relation.has_history and relation.model is not Person:
            owners.setdefault(relation.model, set()).add(relation.column)
    back: list[tuple[type[models.Model], list[tuple[Touched, list[str]]]]] = []
    for model, columns in owners.items():
        rows = list(touched(model, str(decision.pk), MERGE).values())
        reasons += _why_not(model, rows)
        if rows and not reasons:
            changed = _add_rows(plan, model, rows)
            # Everybody's rows go back to her before their periods grow again: in between they might overlap.
            plan.restore(model, [(row, [name for name in names if name in columns]) for row, names in changed])
            back.append((model, [(row, [name for name in names if name not in columns]) for row, names in changed]))
    for model, changed in back:
        plan.restore(model, changed)
    people = touched(Person, str(decision.pk), MERGE)
    reasons += _why_not(Person, list(people.values()))
    if not reasons:
        # The kept person lets go of the number before the other has it again.
        for pk in sorted(people, key=lambda pk: pk != decision.kept_id):
            plan.restore(Person, [(people[pk], people[pk].changed_columns())])
    return plan, reasons


def _why_not(model: type[models.Model], rows: list[Touched]) -> list[str]:
    """Why a table's rows cannot be as before; empty when they can."""
    table = {"table": model._meta.verbose_name}
    for row in rows:
        if row.before is None and not row.is_created:
            return [_("“%(table)s”没有合并前的记录，无法恢复。") % table]
        if row.is_created or row.is_deleted:
            is_free = row.is_as_left
        else:
            is_free = row.now is not None and all(row.stands(column) for column in row.changed_columns())
        if not is_free:
            return [_("合并后有人修改过“%(table)s”中的有关记录，撤回会覆盖这些修改。") % table]
    return []


def _add_rows(plan: Plan, model: type[models.Model], rows: list[Touched]) -> list[tuple[Touched, list[str]]]:
    """Plan what the merge added to go and what it removed to come back; returns the others with what it changed."""
    if added := [row.pk for row in rows if row.is_created]:
        plan.deletes.append((model, added))
    if gone := [row.before_event for row in rows if row.is_deleted and row.before_event is not None]:
        plan.reinserts.append((model, gone))
    return [(row, row.changed_columns()) for row in rows if not row.is_created and not row.is_deleted]
