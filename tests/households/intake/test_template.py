"""The blank roster: nothing typed into it can be damaged, and filled in it goes straight in."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.conftest import Cast
from tests.households.intake.books import preview, told


@pytest.fixture
def book(officer_a: Client) -> openpyxl.Workbook:
    response = officer_a.get(reverse("upload_template"))
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_numbers_are_text_and_lists_can_be_chosen_from(book: openpyxl.Workbook) -> None:
    sheet = book["花名册"]
    labels = [cell.value for cell in sheet[1]]
    column = labels.index("证件号码*") + 1
    assert {sheet.cell(row, column).number_format for row in (2, 500, 2001)} == {"@"}
    chosen = {str(rule.sqref).rstrip("0123456789:"): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(chosen) == 13
    options = book["选项"]
    assert [options.cell(row, 1).value for row in (1, 2)] == ["男", "女"]
    assert options.sheet_state == "hidden"


def test_it_names_the_officers_own_villages_and_no_others(book: openpyxl.Workbook) -> None:
    villages = [row[2].value for row in book["村名"].iter_rows(min_row=2) if row[2].value]
    assert villages == ["曹庄子村", *villages[1:]]
    assert len(villages) == 4
    assert not any("寨" in name for name in villages)


def test_filled_in_it_is_imported(book: openpyxl.Workbook, cast: Cast, tmp_path: Path) -> None:
    sheet = book["花名册"]
    labels = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    places = book["村名"]
    cells = {
        "县": places["A2"].value, "乡镇": places["B2"].value, "行政村": places["C2"].value, "户主姓名": "王秀英", "姓名": "王秀英",
        "证件号码": make.id_number(date(1980, 5, 1)), "与户主关系": "户主", "脱贫属性": "未脱贫", "人均纯收入": 2800,
    }  # fmt: skip
    for label, value in cells.items():
        sheet.cell(2, labels[label], value)
    book.save(tmp_path / "filled.xlsx")
    result = told(preview(tmp_path / "filled.xlsx", cast.officer_a))
    assert (result["outcome"], result["counts"]["new"]) == ("accept", 1), result
    assert result["rows"][0]["values"]["village_code"] == make.VILLAGE_A
