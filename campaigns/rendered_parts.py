"""Parts of pages that say figures and nothing else: rendered once for the same figures, whoever asks.

The key is all that a part is made of, read anew for each page, so that nothing can be out of date and nobody is shown what
another may see; kept in the web server's memory.
"""

import io
import pickle
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from django.core.cache import caches
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def rendered(template: str, context_of: Callable[..., Mapping[str, Any]], *source: Any) -> SafeString:
    """The template's words for the context that a function makes of the source and of nothing else: no request, no form,
    no question to the database. A template has one such function; the source can be pickled."""
    known = caches["parts"]
    made_of = io.BytesIO()
    _Key(made_of).dump((template, get_language(), source))
    key = sha256(made_of.getbuffer()).hexdigest()
    part = known.get(key)
    if part is None:
        part = str(render_to_string(template, dict(context_of(*source))))
        known.set(key, part)
    return mark_safe(part)  # noqa: S308 - a template's answer, which has escaped what it was given


class _Key(pickle.Pickler):
    """Pickled for the key only, never read back: what differs anywhere in the source is another part."""

    def reducer_override(self, value: Any) -> Any:
        """A model's row is its fields, with what has been fetched along with it: Django's own way takes twice the time."""
        if not isinstance(value, Model):
            return NotImplemented
        fields = {name: field for name, field in vars(value).items() if name != "_state"}
        return tuple, ((type(value), fields, value._state.fields_cache),)
