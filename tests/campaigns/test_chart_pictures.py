"""Charts that leave as pictures, and what a region's page leads on to."""

import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.charts import HEAT
from campaigns.models import CountingRules
from tests import make
from tests.conftest import Cast

ON = {"day": "2018-06-30", "target": "publicity"}


@pytest.fixture
def half_told(cast: Cast) -> None:
    """County A: one of two households was told."""
    homes = [make.household(make.VILLAGE_A) for _ in range(2)]
    for home in homes:
        make.person(home, birth=date(1980, 5, 1))
    make.contact(homes[0], on=date(2018, 6, 5))
    coverage.settle_touched()


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.federation_staff)
    return client


def picture(client: Client, code: str, chart: str, **query: str) -> str:
    answer = client.get(reverse("dashboard_chart", args=[code, chart]), ON | query)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.content.decode()


def test_a_map_leaves_with_its_colours_day_and_figures(half_told: None, staff: Client) -> None:
    drawn = picture(staff, make.CITY, "map")
    assert 'fill="#f5c4bd"><title>丰南区 50.0%' in drawn and 'fill="#b9b3aa"><title>迁西县 无任务' in drawn
    assert "截至2018年6月30日" in drawn and "脱贫攻坚宣传 50.0%" in drawn
    assert "class=" not in drawn and "<a" not in drawn and "<script" not in drawn
    told = staff.get(reverse("dashboard_chart", args=[make.CITY, "map"]), ON).headers["Content-Disposition"]
    assert "唐山市脱贫攻坚宣传地图（2018-06-30）.svg" in unquote(told)


def test_a_trend_leaves_with_its_line_and_days(half_told: None, staff: Client) -> None:
    drawn = picture(staff, make.COUNTY_A, "trend")
    assert 'stroke="#9c1f3b"' in drawn and "<polyline" in drawn
    assert "2018-06-30</text>" in drawn and "class=" not in drawn


def test_what_there_is_no_chart_of_is_not_found(half_told: None, staff: Client, cast: Cast) -> None:
    for code, chart, day in (
        (make.COUNTY_A, "map", "2018-06-30"),
        (make.CITY, "pie", "2018-06-30"),
        (make.CITY, "map", "2010-01-01"),
        ("9999", "trend", "2018-06-30"),
    ):
        assert staff.get(reverse("dashboard_chart", args=[code, chart]), ON | {"day": day}).status_code == 404
    staff.force_login(cast.officer_b)
    assert staff.get(reverse("dashboard_chart", args=[make.COUNTY_A, "trend"]), ON).status_code == 404


def test_a_trend_of_a_day_without_any_task_says_so(half_told: None, staff: Client) -> None:
    drawn = picture(staff, make.CITY, "trend", day="2010-01-01")
    assert "无任务" in drawn and "<polyline" not in drawn and "None" not in drawn


def test_pictures_have_the_colours_of_the_pages() -> None:
    style = Path("static/app.css").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\.heat-[1-5],.*? fill: (#\w+);", style, re.M)) == HEAT[1:]


def test_charts_stand_beside_their_links(half_told: None, staff: Client) -> None:
    city = staff.get(reverse("dashboard"), ON).content.decode()
    assert f"/dashboard/{make.CITY}/map.svg?day=2018-06-30&amp;target=publicity" in city
    assert f"/dashboard/{make.CITY}/trend.svg?day=2018-06-30&amp;target=publicity" in city
    county = staff.get(reverse("dashboard_region", args=[make.COUNTY_A]), ON).content.decode()
    assert "trend.svg" in county and "map.svg" not in county


def test_every_look_leads_to_the_others_the_reports_and_the_open_round(half_told: None, staff: Client) -> None:
    opened = make.report_round(due_on=business_date() + timedelta(days=1))
    for name in ("dashboard_region", "dashboard_outlook", "dashboard_ranking", "dashboard_comparison"):
        html = staff.get(reverse(name, args=[make.COUNTY_A]), ON).content.decode()
        looks = html.split('aria-label="更多看法"')[1].split("</nav>")[0]
        assert f"/reports/?region={make.COUNTY_A}&amp;day=2018-06-30" in looks
        assert reverse("submission_round", args=[opened.pk, make.COUNTY_A]) in looks
        assert reverse(name, args=[make.COUNTY_A]) + "?" not in looks
        assert looks.count("<a ") == 5


def test_a_round_past_its_deadline_or_not_for_this_level_is_not_offered(half_told: None, staff: Client) -> None:
    past = make.report_round(day=date(2018, 1, 1), due_on=business_date() - timedelta(days=1))
    townships = make.report_round(due_on=business_date() + timedelta(days=1))
    village = staff.get(reverse("dashboard_region", args=[make.VILLAGE_A]), ON).content.decode()
    county = staff.get(reverse("dashboard_region", args=[make.COUNTY_A]), ON).content.decode()
    assert f"/submissions/{past.pk}/" not in county and f"/submissions/{townships.pk}/" in county
    assert f"/submissions/{townships.pk}/" not in village


def test_the_counting_rules_of_two_days_are_told_once(half_told: None, staff: Client) -> None:
    address = reverse("dashboard_comparison", args=[make.COUNTY_A])
    assert CountingRules.objects.count() == 1
    assert staff.get(address, {"day": "2018-06-30", "with_day": "2018-05-31"}).content.decode().count("统计口径第") == 1


def test_the_sentence_for_the_chat_group_can_be_copied(half_told: None, staff: Client) -> None:
    html = staff.get(reverse("reports"), {"day": "2018-06-30"}).content.decode()
    assert '<textarea id="sentence"' in html and 'data-copy="sentence"' in html
