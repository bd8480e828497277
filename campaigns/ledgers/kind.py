"""A declared ledger as a kind of workbook on the intake engine: table, checks, comparison, writing, undo."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from campaigns.business_day import business_date
from campaigns.facts import Fact, Recorded
from campaigns.ledgers.done_cells import Done, day_of
from campaigns.ledgers.header_patterns import patterns_of
from campaigns.ledgers.names import clean_row_key, optional_name
from campaigns.ledgers.residents import Residents
from campaigns.ledgers.spec import About, Draft, Ledger, Unit
from campaigns.models import CampaignYear
from campaigns.recording import days_text
from households.access import within
from households.identity import IdKind, blind_index, parse_id
from households.intake.columns import Column, ReadDate, as_text, clean_column, in_unit
from households.intake.headers import TableSpec, Twin, header_aliases, normalise_header
from households.intake.kinds import Frame, Kind
from households.intake.messages import Policy
from households.intake.models import ImportBatch
from households.intake.rows import CheckedRow, finding
from households.intake.sheets import Table
from households.intake.undo_plan import Kept, Plan, referenced, touched
from households.intake.workbook import CellProblem, CellValue
from households.periods import today
from households.places import PlaceIndex, current_index
from households.roster import fields as roster_fields
from households.roster.checking import as_of_in
from households.roster.doubts import ID_CODES, may_be_one
from households.roster.row_places import place_finding, places_of
from households.roster.table import roster_table, with_certificates

_NAMING = ("household_no", "name", "sex", "birth_date", "head_name", "county", "township", "village", "address")
ROW_KEY = Column("row_key", "系统编号", clean_row_key)
_ROSTER_COLUMNS = {column.field: column for column in roster_fields.COLUMNS}
# Columns that every list has and no ledger keeps.
_KNOWN_AND_LEFT = frozenset(
    {
        "seq", "age", "relation", "nation", "id_type", "province", "city", "hamlet", "household_size", "remark",
        "phone_household", "phone_person",
    }
)  # fmt: skip
# A telephone right of what tells about the helper is hers (right of her name and unit it is so in a roster, too).
_TWINS = (
    Twin(
        "phone_household",
        frozenset({"helper_post", "helper_kind"}),
        "helper_phone",
        always=True,
    ),
)
# A click confirms what the row plainly says.
ACCEPTABLE = frozenset(
    {
        "PERSON_BY_NAME", "PERSON_NAME_DIFFERS", "DATE_TOO_EARLY", "HELPER_OWN_HOUSEHOLD", "HELPER_STILL_PAIRS",
        "OUTSIDER_UNCONFIRMED", "OUTSIDER_MAY_BE_REGISTERED",
    }
)  # fmt: skip


def ledger_kind(ledger: Ledger) -> Kind[Any]:
    """The ledger for the engine."""
    columns = _columns(ledger)
    labels = {column.field: column.label for column in columns} | {"id_no": "证件号码"}
    return Kind(
        name=ledger.name,
        title=ledger.title,
        named=ledger.named,
        shown=tuple(column.label for column in ledger.columns),
        table=lambda: _table(ledger, columns, labels),
        labels=labels,
        as_of_in=as_of_in,
        check=lambda tables, frame: _check(ledger, columns, tables, frame),
        compare=lambda rows, frame: _compare(ledger, rows, frame),
        write=lambda _rows, comparison, frame: _write(ledger, comparison, frame),
        as_accepted=_as_accepted,
        acceptable=ACCEPTABLE,
        transfers=frozenset(),
        may_be_one=may_be_one,
        plan_undo=lambda batch: _plan_undo(ledger, batch),
    )


# --- the table ----------------------------------------------------------------------------------------------------------


def _columns(ledger: Ledger) -> tuple[Column, ...]:
    """The ledger's own columns, and those that name person, household and village; its own meaning wins."""
    own = {column.field for column in ledger.columns}
    naming = [_ROSTER_COLUMNS[name] for name in _NAMING if name not in own]
    naming = [replace(column, clean=optional_name) if column.field == "head_name" else column for column in naming]
    if not ledger.names_people:
        naming = [
            replace(column, is_key=False, clean=optional_name) if column.field == "name" else column
            for column in naming
        ]
    return (ROW_KEY, *naming, *ledger.columns) if ledger.about is not About.NOBODY else (*naming, *ledger.columns)


