"""The business date: which day a page opens on and a fact is dated by default; and the campaign year of a day."""

from collections.abc import Sequence
from datetime import date

from campaigns.models import CampaignYear
from households.models import Installation
from households.periods import today


def business_date() -> date:
    """The latest campaign year's reporting day in the demonstration, else today but not after that year's end."""
    year = CampaignYear.objects.order_by("start").last()
    if year is None:
        return today()
    if is_demonstration():
        return year.reporting_day
    return min(today(), year.end)


def year_begun(day: date, years: Sequence[CampaignYear] | None = None) -> CampaignYear | None:
    """The campaign year last begun on a day; None before the first. `years`: all, in order, where the caller has them."""
    known = CampaignYear.objects.order_by("start") if years is None else years
    begun = [year for year in known if year.start <= day]
    return begun[-1] if begun else None


def year_of(day: date, years: Sequence[CampaignYear] | None = None) -> CampaignYear | None:
    """The campaign year a day counts with: the last one begun, before the first one the first; None where there is none."""
    known = list(CampaignYear.objects.order_by("start")) if years is None else years
    return year_begun(day, known) or (known[0] if known else None)


def is_demonstration() -> bool:
    """Does this database hold the demonstration data?"""
    return Installation.objects.filter(is_demonstration=True).exists()
