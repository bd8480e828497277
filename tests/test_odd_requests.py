"""Requests that no browser of ours sends are refused; none of them breaks a page."""

import importlib
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client, RequestFactory
from django.urls import reverse

from campaigns.models import SpecialCircumstance
from tests import make
from tests.conftest import Cast


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "base64", "utf-16"])
def test_everything_is_read_as_utf_8(tangshan: None, charset: str) -> None:
    """As UTF-7 these are half a character and a NUL."""
    server = importlib.import_module("povertyrelief.wsgi").application
    form = "application/x-www-form-urlencoded"
    sent = RequestFactory().generic("POST", "/households/?region=%2B2AA-", b"word=%2BAAA-", form)
    request = server.request_class(sent.environ | {"CONTENT_TYPE": f"{form}; charset={charset}"})
    assert (request.GET["region"], request.POST["word"]) == ("+2AA-", "+AAA-")


def test_a_cookie_that_holds_a_nul_is_refused(client: Client, db: None) -> None:
    assert client.get("/", headers={"Cookie": 'sessionid="abcdefghijkl\\000"'}).status_code == 400


@pytest.mark.parametrize("field", [{"search": "王\0"}, {"se\0arch": "王"}])
def test_a_form_of_parts_that_holds_a_nul_is_refused(officer_a: Client, field: dict[str, str]) -> None:
    """The list of the back office would have broken until another word was looked for."""
    address = reverse("admin:households_person_changelist")
    assert officer_a.post(address, field).status_code == 400
    assert officer_a.get(address).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "name__regex=(",
        "birth_date__range=1",
        "id__in=x",
        "id_index__gte=1",
        "sex__regex=(",
        "merged_into=1",
        "health__0=1",
    ],
)
def test_no_column_of_the_back_office_is_tried_out(officer_a: Client, asked: str) -> None:
    assert officer_a.get(f"{reverse('admin:households_person_changelist')}?{asked}").status_code == 400


def test_the_filters_of_the_back_office_narrow(officer_a: Client, cast: Cast) -> None:
    assert officer_a.get(reverse("admin:households_person_changelist"), {"sex__exact": "女"}).status_code == 200
    address = reverse("admin:campaigns_grant_changelist")
    assert officer_a.get(address, {"project__id__exact": "1", "is_goods__exact": "1"}).status_code == 200


def test_the_last_day_there_is_means_no_end(officer_a: Client) -> None:
    """As other systems write it; the day after it does not exist."""
    home = make.household()
    woman = make.person(home)
    form = {"target": "pairing", "person": woman.pk, "reason": "away", "first": "2018-06-01", "last": "9999-12-31"}
    answer = officer_a.post(reverse("record_fact", args=[home.pk, "circumstance"]), form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert SpecialCircumstance.objects.get().period == DateRange(date(2018, 6, 1), None)


def test_the_log_is_read_until_the_last_day_there_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor)
    assert client.get(reverse("audit"), {"end": "9999-12-31"}).status_code == 200
