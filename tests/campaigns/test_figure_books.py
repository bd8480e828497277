"""Tables of figures as workbooks: made of the page, cell for cell, with its rights; and how they are counted."""

import io
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.test.html import Element, parse_html
from django.urls import NoReverseMatch, reverse
from openpyxl.worksheet.worksheet import Worksheet

from campaigns import coverage
from campaigns.models import LeafletMovement
from households.access import Role
from households.audit.models import Action, AuditEntry
from tests import everything, make
from tests.attack_world import CANARY, HOME, ILL, MINOR, NAMED, build
from tests.campaigns.rooms import outreach_make
from tests.conftest import Cast
from tests.test_room_attacks import signed_in

ASKED = {"day": "2018-06-30"}
# Every marked table: the address that shows it, its name on the page.
MARKED = {
    ("dashboard", "regions"), ("dashboard_region", "regions"), ("dashboard_ranking", "ranking"),
    ("dashboard_comparison", "comparison"), ("dashboard_outlook", "outlook"), ("survey_rates", "rates"),
    ("survey_wishes", "wishes"), ("cleaning_quality", "quality"), ("leaflet_stock", "stock"),
    ("submission_rounds", "rounds"), ("submission_round", "progress"), ("submission", "frozen"),
    ("submission_submit", "report"), ("schooling_payments", "payments"), ("schooling_fund", "fund"),
    ("livelihood_training", "sessions"), ("enrolment", "prospects"), ("minors_report", "looks"), ("rooms", "actions"),
    ("room", "figures"), ("event", "participants"),
}  # fmt: skip
SHOWING = sorted({name for name, _table in MARKED})
EVERY_PAGE = sorted(name for name in everything.NAMES if ":" not in name)


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """Two counties, one ahead of the other, and nobody in the rest."""
    for village, visited in ((make.VILLAGE_A, True), (make.VILLAGE_B, False)):
        home = make.household(village)
        make.person(home)
        if visited:
            make.contact(home, village=village, on=date(2018, 6, 10))
    coverage.settle_touched()
    client.force_login(cast.federation_staff)
    return client


def book(client: Client, address: str, table: str, **query: str) -> Worksheet:
    answer = client.get(address, ASKED | query | {"table": table})
    assert answer.status_code == 200 and ".xlsx" in answer.headers["Content-Disposition"], address
    return openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]


