"""Accounts of staff: invited by a link that works once, a PIN on one device, closed at once, handed over, in scope only."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.access import Role
from households.accounts import operations
from households.accounts.models import Invitation, RememberedDevice
from households.accounts.views import COOKIE
from households.audit.models import Action, AuditEntry
from households.models import User
from tests import make
from tests.conftest import Cast
from tests.test_sign_in import is_signed_in, sign_in

PIN, PASSWORD = "295140", "heron-over-dou-river-42"
NO_LINK = "链接已失效"


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    """Rates of other tests do not count."""
    cache.clear()


def invite(client: Client, **values: str) -> str:
    """Fill in the form; the link that the answer shows."""
    data = {"name": "孙村干", "role": "village_worker", "region": make.VILLAGE_A, "phone": "14403156001"} | values
    answer = client.post(reverse("account_invite"), data)
    assert answer.status_code == 200 and "form" not in (answer.context or {}), answer.context["form"].errors
    assert "no-store" in answer.headers["Cache-Control"]
    return link_in(answer.content.decode())


def link_in(page: str) -> str:
    found = re.search(r'value="http://testserver([^"]+)" readonly', page)
    assert found and "data:image/svg+xml;base64," in page
    return found[1]


def accepted(link: str, secret: str = PIN) -> Client:
    """A browser of the invited person, which has set the PIN or password."""
    browser = Client()
    assert browser.get(link, follow=True).status_code == 200
    answer = browser.post(reverse("welcome"), {"secret": secret, "again": secret})
    assert answer.status_code == 302, answer.context["form"].errors
    return browser


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def test_a_village_worker_is_invited_sets_her_pin_and_signs_in(officer_a: Client, cast: Cast) -> None:
    link = invite(officer_a)
    made = User.objects.get(name="孙村干")
    assert (last().action, last().user, last().about_id) == (Action.ACCOUNT, cast.officer_a, str(made.pk))
    assert (made.is_active, made.regions, made.has_usable_password()) == (False, [make.VILLAGE_A], False)
    browser = accepted(link)
    assert (last().action, last().user) == (Action.ACCOUNT, made)
    cookie = browser.cookies[COOKIE]
    assert cookie["httponly"] and cookie["path"] == "/accounts/" and cookie["max-age"] == 30 * 24 * 3600
    assert not is_signed_in(browser), "she signs in with what she has just set"
    assert browser.get(reverse("account_login"), {"next": "/dashboard/"}).url == "/accounts/pin/?next=%2Fdashboard%2F"
    assert "孙村干" in browser.get(reverse("pin")).content.decode()
    answer = browser.post(reverse("pin"), {"pin": PIN, "next": "/dashboard/"})
    assert answer.url == "/dashboard/" and is_signed_in(browser)
    entry = AuditEntry.objects.filter(action=Action.LOGIN).get()
    assert entry.user == made
    assert browser.post(reverse("pin"), {"pin": PIN, "next": "https://elsewhere.example/"}).url == "/"


def test_the_link_works_once_and_every_bad_link_gets_the_same_answer(officer_a: Client) -> None:
    link = invite(officer_a)
    stranger = Client()
    stranger.get(link), stranger.get(link)  # a chat's preview looks, too
    accepted(link)
    used, unknown, expired = Client(), Client(), Client()
    old = invite(officer_a, name="孙迟到", region=make.VILLAGE_A2)
    Invitation.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(minutes=1))
    pages = []
    for browser, address in ((used, link), (unknown, link[:-5] + "aaaa/"), (expired, old)):
        answer = browser.get(address, follow=True)
        assert answer.status_code == 404
        pages.append(re.sub(r"[A-Za-z0-9+/=_-]{22,}", "", answer.content.decode()))
        assert browser.post(reverse("welcome"), {"secret": PIN, "again": PIN}).status_code == 404
    assert NO_LINK in pages[0] and pages[0] == pages[1] == pages[2]


def test_neither_link_nor_pin_nor_cookie_stands_in_the_database(officer_a: Client) -> None:
    link = invite(officer_a)
    token = link.split("/")[-2]
    browser = Client()
    browser.get(link)
    assert all(token not in str(one.get_decoded()) for one in Session.objects.all())
    assert not Invitation.objects.filter(token_digest=token.encode()).exists()
    browser.post(reverse("welcome"), {"secret": PIN, "again": PIN})
    device = RememberedDevice.objects.get()
    assert PIN not in device.pin and browser.cookies[COOKIE].value not in str(bytes(device.token_digest))


def test_an_officer_is_invited_with_a_password(cast: Cast, client: Client) -> None:
    client.force_login(cast.federation_staff)
    link = invite(client, name="李县干", role="county_officer", region=make.COUNTY_B, username="li_qianxi")
    browser = Client()
    browser.get(link)
    for weak in ("short", "password1234", "123456789012"):
        assert browser.post(reverse("welcome"), {"secret": weak, "again": weak}).status_code == 200
    assert browser.post(reverse("welcome"), {"secret": PASSWORD, "again": PASSWORD + "x"}).status_code == 200
    accepted(link, PASSWORD)
    other = Client()
    sign_in(other, "li_qianxi", PASSWORD)
    assert is_signed_in(other)


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "12345a", "123456", "987654", "111111", "121212", "123123", "１２３４５６"]
)
def test_a_pin_that_anybody_tries_is_refused(officer_a: Client, pin: str) -> None:
    browser = Client()
    browser.get(invite(officer_a))
    assert browser.post(reverse("welcome"), {"secret": pin, "again": pin}).status_code == 200
    assert not RememberedDevice.objects.exists()


def test_five_wrong_pins_lock_the_device_until_a_new_link(officer_a: Client, cast: Cast) -> None:
    browser = accepted(invite(officer_a))
    for _attempt in range(5):
        assert browser.post(reverse("pin"), {"pin": "000001"}).status_code == 200
        assert last().action == Action.LOGIN_FAILED
    assert "已锁定" in browser.post(reverse("pin"), {"pin": PIN}).content.decode() and not is_signed_in(browser)
    user = User.objects.get(name="孙村干")
    again = officer_a.post(reverse("account", args=[user.pk]), {"do": "link"})
    browser.get(link_in(again.content.decode()))
    browser.post(reverse("welcome"), {"secret": "730915", "again": "730915"})
    browser.post(reverse("pin"), {"pin": "730915"})
    assert is_signed_in(browser)


def test_the_pin_is_worth_nothing_on_another_device_or_later(officer_a: Client) -> None:
    browser = accepted(invite(officer_a))
    assert Client().post(reverse("pin"), {"pin": PIN}).url == reverse("account_login")
    RememberedDevice.objects.update(used_at=timezone.now() - timedelta(days=30, minutes=1))
    assert browser.post(reverse("pin"), {"pin": PIN}).url == reverse("account_login")
    assert browser.get(reverse("account_login")).status_code == 200


def test_many_tries_from_one_address_are_stopped(officer_a: Client) -> None:
    browser = accepted(invite(officer_a))
    answers = []
    for _attempt in range(25):
        RememberedDevice.objects.update(failures=0)
        answers.append(browser.post(reverse("pin"), {"pin": "000001"}).status_code)
    assert answers[:20] == [200] * 20 and answers[20:] == [429] * 5


def test_closing_bites_at_once(officer_a: Client, cast: Cast) -> None:
    browser = accepted(invite(officer_a))
    browser.post(reverse("pin"), {"pin": PIN})
    user = User.objects.get(name="孙村干")
    assert is_signed_in(browser)
    officer_a.post(reverse("account", args=[user.pk]), {"do": "close"})
    assert (last().action, last().about_id) == (Action.ACCOUNT, str(user.pk))
    assert not is_signed_in(browser) and not RememberedDevice.objects.exists()
    assert browser.post(reverse("pin"), {"pin": PIN}).url == reverse("account_login")
    changes = AuditEntry.objects.filter(action=Action.ACCOUNT).count()
    officer_a.post(reverse("account", args=[user.pk]), {"do": "close"})
    assert AuditEntry.objects.filter(action=Action.ACCOUNT).count() == changes, "sent twice it has one effect"
    assert "已停用" in officer_a.get(reverse("accounts")).content.decode()


def test_closing_takes_back_a_link_that_waits(officer_a: Client) -> None:
    link = invite(officer_a)
    user = User.objects.get(name="孙村干")
    officer_a.post(reverse("account", args=[user.pk]), {"do": "close"})
    assert NO_LINK in Client().get(link, follow=True).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"role": "village_worker", "regions": make.VILLAGE_A},  # closed: not active
        {"role": "village_worker", "regions": make.VILLAGE_B, "is_active": "on"},
        {"role": "federation_staff", "regions": make.CITY, "is_active": "on"},
    ],
)
def test_neither_link_nor_device_outlives_what_the_account_was(
    officer_a: Client, cast: Cast, change: dict[str, str]
) -> None:
    """Who made the link answered for a village's worker: it must open neither a closed account nor a higher one."""
    browser = accepted(invite(officer_a))
    user = User.objects.get(name="孙村干")
    link = link_in(officer_a.post(reverse("account", args=[user.pk]), {"do": "link"}).content.decode())
    admin = Client()
    admin.force_login(cast.system_admin)
    address = reverse("admin:households_user_change", args=[user.pk])
    form = {"username": user.username, "name": user.name}
    assert admin.post(address, form | change).status_code == 302
    stranger = Client()
    assert NO_LINK in stranger.get(link, follow=True).content.decode()
    assert stranger.post(reverse("welcome"), {"secret": PASSWORD, "again": PASSWORD}).status_code == 404
    assert User.objects.get(pk=user.pk).is_active == ("is_active" in change)
    browser.post(reverse("pin"), {"pin": PIN})
    assert not is_signed_in(browser)


