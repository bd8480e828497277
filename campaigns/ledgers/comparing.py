"""Rows of a ledger beside what is recorded: what is to be made, what would change, what contradicts itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from campaigns.facts import DayTold, Recorded
from campaigns.ledgers.residents import Residents
from campaigns.ledgers.spec import About, Draft, Ledger, Unit
from campaigns.recording import days_text
from households.intake.columns import as_text
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow

# Codes of cells whose content is not taken over.
_UNREAD = frozenset(
    {
        "ENUM_UNKNOWN", "NUMBER_UNREADABLE", "NUMBER_OUT_OF_RANGE", "DATE_UNREADABLE", "DATE_INCOMPLETE", "DATE_AMBIGUOUS",
        "CELL_ERROR", "FORMULA_NO_VALUE", "AMOUNT_FOR_DAY", "AMOUNT_BELOW_FEN",
    }
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Planned:
    """A draft beside what is recorded: `record` None is to be made; `changes`: field → new value."""

    draft: Draft
    village: str
    record: models.Model | None = None
    changes: dict[str, Any] | None = None


@dataclass(slots=True)
class LedgerComparison:
    """Records to make and to change, by position of the row that tells them; the engine's figures beside."""

    planned: dict[int, list[Planned]]
    villages: list[str]
    missing: int = 0


def compare(ledger: Ledger, rows: list[CheckedRow], frame: Frame) -> LedgerComparison:
    residents = Residents(rows, frame) if ledger.about is not About.NOBODY else None
    units = [_unit(ledger, residents, row) if residents else None for row in rows]
    for row, unit in zip(rows, units, strict=True):
        if unit is not None and not row.village:
            row.village = row.values["village_code"] = unit.village
    known = ledger.known(rows, frame)
    told: list[tuple[int, Unit | None, list[Draft]]] = []
    for position, (row, unit) in enumerate(zip(rows, units, strict=True)):
        is_told = unit is not None or ledger.about in (About.NOBODY, About.ANYBODY)
        is_told = is_told or bool(ledger.outsiders and row.is_in)
        drafts = ledger.drafts(row, unit, known, frame) if is_told else []
        if not drafts and row.is_in:
            row.add_compared("NOTHING_READ" if _is_unread(ledger, row) else "NOTHING_TOLD")
        told.append((position, unit, drafts))
    recorded = _recorded(draft for _at, _unit, drafts in told for draft in drafts)
    villages = {row.village for row in rows} | {unit.village for _at, unit, _drafts in told if unit}
    comparison = LedgerComparison({}, sorted(filter(None, villages)))
    taken: dict[int, tuple[Any, ...]] = {}
    _merge_repeats(rows, told, "ROW_REPEATED" if ledger.about is About.NOBODY else "DUPLICATE_IN_FILE")
    _confirm([draft for position, _unit, drafts in told if rows[position].is_in for draft in drafts])
    _hold_contradictions(rows, told)
    for position, unit, drafts in told:
        row = rows[position]
        if not row.is_in:
            continue
        village = unit.village if unit else row.village
        planned = [_plan(draft, village, recorded, taken) for draft in drafts]
        if another := next(filter(None, (_met_besides(one, recorded) for one in planned)), None):
            row.add_compared("PERIOD_MEETS_OTHER", others=days_text(another.period))
            continue
        comparison.planned[position] = planned
        for one in planned:
            for name, value in (one.changes or {}).items():
                if (label := one.draft.labels.get(name)) is not None:
                    row.before[label] = _shown(one.record, name, value)
        is_new = any(one.record is None for one in planned)
        row.change = "new" if is_new else "changed" if any(one.changes for one in planned) else "unchanged"
    _hold_sums_told_again(rows, comparison.planned, recorded)
    ledger.review(rows, comparison.planned, known)
    for position in [at for at in comparison.planned if not rows[at].is_in]:
        del comparison.planned[position]
        rows[position].change, rows[position].before = "", {}
    return comparison


