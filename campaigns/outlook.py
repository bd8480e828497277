"""Will we make it: what happens by itself until the deadline, and the pace that is needed (进度预测).

The ledger knows the coming days: birthdays, policies that end, pupils who leave. So the figures of the deadline, if nothing
more were done, are one lookup, and the rest is arithmetic.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns import coverage
from campaigns.business_day import year_of
from campaigns.charts import MOST_WEEKS, Line, plotted
from campaigns.coverage import Figures
from campaigns.targets import TARGETS, TargetDefinition
from households.models import Region

RECENT = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Forecast:
    """One target until the deadline.

    final: its figures then as they are known now; joining, gained: by how many `eligible` and `covered` change until then
    (net); per_week: units a week that are needed from now on; recent: units done in the last
    30 days (net); done_on: when all would be done at that pace; missing: how many would be missing on the deadline at
    that pace (0: none).
    """

    target: TargetDefinition
    now: Figures
    final: Figures
    joining: int
    gained: int
    per_week: float
    recent: int
    done_on: date | None
    missing: int
    trend: Line
    needed: Line

    @property
    def has_changes(self) -> bool:
        """Does anything change by itself?"""
        return bool(self.joining or self.gained)

    @property
    def signed_joining(self) -> str:
        """+3, -2, 0."""
        return f"{self.joining:+}" if self.joining else "0"

    @property
    def signed_gained(self) -> str:
        """+3, -2, 0."""
        return f"{self.gained:+}" if self.gained else "0"


@dataclass(frozen=True)
class Outlook:
    """All five targets. left: days until the deadline, 0 when it has passed; months: (x, label) below the pictures."""

    day: date
    start: date
    deadline: date
    left: int
    forecasts: list[Forecast]
    women: int
    children: int

    @property
    def last(self) -> date:
        """The day on which the pictures end."""
        return max(self.day, self.deadline)


def outlook(region: Region, day: date) -> Outlook | None:
    """The five targets of a region from a day to its campaign year's deadline; None without a campaign year."""
    year = year_of(day)
    if year is None:
        return None
    last = max(day, year.deadline)
    days = _weekly(year.start, day)
    history = coverage.on_days(region.code, sorted({*days, day - RECENT, day, last}))
    by_day = dict(zip(sorted({*days, day - RECENT, day, last}), history, strict=True))
    now, final, before = by_day[day], by_day[last], by_day[day - RECENT]
    left = max((year.deadline - day).days, 0)
    span = (year.start, max(year.deadline, day))
    forecasts = []
    for target in TARGETS:
        percents = [(one, by_day[one].target(target.key).percent) for one in days]
        forecasts.append(
            _forecast(
                target,
                now.target(target.key),
                final.target(target.key),
                now.target(target.key).covered - before.target(target.key).covered,
                day,
                left,
                plotted(percents, span),
                span,
            )
        )
    return Outlook(
        day,
        year.start,
        year.deadline,
        left,
        forecasts,
        final.heads["women"] - now.heads["women"],
        final.heads["children"] - now.heads["children"],
    )


def _weekly(start: date, day: date) -> list[date]:
    """Every seventh day from the start, further apart in a picture of many years, and the day itself."""
    step = WEEK * (1 + (day - start) // WEEK // MOST_WEEKS)
    count = max((day - start) // step, 0)
    return sorted({*(start + step * number for number in range(count + 1)), day} if start <= day else {day})


def _forecast(
    target: TargetDefinition,
    now: Figures,
    final: Figures,
    recent: int,
    day: date,
    left: int,
    trend: Line,
    span: tuple[date, date],
) -> Forecast:
    open_then = final.gap if left else now.gap
    pace = recent / RECENT.days
    days_needed = math.ceil(open_then / pace) if open_then and pace > 0 else 0
    percent = now.percent
    return Forecast(
        target=target,
        now=now,
        final=final,
        joining=final.eligible - now.eligible,
        gained=final.covered - now.covered,
        per_week=math.ceil(open_then * 70 / left) / 10 if left else 0,
        recent=recent,
        done_on=_day_after(day, days_needed) if days_needed else None,
        missing=max(open_then - math.floor(max(pace, 0) * left), 0),
        trend=trend,
        needed=plotted([(day, percent), (span[1], 100.0)], span) if left and percent is not None else Line("", 0, 0),
    )


def _day_after(day: date, days: int) -> date | None:
    """Nobody needs to know of a day centuries away."""
    return day + timedelta(days=days) if days < 3650 else None
