"""Writing the audit log: one row an action, in the transaction of the action.

A request has one row at most. What only the view knows (how many people were shown, why) it leaves as a note on the
request; the middleware writes the row (povertyrelief/auditing.py). Jobs and commands write theirs with `record`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from households.audit.models import Action, AuditEntry
from households.models import User

_NOTE = "_audit_note"
_MOST_PEOPLE = 500  # of a list longer than this only the count is kept
_REASON_LENGTH = 200
# Anything that may be a number of a person, however it is spaced or written.
_LONG_NUMBER = re.compile(r"\d(?:[ \-\u2010-\u2015.,\u00b7\u3001]?[\dXx]){6,}")


@dataclass
class Note:
    """What a view or a signal knows about its request. action, about, reason: instead of those declared for the address."""

    action: Action | None = None
    about: models.Model | None = None
    user: User | None = None
    username: str = ""
    reason: str = ""
    people: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def note_of(request: HttpRequest) -> Note:
    """The request's note, empty at first."""
    found: Note = vars(request).setdefault(_NOTE, Note())
    return found


def shown(request: HttpRequest, people: Sequence[int] = (), **counts: int) -> None:
    """Note whom the page shows, by internal number, and how much of what."""
    note = note_of(request)
    note.people = list(dict.fromkeys([*note.people, *people]))
    note.counts |= counts


def record(
    action: Action,
    *,
    by: User | None,
    username: str = "",
    about: models.Model | tuple[str, str] | None = None,
    people: Sequence[int] = (),
    reason: str = "",
    region_code: str = "",
    **values: Any,
) -> None:
    """Write one row. `by` None: nobody who is known. Without a region it is hers. `values` are further columns."""
    label, key = (about._meta.label_lower, str(about.pk)) if isinstance(about, models.Model) else about or ("", "")
    AuditEntry.objects.create(
        action=action,
        user=by,
        username=by.username if by else username,
        role=by.role if by else "",
        about=label,
        about_id=key,
        people=list(people)[:_MOST_PEOPLE],
        reason=without_numbers(reason),
        region_code=region_code or (by.regions[0] if by and by.regions else ""),
        **values,
    )


def without_numbers(text: str) -> str:
    """A typed reason without identity and telephone numbers, in whatever width or grouping they were typed."""
    return _LONG_NUMBER.sub("[…]", unicodedata.normalize("NFKC", text).strip())[:_REASON_LENGTH]


def typed_username(text: str) -> tuple[User | None, str]:
    """Whose sign-in name was typed; of nobody's (it may be a password) a keyed hash, by which repeats are recognised."""
    name = unicodedata.normalize("NFKC", text).strip()
    user = User.objects.filter(username__iexact=name).first()
    return user, "" if user else "#" + salted_hmac("audit.username", name, algorithm="sha256").hexdigest()[:16]
