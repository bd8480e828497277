"""Helpers' table and page, overdue visits, figures."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.figures import all_figures, asked_for
from campaigns.models import CountingRules, Helper
from campaigns.pairing.overdue import overdue_by_helper, overdue_count, people_of
from households.models import Installation, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY
EVERY = 90


@pytest.fixture
def person(cast: Cast) -> Person:
    Installation.objects.update(is_demonstration=True)
    found = make.person(make.household())
    coverage.settle_touched()
    return found


def helper_form(**values: Any) -> dict[str, Any]:
    return {
        "name": "钱玉梅", "kind": "village_cadre", "sex": "F", "unit": "曹庄子村委会", "unit_level": "village",
        "post": "妇女主任", "phone": "1440315 0009", "region": make.VILLAGE_A, "first": "2018-01-01", "last": "",
    } | values  # fmt: skip


def test_a_helper_is_entered_once_and_corrected(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    add = reverse("record_new", args=["pairing", "helpers"])
    assert client.post(add, helper_form()).status_code == 302
    assert client.post(add, helper_form()).status_code == 302
    helper = Helper.objects.get()
    assert (helper.phone, helper.unit_level, helper.sex, helper.active.upper) == ("14403150009", "village", "F", None)
    client.post(add, helper_form(phone="14403150010"))
    assert Helper.objects.count() == 2
    edit = reverse("record_edit", args=["pairing", "helpers", helper.pk])
    assert client.get(edit).context["form"]["phone"].value() == "14403150009"
    client.post(edit, helper_form(post="主席"))
    assert Helper.objects.get(pk=helper.pk).post == "主席"
    for values, words in (
        ({"phone": "12"}, "不是可用的电话号码"),
        ({"last": "2017-01-01"}, "不能早于起始日期"),
        ({"region": make.VILLAGE_B}, "现在不能选"),
    ):
        assert words in client.post(edit, helper_form(**values)).content.decode()


def test_who_still_has_people_is_not_sent_away_by_the_form(cast: Cast, client: Client, person: Person) -> None:
    helper = make.helper()
    make.pairing(person, helper)
    client.force_login(cast.officer_a)
    edit = reverse("record_edit", args=["pairing", "helpers", helper.pk])
    assert "请先办理交接" in client.post(edit, helper_form(last="2018-06-01")).content.decode()
    assert "请先办理交接" in client.post(edit, helper_form(first="2018-02-01")).content.decode()
    assert Helper.objects.get().active == period(make.START)


def test_a_helpers_page_shows_only_the_viewers_people(cast: Cast, client: Client, person: Person) -> None:
    helper = make.helper(region_id=make.CITY, kind="city_cadre")
    make.pairing(person, helper)
    other = make.person(make.household(make.VILLAGE_B))
    make.pairing(other, helper, village=make.VILLAGE_B)
    make.visit(make.household(make.VILLAGE_B), helper, village=make.VILLAGE_B)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    page = client.get(reverse("pairing_helper", args=[helper.pk]))
    shown = page.context["page"]
    assert ([line.seen.name for line in shown.lines], shown.load, shown.visits) == ([person.name], 2, [])
    assert other.name not in page.content.decode()
    village = make.helper()
    client.force_login(cast.officer_b)
    assert client.get(reverse("pairing_helper", args=[village.pk])).status_code == 404


def overdue() -> list[int]:
    coverage.settle_touched()
    helpers = [helper for helper, _due in overdue_by_helper(make.COUNTY_A, DAY)[0]]
    return [seen.person_id for seen in people_of(helpers, make.COUNTY_A, DAY, only_due=True)]


def test_without_a_visit_the_pairing_tells_when_one_is_due(cast: Cast, person: Person) -> None:
    pairing = make.pairing(person, period=period(DAY - timedelta(days=EVERY)))
    assert overdue() == []
    pairing.period = period(DAY - timedelta(days=EVERY + 1))
    pairing.save()
    assert overdue() == [person.pk]
    assert overdue_count(make.COUNTY_A, DAY) == 1
    CountingRules.objects.create(
        campaign_year=CountingRules.objects.get().campaign_year, version=2, reason="试", visit_every_days=120
    )
    assert overdue() == []


def test_a_visit_to_the_household_or_to_her_counts_and_its_next_day_binds(cast: Cast, person: Person) -> None:
    make.pairing(person)
    assert overdue() == [person.pk]
    home = person.memberships.get().household
    sister = make.person(home)
    early = make.visit(home, person=sister)
    assert overdue() == [person.pk]
    early.person = None
    early.save()
    assert overdue() == []
    early.visited_on, early.next_on = date(2018, 6, 1), DAY - timedelta(days=1)
    early.save()
    assert overdue() == [person.pk]
    make.visit(home, person=person, visited_on=date(2018, 6, 2))
    assert overdue() == []


def test_voided_visits_and_uncounted_pairings_are_nothing(cast: Cast, person: Person) -> None:
    make.pairing(person, kind="area")
    assert overdue() == []
    make.pairing(person)
    make.visit(person.memberships.get().household, voided_at="2018-06-30T00:00Z", void_reason="错")
    assert overdue() == [person.pk]


def test_the_overdue_page_goes_down_the_regions_and_pages_by_helper(cast: Cast, client: Client) -> None:
    Installation.objects.update(is_demonstration=True)
    for number in range(22):
        make.pairing(make.person(make.household(make.VILLAGES[number % 2])), make.helper(phone="14403150033"))
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    first = client.get(reverse("pairing_overdue"))
    assert [(part.region.code, part.due) for part in first.context["page"].parts] == [(make.TOWNSHIP_A, 22)]
    assert "14403150033" in first.content.decode()
    second = client.get(reverse("pairing_overdue"), {"after": first.context["page"].next_key})
    seen = [group.helper.pk for page in (first, second) for group in page.context["page"].groups]
    assert (len(seen), len(set(seen))) == (22, 22)
    assert second.context["page"].next_key == ""
    assert client.get(reverse("pairing_overdue"), {"after": "x"}).status_code == 404
    assert client.get(reverse("pairing_overdue"), {"region": make.COUNTY_B}).status_code == 404
    client.force_login(cast.officer_b)
    assert client.get(reverse("pairing_overdue")).context["page"].groups == []


def test_the_figures_of_pairing(cast: Cast, person: Person) -> None:
    helper = make.helper()
    make.pairing(person, helper)
    make.pairing(person)
    man = make.person(person.memberships.get().household, sex="M")
    make.pairing(man)
    make.pairing(make.person(make.household()), kind="area")
    late = make.person(make.household())
    make.pairing(late, period=period(DAY + timedelta(days=1)))
    make.visit(person.memberships.get().household, helper)
    make.visit(person.memberships.get().household, helper, visited_on=date(2018, 3, 1))
    make.helper(active=period(make.START, date(2018, 6, 1)))
    coverage.settle_touched()
    told = all_figures(asked_for(make.COUNTY_A, DAY))
    names = ("persons_paired", "helpers", "pairings", "visits", "visited_people", "visits_overdue")
    assert [told[name] for name in names] == [1, 5, 3, 2, 1, 0]
    assert all_figures(asked_for(make.COUNTY_B, DAY))["visits"] == 0
