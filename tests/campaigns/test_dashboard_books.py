"""The dashboard's other tables as workbooks: what the page says, cell for cell, and how it is counted."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from tests import make
from tests.conftest import Cast

ASKED = {"day": "2018-06-30"}


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


def sheet(client: Client, table: str, **query: str) -> list[tuple[Any, ...]]:
    answer = client.get(reverse("dashboard_table", args=[make.CITY, table]), ASKED | query)
    assert answer.status_code == 200 and ".xlsx" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_contest(staff: Client) -> None:
    page = staff.get(reverse("dashboard_ranking", args=[make.CITY]), ASKED | {"target": "publicity"})
    assert reverse("dashboard_table", args=[make.CITY, "ranking"]) + "?day=2018-06-30" in page.content.decode()
    head, first, second, *rest = sheet(staff, "ranking", target="publicity")
    assert head[:7] == ("名次", "并列", "区划", "完成率（%）", "已完成", "应完成", "未完成")
    assert (first[:7], second[:7]) == ((1, None, "丰南区", 100, 1, 1, 0), (2, None, "迁西县", 0, 0, 1, 1))
    assert {row[3] for row in rest if row[2]} <= {"无任务"}
    assert "名次变化自2018-05-31起" in str(rest) and "统计口径第1版" in str(rest)


def test_the_contest_of_all_five(staff: Client) -> None:
    _head, first, *_rest = sheet(staff, "ranking")
    places = staff.get(reverse("dashboard_ranking", args=[make.CITY]), ASKED).context["ranking"].places
    assert first[:4] == (1, None, "丰南区", places[0].score) and first[6] == places[0].gap


def test_two_sides(staff: Client) -> None:
    asked = {"with": make.COUNTY_B, "with_day": "2018-06-01"}
    rows = {row[0]: row for row in sheet(staff, "comparison", **asked) if row and row[0]}
    page = staff.get(reverse("dashboard_comparison", args=[make.CITY]), ASKED | asked)
    publicity = page.context["rows"][0]
    assert rows["脱贫攻坚宣传"] == ("脱贫攻坚宣传", 50, 1, 2, 0, 0, 1, publicity.points)
    assert rows["有妇女或儿童的户"] == ("有妇女或儿童的户", None, None, 2, None, None, 1, 1)
    assert rows["春蕾助学"][1] == "无任务"


def test_the_forecast(staff: Client) -> None:
    rows = {row[0]: row for row in sheet(staff, "outlook") if row and row[0]}
    found = staff.get(reverse("dashboard_outlook", args=[make.CITY]), ASKED).context["outlook"]
    one = found.forecasts[0]
    assert rows["脱贫攻坚宣传"][1:5] == (50, 2, 1, 1) and rows["脱贫攻坚宣传"][8:10] == (one.per_week, one.recent)
    assert any("完成期限2018-12-31" in str(told) for told in rows)


def test_another_table_is_none(staff: Client) -> None:
    assert staff.get(reverse("dashboard_table", args=[make.CITY, "people"])).status_code == 404
