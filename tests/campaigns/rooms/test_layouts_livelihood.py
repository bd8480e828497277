"""Jobs, courses, attendances and employments as officers lay them out."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaigns.models import Attendance, Donation, Employment, JobOffer, ProjectPlan, TrainingProject, TrainingSession
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import Cells, sent
from tests.conftest import Cast

__all__ = []  # a fixture


def listed(women: list[Person]) -> list[Cells]:
    return [[one.name, one.id_number] for one in women]


@pytest.fixture
def session(cast: Cast) -> TrainingSession:
    """A session of a course of the officer's county."""
    project = make.training_session().project
    TrainingProject.objects.filter(pk=project.pk).update(name="丰南区巧手编织培训班", region_id="130207")
    TrainingSession.objects.filter(project=project).update(day=date(2018, 5, 8), region_id="130207")
    return TrainingSession.objects.get(project=project)


def test_a_place_beside_a_course_is_no_caption(cast: Cast, tmp_path: Path) -> None:
    """Rows of few cells, one of them a township, were taken for captions over the rows, and lost."""
    told = sent("courses", cast.officer_a, tmp_path, [
        ["手工技能培训场次统计"], ["培训内容", "培训日期", "培训地点"],
        ["剪纸", "2018.4.10", "黄各庄镇"], [None, "2018.4.11", "黄各庄镇"],
    ])  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [3, 4]
    assert set(TrainingSession.objects.values_list("day", flat=True)) == {date(2018, 4, 10), date(2018, 4, 11)}


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "2家", "2类", 45],
        ["总计", "2家企业", "2个岗位", 45],
        [None, "合计", "2类", 45],
        [None, "合计2家", None, 45],
    ],
)
def test_a_total_that_counts_firms_and_kinds_is_no_post(cast: Cast, tmp_path: Path, total: Cells) -> None:
    """The firm “2家” offered 45 posts of “2类”: every published figure was doubled without a word."""
    told = sent("jobs", cast.officer_a, tmp_path, [
        ["序号", "企业名称", "岗位名称", "招聘人数"], [1, "春燕家政", "保洁员", 20], [2, "巧手编织", "编织工", 25], total,
    ])  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [2, 3]
    assert sum(JobOffer.objects.values_list("posts", flat=True)) == 45


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "2家单位", 350000, None],
        ["合计", "2家", "350000元", None],
        ["合计", "企业1家、个人1人", 350000, "2018年上半年"],
        ["合计", None, 350000, None],
    ],
)
def test_a_large_total_is_no_donation(cast: Cast, tmp_path: Path, total: Cells) -> None:
    """A sum from 100,000 on looked like the number of somebody and made a donor of the total."""
    told = sent("donations", cast.federation_staff, tmp_path, [
        ["序号", "捐赠单位（人）", "捐款金额（元）", "捐赠时间"],
        [1, "春燕家政公司", 340000, "2018.5.1"], [2, "李女士", 10000, "2018.5.2"], total,
    ])  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [2, 3]
    assert sum(Donation.objects.values_list("amount", flat=True)) == 350_000


@pytest.mark.parametrize(
    "titles",
    [
        [["2018年5月8日丰南区巧手编织培训班签到表"]],
        [["丰南区巧手编织培训班学员签到册"], ["时间：2018年5月8日   地点：镇文化站"]],
        [["附件1：丰南区巧手编织培训班花名册"], ["2018.5.8"], ["填报时间：2018年6月30日"]],
    ],
)
def test_the_title_names_course_and_day(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession, titles: list[Cells]
) -> None:
    told = sent("attendances", cast.officer_a, tmp_path, [*titles, ["姓名", "身份证号"], *listed(women)])
    assert [row["status"] for row in told["rows"]] == ["imported_flagged"] * 3
    assert all(row["codes"] == ["FROM_TITLE"] for row in told["rows"])
    assert set(Attendance.objects.values_list("session", flat=True)) == {session.pk}


def test_a_summary_names_no_course_in_its_title(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    for title in ("2018年培训情况统计表", "培训学员花名册"):
        told = sent("attendances", cast.officer_a, tmp_path, [[title], ["姓名", "身份证号"], *listed(women)])
        assert told["file_error"] == "HEADER_MISSING"


def test_a_second_list_has_its_own_title(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession
) -> None:
    header = ["姓名", "身份证号", "签到"]
    one, two, three = ([*row, "√"] for row in listed(women))
    told = sent("attendances", cast.officer_a, tmp_path, [
        ["丰南区巧手编织培训班签到表"], ["2018年5月8日"], header, one,
        ["丰南区巧手编织培训班签到表"], ["2018年5月9日"], header, two, ["面点制作培训"], header, three,
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "imported_flagged", "held"]
    days = Attendance.objects.order_by("session__day").values_list("person", "session__day")
    assert list(days) == [(women[0].pk, date(2018, 5, 8)), (women[1].pk, date(2018, 5, 9))]


def test_a_blank_mark_among_marks_is_not_guessed(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession
) -> None:
    rows = [[*row, mark] for row, mark in zip(listed(women), ("王小芳", None, "/"), strict=True)]
    told = sent(
        "attendances",
        cast.officer_a,
        tmp_path,
        [[session.project.name + "签到表"], ["姓名", "身份证号", "签名"], *rows],
    )
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "held", "held"]
    assert told["rows"][0]["values"]["签到"] == "到"
    assert "BLANK_AMONG_FILLED" in told["rows"][1]["codes"]


@pytest.mark.parametrize("days", [("5月8日", "5月9日"), ("5.8", "5.9"), ("第一天", "第二天")])
def test_days_across_the_sheet_are_not_passed_over(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession, days: tuple[str, str]
) -> None:
    rows = [[*row, "√", "○"] for row in listed(women)]
    told = sent(
        "attendances", cast.officer_a, tmp_path, [["丰南区巧手编织培训班考勤表"], ["姓名", "身份证号", *days], *rows]
    )
    assert all(row["status"] == "held" and "DAYS_ACROSS" in row["codes"] for row in told["rows"])
    assert not Attendance.objects.exists()


def test_a_course_of_nearly_the_name_is_told(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession
) -> None:
    told = sent("attendances", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "培训课程", "培训时间"], [*listed(women)[0], "巧手编织培训", "2018.5.8"],
    ])  # fmt: skip
    assert told["rows"][0]["codes"] == ["COURSE_SIMILAR"] and "丰南区巧手编织培训班" in told["rows"][0]["message"]


