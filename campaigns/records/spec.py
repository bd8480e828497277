"""What a room declares of one of its tables of records: what is shown, who may see it, how it is entered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from campaigns.facts import Recorded
from campaigns.records.forms import EntryForm
from households.access import Permission
from households.models import User


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: its title, what it shows of a record (None and "" are empty), and its class (num, nowrap, place).

    is_sensitive: illness and the like, only for those who may see it, on the page and in the workbook.
    """

    title: str | Promise
    value: Callable[[Any], Any]
    css: str = ""
    is_sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordTable:
    """One table of a room.

    name: in the address. model: with `scope_field`, or without one where its records belong to no region (rules, projects);
    then all are shown to who may see the table. columns: the first one names the record and carries its link.
    day: the field it is ordered by, newest first (then by key); "" for the key alone. search: lookups of texts that hold
    no people's data; filters: fields with choices. form: for adding and editing; None where records are made elsewhere (on
    a household's page, by a ledger), which `how` says. link: the record's own page, else its form. offered: are
    records of the levels above the viewer shown too? ledger: the kind of workbook that brings its records.
    is_corrected_only: its form corrects records, none is added by it. is_voided_only: without a form, but a record made by
    mistake is voided by hand; its own page offers that.
    """

    name: str
    title: str | Promise
    model: type[models.Model]
    columns: tuple[Shown, ...]
    note: str | Promise = ""
    how: str | Promise = ""
    day: str = ""
    related: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    form: type[EntryForm] | None = None
    link: Callable[[Any], str] | None = None
    offered: bool = False
    ledger: str = ""
    is_corrected_only: bool = False
    is_voided_only: bool = False
    view: Permission = Permission.VIEW_PEOPLE
    change: Permission = Permission.RECORD_FACTS
    refine: Callable[[models.QuerySet[Any]], models.QuerySet[Any]] = lambda rows: rows

    @property
    def scope(self) -> str:
        """The column of the record's region, "" where the records belong to no region."""
        return getattr(self.model, "scope_field", "")

    @property
    def is_voidable(self) -> bool:
        """Are wrong records voided (then a column tells which)? Rules are corrected instead."""
        return issubclass(self.model, Recorded)

    def shown_to(self, user: User) -> tuple[Shown, ...]:
        """The columns that the user may see."""
        sensitive = user.may(Permission.VIEW_SENSITIVE)
        return tuple(column for column in self.columns if sensitive or not column.is_sensitive)
