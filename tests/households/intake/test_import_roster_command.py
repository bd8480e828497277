"""The contract's command: preview, apply, JSON; and the two samples, complete."""

import json
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from households.encryption import key_fingerprint
from households.management.base import Refusal, write_private_json
from households.models import Household, HouseholdSpell, Installation, Person
from households.regions import load_regions
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import person, write
from tests.households.intake.test_applying import history

SAMPLES = Path(__file__).parents[2] / "data"


@pytest.fixture
def whole_tangshan(db: None) -> None:
    """All divisions, and the campaign year 2018."""
    Installation.objects.create(key_fingerprint=key_fingerprint())
    load_regions()
    make.campaign_year()


@pytest.mark.parametrize(
    ("sample", "county", "people", "households"),
    [("qianxi_system_export_g1.xlsx", "130227", 171, 60), ("laoting_hand_list_g2.xlsx", "130225", 127, 45)],
)
def test_a_sample_goes_in_completely_and_a_second_upload_changes_nothing(
    whole_tangshan: None, tmp_path: Path, sample: str, county: str, people: int, households: int
) -> None:
    make.user(regions=(county,), username="officer")
    out = tmp_path / "out.json"
    call_command(
        "import_roster", SAMPLES / sample, "--as", "officer", "--apply", "--json", out, "--as-of", "2018-06-30"
    )
    first = json.loads(out.read_text())
    assert (first["outcome"], first["imported"], first["counts"]["new"]) == ("accept", people, people)
    assert {row["status"] for row in first["rows"]} == {"imported"}
    assert (Person.objects.count(), Household.objects.count()) == (people, households)
    assert set(HouseholdSpell.objects.values_list("county_code", flat=True)) == {county}
    before = history()
    call_command(
        "import_roster", SAMPLES / sample, "--as", "officer", "--apply", "--json", out, "--as-of", "2018-06-30"
    )
    second = json.loads(out.read_text())
    assert (second["counts"]["unchanged"], second["file_warnings"]) == (people, ["SAME_FILE_AGAIN"])
    assert history() == before


def test_the_hand_list_knows_its_own_day(whole_tangshan: None, tmp_path: Path) -> None:
    make.user(regions=("130225",), username="officer")
    out = tmp_path / "out.json"
    call_command("import_roster", SAMPLES / "laoting_hand_list_g2.xlsx", "--as", "officer", "--json", out)
    assert json.loads(out.read_text())["as_of"] == "2018-06-30"
    assert not Person.objects.exists()


def test_the_result_file_is_for_its_owner_only(cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    path = write(tmp_path / "r.xlsx", [person()])
    call_command("import_roster", path, "--as", cast.officer_a.username, "--json", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text())["rows"][0]["values"]["证件号码"]


def test_a_refused_file_is_a_refusal_with_its_json(cast: Cast, tmp_path: Path) -> None:
    path, out = tmp_path / "r.xlsx", tmp_path / "out.json"
    path.write_bytes(b"")
    with pytest.raises(Refusal, match="空"):
        call_command("import_roster", path, "--as", cast.officer_a.username, "--json", out)
    assert json.loads(out.read_text())["file_error"] == "EMPTY_FILE"


def test_only_those_who_may_upload_may_import(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "r.xlsx", [person()])
    for user in (cast.leader, cast.village_worker, cast.auditor, cast.disabled):
        with pytest.raises(Refusal):
            call_command("import_roster", path, "--as", user.username)


def test_the_business_date_is_the_day_when_nothing_else_tells(cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    call_command(
        "import_roster", write(tmp_path / "r.xlsx", [person()]), "--as", cast.officer_a.username, "--json", out
    )
    assert json.loads(out.read_text())["as_of"] == date(2018, 12, 31).isoformat()


def test_a_device_is_written_to_and_not_replaced() -> None:
    reading, writing = os.openpty()
    device = Path(os.ttyname(writing))
    write_private_json(device, {"rows": []})
    assert stat.S_ISCHR(device.stat().st_mode)
    told = b""
    while b"}" not in told:  # a terminal gives what has come so far
        told += os.read(reading, 100)
    assert b"rows" in told
    os.close(reading)
    os.close(writing)
