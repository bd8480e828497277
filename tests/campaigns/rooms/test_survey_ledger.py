"""The survey workbook and the ledger of special circumstances: who is meant, what is taken, what is held, and undo."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from campaigns import coverage
from campaigns.kinds import KINDS, LEDGERS
from campaigns.models import ChildSurvey, SpecialCircumstance, WomanSurvey
from households.intake.deciding import accept
from households.intake.headers import normalise_header
from households.intake.models import StagedRow
from households.models import Person
from tests import make
from tests.campaigns.test_ledgers import PLACE, ledger, registered, row_of
from tests.conftest import Cast
from tests.households.intake.books import DAY, person

ANSWERS = {
    "婚姻状况": "丧偶", "是否留守": "是", "是否单亲": "否", "患病情况": "高血压（慢性病）", "就业意愿": "有", "培训意愿": "√",
    "培训内容": "家政", "贷款需求": "需要", "贷款金额": "2.8万", "技能特长": "剪纸", "调查日期": "2018年3月8日",
}  # fmt: skip


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    registered(cast.officer_a, tmp_path, person())
    return Person.objects.get()


@pytest.fixture
def boy(cast: Cast, tmp_path: Path, woman: Person) -> Person:
    child = person(姓名="李小虎", 性别="男", 证件号码=make.id_number(date(2008, 3, 1), "M"), 与户主关系="之子")
    registered(cast.officer_a, tmp_path, person(证件号码=woman.id_number), child)
    return Person.objects.get(name="李小虎")


def codes(told: dict[str, Any]) -> list[str]:
    return [code for row in told["rows"] for code in row["codes"]]


def test_a_womans_answers_are_taken_from_words_of_all_kinds(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("survey", cast.officer_a, tmp_path, row_of(woman, **ANSWERS), titles=("丰南区摸底调查表",))
    assert (told["rows"][0]["status"], told["counts"]["new"]) == ("imported", 1)
    survey = WomanSurvey.objects.get()
    assert (survey.person, survey.surveyed_on, survey.campaign_year.year) == (woman, date(2018, 3, 8), 2018)
    assert (survey.marital, survey.left_behind, survey.single_parent) == ("widowed", True, False)
    assert (survey.is_ill, survey.illness, survey.chronic) == (True, "高血压（慢性病）", True)
    assert (survey.wants_work, survey.wants_training, survey.training_wish) == (True, True, "家政")
    assert (survey.wants_loan, survey.loan_amount, survey.skills) == (True, 28_000, "剪纸")
    assert survey.recorded_by == cast.officer_a
    assert not ChildSurvey.objects.exists()


def test_what_is_not_told_is_unknown_and_a_plain_no_is_a_no(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = row_of(
        woman, 就业意愿="无", 培训意愿="/", 贷款需求=None, 是否单亲="不详", 患病情况="健康", 调查日期="2018-03-08"
    )
    ledger("survey", cast.officer_a, tmp_path, row)
    survey = WomanSurvey.objects.get()
    assert (survey.wants_work, survey.wants_training, survey.wants_loan) == (False, None, None)
    assert (survey.single_parent, survey.is_ill, survey.illness, survey.loan_amount) == (None, False, "", None)


def test_the_same_workbook_again_changes_nothing_and_a_new_answer_is_a_change(
    cast: Cast, tmp_path: Path, woman: Person, boy: Person
) -> None:
    rows = (row_of(woman, **ANSWERS), row_of(boy, 监护人="王建国", 监护人电话="14403150007", 调查日期="2018-03-08"))
    ledger("survey", cast.officer_a, tmp_path, *rows)
    events = WomanSurvey.pgh_event_model.objects.count() + ChildSurvey.pgh_event_model.objects.count()
    assert ledger("survey", cast.officer_a, tmp_path, *rows)["counts"]["unchanged"] == 2
    assert events == WomanSurvey.pgh_event_model.objects.count() + ChildSurvey.pgh_event_model.objects.count()
    told = ledger("survey", cast.officer_a, tmp_path, row_of(woman, 贷款需求="不需要", 患病情况="无"))
    assert told["counts"]["changed"] == 1
    survey = WomanSurvey.objects.get()
    # A no takes the earlier amount and illness with it; the day of the survey was exact and stays.
    assert (survey.wants_loan, survey.loan_amount, survey.is_ill, survey.illness) == (False, 0, False, "")
    assert (survey.surveyed_on, survey.marital) == (date(2018, 3, 8), "widowed")


def test_undo_brings_everything_back(cast: Cast, tmp_path: Path, woman: Person, boy: Person) -> None:
    ledger("survey", cast.officer_a, tmp_path, row_of(woman, **ANSWERS))
    told = ledger(
        "survey", cast.officer_a, tmp_path,
        row_of(woman, 患病情况="糖尿病", 贷款金额="5万", 监护人=None), row_of(boy, 监护人="王建国", 困境类型="重病"),
    )  # fmt: skip
    assert WomanSurvey.objects.get().illness == "糖尿病"
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    survey = WomanSurvey.objects.get()
    assert (survey.illness, survey.loan_amount) == ("高血压（慢性病）", 28_000)
    assert not ChildSurvey.objects.exists()


def test_a_child_has_a_survey_of_its_own(cast: Cast, tmp_path: Path, boy: Person) -> None:
    told = ledger(
        "survey", cast.officer_a, tmp_path,
        row_of(boy, 监护人姓名="王桂兰", 监护人联系电话="14403150009", 与儿童关系="祖母", 留守情况="父母双方外出", 是否孤儿="否",
               困境类型="残疾", 就读学校="中心小学", 年级="四年级", 就业意愿="有", 调查时间="2018.3.9"),
    )  # fmt: skip
    survey = ChildSurvey.objects.get()
    assert (survey.guardian, survey.guardian_relation, survey.guardian_phone) == ("王桂兰", "祖母", "14403150009")
    assert (survey.left_behind, survey.orphan, survey.in_hardship, survey.hardship) == ("both", False, True, "残疾")
    assert (survey.schooling, survey.school, survey.grade) == ("primary", "中心小学", "四年级")
    assert not WomanSurvey.objects.exists()
    # A boy's wish for work is not lost in silence.
    assert codes(told) == ["ANSWER_NOT_USED"]


def test_a_girl_of_sixteen_has_both(cast: Cast, tmp_path: Path, woman: Person) -> None:
    girl = person(姓名="李小燕", 证件号码=make.id_number(date(2001, 5, 1)), 与户主关系="之女")
    registered(cast.officer_a, tmp_path, person(证件号码=woman.id_number), girl)
    found = Person.objects.get(name="李小燕")
    row = row_of(found, 是否留守="否", 就业意愿="否", 监护人="王小芳", 年级="高一", 调查日期="2018-03-08")
    told = ledger("survey", cast.officer_a, tmp_path, row)
    assert told["rows"][0]["status"] == "imported"
    assert WomanSurvey.objects.get().left_behind is False
    child = ChildSurvey.objects.get()
    assert (child.left_behind, child.guardian, child.schooling) == ("no", "王小芳", "senior")


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({}, "imported_flagged", "NOTHING_TOLD"),
        ({"婚姻状况": "/", "调查日期": "2018-03-08"}, "imported_flagged", "NOTHING_TOLD"),
        ({"就业意愿": "再看看", "婚姻状况": "已婚"}, "imported_flagged", "ENUM_UNKNOWN"),
        ({"婚姻状况": "已婚"}, "imported_flagged", "DAY_NOT_TOLD"),
        ({"贷款需求": "否", "贷款金额": 20000}, "held", "ANSWERS_CONTRADICT"),
        ({"培训意愿": "否", "培训内容": "家政"}, "held", "ANSWERS_CONTRADICT"),
        ({"贷款金额": 5}, "held", "NUMBER_OUT_OF_RANGE"),
        ({"婚姻状况": "已婚", "调查日期": "2019-01-08"}, "held", "DATE_IN_FUTURE"),
        ({"婚姻状况": "已婚", "证件号码": None}, "held", "PERSON_BY_NAME"),
        ({"婚姻状况": "已婚", "证件号码": make.id_number(date(1981, 1, 2))}, "rejected", "PERSON_UNKNOWN"),
    ],
)
def test_what_is_doubtful_says_why(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], status: str, code: str
) -> None:
    row = {**row_of(woman), "婚姻状况": None, "就业意愿": None, **cells}
    told = ledger("survey", cast.officer_a, tmp_path, row)
    assert told["rows"][0]["status"] == status
    assert code in told["rows"][0]["codes"]
    assert WomanSurvey.objects.exists() == (status != "rejected" and status != "held" and code != "NOTHING_TOLD")


def test_a_grown_man_with_answers_goes_back(cast: Cast, tmp_path: Path, woman: Person) -> None:
    man = person(姓名="李大山", 性别="男", 证件号码=make.id_number(date(1978, 3, 1), "M"), 与户主关系="配偶")
    registered(cast.officer_a, tmp_path, person(证件号码=woman.id_number), man)
    found = Person.objects.get(name="李大山")
    told = ledger("survey", cast.officer_a, tmp_path, row_of(found, 婚姻状况="已婚", 调查日期="2018-03-08"))
    assert (told["rows"][0]["status"], codes(told)) == ("rejected", ["NOT_SURVEYED"])


def test_a_loan_in_a_column_of_ten_thousands(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("survey", cast.officer_a, tmp_path, row_of(woman, **{"贷款金额（万元）": 3, "调查日期": "2018-03-08"}))
    assert WomanSurvey.objects.get().loan_amount == Decimal(30_000)


def test_people_of_another_county_are_as_unknown_as_nobody(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger(
        "survey", cast.officer_b, tmp_path, {"姓名": woman.name, "证件号码": woman.id_number, "婚姻状况": "已婚"}
    )
    nobody = {"姓名": "某某人", "证件号码": make.id_number(date(1981, 1, 2)), "婚姻状况": "已婚"}
    other = ledger("survey", cast.officer_b, tmp_path, nobody)
    assert told["rows"][0]["codes"] == other["rows"][0]["codes"]
    assert not WomanSurvey.objects.exists()


def test_rows_that_contradict_each_other_are_both_held(cast: Cast, tmp_path: Path, woman: Person) -> None:
    day = {"调查日期": "2018-03-08"}
    told = ledger(
        "survey", cast.officer_a, tmp_path, row_of(woman, 婚姻状况="已婚", **day), row_of(woman, 婚姻状况="离异", **day)
    )
    assert [row["status"] for row in told["rows"]] == ["held", "held"]
    assert not WomanSurvey.objects.exists()


def test_a_dirty_workbook_with_merged_headers_and_totals(
    cast: Cast, tmp_path: Path, woman: Person, boy: Person
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["黄各庄镇曹庄子村妇女儿童摸底调查表"])
    sheet.append(["填报单位：黄各庄镇妇联", None, None, "填报时间：2018年3月"])
    sheet.append(["序号", "姓名", "身份证号", "行政村", "意愿", None, None, "监护人情况", None, "备注", "村干部意见"])
    sheet.append([None, None, None, None, "就业意愿", "培训意愿", "贷款需求", "监护人", "监护人电话", None, None])
    for area in ("A1:K1", "E3:G3", "H3:I3", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "J3:J4", "K3:K4"):
        sheet.merge_cells(area)
    sheet.append([1, woman.name, woman.id_number, "曹庄子", "√", "×", "无", None, None, "独居", "同意"])
    sheet.append([2, boy.name, boy.id_number, "曹庄子", None, None, None, "王建国", "14403150007", None, "同意"])
    sheet.append(["合计", 2])
    path = tmp_path / "dirty.xlsx"
    book.save(path)
    call_command(
        "import_ledger", "survey", str(path), "--as", cast.officer_a.username, "--as-of", "2018-06-30", "--apply"
    )
    survey = WomanSurvey.objects.get()
    assert (survey.wants_work, survey.wants_training, survey.wants_loan, survey.notes) == (True, False, False, "独居")
    assert survey.surveyed_on == DAY
    child = ChildSurvey.objects.get()
    assert (child.guardian, child.guardian_phone) == ("王建国", "14403150007")


# --- special circumstances ------------------------------------------------------------------------------------------------


def explained(target: str) -> tuple[int, int]:
    """Eligible and explained of county A on the day."""
    found = coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target(target)
    return found.eligible, found.explained


def test_circumstances_of_households_and_people(cast: Cast, tmp_path: Path, woman: Person) -> None:
    household = {**PLACE, "户主姓名": woman.name, "姓名": None, "证件号码": None}
    told = ledger(
        "circumstances", cast.officer_a, tmp_path,
        {**household, "说明任务": "清洁", "情况": "危房改造", "起始日期": "2018-05-01", "结束日期": "2018-12-31",
         "审批人": "李审批", "审批日期": "2018-05-03"},
        row_of(woman, 户主姓名=woman.name, 说明任务="包联", 情况="外出务工", 起始日期="2018-05-01", 结束日期="至今",
               审批人=None, 审批日期=None),
    )  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "imported_flagged"]
    assert codes(told) == ["NOT_APPROVED_YET"]
    of_household = SpecialCircumstance.objects.get(target="cleaning")
    assert (of_household.reason, of_household.period.upper) == ("rebuilding", date(2019, 1, 1))
    of_person = SpecialCircumstance.objects.get(target="pairing")
    assert (of_person.person, of_person.reason, of_person.approved_on) == (woman, "away", None)
    assert of_person.period.upper is None
    assert [explained("cleaning"), explained("pairing")] == [(1, 1), (1, 0)]
    call_command("verify_coverage", "--as-of", DAY.isoformat())


def test_several_tasks_of_one_cell_are_explained_each(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = row_of(
        woman, 户主姓名=woman.name, 说明任务="宣传、清洁", 情况="外出", 起始日期=None, 审批人="李审批", 审批日期="2018-05-03",
    )  # fmt: skip
    told = ledger("circumstances", cast.officer_a, tmp_path, row)
    assert told["rows"][0]["codes"] == ["DAY_NOT_TOLD"]
    assert told["rows"][0]["message"].count("起始日期") == 1
    assert set(SpecialCircumstance.objects.values_list("target", flat=True)) == {"publicity", "cleaning"}
    held = ledger("circumstances", cast.officer_a, tmp_path, row | {"说明任务": "宣传、说不清"})
    assert held["rows"][0]["status"] == "held"


def test_another_task_of_the_household_is_explained_beside_the_first(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = row_of(
        woman, 户主姓名=woman.name, 说明任务="宣传", 情况="外出", 起始日期="2018-05-01", 审批人="李审批", 审批日期="2018-05-03",
    )  # fmt: skip
    ledger("circumstances", cast.officer_a, tmp_path, row)
    told = ledger("circumstances", cast.officer_a, tmp_path, row | {"说明任务": "清洁"})
    assert (told["rows"][0]["status"], told["rows"][0]["change"]) == ("imported", "new")
    assert SpecialCircumstance.objects.count() == 2


def test_an_approval_later_is_a_change_and_then_explains(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = row_of(woman, 说明任务="“两癌”安康保障", 情况="已患病", 起始日期="2018-05-01", 审批人=None, 审批日期=None)
    make.scheme()
    ledger("circumstances", cast.officer_a, tmp_path, row)
    assert explained("insurance") == (1, 0)
    told = ledger("circumstances", cast.officer_a, tmp_path, row | {"审批人": "李审批", "审批日期": "2018-05-09"})
    assert told["counts"]["changed"] == 1
    assert explained("insurance") == (1, 1)
    assert ledger("circumstances", cast.officer_a, tmp_path, row)["counts"]["unchanged"] == 1
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    coverage.settle_touched()
    assert explained("insurance") == (1, 0)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"说明任务": None}, "CIRCUMSTANCE_UNCLEAR"),
        ({"情况": None}, "CIRCUMSTANCE_UNCLEAR"),
        ({"情况": "说不清"}, "ENUM_UNKNOWN"),
        ({"审批人": None}, "APPROVER_MISSING"),
        ({"说明任务": "包联", "证件号码": None}, "PERSON_BY_NAME"),
        ({"说明任务": "包联", "证件号码": None, "姓名": None}, "PERSON_NOT_TOLD"),
        ({"结束日期": "2018-04-01"}, "PERIOD_ENDS_EARLY"),
    ],
)
def test_doubtful_circumstances_are_held(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], code: str
) -> None:
    row = row_of(
        woman, 户主姓名=woman.name, 说明任务="清洁", 情况="空挂户", 起始日期="2018-05-01", 结束日期=None, 审批人="李审批",
        审批日期="2018-05-03",
    )  # fmt: skip
    told = ledger("circumstances", cast.officer_a, tmp_path, row | cells)
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == ("held", True)
    assert not SpecialCircumstance.objects.exists()


def test_a_person_known_by_name_is_explained_after_a_click(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = {
        **PLACE, "户主姓名": woman.name, "姓名": woman.name, "说明任务": "包联", "情况": "外出", "起始日期": "2018-05-01",
        "审批人": "李审批", "审批日期": "2018-05-03",
    }  # fmt: skip
    told = ledger("circumstances", cast.officer_a, tmp_path, row)
    accept(StagedRow.objects.get(batch=told["batch"]).pk, KINDS["circumstances"], by=cast.officer_a)
    coverage.settle_touched()
    assert SpecialCircumstance.objects.get().person == woman
    assert explained("pairing") == (1, 1)


def test_the_blank_workbooks_hold_the_columns_the_ledgers_know() -> None:
    for name in ("survey", "circumstances", "events"):
        known = KINDS[name].table().aliases
        assert [word for word in LEDGERS[name].template if normalise_header(word) not in known] == []
