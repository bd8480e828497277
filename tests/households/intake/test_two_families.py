"""Families that a number or a head's name could make one, and a family that they could tear."""

from datetime import date
from typing import Any

import pytest

from tests import make

PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]
HEADER = ["县", "乡镇", "行政村", "户编号", "户主姓名", "户主证件号码", "姓名", "证件号码", "与户主关系"]
NUMBER = "1302071042250001"
FATHER, OTHER_FATHER = make.id_number(date(1980, 3, 1), "M"), make.id_number(date(1981, 3, 1), "M")
MOTHER, GIRL, SISTER = (
    make.id_number(date(1982, 3, 1)),
    make.id_number(date(2009, 3, 1)),
    make.id_number(date(2011, 3, 1)),
)


def row(
    number: str | None, head: str, head_id: str | None, name: str, own_id: str, relation: str = "之女"
) -> list[Any]:
    """One member's row."""
    return [*PLACE, number, head, head_id, name, own_id, relation]


@pytest.fixture
def told(check: Any) -> Any:
    """Rows → (status, codes without the hint that no head is listed) in order."""

    def run(*rows: list[Any]) -> list[tuple[str, list[str]]]:
        result = check(名册=[HEADER, *rows])
        return [
            (one["status"], [code for code in one["codes"] if code != "HOUSEHOLD_NO_HEAD"]) for one in result["rows"]
        ]

    return run


HEADS = ("held", ["HOUSEHOLD_MULTIPLE_HEADS"])


def test_two_heads_named_under_one_number_are_two_families(told: Any) -> None:
    assert (
        told(row(NUMBER, "赵大山", None, "赵小凤", GIRL), row(NUMBER, "孙大海", None, "孙小梅", SISTER)) == [HEADS] * 2
    )


def test_a_listed_head_does_not_hide_that_a_member_names_another(told: Any) -> None:
    result = told(
        row(NUMBER, "赵大山", None, "赵大山", FATHER, "户主"),
        row(NUMBER, "赵大山", None, "赵小凤", GIRL),
        row(NUMBER, "孙大海", None, "孙小梅", SISTER),
    )
    assert result == [HEADS] * 3


def test_two_numbers_of_heads_under_one_number_are_two_families(told: Any) -> None:
    assert (
        told(row(NUMBER, "赵大山", FATHER, "赵小凤", GIRL), row(NUMBER, "赵大山", OTHER_FATHER, "赵小梅", SISTER))
        == [HEADS] * 2
    )


def test_one_head_in_several_spellings_is_one_family(told: Any) -> None:
    result = told(
        row(NUMBER, "赵大山", FATHER, "赵大山", FATHER, "户主"),
        row(NUMBER, "赵 大山", f" {FATHER}", "赵小凤", GIRL),
        row(NUMBER, "赵大山（户主）", FATHER + "43", "赵小梅", SISTER),
    )
    assert [status for status, _codes in result] == ["imported"] * 3


def test_a_head_who_is_said_to_have_died_names_the_same_family(told: Any) -> None:
    result = told(
        row(None, "赵大山", None, "王秀英", MOTHER, "配偶"),
        row(None, "赵大山（已故）", None, "赵小凤", GIRL),
        row(None, "赵大山（曾用名赵山）", None, "赵小梅", SISTER),
    )
    assert [status for status, _codes in result] == ["imported_flagged", "imported_flagged", "held"]
    assert "HOUSEHOLD_AMBIGUOUS" in result[2][1]


def test_the_heads_number_in_a_childs_row_is_not_the_childs(told: Any) -> None:
    [(status, codes)] = told(row(NUMBER, "王秀英", MOTHER, "赵小凤", MOTHER))
    assert (status, codes) == ("held", ["DUPLICATE_CONFLICT"])


def test_a_head_whose_two_numbers_differ_waits_and_her_family_does_not(told: Any) -> None:
    result = told(
        row(NUMBER, "王秀英", FATHER, "王秀英", MOTHER, "户主"), row(NUMBER, "王秀英", FATHER, "赵小凤", GIRL)
    )
    assert [status for status, _codes in result] == ["held", "imported"]