def _table(ledger: Ledger, columns: Sequence[Column], labels: dict[str, str]) -> TableSpec:
    """The roster's way of finding a table, with the ledger's words."""
    roster = roster_table()
    fields = {column.field for column in columns} | {"id_no"} | _KNOWN_AND_LEFT
    own = {normalise_header(column.label): column.field for column in columns}
    more = {normalise_header(word): name for word, name in ledger.aliases.items()}
    shared = {word: name for word, name in {**roster.aliases, **header_aliases()}.items() if name in fields}
    return replace(
        roster,
        aliases={**shared, **own, **more},
        required=ledger.required,
        keys=ledger.keys or (("name", "id_no") if ledger.names_people else _keys(ledger)),
        household=ledger.filled if ledger.starts else frozenset({"county", "township", "village"}),
        places=roster.places | ledger.filled,
        spread=frozenset({column.field for column in ledger.columns} | {"head_name", "household_no"}),
        starts=ledger.starts,
        counter="",
        head_mark=None,
        twins=(*_TWINS, *(twin for twin in roster.twins if twin.field in fields)),
        foreign_groups=tuple(word for word in roster.foreign_groups if word not in ("帮扶", "包联", "包户", "包保")),
        others=frozenset(word for word in roster.others if word not in own | more),
        patterns=patterns_of(ledger),
        is_section=lambda _text: False,
        labels=labels,
    )


def _keys(ledger: Ledger) -> tuple[str, ...]:
    if ledger.about is About.NOBODY:
        return tuple(name for names in ledger.required for name in sorted(names))
    return ("household_no", "head_name", "name", "id_no")


# --- checks -------------------------------------------------------------------------------------------------------------


def _check(ledger: Ledger, columns: Sequence[Column], tables: list[Table], frame: Frame) -> list[CheckedRow]:
    places = current_index()
    first_year = CampaignYear.objects.order_by("start").first()
    earliest = first_year.start if first_year else date.min
    latest = max(frame.as_of, business_date())
    rows: list[CheckedRow] = []
    total = sum(len(table.row_numbers) for table in tables)
    for table in tables:
        frame.told(len(rows), total)
        found = _check_table(ledger, columns, with_certificates(table), frame, places)
        for row in found:
            _date(ledger, row, frame.as_of, earliest, latest)
        rows += found
    return rows


def _check_table(
    ledger: Ledger, columns: Sequence[Column], table: Table, frame: Frame, places: PlaceIndex
) -> list[CheckedRow]:
    led = _led(ledger, table)
    found = [
        in_unit(column, table.headers.get(column.field, ""), table.titles)
        for column in columns
        if column.field in table.columns
    ]
    cleaned = {column.field: clean_column(column, table.columns[column.field]) for column in found}
    kept = {
        column.label: cleaned[column.field].values
        for column in found
        if column.field not in ("county", "township", "village", "birth_date")
    }
    size = len(table.row_numbers)
    rows = [
        CheckedRow(table.sheet, number, {label: values[at] for label, values in kept.items()})
        for at, number in enumerate(table.row_numbers)
    ]
    for column in found:
        for at, doubt in cleaned[column.field].doubts.items():
            rows[at].findings += [
                finding(code, column.field, policy=doubt.policy, **doubt.params) for code in doubt.codes
            ]
    for at in led:
        rows[at].add("FROM_ABOVE", ledger.leads[0], written=as_text(table.columns[ledger.leads[0]][at])[:40])
    births = cleaned["birth_date"].values if "birth_date" in cleaned else [None] * size
    # A masked number, as our own workbooks show it, tells nothing.
    cells: Sequence[CellValue] = [
        None if isinstance(cell, str) and "**" in cell else cell for cell in table.columns.get("id_no") or [None] * size
    ]
    wants_place = ledger.about is not About.NOBODY or bool({"township", "village"} & table.columns.keys())
    where = places_of(table, cleaned, places, frame.scope) if wants_place else []
    for at, row in enumerate(rows):
        if ledger.about is About.NOBODY:  # the engine knows a row again by this label, in the queue of doubts
            row.values["姓名"] = row.values.get(ledger.named)
        _identify(row, cells[at], births[at], latest=max(frame.as_of, today()))
        if where and ledger.about is About.NOBODY and not table.columns.get("village", [None] * size)[at]:
            row.village = row.values["village_code"] = _township(table, at, frame, places)
        elif where:
            row.village = row.values["village_code"] = where[at].code
            # A number alone names a person: where she lives is known then.
            told = any(table.columns.get(name, [None] * size)[at] for name in ("county", "township", "village"))
            certain = bool(row.id_key or row.values.get(ROW_KEY.label))
            is_anybody = ledger.about is About.ANYBODY
            if where[at].problem and (told or not (certain or is_anybody or cells[at] is not None)):
                problem = place_finding(where[at], table, at, places)
                # Of several villages of a name hers is meant, who is known by her number; a guest from elsewhere came, too.
                settled = (certain and problem.code == "REGION_AMBIGUOUS") or (
                    is_anybody and problem.code == "REGION_OUT_OF_SCOPE"
                )
                row.findings.append(problem._replace(policy=Policy.FLAGGED) if settled else problem)
    return rows


