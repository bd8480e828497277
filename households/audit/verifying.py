"""Recomputes the chain of seals from the first, seal by seal, and finds what no seal should have missed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from households.audit.models import AuditEntry, AuditSeal
from households.audit.sealing import LEAF_BYTES, LOOK_BACK, canonical, chained, leaf, read_entries

# An entry is committed moments after its time; one that the round before this had not seen was slipped in.
LATEST = timedelta(hours=1)
MOST_TOLD = 20
_UNSEALED = """
SELECT e.id, e.at FROM households_auditentry e
WHERE NOT EXISTS (SELECT FROM (SELECT unnest(entries) AS id FROM households_auditseal) sealed WHERE sealed.id = e.id)
"""


class Fault(StrEnum):
    """What is wrong with an entry, or with a seal itself."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    SEAL = "seal"


@dataclass(frozen=True)
class Finding:
    """seal None: no seal names the entry. entry None: the seal itself or the one before it is not what it was."""

    fault: Fault
    seal: int | None
    entry: int | None


@dataclass
class Verdict:
    """findings: of the first seal that does not fit, and entries slipped in. head: digest of the last seal, in hex."""

    seals: int = 0
    entries: int = 0
    head: str = ""
    anchored: bool = False
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    findings: list[Finding] = field(default_factory=list)


def verify(*, anchor: str = "") -> Verdict:
    """Check everything. `anchor`: a head noted earlier, which must still stand in the chain."""
    verdict = Verdict()
    with transaction.atomic():  # the rows come from a server-side cursor, a few seals at a time
        _verify_chain(verdict, anchor)
        _find_unsealed(verdict)
    return verdict


def _verify_chain(verdict: Verdict, anchor: str) -> None:
    previous, now_round, round_before = b"", None, None
    for seal in AuditSeal.objects.order_by("pk").iterator(chunk_size=20):
        if seal.made_at != now_round:  # the seals of one round have one time
            round_before, now_round = now_round, seal.made_at
        entries = read_entries(seal.entries)
        lines = [canonical(entry) for entry in entries]
        if chained(previous, seal.made_at, lines) != bytes(seal.digest) or seal.count != len(lines):
            verdict.findings += _differences(seal, entries, lines)
            return
        limit = round_before - LATEST if round_before else None
        verdict.findings += [
            Finding(Fault.INSERTED, seal.pk, one.pk) for one in entries if limit is not None and one.at < limit
        ][: MOST_TOLD - len(verdict.findings)]
        previous = bytes(seal.digest)
        verdict.seals += 1
        verdict.entries += len(entries)
        verdict.head = previous.hex()
        verdict.anchored = verdict.anchored or verdict.head == anchor


def _differences(seal: AuditSeal, entries: list[AuditEntry], lines: list[bytes]) -> list[Finding]:
    """Which entries the seal does not fit any more; the seal itself where all of them are as they were."""
    return list(_differing(seal, entries, lines))[:MOST_TOLD] or [Finding(Fault.SEAL, seal.pk, None)]


def _differing(seal: AuditSeal, entries: list[AuditEntry], lines: list[bytes]) -> Iterator[Finding]:
    there = {entry.pk: leaf(line) for entry, line in zip(entries, lines, strict=True)}
    for place, number in enumerate(seal.entries):
        kept = bytes(seal.leaves[place * LEAF_BYTES : (place + 1) * LEAF_BYTES])
        if number not in there:
            yield Finding(Fault.REMOVED, seal.pk, number)
        elif there[number] != kept:
            yield Finding(Fault.CHANGED, seal.pk, number)


def _find_unsealed(verdict: Verdict) -> None:
    limit = timezone.now() - LOOK_BACK
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(at) FROM ({_UNSEALED}) unsealed WHERE at >= %s", [limit])
        verdict.unsealed, verdict.oldest_unsealed = cursor.fetchone()
        cursor.execute(f"SELECT id FROM ({_UNSEALED}) unsealed WHERE at < %s ORDER BY id LIMIT %s", [limit, MOST_TOLD])
        verdict.findings += [Finding(Fault.INSERTED, None, number) for (number,) in cursor.fetchall()]
