"""From the uploaded file to the preview."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from households.intake.models import ImportBatch, StagedRow
from households.intake.staging import common_prefix, original, receive, stage
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import DAY, HEADERS, imported, person, preview, told, write

SAMPLES = Path(__file__).parents[2] / "data"


def test_the_preview_writes_nothing_into_the_register(cast: Cast, tmp_path: Path) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.officer_a)
    assert (batch.state, batch.counts["new"]) == ("preview", 1)
    assert not make.Person.objects.exists()


def test_staging_twice_doubles_nothing(cast: Cast, tmp_path: Path) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.officer_a)
    stage(batch.pk, ROSTER, default_as_of=DAY)
    assert StagedRow.objects.filter(batch=batch).count() == 1


def test_the_stored_original_and_the_staged_rows_hold_no_plain_number_name_or_phone(cast: Cast, tmp_path: Path) -> None:
    number = make.id_number(date(1980, 5, 1))
    path = write(tmp_path / "r.xlsx", [person(证件号码=number)])
    batch = preview(path, cast.officer_a)
    stored = (Path(settings.DATA_DIR) / "uploads" / batch.stored_name).read_bytes()
    row = StagedRow.objects.get(batch=batch)
    for secret in (number.encode(), "王小芳".encode(), b"14403150001", path.read_bytes()[:40]):
        assert secret not in stored
        assert secret not in bytes(row.payload)
    with original(batch) as plain:
        assert plain.read_bytes() == path.read_bytes()
    assert not plain.exists()


def test_a_refused_file_says_why_and_stages_nothing(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"%PDF-1.4 nothing")
    result = told(preview(path, cast.officer_a))
    assert (result["outcome"], result["file_error"], result["rows"]) == ("reject_file", "NOT_A_SPREADSHEET", [])
    assert "电子表格" in result["message"]


def test_a_missing_column_is_named_in_the_officers_words(cast: Cast, tmp_path: Path) -> None:
    headers = tuple(header for header in HEADERS if header != "证件号码")
    result = told(preview(write(tmp_path / "r.xlsx", [person()], headers=headers), cast.officer_a))
    assert (result["file_error"], "证件号码" in result["message"]) == ("HEADER_MISSING", True)


def test_the_same_file_again_is_recognised(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "r.xlsx", [person()])
    assert preview(path, cast.officer_a).warnings == []
    assert preview(path, cast.officer_a).warnings == ["SAME_FILE_AGAIN"]


def test_columns_the_register_does_not_need_are_not_stored(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "r.xlsx", [person(血型="独特的血型")], headers=(*HEADERS, "血型"))
    result = told(preview(path, cast.officer_a))
    assert result["file_warnings"] == ["UNKNOWN_COLUMNS"]
    assert "独特的血型" not in str(result)


def test_changed_cells_show_old_and_new(cast: Cast, tmp_path: Path) -> None:
    number = make.id_number(date(1980, 5, 1))
    imported(write(tmp_path / "1.xlsx", [person(证件号码=number)]), cast.officer_a)
    batch = preview(
        write(tmp_path / "2.xlsx", [person(证件号码=number, 文化程度="高中", 户联系电话="14403150002")]), cast.officer_a
    )
    from_rows = told(batch)["rows"]
    assert [row["change"] for row in from_rows] == ["changed"]
    assert batch.counts["changed"] == 1


def test_people_of_the_rosters_villages_who_are_not_in_it_are_counted(cast: Cast, tmp_path: Path) -> None:
    home = make.household(make.VILLAGE_A)
    make.person(home)
    elsewhere = make.household(make.VILLAGE_A2)
    make.person(elsewhere)
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.officer_a)
    assert batch.counts["missing"] == 1
    assert make.Person.objects.count() == 2


def test_a_batch_of_one_county_is_visible_to_that_county_whoever_uploaded_it(cast: Cast, tmp_path: Path) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.federation_staff)
    assert batch.county_code == make.COUNTY_A
    assert ImportBatch.objects.visible_to(cast.officer_a).filter(pk=batch.pk).exists()
    assert not ImportBatch.objects.visible_to(cast.officer_b).filter(pk=batch.pk).exists()


@pytest.mark.parametrize(
    ("codes", "prefix"), [([], ""), (["130207"], "130207"), (["130207", "130227"], "1302"), (["130207", "140100"], "")]
)
def test_the_common_region_of_several_counties(codes: list[str], prefix: str) -> None:
    assert common_prefix(codes) == prefix


def test_receiving_leaves_reading_to_the_worker(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"not a workbook")
    batch = receive(path, name="名册.xlsx", by=cast.officer_a, kind="roster")
    assert (batch.state, batch.file_size) == ("uploaded", 14)


def test_a_file_too_large_for_the_memory_is_refused_at_once_and_not_kept(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    batch = receive(path, name=path.name, by=cast.officer_a, kind=ROSTER.name)
    assert (batch.state, batch.file_error, batch.stored_name) == (ImportBatch.State.REFUSED, "TOO_LARGE", "")
    again = stage(batch.pk, ROSTER, default_as_of=make.REPORTING_DAY)
    assert told(again)["outcome"] == "reject_file"