def test_an_account_is_handed_over(officer_a: Client) -> None:
    browser = accepted(invite(officer_a))
    browser.post(reverse("pin"), {"pin": PIN})
    old = User.objects.get(name="孙村干")
    page = officer_a.post(reverse("account", args=[old.pk]), {"do": "hand_over", "name": "周接任", "phone": ""})
    assert is_signed_in(browser), "until the successor has come, the predecessor works on"
    accepted(link_in(page.content.decode()), "730915")
    successor = User.objects.get(name="周接任")
    old.refresh_from_db()
    assert (successor.role, successor.regions, successor.is_active) == (old.role, old.regions, True)
    assert not old.is_active and not is_signed_in(browser)


def test_only_lower_roles_inside_ones_own_regions(officer_a: Client, cast: Cast) -> None:
    for values in (
        {"role": "county_officer", "region": make.COUNTY_A}, {"role": "federation_staff", "region": make.COUNTY_A},
        {"region": make.VILLAGE_B}, {"region": make.COUNTY_A}, {"role": "township_worker"},
    ):  # fmt: skip
        data = {"name": "孙越权", "role": "village_worker", "region": make.VILLAGE_A} | values
        assert officer_a.post(reverse("account_invite"), data).context["form"].errors, values
    assert not User.objects.filter(name="孙越权").exists()
    for account in (cast.officer_b, cast.federation_staff, cast.officer_a, cast.leader):
        assert officer_a.get(reverse("account", args=[account.pk])).status_code == 404
        assert officer_a.post(reverse("account", args=[account.pk]), {"do": "close"}).status_code == 404
    for values in (
        {"role": Role.LEADER, "region": make.COUNTY_A},
        {"role": Role.VILLAGE_WORKER, "region": make.VILLAGE_B},
    ):
        with pytest.raises(PermissionDenied):
            operations.invite(by=cast.officer_a, name="孙越权", **values)
    with pytest.raises(PermissionDenied):
        operations.close(by=cast.officer_a, user=cast.officer_b)
    both = make.user(Role.VILLAGE_WORKER, (make.VILLAGE_A, make.VILLAGE_B))
    assert not operations.managed_by(cast.officer_a).filter(pk=both.pk).exists(), "of two counties: the city's business"


