"""Values of records in templates."""

from typing import Any

from django import template

from households.wording import shown as shown_value

register = template.Library()


@register.filter
def shown(value: Any) -> Any:
    """A value as people read it."""
    return shown_value(value)