def test_a_list_of_posts_in_a_firms_words(cast: Cast, tmp_path: Path) -> None:
    told = sent("jobs", cast.officer_a, tmp_path, [
        ["扶贫就业岗位征集汇总表"],
        ["序号", "用工单位全称", "需求岗位", "需求人数（人）", "招聘条件", None, "工资待遇（元/月）", "招工截止时间"],
        [None, None, None, None, "性别", "年龄", None, None],
        [1, "巧娘手工公司", "编织工", "20人", "女", "18-50岁", "2500-3500", "12月31日"],
        [2, None, "质检员", 5, "不限", None, "3000", None], [3, None, "保洁\n门卫", "5\n1", "不限", None, "3000", None],
        ["合计", None, None, "25人以上"],
    ], merged=((1, 4, 1, 5),))  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "imported", "held"]
    assert [row["values"]["性别要求"] for row in told["rows"]] == ["女", "不限", "不限"]
    posts = JobOffer.objects.order_by("pk").values_list("title", "posts", "sex", "open_until")
    assert list(posts) == [("编织工", 20, "F", date(2018, 12, 31)), ("质检员", 5, "", None)]


def test_a_plan_of_courses_in_an_officers_words(cast: Cast, tmp_path: Path) -> None:
    told = sent("courses", cast.officer_a, tmp_path, [
        ["序号", "培训班名称", "培训类型", "举办时间", "举办地点", "参训人数", "培训课时", "主办（承办）单位"],
        [1, "柳编技艺培训班", "手工", "2018.5.3", "镇文化站", "50人", "16课时", "区妇联"],
    ])  # fmt: skip
    assert told["rows"][0]["values"]["培训类别"] == "手工技能" and told["file_warnings"] == []
    course = TrainingProject.objects.get()
    assert (course.kind, course.capacity, course.organiser) == ("handicraft", None, "区妇联")
    assert course.sessions.get().headcount == 50
    assert TrainingSession.objects.get().place == "镇文化站"


def test_from_and_to_in_one_cell(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    header = [
        "姓名",
        "身份证号",
        "所在村",
        "乡镇",
        "就业单位",
        "从事工种",
        "务工起止时间",
        "务工收入（元/月）",
        "就业形式",
    ]
    place = ["曹庄子村", "黄各庄镇"]
    told = sent("employments", cast.officer_a, tmp_path, [
        header,
        [*listed(women)[0], *place, "某家政", "保姆", "2018.3.1-2018.5.31", "4,500", "外出务工"],
        [*listed(women)[1], *place, "某厂", "缝纫", "2018年3月1日至今", "0.2万元", "车间"],
        [*listed(women)[2], *place, "某厂", "缝纫", "3月1日至5月31日", "500\n300", "居家"],
    ])  # fmt: skip
    assert [row["values"]["就业形式"] for row in told["rows"]] == ["外出务工", "企业就业", "居家就业"]
    jobs = Employment.objects.order_by("person__birth_date").values_list("employed_on", "left_on", "income_after")
    first, last = date(2018, 3, 1), date(2018, 5, 31)
    assert list(jobs) == [(first, last, Decimal(4500)), (first, None, Decimal(2000)), (first, last, None)]


@pytest.mark.parametrize(
    ("header", "cell", "yuan"), [("贷款需求（万元）", 3, 30_000), ("需贷款数额", "3万", 30_000), ("贷款需求", 2, None)]
)
def test_a_need_of_a_loan_has_the_columns_unit(
    cast: Cast, tmp_path: Path, women: list[Person], header: str, cell: Any, yuan: int | None
) -> None:
    told = sent("employments", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "村", "乡镇", header], [*listed(women)[0], "曹庄子村", "黄各庄镇", cell],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == ("imported" if yuan else "held")
    assert [plan.loan_amount for plan in ProjectPlan.objects.all()] == ([Decimal(yuan)] if yuan else [])


def test_a_day_in_a_persons_row_is_no_title(
    cast: Cast, tmp_path: Path, women: list[Person], session: TrainingSession
) -> None:
    told = sent("attendances", cast.officer_a, tmp_path, [
        ["2018年5月8日丰南区巧手编织培训班签到表"], ["姓名", "入会时间", "村"],
        ["王小芳", "2016.5.3", "曹庄子村"], ["班小红", None, None], ["赵大红", "2017.5.3", None],
    ])  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [3, 4, 5]
    assert {row["values"]["培训日期"] for row in told["rows"]} == {"2018-05-08"}
