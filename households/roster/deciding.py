"""What a person's decision about a roster's row means: which doubts one click settles, and what is then written."""

from collections.abc import Collection
from dataclasses import replace

from households.identity import blind_index, parse_id
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Person
from households.roster.doubts import ID_CODES
from households.roster.storage import HEAD

# The row itself says what to write once somebody has looked at it. Where it does not (which village, an absurd number) a
# cell has to be corrected.
ACCEPTABLE = frozenset(
    {
        "NAME_CHANGED", "NAME_SUSPECT", "MOVED_HOUSEHOLD", "HOUSEHOLD_MOVED", "DUPLICATE_CONFLICT", "PROBABLY_REGISTERED",
        "PERSON_IN_TWO_HOUSEHOLDS", "SEX_MISMATCH", "BIRTHDATE_MISMATCH", "DAMAGED_ID_FITS", "HOUSEHOLD_VALUES_DIFFER",
        "NO_LONGER_THERE", "HOUSEHOLD_BEYOND", "FAMILY_REGISTERED", "NAME_TWICE_IN_HOUSEHOLD", "HOUSEHOLD_MULTIPLE_HEADS",
        "SAMPLE_ROW", "CERTIFICATE_MISMATCH", "REMARK_CORRECTS",
    }
)  # fmt: skip
# Where a registered person has another number, or none, or is known with another birth date or sex: one click says that it
# is her.
PROBABLE = frozenset({"PROBABLY_REGISTERED", "ID_NEEDS_CITY", "BIRTHDATE_CHANGED", "SEX_CHANGED"})
# Of what contradicts each other either may be wrong.
SETTLED_IN = {
    "SEX_MISMATCH": frozenset({"id_no"}),
    "CERTIFICATE_MISMATCH": frozenset({"id_no"}),
    "REMARK_CORRECTS": frozenset({"name", "id_no"}),
    "BIRTHDATE_MISMATCH": frozenset({"id_no"}),
    "IDENTITY_UNKNOWN": frozenset({"sex", "birth_date"}),
    "PERSON_IN_TWO_HOUSEHOLDS": frozenset({"household_no", "head_name"}),
    "NAME_TWICE_IN_HOUSEHOLD": frozenset({"name", "household_no", "head_name"}),
    "HOUSEHOLD_MULTIPLE_HEADS": frozenset({"household_no", "head_name"}),
    "HOUSEHOLD_SPLIT_VILLAGES": frozenset({"household_no", "head_name"}),
    "HOUSEHOLD_AMBIGUOUS": frozenset({"head_name"}),
}
_FROM_NUMBER = ("sex", "birth_date", "disability_type", "disability_level")
# Of two heads in a file one click says which is right; a head who is registered has to be told otherwise first.
OF_FILE_ONLY = frozenset({"HOUSEHOLD_MULTIPLE_HEADS"})
# A household's other rows are not there when one of them is checked anew.
SAID_OF_ALONE = frozenset({"HOUSEHOLD_NO_HEAD"})
# A person registered in another county: for those whose regions hold both counties.
TRANSFERS = frozenset({"ID_NEEDS_CITY"})


def as_accepted(row: CheckedRow) -> CheckedRow:
    """The row as it is to be written: the number of the registered person whom a damaged one fits, or who is meant; its sex."""
    key = row.id_key
    findings = row.findings
    if row.is_softened or row.meant:
        known = Person.objects.filter(pk=row.meant or row.person_id or 0).first()
        if known is None:  # taken back since: the row's number stays what it is
            return row
        key = known.id_number or key
        if row.is_softened:
            findings = [one for one in findings if one.code not in ID_CODES]
    number = parse_id(key)
    values = row.values | ({"证件号码": key, "性别": number.sex} if number.birth_date else {})
    if number.birth_date:
        values["出生日期"] = number.birth_date.isoformat()
    index = blind_index(key) if key else None
    return replace(row, values=values, findings=findings, id_key=key, id_index=index, is_softened=False)


def own_cells(row: CheckedRow, fields: Collection[str]) -> dict[str, CellValue]:
    """What was told by the number, or by a head's own name, is told by it again: it may be the cell that is corrected."""
    cells: dict[str, CellValue] = {field: None for field in _FROM_NUMBER if field not in fields}
    if row.values.get("与户主关系") == HEAD and "head_name" not in fields:
        cells["head_name"] = None
    for one in row.findings:
        if one.code == "BIRTHDATE_MISMATCH":
            cells["birth_date"] = one.params["written"]
        elif one.code == "HOUSEHOLD_NO_PRECISION_LOST":  # it may have been right: typed again it is told
            cells["household_no"] = None
    return cells
