"""The main pages in a real browser: in Chinese, without complaints (CSP, scripts), nothing wider than the screen."""

import re
import shutil
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.conftest import Cast

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGES = (
    "/", "/dashboard/", "/unfinished/pairing/130207/", "/households/", "/uploads/", "/duplicates/", "/duplicates/decided/", "/admin/",
    "/admin/households/person/", "/admin/households/person/add/", "/admin/campaigns/pairing/add/",
    "/admin/campaigns/policy/add/", "/admin/campaigns/helper/import/", "/accounts/password/change/",
    "/accounts/2fa/", "/accounts/sessions/", "/nowhere/", "/reports/", "/reports/progress/", "/reports/briefing/",
    "/reports/template/", "/reports/lists/", "/dashboard/1302/ranking/", "/dashboard/1302/outlook/",
    "/dashboard/1302/compare/", "/dashboard/130207/", "/unfinished/pairing/130207/falling-out/", "/submissions/",
)  # fmt: skip
# Words of the trade that are Latin by nature.
LATIN = re.compile(
    r"English|Excel|Word|docx|endif|xlsx?|XLSX|WPS|ODS|CSV|csv|tsv|ods|IP|KB|MB|Mozilla.*|HTML|GBK|UTF-8|id|et\b"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture
def session(cast: Cast, client: Client) -> str:
    """The city's officer, signed in; one household with a woman nobody helps yet and a girl who is not at school."""
    home = make.household(make.VILLAGE_A)
    make.person(home, name="金某甲", pinyin="jin mou jia")
    make.person(home, birth=date(2008, 5, 1), school_status="非在校生")
    client.force_login(cast.federation_staff)
    return str(client.cookies["sessionid"].value)


def context(browser: Browser, address: str, session: str, width: int, **options: object) -> BrowserContext:
    opened = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 768}, **options)
    opened.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return opened


