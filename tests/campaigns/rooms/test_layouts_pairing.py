"""Ledgers of helpers, pairings and visits as counties lay them out."""

from datetime import date
from pathlib import Path

import pytest

from campaigns.models import Contact, Helper, InsuredPerson, Pairing, Visit
from households.models import Person
from tests import make
from tests.campaigns.rooms.layouts_make import VILLAGE, codes, counted, sent, statuses, three_women, values
from tests.conftest import Cast


@pytest.fixture
def women(cast: Cast, tmp_path: Path) -> list[Person]:
    return three_women(cast.officer_a, tmp_path)


@pytest.mark.parametrize(
    "cell",
    [
        "张爱华 14403150077",
        "张爱华（14403150077）",
        "张爱华14403150077",
        "张爱华，电话：14403150077",
        "张爱华(手机14403150077)",
    ],
)
def test_a_name_and_a_telephone_in_one_cell(cast: Cast, tmp_path: Path, women: list[Person], cell: str) -> None:
    rows = [
        ["村", "姓名", "证件号码", "包联人及联系电话", "结对日期"],
        [VILLAGE, "王小芳", women[0].id_number, cell, "2018-04-10"],
        [VILLAGE, "李桂兰", women[1].id_number, "张爱华 14403150077", "4月11日"],
    ]
    told = sent("pairings", cast.officer_a, tmp_path, rows)
    assert values(told, "包联人") == ["张爱华"] * 2
    helper = Helper.objects.get()
    assert (helper.name, helper.phone, helper.kind) == ("张爱华", "14403150077", Helper.Kind.VILLAGE_CADRE)
    assert counted("pairing") == (3, 2)
    assert sent("pairings", cast.officer_a, tmp_path, rows)["counts"]["unchanged"] == 2


def test_two_names_with_one_telephone_wait(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["村", "姓名", "证件号码", "包联人", "结对日期"],
        [VILLAGE, "王小芳", women[0].id_number, "张爱华、李翠 14403150077", "2018-04-10"],
    ])  # fmt: skip
    assert statuses(told) == ["held"] and "HELPERS_SHARE_CELL" in codes(told)[0]
    assert "“包联人”一格写了几名包联人，看不出单位、电话各是谁的" in told["rows"][0]["message"]
    assert not Helper.objects.exists()


@pytest.mark.parametrize(
    ("name", "unit"), [("巾帼志愿服务队", None), ("丰南区女企业家协会", None), ("张爱华", "丰南区巾帼志愿者协会")]
)
def test_a_society_is_told_by_name_or_unit_and_does_not_count(
    cast: Cast, tmp_path: Path, women: list[Person], name: str, unit: str | None
) -> None:
    sent("pairings", cast.officer_a, tmp_path, [
        ["村", "姓名", "证件号码", "包联人", "包联人单位", "结对日期"],
        [VILLAGE, "王小芳", women[0].id_number, name, unit, "2018-04-10"],
    ])  # fmt: skip
    assert (Helper.objects.get().kind, Pairing.objects.get().kind) == (Helper.Kind.SOCIETY, Pairing.Kind.SOCIETY)
    assert counted("pairing") == (3, 0)


def test_the_poverty_offices_helper_beside_ours_is_asked_about(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    header = ["村", "姓名", "身份证号", "帮扶责任人", "巾帼包联人", "包联时间"]
    told = sent("pairings", cast.officer_a, tmp_path, [
        header, [VILLAGE, "王小芳", women[0].id_number, "扶贫甲", "张爱华", "2018-04-10"],
    ])  # fmt: skip
    assert told["outcome"] == "reject_file" and told["file_error"] == "HEADER_MISSING"
    header[4] = "包联人"  # the field's own word leaves no doubt
    sent("pairings", cast.officer_a, tmp_path, [
        header, [VILLAGE, "王小芳", women[0].id_number, "扶贫甲", "张爱华", "2018-04-10"],
    ])  # fmt: skip
    assert Helper.objects.get().name == "张爱华"


def test_first_and_last_day_and_way_in_the_countys_words(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["包联干部", "电话", "包联对象", "身份证号", "所在村", "开始日期", "截止日期", "包联类型"],
        ["张爱华", "14403150077", "王小芳", women[0].id_number, VILLAGE, "2018-04-10", "12月31日", "一对一"],
        [None, None, "李桂兰", women[1].id_number, VILLAGE, "2018-04-10", None, "分片包联"],
    ])  # fmt: skip
    assert values(told, "包联方式") == ["结对包联", "分片包联"]
    found = {one.person.name: (one.kind, one.period.lower, one.period.upper) for one in Pairing.objects.all()}
    assert found == {
        "王小芳": (Pairing.Kind.PERSONAL, date(2018, 4, 10), date(2019, 1, 1)),
        "李桂兰": (Pairing.Kind.AREA, date(2018, 4, 10), None),
    }
    assert counted("pairing") == (3, 1)


