"""A passkey in a real browser: added, used as the second step of signing in, renamed; nothing is blocked by the page's rules."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from households.access import Role
from tests import make
from tests.browser.test_pages import CHROMIUM, browser, context
from tests.test_sign_in import code_now, secret_of

__all__ = ["browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def secret(tangshan: None) -> str:
    """Of the authenticator of a member of the city's staff. Made before the browser, whose loop keeps Django from the database."""
    cache.clear()
    return secret_of(make.user(Role.FEDERATION_STAFF, (make.CITY,), username="wang"))


def send(page: Page) -> None:
    page.locator("main form .button-primary, main form button[type=submit]").first.click()
    page.wait_for_load_state()


def prove(page: Page) -> None:
    """The password once more, which every change of the second step asks for."""
    page.wait_for_url("**/reauthenticate/**")
    page.fill("input[name=password]", make.PASSWORD)
    send(page)


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", "wang")
    page.fill("input[name=password]", make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")


def test_a_passkey_is_added_and_is_the_second_step_from_then_on(
    live_server: LiveServer, secret: str, browser: Browser
) -> None:
    page = context(browser, live_server.url, "", 1366).new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    enter(page, live_server.url)
    page.fill("input[name=code]", code_now(secret))
    send(page)
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    prove(page)
    page.fill("input[name=name]", "办公室电脑")
    send(page)
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.context.clear_cookies()
    enter(page, live_server.url)
    page.get_by_role("button", name="使用安全密钥").click()
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/")
    row = page.locator("main tbody tr").inner_text()
    assert "办公室电脑" in row and "尚未使用" not in row
    page.get_by_role("link", name="改名").click()
    prove(page)
    page.fill("input[name=name]", "新电脑")
    send(page)
    assert "新电脑" in page.inner_text("main")
    assert complaints == []