# 1440 and 1366 are what offices have, 768 a tablet, 390 a phone; the narrow ones break first, the others in the long round.
@pytest.mark.parametrize("width", [1366, 390, *(pytest.param(width, marks=pytest.mark.long) for width in (1440, 768))])
def test_pages_fit_speak_chinese_and_make_no_complaint(
    live_server: LiveServer, session: str, browser: Browser, width: int
) -> None:
    page = context(browser, live_server.url, session, width).new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    faults: list[object] = []
    for path in PAGES:
        page.goto(live_server.url + path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{path} is {overflow}px wider than {width}px"] if overflow > 0 else []
        english = [
            line for line in page.inner_text("body").splitlines() if re.search(r"[A-Za-z]{4,}", LATIN.sub("", line))
        ]
        faults += [(path, line) for line in english]
        faults += [f"{path} has no heading"] if page.locator("h1").count() == 0 else []
    assert faults == []
    # The page that does not exist says so to the console as well.
    assert [text for text in complaints if "404" not in text] == []


def test_in_english_too_a_phone_shows_tables_as_cards_that_fit(
    live_server: LiveServer, session: str, browser: Browser
) -> None:
    # Longer words than the Chinese ones: a label or figure that may not break pushes the card off the screen.
    opened = context(browser, live_server.url, session, 390)
    opened.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = opened.new_page()
    faults: list[object] = []
    for path in ("/dashboard/1302/outlook/", "/actions/", "/suspect-data/", "/accounts/sessions/"):
        page.goto(live_server.url + path)
        faults += page.evaluate(
            """path => {
                document.querySelectorAll("main details").forEach(one => { one.open = true; });
                return [document.documentElement, ...document.querySelectorAll(".table-wrap")]
                    .filter(one => one.scrollWidth > one.clientWidth)
                    .map(one => [path, one.getAttribute("aria-label") || one.tagName]);
            }""",
            path,
        )
    assert faults == []


def test_a_chooser_of_the_back_office_finds_a_person_without_her_name_in_an_address(
    live_server: LiveServer, session: str, browser: Browser
) -> None:
    page = context(browser, live_server.url, session, 1366).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/admin/campaigns/pairing/add/")
    page.click(".field-person .select2-selection")
    page.fill(".select2-search__field", "金某")
    page.click(".select2-results__option:has-text('金某甲')")
    assert page.inner_text(".field-person .select2-selection__rendered").strip().endswith("金某甲")
    assert any("autocomplete" in address for address in asked)
    assert not any("%E9%87%91" in address or "金" in address for address in asked)


def test_signing_in_and_out_works_without_scripts(live_server: LiveServer, cast: Cast, browser: Browser) -> None:
    page = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/")
    page.fill("input[name=login]", cast.officer_a.username)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button[type=submit]")
    assert "您好" in page.inner_text("h1")
    page.click(".user-menu summary")
    page.click(".user-menu button[type=submit]")
    assert page.inner_text("h1") == "登录"


def test_a_refused_form_is_told_where_the_reader_is(live_server: LiveServer, session: str, browser: Browser) -> None:
    page = context(browser, live_server.url, session, 390).new_page()
    page.goto(f"{live_server.url}/users/invite/")
    page.click("main button:has-text('生成邀请链接')")
    page.wait_for_selector(".form-errors:focus")
    top, bottom = page.evaluate("(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())")
    assert 0 <= top < bottom <= 768


def test_a_download_is_asked_for_again_as_soon_as_something_was_changed(
    live_server: LiveServer, session: str, browser: Browser
) -> None:
    page = context(browser, live_server.url, session, 1366).new_page()
    page.goto(f"{live_server.url}/reports/briefing/")
    for issue in ("1", "2"):
        page.fill("#id_issue", issue)
        with page.expect_download() as waiting:
            page.click("main form .button-primary")
        assert waiting.value.suggested_filename.endswith(".docx")


def test_the_skip_link_is_the_first_stop_of_the_keyboard(
    live_server: LiveServer, session: str, browser: Browser
) -> None:
    page = context(browser, live_server.url, session, 1366).new_page()
    page.goto(f"{live_server.url}/dashboard/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("address", ["/reports/", "/admin/"])
def test_a_household_is_found_from_any_page_by_a_key(
    live_server: LiveServer, session: str, browser: Browser, address: str, width: int
) -> None:
    page = context(browser, live_server.url, session, width).new_page()
    page.goto(live_server.url + address)
    page.keyboard.press("/")
    panel = page.locator(".header-search .header-menu-panel").bounding_box()
    assert panel and panel["x"] >= 0 and panel["x"] + panel["width"] <= width
    page.keyboard.type("jmj")
    page.keyboard.press("Enter")
    page.wait_for_url("**/households/")
    assert page.get_by_text("金某甲").count() == 1


@pytest.fixture
def long_named(cast: Cast, client: Client) -> str:
    """A county's officer with a long name, signed in."""
    cast.officer_a.name = "王晓梅·丰南区妇女联合会权益部"
    cast.officer_a.save()
    client.force_login(cast.officer_a)
    return str(client.cookies["sessionid"].value)


def test_no_entry_of_the_navigation_runs_out_of_a_laptops_screen(
    live_server: LiveServer, long_named: str, browser: Browser
) -> None:
    opened = context(browser, live_server.url, long_named, 1366)
    opened.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = opened.new_page()
    page.goto(live_server.url + "/reports/")
    edge = page.evaluate("document.querySelector('.site-nav').getBoundingClientRect().right")
    ends = page.evaluate("[...document.querySelectorAll('.site-nav a')].map(a => a.getBoundingClientRect().right)")
    assert len(ends) > 8 and max(ends) <= edge + 0.5


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_meeting_mode_is_one_screen_without_what_is_for_the_desk(
    live_server: LiveServer, session: str, browser: Browser, language: str
) -> None:
    opened = context(browser, live_server.url, session, 1366)
    opened.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page = opened.new_page()
    page.goto(f"{live_server.url}/dashboard/")
    page.click("[data-fullscreen]")
    page.wait_for_function("document.fullscreenElement !== null")
    page.wait_for_selector(".board-actions")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator(".figure-card:visible").count() == 5
    assert page.locator("main > details:visible, main .no-print a:visible").count() == 0
    assert page.locator("[data-fullscreen]:visible").count() == 1
