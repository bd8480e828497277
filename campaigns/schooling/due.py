"""What school aid has due: the new school year."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.due import Due
from households.access import Permission
from households.models import Region


def entries(region: Region, first: date, last: date) -> list[Due]:
    """Every 1 September all grades move up."""
    title = _("新学年开始，在校学生升一个年级，请核对毕业、升学和新入学的学生")
    url = reverse("schooling_grades") + f"?region={region.code}"
    starts = [date(year, 9, 1) for year in range(first.year, last.year + 1)]
    return [
        Due(day, _("助学"), title, url, permission=Permission.VIEW_PEOPLE) for day in starts if first <= day <= last
    ]