def test_a_helper_beside_a_village_name_is_no_caption(cast: Cast, tmp_path: Path) -> None:
    told = sent("helpers", cast.officer_a, tmp_path, [
        ["黄各庄镇包联干部名册"], ["序号", "姓名", "手机号码", "联系的村"],
        [1, "赵新人", "14403150078", None], [2, "巾帼志愿服务队", "14403150079", VILLAGE], [3, "孙新人", "14403150080", None],
    ])  # fmt: skip
    assert statuses(told) == ["imported"] * 3
    assert sorted(Helper.objects.values_list("name", flat=True)) == ["孙新人", "巾帼志愿服务队", "赵新人"]


def test_visits_in_the_countys_words(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    helper = make.helper(name="张爱华", phone="14403150077")
    told = sent("visits", cast.officer_a, tmp_path, [
        ["包联干部入户走访记录"],
        ["入户日期", "走访干部及电话", "走访对象", "所在村", "走访具体情况", "困难和诉求", "下次走访时间"],
        ["5月3日", "张爱华 14403150077", "王小芳", VILLAGE, "家里都好", "无", "7月5日"],
        ["2018.5.4", "张爱华", "李桂兰", VILLAGE, "孩子上学", "缺书包", None],
        [None, "张爱华", "张淑珍", VILLAGE, "忘写日期", None, None],
    ])  # fmt: skip
    assert statuses(told) == ["imported", "imported", "held"]
    found = {
        one.household.head_name: (one.helper, one.visited_on, one.needs or "", one.next_on)
        for one in Visit.objects.all()
    }
    assert found == {
        "王小芳": (helper, date(2018, 5, 3), "", date(2018, 7, 5)),
        "李桂兰": (helper, date(2018, 5, 4), "缺书包", None),
    }


def test_who_visited_stands_in_the_title(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    helper = make.helper(name="张爱华")
    told = sent("visits", cast.officer_a, tmp_path, [
        ["走访人：张爱华", None, "填报日期：2018年6月30日"], ["日期", "户主", "村", "走访情况"], ["5.3", "王小芳", VILLAGE, "好"],
    ])  # fmt: skip
    assert codes(told) == [["FROM_TITLE"]]
    assert Visit.objects.get().helper == helper


def test_whether_and_when_side_by_side_in_the_combined_ledger(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    policy = make.policy()
    told = sent("combined", cast.officer_a, tmp_path, [
        ["序号", "村", "姓名", "证件号码", "包联人及电话", "结对时间", "是否宣传", "宣传时间", "是否投保", "投保时间", "保单号"],
        [1, VILLAGE, "王小芳", women[0].id_number, "张爱华 14403150077", "4月10日", "是", "5.3", "是", "2018-06-08", policy.number],
        [2, VILLAGE, "李桂兰", women[1].id_number, "张爱华 14403150077", "4月10日", "否", None, "否", None, policy.number],
    ])  # fmt: skip
    assert statuses(told) == ["imported_flagged"] * 2
    assert {one.helper.phone for one in Pairing.objects.all()} == {"14403150077"}
    assert [(one.household.head_name, one.done_on) for one in Contact.objects.all()] == [("王小芳", date(2018, 5, 3))]
    assert [one.person.name for one in InsuredPerson.objects.all()] == ["王小芳"]


def test_a_column_to_sign_in_is_no_second_visitor(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    helper = make.helper(name="张爱华")
    sent("visits", cast.officer_a, tmp_path, [
        ["村", "户主", "包联干部", "走访时间", "走访人签字"], [VILLAGE, "王小芳", "张爱华", "2018-05-03", None],
    ])  # fmt: skip
    assert Visit.objects.get().helper == helper


@pytest.mark.parametrize("phones", [(None, "14403150077", None), ("14403150077", None, None)])
def test_a_helper_whose_telephone_stands_in_one_row_only_is_one_helper(
    cast: Cast, tmp_path: Path, women: list[Person], phones: tuple[str | None, ...]
) -> None:
    rows: list[list[str | None]] = [["姓名", "证件号码", "包联人", "包联人电话", "结对日期"]]
    rows += [[one.name, one.id_number, "张爱华", phone, "2018-04-10"] for one, phone in zip(women, phones, strict=True)]
    sent("pairings", cast.officer_a, tmp_path, rows)
    assert [one.phone for one in Helper.objects.all()] == ["14403150077"]
    assert counted("pairing") == (3, 3)
    assert sent("pairings", cast.officer_a, tmp_path, rows)["counts"]["unchanged"] == 3


def test_a_helper_without_telephone_beside_two_of_her_name_is_asked_about(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["姓名", "证件号码", "包联人", "包联人电话", "包联人单位", "结对日期"],
        ["王小芳", women[0].id_number, "张爱华", "14403150077", "镇妇联", "2018-04-10"],
        ["李桂兰", women[1].id_number, "张爱华", "14403150078", "镇小学", "2018-04-10"],
        ["张淑珍", women[2].id_number, "张爱华", None, None, "2018-04-10"],
    ])  # fmt: skip
    assert ["HELPER_SEVERAL_FIT" in one for one in codes(told)] == [False, False, True]
    assert counted("pairing") == (3, 2)
