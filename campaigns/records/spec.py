"""What a room declares of one of its tables of records: what is shown, who may see it, how it is entered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from campaigns.records.forms import EntryForm
from households.access import Permission


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: its title, what it shows of a record (None and "" are empty), and its class (num, nowrap, place)."""

    title: str | Promise
    value: Callable[[Any], Any]
    css: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordTable:
    """One table of a room.

    name: in the address. model: with `scope_field`, or a rule that is everybody's. columns: the first one names the record
    and carries its link. day: the field it is ordered by, newest first (then by key); "" for the key alone. search: lookups of
    texts that hold no people's data; filters: fields with choices. form: for adding and editing; None where records are made
    elsewhere (on a household's page, by a ledger), which `how` says. adds: may the form add, or only correct? link: the
    record's own page, else its form. offered: are records of the levels above the viewer shown too? ledger: the kind of
    workbook that brings its records.
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
    adds: bool = True
    link: Callable[[Any], str] | None = None
    offered: bool = False
    ledger: str = ""
    view: Permission = Permission.VIEW_PEOPLE
    change: Permission = Permission.RECORD_FACTS
    refine: Callable[[models.QuerySet[Any]], models.QuerySet[Any]] = lambda rows: rows
