"""Places told by titles, by captions between the rows and by names of sheets and files; a note tells nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from households.places import current_index
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
    ("text", "named"),
    [
        ("曹庄子", "曹庄子"),
        ("曹庄子村", "曹庄子"),
        ("唐山市丰南区黄各庄镇曹庄子村花名册", "曹庄子村"),
        ("3.黄各庄镇—曹庄子村（12户）", "曹庄子村"),
        ("曹庄子村等3个村", ""),
        ("曹庄子村、东老治村花名册", ""),
        ("关于曹庄子村的说明", ""),
        ("西曹庄子村花名册", ""),
        ("贫困村花名册", ""),
    ],
)
def test_a_village_is_named_by_the_beginning_of_a_text(tangshan: None, text: str, named: str) -> None:
    assert current_index().village_named_in(text) == named
