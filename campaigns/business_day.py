"""The business date: which day a page opens on and a fact is dated by default."""

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


def is_demonstration() -> bool:
    """Does this database hold the demonstration data?"""
    return Installation.objects.filter(is_demonstration=True).exists()
