"""What several rows of one ledger tell together: nothing of it is lost, and two months are two records."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaigns.kinds import KINDS
from campaigns.models import Cleaning, Contact, Donation, GoodsAid, Grant, Helper, Relief, Visit, WomanSurvey
from households.intake.models import ImportBatch
from households.intake.undo import undo_batch
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast

VILLAGE = "曹庄子村"


def changes(told: dict[str, Any]) -> list[str]:
    """What the rows would do, in order."""
    return [row["change"] for row in told["rows"]]


def test_what_one_row_leaves_open_another_row_of_the_record_fills(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    rows = [
        ["村", "户主", "清洁时间", "参加人员", "得分"],
        [VILLAGE, "王小芳", "2018-04-12", None, None],
        [VILLAGE, "王小芳", "2018-04-12", "张桂英", 95],
        [VILLAGE, "李桂兰", "√", None, None],
        [VILLAGE, "李桂兰", "2018-04-13", None, 80],
    ]
    sent("cleanings", cast.officer_a, tmp_path, rows)
    found = Cleaning.objects.order_by("done_on").values_list("household__head_name", "done_on", "helpers", "score")
    assert list(found) == [
        ("王小芳", date(2018, 4, 12), "张桂英", 95), ("李桂兰", date(2018, 4, 13), "", 80),
    ]  # fmt: skip
    assert changes(sent("cleanings", cast.officer_a, tmp_path, rows)) == ["unchanged"] * 4
    undo_batch(ImportBatch.objects.earliest("created_at").pk, KINDS["cleanings"], by=cast.officer_a)


def test_two_scores_of_one_round_wait_although_the_first_row_has_none(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "清洁时间", "得分"],
        *([VILLAGE, "王小芳", "2018-04-12", score] for score in (None, 90, 95)),
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held", "held"]
    assert Cleaning.objects.get().score is None


def test_answers_of_one_woman_in_two_rows_are_one_survey(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("survey", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "婚姻状况", "就业意愿", "培训意愿", "调查日期"],
        [VILLAGE, "王小芳", women[0].id_number, "已婚", None, None, "2018-03-05"],
        [VILLAGE, "王小芳", women[0].id_number, None, "是", "否", "2018-03-05"],
    ])  # fmt: skip
    survey = WomanSurvey.objects.get()
    assert (survey.marital, survey.wants_work, survey.wants_training) == ("married", True, False)


def test_a_helper_in_two_rows_of_the_list_is_one(cast: Cast, tmp_path: Path) -> None:
    told = sent("helpers", cast.officer_a, tmp_path, [
        ["村", "姓名", "单位", "职务", "电话"],
        [VILLAGE, "钱秀云", "村委会", None, None],
        [VILLAGE, "钱秀云", "村委会", "委员", "14403150002"],
        [VILLAGE, "张桂英", "村委会", "主席", "14403150001"],
        [VILLAGE, "张桂英", "村委会", "主席", "14403150009"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "imported", "held", "held"]
    helper = Helper.objects.get()
    assert (helper.name, helper.post, helper.phone) == ("钱秀云", "委员", "14403150002")


def test_a_list_of_helpers_finds_each_namesake_by_her_telephone(cast: Cast, tmp_path: Path) -> None:
    for phone in ("14403150001", "14403150009"):
        make.helper(name="张桂英", unit="村委会", phone=phone, post="")
    told = sent("helpers", cast.officer_a, tmp_path, [
        ["村", "姓名", "单位", "职务", "电话"], [VILLAGE, "张桂英", "村委会", "主席", "14403150009"],
    ])  # fmt: skip
    assert changes(told) == ["changed"]
    assert list(Helper.objects.order_by("pk").values_list("phone", "post")) == [
        ("14403150001", ""), ("14403150009", "主席"),
    ]  # fmt: skip


def test_two_months_are_two_visits_and_two_contacts(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    visits = [
        ["村", "户主", "包联人", "走访时间", "走访情况"],
        [VILLAGE, "王小芳", "张桂英", "4月", "送种子"],
        [VILLAGE, "王小芳", "张桂英", "5月", "宣讲政策"],
        [VILLAGE, "李桂兰", "张桂英", "4月", None],
        [VILLAGE, "李桂兰", "张桂英", "5月", None],
    ]
    sent("visits", cast.officer_a, tmp_path, visits)
    found = Visit.objects.order_by("-household__head_name", "visited_on")
    assert list(found.values_list("household__head_name", "visited_on", "notes")) == [
        ("王小芳", date(2018, 4, 30), "送种子"), ("王小芳", date(2018, 5, 31), "宣讲政策"),
        ("李桂兰", date(2018, 4, 30), ""), ("李桂兰", date(2018, 5, 31), ""),
    ]  # fmt: skip
    assert changes(sent("visits", cast.officer_a, tmp_path, visits)) == ["unchanged"] * 4
    sent("contacts", cast.officer_a, tmp_path, [
        ["村", "户主", "宣传时间", "宣传方式"], [VILLAGE, "王小芳", "4月", "入户"], [VILLAGE, "王小芳", "5月", "入户"],
    ])  # fmt: skip
    assert sorted(Contact.objects.values_list("done_on", flat=True)) == [date(2018, 4, 30), date(2018, 5, 31)]


def test_a_month_means_a_recorded_visit_of_that_month_only(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    header = ["村", "户主", "包联人", "走访时间"]
    sent("visits", cast.officer_a, tmp_path, [header, [VILLAGE, "王小芳", "张桂英", "2018-04-12"]])
    told = sent("visits", cast.officer_a, tmp_path, [
        header, [VILLAGE, "王小芳", "张桂英", "4月"], [VILLAGE, "王小芳", "张桂英", "5月"],
    ])  # fmt: skip
    assert changes(told) == ["unchanged", "new"]
    assert sorted(Visit.objects.values_list("visited_on", flat=True)) == [date(2018, 4, 12), date(2018, 5, 31)]


def test_money_of_two_months_is_paid_and_received_twice(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    make.project(name="爱心企业助学金")
    make.relief_programme(name="困境妇女临时救助", once_a_year=False, below_age=None)
    child, woman = make.person(make.household(), birth=date(2008, 3, 1), name="李小燕"), women[0]
    sent("grants", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "助学时间", "助学项目", "助学金额"],
        [VILLAGE, child.name, child.id_number, "3月", "爱心企业助学金", 500],
        [VILLAGE, child.name, child.id_number, "6月", "爱心企业助学金", 500],
    ])  # fmt: skip
    assert [grant.amount for grant in Grant.objects.all()] == [500, 500]
    sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额"], ["丰南甲公司", "3月", 500], ["丰南甲公司", "6月", 500],
    ])  # fmt: skip
    assert [donation.amount for donation in Donation.objects.all()] == [500, 500]
    sent("goods", cast.officer_a, tmp_path, [
        ["村", "户主", "是否建档立卡", "发放时间", "慰问金"],
        [VILLAGE, "王小芳", "是", "3月", 500], [VILLAGE, "王小芳", "是", "6月", 500],
    ])  # fmt: skip
    assert [aid.value for aid in GoodsAid.objects.all()] == [500, 500]
    sent("relief", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "救助项目", "救助金额", "审批时间"],
        [VILLAGE, "王小芳", woman.id_number, "困境妇女临时救助", 500, "3月"],
        [VILLAGE, "王小芳", woman.id_number, "困境妇女临时救助", 500, "6月"],
    ])  # fmt: skip
    assert [relief.amount for relief in Relief.objects.all()] == [500, 500]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("√", "2018-03-05", "3月"), [date(2018, 3, 5)]),
        (("√", "3月", None), [date(2018, 3, 31)]),
        (("√", "2018-03-05", "4月"), [date(2018, 3, 5), date(2018, 4, 30)]),
    ],
)
def test_rows_of_one_household_tell_one_contact(
    cast: Cast, tmp_path: Path, women: list[Person], cells: tuple[str | None, ...], days: list[date]
) -> None:
    rows: list[list[Any]] = [["村", "户主", "宣传时间", "宣传方式"]]
    rows += [[VILLAGE, "王小芳", cell, "入户"] for cell in cells]
    sent("contacts", cast.officer_a, tmp_path, rows)
    assert sorted(Contact.objects.values_list("done_on", flat=True)) == days


def test_a_tick_beside_another_speakers_day_is_a_contact_of_its_own(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    sent("contacts", cast.officer_a, tmp_path, [
        ["村", "户主", "宣传时间", "宣传方式", "宣讲人"],
        [VILLAGE, "王小芳", "√", "入户", "张桂英"], [VILLAGE, "王小芳", "2018-03-05", "入户", "钱秀云"],
    ])  # fmt: skip
    assert sorted(Contact.objects.values_list("done_on", "speaker")) == [
        (date(2018, 3, 5), "钱秀云"), (date(2018, 6, 30), "张桂英"),
    ]  # fmt: skip


def test_rounds_that_do_not_follow_each_other_wait(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    home = women[0].memberships.get().household
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "清洁时间", "轮次"], [VILLAGE, "王小芳", "2018-04-12", 1], [VILLAGE, "李桂兰", "2018-04-01", 2],
        [VILLAGE, "李桂兰", "2018-04-20", 1],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held", "held"]
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "清洁时间", "轮次"], [VILLAGE, "王小芳", "2018-03-12", "第二轮"],
    ])  # fmt: skip
    assert told["rows"][0]["codes"] == ["ROUND_OUT_OF_ORDER"] and "第1轮在2018-04-12" in told["rows"][0]["message"]
    assert list(Cleaning.objects.values_list("household_id", "round_number")) == [(home.pk, 1)]


def test_an_assumed_day_gives_way_to_a_later_files_exact_one(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    def contacts(*days: str) -> list[str]:
        rows = [["村", "户主", "宣传时间", "宣传方式"], *([VILLAGE, "王小芳", day, "入户"] for day in days)]
        return changes(sent("contacts", cast.officer_a, tmp_path, rows))

    def days() -> list[date]:
        return list(Contact.objects.order_by("done_on").values_list("done_on", flat=True))

    contacts("√")
    assert contacts("3月") == ["changed"] and days() == [date(2018, 3, 31)]
    assert contacts("2018-04-02", "2018-03-31") == ["new", "unchanged"]  # our own export brings the assumed day again
    assert contacts("2018-03-05", "2018-03-12") == ["changed", "new"]
    assert days() == [date(2018, 3, 5), date(2018, 3, 12), date(2018, 4, 2)]
    assert contacts("3月") == ["unchanged"]
    assert contacts("2018-03-20") == ["new"]  # what was told exactly stays


def test_a_visit_of_a_month_gives_way_unless_it_tells_of_another_one(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    header = ["村", "户主", "走访人", "走访时间", "走访情况"]
    sent("visits", cast.officer_a, tmp_path, [header, [VILLAGE, "王小芳", "张桂英", "3月", "送米面"]])
    batch = sent("visits", cast.officer_a, tmp_path, [
        header, [VILLAGE, "王小芳", "张桂英", "2018-03-05", "修房顶"], [VILLAGE, "王小芳", "张桂英", "2018-03-08", None],
    ])["batch"]  # fmt: skip
    found = Visit.objects.order_by("visited_on").values_list("visited_on", "notes")
    assert list(found) == [(date(2018, 3, 5), "修房顶"), (date(2018, 3, 8), "送米面")]
    undo_batch(batch, KINDS["visits"], by=cast.officer_a)
    assert list(found.all()) == [(date(2018, 3, 31), "送米面")]
