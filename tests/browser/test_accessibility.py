"""axe-core on every page, in both themes, and the buttons that need a script."""

from collections.abc import Iterable
from importlib import resources

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from campaigns import coverage
from tests import make
from tests.attack_world import build
from tests.browser.test_pages import CHROMIUM, browser, context, session
from tests.conftest import Cast
from tests.test_room_attacks import signed_in, starts

__all__ = ["browser", "session"]
# One page of each make; the long round looks at all of them, in both themes.
LOOKED_AT = (
    "/", "/dashboard/", f"/unfinished/pairing/{make.COUNTY_A}/", "/households/", "/uploads/", "/reports/briefing/",
    "/submissions/", "/admin/campaigns/pairing/add/",
)  # fmt: skip
_RULES = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: {"target-size": {enabled: true}}})"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


def violations(page: Page) -> list[str]:
    """What axe finds: rule and the first element."""
    found = page.evaluate(_RULES)["violations"]
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.fixture
def everywhere(cast: Cast, session: str) -> list[str]:
    """Every page that shows something: addresses without an object, rooms and tables, and those of county A's objects.
    Made before the browser, whose loop keeps Django from the database."""
    with transaction.atomic():  # what is set for the while it is built ends with it
        world = build(cast)
    client, addresses = signed_in(cast.federation_staff), starts(make.COUNTY_A, world.arguments)
    coverage.settle_touched()
    answers = {address: client.get(address) for address in addresses if "region=" not in address}
    shown = {one: answer for one, answer in answers.items() if answer.status_code == 200 and not answer.streaming}
    return [address for address, answer in shown.items() if answer.content.lower().startswith(b"<!doctype html")]


def looked_through(page: Page, url: str, paths: Iterable[str]) -> list[str]:
    """What axe finds on all of them."""
    package = pytest.importorskip("axe_playwright_python", reason="brings axe-core")
    script = resources.files(package).joinpath("axe.min.js").read_text(encoding="utf-8")
    faults: list[str] = []
    for path in paths:
        page.goto(url + path)
        page.evaluate(script)
        faults += violations(page)
    return faults


def test_a_page_of_each_make_passes_axe(live_server: LiveServer, session: str, browser: Browser) -> None:
    # The script under test is put in past the page's own rules for scripts.
    page = context(browser, live_server.url, session, 1366, bypass_csp=True).new_page()
    assert looked_through(page, live_server.url, LOOKED_AT) == []


@pytest.mark.long
@pytest.mark.parametrize(("theme", "width"), [("light", 1366), ("dark", 390)])
def test_every_page_passes_axe(
    live_server: LiveServer, session: str, everywhere: list[str], browser: Browser, theme: str, width: int
) -> None:
    assert len(everywhere) > 150
    page = context(browser, live_server.url, session, width, color_scheme=theme, bypass_csp=True).new_page()
    faults = looked_through(page, live_server.url, everywhere)
    assert faults == [], "\n".join(faults)


def test_the_sentence_is_copied_where_the_browser_has_no_clipboard(
    live_server: LiveServer, session: str, browser: Browser
) -> None:
    """Plain http in an office: only the old way of copying is there."""
    opened = context(browser, live_server.url, session, 1366)
    opened.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page = opened.new_page()
    page.goto(f"{live_server.url}/reports/")
    page.evaluate("document.addEventListener('copy', () => { window.copied = document.getSelection().toString(); })")
    page.click("[data-copy]")
    assert page.inner_text("[data-copy]") == "已复制"


def test_without_scripts_no_button_waits_for_one(live_server: LiveServer, session: str, browser: Browser) -> None:
    page = context(browser, live_server.url, session, 1366, java_script_enabled=False).new_page()
    for path in ("/reports/", "/dashboard/"):
        page.goto(live_server.url + path)
        assert page.locator("[data-copy]:visible, [data-fullscreen]:visible").count() == 0
