"""What a person's decision about a roster's row means: which doubts one click settles, and what is then written."""

from dataclasses import replace

from households.identity import blind_index, parse_id
from households.intake.rows import CheckedRow
from households.models import Person
from households.roster.doubts import ID_CODES

# The row itself says what to write once somebody has looked at it. Where it does not (which village, an absurd number) a
# cell has to be corrected.
ACCEPTABLE = frozenset(
    {
        "NAME_CHANGED", "NAME_SUSPECT", "MOVED_HOUSEHOLD", "HOUSEHOLD_MOVED", "DUPLICATE_CONFLICT", "PROBABLY_REGISTERED",
        "PERSON_IN_TWO_HOUSEHOLDS", "SEX_MISMATCH", "BIRTHDATE_MISMATCH", "DAMAGED_ID_FITS", "HOUSEHOLD_VALUES_DIFFER",
        "NO_LONGER_THERE", "HOUSEHOLD_BEYOND", "FAMILY_REGISTERED", "NAME_TWICE_IN_HOUSEHOLD", "HOUSEHOLD_MULTIPLE_HEADS",
    }
)  # fmt: skip
# Where a registered person has another number, or none: one click says that it is her.
PROBABLE = frozenset({"PROBABLY_REGISTERED", "ID_NEEDS_CITY"})
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
