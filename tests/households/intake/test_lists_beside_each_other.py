"""A workbook with a list of all and lists of some beside it: each person once, each household once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households.models import Household, Person
from tests import make
from tests.conftest import Cast
from tests.households.intake import spreadsheets
from tests.households.intake.books import imported

TITLE = ["丰南区黄各庄镇曹庄子村"]
HOME, OTHER_HOME = "1302071042250001", "1302071042250002"
HEAD, NAMESAKE = make.id_number(date(1960, 1, 2), "M"), make.id_number(date(1970, 1, 2), "M")
WIFE, GIRL, WIDOW = (make.id_number(born) for born in (date(1962, 3, 4), date(2008, 3, 4), date(1966, 7, 8)))
HEADER = ["户编号", "姓名", "证件号码", "与户主关系", "健康状况"]
ALL = [
    TITLE,
    HEADER,
    [HOME, "赵大山", HEAD, "户主", "健康"],
    [HOME, "王秀英", WIFE, "配偶", "残疾"],
    [OTHER_HOME, "孙桂兰", WIDOW, "户主", "健康"],
]


def verdicts(result: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(row["values"]["姓名"], row["status"], row["codes"]) for row in result["rows"]]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["户主姓名", "姓名", "证件号码"], ["赵大山", "王秀英", WIFE]),
        (["户编号", "姓名", "证件号码", "与户主关系"], [HOME, "王秀英", WIFE, "配偶"]),
        (["姓名", "证件号码", "文化程度"], ["王秀英", WIFE, "小学"]),
        (["户编号", "姓名", "证件号码", "健康状况"], [HOME, "王秀英", WIFE, None]),
    ],
)
def test_a_list_of_women_beside_the_list_of_all_tells_of_the_same_people(
    check: Any, header: list[str], row: list[Any]
) -> None:
    for sheets in ({"总表": ALL, "妇女": [TITLE, header, row]}, {"妇女": [TITLE, header, row], "总表": ALL}):
        result = check(**sheets)
        counted = {name: number for name, number in result["counts"].items() if number and name != "missing"}
        assert counted == {"new": 3, "merged": 1}
        [kept] = [one for one in result["rows"] if one["values"]["姓名"] == "王秀英" and one["status"] == "imported"]
        assert (kept["sheet"], kept["values"]["健康状况"]) == ("总表", "残疾")
        assert kept["values"].get("文化程度") == ("小学" if "文化程度" in header else None)


def test_what_two_lists_tell_differently_of_her_is_asked_about(check: Any) -> None:
    women = [TITLE, HEADER, [HOME, "王秀英", WIFE, "配偶", "健康"]]
    told = verdicts(check(总表=ALL, 妇女=women))
    assert [one for one in told if one[0] == "王秀英"] == [("王秀英", "held", ["DUPLICATE_CONFLICT"])] * 2


def test_a_list_of_children_that_names_the_heads_makes_no_second_household(cast: Cast, tmp_path: Path) -> None:
    children = [TITLE, ["户主姓名", "姓名", "证件号码", "与户主关系"], ["赵大山", "赵小凤", GIRL, "之女"]]
    path = spreadsheets.xlsx_of_sheets(tmp_path / "名册.xlsx", {"妇女": ALL, "儿童": children})
    result = imported(path, cast.officer_a)
    assert {row["status"] for row in result["rows"]} == {"imported"}
    assert (Household.objects.count(), Person.objects.count()) == (2, 4)
    assert Person.objects.get(name="赵小凤").memberships.get().household.number == HOME


def test_a_number_that_was_left_out_is_that_of_the_head(check: Any) -> None:
    header = ["户编号", "户主姓名", "姓名", "证件号码", "与户主关系"]
    rows = [
        [HOME, "赵大山", "赵大山", HEAD, "户主"],
        [None, "孙桂兰", "孙桂兰", WIDOW, "户主"],
        [None, "赵大山", "王秀英", WIFE, "配偶"],
    ]
    assert verdicts(check(名册=[TITLE, header, *rows])) == [
        ("赵大山", "imported", []),
        ("孙桂兰", "imported", []),
        ("王秀英", "imported", []),
    ]


def test_a_family_with_a_head_of_its_own_is_another_one(check: Any) -> None:
    header = ["户主姓名", "姓名", "证件号码", "与户主关系"]
    others = [TITLE, header, ["赵大山", "赵大山", NAMESAKE, "户主"], ["赵大山", "赵小凤", GIRL, "之女"]]
    result = check(名册=ALL, 补报=others)
    homes = {row["values"]["姓名"]: row["values"]["户编号"] for row in result["rows"]}
    assert homes["赵小凤"] is None
    assert {row["status"] for row in result["rows"] if row["values"]["姓名"] == "赵小凤"} == {"imported"}


@pytest.mark.parametrize(("number", "status"), [(None, "held"), (HEAD, "imported"), (NAMESAKE, "imported")])
def test_of_two_heads_of_one_name_the_number_tells_whose_child_she_is(
    check: Any, number: str | None, status: str
) -> None:
    namesakes = [*ALL, [OTHER_HOME + "1", "赵大山", NAMESAKE, "户主", "健康"]]
    header = ["户主姓名", "户主身份证号", "姓名", "证件号码", "与户主关系"]
    result = check(名册=namesakes, 儿童=[TITLE, header, ["赵大山", number, "赵小凤", GIRL, "之女"]])
    [told] = [row for row in result["rows"] if row["values"]["姓名"] == "赵小凤"]
    assert (told["status"], told["codes"]) == (status, [] if status == "imported" else ["HOUSEHOLD_AMBIGUOUS"])
