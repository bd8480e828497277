"""A roster that changes nothing is not compared twice, unless anything has been written to the register meanwhile."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from households.intake import applying
from households.intake.applying import Outcome, apply_batch
from households.intake.kinds import Kind
from households.intake.models import BatchPerson, ImportBatch
from households.intake.register_state import TABLES, register_moves
from households.intake.staging import receive, stage
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, preview, write

LATER = date(2018, 9, 30)
ROWS = [
    person(证件号码=make.id_number(date(1980, 5, 1))),
    person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 与户主关系="之女", 在校生状况="小学三年级"),
]


@pytest.fixture
def again(cast: Cast, tmp_path: Path) -> ImportBatch:
    """A preview of a roster that is in the register already."""
    path = write(tmp_path / "roster.xlsx", ROWS)
    imported(path, cast.officer_a)
    batch = preview(path, cast.officer_a)
    assert batch.counts["unchanged"] == 2
    return batch


@pytest.fixture
def counting() -> Iterator[tuple[Kind[Any], list[int]]]:
    """The roster kind, and how many rows each of its comparisons had."""
    compared: list[int] = []

    def compare(rows: Any, frame: Any) -> Any:
        compared.append(len(rows))
        return ROSTER.compare(rows, frame)

    yield dataclasses.replace(ROSTER, compare=compare), compared


def test_a_roster_that_changes_nothing_is_compared_once(again: ImportBatch, counting: Any, cast: Cast) -> None:
    kind, compared = counting
    assert apply_batch(again.pk, kind, by=cast.officer_a) == Outcome.APPLIED
    assert compared == []
    confirmed = BatchPerson.objects.filter(batch=again, outcome="confirmed").values_list("person__name", flat=True)
    assert sorted(confirmed) == ["李花", "王小芳"]
    assert apply_batch(again.pk, kind, by=cast.officer_a) == Outcome.ALREADY


def test_a_roster_that_changes_anything_is_compared_again(cast: Cast, tmp_path: Path, counting: Any) -> None:
    kind, compared = counting
    imported(write(tmp_path / "roster.xlsx", ROWS), cast.officer_a)
    changed = preview(write(tmp_path / "new.xlsx", [ROWS[0] | {"文化程度": "高中"}, ROWS[1]]), cast.officer_a)
    assert apply_batch(changed.pk, kind, by=cast.officer_a) == Outcome.APPLIED
    assert compared == [2]


def test_after_a_large_import_the_server_knows_the_registers_size(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known_size() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'households_person'::regclass")
            return int(cursor.fetchone()[0])

    before = known_size()
    imported(write(tmp_path / "small.xlsx", ROWS), cast.officer_a)
    assert known_size() == before
    monkeypatch.setattr(applying, "MANY", 1)
    large = [
        person(姓名=f"王小{name}", 证件号码=make.id_number(date(1950, 1, 1 + at)), 户编号=f"1302071042250{at:03}9")
        for at, name in enumerate("英兰芳珍波强新燕霞云")
    ]
    imported(write(tmp_path / "large.xlsx", large), cast.officer_a)
    assert known_size() == Person.objects.count() == 12


def _rename() -> None:
    Person.objects.filter(name="李花").update(name="李华")


def _rename_unseen_by_the_history() -> None:
    with pgtrigger.ignore():
        _rename()


MOVES: dict[str, Callable[[], Any]] = {
    "person": _rename,
    "without history": _rename_unseen_by_the_history,
    "household": lambda: Household.objects.update(head_name="王二芳"),
    "spell": lambda: HouseholdSpell.objects.update(status="exited"),
    "membership": lambda: Membership.objects.filter(relation="之女").delete(),
    "enrolment": lambda: Enrolment.objects.update(grade=2),
}


@pytest.mark.parametrize("move", MOVES)
def test_what_was_written_since_the_preview_is_noticed(
    again: ImportBatch, counting: Any, cast: Cast, move: str
) -> None:
    kind, compared = counting
    MOVES[move]()
    assert apply_batch(again.pk, kind, by=cast.officer_a) == Outcome.OUTDATED
    assert compared == [2]
    assert not BatchPerson.objects.filter(batch=again).exists()


def test_a_newer_roster_applied_since_the_preview_is_noticed(again: ImportBatch, cast: Cast, tmp_path: Path) -> None:
    imported(write(tmp_path / "newer.xlsx", ROWS), cast.officer_a, default_as_of=LATER)
    assert apply_batch(again.pk, ROSTER, by=cast.officer_a) == Outcome.OUTDATED


def test_an_applied_batch_that_goes_is_counted(again: ImportBatch) -> None:
    before = register_moves()
    earlier = ImportBatch.objects.exclude(pk=again.pk).get()
    earlier.rows.all().delete()
    BatchPerson.objects.filter(batch=earlier).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM households_batchwork WHERE batch_id = %s", [earlier.pk])
        cursor.execute("DELETE FROM households_importbatch WHERE id = %s", [earlier.pk])
    assert register_moves() == before + 1


def test_every_table_that_the_comparison_reads_is_watched(cast: Cast, tmp_path: Path) -> None:
    imported(write(tmp_path / "roster.xlsx", ROWS), cast.officer_a)
    torn = person(姓名="赵新", 证件号码="13029919800501", 户编号="9901")
    moved = ROWS[1] | {"户编号": "9902", "与户主关系": "户主"}
    read: set[str] = set()

    def compare(rows: Any, frame: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            comparison = ROSTER.compare(rows, frame)
        for query in queries:
            read.update(re.findall(r"\b(?:FROM|JOIN)\s+\"?((?:households|campaigns)_\w+)", query["sql"]))
        return comparison

    path = write(tmp_path / "doubtful.xlsx", [ROWS[0] | {"姓名": "王晓芳"}, torn, moved])
    batch = receive(path, name=path.name, by=cast.officer_a, kind=ROSTER.name)
    stage(batch.pk, dataclasses.replace(ROSTER, compare=compare), default_as_of=make.REPORTING_DAY)
    assert read >= {"households_person", "households_membership", "households_importbatch"}
    assert read - {"households_region"} <= set(TABLES)  # regions are read for their names only


@pytest.mark.django_db(transaction=True)
def test_what_was_being_written_during_the_preview_is_noticed_when_it_is_done(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "roster.xlsx", ROWS)
    imported(path, cast.officer_a)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE households_person SET name = '李华' WHERE name = '李花'")
            batch = preview(path, cast.officer_a)
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert (batch.counts["unchanged"], batch.compared_at_move) == (2, None)
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) == Outcome.OUTDATED
