"""A form sent after the session ran out comes back filled in: once, to the same user, in the same browser, encrypted."""

import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Event
from households.access import Role
from households.form_filling import filled
from households.models import User
from households.unsent import COOKIE, MOST_CHARACTERS
from tests import make

PASSWORD = "kite-over-luan-river-7"
TYPED = {
    "name": "巾帼宣讲“金丝雀”<b>",
    "kind": "fair",
    "first_day": "2018-06-05",
    "place": "村部",
    "notes": "\n第一行\n第二行",
}
NOTICE, KEPT = "已放回下面", "您填写的内容已保留"
PAGE = "/actions/organisation/events/new/"


@pytest.fixture
def officers(tangshan: None) -> tuple[User, User]:
    cache.clear()
    both = [
        make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,), username=name, password=PASSWORD) for name in ("wang", "zhao")
    ]
    return both[0], both[1]


@pytest.fixture
def browser(officers: tuple[User, User]) -> Client:
    """Officer Wang has the empty form open."""
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser)
    assert browser.get(PAGE).status_code == 200
    return browser


def token(browser: Client) -> str:
    return browser.cookies["csrftoken"].value


def sign_in(browser: Client, name: str = "wang", to: str = "") -> Any:
    browser.get(reverse("account_login"))
    data = {"login": name, "password": PASSWORD, "next": to, "csrfmiddlewaretoken": token(browser)}
    return browser.post(reverse("account_login"), data)


def send(browser: Client, address: str = PAGE, with_token: str = "", **more: Any) -> Any:
    data = TYPED | {"csrfmiddlewaretoken": with_token or token(browser)} | more.pop("data", {})
    headers = {"Referer": f"http://testserver{PAGE}", "Origin": "http://testserver"} | more.pop("headers", {})
    return browser.post(address, data, headers=headers, **more)


def expire() -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))


