"""What an action declares of its working room: tables of records, pages, ledgers and figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise

from campaigns.due import Due
from campaigns.models import Target
from campaigns.records.spec import RecordTable
from households.access import Permission, code_range
from households.models import Region


class Asked(NamedTuple):
    """What a figure is asked for: a region's code, and the days of the campaign year up to `day`, both inclusive."""

    region: str
    start: date
    day: date

    def rows(self, model: type[models.Model], day: str) -> models.QuerySet[Any]:
        """The valid records of the region whose `day` field lies in the time asked for."""
        found: models.QuerySet[Any] = model._default_manager.filter(
            code_range(model.scope_field, self.region),  # type: ignore[attr-defined]
            voided_at=None,
            **{f"{day}__range": (self.start, self.day)},
        )
        return found


@dataclass(frozen=True, slots=True)
class Figure:
    """One number counted from the records. key: in `figures --json`; unit: 人, 户, 元 …; list_page: of what waits for somebody,
    the address name of the page that lists exactly so many for a region and day (who may see worklists may open it)."""

    key: str
    title: str | Promise
    unit: str | Promise
    count: Callable[[Asked], int | Decimal]
    list_page: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the room, shown to who has the permission."""

    url_name: str
    title: str | Promise
    note: str | Promise
    permission: Permission = Permission.RECORD_FACTS


@dataclass(frozen=True, kw_only=True)
class Room:
    """One action. ledgers: names of the kinds of workbook that are its own. due: what of it is due in a region's calendar from
    a first to a last day, both inclusive (region, first, last). leading: keys of the figures that stand on the dashboard."""

    key: str
    title: str | Promise
    lead: str | Promise
    target: Target | None = None
    pages: tuple[Link, ...] = ()
    tables: tuple[RecordTable, ...] = ()
    ledgers: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    due: Callable[[Region, date, date], list[Due]] | None = None
    leading: tuple[str, ...] = ()

    def table(self, name: str) -> RecordTable | None:
        """The table of the address."""
        return next((one for one in self.tables if one.name == name), None)
