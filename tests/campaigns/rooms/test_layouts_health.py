"""Insurers' lists and ledgers of relief, goods and clinics as people lay them out."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaigns.models import Clinic, ClinicAttendance, GoodsAid, InsuredPerson, Policy, Relief
from households.models import Person
from households.periods import period
from tests import make
from tests.campaigns.rooms.layouts_make import VILLAGE, codes, counted, sent, statuses, three_women, values
from tests.campaigns.test_ledgers import registered
from tests.conftest import Cast
from tests.households.intake.books import person

FIRST, LAST = date(2018, 4, 1), date(2019, 3, 31)


@pytest.fixture
def women(cast: Cast, tmp_path: Path) -> list[Person]:
    return three_women(cast.officer_a, tmp_path)


@pytest.fixture
def policy(cast: Cast) -> Policy:
    return make.policy(period=period(FIRST, LAST))


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2018-04-01至2019-03-31", (FIRST, LAST)), ("2018.5.1-2019.3.31", (date(2018, 5, 1), LAST)),
        ("2018年4月1日零时起至2019年3月31日二十四时止", (FIRST, LAST)), ("20180601-20190331", (date(2018, 6, 1), LAST)),
        ("一年", (FIRST, LAST)), ("2019-03-31至2018-04-01", None), ("2018年", None), ("2018-01-01至2018-12-31", None),
    ],
)  # fmt: skip
def test_first_and_last_day_in_one_column(
    cast: Cast, tmp_path: Path, women: list[Person], policy: Policy, written: str, days: tuple[date, date] | None
) -> None:
    rows = [["保单号", "被保险人", "证件号码", "保险期间"], [policy.number, "王小芳", women[0].id_number, written]]
    told = sent("policies", cast.officer_a, tmp_path, rows)
    assert statuses(told) == ["imported" if days else "held"]
    found = [(one.period.lower, one.period.upper) for one in InsuredPerson.objects.all()]
    assert found == ([(days[0], period(*days).upper)] if days else [])
    assert counted("insurance") == (3, len(found))
    if days:
        assert sent("policies", cast.officer_a, tmp_path, rows)["counts"]["unchanged"] == 1


def test_the_policys_number_stands_in_the_title(
    cast: Cast, tmp_path: Path, women: list[Person], policy: Policy
) -> None:
    make.policy(policy.scheme, period=policy.period)
    told = sent("policies", cast.officer_a, tmp_path, [
        ["承保清单"], ["投保单位：市妇联", None, f"团体保单号：{policy.number}"],
        ["序号", "被保险人", "证件号码", "保额", "保费"], [1, "王小芳", women[0].id_number, 10000, 25], ["合计", None, None, 10000, 25],
    ])  # fmt: skip
    assert codes(told) == [["FROM_TITLE"]]
    assert InsuredPerson.objects.get().policy == policy


@pytest.mark.parametrize(
    ("cell", "state", "status", "stored"),
    [
        ("否", None, "imported_flagged", None), ("未参保", None, "imported_flagged", None), (None, None, "held", None),
        ("否", "已承保", "held", None), ("否", "拒保", "imported", "refused"), (None, "已承保", "imported", "accepted"),
        ("2018-04-01", None, "imported", "accepted"), ("是", None, "imported_flagged", "accepted"),
    ],
)  # fmt: skip
def test_who_is_said_not_to_be_insured_is_not(
    cast: Cast, tmp_path: Path, women: list[Person], policy: Policy, cell: Any, state: Any, status: str, stored: Any
) -> None:
    told = sent("policies", cast.officer_a, tmp_path, [
        ["保单号", "姓名", "证件号码", "是否参加两癌保险", "核保结论"], [policy.number, "王小芳", women[0].id_number, cell, state],
    ])  # fmt: skip
    assert statuses(told) == [status]
    assert InsuredPerson.objects.values_list("state", flat=True).first() == stored


def test_cover_on_another_policy_of_the_scheme_is_told(
    cast: Cast, tmp_path: Path, women: list[Person], policy: Policy
) -> None:
    other = make.policy(policy.scheme, period=policy.period)
    unlike = make.policy(period=policy.period)
    make.insured(women[0], policy)
    make.insured(women[1], unlike)
    make.insured(women[2], policy, state="refused")
    rows = [["保单号", "姓名", "证件号码"], *([other.number, one.name, one.id_number] for one in women)]
    told = sent("policies", cast.officer_a, tmp_path, rows)
    assert codes(told) == [["INSURED_ELSEWHERE"], [], []]
    assert policy.number in told["rows"][0]["message"]
    twice = [["保单号", "姓名", "证件号码"], *([one.number, "李桂兰", women[1].id_number] for one in (policy, other))]
    assert "INSURED_ELSEWHERE" in codes(sent("policies", cast.officer_a, tmp_path, twice))[0]


@pytest.fixture
def child(cast: Cast, tmp_path: Path) -> Person:
    registered(cast.officer_a, tmp_path, person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1))))
    return Person.objects.get()


def test_relief_in_the_words_of_the_list(cast: Cast, tmp_path: Path, child: Person) -> None:
    programme = make.relief_programme(name="贫困大病儿童救助")
    told = sent("relief", cast.officer_a, tmp_path, [
        ["贫困大病儿童救助金发放表"], ["救助项目：贫困大病儿童救助"],
        ["被救助儿童姓名", "身份证号码", "家庭住址", "监护人姓名", "监护人身份证号", "所患疾病", "救助金（万元）", "发放时间"],
        ["李小燕", child.id_number, VILLAGE, "李某", make.id_number(date(1980, 1, 1)), "白血病", "0.4", "5月3日"],
        ["合计", None, None, None, None, None, "0.4"],
    ])  # fmt: skip
    assert codes(told) == [["DATE_ASSUMED", "FROM_TITLE"]] or codes(told) == [["FROM_TITLE", "DATE_ASSUMED"]]
    one = Relief.objects.get()
    assert (one.person, one.programme, one.amount, one.paid_on, one.illness) == (
        child, programme, Decimal(4000), date(2018, 5, 3), "白血病",
    )  # fmt: skip


def test_an_amount_that_cannot_be_read_is_not_nothing(cast: Cast, tmp_path: Path, child: Person) -> None:
    make.relief_programme()
    told = sent("relief", cast.officer_a, tmp_path, [
        ["患儿", "身份证号码", "村", "实发金额", "拟救助金额"], ["李小燕", child.id_number, VILLAGE, "几千元", 5000],
    ])  # fmt: skip
    assert statuses(told) == ["held"] and "NOTHING_READ" in codes(told)[0]
    assert not Relief.objects.exists()


@pytest.mark.parametrize(("cell", "yuan"), [("40元", 40), ("0.05", 500), ("0.05万元", 500), ("500.00元", 500)])
def test_a_cell_with_its_own_unit_outweighs_the_columns(
    cast: Cast, tmp_path: Path, women: list[Person], cell: str, yuan: int
) -> None:
    sent("goods", cast.officer_a, tmp_path, [
        ["慰问花名册（单位：万元）"], ["村", "受助家庭", "慰问时间", "慰问金", "捐款单位"], [VILLAGE, "王小芳", "2018.6.1", cell, "某商会"],
    ])  # fmt: skip
    one = GoodsAid.objects.get()
    assert (one.kind, one.value, one.donor) == (GoodsAid.Kind.MONEY, Decimal(yuan), "某商会")


@pytest.mark.parametrize(
    ("header", "kind", "status", "stored"),
    [
        ("金额（元）", None, "held", None), ("金额（元）", "物资", "imported", GoodsAid.Kind.GOODS),
        ("慰问金（元）", None, "imported_flagged", GoodsAid.Kind.MONEY), ("折合金额", None, "imported", GoodsAid.Kind.GOODS),
    ],
)  # fmt: skip
def test_goods_beside_an_amount(
    cast: Cast, tmp_path: Path, women: list[Person], header: str, kind: Any, status: str, stored: Any
) -> None:
    told = sent("goods", cast.officer_a, tmp_path, [
        ["村", "户主", "慰问品", header, "类别", "估价方式", "发放时间"], [VILLAGE, "王小芳", "米面", 300, kind, "发票", "6月1日"],
    ])  # fmt: skip
    assert statuses(told) == [status]
    assert GoodsAid.objects.values_list("kind", flat=True).first() == stored


def test_the_clinics_day_and_place_stand_in_the_title(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("clinics", cast.officer_a, tmp_path, [
        ["活动时间：2018年6月16日  活动地点：黄各庄镇卫生院"], ["姓名", "证件号码", "村", "专家", "诊断意见"],
        ["王小芳", women[0].id_number, VILLAGE, "王医生", "正常"], ["李桂兰", women[1].id_number, None, "王医生", "增生"],
    ])  # fmt: skip
    assert statuses(told) == ["imported_flagged"] * 2
    one = Clinic.objects.get()
    assert (one.held_on, one.place) == (date(2018, 6, 16), "黄各庄镇卫生院")
    assert sorted(ClinicAttendance.objects.values_list("person__name", flat=True)) == ["李桂兰", "王小芳"]


def test_choices_are_shown_in_words(cast: Cast, tmp_path: Path, women: list[Person], policy: Policy) -> None:
    told = sent("policies", cast.officer_a, tmp_path, [
        ["保单号", "姓名", "证件号码", "核保结论"], [policy.number, "王小芳", women[0].id_number, "标准体"],
    ])  # fmt: skip
    assert values(told, "承保状态") == ["已承保"]


def test_day_and_place_before_the_names_hold_for_the_rows_below(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("clinics", cast.officer_a, tmp_path, [
        ["就诊日期", "就诊地点", "姓名", "证件号码", "村", "检查意见"],
        ["2018-06-15", "村卫生室", "王小芳", women[0].id_number, VILLAGE, "正常"],
        [None, None, "李桂兰", women[1].id_number, VILLAGE, "正常"],
    ])  # fmt: skip
    assert "FROM_ABOVE" in codes(told)[1]
    assert Clinic.objects.get().held_on == date(2018, 6, 15)
    assert ClinicAttendance.objects.count() == 2
