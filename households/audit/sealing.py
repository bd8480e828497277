"""Seals fix the log's entries as a chain of hashes: whoever changes, removes or slips in an entry breaks it.

A seal's digest is SHA-256 over the digest of the seal before it, its own day and time, and the canonical bytes of its
entries in the order of their numbers. Numbers are given before transactions commit, so a lower number may appear later:
each round takes whatever of the last days is in no seal yet, not what comes after the last number sealed.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from households.access import steward
from households.audit.models import AuditEntry, AuditSeal

# No transaction is open so long: an older entry that no seal names was not written by the product.
LOOK_BACK = timedelta(days=7)
ROUND = timedelta(minutes=1)
MOST_ENTRIES = 2000  # of one seal: what verifying holds in memory
LEAF_BYTES = 8
_LOCK = 0x5EA1
_COLUMNS = (
    "id", "at", "action", "user_id", "username", "role", "about", "about_id", "people", "region_code", "url_name",
    "method", "status", "reason", "address", "details",
)  # fmt: skip
_UNSEALED = """
WITH sealed AS (
  SELECT unnest(entries) AS id FROM households_auditseal WHERE made_at >= %(since)s
)
SELECT e.id FROM households_auditentry e
WHERE e.at >= %(since)s AND NOT EXISTS (SELECT FROM sealed WHERE sealed.id = e.id) ORDER BY e.id
"""


def canonical(entry: AuditEntry) -> bytes:
    """All columns of an entry as one line, the same whenever and wherever it is read."""
    values = [getattr(entry, column) for column in _COLUMNS]
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in values]
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def leaf(line: bytes) -> bytes:
    """What a seal keeps of one entry, to name the one that was changed."""
    return hashlib.sha256(line).digest()[:LEAF_BYTES]


def chained(previous: bytes, made_at: datetime, lines: Iterable[bytes]) -> bytes:
    """The digest of a seal."""
    total = hashlib.sha256(previous + made_at.astimezone(UTC).isoformat().encode() + b"\n")
    for line in lines:
        total.update(line)
    return total.digest()


def read_entries(numbers: Sequence[int]) -> list[AuditEntry]:
    """The entries that are there, in the order of their numbers."""
    return list(AuditEntry.objects.filter(pk__in=numbers).order_by("pk"))


def seal(*, at: datetime | None = None) -> int:
    """Seal all committed entries of the last days that are in no seal; returns how many. Nothing while another does."""
    with steward():
        if not _alone():
            return 0
        now = at or timezone.now()
        last = AuditSeal.objects.order_by("-pk").first()
        previous = bytes(last.digest) if last else b""
        with connection.cursor() as cursor:
            cursor.execute(_UNSEALED, {"since": now - LOOK_BACK})
            numbers = [number for (number,) in cursor.fetchall()]
        for first in range(0, len(numbers), MOST_ENTRIES):
            part = numbers[first : first + MOST_ENTRIES]
            lines = [canonical(entry) for entry in read_entries(part)]
            previous = chained(previous, now, lines)
            AuditSeal.objects.create(
                made_at=now, entries=part, count=len(part), leaves=b"".join(map(leaf, lines)), digest=previous
            )
        return len(numbers)


def seal_when_due() -> int:
    """Called by every worker every few seconds: seals once a minute."""
    with steward():
        last = AuditSeal.objects.order_by("-pk").values_list("made_at", flat=True).first()
    return seal() if last is None or timezone.now() - last >= ROUND else 0


def _alone() -> bool:
    """Until the transaction ends no other sealer works: two would hang their seals on the same one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])
