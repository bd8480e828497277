"""What a list says by colours is not read: its own legend makes that known to who uploads it."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse

from households.intake.models import ImportBatch
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, write

TITLE = "丰南区贫困人口花名册"


def previewed(cast: Cast, tmp_path: Path, *titles: str, below: str = "") -> ImportBatch:
    rows: list[dict[str, Any]] = [person(), {}, {"县": below}] if below else [person()]
    return preview(write(tmp_path / "r.xlsx", rows, headers=HEADERS, titles=(TITLE, *titles)), cast.officer_a)


@pytest.mark.parametrize(
    "legend",
    ["标红的为2017年脱贫户", "注：红色表示已脱贫，黄色底纹的是新识别户", "说明：字体加粗为党员", "绿色：已出列"],
)
@pytest.mark.parametrize("is_below", [False, True])
def test_a_legend_of_colours_is_told(
    cast: Cast, officer_a: Client, tmp_path: Path, legend: str, *, is_below: bool
) -> None:
    batch = previewed(cast, tmp_path, below=legend) if is_below else previewed(cast, tmp_path, legend)
    assert batch.warnings == ["COLOURS_NOT_READ"]
    page = officer_a.get(reverse("upload_detail", args=[batch.pk])).content.decode()
    assert (
        f"而颜色和字体没有读入。请把它表示的内容另写成一列；已去世、迁出、清退的人员请另列或删去。（{legend}）" in page
    )
    assert batch.counts["imported"] == 1


@pytest.mark.parametrize("line", ["红色为必填项", "黄色列请勿修改", "填报单位：红旗乡", "单位：元", "联系人：蓝田玉"])
def test_what_a_form_says_of_itself_is_none(cast: Cast, tmp_path: Path, line: str) -> None:
    assert previewed(cast, tmp_path, line).warnings == []


def test_a_legend_of_who_has_died_holds_whom_it_may_mean(cast: Cast, tmp_path: Path) -> None:
    batch = previewed(cast, tmp_path, "标红为死亡人员")
    assert (batch.warnings, batch.rows.get().codes) == (["COLOURS_NOT_READ"], ["NO_LONGER_THERE"])
    assert make.VILLAGE_A in batch.villages


@pytest.mark.parametrize("strikes", [True, False])
def test_a_conditional_format_that_strikes_through_is_told(cast: Cast, tmp_path: Path, *, strikes: bool) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "rule.xlsx"))
    sheet = book.add_worksheet("名册")
    for column, (header, value) in enumerate(person().items()):
        sheet.write(0, column, header)
        sheet.write(1, column, value)
    struck = book.add_format({"font_strikeout": True})
    kept = book.add_format({"bold": True})
    sheet.conditional_format(
        "A2:S2", {"type": "formula", "criteria": '=$Z2="销"', "format": struck if strikes else kept}
    )
    book.add_worksheet("说明").conditional_format("A1", {"type": "no_blanks", "format": struck})
    book.close()
    batch = preview(tmp_path / "rule.xlsx", cast.officer_a)
    assert ("COLOURS_NOT_READ" in batch.warnings) == strikes
