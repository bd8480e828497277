"""What a round of cleaning is made of (五净): a setting of how we count."""

from campaigns.models import CountingRules
from campaigns.models import default_clean_items as by_default


def clean_items() -> list[str]:
    """The items of the rules in force (of the latest campaign year), in order."""
    rules = CountingRules.objects.order_by("campaign_year__start", "version").last()
    return list(rules.clean_items) if rules else by_default()
