"""The dashboard and its worklists through the front door."""

import re
from collections.abc import Collection
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import coverage
from households.models import Household, Person, Region
from tests import make
from tests.conftest import Cast


@pytest.fixture
def world(cast: Cast) -> None:
    """County A: two households, one of them told and cleaned; county B: one household, nothing done."""
    first = make.household(make.VILLAGE_A)
    woman = make.person(first, birth=date(1980, 5, 1), name="钱淑华")
    girl = make.person(first, birth=date(2001, 7, 1), relation="之女", name="赵小雨")
    make.contact(first, on=date(2018, 6, 10))
    make.cleaning(first, on=date(2018, 6, 20))
    make.pairing(woman, period=("2018-06-01", None))
    make.pairing(girl, make.helper(name="孙包联", phone="14403150001"), kind="area", period=("2018-06-01", None))
    second = make.household(make.VILLAGE_A2)
    boy = make.person(second, birth=date(2009, 1, 1), sex="M", relation="之子", name="周小宝")
    make.enrolment(boy)
    other = make.household(make.VILLAGE_B)
    make.person(other, birth=date(1970, 1, 1), name="郑秀兰")
    coverage.settle_touched()


def numbers(client: Client, url: str) -> list[tuple[str, ...]]:
    """Percent, eligible, covered, gap of the five big figures."""
    html = client.get(url).content.decode()
    cards = re.findall(r'<li class="figure-card[^"]*">(.*?)</li>', html, re.S)
    return [
        tuple(re.findall(r">\s*([\d.]+|无任务)\s*<", re.sub(r"<progress.*?</progress>", "", card))) for card in cards
    ]


@pytest.mark.usefixtures("world")
def test_five_figures_of_a_county(officer_a: Client) -> None:
    assert numbers(officer_a, "/dashboard/") == [
        ("50.0", "2", "1", "1"), ("33.3", "3", "1", "2"), ("50.0", "2", "1", "1"), ("无任务",), ("0.0", "1", "0", "1"),
    ]  # fmt: skip


@pytest.mark.usefixtures("world")
def test_what_has_been_rendered_once_is_given_only_for_the_same_figures_words_and_rights(
    cast: Cast, officer_a: Client
) -> None:
    def page(asks: Client) -> str:
        return asks.get("/dashboard/").content.decode()

    auditor = Client()
    auditor.force_login(cast.auditor)
    first = page(officer_a)
    assert page(officer_a).count('class="figure-card') == 5 and "/unfinished/pairing/" in first
    assert "/unfinished/" not in auditor.get(f"/dashboard/{make.COUNTY_A}/").content.decode()
    Region.objects.filter(code=make.TOWNSHIP_A).update(short_name="改名镇")
    assert "改名镇" in page(officer_a) and "改名镇" not in first
    make.pairing(Person.objects.get(name="周小宝"), period=("2018-06-01", None))
    coverage.settle_touched()
    assert numbers(officer_a, "/dashboard/")[1] == ("66.6", "3", "2", "1")
    officer_a.post("/language/", {"language": "en"})
    assert "应完成" not in page(officer_a)


@pytest.mark.usefixtures("world")
def test_any_day_can_be_looked_at(officer_a: Client) -> None:
    assert numbers(officer_a, "/dashboard/?day=2018-06-09")[0] == ("0.0", "2", "0", "2")
    assert "截至2018年6月9日" in officer_a.get("/dashboard/?day=2018-06-09").content.decode()


@pytest.mark.usefixtures("world")
def test_an_unreadable_day_shows_the_business_date(officer_a: Client) -> None:
    told = "网址中的日期无法识别"
    for junk in ("junk", "0018-06-30", "2018-02-30"):
        assert told in officer_a.get(f"/dashboard/?day={junk}").content.decode()
    for readable in ("", "?day=", "?day=2018-06-09"):
        assert told not in officer_a.get(f"/dashboard/{readable}").content.decode()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", ["/dashboard/", "/reports/"])
