"""What columns of their own tell beside a number, a relation or a place: certificates, ticks for heads, incomes, blank places."""

from datetime import date
from typing import Any

import pytest

from tests import make

PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]
HEADER = ["县", "乡镇", "行政村", "姓名", "证件号码", "与户主关系"]
HEAD, OTHER = make.id_number(date(1960, 1, 2)), make.id_number(date(1961, 1, 2))
SON = make.id_number(date(1985, 1, 2), "M")


def row(**cells: Any) -> list[list[Any]]:
    told = dict(zip(HEADER, [*PLACE, "王秀英", HEAD, "户主"], strict=True)) | cells
    return [list(told), list(told.values())]


@pytest.mark.parametrize(
    ("certificate", "status", "codes"),
    [
        (HEAD + "43", "imported", []),
        (HEAD + "4", "imported_flagged", ["CERTIFICATE_UNREADABLE"]),
        (HEAD + "443", "imported_flagged", ["CERTIFICATE_UNREADABLE"]),
        (HEAD[:-1], "imported_flagged", ["CERTIFICATE_UNREADABLE"]),
        (1.30299196001021e19, "imported_flagged", ["CERTIFICATE_UNREADABLE"]),
        (OTHER, "held", ["CERTIFICATE_MISMATCH"]),
        (OTHER + "43", "held", ["CERTIFICATE_MISMATCH"]),
        (HEAD, "imported", []),
        ("办理中", "imported", []),
        ("130299004512", "imported", []),
    ],
)
def test_a_certificate_that_cannot_be_read_is_told(
    check: Any, certificate: str | float, status: str, codes: list[str]
) -> None:
    [told] = check(名册=row(残疾证号=certificate))["rows"]
    assert (told["status"], told["codes"]) == (status, codes)


@pytest.mark.parametrize(
    ("header", "income", "yuan"),
    [
        ("人均纯收入", 2.8, None), ("人均纯收入", "0.32", None), ("人均纯收入（元）", 2.8, None), ("人均纯收入（万元）", 0.32, 3200),
        ("人均纯收入", "0.32万", 3200), ("人均纯收入", 0, 0), ("人均纯收入", 3200, 3200),
    ],
)  # fmt: skip
def test_an_income_of_a_few_yuan_was_meant_in_another_unit(check: Any, header: str, income: Any, yuan: Any) -> None:
    [told] = check(名册=row(**{header: income}))["rows"]
    assert told["values"]["人均纯收入"] == yuan
    assert told["codes"] == ([] if yuan is not None else ["NUMBER_OUT_OF_RANGE"])
    assert told["status"] == ("imported" if yuan is not None else "held")


def test_a_tick_tells_the_head_where_no_relation_does(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "证件号码", "是否户主"]
    rows = [[*PLACE, "王秀英", HEAD, "是"], [*PLACE, "王大山", SON, "否"], [*PLACE, "孙桂兰", OTHER, "是"]]
    told = check(名册=[header, *rows])["rows"]
    assert [(one["status"], one["values"]["户主姓名"]) for one in told] == [
        ("imported", "王秀英"),
        ("imported", "王秀英"),
        ("imported", "孙桂兰"),
    ]
    assert [one["values"]["与户主关系"] for one in told] == ["户主", None, "户主"]


def test_a_tick_that_contradicts_the_relation_is_told(check: Any) -> None:
    rows = [
        [*PLACE, "王秀英", HEAD, "户主", "否"],
        [*PLACE, "王大山", SON, "之子", "是"],
        [*PLACE, "孙桂兰", OTHER, "户主", "是"],
    ]
    told = check(名册=[[*HEADER, "是否户主"], *rows])["rows"]
    assert [one["codes"] for one in told] == [["HEAD_DIFFERS"], ["HEAD_DIFFERS"], []]
    assert "是否户主" in told[0]["message"] and told[0]["values"]["与户主关系"] == "户主"


@pytest.mark.parametrize(("header", "waits"), [("是否贫困户", True), ("是否贫困人口", True), ("是否低保户", False)])
def test_whoever_is_not_poor_by_a_column_of_her_own_is_asked_about(check: Any, header: str, *, waits: bool) -> None:
    [told] = check(名册=row(**{header: "否"}))["rows"]
    assert told["codes"] == (["NO_LONGER_THERE"] if waits else [])


@pytest.mark.parametrize(
    "line",
    [
        ["必填", "必填", "必填", "必填", "必填，18位文本", "选填"],
        [None, None, None, "如：张三", "如：130207190001010000", "如：户主"],
        ["xian", "xiang", "cun", "xm", "zjhm", "yhzgx"],
        ["其中：女", None, None, None, None, "0"],
    ],
)
def test_a_line_about_the_columns_or_of_a_sum_is_nobody(check: Any, line: list[Any]) -> None:
    header, person = row()
    for rows in ([header, line, person], [header, person, line]):
        assert [one["status"] for one in check(名册=rows)["rows"]] == ["imported"]


@pytest.mark.parametrize(
    "line",
    ["ABCDEF", "甲乙丙123", ["栏次", "甲", "乙", "1", "2", "3"], ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], "①②③④⑤⑥"],
)
def test_the_line_that_names_a_forms_columns_is_nobody(check: Any, line: Any) -> None:
    header, person = row()
    assert [one["status"] for one in check(名册=[header, list(line), person])["rows"]] == ["imported"]


