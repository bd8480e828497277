"""The icons of the header: one drawing each, in the colour of the text around it."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_FRAME = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"'
    ' stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
)
_SHAPES = {
    "mark": '<circle cx="12" cy="12" r="10"/><path d="M12 18.5v-7M12 11.5C12 8 9.5 6.5 6.8 6.3 7 9.600 8.800 11.500 12 11.500z'
    'M12 13.500c0-3.500 2.500-5 5.200-5.200-.2 3.300-2 5.200-5.200 5.200z"/>',
    "home": '<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>',
    "chart": '<path d="M4 20V10M10 20V4M16 20v-8M21 20H3"/>',
    "list": '<path d="M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01"/>',
    "actions": '<path d="M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z"/>',
    "report": '<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h7"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-4 2.7-6 6-6s6 2 6 6'
    'M16 4.8a3.5 3.5 0 010 6.4M17.5 14.3c2.2.7 3.5 2.6 3.5 5.7"/>',
    "upload": '<path d="M12 16V4M7 9l5-5 5 5M4 16v4h16v-4"/>',
    "compare": '<path d="M4 4h6v16H4zM14 4h6v16h-6zM6 8h2M6 12h2M16 8h2M16 16h2"/>',
    "check": '<path d="M4 4h12v6M4 4v16h8M8 8h4M8 12h3"/><path d="M14 17l2.500 2.500L21 14"/>',
    "send": '<path d="M3 11l18-8-8 18-2.500-7.500z"/>',
    "log": '<path d="M6 3h12v18H6zM9 8h6M9 12h6M9 16h3"/>',
    "settings": '<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2.2"/><circle cx="8" cy="17" r="2.2"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="M16 16l5 5"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-5 3.6-7 8-7s8 2 8 7"/>',
}
_ICONS = {name: mark_safe(_FRAME.format(shape)) for name, shape in _SHAPES.items()}  # noqa: S308 - drawings of our own


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon by its name; KeyError for one that has not been drawn."""
    return _ICONS[name]
