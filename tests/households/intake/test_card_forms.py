"""A card for each household: what stands beside the labels above a table of members is read for those members and no others."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaigns.batch_return import annotated_workbook
from tests import make
from tests.conftest import Cast
from tests.households.intake import spreadsheets
from tests.households.intake.books import preview, told

HOME, OTHER = "1302071042250001", "1302071042250002"
PHONE, OTHER_PHONE = "14403150001", "14403150002"
PLACE = ["县", "丰南区", "乡镇", "黄各庄镇", "行政村", "曹庄子村"]
TITLE = ["贫困户家庭情况登记表"]
HEADER = ["姓名", "证件号码", "与户主关系"]
MOTHER, DAUGHTER, NEIGHBOUR = (make.id_number(born) for born in (date(1978, 1, 2), date(2008, 3, 8), date(1969, 5, 6)))
MEMBERS = [HEADER, ["王秀英", MOTHER, "户主"], ["李花", DAUGHTER, "之女"]]
NEIGHBOURS = [HEADER, ["孙桂兰", NEIGHBOUR, "户主"]]


def homes(result: dict[str, Any]) -> list[tuple[str, str | None, str | None, str | None]]:
    assert {row["status"] for row in result["rows"]} == {"imported"}, result["rows"]
    values = [row["values"] for row in result["rows"]]
    return [(one["姓名"], one["户编号"], one["户主联系电话"], one["家庭住址"]) for one in values]


@pytest.mark.parametrize(
    "above",
    [
        [PLACE, ["户编号", HOME, "户主姓名", "王秀英", "联系电话", PHONE], ["家庭住址", "中街12号"]],
        [PLACE, ["户编号：", HOME, None, "户主姓名：", "王秀英"], ["联系电话：", PHONE, "家庭住址：", "中街12号"]],
        [["丰南区黄各庄镇曹庄子村"], [f"户编号：{HOME}", "户主：王秀英", f"电话：{PHONE}", "家庭住址：中街12号"]],
        [["丰南区黄各庄镇曹庄子村"], [f"户编号:{HOME}  户主姓名:王秀英   联系电话:{PHONE}  家庭住址:中街12号"]],
    ],
)
def test_the_labels_of_a_card_tell_of_its_members(check: Any, above: list[list[Any]]) -> None:
    result = check(王秀英=[TITLE, *above, *MEMBERS])
    assert homes(result) == [("王秀英", HOME, PHONE, "中街12号"), ("李花", HOME, PHONE, "中街12号")]
    assert {row["values"]["village_code"] for row in result["rows"]} == {make.VILLAGE_A}
    assert not result["file_warnings"]


@pytest.mark.parametrize("between", [[], [[]], [["户主签字：", None, "日期：2018.6.30"], []], [["合计", "2人"]]])
def test_cards_below_each_other_or_on_sheets_of_their_own_are_two_households(
    check: Any, between: list[list[Any]]
) -> None:
    first = [TITLE, PLACE, ["户编号", HOME, "联系电话", PHONE, "家庭住址", "中街12号"], *MEMBERS]
    second = [TITLE, PLACE, ["户编号", OTHER, "联系电话", OTHER_PHONE], *NEIGHBOURS]
    expected = [
        ("王秀英", HOME, PHONE, "中街12号"),
        ("李花", HOME, PHONE, "中街12号"),
        ("孙桂兰", OTHER, OTHER_PHONE, None),
    ]
    assert homes(check(名册=[*first, *between, *second])) == expected
    assert homes(check(王秀英=first, 孙桂兰=second)) == expected


@pytest.mark.parametrize(
    "line",
    [
        ["填表人：李干部", f"联系电话：{OTHER_PHONE}"], ["帮扶责任人", "李干部", "联系电话", OTHER_PHONE], ["联系电话", OTHER_PHONE],
        [f"联系人：李干部　联系电话：{OTHER_PHONE}"],
    ],
)  # fmt: skip
def test_the_phone_of_who_fills_in_is_nobodys_below(check: Any, line: list[Any]) -> None:
    first = [TITLE, PLACE, ["户编号", HOME], *MEMBERS, line]
    second = [TITLE, PLACE, ["户编号", OTHER], *NEIGHBOURS]
    assert [home[2] for home in homes(check(名册=[*first, *second]))] == [None] * 3


@pytest.mark.parametrize("above", [[TITLE], [], [["联系人", "李干部", "联系电话", OTHER_PHONE]]])
def test_a_line_of_places_right_above_a_lists_header_is_no_part_of_it(check: Any, above: list[list[Any]]) -> None:
    header = [*HEADER, "户编号"]
    result = check(名册=[*above, PLACE, header, ["王秀英", MOTHER, "户主", HOME], ["孙桂兰", NEIGHBOUR, "户主", OTHER]])
    assert [home[1:3] for home in homes(result)] == [(HOME, None), (OTHER, None)]
    assert {row["values"]["village_code"] for row in result["rows"]} == {make.VILLAGE_A}


def test_a_doubt_about_a_cards_label_stands_in_its_marked_copy_too(cast: Cast, tmp_path: Path) -> None:
    rows = [TITLE, PLACE, ["户编号", float(HOME), "联系电话", PHONE], *MEMBERS]
    batch = preview(spreadsheets.xlsx(tmp_path / "卡.xlsx", rows), cast.officer_a)
    first = told(batch)["rows"]
    assert [row["codes"] for row in first] == [["HOUSEHOLD_NO_PRECISION_LOST"]] * 2
    file, _extension = annotated_workbook(cast.officer_a, batch)
    copy = tmp_path / "卡（核对）.xlsx"
    with file:
        copy.write_bytes(file.read())
    lines = list(openpyxl.load_workbook(copy).worksheets[1].iter_rows(min_row=5, values_only=True))
    assert all("户编号" in str(line) for line in lines)
    again = told(preview(copy, cast.officer_a))["rows"]
    assert [(row["values"], row["codes"]) for row in again] == [(row["values"], row["codes"]) for row in first]
