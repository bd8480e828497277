"""Whose an upload is: who sees it, who may confirm it, and who takes it back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import batches, coverage, tasks
from households.intake.models import ImportBatch
from households.intake.staging import purge_original
from households.models import Person
from tests import make
from tests.campaigns.test_uploads import confirm, page_of, send, workbook
from tests.conftest import Cast
from tests.households.intake.books import person, preview


def test_another_countys_officer_sees_nothing_of_it(
    at_once: None, officer_a: Client, officer_b: Client, tmp_path: Path
) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    assert "名册.xlsx" not in officer_b.get(reverse("uploads")).content.decode()
    for name in ("upload_detail", "upload_annotated"):
        assert officer_b.get(reverse(name, args=[batch.pk])).status_code == 404
    for name in ("upload_apply", "upload_discard", "upload_check"):
        assert (
            officer_b.post(reverse(name, args=[batch.pk]), {"seen": batches.preview_number(batch)}).status_code == 404
        )
    assert officer_b.get(reverse("uploads") + f"?before={batch.pk}").status_code == 404
    batch.refresh_from_db()
    assert batch.state == "preview"


def test_the_countys_officer_sees_what_the_city_uploaded_for_it_but_not_the_original(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    batch = preview(workbook(tmp_path, person(), person(姓名="不明之人", 行政村="没有村")), cast.federation_staff)
    shown = page_of(officer_a, batch)
    assert "王小芳" in shown
    assert "不明之人" not in shown
    assert officer_a.get(reverse("upload_annotated", args=[batch.pk])).status_code == 404


def test_an_original_whose_time_is_over_is_told_as_such(cast: Cast, officer_a: Client, tmp_path: Path) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    purge_original(batch)
    answer = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert answer.status_code == 404
    assert "原件已过保存期限" in answer.content.decode()


def test_after_a_change_of_county_her_old_uploads_are_out_of_reach(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    cast.officer_a.regions = [make.COUNTY_B]
    cast.officer_a.save()
    assert officer_a.get(reverse("upload_detail", args=[batch.pk])).status_code == 404


def test_a_job_of_someone_who_may_no_longer_upload_writes_nothing(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    confirm(officer_a, batch)
    cast.officer_a.is_active = False
    cast.officer_a.save()
    tasks.apply_batch.func(str(batch.pk), cast.officer_a.pk)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("preview", 0)


@pytest.mark.parametrize("role", ["township_worker", "village_worker", "leader", "auditor", "system_admin"])
def test_roles_that_may_not_upload_are_turned_away(cast: Cast, role: str, client: Client, tmp_path: Path) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    client.force_login(getattr(cast, role))
    assert client.get(reverse("uploads")).status_code == 403
    assert send(client, workbook(tmp_path)).status_code == 403
    assert client.get(reverse("upload_detail", args=[batch.pk])).status_code == 403
    assert confirm(client, batch).status_code == 403
    assert ImportBatch.objects.count() == 1


def test_list_and_preview_cost_the_same_number_of_queries_at_any_size(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    officer_a.get(reverse("uploads"))  # the first request of a sign-in writes more
    made: list[tuple[int, int]] = []
    for size in (1, 6):
        rows = [person(户编号=f"13020710422500{number:02d}") for number in range(size)]
        for number in range(size):
            batch = preview(workbook(tmp_path, *rows, name=f"{size}-{number}.xlsx"), cast.officer_a)
        with CaptureQueriesContext(connection) as of_list:
            officer_a.get(reverse("uploads"))
        with CaptureQueriesContext(connection) as of_page:
            page_of(officer_a, batch)
        made.append((len(of_list), len(of_page)))
    assert made[0] == made[1]


def test_an_import_is_taken_back_on_its_page_after_a_look_at_what_that_does(
    at_once: None, officer_a: Client, officer_b: Client, tmp_path: Path
) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    batch.refresh_from_db()
    address = reverse("upload_undo", args=[batch.pk])
    assert address in page_of(officer_a, batch)
    look = officer_a.get(address).content.decode()
    assert "删除新增的人" in look
    assert Person.objects.count() == 1
    assert officer_b.get(address).status_code == officer_b.post(address).status_code == 404
    assert batch.as_of is not None
    assert coverage.as_of([make.COUNTY_A], batch.as_of)[make.COUNTY_A].heads["women"] == 1
    officer_a.post(address)
    officer_a.post(address)  # sent twice
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.UNDONE
    assert not Person.objects.exists()
    assert coverage.as_of([make.COUNTY_A], batch.as_of)[make.COUNTY_A].heads["women"] == 0
    assert "撤回。" in page_of(officer_a, batch)


def test_what_undoing_keeps_is_named_with_the_reason(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    make.pairing(Person.objects.get())
    address = reverse("upload_undo", args=[batch.pk])
    assert "已有工作记录" in officer_a.get(address).content.decode()
    assert 'class="steps"' in page_of(officer_a, batch)
    officer_a.post(address)
    undone = page_of(officer_a, batch)
    assert "已有工作记录" in undone and 'class="steps"' not in undone  # no step of importing is to be taken
    assert Person.objects.count() == 1


def test_before_an_import_is_taken_back_one_learns_that_a_later_one_comes_first(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    said = "请先撤回后来的那次导入"
    woman = person()
    send(officer_a, workbook(tmp_path, woman))
    first = ImportBatch.objects.get()
    confirm(officer_a, first)
    address = reverse("upload_undo", args=[first.pk])
    assert said not in officer_a.get(address).text
    girl = person(姓名="李花", 与户主关系="之女", 证件号码=make.id_number(date(2008, 5, 1)))
    send(officer_a, workbook(tmp_path, woman, girl))
    later = ImportBatch.objects.exclude(pk=first.pk).get()
    confirm(officer_a, later)
    assert said in officer_a.get(address).text  # the first one would be spent and its people would stay
    officer_a.post(reverse("upload_undo", args=[later.pk]))
    assert said not in officer_a.get(address).text
    officer_a.post(address)
    assert not Person.objects.exists()


def test_a_batch_that_reaches_beyond_her_villages_is_not_hers_to_undo(
    at_once: None, cast: Cast, client: Client, tmp_path: Path
) -> None:
    both = workbook(
        tmp_path,
        person(),
        person(
            县="迁西县",
            乡镇="兴城镇",
            行政村="东河南寨村",
            户编号="1302271002000001",
            证件号码=make.id_number(date(1981, 5, 1)),
        ),
    )
    client.force_login(cast.federation_staff)
    send(client, both)
    batch = ImportBatch.objects.get()
    confirm(client, batch)
    batch.refresh_from_db()
    if len({village[:6] for village in batch.villages}) != 2:
        pytest.fail(f"the roster was to hold two counties: {batch.villages}")
    client.force_login(cast.officer_a)
    assert client.post(reverse("upload_undo", args=[batch.pk])).status_code in (403, 404)
    assert Person.objects.count() == 2


def test_an_undo_that_fails_says_so_and_leaves_the_batch_imported(
    at_once: None, officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)

    def broken(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(batches, "undo_batch", broken)
    officer_a.post(reverse("upload_undo", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    assert "没有写入任何内容" in page_of(officer_a, batch)
