"""Columns about somebody who belongs to the listed person, or corrections beside the old words: nobody gets another's number."""

from typing import Any

import pytest

from tests.households.intake.test_layout_traps import CHILD, PLACE, WIFE, numbers

HEADER = ["县", "乡镇", "行政村"]


@pytest.mark.parametrize("other", ["监护人姓名", "家长姓名", "母亲姓名", "配偶姓名", "开户名", "代领人"])
def test_a_lone_number_right_of_somebody_elses_name_is_nobodys(check: Any, other: str) -> None:
    result = check(名册=[[*HEADER, "姓名", other, "身份证号"], [*PLACE, "李花", "王秀英", WIFE]])
    assert (result["file_error"], result["rows"]) == ("HEADER_MISSING", [])
    assert "证件号码" in result["message"]


@pytest.mark.parametrize("other", ["监护人姓名", "家长姓名", "母亲姓名", "配偶姓名", "开户人姓名"])
def test_a_second_number_right_of_somebody_elses_name_is_not_hers(check: Any, other: str) -> None:
    header = [*HEADER, "姓名", "身份证号", other, "身份证号", "联系电话"]
    result = check(名册=[header, [*PLACE, "李花", CHILD, "王秀英", WIFE, "14403150001"]])
    assert numbers(result) == {"李花": CHILD}
    assert result["file_warnings"] == ["UNKNOWN_COLUMNS"]


@pytest.mark.parametrize("other", ["监护人", "家长姓名", "村妇联主席"])
def test_somebody_elses_name_and_number_may_stand_left_of_her_own(check: Any, other: str) -> None:
    result = check(名册=[[*HEADER, other, "身份证号", "姓名", "身份证号"], [*PLACE, "王秀英", WIFE, "李花", CHILD]])
    assert numbers(result) == {"李花": CHILD}


def test_a_parents_phone_is_the_households(check: Any) -> None:
    header = [*HEADER, "姓名", "身份证号", "家长姓名", "联系电话"]
    result = check(名册=[header, [*PLACE, "李花", CHILD, "王秀英", "14403150001"]])
    assert result["rows"][0]["values"]["户主联系电话"] == "14403150001"


@pytest.mark.parametrize("header", [("姓名", "身份证号", "更正后身份证号"), ("姓名", "身份证号", "正确姓名")])
def test_a_correction_in_a_column_of_its_own_is_not_passed_over(check: Any, header: tuple[str, ...]) -> None:
    right = CHILD if header[-1].endswith("号") else "李小花"
    result = check(名册=[[*HEADER, *header], [*PLACE, "李花", WIFE, right]])
    assert (result["file_error"], "不止一列" in result["message"]) == ("HEADER_MISSING", True)


def test_of_an_old_and_a_new_number_the_new_one_counts(check: Any) -> None:
    result = check(名册=[[*HEADER, "姓名", "原身份证号", "新身份证号"], [*PLACE, "李花", WIFE, CHILD]])
    assert numbers(result) == {"李花": CHILD}
