"""What is due (待办): each room may tell its own days (Room.due), for the calendar and for the room's page."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from households.access import Permission


@dataclass(frozen=True, slots=True)
class Due:
    """One entry of the calendar. `kind`: the short word of its badge; `url`: where it is dealt with, "" for nowhere;
    `permission`: who may open that; `is_late`: its day has passed and it is still open."""

    day: date
    kind: str | Promise
    title: str
    url: str = ""
    until: date | None = None
    permission: Permission = Permission.VIEW_DASHBOARD
    is_late: bool = False
