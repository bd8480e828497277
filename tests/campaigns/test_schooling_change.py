"""Where a child is at school is put right on the household's page, between two rosters."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from campaigns import coverage
from households.models import Enrolment, Household, Installation, Person
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def child(cast: Cast) -> Person:
    Installation.objects.update(is_demonstration=True)
    return make.person(make.household(head_name="赵大山"), name="赵小燕", birth=date(2008, 5, 1))


def address(child: Person) -> str:
    return f"/households/{child.memberships.get().household_id}/schooling/{child.pk}/"


def told(child: Person) -> list[tuple[str, int | None, date, date | None]]:
    found = Enrolment.objects.filter(person=child).order_by("period")
    return [(one.stage, one.grade, one.period.lower, one.period.upper) for one in found]


def pupils() -> int:
    coverage.settle_touched()
    call_command("verify_coverage", "--as-of", DAY.isoformat())
    return coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target("schooling").eligible


def test_a_child_becomes_a_pupil_and_moves_on(officer_a: Client, child: Person) -> None:
    assert pupils() == 0
    home = officer_a.get(f"/households/{child.memberships.get().household_id}/").content.decode()
    assert address(child) in home
    first = {"since": "2017-09-01", "stage": "primary", "grade": "4", "school": "中心小学"}
    assert officer_a.post(address(child), first).status_code == 302
    assert told(child) == [("primary", 4, date(2017, 9, 1), None)] and pupils() == 1
    child.refresh_from_db()
    assert child.school_status == "小学四年级"
    officer_a.post(address(child), first | {"grade": "3"})  # the same day: put right, not a second spell
    officer_a.post(address(child), first | {"since": "2018-03-01", "grade": "", "school": "镇小学"})
    assert told(child) == [
        ("primary", 3, date(2017, 9, 1), date(2018, 3, 1)), ("primary", None, date(2018, 3, 1), None),
    ]  # fmt: skip
    officer_a.post(address(child), {"since": "2018-03-01", "stage": "", "grade": ""})
    assert told(child) == [("primary", 3, date(2017, 9, 1), date(2018, 3, 1))]


def test_what_cannot_be_is_refused_with_words(officer_a: Client, child: Person) -> None:
    make.enrolment(child, since=date(2018, 3, 1))
    for sent, words in (
        ({"since": "2017-09-01", "stage": "primary"}, "此后还登记了就读情况"),
        ({"since": "2018-05-01", "stage": "primary", "grade": "8"}, "年级与学段不符"),
        ({"since": "2018-05-01", "stage": "", "grade": "3"}, "不在校的不填年级"),
        ({"since": "2018-09-01", "stage": "primary"}, "晚于数据日期"),
    ):
        assert words in officer_a.post(address(child), sent).content.decode()
    assert told(child) == [("primary", 3, date(2018, 3, 1), None)]


def test_nobody_of_another_household_is_changed(officer_a: Client, officer_b: Client, child: Person) -> None:
    other: Household = make.household()
    assert officer_a.get(f"/households/{other.pk}/schooling/{child.pk}/").status_code == 404
    assert officer_b.get(address(child)).status_code == 404
