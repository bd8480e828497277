"""One page of a room's table: scoped, filtered, newest first, by keyset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.facts import Recorded
from campaigns.records.spec import RecordTable, Shown
from households.access import code_range
from households.models import Region, User
from households.wording import shown

PAGE_SIZE = 50


@dataclass(frozen=True)
class Cell:
    """One value of a line."""

    title: Any
    text: Any
    css: str


@dataclass(frozen=True)
class Line:
    """One record. url: its page or form, "" where the viewer may not open it."""

    name: Any
    cells: list[Cell]
    url: str
    is_voided: bool


@dataclass(frozen=True)
class Filter:
    """One select of the filter bar."""

    name: str
    label: str
    choices: list[tuple[Any, Any]]
    chosen: str


@dataclass(frozen=True)
class Page:
    """Lines, the filters above them, the key of the next page ("": the last one) and the query without it."""

    lines: list[Line]
    filters: list[Filter]
    word: str
    next_key: str
    query: str


def rows_of(table: RecordTable, user: User, asked: QueryDict, region: Region | None) -> models.QuerySet[Any]:
    """The records that the user may see and asks for, in order."""
    manager: Any = table.model._default_manager
    if table.offered:
        found = manager.offered_to(user)
    elif table.scope:
        found = manager.visible_to(user)
    else:
        found = manager.all()
    found = table.refine(found)
    if table.related:
        found = found.select_related(*table.related)
    if region is not None and table.scope:
        found = found.filter(code_range(table.scope, region.code))
    for name in table.filters:
        if value := asked.get(name, ""):
            found = found.filter(**{name: value})
    if table.search and (word := asked.get("q", "").strip()):
        condition = Q()
        for lookup in table.search:
            condition |= Q(**{f"{lookup}__icontains": word})
        found = found.filter(condition)
    return found.order_by(*((f"-{table.day}", "-pk") if table.day else ("-pk",)))


def page_of(table: RecordTable, user: User, asked: QueryDict, room: str, region: Region | None) -> Page:
    """One page; raises ValueError for a key of no page."""
    found = rows_of(table, user, asked, region)
    if after := asked.get("after", ""):
        found = found.filter(_later(table, after))
    records = list(found[: PAGE_SIZE + 1])
    lines = [_line(table, record, user, room) for record in records[:PAGE_SIZE]]
    query = asked.copy()
    query.pop("after", None)
    return Page(
        lines=lines,
        filters=[_filter(table, name, asked) for name in table.filters],
        word=asked.get("q", ""),
        next_key=_key(table, records[PAGE_SIZE - 1]) if len(records) > PAGE_SIZE else "",
        query=query.urlencode(),
    )


def sheet_rows(table: RecordTable, columns: Sequence[Shown], found: models.QuerySet[Any]) -> Iterator[list[str | int]]:
    """The records as rows of a workbook, as the page shows them."""
    for record in found.iterator(chunk_size=2000):
        yield [_plain(column.value(record)) for column in columns] + [state_of(record)]


def state_of(record: models.Model) -> str:
    """Empty for a valid record, the reason for a voided one."""
    if isinstance(record, Recorded) and record.voided_at is not None:
        return str(_("已作废：%(reason)s") % {"reason": record.void_reason})
    return ""


def _plain(value: Any) -> str | int:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(shown(value))


def _line(table: RecordTable, record: Any, user: User, room: str) -> Line:
    name, *others = table.shown_to(user)
    url = ""
    if table.link is not None:
        url = table.link(record)
    elif table.form is not None and user.may(table.change) and _is_own(table, user, record):
        url = reverse("record_edit", args=[room, table.name, record.pk])
    cells = [Cell(column.title, shown(column.value(record)), column.css) for column in others]
    is_voided = isinstance(record, Recorded) and record.voided_at is not None
    return Line(shown(name.value(record)), cells, url, is_voided)


def _is_own(table: RecordTable, user: User, record: Any) -> bool:
    return not table.scope or user.covers(getattr(record, table.scope))


def _filter(table: RecordTable, name: str, asked: QueryDict) -> Filter:
    field = table.model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return Filter(name, str(field.verbose_name), list(field.flatchoices), asked.get(name, ""))


def _key(table: RecordTable, record: Any) -> str:
    return f"{getattr(record, table.day):%Y%m%d}-{record.pk}" if table.day else str(record.pk)


def _later(table: RecordTable, key: str) -> Q:
    if not table.day:
        return Q(pk__lt=int(key))
    written, pk = key.split("-")
    day = date.fromisoformat(written)
    return Q(**{f"{table.day}__lt": day}) | Q(**{table.day: day, "pk__lt": int(pk)})
