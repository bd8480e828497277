"""What home cleaning has due: re-checks that were failed and wait to be mended (整改)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.cleaning.quality import rechecks, still_open
from campaigns.due import Due
from households.access import Permission, code_range
from households.models import Region
from households.periods import ONE_DAY


def entries(region: Region, first: date, last: date) -> list[Due]:
    """What is still open, by the day it was to be mended; what is older than the first day stands under today."""
    return list(_of_rechecks(region, first, last))


def _of_rechecks(region: Region, first: date, last: date) -> Iterator[Due]:
    today = business_date()
    found = still_open(rechecks(today), today).filter(code_range("village_id", region.code), due_on__lte=last)
    url = reverse("rectifications") + f"?region={region.code}"

    def due_on(since: str, until: date) -> str:
        return f"{url}&since={since}&until={until}"

    older = 0
    for day, count in found.order_by("due_on").values_list("due_on").annotate(count=Count("pk")):
        if day < first:
            older += count
        elif day < today:
            title = _("%(count)s户整改已过期限，还没有完成") % {"count": count}
            yield Due(day, _("整改"), title, due_on(str(day), day), permission=Permission.VIEW_WORKLIST, is_late=True)
        else:
            title = _("%(count)s户整改到期") % {"count": count}
            yield Due(day, _("整改"), title, due_on(str(day), day), permission=Permission.VIEW_WORKLIST)
    if older and first <= today <= last:
        title = _("%(count)s户整改早已过期限，还没有完成") % {"count": older}
        yield Due(
            today, _("整改"), title, due_on("", first - ONE_DAY), permission=Permission.VIEW_WORKLIST, is_late=True
        )