def _led(ledger: Ledger, table: Table) -> list[int]:
    """Fill the leading cells (a helper, her people in the rows below) down into blank ones; returns the rows filled.

    Only where they stand left of the person's name and the first row has them: elsewhere a blank tells nothing. A gap
    between the rows ends it.
    """
    leads = [name for name in ledger.leads if name in table.columns]
    if not leads or leads[0] != ledger.leads[0] or table.fields.get("name", -1) < table.fields[leads[0]]:
        return []
    columns = [table.columns[name] for name in leads]
    filled: list[int] = []
    for at in range(1, len(table.row_numbers)):
        is_next = table.row_numbers[at] == table.row_numbers[at - 1] + 1
        if is_next and all(column[at] is None for column in columns) and columns[0][at - 1] is not None:
            for column in columns:
                column[at] = column[at - 1]
            filled.append(at)
    return filled


def _township(table: Table, at: int, frame: Frame, places: PlaceIndex) -> str:
    """The 9 digits of the township that a row without a village names, "" where it is none of the uploader's."""
    county, township = (
        as_text(table.columns[name][at]) if name in table.columns else "" for name in ("county", "township")
    )
    counties = places.counties(county).codes if county else [code[:6] for code in frame.scope if len(code) >= 6]
    found = {
        code for one in counties for code in places.townships(one, township).codes if within(code, list(frame.scope))
    }
    return found.pop() if len(found) == 1 else ""


def _identify(row: CheckedRow, cell: CellValue, written_birth: Any, *, latest: date) -> None:
    """The identity number as key; a damaged one is told, its remains are kept to compare by."""
    if isinstance(cell, CellProblem):
        row.add("CELL_ERROR", "id_no", policy=Policy.REJECTED)
        return
    identity = parse_id(cell, latest=latest)
    row.values["证件号码"] = identity.key if identity.kind is not IdKind.OTHER else None
    for code in identity.codes:
        if code != "ID_MISSING":
            row.add(
                code,
                "id_no",
                policy=None if code in ("ID_15_DIGIT", "ID_CHECK_CHAR_SUSPECT", "ID_OTHER_TYPE") else Policy.REJECTED,
            )
    row.remains = identity.remains
    if identity.birth_date is not None:
        row.id_key = identity.key
        row.id_index = blind_index(identity.key)
        row.values["性别"] = identity.sex
        row.values["出生日期"] = identity.birth_date.isoformat()
    elif isinstance(written_birth, ReadDate) and written_birth.day:
        row.values["出生日期"] = written_birth.day.isoformat()


def _date(ledger: Ledger, row: CheckedRow, as_of: date, earliest: date, latest: date) -> None:
    """Cells that say that something was done become its day and, where they name somebody, her name."""
    label_of = {column.field: column.label for column in ledger.columns}
    for name, label in label_of.items():
        value = row.values.get(label)
        if isinstance(value, ReadDate):
            value = Done(day=value.day, month=value.month) if value.day or value.month else None
            row.values[label] = None
        if not isinstance(value, Done):
            continue
        day, assumed = day_of(value, as_of)
        row.values[label] = day.isoformat() if day else None
        if value.who and (companion := ledger.done.get(name)):
            own = label_of[companion]
            row.values[own] = row.values.get(own) or value.who
        if day is None:
            row.add("DATE_UNREADABLE", name, policy=Policy.HELD, written=value.written)
        elif day > latest and name in ledger.done:
            row.add("DATE_IN_FUTURE", name, written=day.isoformat(), expected=latest.isoformat())
        elif day < earliest and name in ledger.done:
            row.add("DATE_TOO_EARLY", name, written=day.isoformat(), expected=earliest.isoformat())
        elif assumed:
            row.add(assumed, name, written=value.written, expected=day.isoformat())


def _as_accepted(row: CheckedRow) -> CheckedRow:
    """A damaged number is not the person's: she was recognised by name and village."""
    if not row.is_softened:
        return row
    findings = [one for one in row.findings if one.code not in ID_CODES]
    return replace(row, findings=findings, values=row.values | {"证件号码": None}, is_softened=False)


# --- comparison ---------------------------------------------------------------------------------------------------------


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


