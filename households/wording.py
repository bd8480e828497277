"""Words, lists and sentences put together in the reader's language."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from households import periods

NOT_SHOWN = "—"


def word(value: str) -> str:
    """An official word (code list value or column name, stored in Chinese) as the reader knows it."""
    return _(value)


def listed(parts: Iterable[str]) -> str:
    """Several words as one text: Chinese lists are parted by 、."""
    return _("、").join(parts)


def running(sentences: Iterable[str]) -> str:
    """Sentences one after the other: Chinese needs no blank between them."""
    is_chinese = get_language() in (None, settings.LANGUAGE_CODE)
    return ("" if is_chinese else " ").join(sentences)


def shown(value: Any) -> Any:
    """A value as people read it: days as such, money without needless zeros."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, Decimal):
        return f"{value:.2f}".removesuffix(".00")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, DateRange):
        return shown_period(value)
    if isinstance(value, list):
        return listed(str(shown(one)) for one in value)
    return value


def shown_period(stored: DateRange | None) -> str:
    """First to last day, both inclusive; an open end is said so."""
    if stored is None or stored.lower is None:
        return NOT_SHOWN
    last = periods.last_day(stored)
    return (
        f"{stored.lower:%Y-%m-%d} — {last:%Y-%m-%d}" if last else _("%(day)s 起") % {"day": f"{stored.lower:%Y-%m-%d}"}
    )
