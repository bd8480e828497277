"""Who has died or left, and households taken off the list, are told on the household's page and taken back there."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from households.models import Household, HouseholdSpell, Installation, Membership, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY
DIED = date(2018, 5, 10)


@pytest.fixture
def woman(cast: Cast) -> Person:
    Installation.objects.update(is_demonstration=True)
    return make.person(make.household(head_name="赵大山"), name="赵秀")


def women(on: date) -> int:
    coverage.settle_touched()
    call_command("verify_coverage", "--as-of", on.isoformat())
    return coverage.as_of([make.COUNTY_A], on)[make.COUNTY_A].heads["women"]


def test_a_member_who_has_died_is_one_until_that_day(officer_a: Client, woman: Person) -> None:
    home = Household.objects.get()
    address = reverse("member_leave", args=[home.pk, woman.pk])
    assert address in officer_a.get(reverse("household", args=[home.pk])).content.decode()
    assert officer_a.post(address, {"day": "2018-05-10", "end_reason": "died"}).status_code == 302
    ended = Membership.objects.get()
    assert (ended.period.upper, ended.end_reason) == (DIED, "died")
    assert [women(on) for on in (date(2018, 5, 9), DIED, DAY)] == [1, 0, 0]
    page = officer_a.get(reverse("household", args=[home.pk])).content.decode()
    assert reverse("member_reopen", args=[home.pk, ended.pk]) in page
    assert officer_a.post(address, {"day": "2018-05-10", "end_reason": "died"}).status_code == 404  # sent twice
    assert officer_a.post(reverse("member_reopen", args=[home.pk, ended.pk])).status_code == 302
    assert women(DAY) == 1


@pytest.mark.parametrize(
    ("day", "said"), [("2018-07-01", "晚于数据日期"), (make.START.isoformat(), "减少日期要晚于这一天"), ("", "")]
)
def test_a_day_that_cannot_be_is_told(officer_a: Client, woman: Person, day: str, said: str) -> None:
    address = reverse("member_leave", args=[Household.objects.get().pk, woman.pk])
    answer = officer_a.post(address, {"day": day, "end_reason": "left"})
    assert answer.status_code == 422
    assert said in answer.context["form"].errors["day"][0]
    assert Membership.objects.get().period.upper is None


def test_a_household_is_taken_off_the_list_and_put_back(officer_a: Client, woman: Person) -> None:
    home = Household.objects.get()
    address = reverse("household_remove", args=[home.pk])
    assert officer_a.post(address, {"day": "2018-05-10"}).status_code == 422  # not without a reason
    assert officer_a.post(address, {"day": "2018-05-10", "reason": "家中有人任公职"}).status_code == 302
    assert [women(on) for on in (date(2018, 5, 9), DIED)] == [1, 0]
    again = officer_a.post(address, {"day": "2018-05-10", "reason": "x"}, follow=True).content.decode()
    assert "没有重复登记" in again
    assert "自2018-05-10起已清退" in again
    assert officer_a.post(reverse("household_relist", args=[home.pk])).status_code == 302
    assert women(DIED) == 1


def test_a_number_does_not_belong_into_the_reason(officer_a: Client, woman: Person) -> None:
    address = reverse("household_remove", args=[Household.objects.get().pk])
    answer = officer_a.post(address, {"day": "2018-05-10", "reason": make.id_number(date(1980, 1, 2))})
    assert answer.status_code == 422


def test_nobody_has_died_by_default(officer_a: Client, woman: Person) -> None:
    address = reverse("member_leave", args=[Household.objects.get().pk, woman.pk])
    assert officer_a.post(address, {"day": "2018-05-10", "end_reason": ""}).status_code == 422
    assert officer_a.get(address).context["form"]["end_reason"].field.choices[0][0] == ""
    assert Membership.objects.get().period.upper is None


def test_a_household_is_not_taken_off_the_list_in_a_spell_that_is_over(officer_a: Client, woman: Person) -> None:
    home = Household.objects.get()
    HouseholdSpell.objects.update(period=period(make.START, date(2018, 5, 31)))
    make.spell(home, make.VILLAGE_A, since=date(2018, 6, 1), status="exited")
    answer = officer_a.post(reverse("household_remove", args=[home.pk]), {"day": "2018-05-10", "reason": "误识别"})
    assert answer.status_code == 422
    assert "不能早于这一天" in answer.context["form"].errors["day"][0]
    assert not HouseholdSpell.objects.filter(status="removed").exists()


def test_a_household_cannot_leave_before_it_came(officer_a: Client, woman: Person) -> None:
    address = reverse("household_remove", args=[Household.objects.get().pk])
    answer = officer_a.post(address, {"day": "2001-05-10", "reason": "误识别"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["day"])
    assert not HouseholdSpell.objects.filter(status="removed").exists()
