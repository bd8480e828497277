"""One thing wrong with a row is told once, and says nothing about the rows beside it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, told, write

WITH_HEAD = (*HEADERS, "户主姓名", "出生日期")


@pytest.fixture
def verdicts(cast: Cast, tmp_path: Path) -> Any:
    """rows → (status, codes) of each in the preview, for the officer of 丰南区."""

    def run(*rows: dict[str, Any], headers: tuple[str, ...] = HEADERS) -> list[tuple[str, list[str]]]:
        path = write(tmp_path / "roster.xlsx", list(rows), headers=headers)
        return [(row["status"], row["codes"]) for row in told(preview(path, cast.officer_a))["rows"]]

    return run


def family(*members: dict[str, Any], number: str = "1302071042250001", **cells: Any) -> list[dict[str, Any]]:
    """Rows of one household: head (a man), wife, daughter; a member's cells go over these."""
    plain = [
        {"姓名": "赵大山", "性别": "男", "证件号码": make.id_number(date(1970, 1, 2), "M"), "与户主关系": "户主"},
        {"姓名": "王秀英", "性别": "女", "证件号码": make.id_number(date(1972, 1, 2)), "与户主关系": "配偶"},
        {"姓名": "赵小花", "性别": "女", "证件号码": make.id_number(date(2009, 3, 8)), "与户主关系": "之女"},
    ]
    return [
        person(户编号=number, **cells) | one | more
        for one, more in zip(plain, [*members, *[{}] * (len(plain) - len(members))], strict=True)
    ]


@pytest.mark.parametrize(
    ("members", "doubtful"), [(({"性别": "女"},), 0), (({}, {"性别": "男"}), 1), (({}, {}, {"性别": "男"}), 2)]
)
def test_a_sex_that_contradicts_the_number_says_nothing_of_the_relation(
    verdicts: Any, members: tuple[dict[str, Any], ...], doubtful: int
) -> None:
    expected: list[tuple[str, list[str]]] = [("imported", [])] * 3
    expected[doubtful] = ("held", ["SEX_MISMATCH"])
    assert verdicts(*family(*members)) == expected


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("", "rejected", "NAME_MISSING"),
        ("#REF!", "rejected", "CELL_ERROR"),
        ("12345", "rejected", "NAME_INVALID"),
        ("赵大山（残疾）", "held", "NAME_SUSPECT"),
        ("赵大\ue123", "held", "NAME_PUA_CHAR"),
    ],
)
def test_a_doubtful_name_does_not_also_differ_from_the_heads(verdicts: Any, name: str, status: str, code: str) -> None:
    rows = family({"姓名": name}, 户主姓名="赵大山")
    assert verdicts(*rows, headers=WITH_HEAD) == [(status, [code]), ("imported", []), ("imported", [])]


def test_of_two_heads_none_also_differs_from_the_heads_name(verdicts: Any) -> None:
    rows = family({}, {"与户主关系": "户主"}, 户主姓名="赵大山")
    assert verdicts(*rows, headers=WITH_HEAD) == [("held", ["HOUSEHOLD_MULTIPLE_HEADS"])] * 3


def test_a_village_that_is_an_error_is_not_looked_for(verdicts: Any) -> None:
    assert verdicts(person(行政村="#N/A")) == [("rejected", ["CELL_ERROR"])]


@pytest.mark.parametrize("column", ["县", "乡镇"])
def test_an_error_beside_a_village_that_stands_once_in_the_county_is_only_flagged(verdicts: Any, column: str) -> None:
    assert verdicts(person(**{column: "#REF!"})) == [("imported_flagged", ["CELL_ERROR"])]


def test_a_rounded_household_number_is_not_the_whole_number_of_another_family(verdicts: Any) -> None:
    whole, rounded = "1302071042250010", 1302071042250010.0
    rows = [*family(number=whole), *family({"姓名": "孙大山"}), *family({"姓名": "李大山"})]
    for row in rows[3:]:
        row["户编号"] = rounded
    assert verdicts(*rows) == [("imported", [])] * 3 + [("held", ["HOUSEHOLD_NO_PRECISION_LOST"])] * 6


def test_a_copy_with_a_mistyped_number_does_not_hold_the_good_row(verdicts: Any) -> None:
    good = person(证件号码=make.id_number(date(1980, 5, 1)), 出生日期="1980-05-01")
    wrong = good | {"证件号码": f"{good['证件号码']}9"}
    assert verdicts(good, wrong, headers=WITH_HEAD) == [("imported", []), ("rejected", ["ID_LENGTH"])]


def test_no_number_is_none_in_the_values(cast: Cast, tmp_path: Path) -> None:
    newborn = person(证件号码="", 出生日期="2018-05-01")
    path = write(tmp_path / "roster.xlsx", [newborn], headers=WITH_HEAD)
    assert told(preview(path, cast.officer_a))["rows"][0]["values"]["证件号码"] is None


def test_a_member_who_leaves_out_the_whole_household_stands_below_it_where_others_repeat_theirs(verdicts: Any) -> None:
    repeated = [*family(number="1302071042250001"), *family({"姓名": "孙大山"}, number="1302071042250003")]
    left_out = dict.fromkeys(
        ("县", "乡镇", "行政村", "户编号", "脱贫属性", "贫困户属性", "主要致贫原因", "人均纯收入", "户联系电话"), ""
    )
    below = family({}, left_out, left_out, number="1302071042250002")
    assert verdicts(*repeated, *below) == [("imported", [])] * 9
    # With the village there, it is a household's number that is missing.
    gap = [row | ({"行政村": "曹庄子村"} if row["户编号"] == "" else {}) for row in below]
    assert [status for status, _codes in verdicts(*repeated, *gap)] == ["imported"] * 7 + ["held"] * 2
