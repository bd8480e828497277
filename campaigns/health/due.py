"""What health has due: ends of schemes and policies."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.due import Due
from campaigns.models import Policy, Scheme
from households.access import Permission
from households.models import Region
from households.periods import ONE_DAY, last_day


def entries(region: Region, first: date, last: date) -> list[Due]:
    """Ends of schemes and policies, which belong to no region."""
    ends = {"period__endswith__gt": first, "period__endswith__lte": last + ONE_DAY}
    url = reverse("insurance") + f"?region={region.code}"
    titles = [
        (scheme.period, _("保险方案“%(name)s”期满") % {"name": scheme.name}) for scheme in Scheme.objects.filter(**ends)
    ] + [
        (policy.period, _("保单%(number)s期满，请办理续保") % {"number": policy.number})
        for policy in Policy.objects.filter(**ends)
    ]
    return [
        Due(last_day(period) or last, _("保险"), title, url, permission=Permission.VIEW_PEOPLE)
        for period, title in titles
    ]
