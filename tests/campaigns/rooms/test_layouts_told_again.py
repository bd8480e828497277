"""What officers write where a ledger asks for one thing: several in one row under numbers, amounts and days in words."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from campaigns.batch_preview import shown_value
from campaigns.batch_return import annotated_workbook
from campaigns.figures import all_figures, asked_for
from campaigns.models import Donation, Donor, Event, Grant, Pairing, TrainingSession, Visit
from households.intake.models import ImportBatch
from households.models import Person
from tests import make
from tests.campaigns.rooms.test_schooling_ledgers import pupils
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast

__all__ = ["pupils"]


def figure(key: str) -> Any:
    """A figure of the county on the reporting day."""
    return all_figures(asked_for(make.COUNTY_A, make.REPORTING_DAY))[key]


PLACE = ["黄各庄镇", "曹庄子村"]


def test_two_helpers_of_one_row_are_two_pairings(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "包联人1", "联系电话1", "包联人2", "联系电话2", "结对时间"],
        [*PLACE, "王小芳", women[0].id_number, "张桂英", "14403150001", "钱秀云", "14403150002", "2018-04-01"],
        [*PLACE, "李桂兰", women[1].id_number, "张桂英", "14403150001", None, None, "2018-04-01"],
    ])  # fmt: skip
    assert [(row["row"], row["status"]) for row in told["rows"]] == [
        (2, "imported_flagged"),
        (3, "imported_flagged"),
        (2, "imported_flagged"),
    ]
    found = Pairing.objects.order_by("person__birth_date", "pk").values_list(
        "person__name", "helper__name", "helper__phone", "period"
    )
    assert [(name, helper, phone, days.lower) for name, helper, phone, days in found] == [
        ("王小芳", "张桂英", "14403150001", date(2018, 4, 1)),
        ("王小芳", "钱秀云", "14403150002", date(2018, 4, 1)),
        ("李桂兰", "张桂英", "14403150001", date(2018, 4, 1)),
    ]  # fmt: skip


def test_the_marked_workbook_colours_the_second_helpers_cell(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("pairings", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "第一包联人", "第二包联人", "结对时间"],
        [*PLACE, "王小芳", women[0].id_number, "张桂英", "钱秀云", "2018-04-01"],
    ])  # fmt: skip
    copy, _extension = annotated_workbook(cast.officer_a, ImportBatch.objects.latest("created_at"))
    with copy:
        sheet = load_workbook(copy)["Sheet1"]
    assert [sheet[cell].comment is not None for cell in ("E2", "F2", "G2")] == [True, True, False]
    assert "张桂英" in sheet["E2"].comment.text and "钱秀云" in sheet["F2"].comment.text
    assert sheet.max_row == 2


def test_a_combined_ledger_with_two_helpers_tells_the_rest_once(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "包联人一", "包联人二", "结对时间", "宣传", "清洁"],
        [*PLACE, "王小芳", women[0].id_number, "张桂英", "钱秀云", "4.1", "2018-05-03", "√"],
    ])  # fmt: skip
    assert len(told["rows"]) == 2
    assert sorted(Pairing.objects.values_list("helper__name", flat=True)) == ["张桂英", "钱秀云"]
    assert women[0].memberships.get().household.contacts.count() == 1


VISITS: list[list[Any]] = [
    ["序号", "村", "户主", "包联人", "第一次走访", None, "第二次走访", None, "第三次走访", None],
    [None, None, None, None, "时间", "情况", "时间", "情况", "时间", "情况"],
    [1, "曹庄子村", "王小芳", "张桂英", "2018-03-05", "宣讲政策", "4.12", "送去春耕种子", None, None],
    [2, "曹庄子村", "李桂兰", "张桂英", "3月6日", None, "2018.4.13", None, "2018-05-20", "打扫庭院"],
]


@pytest.mark.parametrize("merged", [(), ((0, 4, 0, 5), (0, 6, 0, 7), (0, 8, 0, 9))])
def test_three_visits_of_one_row_are_three_visits(
    cast: Cast, tmp_path: Path, women: list[Person], merged: tuple[tuple[int, int, int, int], ...]
) -> None:
    told = sent("visits", cast.officer_a, tmp_path, VISITS, merged=merged)
    assert {row["status"] for row in told["rows"]} == {"imported_flagged"}
    found = Visit.objects.order_by("visited_on").values_list("household__head_name", "visited_on", "notes")
    assert list(found) == [
        ("王小芳", date(2018, 3, 5), "宣讲政策"), ("李桂兰", date(2018, 3, 6), ""), ("王小芳", date(2018, 4, 12), "送去春耕种子"),
        ("李桂兰", date(2018, 4, 13), ""), ("李桂兰", date(2018, 5, 20), "打扫庭院"),
    ]  # fmt: skip


def test_a_row_filled_under_a_later_number_only_is_not_lost(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("visits", cast.officer_a, tmp_path, [
        *VISITS[:2],
        [1, "曹庄子村", "王小芳", "张桂英", None, None, "2018-04-12", "送去春耕种子", None, None],
        [2, "曹庄子村", "李桂兰", "张桂英", None, None, None, None, "2018-05-20", None],
    ])  # fmt: skip
    assert {row["status"] for row in told["rows"]} == {"imported_flagged"}
    assert list(Visit.objects.order_by("visited_on").values_list("household__head_name", "visited_on")) == [
        ("王小芳", date(2018, 4, 12)), ("李桂兰", date(2018, 5, 20)),
    ]  # fmt: skip
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "包联人1", "联系电话1", "包联人2", "联系电话2", "结对时间"],
        [*PLACE, "王小芳", women[0].id_number, None, None, "钱秀云", "14403150002", "2018-04-01"],
    ])  # fmt: skip
    # Under the first number somebody may have been forgotten: that is asked, and keeps nobody else out.
    assert [row["status"] for row in told["rows"]] == ["held", "imported_flagged"]
    assert Pairing.objects.get().helper.name == "钱秀云"


def test_numbered_columns_in_one_header_row(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("visits", cast.officer_a, tmp_path, [
        ["村", "户主姓名", "包联人", "第一次走访", "第二次走访", "走访情况"],
        ["曹庄子村", "王小芳", "张桂英", "4月", "2018-05-06", "宣讲政策"],
    ])  # fmt: skip
    assert list(Visit.objects.order_by("visited_on").values_list("visited_on", "notes")) == [
        (date(2018, 4, 30), "宣讲政策"), (date(2018, 5, 6), ""),
    ]  # fmt: skip


def test_amounts_in_words_and_days_as_numbers(cast: Cast, tmp_path: Path) -> None:
    told = sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额"],
        ["丰南甲公司", 4.15, "一千元"], ["丰南乙公司", 4.1, "四千"], ["丰南丙公司", "2018.4", "2千元"],
        ["丰南丁公司", "4.1", "壹万贰仟元整"], ["丰南戊公司", 2018.4, "两千五百"],
    ])  # fmt: skip
    assert "NUMBER_UNREADABLE" not in {code for row in told["rows"] for code in row["codes"]}
    assert [row["codes"].count("DATE_DAY_UNSURE") for row in told["rows"]] == [0, 1, 0, 0, 0]
    assert list(Donation.objects.order_by("pk").values_list("amount", "received_on")) == [
        (1000, date(2018, 4, 15)), (4000, date(2018, 4, 10)), (2000, date(2018, 4, 30)), (12000, date(2018, 4, 1)),
        (2500, date(2018, 4, 30)),
    ]  # fmt: skip


def test_words_in_a_column_of_ten_thousands_say_their_own_unit(cast: Cast, tmp_path: Path) -> None:
    sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额（万元）"],
        ["丰南甲公司", "2018-04-15", "四千元"], ["丰南乙公司", "2018-04-16", "二"], ["丰南丙公司", "2018-04-17", 1.5],
    ])  # fmt: skip
    assert list(Donation.objects.order_by("pk").values_list("amount", flat=True)) == [4000, 20000, 15000]


def test_a_donors_telephone_behind_her_name_is_her_telephone(cast: Cast, tmp_path: Path) -> None:
    sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额"], ["李敏（14403150006）", "2018-05-04", 1000],
    ])  # fmt: skip
    donor = Donor.objects.get()
    assert (donor.name, donor.phone) == ("李敏", "14403150006")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2018年丰南区爱心企业助学金发放表", "爱心企业助学金"),
        ("春蕾助学和爱心企业助学金发放表", None),
        ("助学金发放表", None),
    ],
)
def test_the_title_names_the_aid_project(
    cast: Cast, tmp_path: Path, pupils: list[Person], title: str, expected: str | None
) -> None:
    for name in ("春蕾助学", "爱心企业助学金"):
        make.project(name=name)
    told = sent("grants", cast.officer_a, tmp_path, [
        [title], ["村", "姓名", "身份证号", "发放日期", "助学金额", "捐赠人"],
        ["曹庄子村", pupils[0].name, pupils[0].id_number, "2018-05-01", "一千元", "李敏 14403150006"],
    ])  # fmt: skip
    if expected is None:
        assert "PROJECT_SEVERAL_FIT" in told["rows"][0]["codes"] and not Grant.objects.exists()
        return
    assert "FROM_TITLE" in told["rows"][0]["codes"]
    grant = Grant.objects.get()
    assert (grant.project.name, grant.amount) == (expected, Decimal(1000))
    assert grant.donor is not None and (grant.donor.name, grant.donor.phone) == ("李敏", "14403150006")


def test_an_amount_where_a_day_belongs_is_called_an_amount(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "春蕾助学"], [*PLACE, "王小芳", women[0].id_number, 4000],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "held" and "AMOUNT_FOR_DAY" in told["rows"][0]["codes"]
    assert "像是金额" in str(told["rows"][0])
    assert not Grant.objects.exists()


def test_who_came_is_no_capacity(cast: Cast, tmp_path: Path) -> None:
    told = sent("courses", cast.officer_a, tmp_path, [
        ["培训项目", "培训类别", "培训时间", "参训人数"],
        ["草编培训", "手工技能", "2018-05-05", "35人"], ["柳编培训", "手工技能", "2018-05-06、2018-05-07", 40],
    ])  # fmt: skip
    assert "HEADCOUNT_OF_SEVERAL" in told["rows"][1]["codes"]
    sessions = TrainingSession.objects.order_by("day").values_list("day", "headcount", "project__capacity")
    assert list(sessions) == [
        (date(2018, 5, 5), 35, None), (date(2018, 5, 6), None, None), (date(2018, 5, 7), None, None),
    ]  # fmt: skip
    assert figure("training_attendances") == 35 and figure("training_capacity") == 0


def test_a_list_of_who_came_outweighs_the_number(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    sent("courses", cast.officer_a, tmp_path, [
        ["培训项目", "培训类别", "培训时间", "参训人数"], ["草编培训", "手工技能", "2018-05-05", 35],
    ])  # fmt: skip
    sent("attendances", cast.officer_a, tmp_path, [
        ["村", "姓名", "身份证号", "培训项目", "培训日期"], ["曹庄子村", "王小芳", women[0].id_number, "草编培训", "2018-05-05"],
    ])  # fmt: skip
    assert figure("training_attendances") == 1


def test_an_events_number_of_participants(cast: Cast, tmp_path: Path) -> None:
    sent("events", cast.officer_a, tmp_path, [
        ["活动名称", "类别", "日期", "参训人数"], ["妇联干部培训班", "培训班", "2018-05-13", "130人"],
        ["启动仪式", "启动会", "2018-05-01", 200],
    ])  # fmt: skip
    assert list(Event.objects.order_by("first_day").values_list("headcount", flat=True)) == [200, 130]
    assert figure("cadres_trained") == 130
    sent("events", cast.officer_a, tmp_path, [
        ["活动名称", "类别", "日期", "参加人姓名"], ["妇联干部培训班", "培训班", "2018-05-13", "张桂英"],
    ])  # fmt: skip
    assert figure("cadres_trained") == 1


def test_a_donors_telephone_is_masked_in_the_preview() -> None:
    assert shown_value("捐赠人电话", "14403150006", sensitive=True) == "144****0006"
