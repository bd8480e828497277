"""Cells and columns of ledgers as clerks write them: 同上, ○, days in Chinese figures, days to come, amounts of loans."""

from datetime import date
from pathlib import Path

import pytest

from campaigns.models import (
    Contact,
    Employment,
    GoodsAid,
    Grant,
    Helper,
    InsuredPerson,
    JobOffer,
    Pairing,
    ProjectPlan,
    Relief,
    Visit,
)
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast

VILLAGE = "曹庄子村"


def test_as_above_is_read_and_told(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "包联人", "结对日期"],
        [VILLAGE, "王小芳", women[0].id_number, "张桂英", "2018-04-01"],
        [VILLAGE, "李桂兰", women[1].id_number, "同上", "〃"],
        [VILLAGE, "同上", women[2].id_number, "同上", "〃"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "imported_flagged", "rejected"]
    assert "DITTO_READ" in told["rows"][1]["codes"] and "写“同上”" in told["rows"][1]["message"]
    found = Pairing.objects.order_by("pk")
    assert [(one.person.name, one.helper.name, one.period.lower) for one in found] == [
        ("王小芳", "张桂英", date(2018, 4, 1)), ("李桂兰", "张桂英", date(2018, 4, 1)),
    ]  # fmt: skip


def test_a_circle_is_neither_yes_nor_no(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "宣传"], [VILLAGE, "王小芳", women[0].id_number, "○"],
        [VILLAGE, "李桂兰", women[1].id_number, "√"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["held", "imported_flagged"]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("三月五日", date(2018, 3, 5)),
        ("三月", date(2018, 3, 31)),
        ("五月十二", date(2018, 5, 12)),
        ("2018年六月五日", date(2018, 6, 5)),
        ("二〇一八年三月五日", date(2018, 3, 5)),
    ],
)
def test_days_in_chinese_figures(cast: Cast, tmp_path: Path, women: list[Person], cell: str, day: date) -> None:
    sent(
        "contacts",
        cast.officer_a,
        tmp_path,
        [["村", "户主", "宣传时间", "宣传方式"], [VILLAGE, "王小芳", cell, "入户"]],
    )
    assert Contact.objects.get().done_on == day


def test_who_was_visited_is_no_unknown_column(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    daughter = make.person(women[0].memberships.get().household, name="王小燕", birth=date(2010, 5, 1))
    sent("visits", cast.officer_a, tmp_path, [
        ["村", "户主", "被走访人", "走访人", "走访时间"], [VILLAGE, "王小芳", "王小燕", "张桂英", "2018-04-05"],
    ])  # fmt: skip
    assert Visit.objects.get().person == daughter


def test_when_a_helper_left_office(cast: Cast, tmp_path: Path) -> None:
    sent("helpers", cast.officer_a, tmp_path, [
        ["村", "姓名", "单位", "任职时间", "离任时间"], [VILLAGE, "钱秀云", "村委会", "2018-01-01", "2018-05-31"],
    ])  # fmt: skip
    assert Helper.objects.get().active.upper == date(2018, 6, 1)


def test_relief_is_not_paid_on_a_day_to_come(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    for name in ("困境妇女临时救助", "大病妇女救助"):
        make.relief_programme(name=name, once_a_year=False, below_age=None)
    told = sent("relief", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "救助项目", "救助金额", "审批时间", "发放时间"],
        [VILLAGE, "王小芳", women[0].id_number, "困境妇女临时救助", 500, "2018-06-01", "2099-12-01"],
        [VILLAGE, "李桂兰", women[1].id_number, None, 500, "2018-06-01", "2018-06-02"],
    ])  # fmt: skip
    assert [row["codes"][0] for row in told["rows"]] == ["DATE_IN_FUTURE", "RELIEF_PROGRAMME_MISSING"]
    assert told["rows"][1]["message"].startswith("“救助项目”空白")
    assert "困境妇女临时救助、大病妇女救助；" in told["rows"][1]["message"]
    assert not Relief.objects.exists()


def test_relief_before_any_programme_is_registered_says_so(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("relief", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "救助项目", "救助金额", "审批时间"],
        [VILLAGE, "王小芳", women[0].id_number, None, 500, "2018-06-01"],
    ])  # fmt: skip
    assert "（还没有登记任何项目）" in told["rows"][0]["message"]


