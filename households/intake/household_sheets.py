"""Books with the households on one sheet and their members on another, tied by the household's number."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from households.intake.headers import Header, TableSpec
from households.intake.workbook import CellValue

if TYPE_CHECKING:  # the module that finds tables asks this one
    from households.intake.sheets import Table


def lists_households(header: Header, spec: TableSpec) -> bool:
    """Whether a header has household number and head, and no column for a member's name."""
    name = spec.keys[0]
    if header.doubled:  # 成员1姓名: the members stand in the household's own row
        return False
    return name in spec.head_columns and name not in header.fields and {*spec.starts} <= header.fields.keys()


def lend(homes: Sequence["Table"], members: Sequence["Table"], spec: TableSpec) -> bool:
    """Give the members' rows what the sheet of households tells of theirs; a cell of their own goes before.

    Nothing is given, and False returned, where the sheets do not fit: a household without a number of its own, or one
    whose people stand on no other sheet, who would vanish with it.
    """
    if not homes:
        return True
    number = spec.starts[0]
    if not members or any(number not in table.columns for table in members):
        return False
    told: dict[str, dict[str, CellValue]] = {}
    for table in homes:
        for at, value in enumerate(table.columns[number]):
            if value is None or _plain(value) in told:
                return False
            told[_plain(value)] = {name: table.columns[name][at] for name in spec.household & table.columns.keys()}
    present = {_plain(value) for table in members for value in table.columns[number]}
    if not told.keys() <= present:
        return False
    for name in sorted({name for home in told.values() for name in home} - {number}):
        header = next((table.headers[name] for table in homes if name in table.headers), "")
        for table in members:
            own = table.columns.get(name, [None] * len(table.row_numbers))
            households = [told.get(_plain(value), {}) for value in table.columns[number]]
            table.columns[name] = [
                home.get(name) if value is None else value for value, home in zip(own, households, strict=True)
            ]
            table.headers.setdefault(name, header)
    return True


def _plain(value: CellValue) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).lstrip("'").removesuffix(".0")