def _compare(ledger: Ledger, rows: list[CheckedRow], frame: Frame) -> LedgerComparison:
    residents = Residents(rows, frame) if ledger.about is not About.NOBODY else None
    known = ledger.known(rows, frame)
    told: list[tuple[int, Unit | None, list[Draft]]] = []
    for position, row in enumerate(rows):
        unit = _unit(ledger, residents, row) if residents else None
        if unit is not None and not row.village:
            row.village = row.values["village_code"] = unit.village
        is_told = unit is not None or ledger.about in (About.NOBODY, About.ANYBODY)
        is_told = is_told or bool(ledger.outsiders and row.is_in)
        drafts = ledger.drafts(row, unit, known, frame) if is_told else []
        if not drafts and row.is_in:
            row.add_compared("NOTHING_TOLD")
        told.append((position, unit, drafts))
    recorded = _recorded(draft for _at, _unit, drafts in told for draft in drafts)
    villages = {row.village for row in rows} | {unit.village for _at, unit, _drafts in told if unit}
    comparison = LedgerComparison({}, sorted(filter(None, villages)))
    _merge_repeats(rows, told, "ROW_REPEATED" if ledger.about is About.NOBODY else "DUPLICATE_IN_FILE")
    _hold_contradictions(rows, told)
    for position, unit, drafts in told:
        row = rows[position]
        if not row.is_in:
            continue
        village = unit.village if unit else row.village
        planned = [_plan(draft, village, recorded) for draft in drafts]
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
    ledger.review(rows, comparison.planned, known)
    for position in [at for at in comparison.planned if not rows[at].is_in]:
        del comparison.planned[position]
        rows[position].change, rows[position].before = "", {}
    return comparison


def _unit(ledger: Ledger, residents: Residents, row: CheckedRow) -> Unit | None:
    about = ledger.about_row(row) if ledger.about_row else ledger.about
    if not ledger.outsiders:
        return residents.unit(row, about)
    return residents.unit_or_outsider(row, about, ledger.told(row, ledger.outsiders))


def _merge_repeats(rows: list[CheckedRow], told: list[tuple[int, Unit | None, list[Draft]]], code: str) -> None:
    """A row that only says once more what another row says stands for nothing of its own."""
    first: dict[tuple[Any, ...], int] = {}
    for position, unit, drafts in told:
        row = rows[position]
        if not drafts or not row.is_in:
            continue
        person = unit.person.person_id if unit and unit.person else None
        content = tuple(sorted(repr((_key(one), sorted(one.values.items(), key=str))) for one in drafts))
        at = first.setdefault((person, content), position)
        if at != position:
            row.is_merged = True
            row.add_compared(code, others=f"“{rows[at].sheet}”第{rows[at].number}行")


def _hold_contradictions(rows: list[CheckedRow], told: list[tuple[int, Unit | None, list[Draft]]]) -> None:
    """Rows that say different things about one record: the last one must not win by itself."""
    first: dict[tuple[Any, ...], tuple[int, Draft]] = {}
    for position, _unit, drafts in told:
        for draft in drafts:
            if not rows[position].is_in:
                continue
            at, other = first.setdefault(_key(draft), (position, draft))
            exact = [
                name
                for name, value in draft.values.items()
                if value is not None
                and other.values.get(name) is not None
                and name not in draft.soft | other.soft
                and not isinstance(value, Draft)
                and value != other.values[name]
            ]
            if at != position and exact:
                for one, twin in ((position, at), (at, position)):
                    rows[one].add_compared("RECORD_CONFLICT", others=f"“{rows[twin].sheet}”第{rows[twin].number}行")


