"""The statistical year in which a relief counts, as its programme says: a calendar or a campaign year."""

from datetime import date

from campaigns.models import CampaignYear, ReliefProgramme


def statistical_year(programme: ReliefProgramme, day: date) -> int:
    """The year of a decision's day. Before the first campaign year, and after the last one's end, the calendar's."""
    if programme.year_kind == ReliefProgramme.YearKind.CAMPAIGN:
        within = CampaignYear.objects.filter(start__lte=day, end__gte=day).order_by("-start").first()
        if within is not None:
            return within.year
    return day.year
