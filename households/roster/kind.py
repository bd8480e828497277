"""The roster as a kind of workbook on the engine."""

from django.utils.translation import gettext_lazy as _

from households.intake.kinds import Frame, Kind
from households.intake.rows import CheckedRow
from households.intake.sheets import Table
from households.periods import today
from households.places import current_index
from households.roster.checking import Setting, as_of_in, check_table
from households.roster.deciding import (
    ACCEPTABLE,
    OF_FILE_ONLY,
    PROBABLE,
    SAID_OF_ALONE,
    SETTLED_IN,
    TRANSFERS,
    as_accepted,
    own_cells,
)
from households.roster.doubts import brings_again
from households.roster.fields import LABELS
from households.roster.grouping import group
from households.roster.register import Comparison, compare
from households.roster.table import roster_table, with_certificates, with_heads
from households.roster.undoing import plan_undo
from households.roster.writing import write


def check(tables: list[Table], frame: Frame) -> list[CheckedRow]:
    """All tables of a file → checked rows; rules between rows reach over sheets."""
    places = current_index()
    setting = Setting(frame.scope, places, frame.as_of, today())
    rows: list[CheckedRow] = []
    total = sum(len(table.row_numbers) for table in tables)
    for table in tables:
        frame.told(len(rows), total)
        rows += check_table(with_heads(with_certificates(table)), setting)
    group(rows, columns={field for table in tables for field in table.fields}, path=places.path)
    return rows


ROSTER: Kind[Comparison] = Kind(
    name="roster",
    title=_("花名册"),
    named="姓名",
    shown=("性别", "出生日期", "与户主关系"),
    table=roster_table,
    labels=LABELS,
    as_of_in=as_of_in,
    check=check,
    compare=lambda rows, frame: compare(rows, frame.as_of, frame.scope),
    write=lambda rows, comparison, frame: write(rows, comparison, frame.as_of, frame.told),
    as_accepted=as_accepted,
    acceptable=ACCEPTABLE,
    probable=PROBABLE,
    own_cells=own_cells,
    settled_in=SETTLED_IN,
    of_file_only=OF_FILE_ONLY,
    said_of_alone=SAID_OF_ALONE,
    transfers=TRANSFERS,
    brings_again=brings_again,
    confirms_unchanged=True,
    plan_undo=plan_undo,
)