def _is_unread(ledger: Ledger, row: CheckedRow) -> bool:
    """Does the row tell something that could not be read? Then it is not a row without anything to tell."""
    own = {column.field for column in ledger.columns}
    return any(one.code in _UNREAD and one.field in own for one in row.findings)


def _unit(ledger: Ledger, residents: Residents, row: CheckedRow) -> Unit | None:
    about = ledger.about_row(row) if ledger.about_row else ledger.about
    if not ledger.outsiders:
        return residents.unit(row, about)
    return residents.unit_or_outsider(row, about, ledger.told(row, ledger.outsiders))


def _confirm(drafts: list[Draft]) -> None:
    """A √ or a month beside a row of the file that tells the day: both mean one record. A √ beside a month is of that month."""
    alike: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
    for one in drafts:
        if one.confirms:
            alike[record_key(replace(one, same=_apart_from(one.same, one.day), month=None))].append(one)
    for group in alike.values():
        exact = [one for one in group if one.day in one.same]
        for one in group:
            if one.day in one.values and (day := _day_of_another(one, exact)):
                one.same[one.day] = day
                one.values = _apart_from(_apart_from(one.values, one.day), "day_told")
                one.soft, one.month = one.soft - {one.day, "day_told"}, None
        month = next((one for one in group if one.month), None)
        for one in group:
            if month and one.day in one.values and one.month is None and not _contradict(one, month):
                one.values |= {name: month.values[name] for name in (one.day, "day_told")}
                one.month = month.month


def _day_of_another(draft: Draft, exact: list[Draft]) -> date | None:
    """The day that another row tells of what may be the same; None for none."""
    days = ((one.same[draft.day], one) for one in exact)
    fits = (day for day, one in days if (draft.month is None or day in draft.month) and not _contradict(draft, one))
    return next(fits, None)


def _apart_from(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}


def _merge_repeats(rows: list[CheckedRow], told: list[tuple[int, Unit | None, list[Draft]]], code: str) -> None:
    """A row that only says once more what another row says stands for nothing of its own."""
    first: dict[tuple[Any, ...], int] = {}
    for position, unit, drafts in told:
        row = rows[position]
        if not drafts or not row.is_in:
            continue
        person = unit.person.person_id if unit and unit.person else None
        content = tuple(sorted(repr((record_key(one), sorted(one.values.items(), key=str))) for one in drafts))
        at = first.setdefault((person, content), position)
        if at != position:
            row.is_merged = True
            row.add_compared(code, others=f"“{rows[at].sheet}”第{rows[at].number}行")


def _hold_contradictions(rows: list[CheckedRow], told: list[tuple[int, Unit | None, list[Draft]]]) -> None:
    """Rows that say different things about one record: the last one must not win by itself."""
    first: dict[tuple[Any, ...], dict[str, tuple[int, Any]]] = defaultdict(dict)
    for position, _unit, drafts in told:
        for draft in drafts:
            if not rows[position].is_in:
                continue
            before, exact = first[record_key(draft)], _told_exactly(draft)
            others = {before[name][0] for name, value in exact.items() if name in before and before[name][1] != value}
            for at in sorted(others - {position}):
                for one, twin in ((position, at), (at, position)):
                    rows[one].add_compared("RECORD_CONFLICT", others=f"“{rows[twin].sheet}”第{rows[twin].number}行")
            first[record_key(draft)] = {name: (position, value) for name, value in exact.items()} | before


def _contradict(draft: Draft, other: Draft) -> bool:
    """Do two drafts tell different things exactly?"""
    one, another = _told_exactly(draft), _told_exactly(other)
    return any(one[name] != another[name] for name in one.keys() & another.keys())


