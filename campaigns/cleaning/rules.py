"""Rules of home cleaning that a form and a ledger share."""

from collections.abc import Mapping
from datetime import date


def round_out_of_order(others: Mapping[int, date], number: int, day: date) -> tuple[int, date] | None:
    """A household's other round (number → day) that this one cannot stand beside: an earlier one later, a later one earlier."""
    return next(
        ((n, d) for n, d in sorted(others.items()) if (n < number and d > day) or (n > number and d < day)), None
    )