def test_figures_that_are_settled_while_a_page_reads_them_are_called_old(
    officer_a: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    told = "正在更新，稍后刷新"
    assert told not in officer_a.get(path).content.decode()
    make.contact(Household.objects.get(spells__village=make.VILLAGE_A2), on=date(2018, 6, 11))
    read = coverage.as_of

    def settled_right_after(codes: Collection[str], day: date) -> dict[str, coverage.Coverage]:
        found = read(codes, day)
        coverage.settle_touched()
        return found

    monkeypatch.setattr(coverage, "SMALL", 0)  # the worker has to do it
    monkeypatch.setattr(coverage, "as_of", settled_right_after)
    assert told in officer_a.get(path).content.decode()
    assert told not in officer_a.get(path).content.decode()


@pytest.mark.usefixtures("world")
def test_the_table_goes_down_to_the_village(officer_a: Client) -> None:
    township = officer_a.get(f"/dashboard/{make.TOWNSHIP_A}/").content.decode()
    assert make.region(make.VILLAGE_A).short_name in township
    village = officer_a.get(f"/dashboard/{make.VILLAGE_A}/")
    assert village.status_code == 200 and numbers(officer_a, f"/dashboard/{make.VILLAGE_A}/")[0][1] == "1"


@pytest.mark.usefixtures("world")
def test_heads_show_girls_of_16_and_17_in_both(officer_a: Client) -> None:
    html = officer_a.get("/dashboard/").content.decode()
    heads = html.split('id="heads"')[1].split("</dl>")[0]
    assert re.findall(r"</dt><dd>(\d+)</dd>", heads) == ["2", "2", "1", "3", "2"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", ["/dashboard/{}/", "/unfinished/publicity/{}/"])
def test_another_countys_figures_do_not_exist(officer_a: Client, officer_b: Client, path: str) -> None:
    for code in (make.COUNTY_B, make.TOWNSHIP_B, make.VILLAGE_B, make.CITY, "139999", "x"):
        assert officer_a.get(path.format(code)).status_code == 404, code
    assert officer_b.get(path.format(make.COUNTY_B)).status_code == 200


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", ["/dashboard/{}/", "/unfinished/publicity/{}/"])
def test_who_works_for_no_region_sees_none(client: Client, path: str) -> None:
    client.force_login(make.user(regions=()))
    for code in (make.CITY, make.COUNTY_A, make.VILLAGE_A):
        assert client.get(path.format(code)).status_code == 404, code


@pytest.mark.usefixtures("world")
def test_a_code_with_a_digit_too_few_or_too_many_is_no_region(officer_a: Client) -> None:
    for code in (
        make.COUNTY_A[:-1],
        make.COUNTY_A + "1",
        make.VILLAGE_A[:-1],
        make.VILLAGE_A + "1",
        make.VILLAGE_A * 9,
    ):
        assert officer_a.get(f"/dashboard/{code}/").status_code == 404, code


@pytest.mark.usefixtures("world")
def test_each_gap_lists_exactly_its_units(officer_a: Client) -> None:
    def names(target: str, query: str = "") -> list[str]:
        html = officer_a.get(f"/unfinished/{target}/{make.COUNTY_A}/{query}").content.decode()
        return re.findall(r'<th scope="row"[^>]*>(?:<a[^>]*>)?([^<]+)<', html)

    assert sorted(names("pairing")) == ["周小宝", "赵小雨"]
    assert names("schooling") == ["周小宝"]
    assert len(names("cleaning")) == 1 and len(names("publicity", "?day=2018-06-09")) == 2
    assert names("insurance") == []


@pytest.mark.usefixtures("world")
def test_a_leader_sees_minors_masked_and_the_helpers_telephone(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    html = client.get(f"/unfinished/pairing/{make.CITY}/").content.decode()
    assert "周某某" in html and "周小宝" not in html and "赵小雨" not in html
    assert "14403150001" in html and "郑秀兰" in html
    assert not re.search(r"/households/\d", html)


@pytest.mark.usefixtures("world")
def test_an_auditor_sees_counts_but_no_names(cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor)
    html = client.get("/dashboard/").content.decode()
    assert "/unfinished/" not in html
    assert client.get(f"/unfinished/pairing/{make.CITY}/").status_code == 403


@pytest.mark.usefixtures("cast")
def test_an_empty_county_says_that_there_is_nothing_to_do(officer_a: Client) -> None:
    assert "无任务" in officer_a.get("/dashboard/").content.decode()
    assert "无任务" in officer_a.get(f"/unfinished/pairing/{make.COUNTY_A}/").content.decode()


@pytest.mark.usefixtures("cast")
def test_long_lists_are_paged_without_loss(officer_a: Client) -> None:
    for number in range(60):
        make.person(make.household(make.VILLAGE_A), name=f"妇女{number:02d}")
    coverage.settle_touched()
    url, seen = f"/unfinished/pairing/{make.COUNTY_A}/", []
    while url:
        html = officer_a.get(url).content.decode()
        seen += re.findall(r">(妇女\d\d)<", html)
        after = re.search(r"href=\"\?after=([\d-]+)\"", html)
        assert len(seen) <= 60
        url = f"/unfinished/pairing/{make.COUNTY_A}/?after={after[1]}" if after else ""
    assert sorted(seen) == [f"妇女{number:02d}" for number in range(60)]
    assert officer_a.get(f"/unfinished/pairing/{make.COUNTY_A}/?after=1-x").status_code == 404


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("url", "most"), [("/dashboard/", 18), (f"/unfinished/pairing/{make.COUNTY_A}/", 23)])
def test_pages_cost_the_same_number_of_queries_at_any_size(officer_a: Client, url: str, most: int) -> None:
    officer_a.get(url)  # the session's first request costs one more
    counts = []
    for size in (1, 40):
        for _ in range(size):
            make.person(make.household(make.VILLAGE_A))
        coverage.settle_touched()
        with CaptureQueriesContext(connection) as queries:
            officer_a.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most
