"""A recorded fact corrected on its page: what was mistyped, what came to an end, what was approved since."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from campaigns import coverage
from campaigns.facts import DayTold
from campaigns.models import Contact, Target
from households.models import Household, Installation, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def home(cast: Cast) -> Household:
    Installation.objects.update(is_demonstration=True)
    return make.household(head_name="赵大山")


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="钱小花")


def at(table: str, record: Any) -> str:
    return f"/actions/{table}/{record.pk}/"


def figures(target: str) -> tuple[int, int]:
    coverage.settle_touched()
    call_command("verify_coverage", "--as-of", DAY.isoformat())
    found = coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target(target)
    return found.covered, found.explained


def test_an_explanation_is_approved_on_its_page(officer_a: Client, home: Household, woman: Person) -> None:
    one = make.circumstance(household=home, target=Target.CLEANING, approver="", approved_on=None)
    assert figures("cleaning") == (0, 0)
    address = at("survey/circumstances", one)
    assert address in officer_a.get(f"/households/{home.pk}/").content.decode()
    days = {"period_first": "2018-05-01", "period_last": ""}
    refused = officer_a.post(address, days | {"approved_on": "2018-05-03"})
    assert "已审批的说明必须填写审批人" in refused.content.decode()
    assert officer_a.post(address, days | {"approver": "李审批", "approved_on": "2018-05-03"}).status_code == 302
    assert figures("cleaning") == (0, 1)


def test_a_pairing_comes_to_an_end(officer_a: Client, woman: Person) -> None:
    one = make.pairing(woman, make.helper(name="张桂英"), period=period(date(2018, 3, 1)))
    assert figures("pairing") == (1, 0)
    assert officer_a.post(
        at("pairing/pairings", one), {"period_first": "2018-03-01", "period_last": "2018-06-20"}
    ).status_code == 302  # fmt: skip
    assert figures("pairing") == (0, 0)
    make.pairing(woman, one.helper, period=period(date(2018, 6, 25)))
    meets = officer_a.post(at("pairing/pairings", one), {"period_first": "2018-03-01", "period_last": "2018-06-28"})
    assert "包联时段不能重叠" in meets.content.decode()


def test_a_contacts_day_is_put_right_and_then_told_exactly(officer_a: Client, home: Household, woman: Person) -> None:
    one = make.contact(home, on=date(2018, 3, 31), day_told=DayTold.MONTH)
    again = make.contact(home, on=date(2018, 4, 2))
    address = at("publicity/contacts", one)
    for day, words in (("2018-08-01", "晚于数据日期"), ("2018-04-02", "这一天已有同样的宣传记录")):
        assert words in officer_a.post(address, {"done_on": day}).content.decode()
    assert officer_a.post(address, {"done_on": "2018-03-05", "speaker": "张桂英"}).status_code == 302
    one.refresh_from_db()
    assert (one.done_on, one.speaker, one.day_told) == (date(2018, 3, 5), "张桂英", "day")
    assert Contact.objects.count() == 2 and again.voided_at is None


def test_a_round_of_cleaning_is_corrected_in_its_turn(officer_a: Client, home: Household, woman: Person) -> None:
    one = make.cleaning(home, on=date(2018, 4, 12))
    make.cleaning(home, on=date(2018, 5, 12), round_number=2)
    address = at("cleaning/cleanings", one)
    late = officer_a.post(address, {"done_on": "2018-05-20"})
    assert "第2轮清洁在2018-05-12" in late.content.decode()
    officer_a.post(address, {"done_on": "2018-04-10", "items": ["室内", "厨房"], "score": "95"})
    one.refresh_from_db()
    assert (one.done_on, one.items, one.score) == (date(2018, 4, 10), ["室内", "厨房"], 95)


def test_an_insurance_ends_within_its_policy(officer_a: Client, woman: Person) -> None:
    one = make.insured(woman)
    beyond = officer_a.post(
        at("health/insured", one),
        {"state": "accepted", "period_first": f"{one.policy.period.lower}", "period_last": "2030-01-01"},
    )
    assert "该保单的保险期间为" in beyond.content.decode()
    first = one.policy.period.lower
    officer_a.post(
        at("health/insured", one), {"state": "refused", "period_first": f"{first}", "period_last": "2018-12-31"}
    )
    one.refresh_from_db()
    assert (one.state, one.period.upper) == ("refused", date(2019, 1, 1))


def test_what_may_tell_of_illness_is_kept_from_who_may_not_see_it(
    cast: Cast, officer_b: Client, home: Household, woman: Person
) -> None:
    visit = make.visit(home, notes="患糖尿病", visited_on=date(2018, 5, 8))
    ill = make.circumstance(person=woman, target=Target.INSURANCE, reason="ill")
    client = Client()
    client.force_login(cast.village_worker)
    seen = client.get(at("pairing/visits", visit)).content.decode()
    assert "糖尿病" not in seen and 'name="notes"' not in seen
    assert "患病" not in client.get(at("survey/circumstances", ill)).content.decode()
    client.post(at("pairing/visits", visit), {"visited_on": "2018-05-09", "companions": "李四"})
    visit.refresh_from_db()
    assert (visit.visited_on, visit.notes) == (date(2018, 5, 9), "患糖尿病")
    answer = client.post(at("pairing/visits", visit), {"visited_on": "2018-05-09", "next_on": "2018-05-01"})
    assert "下次走访日期应晚于本次走访日期" in answer.content.decode()
    assert officer_b.get(at("pairing/visits", visit)).status_code == 404


def test_who_corrects_from_a_households_page_goes_back_to_it(officer_a: Client, home: Household, woman: Person) -> None:
    one = make.cleaning(home, on=date(2018, 4, 12))
    page, address = f"/households/{home.pk}/", at("cleaning/cleanings", one) + f"?household={home.pk}"
    assert f'href="{address}"' in officer_a.get(page).text
    form = officer_a.get(address).text
    assert "2018-04-12 第1轮" in form and f'<a class="button button-quiet" href="{page}">' in form  # cancelling
    answer = officer_a.post(address, {"done_on": "2018-04-13"})
    assert answer["Location"] == page
    assert "已保存：2018-04-13 第1轮。" in officer_a.get(page).text
    for odd in ("https://example.org/", "-1", "9" * 30):
        answer = officer_a.post(at("cleaning/cleanings", one) + f"?household={odd}", {"done_on": "2018-04-13"})
        assert answer["Location"].startswith("/actions/cleaning/")
