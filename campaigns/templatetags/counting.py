"""The note under tables that says how their figures are counted."""

from datetime import date
from typing import Any

from django import template

from campaigns.organisation.counting import how_we_count as note_of

register = template.Library()


@register.inclusion_tag("components/how_we_count.html")
def how_we_count(*days: date) -> dict[str, Any]:
    """统计口径第N版：… for the figures of a day, or of several: each version once."""
    notes = [note_of(day) for day in days]
    return {"notes": [note for at, note in enumerate(notes) if note and note not in notes[:at]]}
