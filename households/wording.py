"""Words, lists and sentences put together in the reader's language."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _


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
