"""What is due (待办日历): each room may tell its own days (Room.due)."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Due:
    """One entry of the calendar. `kind`: the short word of its badge; `url`: where it is dealt with, "" for nowhere."""

    day: date
    kind: str | Promise
    title: str
    url: str = ""
    until: date | None = None
