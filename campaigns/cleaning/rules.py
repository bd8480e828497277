"""Rules of home cleaning that forms and a ledger share."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from campaigns.cleaning.models import Cleaning
from campaigns.recording import refuse


def round_out_of_order(others: Mapping[int, date], number: int, day: date) -> tuple[int, date] | None:
    """A household's other round (number → day) that this one cannot stand beside: an earlier one later, a later one earlier."""
    return next(
        ((n, d) for n, d in sorted(others.items()) if (n < number and d > day) or (n > number and d < day)), None
    )


def check_round(household: int, number: int, day: date) -> None:
    """A household's rounds follow each other in time."""
    others = Cleaning.objects.filter(household=household, voided_at=None).exclude(round_number=number)
    if against := round_out_of_order(dict(others.values_list("round_number", "done_on")), number, day):
        words = _("第%(round)s轮清洁在%(day)s，各轮的日期应按轮次先后，请核对轮次和日期。")
        refuse("done_on", words % {"round": against[0], "day": against[1]})
