"""What pairing has due: people on whom their helper should have called."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.due import Due
from campaigns.pairing.overdue import overdue_count
from households.access import Permission
from households.models import Region


def entries(region: Region, first: date, last: date) -> list[Due]:
    """Today's number of people not called on, under today."""
    today = business_date()
    count = overdue_count(region.code, today) if first <= today <= last else 0
    if not count:
        return []
    title = _("%(count)s人逾期未走访") % {"count": count}
    url = reverse("pairing_overdue") + f"?region={region.code}"
    return [Due(today, _("走访"), title, url, permission=Permission.VIEW_WORKLIST, is_late=True)]
