"""Whole numbers: a reason, one answer, a row in the audit log; of minors with another person's consent."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from households.access import Role
from households.audit.models import Action, AuditEntry
from households.identity import mask_id
from households.models import Household, Person, RevealRequest
from households.reveals import operations
from tests import make
from tests.conftest import Cast

PHONE = "14403158812"
VISIT = {"why": "visit"}


@pytest.fixture
def home(cast: Cast) -> Household:
    return make.household(head_name="赵金丝雀", phone=PHONE)


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="钱金丝雀", phone="14403158813")


@pytest.fixture
def girl(home: Household) -> Person:
    return make.person(home, name="钱小雀", birth=date(2010, 3, 1), relation="之女")


@pytest.fixture
def colleague(cast: Cast) -> Client:
    """A second officer of county A."""
    client = Client()
    client.force_login(make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,)))
    return client


def address(home: Household, what: str, of: int) -> str:
    return reverse("reveal", args=[home.pk, what, of])


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def test_a_womans_number_is_shown_for_a_reason_once_and_on_record(
    officer_a: Client, cast: Cast, home: Household, woman: Person
) -> None:
    number = woman.id_number or ""
    page = officer_a.get(reverse("household", args=[home.pk])).content.decode()
    url = address(home, "id-number", woman.pk)
    assert url in page and number not in page
    assert number not in officer_a.get(url).content.decode()
    answer = officer_a.post(url, VISIT | {"note": f"核对 {number}"})
    text = answer.content.decode()
    assert number in text and "no-store" in answer.headers["Cache-Control"]
    assert number not in text.partition("<title>")[2].partition("</title>")[0] and number not in url
    row = last()
    assert (row.action, row.user, row.people) == (Action.REVEAL, cast.officer_a, [woman.pk])
    assert (row.about, row.about_id) == ("households.person", str(woman.pk))
    assert row.details == {"people": 1, "id_number": 1} and row.reason == "入户核实身份: 核对 […]"
    assert number not in officer_a.get(url).content.decode()


def test_telephones_of_the_household_and_of_a_member(officer_a: Client, home: Household, woman: Person) -> None:
    assert PHONE in officer_a.post(address(home, "home-phone", home.pk), VISIT).content.decode()
    assert (last().about, last().details) == ("households.household", {"phone": 1})
    assert "14403158813" in officer_a.post(address(home, "phone", woman.pk), VISIT).content.decode()


def test_without_a_reason_nothing_is_shown(officer_a: Client, home: Household, woman: Person) -> None:
    for data in ({}, {"why": "other"}, {"why": "curiosity"}):
        assert (woman.id_number or "") not in officer_a.post(
            address(home, "id-number", woman.pk), data
        ).content.decode()
    assert not AuditEntry.objects.filter(action=Action.REVEAL).exists()


def test_nobody_elses_and_nothing_that_is_not_there(
    officer_a: Client, officer_b: Client, home: Household, woman: Person
) -> None:
    stranger = make.person(make.household(make.VILLAGE_B))
    for what, of in (("id-number", stranger.pk), ("phone", 10**9), ("remark", woman.pk), ("home-phone", woman.pk + 7)):
        assert officer_a.post(address(home, what, of), VISIT).status_code == 404
    assert officer_b.post(address(home, "id-number", woman.pk), VISIT).status_code == 404


def test_a_minors_number_waits_for_another_person(
    officer_a: Client, colleague: Client, cast: Cast, home: Household, girl: Person
) -> None:
    url, number = address(home, "id-number", girl.pk), girl.id_number or ""
    assert number not in officer_a.post(url, VISIT, follow=True).content.decode()
    assert (last().action, last().people) == (Action.VIEW_LIST, [girl.pk])
    assert AuditEntry.objects.filter(action=Action.REVEAL_ASK, people=[girl.pk]).count() == 1
    officer_a.post(url, VISIT)
    asked = RevealRequest.objects.get()
    decide = reverse("reveal_decide", args=[asked.pk])
    officer_a.post(decide, {"decision": "consent"})
    asked.refresh_from_db()
    assert asked.state == "waiting", "nobody consents to her own wish"
    assert girl.name in colleague.get(reverse("reveals")).content.decode()
    colleague.post(decide, {"decision": "consent"})
    assert (last().action, last().people, last().reason) == (Action.REVEAL_DECIDE, [girl.pk], "已同意")
    assert number not in colleague.post(url, VISIT, follow=True).content.decode(), "the consent is the asker's alone"
    assert url in officer_a.get(reverse("reveals")).content.decode()
    assert number not in officer_a.get(url).content.decode()
    assert number in officer_a.post(url).content.decode()
    row = last()
    assert (row.action, row.reason) == (Action.REVEAL, "入户核实身份")
    assert row.details == {"people": 1, "id_number": 1, "minor": 1, "consent": 1}
    RevealRequest.objects.filter(pk=asked.pk).update(decided_at=timezone.now() - timedelta(minutes=61))
    assert number not in officer_a.post(url).content.decode(), "an hour later it is closed again"


def test_a_refused_wish_opens_nothing(officer_a: Client, colleague: Client, home: Household, girl: Person) -> None:
    url = address(home, "id-number", girl.pk)
    officer_a.post(url, VISIT)
    decide = reverse("reveal_decide", args=[RevealRequest.objects.get().pk])
    colleague.post(decide, {"decision": "refuse"})
    colleague.post(decide, {"decision": "consent"})
    assert RevealRequest.objects.get().state == "refused", "decided once"
    assert (girl.id_number or "") not in officer_a.post(url).content.decode()


def test_another_county_decides_nothing_and_sees_nothing(
    officer_a: Client, officer_b: Client, home: Household, girl: Person
) -> None:
    officer_a.post(address(home, "id-number", girl.pk), VISIT)
    asked = RevealRequest.objects.get()
    assert girl.name not in officer_b.get(reverse("reveals")).content.decode()
    assert officer_b.post(reverse("reveal_decide", args=[asked.pk]), {"decision": "consent"}).status_code == 404
    assert "等待审批" not in officer_b.get(reverse("home")).content.decode()


def test_the_second_officer_is_told_on_the_home_page(colleague: Client, cast: Cast, girl: Person) -> None:
    make.reveal_request(girl, cast.officer_a)
    assert "有1项查看未成年人号码的申请等待审批" in colleague.get(reverse("home")).content.decode()


def test_a_standing_permission_is_a_setting(
    officer_a: Client, home: Household, girl: Person, settings: Settings
) -> None:
    settings.MINORS_REVEAL = "standing"
    assert (girl.id_number or "") in officer_a.post(address(home, "id-number", girl.pk), VISIT).content.decode()
    assert last().details == {"people": 1, "id_number": 1, "minor": 1}


def test_the_operation_itself_refuses_the_asker(cast: Cast, girl: Person) -> None:
    with pytest.raises(ValidationError):
        operations.decide(by=cast.officer_a, request=make.reveal_request(girl, cast.officer_a), consent=True)


def test_workers_get_no_link(cast: Cast, client: Client, home: Household, woman: Person) -> None:
    client.force_login(cast.village_worker)
    text = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "/reveal/" not in text and mask_id(woman.id_number or "") not in text
