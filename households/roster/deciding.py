"""What a person's decision about a roster's row means: which doubts one click settles, and a row checked with cells corrected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from households.identity import blind_index, parse_id
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.sheets import Table
from households.intake.workbook import CellValue
from households.models import Person
from households.periods import today
from households.places import current_index
from households.roster.checking import Setting, check_table
from households.roster.doubts import ID_CODES
from households.roster.fields import LABELS
from households.roster.grouping import group

# The row itself says what to write once somebody has looked at it. Where it does not (which of two heads, which village,
# an absurd number) a cell has to be corrected.
ACCEPTABLE = frozenset(
    {
        "NAME_CHANGED", "NAME_SUSPECT", "MOVED_HOUSEHOLD", "HOUSEHOLD_MOVED", "DUPLICATE_CONFLICT", "PROBABLY_REGISTERED",
        "PERSON_IN_TWO_HOUSEHOLDS", "SEX_MISMATCH", "BIRTHDATE_MISMATCH", "DAMAGED_ID_FITS", "HOUSEHOLD_VALUES_DIFFER",
        "NO_LONGER_THERE",
    }
)  # fmt: skip
# A person registered in another county: for those whose regions hold both counties.
TRANSFERS = frozenset({"ID_NEEDS_CITY"})
_PLACES = ("county", "township", "village")


def as_accepted(row: CheckedRow) -> CheckedRow:
    """The row as it is to be written: the registered person's number for a damaged one that fits her, the number's sex."""
    key = row.id_key
    findings = row.findings
    if row.is_softened:
        known = Person.objects.filter(pk=row.person_id or 0).first()
        if known is None:  # taken back since: the damaged number stays what it is
            return row
        key = known.id_number or ""
        findings = [one for one in findings if one.code not in ID_CODES]
    number = parse_id(key)
    values = row.values | ({"证件号码": key, "性别": number.sex} if number.birth_date else {})
    if number.birth_date:
        values["出生日期"] = number.birth_date.isoformat()
    index = blind_index(key) if key else None
    return replace(row, values=values, findings=findings, id_key=key, id_index=index, is_softened=False)


def recheck(row: CheckedRow, cells: dict[str, str], scope: Sequence[str], as_of: date) -> CheckedRow:
    """The row checked anew with `cells` (field → text) written over; what was wrong in other cells stays wrong."""
    columns: dict[str, list[CellValue]] = {
        field: [_cell(row.values.get(label))] for field, label in LABELS.items() if row.values.get(label) is not None
    }
    columns["name"] = columns.get("name", [None])
    columns["id_no"] = [row.id_key or None]
    if row.village and not cells.keys() & set(_PLACES):
        columns["village"] = [row.village]
    columns |= {field: [text or None] for field, text in cells.items()}
    table = Table(
        sheet=row.sheet, header_row=0, fields=dict.fromkeys(columns, 0), headers={}, unknown_columns=[], titles=[], letters={},
        row_numbers=[row.number], columns=columns,
    )  # fmt: skip
    places = current_index()
    checked = check_table(table, Setting(tuple(scope), places, as_of, today()))
    group(checked, columns=columns, path=places.path)
    fresh = checked[0]
    fresh.findings += [
        one for one in row.findings if one.policy >= Policy.HELD and not one.is_compared and one.field not in cells
    ]
    return fresh


def _cell(value: Any) -> CellValue:
    return "、".join(value) if isinstance(value, list) else value