def test_the_same_invitation_sent_twice_is_one_account(officer_a: Client) -> None:
    first, second = invite(officer_a), invite(officer_a)
    assert User.objects.filter(name="孙村干").count() == 1
    assert NO_LINK in Client().get(first, follow=True).content.decode()
    accepted(second)


def test_the_list_masks_and_stays_inside(officer_a: Client, officer_b: Client) -> None:
    invite(officer_a)
    page = officer_a.get(reverse("accounts")).content.decode()
    assert "孙村干" in page and "待启用" in page and "14403156001" not in page
    assert "孙村干" not in officer_b.get(reverse("accounts")).content.decode()
    account = officer_a.get(reverse("account", args=[User.objects.get(name="孙村干").pk])).content.decode()
    assert "144****6001" in account and "14403156001" not in account


def test_an_initial_password_must_be_changed_first(tangshan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_USER_PASSWORD", make.PASSWORD)
    call_command("add_user", "wu", "--role", Role.COUNTY_OFFICER, "--region", make.COUNTY_A, "--initial")
    browser = Client()
    sign_in(browser, "wu", make.PASSWORD)
    change = reverse("account_change_password")
    for page in ("home", "households", "uploads"):
        assert browser.get(reverse(page)).url == change
    browser.post(change, {"oldpassword": make.PASSWORD, "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.get(username="wu").password_is_initial and is_signed_in(browser)


def test_a_password_set_in_the_back_office_is_initial(cast: Cast, client: Client) -> None:
    client.force_login(cast.system_admin)
    url = reverse("admin:auth_user_password_change", args=[cast.officer_a.pk])
    client.post(url, {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"})
    assert User.objects.get(pk=cast.officer_a.pk).password_is_initial
