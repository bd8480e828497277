"""The yearly report on minors' data: counts by role, reason and consent, for the reader's regions, naming nobody."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.access import Role
from households.models import RevealRequest
from households.reveals import operations
from tests import make
from tests.conftest import Cast


@pytest.fixture
def auditor(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.auditor)
    return client


def test_looks_reveals_and_requests_are_counted(cast: Cast, officer_a: Client, auditor: Client) -> None:
    home = make.household()
    woman = make.person(home, name="钱金丝雀")
    this_year = timezone.localdate().year
    girl = make.person(home, name="钱小雀", birth=date(this_year - 8, 1, 1), since=make.START)
    for _look in range(2):
        officer_a.get(reverse("household", args=[home.pk]))
    url = reverse("reveal", args=[home.pk, "id-number", girl.pk])
    officer_a.post(url, {"why": "visit", "note": "核对"})
    asked = RevealRequest.objects.get()
    operations.decide(by=make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,)), request=asked, consent=True)
    officer_a.post(url)
    officer_a.post(reverse("reveal", args=[home.pk, "id-number", woman.pk]), {"why": "visit"})
    answer = auditor.get(reverse("minors_report"))
    report = answer.context["report"]
    assert [(line.reason, line.times, line.with_consent) for line in report.reveals] == [("入户核实身份", 1, 1)]
    assert (report.asked, report.consented, report.refused, report.waiting) == (1, 1, 0, 0)
    looks = {line.action: (line.times, line.minors, line.users) for line in report.looks}
    assert looks["查看人员详情"] == (2, 1, 1), "of the two members one is a minor"
    text = answer.content.decode()
    assert "金丝雀" not in text and "钱小雀" not in text and (girl.id_number or "") not in text
    empty = auditor.get(reverse("minors_report"), {"year": this_year - 1}).context["report"]
    assert (empty.looks, empty.reveals, empty.asked) == ([], [], 0)


def test_an_auditor_of_another_county_counts_nothing_of_it(cast: Cast, officer_a: Client) -> None:
    home = make.household()
    make.person(home, birth=date(2015, 1, 1))
    officer_a.get(reverse("household", args=[home.pk]))
    client = Client()
    client.force_login(make.user(Role.AUDITOR, (make.COUNTY_B,)))
    assert client.get(reverse("minors_report")).context["report"].looks == []


@pytest.mark.parametrize("year", ["x", "99999", "0", "-1"])
def test_a_year_that_is_none(auditor: Client, year: str) -> None:
    assert auditor.get(reverse("minors_report"), {"year": year}).status_code == 404
