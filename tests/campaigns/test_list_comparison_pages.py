"""The pages of list comparison: the workbook, whose it is, and the road from the file to the result."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.tasks import TaskResultStatus
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from campaigns import batches, list_comparisons, tasks
from households.access import Role
from households.comparing.models import ComparedLine, ListComparison
from households.intake import originals
from households.models import Person
from tests import make
from tests.campaigns.test_list_comparison import (
    BORN,
    HEADERS,
    MEI,
    SECRET,
    compare,
    everything,
    lines,
    on_list,
    page_of,
    registered,
    send,
)
from tests.conftest import Cast
from tests.households.intake.books import write

__all__ = ["compare", "everything"]

# --- the workbook -----------------------------------------------------------------------------------------------------


def download(client: Client, comparison: ListComparison) -> openpyxl.Workbook:
    response = client.get(reverse("comparison_workbook", args=[comparison.pk]))
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_the_workbook_has_a_sheet_a_bucket_and_the_sums(everything: ListComparison, officer_a: Client) -> None:
    book = download(officer_a, everything)
    assert book.sheetnames == ["汇总", *(str(bucket.label) for bucket in ComparedLine.Bucket)]
    summary = {row[0].value: row[1].value for row in book["汇总"].iter_rows(min_row=2)}
    assert (summary["名单来源"], summary["比对日期"], summary["名单人员行"]) == ("残联", "2018年6月30日", 8)
    for bucket in ComparedLine.Bucket:
        rows = list(book[str(bucket.label)].iter_rows(min_row=2, values_only=True))
        assert len(rows) == summary[str(bucket.label)] == everything.counts[bucket]
        assert [row[2] for row in rows] == [line.row.values["姓名"] for line in lines(everything, bucket)]
    sheet = book["两边都有、内容不同"]
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert (row["健康状况（名单）"], row["健康状况（登记簿）"]) == ("残疾", "健康")
    assert (row["行号"], row["所在村"]) == (3, "丰南区 / 黄各庄镇 / 曹庄子村")


def test_the_workbook_gives_their_numbers_as_their_list_has_them_and_masks_ours(
    compare: Any, officer_a: Client
) -> None:
    ours = registered("王芳", birth=BORN)
    missing = registered("周红")
    theirs, lost = make.id_number(BORN), make.id_number(BORN)[:15] + "000"
    comparison = compare(on_list("王芳", theirs), on_list("李新", float(lost)), on_list("赵旧", f"'{theirs[:17]}"))
    book = download(officer_a, comparison)
    text = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert theirs in text
    assert {ours.id_number, missing.id_number}.isdisjoint(text)
    assert f"1302**********{str(missing.id_number)[-4:]}" in text
    numbers = [row[6] for name in ("疑似同一人", "无法核对") for row in book[name].iter_rows(min_row=2)]
    assert [cell.value for cell in numbers] == [theirs, lost, f"'{theirs[:17]}"]
    assert {(cell.data_type, cell.number_format) for cell in numbers} == {("s", "@")}


def test_no_text_of_a_list_becomes_a_formula(compare: Any, officer_a: Client) -> None:
    wicked = '=HYPERLINK("http://x","y")'
    comparison = compare(
        on_list("王芳", wicked), on_list(wicked, "+1+1"), on_list("李梅", "@SUM(A1)", 行政村="-1+2", 户主姓名="＝1"),
        source="=1+1",
    )  # fmt: skip
    book = download(officer_a, comparison)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells if re.match(r"\s*[=+\-@＝＋－＠]", str(cell.value))] == []
    assert "'=1+1" in [cell.value for cell in cells]


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_nobody_but_her_sees_takes_or_deletes_a_comparison(
    everything: ListComparison, cast: Cast, officer_b: Client
) -> None:
    colleague = Client()
    colleague.force_login(make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,)))
    city = Client()
    city.force_login(cast.federation_staff)
    for other in (colleague, city, officer_b):
        for name in ("comparison", "comparison_workbook"):
            assert other.get(reverse(name, args=[everything.pk])).status_code == 404
        assert other.post(reverse("comparison_delete", args=[everything.pk])).status_code == 404
        assert "名单.xlsx" not in other.get(reverse("comparisons")).content.decode()
    assert ListComparison.objects.filter(pk=everything.pk).exists()


def test_who_no_longer_works_for_the_region_sees_it_no_more(
    everything: ListComparison, cast: Cast, officer_a: Client
) -> None:
    cast.officer_a.regions = [make.COUNTY_B]
    cast.officer_a.save()
    officer_a.logout()
    officer_a.force_login(cast.officer_a)
    assert officer_a.get(reverse("comparison", args=[everything.pk])).status_code == 404


def test_a_link_leads_only_to_households_that_are_hers_today(everything: ListComparison, officer_a: Client) -> None:
    woman = Person.objects.get(name="李梅")
    home = woman.memberships.get().household
    home.spells.update(village=make.VILLAGE_B, county_code=make.COUNTY_B)
    assert reverse("household", args=[home.pk]) not in page_of(officer_a, everything)


def test_deleting_leaves_nothing(everything: ListComparison, officer_a: Client) -> None:
    assert officer_a.post(reverse("comparison_delete", args=[everything.pk]), follow=True).status_code == 200
    assert not ListComparison.objects.exists()
    assert not ComparedLine.objects.exists()


def test_what_is_stored_holds_no_plain_text_and_the_original_is_gone(everything: ListComparison) -> None:
    assert not (Path(configured.DATA_DIR) / "uploads" / everything.stored_name).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text || string_agg(l.payload::text, '') FROM households_listcomparison c "
                       "JOIN households_comparedline l ON l.comparison_id = c.id GROUP BY c.id")  # fmt: skip
        [(dump,)] = cursor.fetchall()
    for secret in ("王芳", MEI, "14403150001", "名单.xlsx", "残联"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_the_register_is_left_as_it_was(everything: ListComparison) -> None:
    woman = Person.objects.get(name="李梅")
    assert (woman.health, woman.phone, Person.objects.count()) == (["健康"], "14403150001", 6)


# --- the road ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.4 nothing", "名单.pdf", "这不是电子表格文件"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 90, "照片.xlsx", "这不是电子表格文件"),
        ("姓名,身份证号\n".encode(), "空.csv", "没有人员数据行"),
        ("甲,乙\n一,二\n".encode(), "乱.csv", "没有找到表头"),
        ("姓名,性别,民族\n王芳,女,汉族\n李梅,女,汉族\n".encode(), "少列.csv", "表头缺少必需的列：家庭住址/残疾人证号/行政村/证件号码"),
        ("身份证号,行政村\n130299198005011226,曹庄子村\n".encode(), "无名.csv", "表头缺少必需的列：姓名"),
    ],
)  # fmt: skip
def test_a_bad_file_says_cause_and_remedy_and_is_not_kept(
    at_once: None, officer_a: Client, tmp_path: Path, content: bytes, name: str, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    send(officer_a, path)
    comparison = ListComparison.objects.get()
    assert comparison.state == "refused"
    shown = page_of(officer_a, comparison)
    assert "这份名单没有比对" in shown
    assert said in shown
    assert not (Path(configured.DATA_DIR) / "uploads" / comparison.stored_name).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"source": " "}, "不能为空"),
        ({"area": make.COUNTY_B}, "现在不能选"),
        ({"group": "men"}, "现在不能选"),
        ({"day": ""}, "不能为空"),
        ({"day": (timezone.localdate() + timedelta(days=1)).isoformat()}, "比对日期不能晚于今天"),
    ],
)
def test_wrong_choices_are_refused_at_their_field(
    officer_a: Client, tmp_path: Path, values: dict[str, str], said: str
) -> None:
    response = send(officer_a, write(tmp_path / "名单.xlsx", [on_list("王芳")], headers=HEADERS), **values)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ListComparison.objects.exists()


def test_no_file_an_empty_one_or_several_are_refused_at_once(officer_a: Client, tmp_path: Path) -> None:
    empty = tmp_path / "空.xlsx"
    empty.touch()
    assert "文件是空的" in send(officer_a, empty).content.decode()
    assert "请先选择要上传的文件" in officer_a.post(reverse("comparisons"), {}).content.decode()
    two = [SimpleUploadedFile(name, b"1") for name in ("a.csv", "b.csv")]
    answer = officer_a.post(reverse("comparisons"), {"files": two})
    assert "一次只能比对一份名单" in answer.content.decode()
    assert not ListComparison.objects.exists()


def test_a_file_over_the_limit_is_dropped(officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_BYTES", 10)
    large = tmp_path / "大.csv"
    large.write_bytes(b"0" * 11)
    assert "文件超过50MB" in send(officer_a, large).content.decode()


def test_sent_twice_it_is_one_comparison_and_one_too_many_unfinished_waits(
    officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_comparisons, "MOST_UNFINISHED", 3)
    paths = [write(tmp_path / f"{n}.xlsx", [on_list(f"王芳{n}")], headers=HEADERS) for n in "一二三四"]
    first, again = send(officer_a, paths[0]), send(officer_a, paths[0])
    assert first.url == again.url
    assert DBTaskResult.objects.filter(task_path="campaigns.tasks.compare_list").count() == 1
    answers = [send(officer_a, path).status_code for path in paths[1:]]
    assert answers == [302, 302, 422]


def test_while_the_worker_is_busy_the_page_asks_again_and_then_shows_the_result(
    officer_a: Client, tmp_path: Path
) -> None:
    url = send(officer_a, write(tmp_path / "名单.xlsx", [on_list("王芳")], headers=HEADERS)).url
    assert "等待比对" in officer_a.get(url).content.decode()
    fragment = officer_a.get(url, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "<progress" in fragment.content.decode()
    comparison = ListComparison.objects.get()
    assert officer_a.get(reverse("comparison_workbook", args=[comparison.pk])).status_code == 404
    for _time in range(2):  # a task may run twice
        tasks.compare_list.func(str(comparison.pk))
    assert ComparedLine.objects.count() == 1
    assert officer_a.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_comparison_deleted_or_forbidden_before_the_worker_comes_is_not_made(
    officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    path = write(tmp_path / "名单.xlsx", [on_list("王芳")], headers=HEADERS)
    send(officer_a, path)
    gone = ListComparison.objects.get()
    list_comparisons.delete(gone)
    list_comparisons.run(gone.pk)
    send(officer_a, path)
    cast.officer_a.role = Role.LEADER
    cast.officer_a.save()
    list_comparisons.run(ListComparison.objects.get().pk)
    comparison = ListComparison.objects.get()
    assert (comparison.state, comparison.message) == ("failed", "没有比对：您已不能处理这份名单。")
    assert not ComparedLine.objects.exists()


def test_a_failure_says_so_hides_the_cause_and_keeps_no_file(
    at_once: None, officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("households.comparing.comparing.match", fail)
    send(officer_a, write(tmp_path / "名单.xlsx", [on_list("王芳")], headers=HEADERS))
    comparison = ListComparison.objects.get()
    shown = page_of(officer_a, comparison)
    assert "没有比对。请重新上传" in shown
    assert SECRET not in shown + caplog.text
    with pytest.raises(FileNotFoundError), originals.opened(comparison.stored_name, "x"):
        pass


def test_a_comparison_whose_job_was_given_up_says_so(officer_a: Client, tmp_path: Path) -> None:
    send(officer_a, write(tmp_path / "名单.xlsx", [on_list("王芳")], headers=HEADERS))
    comparison = ListComparison.objects.get()
    list_comparisons.fail_abandoned()
    assert ListComparison.objects.get().state == "waiting"  # its job has not run yet
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED)
    list_comparisons.fail_abandoned()
    assert "系统处理时出错，没有比对" in page_of(officer_a, comparison)
    assert not (Path(configured.DATA_DIR) / "uploads" / comparison.stored_name).exists()


def test_a_long_bucket_is_paged_by_a_fixed_number_of_queries(compare: Any, officer_a: Client) -> None:
    few = compare(*(on_list("王芳", make.id_number(BORN)) for _number in range(2)))
    many = compare(*(on_list("王芳", make.id_number(BORN)) for _number in range(60)))
    counts = []
    for comparison in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = officer_a.get(reverse("comparison", args=[comparison.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(response.context["page"].lines) == 50
    rest = officer_a.get(
        reverse("comparison", args=[many.pk]) + f"?show=only_theirs&after={response.context['page'].next_key}"
    )
    assert len(rest.context["page"].lines) == 10
    assert rest.context["page"].next_key is None
    for query in ("?show=nothing", "?after=x"):
        assert officer_a.get(reverse("comparison", args=[many.pk]) + query).status_code == 404
