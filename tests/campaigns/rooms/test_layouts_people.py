"""Donations, aid, surveys, circumstances, events and the combined ledger as officers lay them out."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from campaigns.models import (
    ChildSurvey,
    Cleaning,
    Contact,
    Donation,
    Donor,
    Event,
    Fund,
    Grant,
    Pairing,
    Participant,
    SpecialCircumstance,
    WomanSurvey,
)
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.campaigns.test_ledgers import registered
from tests.conftest import Cast
from tests.households.intake.books import person

__all__ = []  # a fixture


def test_a_list_of_money_and_goods_under_one_group(cast: Cast, tmp_path: Path) -> None:
    told = sent("donations", cast.officer_a, tmp_path, [
        ["爱心款物捐赠登记"],
        ["爱心单位（个人）", "捐赠方性质", "捐赠内容", None, None, "捐赠时间"],
        [None, None, "现金（万元）", "物品", "价值（元）", None],
        ["爱心协会", "社会团体", 1.5, None, None, "2018.5.3"], ["李 敏", "个人", None, "书包50个", 2500, "5月1日"],
        ["王五", "个人", 2000, None, None, "2018-5-1"], ["赵六", "个人", None, "棉被", None, "2018-5-1"],
        ["合计", None, 1.7, None, 2500],
    ], merged=((1, 2, 1, 4),))  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "imported_flagged", "held", "held"]
    assert told["rows"][0]["values"]["捐赠人类别"] == "社团"
    assert "NUMBER_OUT_OF_RANGE" in told["rows"][2]["codes"] and "GOODS_VALUE_MISSING" in told["rows"][3]["codes"]
    assert set(Donation.objects.values_list("donor__name", "amount", "received_on")) == {
        ("爱心协会", Decimal(15_000), date(2018, 5, 3)), ("李敏", Decimal(2500), date(2018, 5, 1)),
    }  # fmt: skip
    assert Donor.objects.get(name="爱心协会").kind == "society" and Fund.objects.count() == 2


def test_an_amount_that_cannot_be_read_does_not_pass_as_an_empty_row(cast: Cast, tmp_path: Path) -> None:
    told = sent(
        "donations", cast.officer_a, tmp_path, [["捐款人", "捐款数额", "捐款时间"], ["张三", "千元左右", "2018.5.3"]]
    )
    assert told["rows"][0]["status"] == "held" and not Donation.objects.exists()


def test_a_cell_with_two_amounts_is_no_large_one(cast: Cast, tmp_path: Path) -> None:
    told = sent(
        "donations", cast.officer_a, tmp_path, [["捐款人", "捐款数额", "捐款时间"], ["张三", "500\n300", "2018.5.3"]]
    )
    assert told["rows"][0]["status"] == "held" and "NUMBER_UNREADABLE" in told["rows"][0]["codes"]


def test_aid_in_a_countys_own_words(cast: Cast, tmp_path: Path) -> None:
    child = person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 在校生状况="小学")
    registered(cast.officer_a, tmp_path, child)
    make.project()
    told = sent("grants", cast.officer_a, tmp_path, [
        ["春蕾计划助学金发放花名册"],
        ["序号", "被救助儿童姓名", "儿童身份证号", "家长姓名", "家庭住址", "救助金（万元）", "发放时间", "就读年级"],
        [1, "李小燕", child["证件号码"], "李四", "黄各庄镇曹庄子村", 0.05, "2018.6.1", "四年级"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "imported" and told["file_warnings"] == []
    grant = Grant.objects.get()
    assert (grant.amount, grant.paid_on, grant.guardian, grant.grade) == (
        Decimal(500),
        date(2018, 6, 1),
        "李四",
        "四年级",
    )


def test_a_survey_in_a_villages_words(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("survey", cast.officer_a, tmp_path, [
        ["建档立卡贫困妇女摸底表"], ["乡镇：黄各庄镇    村：曹庄子村    填表日期：2018年6月30日"],
        ["妇女姓名", "身份证号", "是否患重大疾病", "有无就业愿望", "有无培训愿望及内容", "有无小额贷款需求（万元）", "本人特长",
         "入户调查时间"],
        ["王小芳", women[0].id_number, "否", "有", "家政", 3, "刺绣", "2018.4.20"],
        ["李桂兰", None, "否", "有", "家政", None, None, "2018.4.20"],
    ])  # fmt: skip
    assert [(row["status"], row["codes"]) for row in told["rows"]] == [("imported", []), ("held", ["PERSON_BY_NAME"])]
    survey = WomanSurvey.objects.get()
    assert (survey.wants_work, survey.training_wish, survey.loan_amount, survey.skills, survey.surveyed_on) == (
        True, "家政", Decimal(30_000), "刺绣", date(2018, 4, 20),
    )  # fmt: skip


def test_a_grade_is_no_school(cast: Cast, tmp_path: Path) -> None:
    child = person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 在校生状况="小学")
    registered(cast.officer_a, tmp_path, child)
    told = sent("survey", cast.officer_a, tmp_path, [
        ["儿童姓名", "身份证号", "村", "乡镇", "监护人", "学校年级"],
        ["李小燕", child["证件号码"], "曹庄子村", "黄各庄镇", "李四", "五年级"],
    ])  # fmt: skip
    assert "UNKNOWN_COLUMNS" in told["file_warnings"] and ChildSurvey.objects.get().school == ""


def test_circumstances_in_an_officers_words(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("circumstances", cast.officer_a, tmp_path, [
        ["乡镇", "村", "户主", "姓名", "身份证号", "未完成项", "未完成原因", "外出起止时间", "审批领导", "批准时间"],
        ["黄各庄镇", "曹庄子村", "王小芳", None, None, "家居清洁", "常年外出打工", "2018.3.1至2018.12.31", "赵敏", "5月3日"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "imported"
    found = SpecialCircumstance.objects.get()
    assert (found.reason, found.period.lower, found.period.upper) == ("away", date(2018, 3, 1), date(2019, 1, 1))


def test_the_title_names_the_event(cast: Cast, tmp_path: Path) -> None:
    told = sent("events", cast.officer_a, tmp_path, [
        ["2018年6月13日丰南区妇女干部培训班签到表"], ["姓名", "单位"], ["赵敏", "黄各庄镇妇联"], ["李 丽", "大新庄镇妇联"],
    ])  # fmt: skip
    assert [row["codes"] for row in told["rows"]] == [["FROM_TITLE"]] * 2
    event = Event.objects.get()
    assert (event.name, event.first_day, event.kind) == ("丰南区妇女干部培训班", date(2018, 6, 13), "training")
    assert set(Participant.objects.values_list("name", flat=True)) == {"赵敏", "李丽"}


def test_an_event_is_not_made_twice_under_a_longer_name(cast: Cast, tmp_path: Path) -> None:
    header = ["活动名称", "活动时间", "参赛选手", "最终得分"]
    sent("events", cast.officer_a, tmp_path, [header, ["巾帼擂台赛", "2018.6.22", "赵敏", 98]])
    told = sent("events", cast.officer_a, tmp_path, [header, ["丰南区巾帼擂台赛", "2018.6.22", "赵敏", 98]])
    assert told["rows"][0]["codes"] == ["EVENT_SIMILAR"] and Event.objects.count() == 1


def test_a_participant_without_a_name_is_not_passed_over(cast: Cast, tmp_path: Path) -> None:
    told = sent("events", cast.officer_a, tmp_path, [
        ["2018年6月13日丰南区妇女干部培训班签到表"], ["姓名", "单位"], ["赵敏", "黄各庄镇妇联"], [None, "大新庄镇妇联"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "rejected"]
    assert "NAME_MISSING" in told["rows"][1]["codes"] and Participant.objects.count() == 1


def test_days_without_a_year_and_words_for_many(cast: Cast, tmp_path: Path) -> None:
    told = sent("events", cast.officer_a, tmp_path, [
        ["活动名称", "举办时间", "举办地点", "参加人员"], ["手工作品展", "5月10日-12日", "文化馆", None],
        ["推进会", "2018.5.3", "会议室", "全体妇联干部"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held"]
    event = Event.objects.get()
    assert (event.first_day, event.last_day) == (date(2018, 5, 10), date(2018, 5, 12))


def test_the_six_actions_under_their_own_names(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["黄各庄镇六大行动台账"],
        ["姓名", "身份证号", "所在村", "宣传进村入户", "结对帮扶", None, "家居清洁互助"],
        [None, None, None, "宣传时间", "帮扶人", "结对时间", "清洁时间"],
        ["王小芳", women[0].id_number, "曹庄子村", "2018.4.3", "张桂英", "2018.4.10", "5月1日"],
    ], merged=((1, 4, 1, 5),))  # fmt: skip
    assert told["rows"][0]["codes"] == ["HELPER_NEW"] and told["file_warnings"] == []
    assert Contact.objects.get().done_on == date(2018, 4, 3) and Cleaning.objects.get().done_on == date(2018, 5, 1)
    assert Pairing.objects.get().helper.name == "张桂英"


def test_a_column_that_the_combined_ledger_does_not_keep_is_named(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "村", "乡镇", "宣传时间", "承保结果"],
        ["王小芳", women[0].id_number, "曹庄子村", "黄各庄镇", "2018.4.3", "未承保"],
    ])  # fmt: skip
    assert "UNKNOWN_COLUMNS" in told["file_warnings"]
