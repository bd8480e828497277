"""Lists in which heads' names or the order of the rows tell families apart: nobody joins another family by chance."""

from datetime import date
from typing import Any

import pytest

from tests import make
from tests.households.intake.test_layout_traps import (
    CHILD,
    HUSBAND,
    NEIGHBOUR,
    PLACE,
    SHORT,
    SON,
    WIFE,
    found,
    statuses,
)


def test_heads_of_one_name_with_two_numbers_are_two_families(check: Any) -> None:
    header = [*SHORT, "户主姓名", "户主身份证号"]
    result = check(
        名册=[
            header,
            [*PLACE, "王秀英", WIFE, "配偶", "赵大山", HUSBAND],
            [*PLACE, "李花", CHILD, "之女", "赵大山", SON],
        ]
    )
    assert found(result, "王秀英") >= {"HOUSEHOLD_AMBIGUOUS"} <= found(result, "李花")
    assert set(statuses(result).values()) == {"held"}


def test_more_people_than_the_household_counts_are_another_family(check: Any) -> None:
    """A family whose head is not listed must not join the one above."""
    rows = [
        [*PLACE, "赵大山", HUSBAND, "户主", 2],
        [*PLACE, "王秀英", WIFE, "配偶", 2],
        [*PLACE, "孙桂兰", NEIGHBOUR, "之母", 2],
        [*PLACE, "孙强", SON, "之子", 2],
    ]
    assert set(statuses(check(名册=[[*SHORT, "人数"], *rows])).values()) == {"held"}
    assert set(statuses(check(名册=[[*SHORT, "人数"], *rows[:2]])).values()) == {"imported"}


def test_a_list_that_does_not_begin_with_a_head_puts_nobody_under_the_head_above(check: Any) -> None:
    """A man's wife and daughter, listed below a woman who is head herself, are not hers."""
    result = check(
        名册=[
            SHORT,
            [*PLACE, "孙桂兰", NEIGHBOUR, "之母"],
            [*PLACE, "王秀英", WIFE, "户主"],
            [*PLACE, "李花", CHILD, "之女"],
            [*PLACE[:-1], "东老治村", "赵大山", HUSBAND, "户主"],
            [*PLACE[:-1], "东老治村", "孙强", SON, "之子"],
        ]
    )
    assert statuses(result) == {
        "孙桂兰": "held",
        "王秀英": "imported",
        "李花": "held",
        "赵大山": "imported",
        "孙强": "imported",
    }


def test_a_head_whose_village_cannot_be_read_says_nothing_about_the_families_below(check: Any) -> None:
    unread = [*PLACE[:-1], "没有这个村"]
    rows = [
        [*unread, "孙桂兰", NEIGHBOUR, "户主"],
        [*PLACE, "李花", CHILD, "之女"],
        [*PLACE, "赵大山", HUSBAND, "户主"],
        [*PLACE, "王秀英", WIFE, "配偶"],
    ]
    assert [row["status"] for row in check(名册=[SHORT, *rows])["rows"]] == ["rejected", "held", "imported", "imported"]


def test_somebody_elses_wife_below_a_head_is_another_family(check: Any) -> None:
    other = make.id_number(date(1975, 1, 1))
    women = [[*PLACE, "王秀英", WIFE, "户主"], [*PLACE, "李花", other, "配偶"]]
    assert set(statuses(check(名册=[SHORT, *women])).values()) == {"held"}
    wives = [[*PLACE, "赵大山", HUSBAND, "户主"], [*PLACE, "王秀英", WIFE, "配偶"], [*PLACE, "李花", other, "配偶"]]
    assert set(statuses(check(名册=[SHORT, *wives])).values()) == {"held"}


def test_in_counted_families_the_head_may_stand_anywhere(check: Any) -> None:
    rows = [
        [1, *PLACE, "王秀英", WIFE, "配偶"],
        [1, *PLACE, "赵大山", HUSBAND, "户主"],
        [2, *PLACE, "李花", CHILD, "之女"],
        [2, *PLACE, "孙桂兰", NEIGHBOUR, "户主"],
        [3, *PLACE, "孙强", SON, "之子"],
    ]
    result = check(名册=[["序号", *SHORT], *rows])
    assert [row["values"]["户主姓名"] for row in result["rows"]] == ["赵大山", "赵大山", "孙桂兰", "孙桂兰", None]
    assert [row["status"] for row in result["rows"]] == ["imported"] * 4 + ["held"]


