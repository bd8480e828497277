"""The upload road through its pages: from the file to the register, and everything that must not happen on it."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from campaigns import batches, coverage, tasks
from households.access import PERMISSIONS, Permission, Role
from households.intake.models import BatchPerson, ImportBatch, StagedRow
from households.intake.staging import receive, stage
from households.intake.workbook import FileRefused
from households.models import Person
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, write


def workbook(folder: Path, *rows: dict[str, Any], name: str = "名册.xlsx", titles: tuple[str, ...] = ()) -> Path:
    """A roster file; without rows one woman of 丰南区."""
    return write(folder / name, list(rows) or [person()], titles=titles)


def send(client: Client, *paths: Path, **values: Any) -> Any:
    """POST files as the page's form does."""
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    return client.post(reverse("uploads"), {"files": files, **values})


def page_of(client: Client, batch: ImportBatch, query: str = "") -> str:
    """The batch's page."""
    return str(client.get(reverse("upload_detail", args=[batch.pk]) + query).content.decode())


def confirm(client: Client, batch: ImportBatch) -> Any:
    """Press 确认导入 on the page as it is now."""
    return client.post(reverse("upload_apply", args=[batch.pk]), {"seen": batches.preview_number(batch)})


def test_an_uploaded_roster_is_previewed_then_applied_and_moves_the_figures(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    response = send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    assert (response.status_code, response.url) == (302, reverse("upload_detail", args=[batch.pk]))
    assert batch.state == "preview"
    shown = page_of(officer_a, batch)
    assert "王小芳" in shown
    assert "确认导入1行" in shown
    assert not Person.objects.exists()
    confirm(officer_a, batch)
    assert Person.objects.get().name == "王小芳"
    assert "已导入1行" in page_of(officer_a, batch)
    batch.refresh_from_db()
    assert batch.as_of is not None
    assert coverage.as_of([make.COUNTY_A], batch.as_of)[make.COUNTY_A].heads["women"] == 1


def test_confirming_twice_has_one_effect(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    seen = batches.preview_number(batch)
    for _time in range(2):
        response = officer_a.post(reverse("upload_apply", args=[batch.pk]), {"seen": seen})
        assert response.status_code == 302
    assert (Person.objects.count(), BatchPerson.objects.count()) == (1, 1)
    batch.refresh_from_db()
    assert batch.state == "applied"


def test_confirming_twice_before_the_worker_comes_enqueues_one_job(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    confirm(officer_a, batch)
    confirm(officer_a, batch)
    assert DBTaskResult.objects.filter(task_path="campaigns.tasks.apply_batch").count() == 1


def test_a_preview_that_was_renewed_meanwhile_is_not_applied_unseen(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    seen = batches.preview_number(batch)
    batches.check(batch.pk)
    officer_a.post(reverse("upload_apply", args=[batch.pk]), {"seen": seen})
    batch.refresh_from_db()
    assert batch.state == "preview"


def test_when_the_register_moved_since_the_preview_the_officer_is_asked_again(
    at_once: None, officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    number = make.id_number(date(1980, 5, 1))
    first = preview(workbook(tmp_path, person(证件号码=number)), cast.officer_a)
    second = preview(workbook(tmp_path, person(证件号码=number, 文化程度="高中")), cast.officer_a)
    confirm(officer_a, first)
    confirm(officer_a, second)
    second.refresh_from_db()
    assert (second.state, second.counts["changed"]) == ("preview", 1)
    shown = page_of(officer_a, second)
    assert "已重新核对" in shown
    assert '<del class="old">初中</del> <ins class="new">高中</ins>' in shown


def test_the_same_upload_sent_twice_is_one_batch(officer_a: Client, tmp_path: Path) -> None:
    path = workbook(tmp_path)
    first, second = send(officer_a, path), send(officer_a, path)
    assert first.url == second.url
    assert ImportBatch.objects.count() == 1


def test_the_same_file_again_after_its_import_says_so_and_changes_nothing(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    path = workbook(tmp_path)
    send(officer_a, path)
    confirm(officer_a, ImportBatch.objects.get())
    send(officer_a, path)
    again = ImportBatch.objects.get(state="preview")
    shown = page_of(officer_a, again)
    assert "这个文件以前上传过" in shown
    assert "完全一致" in shown
    assert again.counts["unchanged"] == 1


def test_several_files_become_several_batches(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    response = send(
        officer_a, workbook(tmp_path, name="甲.xlsx"), workbook(tmp_path, person(), person(), name="乙.xlsx")
    )
    assert response.url == reverse("uploads")
    shown = officer_a.get(reverse("uploads")).content.decode()
    assert "甲.xlsx" in shown
    assert "乙.xlsx" in shown


def test_a_file_that_is_no_workbook_is_refused_with_cause_and_remedy(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"%PDF-1.4 nothing")
    send(officer_a, path)
    shown = page_of(officer_a, ImportBatch.objects.get())
    assert "这个文件没有导入" in shown
    assert "这不是电子表格文件" in shown
    assert "NOT_A_SPREADSHEET" not in shown


def test_an_empty_file_is_refused_at_once_while_the_others_go_on(officer_a: Client, tmp_path: Path) -> None:
    empty = tmp_path / "空.xlsx"
    empty.touch()
    response = send(officer_a, empty, workbook(tmp_path))
    assert response.status_code == 422
    assert "文件是空的" in response.content.decode()
    assert ImportBatch.objects.count() == 1


def test_nothing_chosen_is_said(officer_a: Client) -> None:
    response = officer_a.post(reverse("uploads"), {})
    assert "请先选择要上传的文件" in response.content.decode()


def test_a_twenty_first_unfinished_file_waits(officer_a: Client, tmp_path: Path) -> None:
    paths = [workbook(tmp_path, person(), name=f"{number}.xlsx") for number in range(21)]
    response = send(officer_a, *paths)
    assert "您已有20个文件没有处理完" in response.content.decode()
    assert ImportBatch.objects.count() == 20


def test_files_sent_together_have_one_preview_and_come_back_together(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    number = make.id_number(date(1980, 5, 1))
    first = workbook(tmp_path, person(证件号码=number), name="黄各庄镇.xlsx")
    second = workbook(
        tmp_path, person(证件号码=number, 文化程度="高中"), person(姓名="李四妹", 户编号="2"), name="小集镇.xlsx"
    )
    send(officer_a, first, second, joint="on")
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.counts["rows"]) == ("黄各庄镇.xlsx等2个文件.zip", 3)
    # The rule between rows reaches over the files.
    assert batch.counts["held"] == 2
    assert "小集镇.xlsx·名册 2" in page_of(officer_a, batch)
    response = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert sorted(archive.namelist()) == ["小集镇.xlsx", "黄各庄镇.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(archive.read("小集镇.xlsx")))["名册"]
    assert [sheet.cell(row, len(HEADERS) + 1).value for row in (1, 2, 3)] == ["导入结果", "待核实", "可导入 · 新增"]
    archive.close()
    send(officer_a, second, first, joint="on")
    assert ImportBatch.objects.count() == 1


@pytest.fixture
def three_files(at_once: None, officer_a: Client, tmp_path: Path) -> ImportBatch:
    """A batch of three files: two rows of one person in two of them, a sent-back row, a merged one, and no row at all."""
    number = make.id_number(date(1980, 5, 1))
    twice = person(姓名="李四妹", 户编号="1302071042250002")
    first = workbook(tmp_path, person(证件号码=number), person(行政村="没有村"), name="黄各庄镇.xlsx")
    second = workbook(tmp_path, person(证件号码=number, 文化程度="高中"), twice, twice, name="小集镇.xlsx")
    empty = write(tmp_path / "说明.xlsx", [], headers=("填表说明",))
    send(officer_a, first, second, empty, joint="on")
    return ImportBatch.objects.get()


def test_a_preview_of_several_files_tells_the_figures_of_each(three_files: ImportBatch, officer_a: Client) -> None:
    response = officer_a.get(reverse("upload_detail", args=[three_files.pk]))
    files = {one.name: one for one in response.context["page"].files}
    figures = ("rows", "new", "changed", "unchanged", "held", "rejected", "merged")
    told = {name: [one.counts.get(figure, 0) for figure in figures] for name, one in files.items()}
    assert told == {
        "小集镇.xlsx": [3, 1, 0, 0, 1, 0, 1],
        "说明.xlsx": [0, 0, 0, 0, 0, 0, 0],
        "黄各庄镇.xlsx": [2, 0, 0, 0, 1, 1, 0],
    }
    sums = [sum(column) for column in zip(*told.values(), strict=True)]
    assert sums == [three_files.counts[figure] for figure in figures]
    confirm(officer_a, three_files)
    shown = page_of(officer_a, three_files)
    assert "已导入1行" in shown
    assert "各文件的结果" in shown


def test_the_rows_of_one_file_are_shown_alone(three_files: ImportBatch, officer_a: Client) -> None:
    page = officer_a.get(reverse("upload_detail", args=[three_files.pk])).context["page"]
    chosen = next(one for one in page.files if one.name == "小集镇.xlsx")
    response = officer_a.get(reverse("upload_detail", args=[three_files.pk]) + f"?file={chosen.number}")
    assert [line.place for line in response.context["page"].lines] == [f"小集镇.xlsx·名册 {row}" for row in (2, 3, 4)]
    assert {tab.key: tab.count for tab in response.context["page"].tabs} == {"all": 3, "new": 1, "held": 1, "merged": 1}
    assert f'href="?show=held&amp;file={chosen.number}"' in response.content.decode()
    for query in ("?file=9", "?file=-1", "?file=x", f"?show=missing&file={chosen.number}"):
        assert officer_a.get(reverse("upload_detail", args=[three_files.pk]) + query).status_code == 404


def test_one_file_has_no_table_of_files(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    assert "各文件的结果" not in page_of(officer_a, ImportBatch.objects.get())


def test_who_sees_a_part_of_the_rows_learns_only_of_files_with_them(
    at_once: None, cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    outside = person(县="迁西县", 乡镇="兴城镇", 行政村="东河南寨村", 姓名="外县人", 户编号="1302271002000001")
    city = Client()
    city.force_login(cast.federation_staff)
    lost = workbook(tmp_path, outside | {"行政村": "没有村"}, name="迁西王某.xlsx")
    send(city, workbook(tmp_path, name="丰南.xlsx"), lost, joint="on")
    batch = ImportBatch.objects.get()
    assert "迁西王某.xlsx" in page_of(city, batch)
    shown = page_of(officer_a, batch)
    assert "丰南.xlsx" in shown
    assert '<a href="?file=2"' not in shown
    assert [one.name for one in officer_a.get(reverse("upload_detail", args=[batch.pk])).context["page"].files] == [
        "丰南.xlsx"
    ]


def test_a_zip_and_files_to_be_checked_apart_are_batches_of_their_own(officer_a: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "全县.zip", "w") as archive:
        archive.write(workbook(tmp_path), "名册.xlsx")
    paths = [workbook(tmp_path, person(), name=f"{number}.xlsx") for number in range(2)]
    send(officer_a, *paths, tmp_path / "全县.zip")
    assert {batch.file_name for batch in ImportBatch.objects.all()} == {"0.xlsx", "1.xlsx", "全县.zip"}


def test_pasted_cells_are_a_roster(at_once: None, officer_a: Client) -> None:
    row = person(备注="说明，\n两行")
    cells = ['"' + str(value) + '"' if "\n" in str(value) else str(value) for value in row.values()]
    send(officer_a, pasted="\t".join(row) + "\r\n" + "\t".join(cells) + "\r\n")
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.state, batch.counts["new"]) == ("粘贴的单元格.tsv", "preview", 1)
    confirm(officer_a, batch)
    assert Person.objects.get().name == "王小芳"


def test_pasted_text_that_is_no_table_is_refused_with_the_remedy(at_once: None, officer_a: Client) -> None:
    send(officer_a, pasted="王小芳 女")
    batch = ImportBatch.objects.get()
    assert batch.state == "refused"
    assert "表头" in page_of(officer_a, batch)


def test_a_file_over_the_limit_is_dropped_while_it_arrives_and_the_others_go_on(
    officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = workbook(tmp_path)
    monkeypatch.setattr(batches, "MOST_BYTES", small.stat().st_size)
    large = tmp_path / "过大.xlsx"
    large.write_bytes(b"0" * (small.stat().st_size + 1))
    shown = send(officer_a, large, small).content.decode()
    assert "<strong>过大.xlsx</strong>：文件超过50MB" in shown
    assert ImportBatch.objects.get().file_name == "名册.xlsx"


def test_the_officer_may_say_which_day_the_roster_speaks_of(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path, titles=("填报时间：2018年5月31日",)), as_of="2018-04-30")
    batch = ImportBatch.objects.get()
    assert batch.as_of == date(2018, 4, 30)
    officer_a.post(reverse("upload_check", args=[batch.pk]), {"as_of": "2018-03-31"})
    batch.refresh_from_db()
    assert (batch.as_of, batch.state) == (date(2018, 3, 31), "preview")
    assert "2018年3月31日" in page_of(officer_a, batch)


def test_a_day_to_come_is_refused(officer_a: Client, tmp_path: Path) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = send(officer_a, workbook(tmp_path), as_of=tomorrow.isoformat())
    assert "不能晚于今天" in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_without_a_day_the_title_decides(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path, titles=("填报时间：2018年5月31日",)))
    assert ImportBatch.objects.get().as_of == date(2018, 5, 31)


def test_identity_numbers_and_phones_are_masked_on_the_page(
    at_once: None, officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    number = make.id_number(date(1980, 5, 1))
    send(officer_a, workbook(tmp_path, person(证件号码=number)))
    confirm(officer_a, ImportBatch.objects.get())
    changed = preview(workbook(tmp_path, person(证件号码=number, 户联系电话="14403159999")), cast.officer_a)
    shown = page_of(officer_a, changed)
    assert number not in shown
    assert "1302**********" + number[-4:] in shown
    assert "14403159999" not in shown
    assert "144****9999" in shown


def test_illness_is_hidden_from_who_may_not_see_it(
    at_once: None, officer_a: Client, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = make.id_number(date(1980, 5, 1))
    send(officer_a, workbook(tmp_path, person(证件号码=number)))
    confirm(officer_a, ImportBatch.objects.get())
    changed = preview(workbook(tmp_path, person(证件号码=number, 健康状况="患有大病")), cast.officer_a)
    puzzling = preview(workbook(tmp_path, person(健康状况="独特的病", 户编号="1302071042250002")), cast.officer_a)
    assert "患有大病" in page_of(officer_a, changed)
    assert "独特的病" in page_of(officer_a, puzzling)
    rights = PERMISSIONS[Role.COUNTY_OFFICER] - {Permission.VIEW_SENSITIVE}
    monkeypatch.setitem(PERMISSIONS, Role.COUNTY_OFFICER, rights)
    shown = page_of(officer_a, changed) + page_of(officer_a, puzzling)
    assert "患有大病" not in shown
    assert "独特的病" not in shown
    assert "健康状况" in shown
    assert "选项不在列表中" in shown


def test_held_and_sent_back_rows_say_row_column_and_reason(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    wrong = make.id_number(date(1980, 5, 1))
    wrong = wrong[:-1] + ("0" if wrong[-1] != "0" else "1")
    send(
        officer_a,
        workbook(tmp_path, person(), person(证件号码=wrong, 户编号="1302071042250002"), person(行政村="没有村")),
    )
    batch = ImportBatch.objects.get()
    shown = page_of(officer_a, batch, "?show=rejected")
    assert "G列 证件号码" in shown
    assert "证件号码最后一位与前17位对不上" in shown
    assert "找不到" in shown
    assert "ID_CHECKSUM" not in shown
    assert shown.count("退回修改</span>") == batch.counts["rejected"] == 2


def test_long_previews_are_paged(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    rows = [person(户编号=f"13020710422500{number:02d}") for number in range(60)]
    send(officer_a, workbook(tmp_path, *rows))
    batch = ImportBatch.objects.get()
    response = officer_a.get(reverse("upload_detail", args=[batch.pk]))
    assert len(response.context["page"].lines) == 50
    rest = officer_a.get(
        reverse("upload_detail", args=[batch.pk]) + f"?show=all&after={response.context['page'].next_key}"
    )
    assert len(rest.context["page"].lines) == 10
    assert rest.context["page"].next_key is None


def test_registered_people_whom_the_roster_does_not_list_are_shown_and_stay(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    make.person(make.household(make.VILLAGE_A), name="未列出的人")
    make.person(make.household(make.VILLAGE_A2), name="别村的人")
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    shown = page_of(officer_a, batch, "?show=missing")
    assert "未列出的人" in shown
    assert "别村的人" not in shown
    assert "王小芳" not in shown


def test_a_discarded_upload_leaves_no_rows_and_no_file(
    officer_a: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    batch = preview(workbook(tmp_path), cast.officer_a)
    stored = Path(configured.DATA_DIR) / "uploads" / batch.stored_name
    assert stored.exists()
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            assert officer_a.post(reverse("upload_discard", args=[batch.pk])).status_code == 302
    assert not stored.exists()
    assert not StagedRow.objects.exists()
    assert "已放弃" in page_of(officer_a, batch)
    batches.check(batch.pk)  # a job that comes late
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("discarded", 0)


def test_the_page_tells_what_is_being_done_and_with_how_many_rows(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    batch = receive(
        workbook(tmp_path, person(), person(户编号="1302071042250002")),
        name="名册.xlsx",
        by=cast.officer_a,
        kind="roster",
    )
    pages = [page_of(officer_a, batch)]

    def watched(step: Any) -> Any:
        def run(*given: Any) -> Any:
            pages.append(page_of(officer_a, batch))
            return step(*given)

        return run

    kind = replace(ROSTER, table=watched(ROSTER.table), check=watched(ROSTER.check), compare=watched(ROSTER.compare))
    stage(batch.pk, kind, default_as_of=make.REPORTING_DAY)
    phases = (
        "等待核对…",
        "第1步，共3步：正在读取文件…",
        "第2步，共3步：正在逐行核对2行…",
        "第3步，共3步：正在与登记簿比对2行…",
    )
    assert [phase in page for phase, page in zip(phases, pages, strict=True)] == [True] * 4
    assert all("停止并放弃" in page for page in pages)


@pytest.mark.parametrize("readable", [True, False])
def test_an_upload_given_up_while_it_is_read_stays_given_up(
    officer_a: Client, cast: Cast, tmp_path: Path, readable: bool
) -> None:
    batch = receive(workbook(tmp_path), name="名册.xlsx", by=cast.officer_a, kind="roster")

    def stopped() -> Any:
        officer_a.post(reverse("upload_discard", args=[batch.pk]))
        if not readable:
            raise FileRefused("NO_DATA")
        return ROSTER.table()

    stage(batch.pk, replace(ROSTER, table=stopped), default_as_of=make.REPORTING_DAY)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("discarded", 0)


def test_an_applied_upload_cannot_be_discarded(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    officer_a.post(reverse("upload_discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("applied", 1)


def test_a_check_that_runs_twice_never_takes_back_an_import(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    batches.check(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "applied"


def test_a_failed_check_says_so_hides_the_cause_and_can_be_tried_again(
    at_once: None, officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("campaigns.batches.staging.stage", _break)
        send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    shown = page_of(officer_a, batch)
    assert "没有写入任何内容" in shown
    assert "王小芳" not in shown + caplog.text
    officer_a.post(reverse("upload_check", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("preview", "")


def _break(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError(person()["姓名"])


def test_a_failed_import_writes_nothing_and_can_be_tried_again(
    at_once: None, officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr("campaigns.batches.applying.apply_batch", _break)
        confirm(officer_a, batch)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("failed", 0)
    officer_a.post(reverse("upload_check", args=[batch.pk]))
    confirm(officer_a, batch)
    assert Person.objects.count() == 1


def test_a_silent_job_can_be_sent_again_but_a_living_one_not(officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    jobs = DBTaskResult.objects.filter(task_path="campaigns.tasks.check_batch")
    officer_a.post(reverse("upload_check", args=[batch.pk]))
    assert jobs.count() == 1
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert "重新开始" in page_of(officer_a, batch)
    assert "hx-trigger" not in page_of(officer_a, batch)  # or it would reload itself for ever
    officer_a.post(reverse("upload_check", args=[batch.pk]))
    assert jobs.count() == 2


def test_while_the_worker_is_busy_the_page_asks_again_and_works_without_scripts(
    officer_a: Client, tmp_path: Path
) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    url = reverse("upload_detail", args=[batch.pk])
    assert "刷新" in page_of(officer_a, batch)
    fragment = officer_a.get(url, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "<progress" in fragment.content.decode()
    tasks.check_batch.func(str(batch.pk))
    assert officer_a.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_officers_workbook_comes_back_with_results_and_reasons(
    at_once: None, officer_a: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "plain"
    send(
        officer_a,
        workbook(tmp_path, person(), person(行政村="没有村", 户编号="1302071042250002"), titles=("丰南区名册",)),
    )
    batch = ImportBatch.objects.get()
    response = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    content = response.getvalue()
    assert "attachment" in response["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "核对说明"
    sheet = book["名册"]
    width = len(HEADERS)
    assert [sheet.cell(2, width + 1).value, sheet.cell(2, width + 2).value] == ["导入结果", "原因"]
    assert sheet.cell(3, width + 1).value == "可导入 · 新增"
    assert sheet.cell(4, width + 1).value == "退回修改"
    assert "没有村" in sheet.cell(4, width + 2).value
    assert sheet.cell(4, HEADERS.index("行政村") + 1).comment is not None
    leftovers = [path for path in (Path(configured.DATA_DIR) / "uploads").iterdir() if path.suffix != ".bin"]
    assert leftovers == []
    assert list((tmp_path / "plain").iterdir()) == []


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
    officer_a.post(address)
    assert "已有工作记录" in page_of(officer_a, batch)
    assert Person.objects.count() == 1


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


def test_a_batch_without_a_file_has_no_marked_copy(cast: Cast, officer_a: Client) -> None:
    batch = make.doubt(cast.officer_a).batch
    answer = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert answer.status_code == 404
