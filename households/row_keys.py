"""What stands for a person in a workbook that we hand out and take back, so that it need not hold her identity number.

The key is no secret and opens nothing: whoever sends it back must still hold the person's village. The check characters
only keep a mistyped key from meaning somebody else.
"""

import re

from django.utils.crypto import salted_hmac

_SHAPE = re.compile(r"R(\d{1,18})-([0-9a-f]{8})", re.IGNORECASE)


def row_key(person_id: int) -> str:
    """`R4711-1f3a5c7e`."""
    return f"R{person_id}-{_check(person_id)}"


def person_of(key: str) -> int | None:
    """The person's primary key; None for what is no key of this installation."""
    found = _SHAPE.fullmatch(key.strip())
    if found is None or found[2].lower() != _check(int(found[1])):
        return None
    return int(found[1])


def _check(person_id: int) -> str:
    return salted_hmac("households.row_keys", str(person_id), algorithm="sha256").hexdigest()[:8]