def _told_exactly(draft: Draft) -> dict[str, Any]:
    """What a draft tells beside what makes the record, without what is only assumed; a new donor is another one, too."""
    return {
        name.removesuffix("_id"): record_key(value) if isinstance(value, Draft) else value
        for name, value in draft.values.items()
        if value is not None and name not in draft.soft
    }


def record_key(draft: Draft) -> tuple[Any, ...]:
    """What makes two drafts one record."""
    return (
        draft.model,
        *(
            (name, record_key(value) if isinstance(value, Draft) else value)
            for name, value in sorted(draft.same.items())
        ),
        *([draft.month.lower] if draft.month else []),
    )


type Known = dict[tuple[type[models.Model], str], dict[Any, list[Any]]]


def _recorded(drafts: Iterable[Draft]) -> Known:
    """What is recorded of the models told, by the drafts' most selective fields."""
    anchors: dict[tuple[type[models.Model], str], set[Any]] = defaultdict(set)
    for draft in drafts:
        if draft.parents:
            continue
        name, value = next(iter(draft.same.items()))
        anchors[draft.model, name].add(value)
    found: Known = {}
    for (model, name), values in anchors.items():
        query = model._default_manager.filter(**{f"{name}__in": values})
        query = query.filter(voided_at=None) if issubclass(model, Recorded) else query
        by_anchor: dict[Any, list[Any]] = defaultdict(list)
        for record in query.order_by("pk"):
            by_anchor[getattr(record, name)].append(record)
        found[model, name] = by_anchor
    return found


def _plan(draft: Draft, village: str, recorded: Known, taken: dict[int, tuple[Any, ...]]) -> Planned:
    """The draft beside its record. taken: assumed days that have given way (record → what took its place)."""
    record, changes = _find(draft, recorded), {}
    if record is None:
        record = _told_less(draft, recorded, taken)
        if record is None:
            return Planned(draft, village)
        taken[record.pk] = record_key(draft)
        changes = {draft.day: _day(draft), "day_told": draft.values.get("day_told", DayTold.DAY)}
    for name, value in draft.values.items():
        if value is None or name in draft.soft or isinstance(value, Draft):
            continue
        if isinstance(value, DateRange) and not draft.is_end_told:
            value = DateRange(value.lower, getattr(record, name).upper)
        if getattr(record, name) != value:
            changes[name] = value
    return Planned(draft, village, record, changes)


def _find(draft: Draft, recorded: Known) -> Any:
    """The recorded one that the draft means, None for a new one: what refers to a new record is new itself."""
    if draft.parents:
        return None
    anchor, value = next(iter(draft.same.items()))
    for record in recorded[draft.model, anchor][value]:
        if (
            all(getattr(record, name) == value for name, value in draft.same.items())
            and (draft.overlaps is None or meet(record.period, draft.overlaps))
            and (draft.month is None or getattr(record, draft.day) in draft.month)
        ):
            return record
    return None


def _day(draft: Draft) -> date:
    day: date = draft.same[draft.day] if draft.day in draft.same else draft.values[draft.day]
    return day


def _told_less(draft: Draft, recorded: Known, taken: dict[int, tuple[Any, ...]]) -> Any:
    """A record whose day a list left open and that the draft, which tells more, may be; None for none."""
    if draft.parents or draft.sum or not hasattr(draft.model, "day_told"):
        return None  # a sum told again may be another one: somebody has to say (SUM_RECORDED)
    anchor, value = next(iter(draft.same.items()))
    for record in sorted(recorded[draft.model, anchor][value], key=lambda one: one.day_told != DayTold.MONTH):
        if (
            taken.get(record.pk, record_key(draft)) == record_key(draft)
            and all(getattr(record, name) == v for name, v in draft.same.items() if name != draft.day)
            and _may_be(getattr(record, draft.day), record.day_told, draft)
            and all(
                v is None or n in draft.soft or getattr(record, n) in (None, "", v) for n, v in draft.values.items()
            )
        ):
            return record
    return None


