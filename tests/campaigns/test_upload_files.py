"""Several files, zips and pasted cells: what is one upload, what are several, and what does not come in."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from campaigns import batches
from households.intake.models import ImportBatch
from households.models import Person
from tests import make
from tests.campaigns.test_uploads import confirm, page_of, send, workbook
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, write


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
