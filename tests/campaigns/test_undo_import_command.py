"""The contract's command `undo_import`."""

import json
import stat
from pathlib import Path

import pytest
from django.core.management import call_command

from households.intake.models import ImportBatch
from households.management.base import Refusal
from households.models import Person
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, preview, write


@pytest.fixture
def batch(cast: Cast, tmp_path: Path) -> ImportBatch:
    """An applied roster of one woman."""
    result = imported(write(tmp_path / "roster.xlsx", [person()]), cast.officer_a)
    return ImportBatch.objects.get(pk=result["batch"])


def test_it_tells_first_and_undoes_then(batch: ImportBatch, cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    call_command("undo_import", str(batch.pk), "--as", cast.officer_a.username, "--preview", "--json", out)
    told = json.loads(out.read_text())
    assert (told["outcome"], told["removed"]) == ("preview", {"person": 1, "household": 1})
    assert Person.objects.count() == 1
    call_command("undo_import", str(batch.pk), "--as", cast.officer_a.username, "--json", out)
    told = json.loads(out.read_text())
    assert (told["outcome"], told["removed"], told["kept"]) == ("undone", {"person": 1, "household": 1}, [])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert not Person.objects.exists()


def test_what_stays_is_named_with_code_and_sentence(batch: ImportBatch, cast: Cast, tmp_path: Path) -> None:
    make.pairing(Person.objects.get())
    out = tmp_path / "out.json"
    call_command("undo_import", str(batch.pk), "--as", cast.officer_a.username, "--json", out)
    kept = json.loads(out.read_text())["kept"]
    assert [(one["kind"], one["reason"], one["message"]) for one in kept] == [
        ("person", "fact", "已有工作记录"),
        ("household", "members", "户内还有保留的成员"),
    ]


def test_another_county_an_unknown_number_and_a_second_time_are_refused(
    batch: ImportBatch, cast: Cast, tmp_path: Path
) -> None:
    for number, name in ((str(batch.pk), cast.officer_b.username), ("12", cast.officer_a.username)):
        with pytest.raises(Refusal, match="没有批次"):
            call_command("undo_import", number, "--as", name)
    waiting = preview(write(tmp_path / "other.xlsx", [person(姓名="李芳")]), cast.officer_a)
    with pytest.raises(Refusal, match="只有已导入的才能撤回"):
        call_command("undo_import", str(waiting.pk), "--as", cast.officer_a.username)
    call_command("undo_import", str(batch.pk), "--as", cast.officer_a.username)
    with pytest.raises(Refusal, match="已撤回"):
        call_command("undo_import", str(batch.pk), "--as", cast.officer_a.username)
