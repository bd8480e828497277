"""The ledger of employment with needs and plans, and taking the room's workbooks back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from campaigns.models import Attendance, Employment, Enterprise, JobOffer, ProjectPlan, TrainingProject, TrainingSession
from households.intake.models import ImportBatch
from households.models import Person
from tests import make
from tests.campaigns.rooms.test_livelihood_ledgers import COURSE, JOB, attended, woman
from tests.campaigns.test_ledgers import ledger, row_of
from tests.conftest import Cast
from tests.households.intake.books import DAY

__all__ = ["woman"]  # a fixture


def worked(who: Person, **cells: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "就业形式": "居家手工", "岗位": "草编", "企业": None, "就业时间": "2018-05-10", "离岗时间": None, "月均工资": "1200元",
        "就业前收入": 300, "手工产业": "√", "贷款需求": None, "产业项目谋划": None,
    }  # fmt: skip
    return row_of(who, **(row | cells))


def test_employment_and_plan_of_one_row(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = worked(woman, 贷款需求="3万", 产业项目谋划="养殖肉鸡")
    told = ledger("employments", cast.officer_a, tmp_path, row)
    assert told["rows"][0]["codes"] == ["DATE_FROM_TICK"]  # the plan's day
    job, plan = Employment.objects.get(), ProjectPlan.objects.get()
    assert (job.form, job.title, job.stage, job.employed_on, job.handicraft) == (
        "home", "草编", "employed", date(2018, 5, 10), True,
    )  # fmt: skip
    assert (job.income_before, job.income_after, job.village_id) == (300, 1200, make.VILLAGE_A)
    assert (plan.wants_loan, plan.loan_amount, plan.project, plan.planned_on) == (True, 30000, "养殖肉鸡", DAY)
    assert ledger("employments", cast.officer_a, tmp_path, row)["counts"]["unchanged"] == 1
    told = ledger("employments", cast.officer_a, tmp_path, row | {"月均工资": 1500, "离岗时间": "2018-06-20"})
    assert told["counts"]["changed"] == 1
    job.refresh_from_db()
    assert (job.stage, job.left_on, job.income_after) == ("left", date(2018, 6, 20), 1500)
    assert ledger("employments", cast.officer_a, tmp_path, row | {"月均工资": 1500})["counts"]["unchanged"] == 1
    ledger("employments", cast.officer_a, tmp_path, row | {"就业时间": "2018-06-25"})
    assert sorted(Employment.objects.values_list("stage", flat=True)) == ["employed", "left"]


def test_a_need_without_a_plan_and_a_plan_later(cast: Cast, tmp_path: Path, woman: Person) -> None:
    nothing = {"岗位": None, "就业形式": None, "就业时间": None, "月均工资": None, "手工产业": None}
    ledger("employments", cast.officer_a, tmp_path, worked(woman, **nothing, 贷款需求="√"))
    plan = ProjectPlan.objects.get()
    assert (plan.wants_loan, plan.planned_on, plan.loan_amount) == (True, None, None)
    row = worked(woman, **nothing, 产业项目谋划="大棚蔬菜") | {"谋划日期": "2018-06-11"}
    ledger("employments", cast.officer_a, tmp_path, row)
    plan = ProjectPlan.objects.get()
    assert (plan.wants_loan, plan.project, plan.planned_on) == (True, "大棚蔬菜", date(2018, 6, 11))
    assert not Employment.objects.exists()


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"岗位": None}, "held", "JOB_MISSING"),
        ({"就业时间": "√"}, "imported_flagged", "DATE_FROM_TICK"),
        ({"就业时间": "2019-09-01"}, "held", "DATE_IN_FUTURE"),
        ({"离岗时间": "2018-05-01"}, "held", "PERIOD_ENDS_EARLY"),
        ({"月均工资": None}, "imported_flagged", "INCOME_NOT_TOLD"),
        ({"月均工资": 900_000}, "held", "NUMBER_OUT_OF_RANGE"),
        ({"就业形式": "不明"}, "held", "ENUM_UNKNOWN"),
    ],
)
def test_what_is_doubtful_about_employment(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], status: str, code: str
) -> None:
    told = ledger("employments", cast.officer_a, tmp_path, worked(woman, **cells))
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == (status, True), told["rows"]
    assert Employment.objects.exists() == (status == "imported_flagged")


def test_a_row_of_nothing_is_told(cast: Cast, tmp_path: Path, woman: Person) -> None:
    nothing = dict.fromkeys(("岗位", "就业形式", "就业时间", "月均工资", "手工产业", "就业前收入"))
    told = ledger("employments", cast.officer_a, tmp_path, worked(woman, **nothing, 贷款需求="无"))
    assert told["rows"][0]["codes"] == ["NOTHING_TOLD"]


@pytest.mark.parametrize("kind", ["jobs", "courses", "attendances", "employments"])
def test_undo_brings_everything_back(cast: Cast, tmp_path: Path, woman: Person, kind: str) -> None:
    rows: dict[str, Callable[[], dict[str, Any]]] = {
        "jobs": lambda: JOB,
        "courses": lambda: COURSE,
        "attendances": lambda: attended("孙来宾", 培训日期="2018-06-06"),
        "employments": lambda: worked(woman, 贷款需求="3万", 产业项目谋划="养鸡"),
    }
    models = (Enterprise, JobOffer, TrainingProject, TrainingSession, Attendance, Employment, ProjectPlan)
    if kind == "attendances":
        ledger("courses", cast.officer_a, tmp_path, COURSE)
    before = [model.objects.count() for model in models]
    told = ledger(kind, cast.officer_a, tmp_path, rows[kind]())
    assert [model.objects.count() for model in models] != before
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert [model.objects.count() for model in models] == before
    assert ImportBatch.objects.get(pk=told["batch"]).state == "undone"


def test_undo_keeps_an_offer_to_which_somebody_was_sent(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("jobs", cast.officer_a, tmp_path, JOB)
    Employment.objects.create(
        person=woman, offer=JobOffer.objects.get(), stage="offered", offered_on=DAY, village_id=make.VILLAGE_A
    )
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert JobOffer.objects.exists() and Enterprise.objects.exists()


@pytest.mark.parametrize(
    ("record", "cells", "code"),
    [
        ({"stage": "offered", "offered_on": date(2018, 6, 1)}, {}, "EMPLOYED_BEFORE_REFERRED"),
        ({"stage": "employed", "employed_on": DAY}, {"就业时间": "√", "离岗时间": "2018-05-20"}, "PERIOD_ENDS_EARLY"),
    ],
)
def test_days_that_contradict_her_recorded_way_are_held(
    cast: Cast, tmp_path: Path, woman: Person, record: dict[str, Any], cells: dict[str, Any], code: str
) -> None:
    Employment.objects.create(person=woman, title="草编", village_id=make.VILLAGE_A, **record)
    told = ledger("employments", cast.officer_a, tmp_path, worked(woman, **cells))
    assert told["rows"][0]["status"] == "held" and code in told["rows"][0]["codes"]


def test_a_woman_being_placed_becomes_employed_and_what_came_to_nothing_stays(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    given: dict[str, Any] = {"person": woman, "title": "草编", "village_id": make.VILLAGE_A}
    Employment.objects.create(stage="declined", declined_on=date(2018, 4, 1), **given)
    Employment.objects.create(stage="offered", offered_on=date(2018, 5, 1), **given)
    ledger("employments", cast.officer_a, tmp_path, worked(woman))
    assert set(Employment.objects.values_list("stage", "offered_on", "employed_on")) == {
        ("declined", None, None), ("employed", date(2018, 5, 1), date(2018, 5, 10)),
    }  # fmt: skip
