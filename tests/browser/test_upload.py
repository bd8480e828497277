"""An officer uploads her county's roster in a real browser, follows the work, confirms, and takes her workbook home."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from campaigns import tasks
from households.intake.models import ImportBatch
from households.models import Person, Region
from households.regions import load_regions
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SAMPLES = Path(__file__).parents[1] / "data"
WIDTHS = (1440, 1366, 390)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(live_server: LiveServer, cast: Cast, client: Client) -> Iterator[Page]:
    """The upload page, the officer of 迁西县 signed in; complaints of the browser (CSP, scripts) fail the test."""
    load_regions()
    client.force_login(cast.officer_b)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(f"{live_server.url}/uploads/")
        yield opened
        browser.close()
    assert complaints == []


def in_worker[Answer](work: Callable[[], Answer]) -> Answer:
    """Touch the database from another thread: playwright keeps an event loop in this one."""

    def run() -> Answer:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def check_all() -> None:
    """What the worker does with every upload that waits."""
    for batch in ImportBatch.objects.filter(state="uploaded"):
        tasks.check_batch.func(str(batch.pk))


def apply_all() -> None:
    """What the worker does with every confirmed preview."""
    for batch in ImportBatch.objects.filter(state="applying"):
        tasks.apply_batch.func(str(batch.pk), batch.created_by_id)


def test_the_system_export_goes_in_completely_through_the_page(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#files", SAMPLES / "qianxi_system_export_g1.xlsx")
    assert "KB" in page.locator("#chosen").inner_text()
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_selector("#progress")
    in_worker(check_all)  # the page notices by itself
    page.wait_for_selector(".stats")
    assert "171" in page.locator(".stats").inner_text()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载核对结果").click()
    assert waiting.value.suggested_filename == "核对结果.xlsx"
    waiting.value.save_as(tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames[0] == "核对说明"
    page.get_by_role("button", name="确认导入171行").click()
    page.wait_for_selector("#progress")
    in_worker(apply_all)
    page.wait_for_selector(".callout-ok")
    assert "已导入171行" in page.locator(".callout-ok").inner_text()
    assert in_worker(Person.objects.filter(county_code=make.COUNTY_B).count) == 171


def test_files_can_be_dropped_and_a_wrong_one_is_explained(page: Page) -> None:
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["%PDF-1.4"], "通知.xlsx"));
            const drop = new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true});
            document.querySelector(".drop-zone").dispatchEvent(drop);
        }"""
    )
    assert "通知.xlsx" in page.locator("#chosen").inner_text()
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_selector("#progress")
    in_worker(check_all)
    page.wait_for_selector(".callout-bad")
    assert "这不是电子表格文件" in page.locator(".callout-bad").inner_text()


def test_one_box_ticks_everybody_who_is_not_listed(
    page: Page, live_server: LiveServer, cast: Cast, tmp_path: Path
) -> None:
    def rosters() -> str:
        village = Region.objects.filter(code__startswith=make.COUNTY_B, level=Region.Level.VILLAGE).first()
        assert village is not None
        assert village.parent is not None
        home = {"县": "迁西县", "乡镇": village.parent.name, "行政村": village.name, "户编号": f"{village.code}0001"}
        family = [
            person(姓名=name, 证件号码=make.id_number(date(1960 + at, 1, 1)), 与户主关系=relation, **home)
            for at, (name, relation) in enumerate((("钱大山", "户主"), ("赵秀兰", "之母"), ("李春花", "之女")))
        ]
        imported(write(tmp_path / "first.xlsx", family), cast.officer_b)
        return str(imported(write(tmp_path / "later.xlsx", family[:1]), cast.officer_b)["batch"])

    page.goto(f"{live_server.url}/uploads/{in_worker(rosters)}/?show=missing")
    boxes, everybody = page.locator("tbody input[name=people]"), page.get_by_label("全选本页")
    assert boxes.count() == 2
    everybody.check()
    assert [box.is_checked() for box in boxes.all()] == [True, True]
    boxes.first.uncheck()
    assert not everybody.is_checked()
    everybody.check()
    page.get_by_role("button", name="处理勾选的人").click()
    page.get_by_text("已处理2人").wait_for()