@pytest.mark.parametrize("number", ["12", "0012-1", "0012/02"])
def test_members_under_their_heads_number_written_in_another_way_are_no_household(told: Any, number: str) -> None:
    head = [*PLACE, "0012", None, None, "赵大山", FATHER, "户主"]
    member = [*PLACE, number, None, None, "赵小凤", GIRL, "之女"]
    other = [*PLACE, "13", None, None, "孙小梅", SISTER, "之女"]
    assert told(head, member, other) == [
        ("imported", []),
        ("held", ["HOUSEHOLD_AMBIGUOUS"]),
        ("imported_flagged", []),
    ]


def test_a_persons_number_behind_her_households_makes_no_household_of_hers(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "户编号", "姓名", "证件号码", "与户主关系"]
    rows = [["1-1", "赵大山", FATHER, "户主"], ["1-2", "赵小凤", GIRL, "之女"], ["2-1", "孙大海", OTHER_FATHER, "户主"]]
    told = check(名册=[header, *([*PLACE, *one] for one in rows)])["rows"]
    assert [(one["status"], "HOUSEHOLD_AMBIGUOUS" in one["codes"]) for one in told] == [
        ("imported", False),
        ("held", True),
        ("imported", False),
    ]


def listed(number: int, name: str, own_id: str, relation: str = "之女", head: str | None = None) -> list[Any]:
    """A row of a list of women and children that counts its households by hand."""
    return [*PLACE, str(number), head, None, name, own_id, relation]


AUNT = make.id_number(date(1950, 3, 1))


@pytest.mark.parametrize("parted", ["by sheet", "by caption", "not at all"])
def test_numbers_that_a_village_counts_anew_for_each_group_make_no_family(check: Any, parted: str) -> None:
    first = [listed(1, "王秀英", MOTHER, "配偶"), listed(2, "李花", GIRL)]
    second = [listed(1, "孙小红", SISTER), listed(3, "孙桂兰", AUNT, "之母")]
    between: list[list[Any]] = [["二组"]] if parted == "by caption" else []
    sheets = (
        {"一组": [HEADER, *first], "二组": [HEADER, *second]}
        if parted == "by sheet"
        else {"名册": [HEADER, *first, *between, *second]}
    )
    rows = check(**sheets)["rows"]
    assert [row["status"] for row in rows] == ["held", "imported_flagged", "held", "imported_flagged"]
    assert ["HOUSEHOLD_AMBIGUOUS" in row["codes"] for row in rows] == [True, False, True, False]


def test_short_numbers_in_no_order_are_one_count(check: Any) -> None:
    """Sorted by name: each number stands for one family wherever it is."""
    rows = [
        listed(2, "李花", GIRL), listed(1, "孙小红", SISTER), listed(2, "王秀英", MOTHER, "配偶"), listed(1, "孙桂兰", AUNT, "之母"),
    ]  # fmt: skip
    assert {row["status"] for row in check(名册=[HEADER, *rows])["rows"]} == {"imported_flagged"}


def test_a_list_of_some_beside_the_list_of_all_goes_by_its_count(check: Any) -> None:
    rows = [listed(1, "王秀英", MOTHER, "配偶"), listed(1, "李花", GIRL), listed(2, "孙小红", SISTER)]
    result = check(全部=[HEADER, *rows], 儿童=[HEADER, *rows[1:]])
    assert [row["status"] for row in result["rows"]] == ["imported_flagged"] * 3 + ["merged"] * 2


def test_families_with_heads_are_told_apart_by_them_whatever_is_counted_anew(check: Any) -> None:
    rows = [listed(1, "王秀英", MOTHER, "户主"), listed(2, "李花", GIRL, "户主"), listed(1, "孙桂兰", AUNT, "户主")]
    assert "HOUSEHOLD_MULTIPLE_HEADS" in check(名册=[HEADER, *rows])["rows"][0]["codes"]
