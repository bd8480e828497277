"""The progress table on the page and as a workbook: the ledger's figures, ready to be printed and signed."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client
from openpyxl.worksheet.worksheet import Worksheet

from campaigns import coverage
from campaigns.targets import TARGETS
from households.intake.xlsx_paper import Paper
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Installation, Region
from tests import make
from tests.campaigns.reports.papers import content, world
from tests.conftest import Cast

DAY = make.REPORTING_DAY
FIRST_ROW = 5  # below title, unit line and two rows of headings


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """The city's staff are signed in."""
    world()
    client.force_login(cast.federation_staff)
    return client


def sheet_of(client: Client, query: str) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content(client.get(f"/reports/progress.xlsx?{query}")))).worksheets[0]


def lines_of(sheet: Worksheet) -> list[list[object]]:
    """The table's rows, the total last."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ROW)]
    return rows[: next(number for number, row in enumerate(rows) if row[1] == "合计") + 1]


def expected(code: str) -> list[object]:
    found = coverage.as_of([code], DAY)[code]
    cells: list[object] = [found.heads["persons"]]
    for target in TARGETS:
        figures = found.target(target.key)
        cells += [figures.eligible, figures.covered, "无任务" if figures.percent is None else figures.percent]
    return cells


@pytest.mark.parametrize(
    ("region", "by", "codes"),
    [
        (make.CITY, "", [make.COUNTY_A, make.COUNTY_B]),
        (make.CITY, "township", [make.TOWNSHIP_A, make.TOWNSHIP_B]),
        (make.CITY, "village", [make.VILLAGE_A, make.VILLAGE_A2, make.VILLAGE_B]),
        (make.COUNTY_A, "", [make.TOWNSHIP_A, make.TOWNSHIP_A2]),
        (make.TOWNSHIP_A, "", [make.VILLAGE_A, make.VILLAGE_A2]),
        (make.VILLAGE_A, "", [make.VILLAGE_A]),
    ],
)
def test_every_cell_is_the_ledgers(staff: Client, region: str, by: str, codes: list[str]) -> None:
    sheet = sheet_of(staff, f"region={region}&day=2018-06-30&by={by}")
    *lines, total = lines_of(sheet)
    order = list(Region.objects.filter(code__in=codes).order_by("position", "code").values_list("code", flat=True))
    assert [line[2:] for line in lines] == [expected(code) for code in order]
    assert [line[0] for line in lines] == list(range(1, len(codes) + 1))
    assert total == ["", "合计", *expected(region)]


def test_the_page_says_the_same(staff: Client) -> None:
    html = staff.get(f"/reports/progress/?region={make.CITY}&by=county").content.decode()
    for row, line in zip(
        re.findall(r"<tr[ >].*?</tr>", html, re.S)[2:], lines_of(sheet_of(staff, "by=county")), strict=True
    ):
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.S)]
        assert cells == [str(cell) for cell in line]


def test_it_prints_on_a4_across_with_repeated_headings(staff: Client) -> None:
    sheet = sheet_of(staff, f"region={make.CITY}&day=2018-06-30")
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == f"$1:${FIRST_ROW - 1}"
    merged = {str(place) for place in sheet.merged_cells.ranges}
    assert {"A1:R1", "A3:A4", "D3:F3"} <= merged
    assert sheet["A1"].value == "唐山市“五个百分百”进展情况统计表"
    assert sheet["A2"].value == "填报单位（盖章）：唐山市妇女联合会"
    assert "截至2018年6月30日" in sheet["J2"].value and "单位：户、人、%" in sheet["J2"].value
    assert sheet["D3"].value == "脱贫攻坚宣传（户）" and sheet["D4"].value == "应完成"
    below = [cell.value for cell in sheet["A"] if cell.value][-3:]
    assert all(word in below[0] for word in ("填表人：", "审核人：", "负责人：", "日期："))
    assert "不四舍五入" in below[1] and below[2].startswith("统计口径第1版")


def test_regions_without_anybody_are_told_of(staff: Client) -> None:
    by_village = [cell.value for cell in sheet_of(staff, f"region={make.CITY}&by=village")["A"] if cell.value]
    assert any("另有5个没有在册妇女儿童的区划未列出" in str(text) for text in by_village)
    assert lines_of(sheet_of(staff, f"region={make.COUNTY_A}"))[1][2:] == [0, *[0, 0, "无任务"] * 5]


@pytest.mark.usefixtures("staff")
def test_another_countys_table_does_not_exist(officer_a: Client) -> None:
    for path in ("/reports/", "/reports/progress/", "/reports/progress.xlsx", "/reports/lists/"):
        for code in (make.CITY, make.COUNTY_B, make.VILLAGE_B, "x"):
            assert officer_a.get(f"{path}?region={code}").status_code == 404, (path, code)
        assert officer_a.get(f"{path}?day=junk").status_code == 200


def test_one_sentence_for_the_chat_group(staff: Client) -> None:
    html = staff.get(f"/reports/?region={make.COUNTY_A}&day=2018-06-30").content.decode()
    said = (
        "截至6月30日，丰南区有建档立卡贫困妇女3人、儿童2人，按人计4人、3户。五个百分百完成率：脱贫攻坚宣传：33.3%（差2户），"
        "包联关爱：25%（差3人），家居洁净：33.3%（差2户），“两癌”安康保障：0%（差2人），春蕾助学：0%（差1人）。"
    )
    assert said in html
    empty = staff.get(f"/reports/?region={make.TOWNSHIP_A2}").content.decode()
    assert "暂无在册的建档立卡贫困妇女儿童。" in empty


def test_texts_on_paper_are_no_formulas() -> None:
    file = io.BytesIO()
    paper = Paper(title="=1+1", above=[("+2", "@3")], groups=[("", 1), ("=组", 2)], below=["-4"], total=True)
    rows = [["=cmd|' /C calc'!A0", 1, 66.6], ["合计", 1, 66.6]]
    write_book(
        file, [NewSheet("表'名", ["甲", "乙", "丙"], [8, 8, 8], rows, paper), NewSheet("二", ["甲"], [8], [[1.5]])]
    )
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["A5"].value.startswith("'=cmd") and sheet["A1"].value == "'=1+1"
    assert sheet["C5"].value == 66.6 and sheet["C5"].number_format == "0.0" and sheet["A6"].font.b
    assert sheet.print_title_rows == "$1:$4" and book.worksheets[1].print_title_rows == "$1:$1"
    assert book.worksheets[1].page_setup.orientation == "landscape" and book.worksheets[1].page_setup.fitToHeight == 0
    assert book.worksheets[1].sheet_properties.pageSetUpPr.fitToPage
    assert book.worksheets[1]["A2"].value == 1.5


def test_the_page_costs_the_same_at_any_size(staff: Client, django_assert_max_num_queries: Any) -> None:
    staff.get("/reports/progress/")
    for _ in range(20):
        make.person(make.household(make.VILLAGE_A3))
    coverage.settle_touched()
    with django_assert_max_num_queries(30):
        staff.get(f"/reports/progress/?region={make.CITY}&by=village")


def test_a_demonstrations_paper_says_that_its_figures_are_invented(staff: Client) -> None:
    said = [cell.value for cell in sheet_of(staff, f"region={make.CITY}")["A"]]
    assert "演示数据，人物均为虚构。" not in said
    Installation.objects.update(is_demonstration=True)
    said = [cell.value for cell in sheet_of(staff, f"region={make.CITY}")["A"]]
    assert said[-1] == "演示数据，人物均为虚构。"