def test_nobody_below_a_blank_row_joins_the_family_above(check: Any) -> None:
    result = check(
        名册=[
            SHORT,
            [*PLACE, "赵大山", HUSBAND, "户主"],
            [*PLACE, "王秀英", WIFE, "配偶"],
            [],
            [*PLACE, "孙桂兰", NEIGHBOUR, "之母"],
            [*PLACE, "孙强", SON, "之子"],
        ]
    )
    assert statuses(result) == {"赵大山": "imported", "王秀英": "imported", "孙桂兰": "held", "孙强": "held"}


@pytest.mark.parametrize(("told", "of_family"), [("户编号", "1302071042250001"), ("户主姓名", "赵大山")])
def test_a_list_that_names_its_families_on_another_than_their_first_row_fills_nothing_down(
    check: Any, told: str, of_family: str
) -> None:
    """Sorted anew, or with the head last: whoever stands below a number need not be its family's."""
    result = check(
        名册=[
            [*SHORT, told],
            [*PLACE, "王秀英", WIFE, "配偶", None],
            [*PLACE, "赵大山", HUSBAND, "户主", of_family],
            [*PLACE, "李花", CHILD, "之女", None],
        ]
    )
    assert found(result, "王秀英") >= {"HOUSEHOLD_AMBIGUOUS"} <= found(result, "李花")
    assert [row["status"] for row in result["rows"]] == ["held", "imported", "held"]


def test_a_first_family_without_a_number_does_not_part_those_below(check: Any) -> None:
    rows = [
        [*PLACE, "孙桂兰", NEIGHBOUR, "户主", None],
        [*PLACE, "赵大山", HUSBAND, "户主", "1302071042250001"],
        [*PLACE, "李花", CHILD, "之女", None],
    ]
    result = check(名册=[[*SHORT, "户编号"], *rows])
    assert [row["values"]["户编号"] for row in result["rows"]] == [None, "1302071042250001", "1302071042250001"]
    assert "HOUSEHOLD_AMBIGUOUS" not in found(result, "李花")


@pytest.mark.parametrize("by", ["姓名", "证件号码", "falling"])
@pytest.mark.parametrize("told", [True, False])
def test_where_people_are_sorted_nobody_joins_the_family_above(check: Any, by: str, told: bool) -> None:
    names = ["安大山", "白秀英", "陈花", "丁强", "方桂兰", "高小芳", "韩海", "金玉梅", "刘志强", "马淑珍"]
    ids = [make.id_number(date(1960 + at, 3, 4)) for at in range(10)]
    if by != "姓名":
        names = names[::2] + names[1::2]
    if by == "姓名":
        ids = ids[::2] + ids[1::2]
    rows = [
        [*PLACE, name, number, *(("户主", f"130207104225000{at}") if at % 3 == 0 else ("之女", None))][
            : 7 if told else 6
        ]
        for at, (name, number) in enumerate(zip(names, ids, strict=True))
    ]
    result = check(名册=[[*SHORT, "户编号"][: 7 if told else 6], *(rows[::-1] if by == "falling" else rows)])
    members = [row for row in result["rows"] if row["values"]["与户主关系"] != "户主"]
    assert {row["status"] for row in members} == {"held"}
    assert {row["status"] for row in result["rows"] if row not in members} == {"imported"}


def test_sorted_people_who_all_tell_their_number_are_in(check: Any) -> None:
    names = ["安大山", "白秀英", "陈花", "丁强", "方桂兰", "高小芳", "韩海", "金玉梅", "刘志强", "马淑珍"]
    rows = [
        [*PLACE, name, make.id_number(date(1960 + at, 3, 4)), "之女" if at % 2 else "户主", f"130207104225000{at // 2}"]
        for at, name in enumerate(names)
    ]
    assert set(statuses(check(名册=[[*SHORT, "户编号"], *rows])).values()) == {"imported"}
