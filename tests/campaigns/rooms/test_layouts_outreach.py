"""Publicity and cleaning ledgers as counties lay them out: ways told by titles, ticked columns, blank villages."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaigns.cleaning.models import Cleaning, Recheck
from campaigns.models import Contact
from households.models import Person
from tests.campaigns.rooms.layouts_make import VILLAGE, codes, counted, sent, statuses, three_women, values
from tests.conftest import Cast

NONE = (None,) * 3


@pytest.fixture
def women(cast: Cast, tmp_path: Path) -> list[Person]:
    return three_women(cast.officer_a, tmp_path)


def kinds() -> list[tuple[str, str]]:
    return [(one.household.head_name, one.kind) for one in Contact.objects.order_by("household", "kind")]


@pytest.mark.parametrize(
    ("title", "header", "kind"),
    [
        ("黄各庄镇大喇叭广播登记表", "广播时间", Contact.Kind.LOUDSPEAKER),
        ("致贫困母亲的一封信发放登记表", "发放时间", Contact.Kind.LETTER),
        ("“宣传进村入户”行动明白纸发放表", "发放时间", Contact.Kind.LEAFLET),
        ("脱贫攻坚宣传登记表", "入户时间", Contact.Kind.VISIT),
    ],
)
def test_a_title_or_header_tells_the_way_where_no_column_does(
    cast: Cast, tmp_path: Path, women: list[Person], title: str, header: str, kind: str
) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        [title], ["乡镇", "村", "户主", header], ["黄各庄镇", VILLAGE, "王小芳", "2018-05-03"],
    ])  # fmt: skip
    assert (statuses(told), kinds()) == (["imported"], [("王小芳", kind)])
    assert values(told, "宣传方式") != ["lecture"] and values(told, "宣传方式")[0] is not None


def test_of_two_ways_in_a_title_nobody_knows_which(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["大喇叭、微信群宣传登记"], ["村", "户主", "宣传日期"], [VILLAGE, "王小芳", "2018-05-03"],
    ])  # fmt: skip
    assert statuses(told) == ["held"] and not Contact.objects.exists()


def test_a_way_that_nothing_tells_is_assumed_and_said(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [["村", "户主", "宣传日期"], [VILLAGE, "王小芳", "5月3日"]])
    assert codes(told) == [["CONTACT_KIND_ASSUMED"]]
    assert Contact.objects.get().done_on == date(2018, 5, 3)


def test_ways_ticked_in_columns_of_their_own(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["村", "户主", "宣传方式", None, None, "宣传日期"],
        [None, None, "入户", "电话", "微信", None],
        [VILLAGE, "王小芳", None, "√", None, "2018-05-03"],
        [VILLAGE, "李桂兰", "√", None, "√", "2018-05-03"],
        [VILLAGE, "张淑珍", None, None, "群里发过", "2018-05-03"],
    ], merged=((0, 2, 0, 4),))  # fmt: skip
    assert statuses(told) == ["imported", "imported", "held"]
    assert kinds() == [
        ("王小芳", Contact.Kind.PHONE), ("李桂兰", Contact.Kind.CHAT_GROUP), ("李桂兰", Contact.Kind.VISIT),
    ]  # fmt: skip


def test_several_ways_in_one_cell_are_several_contacts(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    rows = [["村", "户主", "宣传形式", "宣传日期"], [VILLAGE, "王小芳", "入户宣讲、发放明白纸", "2018.5.3"]]
    told = sent("contacts", cast.officer_a, tmp_path, rows)
    assert values(told, "宣传方式") == [["入户宣讲", "宣传单签收"]]
    assert len(kinds()) == 2
    again = sent("contacts", cast.officer_a, tmp_path, rows)
    assert again["counts"]["unchanged"] == 1 and len(kinds()) == 2


def test_a_blank_village_is_the_one_above_until_a_gap(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["序号", "镇", "村别", "贫困户", "宣传日期", "宣传方式"],
        [1, "黄各庄镇", VILLAGE, "王小芳", "2018-05-03", "入户"], [2, None, None, "李桂兰", "2018-05-03", "入户"],
        ["小计", None, None, "2户"], [3, None, None, "张淑珍", "2018-05-03", "入户"],
    ])  # fmt: skip
    assert statuses(told) == ["imported", "imported_flagged", "rejected"]
    assert codes(told)[1] == ["FROM_ABOVE"]
    assert counted("publicity") == (3, 2)


def test_a_day_that_is_missing_beside_what_was_done_is_asked_for(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["村", "户主", "宣传日期", "宣传方式", "主讲人"],
        [VILLAGE, "王小芳", None, "入户", "赵一"], [VILLAGE, "李桂兰", "未宣传", "入户", None],
    ])  # fmt: skip
    assert codes(told) == [["CONTACT_WITHOUT_DAY"], ["NOTHING_TOLD"]]
    assert statuses(told)[0] == "held" and not Contact.objects.exists()


def test_day_place_and_speaker_stand_in_the_title(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["巾帼讲习所集中宣讲签到表"],
        ["宣讲时间：2018年5月20日", None, "宣讲地点：村文化大院", "主讲人：孙老师"],
        ["序号", "村", "姓名", "身份证号码"], [1, VILLAGE, "王小芳", women[0].id_number],
    ])  # fmt: skip
    assert codes(told) == [["FROM_TITLE"]]
    one = Contact.objects.get()
    assert (one.kind, one.done_on, one.place, one.speaker, one.attended_by) == (
        Contact.Kind.LECTURE, date(2018, 5, 20), "村文化大院", "孙老师", women[0],
    )  # fmt: skip


def test_items_ticked_in_columns_of_their_own(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["家居清洁互助台账"],
        ["村居", "户主", "清洁时间", "清洁项目", None, None, None, None, "志愿者", "得分"],
        [None, None, None, "院内", "室内", "厨房", "厕所", "个人", None, None],
        [VILLAGE, "王小芳", "2018.5.3", "√", "√", None, "×", None, "李敏", "95分"],
        ["合计", "1户"],
    ], merged=((1, 3, 1, 7),))  # fmt: skip
    assert statuses(told) == ["imported"]
    one = Cleaning.objects.get()
    assert (one.items, one.helpers, one.score) == (["院内", "室内"], "李敏", 95)


@pytest.mark.parametrize(
    ("written", "number"), [("第一轮", 1), ("首轮", 1), ("二", 2), ("第2次", 2), (3, 3), (None, 1)]
)
def test_rounds_as_people_write_them(
    cast: Cast, tmp_path: Path, women: list[Person], written: Any, number: int
) -> None:
    header = ["村", "户主", "完成时间", "轮次"]
    sent("cleanings", cast.officer_a, tmp_path, [header, [VILLAGE, "王小芳", "2018-05-03", written]])
    assert Cleaning.objects.get().round_number == number
    assert counted("cleaning") == (3, 1 if number == 1 else 0)


def test_a_round_that_cannot_be_read_does_not_count_as_the_first(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent(
        "cleanings",
        cast.officer_a,
        tmp_path,
        [["村", "户主", "完成时间", "轮次"], [VILLAGE, "王小芳", "2018-05-03", "回头看"]],
    )
    assert statuses(told) == ["held"] and not Cleaning.objects.exists()


@pytest.mark.parametrize(
    ("state", "day", "done_on", "status"),
    [
        ("已完成", "2018-05-03", date(2018, 5, 3), "imported"), (None, "5月3日", date(2018, 5, 3), "imported"),
        ("是", None, date(2018, 6, 30), "imported_flagged"), ("未完成", "2018-05-03", None, "held"),
        ("未完成", None, None, "imported_flagged"),
    ],
)  # fmt: skip
def test_whether_and_when_in_two_columns(
    cast: Cast, tmp_path: Path, women: list[Person], state: str | None, day: str | None, done_on: Any, status: str
) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "首轮清洁完成情况", "清洁日期"], [VILLAGE, "王小芳", state, day], [VILLAGE, "李桂兰", "√", "2018-05-04"],
    ])  # fmt: skip
    assert statuses(told) == [status, "imported"]
    found = Cleaning.objects.filter(household__head_name="王小芳").values_list("done_on", flat=True).first()
    assert found == done_on


def test_checks_in_the_words_of_those_who_accept_the_work(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["村", "户主", "第一次清洁时间", "验收日期", "验收结果", "验收人", "整改事项"],
        [VILLAGE, "王小芳", "2018-05-03", "2018-05-10", "合格", "赵一", None],
        [VILLAGE, "李桂兰", "2018-05-03", "2018-05-10", "不合格", "赵一", "灶台"],
    ])  # fmt: skip
    assert values(told, "复查结果") == ["合格", "需整改"]
    assert sorted(Recheck.objects.values_list("passed", "wants")) == [(False, "灶台"), (True, "")]
