"""The one place that converts between shown days (last day inclusive) and stored half-open date ranges.

Stored: `daterange` [lower, upper), upper None = open. Shown: first day and last day, both inclusive.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

ONE_DAY = timedelta(days=1)


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return timezone.localdate()


def period(first: date, last: date | None = None) -> DateRange:
    """Stored range of shown days: `last` is the last day that still counts, None or 9999-12-31 (as other systems write it) =
    no end.

    Raises ValueError where the last day is before the first.
    """
    if last is not None and last < first:
        raise ValueError("last day before first day")
    return DateRange(first, last + ONE_DAY if last and last < date.max else None, "[)")


def last_day(stored: DateRange) -> date | None:
    """The last day shown for a stored range, None = no end."""
    return stored.upper - ONE_DAY if stored.upper else None


def without(stored: DateRange, others: Iterable[DateRange]) -> list[DateRange]:
    """What is left of a stored range outside the others, in order; ranges have a first day."""
    left = [stored]
    for other in others:
        parts = []
        for part in left:
            before = DateRange(part.lower, other.lower if part.upper is None else min(part.upper, other.lower))
            if before.lower < before.upper:
                parts.append(before)
            if other.upper is not None and (part.upper is None or other.upper < part.upper):
                parts.append(DateRange(max(part.lower, other.upper), part.upper))
        left = parts
    return left


def years_after(day: date, years: int) -> date:
    """The day on which an age of `years` is reached; 29 February gives 28 February in common years (as PostgreSQL does)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def age_on(birth: date, day: date) -> int:
    """Completed years of age on a day."""
    age = day.year - birth.year
    return age if years_after(birth, age) <= day else age - 1


def school_year(day: date) -> int:
    """The calendar year in which the day's school year began (1 September)."""
    return day.year if day.month >= 9 else day.year - 1


def born_by(day: date, years: int) -> date:
    """The last birthday of those who have reached an age on a day (29 February reaches it on the 28th)."""
    try:
        born = day.replace(year=day.year - years)
    except ValueError:  # 29 February, and no leap year then
        return day.replace(year=day.year - years, day=28)
    is_28_of_29 = (born.month, born.day) == (2, 28) and _is_leap(born.year) and not _is_leap(day.year)
    return born.replace(day=29) if is_28_of_29 else born


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
