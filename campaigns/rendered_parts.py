"""Parts of pages that say figures and nothing else: rendered once for the same figures, whoever asks.

The key is what is shown, not where it came from, so that nothing can be out of date; kept in the web server's memory.
"""

import pickle
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def rendered(template: str, context: Mapping[str, Any]) -> SafeString:
    """The template's words for a context that can be pickled and is all it depends on (no request, no form)."""
    known = caches["parts"]
    # Pickled for the key only, never read back: what differs anywhere in the context is another part.
    key = sha256(pickle.dumps((template, get_language(), context))).hexdigest()
    part = known.get(key)
    if part is None:
        part = str(render_to_string(template, dict(context)))
        known.set(key, part)
    return mark_safe(part)  # noqa: S308 - a template's answer, which has escaped what it was given