def _key(draft: Draft) -> tuple[Any, ...]:
    """What makes two drafts one record."""
    return (
        draft.model,
        *((name, _key(value) if isinstance(value, Draft) else value) for name, value in sorted(draft.same.items())),
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


def _plan(draft: Draft, village: str, recorded: Known) -> Planned:
    record = _find(draft, recorded)
    if record is None:
        return Planned(draft, village)
    changes = {}
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
        if all(getattr(record, name) == value for name, value in draft.same.items()) and (
            draft.overlaps is None or _meet(record.period, draft.overlaps)
        ):
            return record
    return None


def _met_besides(planned: Planned, recorded: Known) -> Any:
    """Another record whose period the planned one would run into where the database excludes that, None for none."""
    draft, record = planned.draft, planned.record
    # As the row tells it: without an end it may mean any of several, even if the one that is found keeps its end.
    days = draft.values.get("period") if record is None or "period" in (planned.changes or {}) else None
    if days is None or draft.overlaps is None or draft.parents:
        return None
    anchor, value = next(iter(draft.same.items()))
    alike = recorded[draft.model, anchor][value]
    apart = {name: draft.same.get(name) for name in _apart(draft.model)}
    for one in alike:
        is_alike = one is not record and all(getattr(one, name) == value for name, value in apart.items())
        if is_alike and _meet(one.period, days):
            return one
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


def _meet(one: DateRange, other: DateRange) -> bool:
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


# --- writing ------------------------------------------------------------------------------------------------------------


def _write(ledger: Ledger, comparison: LedgerComparison, frame: Frame) -> dict[int, str]:
    """Make and change the records, parents first. Nobody is registered by a ledger."""
    planned = [one for all_of in comparison.planned.values() for one in all_of]
    made: dict[tuple[Any, ...], models.Model] = {}
    for model in ledger.models:
        frame.told(len(made), len(planned))
        fresh: dict[tuple[Any, ...], models.Model] = {}
        for one in _of(model, planned):
            key = _key(one.draft)
            if key not in fresh and key not in made:
                fresh[key] = _new(one, made, frame)
        model._default_manager.bulk_create(list(fresh.values()), batch_size=2000)
        made |= fresh
    changed: dict[int, tuple[models.Model, set[str]]] = {}
    for one in planned:
        if one.record is not None and one.changes:
            record, names = changed.setdefault(id(one.record), (one.record, set()))
            names.update(one.changes)
            for name, value in one.changes.items():
                setattr(record, name, value)
    for record, names in changed.values():
        record.save(update_fields=sorted(names))
    return {}


def _of(model: type[models.Model], planned: list[Planned]) -> list[Planned]:
    """The records of a model to make, and the new parents that drafts refer to."""
    found = [one for one in planned if one.record is None and one.draft.model is model]
    for one in planned:
        if one.record is None:
            found += [Planned(parent, one.village) for parent in one.draft.parents if parent.model is model]
    return found


def _new(one: Planned, made: dict[tuple[Any, ...], models.Model], frame: Frame) -> models.Model:
    values: dict[str, Any] = {}
    if issubclass(one.draft.model, Recorded):
        values["recorded_by_id"] = frame.by
    if issubclass(one.draft.model, Fact):
        values["village_id"] = one.village
    for name, value in (*one.draft.same.items(), *one.draft.values.items()):
        if isinstance(value, Draft):
            values[name] = made[_key(value)]
        elif value is not None:
            values[name] = value
    return one.draft.model(**values)


# --- undo ---------------------------------------------------------------------------------------------------------------


def _plan_undo(ledger: Ledger, batch: ImportBatch) -> Plan:
    """Records that the ledger made go unless something hangs on them or somebody worked on them; changed ones come back."""
    plan = Plan()
    plan.removed["record"] = plan.restored["record"] = 0
    going: dict[type[models.Model], list[int]] = {}
    for model in reversed(ledger.models):
        rows = touched(model, str(batch.pk), ledger.name)
        new = [pk for pk, row in rows.items() if row.is_created and row.now is not None]
        busy = _busy(model, new, going)
        gone = []
        for pk, row in rows.items():
            if row.now is None:
                continue
            if row.is_created and pk not in busy and row.is_as_left:
                gone.append(pk)
            elif row.is_created:
                plan.kept.append(_kept(row.now, pk, "fact" if pk in busy else "edited"))
            elif row.before is None:
                plan.kept.append(_kept(row.now, pk, "no_history"))
            else:
                columns = [name for name in row.changed_columns() if row.stands(name)]
                if columns:
                    plan.restore(model, [(row, columns)])
                    plan.restored["record"] += 1
                if len(columns) < len(row.changed_columns()):
                    plan.kept.append(_kept(row.now, pk, "edited"))
        if gone:
            plan.deletes.append((model, gone))
            plan.removed["record"] += len(gone)
        going[model] = gone
    return plan


def _busy(model: type[models.Model], new: list[int], going: dict[type[models.Model], list[int]]) -> set[int]:
    """Which of the new records something hangs on that does not go with them."""
    busy = referenced(model, new, apart_from=set(going))
    for relation in model._meta.related_objects:
        owner: Any = relation.related_model
        if owner in going:
            name = relation.field.name
            others = owner._default_manager.filter(**{f"{name}__in": new}).exclude(pk__in=going[owner])
            busy |= set(others.values_list(name, flat=True))
    return busy


def _kept(values: dict[str, Any], pk: int, reason: str) -> Kept:
    """A record is named by the person or household it is about."""
    for model in ("person", "household"):
        if values.get(f"{model}_id") is not None:
            return Kept(model, values[f"{model}_id"], reason)
    return Kept("record", pk, reason)
