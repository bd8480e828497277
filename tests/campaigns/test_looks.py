"""The dashboard's other looks: map, trend, ranking, forecast, two regions or days side by side."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.county_map import map_of
from campaigns.models import Target
from campaigns.outlook import outlook
from campaigns.ranking import ranking
from campaigns.targets import BY_KEY
from households.models import HouseholdSpell
from tests import make
from tests.conftest import Cast

JUNE_10, JUNE_30 = date(2018, 6, 10), date(2018, 6, 30)


@pytest.fixture
def city(cast: Cast, client: Client) -> Client:
    """Federation staff before two counties: A has told 2 of 4 households, B 1 of 2; nobody has cleaned."""
    for number in range(4):
        home = make.household(make.VILLAGE_A, status="not_exited" if number else "exited")
        make.person(home, birth=date(1980, 5, 1))
        if number < 2:
            make.contact(home, on=JUNE_10 + timedelta(days=14 * number))
    for number in range(2):
        home = make.household(make.VILLAGE_B)
        make.person(home, birth=date(1980, 5, 1))
        if number:
            make.contact(home, village=make.VILLAGE_B, on=date(2018, 5, 1))
    coverage.settle_touched()
    client.force_login(cast.federation_staff)
    return client


def text(client: Client, url: str, **query: str) -> str:
    html = client.get(url, {"day": "2018-06-30"} | query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0]))


def test_the_map_links_every_county_with_its_figure_in_words(city: Client) -> None:
    html = city.get(reverse("dashboard"), {"target": "publicity", "day": "2018-06-30"}).content.decode()
    drawn = html.split('class="map"')[1].split("</svg>")[0]
    assert f'href="/dashboard/{make.COUNTY_A}/?day=2018-06-30" aria-label="丰南区 50.0%"' in drawn
    assert f'href="/dashboard/{make.COUNTY_B}/?day=2018-06-30" aria-label="迁西县 50.0%"' in drawn
    assert drawn.count("<path") == 2  # the small Tangshan has two counties


def test_a_county_without_map_shows_its_trend(city: Client) -> None:
    html = city.get(reverse("dashboard_region", args=[make.COUNTY_A])).content.decode()
    assert 'class="map"' not in html and 'class="trend"' in html


def test_every_outline_is_a_county_of_the_divisions() -> None:
    drawn = map_of(make.CITY)
    assert drawn is not None and len(drawn.outlines) == 15
    assert all(0 <= one.x <= drawn.width and 0 <= one.y <= drawn.height for one in drawn.outlines)
    assert map_of("x/../1302") is None and map_of("1303") is None


def test_a_card_tells_the_gap_of_households_still_poor_and_the_week_before(city: Client) -> None:
    card = text(city, reverse("dashboard_region", args=[make.COUNTY_A])).split("包联关爱")[0]
    assert "应完成 4 户 已完成 2 户 未完成 2 户" in card
    assert "较上周↑25.0点" in card  # 24 June told the second of four
    assert "未脱贫户2" in card
    HouseholdSpell.objects.filter(village_id=make.VILLAGE_A).update(status="exited")
    coverage.settle_touched()
    assert "未脱贫户0" in text(city, reverse("dashboard_region", args=[make.COUNTY_A])).split("包联关爱")[0]
    for _ in range(6):
        make.person(make.household(make.VILLAGE_A, since=date(2018, 6, 28)))
    coverage.settle_touched()
    assert "较上周↓5.0点" in text(city, reverse("dashboard_region", args=[make.COUNTY_A]))  # 2 of 10 after 1 of 4


def test_the_table_tells_when_anything_was_done_last(city: Client) -> None:
    rows = text(city, reverse("dashboard"))
    assert "6月24日" in rows and "5月1日" in rows and "久未更新" in rows


def test_figures_on_several_days_are_those_of_each_day(city: Client) -> None:
    days = [date(2018, 1, 1), date(2018, 6, 9), JUNE_10, JUNE_30, date(2019, 2, 1)]
    found = coverage.on_days(make.CITY, days)
    assert [one.series for one in found] == [
        {name: coverage.as_of([make.CITY], day)[make.CITY].target(name) for name in coverage.SERIES} for day in days
    ]


def test_equal_shares_share_a_place_and_who_has_no_task_has_none(city: Client) -> None:
    url = reverse("dashboard_ranking", args=[make.CITY])
    assert text(city, url, target="publicity").count("并列") == 3  # two places and the note
    regions = [make.region(make.COUNTY_A), make.region(make.COUNTY_B)]
    earlier = ranking(regions, JUNE_30, date(2018, 6, 1), BY_KEY[Target.PUBLICITY])
    assert [(place.region.code, place.rank, place.moved, place.gained) for place in earlier.places] == [
        (make.COUNTY_A, 1, 1, 50.0),
        (make.COUNTY_B, 1, 0, 0.0),
    ]
    schooling = ranking(regions, JUNE_30, JUNE_10, BY_KEY[Target.SCHOOLING])
    assert (schooling.places, schooling.idle) == ([], regions)
    assert "没有可以排名的区划" in text(city, url, target="schooling")


@pytest.mark.usefixtures("tangshan")
def test_places_go_by_the_exact_share(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = {make.COUNTY_A: (1000, 972), make.COUNTY_B: (10000, 9725)}  # both read 97.2%
    known = {
        code: coverage.Coverage.of(code, {"publicity": coverage.Figures(*counts)}) for code, counts in shares.items()
    }
    monkeypatch.setattr("campaigns.ranking.coverage.as_of", lambda codes, day: known)
    regions = [make.region(make.COUNTY_A), make.region(make.COUNTY_B)]
    for target in (BY_KEY[Target.PUBLICITY], None):
        found = ranking(regions, JUNE_30, JUNE_10, target).places
        assert [(place.region.code, place.rank, place.is_shared, place.score) for place in found] == [
            (make.COUNTY_B, 1, False, 97.2),
            (make.COUNTY_A, 2, False, 97.2),
        ]


@pytest.mark.usefixtures("cast")
def test_the_forecast_tells_pace_and_what_will_be_missing() -> None:
    fund = make.project()
    for number in range(10):
        child = make.person(make.household(make.VILLAGE_A), birth=date(2008, 1, 1), relation="之女")
        make.enrolment(child)
        if number < 4:
            make.grant(child, fund, on=JUNE_10)
    coverage.settle_touched()
    found = outlook(make.region(make.COUNTY_A), JUNE_30)
    assert found is not None and found.left == 184
    schooling = found.forecasts[-1]
    assert (schooling.final.gap, schooling.recent, schooling.per_week) == (6, 4, 0.3)  # 6 in 26 weeks
    assert schooling.done_on == JUNE_30 + timedelta(days=45) and schooling.missing == 0  # 4 in 30 days
    slow = outlook(make.region(make.COUNTY_A), date(2018, 12, 25))
    assert slow is not None and (slow.forecasts[-1].recent, slow.forecasts[-1].missing) == (0, 6)
    over = outlook(make.region(make.COUNTY_A), date(2019, 3, 1))
    assert over is not None and (over.left, over.forecasts[-1].per_week) == (0, 0)


def test_the_forecast_knows_what_ends_by_itself(cast: Cast, officer_a: Client) -> None:
    woman = make.person(make.household(make.VILLAGE_A), birth=date(1980, 5, 1), name="钱到期")
    scheme = make.scheme()
    make.insured(woman, make.policy(scheme), period=make.periods.period(date(2018, 1, 1), date(2018, 7, 15)))
    make.insured(
        make.person(make.household(make.VILLAGE_A), birth=date(1980, 5, 1), name="赵续保"), make.policy(scheme)
    )
    coverage.settle_touched()
    found = outlook(make.region(make.COUNTY_A), JUNE_30)
    assert found is not None
    insurance = found.forecasts[3]
    assert (insurance.now.gap, insurance.final.gap, insurance.gained) == (0, 1, -1)
    url = reverse("falling_out", args=["insurance", make.COUNTY_A])
    listed = text(officer_a, url)
    assert "钱到期" in listed and "赵续保" not in listed
    assert "钱到期" not in text(officer_a, url, until="2018-07-15")
    assert "已完成-1，届时未完成1人" in text(officer_a, reverse("dashboard_outlook", args=[make.COUNTY_A]))


def test_what_later_records_close_is_not_called_done_on_the_day(cast: Cast, officer_a: Client) -> None:
    """A past day's forecast knows what was recorded for later days: nothing is left then, but on the day there was."""
    woman = make.person(make.household(make.VILLAGE_A), birth=date(1980, 5, 1))
    make.insured(woman, make.policy(make.scheme()), period=make.periods.period(date(2018, 7, 10), date(2019, 7, 10)))
    coverage.settle_touched()
    url = reverse("dashboard_outlook", args=[make.COUNTY_A])
    before, after = (
        text(officer_a, url, day=day).split("“两癌”安康保障")[1].split("春蕾助学")[0]
        for day in ("2018-06-30", "2018-07-11")
    )
    assert "未完成1人" in before and "按已知变化，到期限没有缺口" in before
    assert "已全部完成，到期限也不会出现缺口" in after