def rows_of(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def table_of(client: Client, look: str, table: str, **query: str) -> list[tuple[Any, ...]]:
    return rows_of(book(client, reverse(look, args=[make.CITY]), table, **query))


def names_on(page: str) -> list[str]:
    return re.findall(r'data-table="([a-z]+)"', page)


def elements(within: Element) -> Iterator[Element]:
    yield within
    for child in within.children:
        if isinstance(child, Element):
            yield from elements(child)


def marked(page: str, table: str) -> Element:
    return next(one for one in elements(parse_html(page)) if ("data-table", table) in one.attributes)


def told(element: Element) -> str:
    """All its words."""
    parts = [told(child) if isinstance(child, Element) else child for child in element.children]
    return " ".join(" ".join(parts).split())


def pages(
    client: Client, arguments: dict[str, list[Any]], names: Iterable[str] = SHOWING
) -> Iterator[tuple[str, str, str]]:
    """Name, address and text of every page of these that has a marked table."""
    for name in names:
        try:
            address = reverse(name, args=arguments.get(name, []))
        except NoReverseMatch:
            continue
        answer = client.get(address)
        if answer.status_code == 200 and not answer.streaming and "data-table=" in (page := answer.text):
            yield name, address, page


def test_every_marked_table_is_a_workbook_with_the_pages_figures(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)  # refusals are not worth their tracebacks
    arguments = everything.arguments_of(cast)
    outreach_make.leaflets()
    make.donation(make.Fund.objects.get(pk=arguments["schooling_fund"][0]))
    coverage.settle_touched()
    met = set()
    users = (
        (cast.federation_staff, EVERY_PAGE),
        (cast.officer_a, SHOWING),
        (make.user(Role.AUDITOR, (make.CITY,)), SHOWING),
    )
    for user, names in users:
        client = signed_in(user)
        for name, address, page in pages(client, arguments, names):
            for table in names_on(page):
                sheet = book(client, address, table)
                same = client.get(address, ASKED).text
                assert f"table={table}" in same, (name, table)  # there is a link
                compare(marked(same, table), sheet)
                met.add((name, table))
    assert met == MARKED


def compare(table: Element, sheet: Worksheet) -> None:
    """Every number that the page shows in a row, and its first words, stand in the workbook's row."""
    attributes = dict(table.attributes)
    assert sheet["A1"].value == attributes["data-figures"]
    lines = [one for one in elements(table) if one.name == "tr" and any(c.name == "td" for c in elements(one))]
    lines = lines or [one for one in elements(table) if "data-row" in dict(one.attributes)]
    assert lines
    first = int(sheet.freeze_panes[1:])
    for line, row in zip(lines, sheet.iter_rows(min_row=first), strict=False):
        written = {shown_as(cell) for cell in row}
        numbers = [
            number for number in re.findall(r"[\d.]+%?", re.sub(r"\d+月\d+日", "", told(line))) if number.strip(".")
        ]
        assert {number.rstrip(".") for number in numbers} <= written | set(re.findall(r"[\d.]+%?", str(written))), told(
            line
        )


def shown_as(cell: Any) -> str:
    """A cell as the spreadsheet shows it."""
    if cell.number_format == "0.0%":
        return f"{cell.value:.1%}"
    return "" if cell.value is None else str(cell.value)


def test_no_person_stands_in_any(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """Names, illness and homes of the world of the attacks are marked by rare characters."""
    caplog.set_level(logging.CRITICAL)
    world = build(cast)
    met = set()
    for user, arguments, never in (
        (cast.officer_a, world.arguments, NAMED + MINOR + ILL + HOME),
        (cast.officer_b, world.own, CANARY),
    ):
        client = signed_in(user)
        for name, address, page in pages(client, arguments):
            for table in names_on(page):
                answer = client.get(address, {"table": table})
                inside = str(rows_of(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]))
                assert not set(never) & set(inside + answer.headers["Content-Disposition"]), (name, table)
                met.add(name)
    assert len(met) > 15


def test_the_contest(staff: Client) -> None:
    address = reverse("dashboard_ranking", args=[make.CITY])
    assert (
        "?day=2018-06-30&amp;target=publicity&amp;table=ranking"
        in staff.get(address, ASKED | {"target": "publicity"}).text
    )
    sheet = book(staff, address, "ranking", target="publicity")
    title, above, groups, below, first, second, *rest = rows_of(sheet)
    assert title[0] == "唐山市擂台赛排名（脱贫攻坚宣传）" and above[0] == "唐山市" and "截至2018年6月30日" in str(above)
    assert groups[2:4] == ("区划", "完成率") and below[:2] == ("名次", "并列") and below[4:6] == ("已完成", "应完成")
    assert first[:8] == (1, "", "丰南区", 1, 1, 1, 0, 100) and second[:7] == (2, "", "迁西县", 0, 0, 1, 1)
    assert sheet["D5"].number_format == "0.0%" and sheet["A3"].font.b and sheet.freeze_panes == "A5"
    assert {str(one) for one in sheet.merged_cells.ranges} >= {"A3:B3", "C3:C4", "E3:F3"}
    assert "名次变化自2018年5月31日起" in str(rest) and "统计口径第1版" in str(rest)


def test_the_contest_of_all_five(staff: Client) -> None:
    first = table_of(staff, "dashboard_ranking", "ranking")[4]
    places = staff.get(reverse("dashboard_ranking", args=[make.CITY]), ASKED).context["ranking"].places
    assert first[:3] == (1, "", "丰南区") and first[3] == pytest.approx(places[0].score / 100)
    assert first[4] == places[0].gap


def test_two_sides(staff: Client) -> None:
    asked = {"with": make.COUNTY_B, "with_day": "2018-06-01"}
    rows = {row[0]: row for row in table_of(staff, "dashboard_comparison", "comparison", **asked) if row[0]}
    page = staff.get(reverse("dashboard_comparison", args=[make.CITY]), ASKED | asked)
    publicity = page.context["rows"][0]
    assert rows["脱贫攻坚宣传"] == ("脱贫攻坚宣传", 0.5, 1, 2, 1, 0, 0, 1, 1, publicity.points)
    assert [cell or None for cell in rows["有妇女或儿童的户"]][1:] == [None, None, 2, None, None, None, 1, None, 1]
    assert rows["春蕾助学"][1] == "无任务"


def test_the_forecast(staff: Client) -> None:
    rows = {row[0]: row for row in table_of(staff, "dashboard_outlook", "outlook") if row[0]}
    found = staff.get(reverse("dashboard_outlook", args=[make.CITY]), ASKED).context["outlook"]
    one = found.forecasts[0]
    assert rows["脱贫攻坚宣传"][1:5] == (0.5, 2, 1, 1) and rows["脱贫攻坚宣传"][8:10] == (one.per_week, one.recent)
    assert any("完成期限2018年12月31日" in str(said) for said in rows)


def test_a_text_is_no_formula_and_a_number_in_a_name_no_number(staff: Client, cast: Cast) -> None:
    for title in ("=cmd|' /C calc'!A0", "+1", "2018"):
        outreach_make.leaflets(title=title)
    assert LeafletMovement.objects.count() == 3
    client = signed_in(cast.officer_a)
    sheet = book(client, reverse("leaflet_stock"), "stock")
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    titles = {str(cell.value): cell for cell in sheet["A"]}
    assert {"'=cmd|' /C calc'!A0", "'+1", "2018"} <= set(titles)
    assert isinstance(titles["2018"].value, str) and sheet.cell(titles["2018"].row, 3).value == 100


def test_who_may_not_see_the_page_gets_its_refusal(staff: Client, cast: Cast) -> None:
    address = reverse("dashboard_ranking", args=[make.CITY])
    assert signed_in(cast.officer_a).get(address, {"table": "ranking"}).status_code == 404
    assert Client().get(address, {"table": "ranking"}).status_code == 302
    worker = signed_in(cast.village_worker).get(reverse("minors_report"), {"table": "looks"})
    assert worker.status_code == 403


def test_a_page_without_that_table_stays_as_it_is(staff: Client) -> None:
    for table in ("people", "", '"'):
        answer = staff.get(reverse("dashboard_ranking", args=[make.CITY]), ASKED | {"table": table})
        assert answer.status_code == 200 and "擂台赛排名</h1>" in answer.text
    assert not AuditEntry.objects.filter(action=Action.EXPORT).exists()


def test_each_workbook_stands_in_the_audit_log(staff: Client, cast: Cast) -> None:
    table_of(staff, "dashboard_ranking", "ranking")
    row = AuditEntry.objects.get(action=Action.EXPORT)
    assert (row.user, row.url_name, row.region_code) == (cast.federation_staff, "dashboard_ranking", make.CITY)


def test_it_is_in_the_readers_language(staff: Client) -> None:
    staff.cookies["django_language"] = "en"
    rows = table_of(staff, "dashboard_ranking", "ranking")
    assert (
        rows[0][0] == "唐山市 Contest ranking (Mean of five)"
        and rows[3][:2] == ("Rank", "tied")
        and "As of" in str(rows[1])
    )
