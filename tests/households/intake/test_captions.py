"""Places told by titles, by captions between the rows and by names of sheets and files; a note tells nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from households.places import PlaceIndex, RegionRow, current_index
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import preview, told

HEADER = ["姓名", "证件号码", "户主姓名"]
A, A2, A3 = "曹庄子村", "东老治村", make.VILLAGE_A3


@pytest.fixture
def villages(cast: Cast, tmp_path: Path) -> Any:
    """Rows of one sheet → the villages of its people in order ("" for none), or the refusal's code."""

    def run(*rows: list[Any], sheet: str = "Sheet1") -> list[str]:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet(sheet)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        result = told(preview(path, cast.officer_a))
        return [row["values"]["village_code"] for row in result["rows"]] or [result["file_error"]]

    return run


def woman(name: str) -> list[str]:
    """A row: head of her own household."""
    return [name, make.id_number(date(1980, 5, 1)), name]


def test_a_title_tells_the_village(villages: Any) -> None:
    title = ["丰南区黄各庄镇曹庄子村建档立卡贫困人口花名册"]
    assert villages(title, HEADER, woman("王小芳")) == [make.VILLAGE_A]
    assert villages(["建档立卡花名册"], ["填报单位：黄各庄镇曹庄子村委会"], HEADER, woman("王小芳")) == [make.VILLAGE_A]


def test_captions_between_the_rows_tell_the_villages_under_them(villages: Any) -> None:
    assert villages(
        ["黄各庄镇花名册"], HEADER, ["一、曹庄子村"], woman("王一"), woman("王二"), ["曹庄子村合计"], ["二、东老治村"], woman("王三")
    ) == [make.VILLAGE_A, make.VILLAGE_A, make.VILLAGE_A2]  # fmt: skip


def test_a_second_title_and_header_begin_another_village(villages: Any) -> None:
    assert villages(
        ["黄各庄镇曹庄子村花名册"], HEADER, woman("王一"), ["黄各庄镇东老治村花名册"], HEADER, woman("王二")
    ) == [make.VILLAGE_A, make.VILLAGE_A2]  # fmt: skip


def test_captions_tell_townships_where_villages_have_a_column(villages: Any) -> None:
    header = [*HEADER, "行政村"]
    first, second = [*woman("王一"), "曹庄子村"], [*woman("王二"), "曹庄子村"]
    # No village of that name lies in the second township: the caption above is asked, not the whole county.
    assert villages(header, ["一、黄各庄镇"], first, ["二、西葛镇"], second) == [make.VILLAGE_A, ""]


def test_a_note_about_another_village_tells_nothing(villages: Any) -> None:
    note = ["注：本表不含东老治村"]
    assert villages(["黄各庄镇曹庄子村花名册"], HEADER, woman("王一"), note, woman("王二")) == [make.VILLAGE_A] * 2


def test_two_villages_in_the_titles_tell_none(villages: Any) -> None:
    assert villages(["黄各庄镇曹庄子村花名册"], ["黄各庄镇东老治村花名册"], HEADER, woman("王一")) == [""]


def test_a_column_goes_before_every_caption(villages: Any) -> None:
    header = [*HEADER, "乡镇", "行政村"]
    row = [*woman("王一"), "黄各庄镇", "曹庄子村"]
    assert villages(["小集镇东老治村"], header, ["东老治村"], row) == [make.VILLAGE_A]


def test_an_annotated_copy_is_made_of_a_sheet_with_captions(cast: Cast, tmp_path: Path, villages: Any) -> None:
    villages(["黄各庄镇"], HEADER, ["曹庄子村"], woman("王一"), ["东老治村"], woman("王二"))
    result = told(preview(tmp_path / "book.xlsx", cast.officer_a))
    assert [(row["row"], row["status"]) for row in result["rows"]] == [(4, "imported"), (6, "imported")]


