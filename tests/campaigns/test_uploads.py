"""The upload road through its pages: from the file to the register, and everything that must not happen on it."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
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


def test_where_nothing_can_be_imported_the_queue_is_offered_but_not_urged(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    send(officer_a, workbook(tmp_path, person(证件号码="130299")))
    assert '<button class="button">全部转入待核实</button>' in page_of(officer_a, ImportBatch.objects.get())


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


def test_a_ledger_sent_as_a_roster_is_refused_with_that_as_a_possible_cause(
    at_once: None, officer_a: Client, tmp_path: Path
) -> None:
    """The exported list of who is unfinished has no identity numbers; the page's first choice is the roster."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = "助学台账"
    for row in (
        ["系统编号", "乡镇", "行政村", "户主姓名", "姓名*", "助学"],
        ["R1", "小集镇", "宋家营一村", "钱大山", "周小宝", "√"],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "未完成名单.xlsx")
    send(officer_a, tmp_path / "未完成名单.xlsx")
    shown = page_of(officer_a, ImportBatch.objects.get())
    assert "“助学台账”：表头缺少必需的列：证件号码。上传时选错了表格种类的，请选对后重新上传" in shown


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


def test_the_officer_may_say_which_day_the_roster_speaks_of(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path, titles=("填报时间：2018年5月31日",)), as_of="2018-04-30")
    batch = ImportBatch.objects.get()
    assert batch.as_of == date(2018, 4, 30)
    officer_a.post(reverse("upload_check", args=[batch.pk]), {"as_of": "2018-03-31"})
    batch.refresh_from_db()
    assert (batch.as_of, batch.state) == (date(2018, 3, 31), "preview")
    assert "2018年3月31日" in page_of(officer_a, batch)


def test_a_day_to_come_is_refused_on_the_page_of_the_upload(at_once: None, officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, workbook(tmp_path))
    batch = ImportBatch.objects.get()
    before = batch.as_of
    answer = officer_a.post(reverse("upload_check", args=[batch.pk]), {"as_of": "2999-01-01"}, follow=True)
    assert "数据截止日不能晚于今天" in answer.content.decode()
    # The page's own links (its tabs) lead on: they stand under the upload's address, not under the form's.
    assert answer.request["PATH_INFO"] == reverse("upload_detail", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.as_of == before


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


def test_a_batch_without_a_file_has_no_marked_copy(cast: Cast, officer_a: Client) -> None:
    batch = make.doubt(cast.officer_a).batch
    answer = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert answer.status_code == 404
