"""A household that split off another: what was done there is offered, carried over once, and nothing is invented."""

from datetime import date

import pytest
from django.test import Client

from campaigns import coverage
from campaigns.models import Cleaning, Contact
from households.models import Household, Membership, Person
from tests import make
from tests.conftest import Cast

SPLIT = date(2018, 5, 1)
DAY = make.REPORTING_DAY
OFFERED = "沿用原户记录"


@pytest.fixture
def family(cast: Cast) -> tuple[Household, Household, list[Person]]:
    """Two women of one household, visited and cleaned in April; the younger has a household of her own since May."""
    old = make.household(head_name="赵大山")
    mother = make.person(old, birth=date(1960, 1, 1))
    make.contact(old, on=date(2018, 4, 10), speaker="孙主任")
    make.contact(old, on=date(2018, 4, 20))
    make.cleaning(old, on=date(2018, 4, 12), score=90)
    daughter = make.person(None, birth=date(1988, 1, 1))
    make.membership(old, daughter, until=date(2018, 4, 30), end_reason="moved")
    new = make.household(since=SPLIT, head_name="赵小山")
    make.membership(new, daughter, since=SPLIT, relation="户主")
    return old, new, [mother, daughter]


def covered(target: str, day: date = DAY) -> tuple[int, int]:
    coverage.settle([make.VILLAGE_A])
    found = coverage.as_of([make.VILLAGE_A], day)[make.VILLAGE_A].target(target)
    return found.covered, found.eligible


def shown(client: Client, of: Household) -> str:
    return client.get(f"/households/{of.pk}/").content.decode()


def test_what_was_done_before_the_split_is_carried_over_once(
    cast: Cast, officer_a: Client, family: tuple[Household, Household, list[Person]]
) -> None:
    old, new, _people = family
    assert (covered("publicity"), covered("cleaning")) == ((1, 2), (1, 2))
    assert OFFERED in shown(officer_a, new) and OFFERED not in shown(officer_a, old)
    address = f"/households/{new.pk}/carry-over/"
    asked = officer_a.get(address).content.decode()
    assert "2018-04-10 入户宣讲" in asked and "2018-04-12" in asked and "赵大山" in asked
    assert "请至少勾选一项" in officer_a.post(address, {}).content.decode()
    for _sent in range(2):
        assert officer_a.post(address, {"contact": "on", "cleaning": "on"}).status_code == 302
    (contact,) = Contact.objects.filter(household=new)
    (cleaning,) = Cleaning.objects.filter(household=new)
    assert (contact.done_on, contact.speaker, contact.recorded_by) == (date(2018, 4, 10), "孙主任", cast.officer_a)
    assert (cleaning.done_on, cleaning.score, cleaning.round_number) == (date(2018, 4, 12), 90, 1)
    assert (covered("publicity"), covered("cleaning")) == ((2, 2), (2, 2))
    assert covered("publicity", date(2018, 4, 30)) == (1, 1), "it did not exist then"
    assert Contact.objects.filter(household=old).count() == 2
    assert OFFERED not in shown(officer_a, new)


def test_one_of_them_may_be_left_out(officer_a: Client, family: tuple[Household, Household, list[Person]]) -> None:
    _old, new, _people = family
    officer_a.post(f"/households/{new.pk}/carry-over/", {"contact": "on"})
    assert (covered("publicity"), covered("cleaning")) == ((2, 2), (1, 2))
    asked = officer_a.get(f"/households/{new.pk}/carry-over/").content.decode()
    assert 'name="cleaning"' in asked and 'name="contact"' not in asked


def test_only_what_would_count_for_it_is_offered(
    officer_a: Client, family: tuple[Household, Household, list[Person]]
) -> None:
    old, new, (mother, daughter) = family
    Contact.objects.all().delete()
    Cleaning.objects.all().delete()
    make.contact(old, on=date(2018, 4, 2), kind="loudspeaker")  # counts for nobody
    make.contact(old, on=date(2018, 4, 3), kind="lecture", attended_by=mother)  # she did not come along
    make.contact(old, on=date(2018, 5, 2))  # after the split
    make.cleaning(old, on=date(2018, 5, 3))
    assert OFFERED not in shown(officer_a, new)
    make.contact(old, on=date(2018, 4, 4), kind="lecture", attended_by=daughter)
    assert OFFERED in shown(officer_a, new)
    officer_a.post(f"/households/{new.pk}/carry-over/", {"contact": "on"})
    (contact,) = Contact.objects.filter(household=new)
    assert (contact.kind, contact.attended_by, contact.done_on) == ("lecture", daughter, date(2018, 4, 4))


def test_whoever_moves_into_a_household_that_was_there_brings_nothing(officer_a: Client, cast: Cast) -> None:
    old, there = make.household(), make.household()
    make.contact(old, on=date(2018, 4, 10))
    make.person(there)
    bride = make.person(None)
    make.membership(old, bride, until=date(2018, 4, 30), end_reason="moved")
    make.membership(there, bride, since=SPLIT)
    assert OFFERED not in shown(officer_a, there)


def test_people_of_two_households_split_off_neither(
    officer_a: Client, family: tuple[Household, Household, list[Person]]
) -> None:
    _old, new, _people = family
    other, groom = make.household(), make.person(None, sex="M")
    make.membership(other, groom, until=date(2018, 4, 30), end_reason="moved")
    make.membership(new, groom, since=SPLIT)
    assert OFFERED not in shown(officer_a, new)


def test_a_mistaken_membership_is_no_origin(
    officer_a: Client, family: tuple[Household, Household, list[Person]]
) -> None:
    _old, new, (_mother, daughter) = family
    Membership.objects.filter(person=daughter, end_reason="moved").update(end_reason="mistake")
    assert OFFERED not in shown(officer_a, new)


def test_another_countys_household_is_not_told_of(
    cast: Cast, officer_a: Client, officer_b: Client, family: tuple[Household, Household, list[Person]]
) -> None:
    old, new, _people = family
    moved_in = make.household(make.VILLAGE_B, since=SPLIT)
    child = make.person(None, birth=date(2010, 1, 1))
    make.membership(old, child, until=date(2018, 4, 30), end_reason="moved")
    make.membership(moved_in, child, since=SPLIT)
    assert "赵大山" not in shown(officer_b, moved_in) and OFFERED not in shown(officer_b, moved_in)
    assert officer_b.post(f"/households/{moved_in.pk}/carry-over/", {"contact": "on"}).status_code == 302
    assert officer_b.post(f"/households/{new.pk}/carry-over/", {"contact": "on"}).status_code == 404
    assert not Contact.objects.exclude(household=old).exists()
