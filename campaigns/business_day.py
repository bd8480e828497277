"""The business date: which day a page opens on and a fact is dated by default; and the campaign year of a day."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.db import connection

from campaigns.models import CampaignYear
from households.periods import today


@dataclass
class _Known:
    """What has been read within `read_once`."""

    years: list[CampaignYear] | None = None
    is_demonstration: bool | None = None


_known: ContextVar[_Known | None] = ContextVar("business_day_known", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, years and installation are read from the database once: for a page, which asks for its day all over. Only
    where nothing is written."""
    token = _known.set(_Known())
    try:
        yield
    finally:
        _known.reset(token)


def business_date() -> date:
    """The latest campaign year's reporting day in the demonstration, else today but not after that year's end."""
    years = campaign_years()
    if not years:
        return today()
    if is_demonstration():
        return years[-1].reporting_day
    return min(today(), years[-1].end)


def campaign_years() -> list[CampaignYear]:
    """All of them, from the first to the last."""
    known = _known.get() or _Known()
    if known.years is None:
        known.years = list(CampaignYear.objects.order_by("start"))
    return known.years


def year_begun(day: date, years: Sequence[CampaignYear] | None = None) -> CampaignYear | None:
    """The campaign year last begun on a day; None before the first. `years`: all, in order, where the caller has them."""
    begun = [year for year in (campaign_years() if years is None else years) if year.start <= day]
    return begun[-1] if begun else None


def year_of(day: date, years: Sequence[CampaignYear] | None = None) -> CampaignYear | None:
    """The campaign year a day counts with: the last one begun, before the first one the first; None where there is none."""
    known = campaign_years() if years is None else years
    return year_begun(day, known) or (known[0] if known else None)


def is_demonstration() -> bool:
    """Does this database hold the demonstration data?"""
    known = _known.get() or _Known()
    if known.is_demonstration is None:
        with connection.cursor() as cursor:  # each page asks it: the ORM would take three times as long
            cursor.execute("SELECT EXISTS (SELECT FROM households_installation WHERE is_demonstration)")
            known.is_demonstration = bool(cursor.fetchone()[0])
    return known.is_demonstration