def test_two_regions_and_two_days_stand_side_by_side(city: Client) -> None:
    url = reverse("dashboard_comparison", args=[make.COUNTY_A])
    assert "脱贫攻坚宣传 50.0% 2/4 50.0% 1/2 0.0个百分点" in text(
        city, url, **{"with": make.COUNTY_B, "with_day": "2018-06-30"}
    )
    assert "脱贫攻坚宣传 50.0% 2/4 0.0% 0/4 +50.0个百分点" in text(city, url, with_day="2018-06-09")


def test_another_county_cannot_be_laid_beside_ones_own(cast: Cast, officer_a: Client) -> None:
    url = reverse("dashboard_comparison", args=[make.COUNTY_A])
    assert officer_a.get(url, {"with": make.COUNTY_B}).status_code == 404
    assert "迁西县" not in officer_a.get(url).content.decode()


def test_the_actions_figures_come_after_the_page_and_say_what_the_page_says(city: Client) -> None:
    make.contact(make.household(make.VILLAGE_A), on=date(2018, 6, 10))  # nobody lives there whom the target counts
    part = city.get(reverse("dashboard_actions", args=[make.CITY])).content.decode()
    assert "<html" not in part and "已宣传到户" in part and "<strong>3</strong>" in part


def test_a_day_before_anybody_was_registered_says_so(city: Client) -> None:
    before = text(city, reverse("dashboard"), day="2010-01-01")
    assert "这一天没有在册的建档立卡贫困妇女儿童" in before and "最近进展" not in before


def test_a_day_centuries_away_draws_no_line_of_a_thousand_points(city: Client, cast: Cast) -> None:
    make.person(make.household(make.VILLAGE_A), birth=date(1980, 5, 1))
    for name in ("dashboard_region", "dashboard_outlook"):
        html = city.get(reverse(name, args=[make.COUNTY_A]), {"day": "2199-12-31"}).content.decode()
        lines = re.findall(r'points="([^"]+)"', html)
        assert lines and max(len(line.split()) for line in lines) < 170


def test_after_the_deadline_the_picture_ends_on_the_day(city: Client) -> None:
    late = text(city, reverse("dashboard_outlook", args=[make.COUNTY_A]), day="2020-03-01")
    assert "2018年1月1日 2020年3月1日" in late and "净变化" not in late
