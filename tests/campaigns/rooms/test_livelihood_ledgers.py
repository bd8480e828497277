"""Workbooks of posts, courses, attendance and employment, as they are really filled in."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import call_command

from campaigns.models import Attendance, Enterprise, JobOffer, TrainingProject, TrainingSession
from households.models import Person
from tests import make
from tests.campaigns.test_ledgers import ledger, registered
from tests.conftest import Cast
from tests.households.intake.books import DAY, person

JOB = {
    "企业名称": "丰南区春燕家政服务中心", "岗位名称": "保洁员", "岗位类别": "家政服务", "招聘人数": 12, "性别": "女", "年龄": "18-50岁",
    "学历": "初中及以上", "工资待遇": "2000-3000元/月", "工作地点": "丰南区胥各庄", "联系人": "李经理", "联系电话": "0315-8100001",
}  # fmt: skip
COURSE = {
    "项目名称": "手工编织培训", "类别": "手工技能", "可培训人数": "150人", "培训时间": "6月5日、6月12日", "地点": "黄各庄镇文化站",
    "主办单位": "市妇联",
}  # fmt: skip


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    """A registered woman of 曹庄子村, head of her household."""
    registered(cast.officer_a, tmp_path, person())
    return Person.objects.get()


def statuses(told: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(row["status"], row["codes"]) for row in told["rows"]]


def test_a_post_comes_in_with_its_enterprise_and_conditions(cast: Cast, tmp_path: Path) -> None:
    told = ledger("jobs", cast.officer_a, tmp_path, JOB, titles=("2018年就业岗位信息表",))
    assert told["outcome"] == "accept"
    offer = JobOffer.objects.get()
    assert (offer.enterprise.name, offer.title, offer.category, offer.posts) == (
        "丰南区春燕家政服务中心", "保洁员", "家政服务", 12,
    )  # fmt: skip
    assert (offer.sex, offer.age_from, offer.age_to, offer.education) == ("F", 18, 50, "junior")
    assert (offer.pay_from, offer.pay_to, offer.pay_text) == (2000, 3000, "2000-3000元/月")
    assert (offer.region_id, offer.open_from, offer.recorded_by) == (make.COUNTY_A, DAY, cast.officer_a)
    again = ledger("jobs", cast.officer_a, tmp_path, JOB)
    assert again["counts"]["unchanged"] == 1
    more = ledger("jobs", cast.officer_a, tmp_path, JOB | {"招聘人数": "20名"})
    assert more["counts"]["changed"] == 1
    assert (JobOffer.objects.get().posts, Enterprise.objects.count()) == (20, 1)


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"年龄": "50周岁以下"}, {"age_from": None, "age_to": 50}),
        ({"年龄": "不限"}, {"age_from": None, "age_to": None}),
        ({"年龄": "20—45"}, {"age_from": 20, "age_to": 45}),
        ({"年龄": "中青年"}, {"age_from": None, "requirements": "年龄要求：中青年"}),
        ({"性别": "男女不限"}, {"sex": ""}),
        ({"学历": "高中/中专及以上"}, {"education": "senior"}),
        ({"学历": "小学文化以上"}, {"education": "primary"}),
        ({"学历": "不限"}, {"education": ""}),
        ({"工资待遇": "0.25万—0.3万"}, {"pay_from": Decimal(2500), "pay_to": Decimal(3000)}),
        ({"工资待遇": 2600}, {"pay_from": Decimal(2600), "pay_to": Decimal(2600)}),
        ({"工资待遇": "３０００元以上"}, {"pay_from": Decimal(3000), "pay_to": None}),
        ({"工资待遇": "100元/天"}, {"pay_from": None, "pay_text": "100元/天"}),
        ({"工资待遇": "计件，面议"}, {"pay_from": None, "pay_text": "计件，面议"}),
        ({"岗位类别": None}, {"category": "保洁员"}),
    ],
)
def test_conditions_as_people_write_them(
    cast: Cast, tmp_path: Path, cells: dict[str, Any], fields: dict[str, Any]
) -> None:
    ledger("jobs", cast.officer_a, tmp_path, JOB | cells)
    offer = JobOffer.objects.get()
    assert {name: getattr(offer, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"招聘人数": "若干"}, "held", "NUMBER_UNREADABLE"),
        ({"招聘人数": "5-10人"}, "held", "NUMBER_UNREADABLE"),
        ({"招聘人数": None}, "held", "POSTS_MISSING"),
        ({"岗位名称": None}, "held", "JOB_MISSING"),
        ({"企业名称": None}, "held", "ENTERPRISE_MISSING"),
        ({"性别": "女优先"}, "held", "ENUM_UNKNOWN"),
        ({"年龄": "50-18岁"}, "held", "BOUNDS_REVERSED"),
        ({"年龄": "中青年"}, "imported_flagged", "TEXT_KEPT"),
        ({"县区": "迁西县"}, "rejected", "REGION_OUT_OF_SCOPE"),
        ({"县区": "无此县"}, "rejected", "REGION_UNKNOWN"),
        ({"发布日期": "2018-06-01", "截止日期": "2018-05-01"}, "held", "PERIOD_ENDS_EARLY"),
    ],
)
def test_what_is_doubtful_about_a_post_is_held_or_told(
    cast: Cast, tmp_path: Path, cells: dict[str, Any], status: str, code: str
) -> None:
    told = ledger("jobs", cast.officer_a, tmp_path, JOB | cells)
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == (status, True)
    assert JobOffer.objects.exists() == (status == "imported_flagged")


def test_merged_enterprises_totals_and_contradictions(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "岗位.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("岗位")
    sheet.merge_range(0, 0, 0, 4, "丰南区扶贫就业岗位信息表")
    for column, word in enumerate(("序号", "用工单位", "工种", "用工人数", "电话", "填表人")):
        sheet.write(1, column, word)
    sheet.merge_range(2, 1, 4, 1, "唐山市玉兰食品有限公司")
    sheet.merge_range(2, 4, 4, 4, "0315-8100002")
    rows = [(1, "包装工", 30), (2, "分拣工", 20), (3, "分拣工", 25)]
    for at, (number, title, posts) in enumerate(rows, start=2):
        sheet.write(at, 0, number), sheet.write(at, 2, title), sheet.write(at, 3, posts)
    sheet.write(5, 0, 4), sheet.write(5, 1, "丰南区巧手草编社"), sheet.write(5, 2, "草编工"), sheet.write(5, 3, 8)
    sheet.write(6, 1, "合计"), sheet.write(6, 3, 83)
    book.close()
    out = tmp_path / "out.json"
    call_command(
        "import_ledger", "jobs", str(path), "--as", cast.officer_a.username, "--as-of", str(DAY), "--apply", "--json", str(out)
    )  # fmt: skip
    told = json.loads(out.read_text())
    assert [(row["row"], row["status"]) for row in told["rows"]] == [
        (3, "imported"), (4, "held"), (5, "held"), (6, "imported"),
    ]  # fmt: skip
    assert "RECORD_CONFLICT" in told["rows"][1]["codes"]
    assert {(one.enterprise.name, one.title, one.phone, one.handicraft) for one in JobOffer.objects.all()} == {
        ("唐山市玉兰食品有限公司", "包装工", "0315-8100002", False), ("丰南区巧手草编社", "草编工", "", True),
    }  # fmt: skip


def test_a_city_list_tells_the_county_of_each_post(cast: Cast, tmp_path: Path) -> None:
    ledger(
        "jobs",
        cast.federation_staff,
        tmp_path,
        JOB | {"县区": "丰南区"},
        JOB | {"县区": "迁西", "企业名称": "迁西县板栗合作社"},
    )
    assert set(JobOffer.objects.values_list("region_id", flat=True)) == {make.COUNTY_A, make.COUNTY_B}


def test_a_course_comes_in_with_its_sessions(cast: Cast, tmp_path: Path) -> None:
    told = ledger("courses", cast.officer_a, tmp_path, COURSE)
    assert statuses(told) == [("imported", [])]
    project = TrainingProject.objects.get()
    assert (project.kind, project.capacity, project.organiser) == ("handicraft", 150, "市妇联")
    assert [(one.day, one.place, one.region_id) for one in project.sessions.order_by("day")] == [
        (date(2018, 6, 5), "黄各庄镇文化站", make.COUNTY_A), (date(2018, 6, 12), "黄各庄镇文化站", make.COUNTY_A),
    ]  # fmt: skip
    assert ledger("courses", cast.officer_a, tmp_path, COURSE)["counts"]["unchanged"] == 1
    told = ledger("courses", cast.officer_a, tmp_path, COURSE | {"培训时间": "2018-06-05", "可培训人数": 160})
    assert told["counts"]["changed"] == 1
    assert TrainingProject.objects.get().capacity == 160 and TrainingSession.objects.count() == 2


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2018.6.5-6.7", [5, 6, 7]),
        ("6月5日至7日", [5, 6, 7]),
        ("2018年6月5日、12日", [5, 12]),
        ("2018-06-05", [5]),
        (43256, [5]),
        ("6月5日，6月6日", [5, 6]),
    ],
)
def test_days_of_sessions_as_people_write_them(cast: Cast, tmp_path: Path, written: Any, days: list[int]) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE | {"培训时间": written})
    assert [one.day for one in TrainingSession.objects.order_by("day")] == [date(2018, 6, day) for day in days]


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"培训时间": "上半年"}, "held", "DATE_UNREADABLE"),
        ({"培训时间": "6月31日"}, "held", "DATE_UNREADABLE"),
        ({"类别": None}, "imported_flagged", "COURSE_KIND_FROM_NAME"),
        ({"类别": None, "项目名称": "妇女之家活动"}, "held", "COURSE_KIND_MISSING"),
        ({"类别": "综合"}, "held", "ENUM_UNKNOWN"),
        ({"项目名称": None}, "held", "COURSE_MISSING"),
    ],
)
def test_what_is_doubtful_about_a_course(
    cast: Cast, tmp_path: Path, cells: dict[str, Any], status: str, code: str
) -> None:
    told = ledger("courses", cast.officer_a, tmp_path, COURSE | cells)
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == (status, True)
    assert TrainingProject.objects.exists() == (status == "imported_flagged")


def attended(name: str, **cells: Any) -> dict[str, Any]:
    return {"姓名": name, "身份证号码": None, "培训日期": "2018-06-05", "课程名": "手工编织培训", "签到": "到"} | cells


def test_attendance_keeps_registered_women_and_others_by_name(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    guest = make.id_number(date(1979, 3, 3))
    rows = [
        attended(woman.name, 身份证号码=woman.id_number),
        attended("孙来宾", 身份证号码=guest, 签到="△"),
        attended("周学员", 签到="○"),
        attended("吴学员", 签到="×"),
        attended("郑学员", 签到="迟到"),
    ]
    told = ledger("attendances", cast.officer_a, tmp_path, *rows)
    assert [status for status, _codes in statuses(told)] == ["imported"] + ["imported_flagged"] * 4
    assert Person.objects.count() == 1
    marks = {one.name or str(one.person): one.mark for one in Attendance.objects.all()}
    assert marks == {"王小芳": "present", "孙来宾": "early", "周学员": "absent", "吴学员": "excused", "郑学员": "late"}
    hers = Attendance.objects.get(person=woman)
    assert (hers.village_id, hers.name) == (make.VILLAGE_A, "")
    assert set(Attendance.objects.filter(person=None).values_list("village_id", flat=True)) == {make.COUNTY_A}
    again = ledger("attendances", cast.officer_a, tmp_path, *rows)
    assert (again["counts"]["unchanged"], Attendance.objects.count()) == (5, 5)
    changed = ledger("attendances", cast.officer_a, tmp_path, attended("周学员", 签到="√"))
    assert changed["counts"]["changed"] == 1


def test_who_stayed_away_is_kept_so_where_a_column_says_it_and_asked_about_where_only_a_remark_does(
    cast: Cast, tmp_path: Path
) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    told = ledger("attendances", cast.officer_a, tmp_path, attended("吴学员", 签到="×", 备注="请假"))
    assert told["rows"][0]["status"] == "imported_flagged" and Attendance.objects.get().mark == "excused"
    told = ledger("attendances", cast.officer_a, tmp_path, attended("周学员", 签到=None, 备注="请假未参加"))
    assert "REMARK_UNDOES" in told["rows"][0]["codes"] and Attendance.objects.count() == 1


def test_a_woman_of_another_county_is_a_name_like_any_other(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("courses", cast.federation_staff, tmp_path, COURSE)
    told = ledger("attendances", cast.officer_b, tmp_path, attended(woman.name, 身份证号码=woman.id_number))
    assert told["rows"][0]["codes"] == ["KEPT_BY_NAME"]
    one = Attendance.objects.get()
    assert (one.person, one.name, one.village_id) == (None, woman.name, make.COUNTY_B)


def test_a_guest_from_another_county_is_kept_although_her_village_is_not_ours(cast: Cast, tmp_path: Path) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    told = ledger(
        "attendances", cast.officer_a, tmp_path,
        attended("孙来宾") | {"县": "迁西县", "乡镇": "兴城镇", "行政村": "城关村"},
        attended("孙错村") | {"县": "丰南区", "乡镇": "黄各庄镇", "行政村": "无此村"},
    )  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "rejected"]
    assert Attendance.objects.get().name == "孙来宾"


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"课程名": "没有这个班"}, "held", "COURSE_UNKNOWN"),
        ({"培训日期": "2018-06-06"}, "imported_flagged", "SESSION_NEW"),
        ({"培训日期": None}, "held", "SESSION_UNKNOWN"),
        ({"培训日期": "2019-07-06"}, "held", "DATE_IN_FUTURE"),
        ({"培训日期": "6月"}, "held", "SESSION_UNKNOWN"),
        ({"课程名": None}, "imported_flagged", "KEPT_BY_NAME"),
        ({"课程名": None, "培训日期": "2018-06-06"}, "held", "SESSION_UNKNOWN"),
        ({"签到": "来过"}, "held", "ENUM_UNKNOWN"),
        ({"姓名": None}, "rejected", "NAME_MISSING"),
        ({"身份证号码": "130299198005011237"}, "rejected", "ID_CHECKSUM"),
    ],
)
def test_which_session_is_meant(cast: Cast, tmp_path: Path, cells: dict[str, Any], status: str, code: str) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    told = ledger("attendances", cast.officer_a, tmp_path, attended("孙来宾") | cells)
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == (status, True), told["rows"]
    assert Attendance.objects.exists() == (status == "imported_flagged")


def test_a_name_that_fits_a_registered_woman_waits_for_a_click(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    told = ledger(
        "attendances", cast.officer_a, tmp_path, attended(woman.name) | {"乡镇": "黄各庄镇", "行政村": "曹庄子村"}
    )
    assert told["rows"][0]["status"] == "held" and told["rows"][0]["codes"][0] == "PERSON_BY_NAME"


def test_another_year_is_another_offer_and_another_course(cast: Cast, tmp_path: Path) -> None:
    firm = Enterprise.objects.create(region_id=make.COUNTY_A, name=str(JOB["企业名称"]))
    old = {
        "enterprise": firm,
        "title": "保洁员",
        "sex": "F",
        "place_text": JOB["工作地点"],
        "category": "家政服务",
        "posts": 3,
    }
    JobOffer.objects.create(region_id=make.COUNTY_A, open_from=date(2017, 5, 1), **old)
    TrainingProject.objects.create(
        region_id=make.COUNTY_A, name="手工编织培训", kind="handicraft", announced_on=date(2017, 5, 1)
    )
    ledger("jobs", cast.officer_a, tmp_path, JOB)
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    assert sorted(JobOffer.objects.values_list("open_from__year", "posts")) == [(2017, 3), (2018, 12)]
    assert sorted(TrainingProject.objects.values_list("announced_on__year", flat=True)) == [2017, 2018]
    assert set(TrainingSession.objects.values_list("project__announced_on__year", flat=True)) == {2018}


def test_rows_that_repeat_are_one_and_marks_that_differ_are_held(cast: Cast, tmp_path: Path) -> None:
    told = ledger("jobs", cast.officer_a, tmp_path, JOB, JOB)
    assert statuses(told) == [("imported", []), ("merged", ["ROW_REPEATED"])]
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    rows = [attended("孙来宾"), attended("孙来宾", 签到="○"), attended("周来宾"), attended("周来宾")]
    told = ledger("attendances", cast.officer_a, tmp_path, *rows)
    assert [row["status"] for row in told["rows"]] == ["held", "held", "imported_flagged", "merged"]
    assert Attendance.objects.get().name == "周来宾"


def test_a_course_and_its_day_written_once_hold_for_the_rows_below(cast: Cast, tmp_path: Path) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    below = {"培训日期": None, "课程名": None}
    ledger(
        "attendances", cast.officer_a, tmp_path,
        attended("孙一"), attended("孙二", **below), attended("孙三", 培训日期="2018-06-12", 课程名=None), attended("孙四", **below),
    )  # fmt: skip
    assert set(Attendance.objects.values_list("name", "session__day")) == {
        ("孙一", date(2018, 6, 5)), ("孙二", date(2018, 6, 5)), ("孙三", date(2018, 6, 12)), ("孙四", date(2018, 6, 12)),
    }  # fmt: skip


def test_a_village_is_never_filled_down_to_another_trainee(cast: Cast, tmp_path: Path) -> None:
    ledger("courses", cast.officer_a, tmp_path, COURSE)
    place = {"乡镇": "黄各庄镇", "行政村": "曹庄子村"}
    nowhere = {"乡镇": None, "行政村": None, "培训日期": None, "课程名": None}
    ledger("attendances", cast.officer_a, tmp_path, attended("孙一") | place, attended("孙二") | nowhere)
    assert dict(Attendance.objects.values_list("name", "village")) == {"孙一": make.VILLAGE_A, "孙二": make.COUNTY_A}


def test_a_county_never_changes_what_the_city_recorded(cast: Cast, tmp_path: Path) -> None:
    ledger("jobs", cast.federation_staff, tmp_path, JOB)
    ledger("courses", cast.federation_staff, tmp_path, COURSE)
    told = ledger("jobs", cast.officer_a, tmp_path, JOB | {"招聘人数": 99})
    assert told["rows"][0]["codes"] == ["RECORDED_ABOVE", "NOTHING_TOLD"]
    told = ledger(
        "courses", cast.officer_a, tmp_path, COURSE | {"可培训人数": 9, "地点": "别处", "培训时间": "6月5日、6月20日"}
    )
    assert "RECORDED_ABOVE" in told["rows"][0]["codes"]
    assert (JobOffer.objects.get().posts, TrainingProject.objects.get().capacity) == (12, 150)
    assert set(TrainingSession.objects.values_list("day", "region", "place")) == {
        (date(2018, 6, 5), make.CITY, "黄各庄镇文化站"), (date(2018, 6, 12), make.CITY, "黄各庄镇文化站"),
        (date(2018, 6, 20), make.COUNTY_A, "别处"),
    }  # fmt: skip


def test_two_counties_hold_the_citys_course_on_one_day(cast: Cast, tmp_path: Path) -> None:
    ledger("courses", cast.federation_staff, tmp_path, COURSE | {"培训时间": None})
    for by in (cast.officer_a, cast.officer_b):
        ledger("courses", by, tmp_path, COURSE | {"培训时间": "6月5日"})
    assert TrainingProject.objects.count() == 1
    assert set(TrainingSession.objects.values_list("region", flat=True)) == {make.COUNTY_A, make.COUNTY_B}
    ledger("attendances", cast.officer_a, tmp_path, attended("孙来宾"))
    assert Attendance.objects.get().session.region_id == make.COUNTY_A


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"年龄": "60岁以上"}, "BOUNDS_REVERSED"),
        ({"工资待遇": "5000元以上"}, "BOUNDS_REVERSED"),
        ({"截止日期": "2018-05-01"}, "PERIOD_ENDS_EARLY"),
    ],
)
def test_what_contradicts_the_rest_of_a_recorded_offer_is_held(
    cast: Cast, tmp_path: Path, cells: dict[str, Any], code: str
) -> None:
    ledger("jobs", cast.officer_a, tmp_path, JOB)
    told = ledger("jobs", cast.officer_a, tmp_path, JOB | cells)
    assert (told["rows"][0]["status"], told["rows"][0]["codes"][0]) == ("held", code)
