"""axe-core on the leadership's pages, in both themes, and the buttons that need a script."""

from importlib import resources

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from campaigns import coverage
from campaigns.business_day import business_date
from tests import make
from tests.browser.test_pages import CHROMIUM, browser, context, session
from tests.conftest import Cast

__all__ = ["browser", "session"]
LOOKED_AT = (
    "/", "/dashboard/", f"/dashboard/{make.COUNTY_A}/", f"/dashboard/{make.VILLAGE_A}/", f"/dashboard/{make.CITY}/ranking/",
    f"/dashboard/{make.CITY}/outlook/", f"/dashboard/{make.CITY}/compare/", f"/unfinished/pairing/{make.COUNTY_A}/",
    f"/unfinished/pairing/{make.COUNTY_A}/falling-out/", "/submissions/", "/reports/", "/reports/progress/",
    "/reports/briefing/", "/reports/lists/", "/households/",
)  # fmt: skip
_RULES = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: {"target-size": {enabled: true}}})"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def reported(cast: Cast, session: str) -> list[str]:
    """Addresses of an open round and of what a county submitted in it. Made before the browser, whose loop keeps Django
    from the database."""
    made = make.submission(cast.officer_a, make.report_round(due_on=business_date()))
    coverage.settle_touched()
    return [f"/submissions/{made.round_id}/{make.CITY}/", f"/submissions/entry/{made.pk}/"]


def violations(page: Page) -> list[str]:
    """What axe finds: rule and the first element."""
    found = page.evaluate(_RULES)["violations"]
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_the_leaderships_pages_pass_axe(
    live_server: LiveServer, session: str, reported: list[str], browser: Browser, theme: str
) -> None:
    package = pytest.importorskip("axe_playwright_python", reason="brings axe-core")
    script = resources.files(package).joinpath("axe.min.js").read_text(encoding="utf-8")
    # The script under test is put in past the page's own rules for scripts.
    page = context(browser, live_server.url, session, 1366, color_scheme=theme, bypass_csp=True).new_page()
    faults: list[str] = []
    for path in (*LOOKED_AT, *reported):
        page.goto(live_server.url + path)
        page.evaluate(script)
        faults += violations(page)
    assert faults == []


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