def test_need_of_a_loan_and_its_amount_in_two_columns(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("employments", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "贷款需求", "贷款金额（万元）", "产业项目谋划", "谋划时间"],
        [VILLAGE, "王小芳", women[0].id_number, "是", 3, "草编合作社", "2018-05-01"],
        [VILLAGE, "李桂兰", women[1].id_number, "否", 2, None, None],
        [VILLAGE, "张淑珍", women[2].id_number, None, "2万", None, None],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held", "imported"]
    assert sorted(ProjectPlan.objects.values_list("person__name", "loan_amount", "project")) == [
        ("张淑珍", 20000, ""), ("王小芳", 30000, "草编合作社"),
    ]  # fmt: skip


def test_nobody_has_left_a_job_on_a_day_to_come(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("employments", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "企业", "就业时间", "离岗时间"],
        [VILLAGE, "王小芳", women[0].id_number, "甲服装厂", "2018-03-01", "2099-12-31"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "held" and not Employment.objects.exists()


def test_posts_in_words_and_until_when(cast: Cast, tmp_path: Path) -> None:
    told = sent("jobs", cast.officer_a, tmp_path, [
        ["企业名称", "岗位名称", "招聘人数", "招聘期限"],
        ["甲服装厂", "缝纫工", "二十人", "2018.5.1-2018.12.31"], ["甲服装厂", "裁剪工", "1.5", None],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held"]
    offer = JobOffer.objects.get()
    assert (offer.posts, offer.open_from, offer.open_until) == (20, date(2018, 5, 1), date(2018, 12, 31))


def test_a_policys_number_in_small_letters_and_several_policies_of_a_day(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    scheme = make.scheme()
    for number in ("YS1302A", "YS1302B"):
        make.policy(scheme, number=number)
    told = sent("policies", cast.officer_a, tmp_path, [
        ["姓名", "证件号码", "保单号", "起保日期"],
        ["王小芳", women[0].id_number, " ys 1302a", "2018-06-08"], ["李桂兰", women[1].id_number, None, "2018-06-26"],
    ])  # fmt: skip
    assert InsuredPerson.objects.get().policy.number == "YS1302A"
    assert "POLICY_SEVERAL_FIT" in told["rows"][1]["codes"] and "YS1302A、YS1302B" in told["rows"][1]["message"]


@pytest.mark.parametrize("written", ["镇政府", "村干部", "钱主任", "张桂英、村委会"])
def test_an_office_or_a_title_is_no_helper(cast: Cast, tmp_path: Path, women: list[Person], written: str) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "包联人", "结对时间"], [VILLAGE, "王小芳", women[0].id_number, written, "2018-04-01"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "held" and "NAME_SUSPECT" in told["rows"][0]["codes"]
    assert not Helper.objects.exists()


@pytest.mark.parametrize("birth", [date(1972, 4, 4), date(2008, 5, 1)])
def test_the_first_15_digits_tell_namesakes_apart(cast: Cast, tmp_path: Path, birth: date) -> None:
    """Of a child of 2008 they look like an old number of 1920."""
    one, _other = (make.person(make.household(), birth=born, name="刘淑英") for born in (birth, date(1970, 2, 2)))
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "包联人", "结对时间"], [VILLAGE, "刘淑英", one.id_number[:15], "张桂英", "2018-04-01"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "held" and "PERSON_BY_NAME" in told["rows"][0]["codes"]


@pytest.mark.parametrize(
    ("kind", "header", "cells"),
    [
        ("grants", ["助学时间", "助学项目", "助学金额"], ["2018-04-02", "春蕾", 400.125]),
        ("grants", ["助学时间", "助学项目", "助学金额（万元）"], ["2018-04-02", "春蕾", "0.0400125"]),
        ("goods", ["帮扶时间", "捐款金额"], ["2018-04-02", "300.005元"]),
    ],
)
def test_parts_of_a_fen_are_asked_about(
    cast: Cast, tmp_path: Path, women: list[Person], kind: str, header: list[str], cells: list[object]
) -> None:
    told = sent(kind, cast.officer_a, tmp_path, [
        ["村", "户主姓名", "姓名", "身份证号", *header], [VILLAGE, "王小芳", "王小芳", women[0].id_number, *cells],
    ])  # fmt: skip
    assert (told["rows"][0]["status"], "AMOUNT_BELOW_FEN" in told["rows"][0]["codes"]) == ("held", True)
    assert "精确到了分以下" in told["rows"][0]["message"]
    assert not Grant.objects.exists() and not GoodsAid.objects.exists()


def test_what_binary_fractions_add_is_no_part_of_a_fen(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("goods", cast.officer_a, tmp_path, [
        ["村", "户主姓名", "帮扶时间", "捐款金额（万元）"], [VILLAGE, "王小芳", "2018-04-02", 0.0403],
    ])  # fmt: skip
    assert GoodsAid.objects.get().value == 403
