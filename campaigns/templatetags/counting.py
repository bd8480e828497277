"""The note under tables that says how their figures are counted."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from campaigns.organisation.counting import how_we_count as note_of
from campaigns.rendered_parts import rendered

register = template.Library()


@register.simple_tag
def how_we_count(*days: date) -> SafeString:
    """统计口径第N版：… for the figures of a day, or of several: each version once."""
    notes = [note_of(day) for day in days]
    told = [note for at, note in enumerate(notes) if note and note not in notes[:at]]
    return rendered("components/how_we_count.html", lambda notes: {"notes": notes}, told)
