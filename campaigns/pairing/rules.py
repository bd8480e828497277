"""The settings of pairing as they stand on a day (统计口径)."""

from datetime import date

from campaigns.models import CountingRules


def rules_on(day: date) -> CountingRules:
    """The last version of the campaign year last begun; before the first year its own, without any the defaults."""
    found = CountingRules.objects.select_related("campaign_year").order_by("-campaign_year__start", "-version")
    return found.filter(campaign_year__start__lte=day).first() or found.last() or CountingRules()