class Fields(HTMLParser):
    """What stands in the fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        if tag == "input" and had.get("value"):
            self.found[had.get("name") or ""] = had["value"] or ""
        elif tag == "select":
            self._select = had.get("name") or ""
        elif tag == "option" and "selected" in had:
            self.found[self._select] = had.get("value") or ""
        elif tag == "textarea":
            self._area = had.get("name") or ""
            self.found[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def test_after_a_time_out_the_same_page_comes_back_with_what_was_typed(browser: Client) -> None:
    expire()
    led = send(browser)
    assert (led.status_code, led.url) == (302, f"/accounts/login/?next={PAGE.replace('/', '%2F')}")
    assert KEPT in browser.get(led.url).content.decode()
    assert sign_in(browser, to=PAGE).url == PAGE
    answer = browser.get(PAGE)
    page = answer.content.decode()
    found = Fields(page).found
    assert {name: found[name].strip("\n") for name in TYPED} == {name: text.strip("\n") for name, text in TYPED.items()}
    assert NOTICE in page and "<b>" not in found["notes"] and "“金丝雀”<b>" not in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Event.objects.exists()  # filled in, not submitted
    assert "金丝雀" not in browser.get(PAGE).content.decode()  # once


def test_what_came_back_can_be_submitted(browser: Client) -> None:
    expire()
    send(browser)
    sign_in(browser)
    page = browser.get(PAGE).content.decode()
    found = Fields(page).found
    assert browser.post(PAGE, found, headers={"Origin": "http://testserver"}).status_code == 302
    assert Event.objects.get().name == TYPED["name"]


def test_twelve_hours_are_no_different(browser: Client) -> None:
    session = browser.session
    session["signed_in_at"] = 1.0
    session.save()
    assert send(browser).status_code == 302
    sign_in(browser)
    assert "金丝雀" in browser.get(PAGE).content.decode()


def test_another_user_gets_nothing_and_then_nobody_does(browser: Client) -> None:
    expire()
    send(browser)
    sign_in(browser, "zhao")
    assert "金丝雀" not in browser.get(PAGE).content.decode()
    assert not browser.cookies[COOKIE].value
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": token(browser)})
    sign_in(browser, "wang")
    assert "金丝雀" not in browser.get(PAGE).content.decode()


def test_another_browser_gets_nothing(browser: Client) -> None:
    expire()
    send(browser)
    other = Client()
    sign_in(other)
    assert "金丝雀" not in other.get(PAGE).content.decode()


def test_the_database_and_the_addresses_hold_it_encrypted(browser: Client) -> None:
    expire()
    led = send(browser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        stored = json.dumps(cursor.fetchall())
        cursor.execute("SELECT session_data FROM django_session")
        sessions = json.dumps(cursor.fetchall())
    kept = browser.cookies[COOKIE]
    assert "unsent:" in stored and kept.value not in stored
    for text in ("金丝雀", json.dumps("金丝雀")[1:-1], "村部"):
        assert text not in stored + sessions + led.url + kept.value
    assert kept["httponly"] and kept["samesite"] == "Lax" and int(kept["max-age"]) <= 3600


@pytest.mark.parametrize("headers", [{"X-CSRFToken": "yes"}, {}])
def test_scripts_and_strangers_are_not_kept(officers: tuple[User, User], headers: dict[str, str]) -> None:
    stranger = Client()
    if headers:
        sign_in(stranger)
        stranger.get(PAGE)
        expire()
    assert stranger.post(PAGE, TYPED, headers=headers).status_code == 302
    assert COOKIE not in stranger.cookies


def test_no_passwords_and_not_too_much(browser: Client) -> None:
    expire()
    led = send(browser, data={"notes": "长" * MOST_CHARACTERS})
    assert COOKIE not in browser.cookies
    assert "您填写的内容没有能保留下来" in browser.get(led.url).content.decode(), "nothing is lost without a word"
    send(browser, data={"password1": "secret-金丝雀-1"})
    sign_in(browser)
    page = browser.get(PAGE).content.decode()
    assert NOTICE in page and "secret-" not in page


def test_a_form_whose_address_has_no_page_comes_back_where_it_stood(browser: Client) -> None:
    expire()
    led = send(
        browser, "/households/", headers={"Referer": "http://testserver/households/?region=130207"}, data={"word": "王"}
    )
    assert led.url.endswith("next=%2Fhouseholds%2F%3Fregion%3D130207")
    sign_in(browser)
    page = browser.get("/households/?region=130207").content.decode()
    assert NOTICE in page and Fields(page).found["word"] == "王"


def test_a_button_that_sends_nothing_leads_back_to_its_page_too(browser: Client) -> None:
    """The address that a confirming button sends to has no page: after signing in it answered 405 with nothing on it."""
    expire()
    ours = "/uploads/9f0f0000-0000-4000-8000-000000000000/"
    headers = {"Referer": f"http://testserver{ours}", "Origin": "http://testserver"}
    led = browser.post(f"{ours}apply/", {"csrfmiddlewaretoken": token(browser)}, headers=headers)
    assert led.url == f"/accounts/login/?next={ours.replace('/', '%2F')}"
    assert "刚才的操作没有提交" in browser.get(led.url).content.decode() and COOKIE not in browser.cookies


def test_a_new_sign_in_in_another_window_keeps_the_text_and_says_what_to_do(browser: Client) -> None:
    old = token(browser)
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": old})
    sign_in(browser)
    refused = send(browser, with_token=old)
    assert refused.status_code == 403
    assert "打开原来的页面" in refused.content.decode() and PAGE in refused.content.decode()
    assert "金丝雀" in browser.get(PAGE).content.decode()


def test_another_sites_form_leaves_nothing_in_ours(browser: Client) -> None:
    refused = send(browser, with_token="x" * 64, headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403
    assert COOKIE not in browser.cookies


def test_ticks_choices_and_repeated_fields_are_put_back() -> None:
    page = (
        '<form method="post" action="/x/"><input name="word" value="other form"></form>'
        '<form method="post" id="f"><input type="hidden" name="csrfmiddlewaretoken" value="fresh">'
        '<input type="checkbox" name="a" value="1" checked><input type="checkbox" name="a" value="2">'
        '<input type="radio" name="r" value="x"><input type="radio" name="r" value="y" checked>'
        '<input name="word"><input name="word"><input type="password" name="p"><input type="file" name="u">'
        '<select name="s" multiple><option value="1" selected>1</option><option value="2">2</option></select>'
        '<textarea name="t">old</textarea></form><input type="checkbox" name="a" value="3" form="f">'
    )
    values = {
        "a": ["2", "3"], "r": ["x"], "word": ['甲"', "乙"], "s": ["2"], "t": ["</textarea>"], "p": ["no"], "u": ["no"],
        "csrfmiddlewaretoken": ["old"],
    }  # fmt: skip
    assert filled(page, values, path="/y/", action="/y/", notice="<p>!</p>") == (
        '<form method="post" action="/x/"><input name="word" value="other form"></form>'
        '<form method="post" id="f"><p>!</p><input type="hidden" name="csrfmiddlewaretoken" value="fresh">'
        '<input type="checkbox" name="a" value="1"><input type="checkbox" name="a" value="2" checked>'
        '<input type="radio" name="r" value="x" checked><input type="radio" name="r" value="y">'
        '<input name="word" value="甲&quot;"><input name="word" value="乙"><input type="password" name="p"><input type="file" name="u">'
        '<select name="s" multiple><option value="1">1</option><option value="2" selected>2</option></select>'
        '<textarea name="t">\n&lt;/textarea&gt;</textarea></form><input type="checkbox" name="a" value="3" form="f" checked>'
    )
    assert filled(page, {"nothing": ["1"]}, path="/y/", action="/y/", notice="") is None
