"""What the numbers of one column say of each other: whose they are, in any column order; which were ruined before they became text."""

from datetime import date
from typing import Any

import pytest

from households.identity import IdKind, parse_id
from tests import make

HUSBAND, WIFE, CHILD = (
    make.id_number(date(1970, 1, 2), "M"),
    make.id_number(date(1972, 1, 2)),
    make.id_number(date(2009, 3, 8)),
)
PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]


@pytest.mark.parametrize("beside", ["户主姓名", "帮扶责任人"])
def test_the_only_number_is_her_own_where_those_who_share_what_stands_left_of_it_differ(
    check: Any, beside: str
) -> None:
    header = ["县", "乡镇", "行政村", beside, "身份证号码", "民族", "姓名"]
    rows = [
        [*PLACE, "赵大山", HUSBAND, "汉族", "赵大山"],
        [*PLACE, "赵大山", WIFE, "汉族", "王秀英"],
        [*PLACE, "钱大海", CHILD, "汉族", "李花"],
    ]
    told = [(row["values"]["姓名"], row["values"]["证件号码"]) for row in check(名册=[header, *rows])["rows"]]
    assert told == [("赵大山", HUSBAND), ("王秀英", WIFE), ("李花", CHILD)]
    # One number for two people is the head's or the helper's; so it may be where few share one.
    repeated = [*rows[:2], [*PLACE, "赵大山", WIFE, "汉族", "赵小花"]]
    few = [
        rows[0],
        rows[1],
        *([*PLACE, f"孙{name}", make.id_number(date(1980, 1, 1)), "汉族", f"周{name}"] for name in "甲乙丙"),
    ]
    assert check(名册=[header, *repeated])["file_error"] == "HEADER_MISSING"
    assert check(名册=[header, *few])["file_error"] == "HEADER_MISSING"


def test_in_a_column_with_damaged_numbers_one_that_passes_by_chance_is_held(check: Any) -> None:
    chance = next(
        number
        for day in range(1, 29)
        for month in range(1, 13)
        if (number := f"130299{1980:04d}{month:02d}{day:02d}1000") and parse_id(number).kind is IdKind.CITIZEN
    )
    header = ["县", "乡镇", "行政村", "户主姓名", "姓名", "证件号码"]
    rows = [[*PLACE, "赵大山", "赵大山", chance], [*PLACE, "赵二山", "赵二山", "130299198001012000"]]
    alone = check(名册=[header, rows[0]])
    assert alone["rows"][0]["status"] == "imported"
    together = check(名册=[header, *rows])
    assert [one["status"] for one in together["rows"]] == ["held", "rejected"]
    # Beside a number that is ruined where it is stored, a text was typed as it stands.
    typed = check(名册=[header, rows[0], [*PLACE, "赵二山", "赵二山", float(chance)]])
    assert [one["status"] for one in typed["rows"]] == ["imported", "rejected"]
