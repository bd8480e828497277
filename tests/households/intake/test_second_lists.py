"""A second list of people beside or below the first one, under no header of its own: nobody of it is lost."""

from typing import Any

import pytest

from tests.households.intake.test_layout_traps import CHILD, NEIGHBOUR, PLACE, SHORT, SON, WIFE, statuses

SECOND = ["孙桂兰", NEIGHBOUR]


@pytest.mark.parametrize("place", ["beside", "below"])
@pytest.mark.parametrize("header", [(None, None), ("姓名（续）", "证件号码（续）")])
def test_a_second_list_beside_the_first_one_loses_nobody(
    check: Any, place: str, header: tuple[str | None, ...]
) -> None:
    first = [*PLACE, "王秀英", WIFE, "户主", None]
    rows = [[*first, *SECOND]] if place == "beside" else [first, [*[None] * 7, *SECOND]]
    result = check(名册=[[*SHORT, None, *header], *rows])
    assert (result["file_error"], result["rows"]) == ("HEADER_MISSING", [])
    assert "不止一列" in result["message"]


def test_the_same_numbers_once_more_under_no_header_are_no_second_list(check: Any) -> None:
    rows = [[*PLACE, "王秀英", WIFE, "户主", WIFE.lower()], [*PLACE, "李花", CHILD, "之女", f" {WIFE}"]]
    result = check(名册=[SHORT, *rows])
    assert (set(statuses(result).values()), result["file_warnings"]) == ({"imported"}, ["UNKNOWN_COLUMNS"])


def test_an_account_as_long_as_an_identity_number_is_nobody(check: Any) -> None:
    result = check(名册=[SHORT, [*PLACE, "王秀英", WIFE, "户主", "622848001234567890"]])
    assert (statuses(result), result["file_warnings"]) == ({"王秀英": "imported"}, ["UNKNOWN_COLUMNS"])


def test_a_sheet_whose_people_stand_beside_its_header_is_not_passed_over_as_empty(check: Any) -> None:
    strangers = [[*[None] * 7, *SECOND], [*[None] * 7, "孙强", SON]]
    result = check(甲=[SHORT, [*PLACE, "王秀英", WIFE, "户主"]], 乙=[SHORT, *strangers])
    assert (result["file_error"], result["rows"]) == ("HEADER_NOT_FOUND", [])
