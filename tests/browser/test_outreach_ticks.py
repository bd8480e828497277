"""Ticking off households on a phone whose signal goes and comes back."""

import io
import json

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from campaigns import coverage
from campaigns.models import Contact, ContactPhoto
from households.models import HouseholdSpell, Installation
from tests import make
from tests.browser.test_pages import browser, context, pytestmark
from tests.browser.test_upload import in_worker
from tests.conftest import Cast

__all__ = ["browser", "pytestmark"]
WIDTH = 390


@pytest.fixture
def worker(cast: Cast, client: Client) -> str:
    """The session of the village's worker; three households with a woman each."""
    Installation.objects.update(is_demonstration=True)
    for head in ("赵甲", "钱乙", "孙丙"):
        make.person(make.household(head_name=head))
    coverage.settle_touched()
    client.force_login(cast.village_worker)
    return str(client.cookies["sessionid"].value)


@pytest.fixture
def phone(live_server: LiveServer, worker: str, browser: Browser) -> Page:
    """Her list, opened."""
    page = context(browser, live_server.url, worker, WIDTH).new_page()
    page.goto(f"{live_server.url}/actions/publicity/rounds/")
    page.select_option("#id_kind", "visit")
    page.fill("#id_speaker", "周宣讲")
    page.click("main button:has-text('打开名单')")
    page.wait_for_selector(".tick-list")
    return page


def recorded() -> list[str]:
    """The heads of the households with a contact, one for each contact."""
    return in_worker(lambda: sorted(Contact.objects.values_list("household__head_name", flat=True)))


def state(page: Page, head: str) -> str:
    return page.inner_text(f".tick-row:has-text('{head}') .tick-state")


def tick(page: Page, head: str) -> None:
    page.click(f".tick-row:has-text('{head}') .tick")


def wait_for(page: Page, head: str, words: str) -> None:
    page.wait_for_selector(f".tick-row:has-text('{head}') .tick-state:has-text('{words}')")


def test_ticks_without_signal_wait_nameless_and_are_recorded_once_when_it_is_back(phone: Page) -> None:
    phone.context.set_offline(True)
    tick(phone, "赵甲")
    tick(phone, "钱乙")
    wait_for(phone, "赵甲", "等待补传")
    wait_for(phone, "钱乙", "等待补传")
    assert phone.inner_text("#tick-queue").startswith("2条勾选还没有传到系统")
    kept = phone.evaluate("JSON.stringify({...localStorage})")
    assert len(json.loads(json.loads(kept)["contact-ticks"])) == 2
    assert not any(word in kept for word in ("赵甲", "钱乙", "周宣讲", "130207"))
    assert recorded() == []
    phone.context.set_offline(False)
    wait_for(phone, "赵甲", "已保存")
    wait_for(phone, "钱乙", "已保存")
    assert phone.evaluate("localStorage.getItem('contact-ticks')") == "[]"
    assert not phone.is_visible("#tick-queue")
    assert recorded() == ["赵甲", "钱乙"]
    assert phone.inner_text("#tick-count") == "2"
    phone.reload()
    assert (state(phone, "赵甲"), state(phone, "孙丙")) == ("已保存", "")
    assert phone.inner_text("#tick-count") == "2"


def test_what_waits_survives_closing_the_page_and_a_lost_answer(phone: Page) -> None:
    # The server records the tick, its answer is lost on the way.
    phone.route("**/ticks/", lambda route: (route.fetch(), route.abort()))
    tick(phone, "赵甲")
    wait_for(phone, "赵甲", "等待补传")
    phone.unroute("**/ticks/")
    phone.goto(phone.url.rsplit("/", 2)[0] + "/")
    phone.wait_for_load_state("networkidle")
    for _again in range(50):
        if phone.evaluate("localStorage.getItem('contact-ticks')") == "[]":
            break
        phone.wait_for_timeout(100)
    assert phone.evaluate("localStorage.getItem('contact-ticks')") == "[]"
    assert recorded() == ["赵甲"]


def test_a_refusal_stands_at_the_household_and_can_be_tried_again(phone: Page) -> None:
    in_worker(lambda: HouseholdSpell.objects.get(household__head_name="孙丙").delete())
    tick(phone, "孙丙")
    wait_for(phone, "孙丙", "该户在")
    assert not phone.is_checked(".tick-row:has-text('孙丙') input")
    assert phone.is_enabled(".tick-row:has-text('孙丙') input")
    assert recorded() == []


def test_signed_out_meanwhile_it_waits_for_her(phone: Page, cast: Cast) -> None:
    cookies = phone.context.cookies()
    phone.context.clear_cookies()
    tick(phone, "赵甲")
    phone.wait_for_selector("#tick-queue:has-text('登录已过期')")
    assert recorded() == []
    phone.context.add_cookies(cookies)
    phone.click("#tick-queue a:has-text('重新登录')")
    wait_for(phone, "赵甲", "已保存")
    assert recorded() == ["赵甲"]


def test_the_list_fits_a_phone_and_a_thumb(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert min(box["height"] for one in phone.query_selector_all(".tick") if (box := one.bounding_box())) >= 44


def photos() -> list[str]:
    """The heads of the households with a photo, one for each photo."""
    return in_worker(lambda: sorted(ContactPhoto.objects.values_list("contact__household__head_name", flat=True)))


def take_photo(page: Page, head: str) -> None:
    content = io.BytesIO()
    Image.effect_noise((2400, 1800), 80).convert("RGB").save(content, "JPEG")
    page.set_input_files(
        f".tick-row:has-text('{head}') .tick-photo",
        {"name": "赵甲家.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()},
    )


def test_photos_without_signal_wait_encrypted_and_are_kept_once(phone: Page) -> None:
    phone.context.set_offline(True)
    tick(phone, "赵甲")
    wait_for(phone, "赵甲", "等待补传")
    take_photo(phone, "赵甲")
    phone.wait_for_selector("#photo-queue:has-text('1张照片还没有传到系统')")
    kept = phone.evaluate(READ_STORE)
    assert (kept["fields"], kept["isJpeg"]) == (["data", "iv", "key", "owner", "token"], False)
    phone.context.set_offline(False)
    phone.wait_for_selector(".tick-photo-state:has-text('已传1张')")
    assert (recorded(), photos()) == (["赵甲"], ["赵甲"])
    assert phone.evaluate(READ_STORE)["count"] == 0


def test_a_photo_whose_answer_was_lost_is_one_photo(phone: Page) -> None:
    tick(phone, "赵甲")
    wait_for(phone, "赵甲", "已保存")
    phone.route("**/ticks/photos/", lambda route: (route.fetch(), route.abort()))
    with phone.expect_event("requestfailed"):
        take_photo(phone, "赵甲")
    phone.wait_for_selector(".tick-photo-state:has-text('1张待传')")
    phone.unroute("**/ticks/photos/")
    phone.reload()
    phone.wait_for_selector(".tick-photo-state:has-text('已传1张')")
    assert photos() == ["赵甲"]


# What IndexedDB holds: names of the fields, and whether the bytes are those of a JPEG.
READ_STORE = """() => new Promise((resolve) => {
  const opening = indexedDB.open("contact-photos", 1);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("photos").objectStore("photos").getAll();
    asked.onsuccess = () => {
      const one = asked.result[0];
      const head = one ? new Uint8Array(one.data) : [];
      resolve({count: asked.result.length, fields: one ? Object.keys(one).sort() : [], isJpeg: head[0] === 255 && head[1] === 216});
    };
  };
})"""
