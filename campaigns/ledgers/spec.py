"""What a ledger (台账) declares: its columns, whom a row is about, and which records a row tells.

A room of the campaign declares its ledgers with these; `kind.py` makes a kind of workbook of each for the intake engine.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.functional import Promise

from campaigns.facts import DayTold
from campaigns.ledgers.titles import TitleReader
from households.intake.columns import Column
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.periods import period

# Codes of dates that the row does not tell exactly: such a day never changes one that is recorded.
SOFT_DAYS = frozenset({"DATE_FROM_TICK", "DATE_FROM_MONTH", "DATE_ASSUMED", "DATE_DAY_UNSURE"})
_OF_A_MONTH = frozenset({"DATE_FROM_MONTH", "DATE_DAY_UNSURE"})


class About(StrEnum):
    """Whom a row of a ledger is about."""

    PERSON = "person"
    ANYBODY = "anybody"  # a registered person, else somebody kept by name
    HOUSEHOLD_OR_PERSON = "household_or_person"
    HOUSEHOLD = "household"
    NOBODY = "nobody"


class Resident(NamedTuple):
    """A registered person where she lives on the ledger's day. `number`: her identity number, "" for none."""

    person_id: int
    name: str
    sex: str
    birth_date: date
    id_index: bytes | None
    number: str
    household_id: int
    head_name: str
    household_no: str
    village: str


class Unit(NamedTuple):
    """Whom a row means: a household, and one of its members where the row is about a person."""

    household_id: int
    village: str
    person: Resident | None = None


@dataclass(slots=True, eq=False)
class Draft:
    """One record as a row tells it.

    same: the model's fields by which the record is known again, the most selective one first; a value may be another
    draft, of a record that is not there yet (a new helper). values: what else the row tells; None is not told. soft: fields of `values`
    that a recorded value outweighs. overlaps: a period that must meet the record's `period`. is_end_told: False where the
    end of `period` is only what is usual: a recorded end stays. day: the field of a day by which the record is known where
    the row tells it exactly; month: where it tells only that. confirms: another row of the file that tells the day means the
    same record. sum: the field of a sum of money that must not count twice (see `comparing`). labels: field → column, for
    showing what changes.
    """

    model: type[models.Model]
    same: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    soft: frozenset[str] = frozenset()
    overlaps: DateRange | None = None
    is_end_told: bool = True
    day: str = ""
    month: DateRange | None = None
    confirms: bool = False
    sum: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def parents(self) -> list["Draft"]:
        """Other drafts that this one refers to."""
        return [value for value in (*self.same.values(), *self.values.values()) if isinstance(value, Draft)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One kind of ledger.

    columns: beside those that name person, household and village. done: field of a column filled with √, a date or a name
    → the field that takes the name ("" for none). aliases: more header words → field; patterns: regular expressions for
    headers that are none of these → field. leads: fields that stand once over the rows of several people, where they stand
    left of these. keys: fields of which one filled makes a row (else those that name whom it is about). required: sets of
    fields of which one needs a column. known(rows, frame): what `drafts` needs to look things up, read as steward once a
    comparison. about_row(row): where rows differ in whom they are about. drafts(row, unit, known, frame): the records that
    the row tells; notes findings on the row. review(rows, planned, known): a last look at everything that would be written
    (row's position → records planned), in the order of the file; it notes on a row why it must wait. models: all that it may
    write, parents first. template: columns of the blank workbook; lists: column → choices; first_line: what its
    instructions say first, where the kind says too little; hint: one more line of them. outsiders: field of the column
    (是 or 否) that says whether a row's person or household is registered; "" where a row can mean registered ones only. For
    an outsider `drafts` gets no unit, the row's village is hers. filled: fields written once for several rows (merged, or
    blank below), which are filled down within the rows that agree in `starts`. titled: field → reader of the lines above
    the table, whose answer all rows have where no column tells it. each: fields that every row must fill where one does.
    spans: field whose cells may tell a first and a last day → the field of the last. denies: field of a √ → fields that a row cannot
    tell in which it says no. undone: what a remark says, beyond the common words, where nothing was done after all, or is so no more.
    halting: regular expression of
    headers that must not be left unread → code of the finding that holds the rows. labelled: fields that a title may tell with
    its label (义诊地点：村委会). hints: field → words with the signs by which titles, headers and names of sheets tell them
    where no column does. phones: field of a name → field of the telephone that may stand behind it in one cell, "" where
    none is kept. ticks: field → words that may each have a column to tick below the field's header. single: fields of which
    two columns mean two different people (the poverty office's helper and ours): somebody has to say which. series: fields that a row may
    tell several times, under numbers (see TableSpec.series); beside: fields that hold for every such number.
    """

    name: str
    title: str | Promise
    about: About
    columns: tuple[Column, ...]
    drafts: Callable[[CheckedRow, Unit | None, Any, Frame], list[Draft]]
    models: tuple[type[models.Model], ...]
    known: Callable[[list[CheckedRow], Frame], Any] = lambda _rows, _frame: None
    review: Callable[[list[CheckedRow], Mapping[int, list[Any]], Any], None] = lambda _rows, _planned, _known: None
    done: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    leads: tuple[str, ...] = ()
    required: tuple[frozenset[str], ...] = ()
    template: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named: str = "姓名"
    outsiders: str = ""
    keys: tuple[str, ...] = ()
    about_row: Callable[[CheckedRow], About] | None = None
    first_line: str | Promise = ""
    hint: str | Promise = ""
    starts: tuple[str, ...] = ()
    filled: frozenset[str] = frozenset()
    titled: Mapping[str, TitleReader] = field(default_factory=dict)
    spans: Mapping[str, str] = field(default_factory=dict)
    denies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undone: str = ""
    each: tuple[str, ...] = ()
    halting: Mapping[str, str] = field(default_factory=dict)
    labelled: frozenset[str] = frozenset()
    hints: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    series: Mapping[str, str] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()

    @property
    def names_people(self) -> bool:
        """Is every row about one person?"""
        return self.about in (About.PERSON, About.ANYBODY) and self.about_row is None

    def told(self, row: CheckedRow, field_name: str) -> Any:
        """The row's value for a field of this ledger."""
        return row.values.get(next(column.label for column in self.columns if column.field == field_name))


def is_soft(row: CheckedRow, field_name: str) -> bool:
    """Is the day of this column only assumed, because the cell has a √ or a month?"""
    return any(one.code in SOFT_DAYS and one.field == field_name for one in row.findings)


def day_told(row: CheckedRow, field_name: str) -> DayTold:
    """How exactly the row tells the day of this column."""
    if not is_soft(row, field_name):
        return DayTold.DAY
    is_month = any(one.code in _OF_A_MONTH and one.field == field_name for one in row.findings)
    return DayTold.MONTH if is_month else DayTold.NOTHING


def month_told(row: CheckedRow, field_name: str, day: date) -> DateRange | None:
    """The month of the day that stands in the column, where the row tells no more; None where it tells the day, or neither."""
    if day_told(row, field_name) != DayTold.MONTH:
        return None
    return period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
