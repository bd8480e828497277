"""What the engine asks of a kind of workbook (roster, ledgers): its table, its checks, its comparison, its writing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.functional import Promise

from households.intake.headers import TableSpec
from households.intake.models import ImportBatch
from households.intake.progress import Told, untold
from households.intake.rows import CheckedRow
from households.intake.sheets import Table
from households.intake.undo_plan import Plan
from households.intake.workbook import CellValue


class Compared(Protocol):
    """What the engine reads of a kind's comparison with the register."""

    missing: int
    villages: list[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a batch's rows: the day they speak of, the regions of who uploaded them, who writes, and whom to tell
    how far the work is."""

    as_of: date
    scope: tuple[str, ...]
    by: int
    told: Told = untold


@dataclass(frozen=True, slots=True)
class Kind[C: Compared]:
    """One kind of workbook.

    `title`: what officers call it. `named`: the label by whose value a row is called. `shown`: labels that tell about a
    row in a list.
    `labels`: field → officer's word. `as_of_in`: titles → the day the file speaks of, if they say.
    `check(tables, frame)`: tables → rows with findings, without the register's people; tells rows.
    `compare(rows, frame)`: notes on the rows what the register says; reads only; runs as steward.
    `write(rows, comparison, frame)`: writes the rows that go in; person id → outcome; runs as steward in one transaction,
    which `frame.told` may break off by an exception.
    `as_accepted(row)`: a staged row as it is to be written when its doubts are accepted; runs as steward.
    `acceptable`: codes that a person may decide with one click, because the row then says clearly what to write.
    `probable`: codes saying that a row is probably the registered person it points at, though not by her number.
    `own_cells(row, fields)`: where a row's values are not what its file tells, which has these fields: field → cell, None for
    a blank one.
    `settled_in`: code → fields, beside the finding's own, in which what it tells of may be put right.
    `of_file_only`: those of them that are so only while the file alone raises them, not the register.
    `said_of_alone`: codes that a row has only when it is checked without the rows around it.
    `transfers`: codes that only those may decide so whose regions hold the registered person, too.
    `brings_again(old, new)`: whether a later row of the same number, or of the same village and name where not both have a
    number, tells again what the doubtful `old` told, so that nothing of it is lost with it.
    `confirms_unchanged`: its comparison reads nothing but what register_state watches, and writing an unchanged row only
    remembers that the batch confirmed the person.
    `plan_undo(batch)`: what taking an applied batch back would do; reads only; runs as steward.
    """

    name: str
    title: str | Promise
    named: str
    shown: tuple[str, ...]
    table: Callable[[], TableSpec]
    labels: dict[str, str]
    as_of_in: Callable[[Sequence[str]], date | None]
    check: Callable[[list[Table], Frame], list[CheckedRow]]
    compare: Callable[[list[CheckedRow], Frame], C]
    write: Callable[[list[CheckedRow], C, Frame], dict[int, str]]
    as_accepted: Callable[[CheckedRow], CheckedRow]
    acceptable: frozenset[str]
    probable: frozenset[str]
    own_cells: Callable[[CheckedRow, Collection[str]], dict[str, CellValue]]
    settled_in: Mapping[str, frozenset[str]]
    of_file_only: frozenset[str]
    said_of_alone: frozenset[str]
    transfers: frozenset[str]
    brings_again: Callable[[CheckedRow, CheckedRow], bool]
    confirms_unchanged: bool
    plan_undo: Callable[[ImportBatch], Plan]
