"""Seals of the audit log: what is changed, removed or slipped in is found; late commits are sealed; one sealer at a time."""

import json
from datetime import datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from households.audit import sealing
from households.audit.models import Action, AuditEntry, AuditSeal
from households.audit.sealing import LOOK_BACK, seal, seal_when_due
from households.audit.verifying import Fault, Finding, verify


@pytest.fixture
def chain(db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven entries in four seals of two rounds."""
    monkeypatch.setattr(sealing, "MOST_ENTRIES", 2)
    first = [entry().pk for _ in range(4)]
    assert seal() == 4
    second = [entry().pk for _ in range(3)]
    assert seal() == 3
    assert AuditSeal.objects.count() == 4 and not verify().findings
    return first + second


def entry(*, at: datetime | None = None, **values: object) -> AuditEntry:
    made = AuditEntry.objects.create(action=Action.VIEW_LIST, username="wang", details={"rows": 3, "人": 1}, **values)
    if at is not None:
        AuditEntry.objects.filter(pk=made.pk).update(at=at)
    return made


def seal_of(number: int) -> int:
    return AuditSeal.objects.get(entries__contains=[number]).pk


@pytest.mark.parametrize("column", ["username = 'li'", "at = at + '1 second'", "details = '{}'", "people = '{5}'"])
def test_a_changed_entry_is_named(chain: list[int], column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE households_auditentry SET {column} WHERE id = %s", [chain[2]])
    assert verify().findings == [Finding(Fault.CHANGED, seal_of(chain[2]), chain[2])]


def test_a_removed_entry_is_named(chain: list[int]) -> None:
    AuditEntry.objects.filter(pk=chain[5]).delete()
    assert verify().findings == [Finding(Fault.REMOVED, seal_of(chain[5]), chain[5])]


def test_a_changed_and_a_removed_seal(chain: list[int]) -> None:
    first, second, *_others = AuditSeal.objects.order_by("pk")
    AuditSeal.objects.filter(pk=first.pk).update(digest=b"x" * 32)
    assert verify().findings == [Finding(Fault.SEAL, first.pk, None)]
    AuditSeal.objects.filter(pk=first.pk).delete()
    assert Finding(Fault.SEAL, second.pk, None) in verify().findings


def test_an_entry_slipped_in_for_an_earlier_day(chain: list[int]) -> None:
    """In no seal while it is older than the sealer looks back; sealed late where it is not."""
    old = entry(at=timezone.now() - LOOK_BACK - timedelta(minutes=1))
    assert verify().findings == [Finding(Fault.INSERTED, None, old.pk)]
    assert seal() == 0
    old.delete()
    newer = entry(at=timezone.now() - timedelta(days=2))
    assert seal() == 1
    assert verify().findings == [Finding(Fault.INSERTED, seal_of(newer.pk), newer.pk)]


def test_what_waited_for_a_stopped_worker_is_not_slipped_in(db: None) -> None:
    """Nobody sealed for two days: what is sealed then is as good as any other."""
    entry(at=timezone.now() - timedelta(days=2, minutes=1))
    seal(at=timezone.now() - timedelta(days=2))
    entry(at=timezone.now() - timedelta(days=1))
    assert seal() == 1
    assert not verify().findings


def test_a_later_commit_with_a_lower_number_is_sealed(chain: list[int]) -> None:
    entry(pk=chain[-1] + 10)
    assert seal() == 1
    late = entry(pk=chain[-1] + 5)
    assert seal() == 1
    assert seal_of(late.pk) and not verify().findings


def test_the_end_of_the_chain_cut_off_is_found_by_a_digest_noted_before(tangshan: None, chain: list[int]) -> None:
    noted = verify().head
    call_command("verify_audit", "--anchor", noted, stdout=StringIO())
    last = AuditSeal.objects.latest("pk")
    AuditEntry.objects.filter(pk__in=last.entries).delete()
    last.delete()
    assert not verify().findings, "the chain itself cannot tell"
    with pytest.raises(CommandError, match="封存链中没有摘要"):
        call_command("verify_audit", "--anchor", noted, stdout=StringIO())


def test_the_command_tells(tangshan: None, chain: list[int]) -> None:
    entry(at=timezone.now() - timedelta(minutes=5))
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "已核对4个封存、7条记录" in out.getvalue() and "尚未封存1条" in out.getvalue()
    AuditEntry.objects.filter(pk=chain[0]).update(username="li")
    with pytest.raises(CommandError, match=f"封存{seal_of(chain[0])}中的第{chain[0]}号记录被改动"):
        call_command("verify_audit", stdout=StringIO())
    out = StringIO()
    with pytest.raises(CommandError, match=r"was changed"):
        call_command("verify_audit", "--json", "--lang", "en", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["whole"], told["unsealed"], told["oldest_unsealed_minutes"]) == (False, 1, 5)
    assert told["findings"] == [{"fault": "changed", "seal": seal_of(chain[0]), "entry": chain[0]}]


def test_once_a_minute(db: None) -> None:
    entry()
    assert seal_when_due() == 1
    entry()
    assert seal_when_due() == 0
    AuditSeal.objects.update(made_at=timezone.now() - sealing.ROUND)
    assert seal_when_due() == 1


def test_a_second_sealer_leaves_it_to_the_first(db: None) -> None:
    entry()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing._LOCK])
        assert seal() == 0
        other.rollback()
        assert seal() == 1


def test_an_open_transaction_is_sealed_when_it_has_committed(transactional_db: None) -> None:
    insert = (
        "INSERT INTO households_auditentry (action, username, role, about, about_id, people, region_code, url_name, \
method, reason, details) VALUES ('view_list', '', '', '', '', '{}', '', '', '', '', '{}') RETURNING id"
    )
    with psycopg.connect(**connection.get_connection_params()) as other:
        given = other.execute(insert).fetchone()
        assert given is not None and entry().pk > given[0]
        assert seal() == 1
        other.commit()
    assert seal() == 1
    assert not verify().findings and verify().entries == 2
