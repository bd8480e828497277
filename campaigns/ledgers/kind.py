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
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.roster.checking import as_of_in
from households.roster.doubts import ID_CODES

_UNTOLD: tuple[object, ...] = (None, "", [])
# A click confirms what the row plainly says.
ACCEPTABLE = frozenset(
    {
        "PERSON_BY_NAME", "PERSON_NAME_DIFFERS", "DATE_TOO_EARLY", "HELPER_OWN_HOUSEHOLD", "HELPER_STILL_PAIRS",
        "EVENT_SIMILAR", "OUTSIDER_UNCONFIRMED", "OUTSIDER_MAY_BE_REGISTERED",
        "SUM_RECORDED",
        "GRANT_RECEIPT_AGAIN",
        "REMARK_UNDOES",
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
        probable=frozenset(),
        own_cells=lambda _row, _fields: {},
        settled_in={},
        of_file_only=frozenset(),
        said_of_alone=frozenset(),
        transfers=frozenset(),
        brings_again=lambda old, new: _brings_again(labels, old, new),
        confirms_unchanged=False,
        plan_undo=lambda batch: plan_undo(ledger, batch),
    )


def _of_the_form(ledger: Ledger, titles: Sequence[str]) -> list[str]:
    """The titles that speak of the list itself: the day of what it is about is not the list's."""
    return [text for text in titles if not any(read(text) for read in ledger.titled.values())]


def _brings_again(labels: dict[str, str], old: CheckedRow, new: CheckedRow) -> bool:
    """A person has many rows in a ledger: nothing but what was in doubt may differ in the row that tells it again."""
    doubtful = {labels.get(one.field) for one in old.findings if one.policy >= Policy.HELD}
    told = ((value, new.values.get(label)) for label, value in old.values.items() if label not in doubtful)
    return all(value in _UNTOLD or other in _UNTOLD or value == other for value, other in told)


def _as_accepted(row: CheckedRow) -> CheckedRow:
    """A damaged number is not the person's: she was recognised by name and village."""
    if not row.is_softened:
        return row
    findings = [one for one in row.findings if one.code not in ID_CODES]
    return replace(row, findings=findings, values=row.values | {"证件号码": None}, is_softened=False)