@pytest.mark.parametrize(
    "line",
    [
        ["（二）东老治村"],
        ["【东老治村】"],
        ["第二 东老治村"],
        ["二", "东老治村"],
        ["东老治村", "共1户1人"],
        ["村名：", "东老治村"],
        ["填报单位：黄各庄镇东老治村委会", "填报日期：2018年6月30日"],
        ["东老治村", "（1户）"],
        ["乡镇", "黄各庄镇", "行政村", "东老治村"],
    ],
)
def test_a_caption_may_look_like_this(villages: Any, line: list[str]) -> None:
    rows = [["黄各庄镇曹庄子村花名册"], HEADER, woman("王一"), line, woman("王二")]
    assert villages(*rows) == [make.VILLAGE_A, make.VILLAGE_A2]
    # … also above a header that is repeated on every page, and left of all columns of the table.
    assert villages(*rows[:-1], HEADER, woman("王二")) == [make.VILLAGE_A, make.VILLAGE_A2]
    shifted = [[None, *row] if len(row) == 3 else row for row in rows]
    assert villages(*shifted) == [make.VILLAGE_A, make.VILLAGE_A2]


@pytest.mark.parametrize(
    "line",
    [
        ["东老制村"],
        ["东老治村合计1户1人"],
        ["曹庄子村王桂兰户已迁出，不再统计"],
        ["注：以下为东老治村"],
        ["另：老庄"],
        ["乡镇", "黄各庄镇", "行政村", "东老制村"],
        ["乡镇：黄各庄镇", None, "行政村：东老制村"],
        [None, "行政村", None, "东老制村"],
    ],
)
def test_below_a_line_that_may_be_a_caption_and_cannot_be_read_the_village_is_unknown(
    villages: Any, line: list[str]
) -> None:
    rows = [["黄各庄镇曹庄子村花名册"], [None, *HEADER], [None, *woman("王一")], line, [None, *woman("王二")]]
    found = villages(*rows)
    assert found[0] == make.VILLAGE_A
    assert found[-1] in ("", make.VILLAGE_A2)


def test_titles_and_names_must_agree(villages: Any) -> None:
    rows = [["黄各庄镇东老治村花名册"], HEADER, woman("王一")]
    assert villages(*rows, sheet="曹庄子村") == [""]
    assert villages(*rows, sheet="东老治") == [make.VILLAGE_A2]


def test_an_address_that_tells_another_village_is_held_and_one_that_tells_none_is_no_matter(villages: Any) -> None:
    header = [*HEADER, "家庭住址"]
    rows = [["黄各庄镇曹庄子村花名册"], header, [*woman("王一"), "东老治村"], [*woman("王二"), "二组15号"]]
    assert villages(*rows) == ["", make.VILLAGE_A]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("曹庄子", "曹庄子"),
        ("曹庄子村", "曹庄子"),
        ("唐山市丰南区黄各庄镇曹庄子村花名册", "曹庄子"),
        ("2018年丰南区黄各庄镇曹庄子村建档立卡贫困人口花名册", "曹庄子"),
        ("3.黄各庄镇—曹庄子村（12户）", "曹庄子"),
        ("副本曹庄子村", "曹庄子"),
        ("丰南区黄各庄镇曹庄子村返贫人员名单", "曹庄子"),
        ("曹庄子村贫困残疾人花名册（已核实）", "曹庄子"),
        ("曹庄子村小学学生名单", ""),
        ("填报单位：黄各庄镇曹庄子村委会", "曹庄子"),
        ("曹庄子村等3个村", ""),
        ("曹庄子村、东老治村花名册", ""),
        ("曹庄子村 东老治村", ""),
        ("曹庄子村（含东老治村）", ""),
        ("曹庄子村-东老治村", ""),
        ("曹庄子村王桂兰户已迁出", ""),
        ("关于曹庄子村的说明", ""),
        ("西曹庄子村花名册", ""),
        ("贫困村花名册", ""),
    ],
)
def test_a_heading_names_its_village_and_nothing_else(tangshan: None, text: str, named: str) -> None:
    assert current_index().heading(text)[1] == named


def test_a_bare_name_that_is_also_a_township_names_no_village(tangshan: None) -> None:
    index = PlaceIndex(
        [
            RegionRow("1302", "唐山市"),
            RegionRow("130227", "迁西县"),
            RegionRow("130227105", "新集镇"),
            RegionRow("130227105201", "新集村村民委员会"),
        ]
    )
    assert [index.heading(text)[1] for text in ("新集", "新集村")] == ["", "新集"]
