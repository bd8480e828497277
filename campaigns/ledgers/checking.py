"""Rows of a ledger, checked one by one."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from campaigns.business_day import business_date
from campaigns.ledgers.around import Told, fill_from_above, fill_from_labels, read_dittos, split_phones
from campaigns.ledgers.done_cells import Done, day_of, is_denied
from campaigns.ledgers.spans import split_spans
from campaigns.ledgers.spec import About, Ledger
from campaigns.ledgers.table import ROW_KEY, ledger_table
from campaigns.ledgers.titles import fill_from_titles
from campaigns.models import CampaignYear
from households.access import within
from households.identity import IdKind, blind_index, parse_id
from households.intake.columns import Column, ReadDate, as_text, clean_column, in_unit, tidy
from households.intake.headers import TableSpec, normalise_header
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow, finding
from households.intake.sheets import Table
from households.intake.workbook import CellProblem, CellValue
from households.periods import today
from households.places import PlaceIndex, current_index
from households.roster.gone import is_gone_herself
from households.roster.row_places import place_finding, places_of
from households.roster.table import with_certificates


def check(ledger: Ledger, columns: Sequence[Column], tables: list[Table], frame: Frame) -> list[CheckedRow]:
    places = current_index()
    first_year = CampaignYear.objects.order_by("start").first()
    earliest = first_year.start if first_year else date.min
    latest = max(frame.as_of, business_date())
    spec = ledger_table(ledger, columns, {column.field: column.label for column in columns})
    rows: list[CheckedRow] = []
    total = sum(len(table.row_numbers) for table in tables)
    for table in tables:
        frame.told(len(rows), total)
        found = _check_table(ledger, columns, with_certificates(table), spec, frame, places)
        for row in found:
            _date(ledger, row, frame.as_of, earliest, latest)
        rows += found
    later = {(row.sheet, row.number) for row in rows if "turn" in row.values}
    for row in rows:
        if (row.sheet, row.number) in later:
            row.values.setdefault("turn", 1)
    return rows


def _check_table(
    ledger: Ledger, columns: Sequence[Column], table: Table, spec: TableSpec, frame: Frame, places: PlaceIndex
) -> list[CheckedRow]:
    around = read_dittos(ledger, table)
    split_spans(ledger.spans, table)
    around += split_phones(ledger, table) + fill_from_labels(ledger, table, spec) + fill_from_above(ledger, table)
    titled = fill_from_titles(ledger.titled, table)
    if table.again:
        around = _keep_told_again(ledger, table, around)
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
    for row in rows:
        if row.number in table.torn_rows:
            row.add("ROW_TORN")
        for name, value in titled.items():
            row.add("FROM_TITLE", name, written=value)
    if table.again:
        for row in rows:
            row.values["turn"] = table.turn
    _hold_unclear(ledger, table, rows)
    for at, code, name, written in around:
        rows[at].add(code, name, written=written[:40])
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


def _keep_told_again(ledger: Ledger, table: Table, around: Told) -> Told:
    """Of a table that tells something once more, the rows that do, without what the first table has told already.

    Returns what is said about these rows.
    """
    told_already = {column.field for column in ledger.columns} - table.again - ledger.beside
    cells = {name: values for name, values in table.columns.items() if name not in told_already}
    kept = [
        at
        for at in range(len(table.row_numbers))
        if any(cells[name][at] is not None for name in table.again & cells.keys())
    ]
    table.columns = {name: [values[at] for at in kept] for name, values in cells.items()}
    table.row_numbers = [table.row_numbers[at] for at in kept]
    position = {at: index for index, at in enumerate(kept)}
    return [(position[at], *rest) for at, *rest in around if at in position]  # type: ignore[misc]


# What a remark or a column of who came says where it was not done after all.
_NOT_DONE = "参加|参会|参训|到场|出席|到会|到诊|就诊|到$|来$|完成|入户|领取|领到|发放|到账|走访|见面|见到|清洁|宣传"
_UNDONE = rf"(?:未|没有?)(?:能|按时)?(?:{_NOT_DONE})|请假|缺席|缺勤|取消|作废"


# Columns in which few words may say so instead of what the column is for: 1000元（未发放）, 未到.
_OTHER_ANSWERS = (
    "aid_amount", "aid_goods", "relief_amount", "money", "value", "amount", "items", "findings", "visit_notes", "clean_items",
)  # fmt: skip
_FEW_WORDS = 16


def _hold_unclear(ledger: Ledger, table: Table, rows: list[CheckedRow]) -> None:
    """A blank cell where other rows tell something is not to be guessed, nor what an unread column says; nor is a 否 to be
    passed over that stands beside what was done.
    """
    for name, others in ledger.denies.items():
        for at, (row, cell) in enumerate(zip(rows, table.columns.get(name, ()), strict=False)):
            told = [cells[at] for cells in (table.columns.get(other, []) for other in others) if cells and cells[at]]
            if told and is_denied(cell):
                row.add("ANSWERS_CONTRADICT", name, written=as_text(told[0])[:40])
    undone = f"{ledger.undone}|{_UNDONE}" if ledger.undone else _UNDONE
    done = [table.columns[name] for name in ledger.done if name in table.columns]
    answers = [table.columns[name] for name in ledger.each if name in table.columns]  # they may tell who stayed away
    for name in ("whether", "remark", *_OTHER_ANSWERS):
        for at, cell in enumerate(table.columns.get(name, [])):
            if name in _OTHER_ANSWERS and not (isinstance(cell, str) and len(cell) <= _FEW_WORDS):
                continue
            tells = not done or any(cells[at] is not None and not is_denied(cells[at]) for cells in done)
            tells = tells and not any(cells[at] for cells in answers)
            says_no = name == "whether" and any(map(is_denied, as_text(cell).split("、")))
            says_no |= name == "remark" and is_gone_herself(tidy(as_text(cell)))
            if tells and (says_no or (isinstance(cell, str) and re.search(undone, cell))):
                written = table.headers.get(name, "") + "：" if name == "whether" else ""
                rows[at].add("REMARK_UNDOES", written=f"{written}{as_text(cell).strip()}"[:40])
    for name in ledger.each:
        cells = table.columns.get(name, [])
        if any(cell is not None for cell in cells):
            for row, cell in zip(rows, cells, strict=True):
                if cell is None:
                    row.add("BLANK_AMONG_FILLED", name)
    for pattern, code in ledger.halting.items():
        unread = [header for header in table.unknown_columns if re.fullmatch(pattern, normalise_header(header))]
        for row in rows if unread else ():
            row.add(code, written="、".join(unread[:3]))


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
            month = f"{value.month[0]}年{value.month[1]}月" if value.month else ""
            written = next((one.params.get("written", "") for one in row.findings if one.field == name), month)
            value = Done(day=value.day, month=value.month, written=written) if value.day or value.month else None
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
        else:
            if assumed:
                row.add(assumed, name, written=value.written, expected=day.isoformat())
            if day > as_of and name in ledger.done:
                row.add("DATE_AFTER_LIST", name, written=day.isoformat(), expected=as_of.isoformat())
