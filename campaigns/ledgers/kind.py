"""A declared ledger as a kind of workbook on the intake engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from campaigns.ledgers.checking import check
from campaigns.ledgers.comparing import compare
from campaigns.ledgers.spec import Ledger
from campaigns.ledgers.table import ledger_columns, ledger_table
from campaigns.ledgers.undo import plan_undo
from campaigns.ledgers.writing import write
from households.intake.kinds import Kind
from households.intake.rows import CheckedRow
from households.roster.checking import as_of_in
from households.roster.doubts import ID_CODES, may_be_one

# A click confirms what the row plainly says.
ACCEPTABLE = frozenset(
    {
        "PERSON_BY_NAME", "PERSON_NAME_DIFFERS", "DATE_TOO_EARLY", "HELPER_OWN_HOUSEHOLD", "HELPER_STILL_PAIRS",
        "EVENT_SIMILAR", "OUTSIDER_UNCONFIRMED", "OUTSIDER_MAY_BE_REGISTERED",
        "GRANT_RECEIPT_AGAIN",
    }
)  # fmt: skip


def ledger_kind(ledger: Ledger) -> Kind[Any]:
    """The ledger for the engine."""
    columns = ledger_columns(ledger)
    labels = {column.field: column.label for column in columns} | {"id_no": "证件号码"}
    return Kind(
        name=ledger.name,
        title=ledger.title,
        named=ledger.named,
        shown=tuple(column.label for column in ledger.columns if column.label != ledger.named),
        table=lambda: ledger_table(ledger, columns, labels),
        labels=labels,
        as_of_in=lambda titles: as_of_in(_of_the_form(ledger, titles)),
        check=lambda tables, frame: check(ledger, columns, tables, frame),
        compare=lambda rows, frame: compare(ledger, rows, frame),
        write=lambda _rows, comparison, frame: write(ledger, comparison, frame),
        as_accepted=_as_accepted,
        acceptable=ACCEPTABLE,
        of_file_only=frozenset(),
        said_of_alone=frozenset(),
        transfers=frozenset(),
        may_be_one=may_be_one,
        plan_undo=lambda batch: plan_undo(ledger, batch),
    )


def _of_the_form(ledger: Ledger, titles: Sequence[str]) -> list[str]:
    """The titles that speak of the list itself: the day of what it is about is not the list's."""
    return [text for text in titles if not any(read(text) for read in ledger.titled.values())]


def _as_accepted(row: CheckedRow) -> CheckedRow:
    """A damaged number is not the person's: she was recognised by name and village."""
    if not row.is_softened:
        return row
    findings = [one for one in row.findings if one.code not in ID_CODES]
    return replace(row, findings=findings, values=row.values | {"证件号码": None}, is_softened=False)
