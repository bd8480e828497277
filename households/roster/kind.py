"""The roster as a kind of workbook on the engine."""

from collections.abc import Sequence
from datetime import date

from households.intake.kinds import Kind
from households.intake.progress import Told
from households.intake.rows import CheckedRow
from households.intake.sheets import Table
from households.periods import today
from households.places import current_index
from households.roster.checking import Setting, as_of_in, check_table
from households.roster.deciding import ACCEPTABLE, TRANSFERS, as_accepted, recheck
from households.roster.doubts import may_be_one
from households.roster.fields import LABELS
from households.roster.grouping import group
from households.roster.register import Comparison, compare
from households.roster.table import roster_table, with_certificates
from households.roster.undoing import plan_undo
from households.roster.writing import write


def check(tables: list[Table], scope: Sequence[str], as_of: date, told: Told) -> list[CheckedRow]:
    """All tables of a file → checked rows; rules between rows reach over sheets."""
    places = current_index()
    setting = Setting(tuple(scope), places, as_of, today())
    rows: list[CheckedRow] = []
    total = sum(len(table.row_numbers) for table in tables)
    for table in tables:
        told(len(rows), total)
        rows += check_table(with_certificates(table), setting)
    group(rows, columns={field for table in tables for field in table.fields}, path=places.path)
    return rows


ROSTER: Kind[Comparison] = Kind(
    "roster",
    roster_table,
    LABELS,
    as_of_in,
    check,
    compare,
    write,
    recheck,
    as_accepted,
    ACCEPTABLE,
    TRANSFERS,
    may_be_one,
    plan_undo,
)
