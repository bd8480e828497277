"""Columns named by hand: a header that nobody knows is read once a person has said what it means, and is remembered."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from households.intake.models import ColumnMapping, ImportBatch
from households.models import Person
from tests import make
from tests.campaigns.test_uploads import confirm, page_of, send
from tests.conftest import Cast
from tests.households.intake.books import person, preview, write

ODD = ("称呼", "号", "庄", "当家的", "男女")
NAMED = {"column_0": "name", "column_1": "id_no", "column_2": "village", "column_3": "head_name", "column_4": "sex"}


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    """Tasks run inside the request."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


def odd(folder: Path, name: str = "手工.xlsx", *, titles: tuple[str, ...] = ()) -> Path:
    """A roster under words that nobody knows."""
    number = make.id_number(date(1980, 5, 1))
    cells = dict(zip(ODD, ("王小芳", number, "曹庄子村", "王小芳", "女"), strict=True))
    return write(folder / name, [cells], headers=ODD, titles=titles)


def columns(client: Client, batch: ImportBatch, **values: Any) -> Any:
    """POST the page on which columns are named."""
    return client.post(reverse("upload_columns", args=[batch.pk]), {"sheet": 0, **values})


def test_an_unknown_header_is_named_read_and_remembered(officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, odd(tmp_path, titles=("丰南区花名册",)))
    batch = ImportBatch.objects.get()
    assert batch.file_error == "HEADER_NOT_FOUND"
    assert reverse("upload_columns", args=[batch.pk]) in page_of(officer_a, batch)
    shown = officer_a.get(reverse("upload_columns", args=[batch.pk]) + "?row=2").content.decode()
    assert "王小芳" in shown
    assert make.id_number(date(1980, 5, 1))[:10] not in shown
    columns(officer_a, batch, row=2, **NAMED)
    batch.refresh_from_db()
    assert (batch.state, batch.file_error, batch.counts["new"]) == ("preview", "", 1)
    assert "C列 行政村" in page_of(officer_a, batch) or "王小芳" in page_of(officer_a, batch)
    annotated = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert annotated.status_code == 200
    b"".join(annotated.streaming_content)
    confirm(officer_a, batch)
    assert Person.objects.get().name == "王小芳"
    # The next workbook of the county is read without asking; another county's is not.
    send(officer_a, odd(tmp_path, "二.xlsx", titles=("丰南区花名册", "第二份")))
    assert ImportBatch.objects.order_by("-created_at")[0].state == "preview"
    assert set(ColumnMapping.objects.values_list("county_code", "header")) == {(make.COUNTY_A, word) for word in ODD}


def test_another_countys_words_are_not_used(officer_a: Client, cast: Cast, tmp_path: Path) -> None:
    for word, field in zip(ODD, NAMED.values(), strict=True):
        ColumnMapping.objects.create(county_code=make.COUNTY_B, kind="roster", header=word, field=field)
    assert preview(odd(tmp_path), cast.officer_a).file_error == "HEADER_NOT_FOUND"


def test_a_remembered_word_never_changes_what_everybody_means(cast: Cast, tmp_path: Path) -> None:
    ColumnMapping.objects.create(county_code=make.COUNTY_A, kind="roster", header="姓名", field="head_name")
    path = write(tmp_path / "a.xlsx", [person()])
    assert preview(path, cast.officer_a).counts["new"] == 1


def test_a_sheet_without_header_is_read_from_its_first_row(officer_a: Client, tmp_path: Path) -> None:
    number = make.id_number(date(1980, 5, 1))
    path = write(tmp_path / "无.xlsx", [], headers=("王小芳", number, "曹庄子村", "王小芳"))
    send(officer_a, path)
    batch = ImportBatch.objects.get()
    columns(officer_a, batch, row=0, column_0="name", column_1="id_no", column_2="village", column_3="head_name")
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("preview", 1)
    annotated = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert annotated.status_code == 200
    b"".join(annotated.streaming_content)
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"row": 1, "column_0": "name", "column_1": "name", "column_2": "village"}, "“姓名”指定了不止一列"),
        ({"row": 1, "column_0": "name", "column_2": "village"}, "还没有指定：证件号码"),
        ({"row": 1, "column_0": "name", "column_1": "is_superuser"}, "还没有指定：证件号码"),
        ({"row": 99, **NAMED}, None),
    ],
)
def test_a_naming_that_does_not_do_is_told(
    officer_a: Client, tmp_path: Path, values: dict[str, Any], told: str | None
) -> None:
    send(officer_a, odd(tmp_path))
    batch = ImportBatch.objects.get()
    response = columns(officer_a, batch, **values)
    if told:
        assert response.status_code == 422
        assert told in response.content.decode()
        batch.refresh_from_db()
        assert batch.state == "refused"


def test_only_the_uploader_names_columns_and_only_before_the_import(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    send(officer_a, odd(tmp_path))
    batch = ImportBatch.objects.get()
    address = reverse("upload_columns", args=[batch.pk])
    city = Client()
    city.force_login(cast.federation_staff)
    assert city.get(address).status_code == 404
    columns(officer_a, batch, row=1, **NAMED)
    batch.refresh_from_db()
    confirm(officer_a, batch)
    assert officer_a.get(address).status_code == 302
    assert columns(officer_a, batch, row=1, **NAMED).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "applied"
