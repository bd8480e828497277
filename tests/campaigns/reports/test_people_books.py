"""Rosters, ledgers and household files leave the system: parted by township, within scope, with a reason, on record."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.test import Client

from campaigns import coverage
from households.audit.models import Action, AuditEntry
from households.models import Household
from tests import make
from tests.campaigns.reports.papers import content, text_of, world
from tests.conftest import Cast

PAGE = "/reports/lists/"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """The city's staff are signed in; a woman in a second township of county A."""
    world()
    make.person(make.household(make.VILLAGE_A3), birth=date_of(1966), name="冯玉梅")
    coverage.settle_touched()
    client.force_login(cast.federation_staff)
    return client


def date_of(year: int) -> object:
    return make.START.replace(year=year)


def taken(client: Client, region: str, what: str = "roster", parts: str = "sheets", reason: str = "报扶贫办") -> bytes:
    """The download."""
    return content(client.post(f"{PAGE}?region={region}", {"what": what, "parts": parts, "reason": reason}))


def rows_by_sheet(book: bytes) -> dict[str, list[list[object]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets
    }


def test_a_roster_has_a_sheet_for_each_township_and_everybody_once(staff: Client) -> None:
    found = rows_by_sheet(taken(staff, make.CITY))
    names = {title: sorted(str(row[4]) for row in rows) for title, rows in found.items()}
    assert names["丰南区黄各庄镇"] == ["吴桂枝", "周小宝", "赵小雨", "钱淑华"]
    assert sorted(name for part in names.values() for name in part if name in ("冯玉梅", "郑秀兰")) == [
        "冯玉梅",
        "郑秀兰",
    ]
    assert len(found) == 3
    everybody = coverage.as_of([make.CITY], make.REPORTING_DAY)[make.CITY].heads["persons"]
    assert sum(len(rows) for rows in found.values()) == everybody == 6


def test_a_zip_has_a_file_for_each_township(staff: Client) -> None:
    with zipfile.ZipFile(io.BytesIO(taken(staff, make.COUNTY_A, parts="files"))) as archive:
        assert len(archive.namelist()) == 2 and "丰南区黄各庄镇.xlsx" in archive.namelist()
        (rows,) = rows_by_sheet(archive.read("丰南区黄各庄镇.xlsx")).values()
    assert len(rows) == 4


def test_numbers_are_masked(staff: Client) -> None:
    cells = [str(cell) for rows in rows_by_sheet(taken(staff, make.CITY)).values() for row in rows for cell in row]
    assert not any(re.search(r"\d{15}[\dX]{3}$", cell) for cell in cells if cell.startswith("130299"))
    assert sum(bool(re.fullmatch(r"1302\*+[\dX]{4}", cell)) for cell in cells) == 6


def test_every_ledger_can_be_taken(staff: Client) -> None:
    html = staff.get(PAGE).content.decode()
    offered = re.findall(r'<option value="([a-z_]+-[a-z_]+|roster|combined)"', html)
    assert {"roster", "combined", "publicity-contacts", "cleaning-cleanings", "schooling-grants"} <= set(offered)
    for what in offered:
        response = staff.post(f"{PAGE}?region={make.CITY}", {"what": what, "parts": "sheets", "reason": "核对"})
        assert response.status_code in (200, 422), what
        if response.status_code == 422:
            assert "没有可导出的记录" in response.content.decode(), what


def test_a_ledgers_rows_are_those_of_its_table(staff: Client) -> None:
    (rows,) = rows_by_sheet(taken(staff, make.CITY, "publicity-contacts")).values()
    assert [(row[0], row[3]) for row in rows] == [("钱大山", "2018-06-10")]
    combined = rows_by_sheet(taken(staff, make.COUNTY_A, "combined"))
    assert sum(len(rows) for rows in combined.values()) == 5
    # What a county holds itself stands in a part of its own.
    assert list(rows_by_sheet(taken(staff, make.CITY, "schooling-donations"))) == ["丰南区"]


def test_a_single_village_gets_its_own_only(staff: Client) -> None:
    (rows,) = rows_by_sheet(taken(staff, make.VILLAGE_A2)).values()
    assert sorted(str(row[4]) for row in rows) == ["吴桂枝", "周小宝"]


@pytest.mark.usefixtures("staff")
def test_a_county_officer_takes_nobody_of_another_county(officer_a: Client, officer_b: Client) -> None:
    for what in ("roster", "combined", "publicity-contacts", "health-insured", "pairing-pairings"):
        response = officer_a.post(f"{PAGE}?region={make.COUNTY_A}", {"what": what, "parts": "sheets", "reason": "核对"})
        if response.status_code == 200:
            cells = str(rows_by_sheet(b"".join(response.streaming_content)))
            assert "郑秀兰" not in cells, what
    assert officer_a.post(f"{PAGE}?region={make.COUNTY_B}", {"what": "roster"}).status_code == 404
    assert "郑秀兰" in str(rows_by_sheet(taken(officer_b, make.COUNTY_B)))


def test_without_a_reason_nothing_leaves(staff: Client) -> None:
    before = AuditEntry.objects.filter(action=Action.EXPORT).count()
    for typed in (
        {},
        {"what": "roster", "parts": "sheets", "reason": "  "},
        {"what": "x-y", "parts": "sheets", "reason": "核对"},
    ):
        assert staff.post(PAGE, typed).status_code == 422
    assert AuditEntry.objects.filter(action=Action.EXPORT).count() == before


def test_what_leaves_is_on_record(staff: Client) -> None:
    taken(staff, make.COUNTY_A, reason="报扶贫办，电话14403150001")
    entry = AuditEntry.objects.filter(url_name="report_lists").latest("pk")
    assert entry.action == Action.EXPORT and entry.details == {"rows": 5, "parts": 2}
    assert entry.reason == "报扶贫办,电话[…]" and entry.region_code == make.COUNTY_A


def test_who_may_not_export_may_not(cast: Cast, staff: Client) -> None:
    for role in ("township_worker", "village_worker", "leader", "auditor", "system_admin"):
        staff.force_login(getattr(cast, role))
        assert staff.post(PAGE, {"what": "roster", "parts": "sheets", "reason": "核对"}).status_code == 403, role


def test_a_households_file_is_printed(staff: Client) -> None:
    home = Household.objects.get(head_name="钱大山")
    html = staff.get(f"/reports/households/{home.pk}/").content.decode()
    assert "建档立卡贫困户档案（一户一档）" in html and "赵小雨" in html and "入户宣讲" in html
    assert "/record/" not in html and "填表人：" in html
    assert f"/reports/households/{home.pk}/" in staff.get(f"/households/{home.pk}/").content.decode()
    entry = AuditEntry.objects.filter(url_name="household_file").latest("pk")
    assert entry.action == Action.PRINT and len(entry.people) == 2


def test_a_households_file_as_a_word_document(staff: Client) -> None:
    home = Household.objects.get(head_name="钱大山")
    assert staff.post(f"/reports/households/{home.pk}/", {}).status_code == 422
    text = text_of(content(staff.post(f"/reports/households/{home.pk}/", {"reason": "入档"})))
    assert "赵小雨" in text and "钱淑华" in text and "2018-06-20" in text and "未完成" in text
    assert re.search(r"1302\*+", text) and not re.search(r"130299\d{11}", text)
    entry = AuditEntry.objects.filter(url_name="household_file").latest("pk")
    assert entry.action == Action.EXPORT and entry.reason == "入档" and entry.about_id == str(home.pk)


@pytest.mark.usefixtures("staff")
def test_a_household_of_another_county_has_no_file(cast: Cast, officer_b: Client) -> None:
    home = Household.objects.get(head_name="钱大山")
    assert officer_b.get(f"/reports/households/{home.pk}/").status_code == 404
    assert officer_b.post(f"/reports/households/{home.pk}/", {"reason": "x"}).status_code == 404
    officer_b.force_login(cast.village_worker)
    page = officer_b.get(f"/reports/households/{home.pk}/").content.decode()
    main = page.split("<main")[1]
    assert "证件号码" not in main and "下载Word文档" not in main
    assert officer_b.post(f"/reports/households/{home.pk}/", {"reason": "x"}).status_code == 403