def _may_be(assumed: date, told: str, draft: Draft) -> bool:
    """May a record be of the draft's day, or month? A √ says that it was done by the day that was assumed."""
    day = _day(draft)
    if told == DayTold.MONTH:
        return draft.day in draft.same and (day.year, day.month) == (assumed.year, assumed.month)
    return told == DayTold.NOTHING and day <= assumed


def _met_besides(planned: Planned, recorded: Known) -> Any:
    """Another record whose period the planned one would run into where the database excludes that, None for none."""
    draft, record = planned.draft, planned.record
    # As the row tells it: without an end it may mean any of several, even if the one that is found keeps its end.
    days = draft.values.get("period") if record is None or "period" in (planned.changes or {}) else None
    columns = _apart(draft.model)
    if days is None or draft.overlaps is None or draft.parents or not columns:
        return None
    anchor, value = next(iter(draft.same.items()))
    alike = recorded[draft.model, anchor][value]
    apart = {name: draft.same.get(name) for name in columns}
    for one in alike:
        is_alike = one is not record and all(getattr(one, name) == value for name, value in apart.items())
        if is_alike and meet(one.period, days):
            return one
    return None


def _hold_sums_told_again(rows: list[CheckedRow], planned: dict[int, list[Planned]], recorded: Known) -> None:
    """The same sum for the same one in the same month on another day: perhaps one payment, first told by its month only, or
    with a day that has been corrected. Not where another row of the file means that record."""
    meant = {(type(one.record), one.record.pk) for drafts in planned.values() for one in drafts if one.record}
    for position, drafts in planned.items():
        for one in drafts:
            if one.record is None and (record := _of_same_sum(one.draft, recorded, meant)) is not None:
                day = getattr(record, one.draft.day).isoformat()
                rows[position].add_compared("SUM_RECORDED", written=f"{getattr(record, one.draft.sum):.2f}", before=day)


def _of_same_sum(draft: Draft, recorded: Known, meant: set[tuple[type[models.Model], Any]]) -> Any:
    told = draft.same | draft.values
    if not draft.sum or told.get(draft.sum) is None or draft.day not in draft.same or draft.parents:
        return None
    apart = {name: value for name, value in draft.same.items() if name != draft.day} | {draft.sum: told[draft.sum]}
    anchor, value = next(iter(draft.same.items()))
    for record in recorded[draft.model, anchor][value]:
        day, other = _day(draft), getattr(record, draft.day)
        is_alike = all(getattr(record, name) == value for name, value in apart.items())
        may_be = (day.year, day.month) == (other.year, other.month) or _may_be(other, record.day_told, draft)
        if is_alike and may_be and (type(record), record.pk) not in meant:
            return record
    return None


def _apart(model: type[models.Model]) -> list[str]:
    """The columns that two records must not share while their periods meet."""
    exclusions = (one for one in model._meta.constraints if isinstance(one, ExclusionConstraint))
    return [
        model._meta.get_field(str(name)).attname  # type: ignore[union-attr]
        for one in exclusions
        for name, operator in one.expressions
        if operator == RangeOperators.EQUAL
    ]


def meet(one: DateRange, other: DateRange) -> bool:
    """Have two periods a day in common?"""
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)


def _shown(record: Any, name: str, new: Any) -> str | None:
    """A recorded value as the preview shows it: words for choices, 是 and 否 for yes and no."""
    old, field = getattr(record, name), record._meta.get_field(name.removesuffix("_id"))
    if old not in (None, "") and (choices := getattr(field, "flatchoices", None)):
        return str(dict(choices).get(old, old))
    if isinstance(old, bool):
        return "是" if old else "否"
    if isinstance(old, DateRange):
        return old.lower.isoformat() if old.lower and isinstance(new, DateRange) and old.lower != new.lower else None
    return None if old in (None, "") else as_text(old) if not isinstance(old, list) else "、".join(map(str, old))
