"""Columns of a ledger that stand again in a row, with numbers or without: every one of them is told."""

from datetime import date
from pathlib import Path

import pytest

from campaigns.models import Cleaning, Contact, Grant, Pairing, Visit
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast

VILLAGE = "曹庄子村"
APRIL, MAY = date(2018, 4, 12), date(2018, 5, 12)


@pytest.mark.parametrize("words", [("第一轮清洁时间", "第二轮清洁时间"), ("第一轮", "第二轮"), ("第1轮", "第2轮")])
def test_rounds_of_cleaning_side_by_side(
    cast: Cast, tmp_path: Path, women: list[Person], words: tuple[str, str]
) -> None:
    sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", *words],
        [VILLAGE, "王小芳", "2018-04-12", "2018-05-12"], [VILLAGE, "李桂兰", None, "2018-05-12"],
    ])  # fmt: skip
    found = Cleaning.objects.order_by("done_on", "-household__head_name")
    assert list(found.values_list("household__head_name", "round_number", "done_on")) == [
        ("王小芳", 1, APRIL), ("王小芳", 2, MAY), ("李桂兰", 2, MAY),
    ]  # fmt: skip


def test_rounds_of_cleaning_that_say_their_number(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "清洁时间", "轮次", "清洁时间", "轮次"],
        [VILLAGE, "王小芳", "2018-04-12", "首轮", "2018-05-12", "三"],
    ])  # fmt: skip
    assert list(Cleaning.objects.order_by("pk").values_list("round_number", "done_on")) == [(1, APRIL), (3, MAY)]


def test_a_round_alone_keeps_its_number(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("cleanings", cast.officer_a, tmp_path, [["村", "户主", "第三轮"], [VILLAGE, "王小芳", "2018-05-12"]])
    assert list(Cleaning.objects.values_list("round_number", "done_on")) == [(3, MAY)]


def test_a_score_above_all_marks_waits(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "清洁时间", "得分"], [VILLAGE, "王小芳", "2018-05-12", 100], [VILLAGE, "李桂兰", "2018-05-12", 105],
    ])  # fmt: skip
    assert [(row["status"], row["codes"]) for row in told["rows"]] == [
        ("imported", []), ("held", ["NUMBER_OUT_OF_RANGE"]),
    ]  # fmt: skip
    assert Cleaning.objects.get().score == 100


def test_visits_side_by_side_without_numbers(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("visits", cast.officer_a, tmp_path, [
        ["村", "户主", "包联人", "走访时间", "走访情况", "走访时间", "走访情况"],
        [VILLAGE, "王小芳", "张桂英", "2018-04-12", "宣讲", "2018-05-12", "送种子"],
        [VILLAGE, "李桂兰", "张桂英", None, None, "2018-05-12", "打扫"],
    ])  # fmt: skip
    assert {row["status"] for row in told["rows"]} == {"imported_flagged"}
    found = Visit.objects.order_by("visited_on", "-household__head_name")
    assert list(found.values_list("household__head_name", "visited_on", "notes")) == [
        ("王小芳", APRIL, "宣讲"), ("王小芳", MAY, "送种子"), ("李桂兰", MAY, "打扫"),
    ]  # fmt: skip


def test_columns_that_do_not_repeat_exactly_are_asked_about(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("visits", cast.officer_a, tmp_path, [
        ["村", "户主", "包联人", "走访时间", "走访时间", "走访情况"],
        [VILLAGE, "王小芳", "张桂英", "2018-04-12", "2018-05-12", "宣讲"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["held"]
    assert not Visit.objects.exists()


def test_two_helpers_under_the_same_header(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("pairings", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "包联人", "联系电话", "包联人", "联系电话"],
        [VILLAGE, "王小芳", women[0].id_number, "张桂英", "14403150001", "钱秀云", "14403150002"],
    ])  # fmt: skip
    found = Pairing.objects.order_by("pk").select_related("helper")
    assert [(one.helper.name, one.helper.phone) for one in found] == [
        ("张桂英", "14403150001"), ("钱秀云", "14403150002"),
    ]  # fmt: skip


def test_numbered_contacts_need_no_first_one(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["村", "户主", "第一次宣传时间", "第二次宣传时间", "宣讲人", "宣传方式"],
        [VILLAGE, "王小芳", "2018-04-12", "2018-05-12", "张桂英", "入户"],
        [VILLAGE, "李桂兰", None, "2018-05-12", "张桂英", "电话"],
    ])  # fmt: skip
    assert "held" not in {row["status"] for row in told["rows"]}
    found = Contact.objects.order_by("done_on", "-household__head_name")
    assert list(found.values_list("household__head_name", "done_on", "kind", "speaker")) == [
        ("王小芳", APRIL, "visit", "张桂英"), ("王小芳", MAY, "visit", "张桂英"), ("李桂兰", MAY, "phone", "张桂英"),
    ]  # fmt: skip


def test_two_payments_of_one_row(cast: Cast, tmp_path: Path) -> None:
    make.project(name="爱心企业助学金")
    child = make.person(make.household(), birth=date(2008, 3, 1), name="李小燕")
    sent("grants", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "助学项目", "第一次发放时间", "第一次发放金额", "第二次发放时间", "第二次发放金额"],
        [VILLAGE, child.name, child.id_number, "爱心企业助学金", "2018-04-12", 500, "2018-05-12", 700],
    ])  # fmt: skip
    found = Grant.objects.order_by("paid_on").values_list("granted_on", "paid_on", "amount")
    assert list(found) == [(APRIL, APRIL, 500), (MAY, MAY, 700)]