def test_captions_tell_the_places_of_columns_that_nobody_fills_in(check: Any) -> None:
    def members(name: str, number: str) -> list[Any]:
        return [None, None, None, name, number, "户主"]

    rows = [["黄各庄镇曹庄子村"], members("王秀英", HEAD), ["黄各庄镇东老治村"], members("孙桂兰", OTHER)]
    told = check(名册=[HEADER, *rows])["rows"]
    assert [(one["status"], one["values"]["village_code"]) for one in told] == [
        ("imported", make.VILLAGE_A),
        ("imported", make.VILLAGE_A2),
    ]


@pytest.mark.parametrize("relation", ["孙媳", "孙女婿", "外甥女", "堂弟"])
def test_kin_without_a_code_of_their_own_are_others(check: Any, relation: str) -> None:
    rows = [[*PLACE, "王秀英", HEAD, "户主"], [*PLACE, "孙桂兰", OTHER, relation]]
    told = check(名册=[HEADER, *rows])["rows"]
    assert [(one["status"], one["values"]["与户主关系"]) for one in told] == [
        ("imported", "户主"),
        ("imported", "其他"),
    ]


@pytest.mark.parametrize(
    ("age", "is_told"), [(20, True), ("28岁", True), (55, False), ("58岁", False), ("不详", False)]
)
def test_an_age_that_is_many_years_off_is_told(check: Any, age: Any, *, is_told: bool) -> None:
    [told] = check(名册=row(年龄=age))["rows"]
    assert (told["codes"], told["values"]["出生日期"]) == (["AGE_MISMATCH"] if is_told else [], "1960-01-02")


@pytest.mark.parametrize(
    ("told", "stored"), [("2020年", None), ("2018-12-01", None), ("2018年", "2018"), ("2017-12-01", "2017-12-01")]
)
def test_an_exit_that_is_yet_to_come_is_not_stored(check: Any, told: str, stored: str | None) -> None:
    [line] = check(名册=row(脱贫时间=told))["rows"]
    assert line["values"]["脱贫时间"] == stored
    assert (line["status"], line["codes"]) == (("imported", []) if stored else ("imported_flagged", ["DATE_IN_FUTURE"]))


@pytest.mark.parametrize("header", ["身份证/残疾证号", "公民身份号码或残疾号码", "身份证号码（残疾人证号码）"])
def test_a_column_for_either_number_is_the_identity_number(check: Any, header: str) -> None:
    header_row, person = row()
    result = check(名册=[[header if word == "证件号码" else word for word in header_row], person])
    assert [(one["status"], one["values"]["证件号码"]) for one in result["rows"]] == [("imported", HEAD)]


@pytest.mark.parametrize(
    ("name", "waits"),
    [("长女李花", True), ("户主王秀英", True), ("之女李花", True), ("孙子涵", False), ("长孙无忌", False)],
)
def test_a_name_behind_what_somebody_is_is_asked_about(check: Any, name: str, *, waits: bool) -> None:
    assert check(名册=row(姓名=name))["rows"][0]["codes"] == (["NAME_SUSPECT"] if waits else [])


def test_a_numbered_heading_is_nobody_and_ends_the_family_above(check: Any) -> None:
    girl, other_girl = make.id_number(date(2008, 3, 8)), make.id_number(date(2010, 3, 8))
    women, children = [*PLACE, "王秀英", HEAD, "户主"], [*PLACE, "李花", girl, "之女"]
    apart = check(名册=[HEADER, ["一、妇女"], women, ["二、儿童"], children])["rows"]
    assert [(one["values"]["姓名"], one["codes"]) for one in apart] == [
        ("王秀英", []),
        ("李花", ["HOUSEHOLD_AMBIGUOUS"]),
    ]
    others = [[*PLACE, "孙桂兰", OTHER, "户主"], [*PLACE, "孙花", other_girl, "之女"]]
    whole = check(名册=[HEADER, ["（一）低保户"], women, children, ["（二）一般户"], *others])["rows"]
    assert [one["values"]["户主姓名"] for one in whole] == ["王秀英", "王秀英", "孙桂兰", "孙桂兰"]


@pytest.mark.parametrize(
    ("header", "cell", "waits"),
    [
        ("户口状态", "已注销", True), ("户籍状态", "迁出", True), ("核实情况", "查无此人", True), ("备注1", "已死亡，未销户", True),
        ("情况说明", "2018年5月去世", True), (None, "已故", True), ("是否有效", "否", True), ("删除标记", "1", True),
        ("删除标记", "0", False),
        ("丈夫情况", "已去世", False), ("低保情况", "清退", False), ("收入变化", "减少", False), ("户口状态", "正常", False),
        ("说明", "父亲病故", False), ("婚姻状况", "丧偶", False), ("搬迁情况", "已搬走", False),
    ],
)  # fmt: skip
def test_a_column_that_nobody_reads_may_say_that_she_is_gone(
    check: Any, header: str | None, cell: str, *, waits: bool
) -> None:
    words, person = row()
    [told] = check(名册=[[*words, header], [*person, cell]])["rows"]
    assert told["codes"] == (["NO_LONGER_THERE"] if waits else [])
    assert not waits or cell in told["message"]
