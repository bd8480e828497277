"""A briefing of the figures as they were submitted (上报数), whatever the records say by now."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import ReportRound, Submission
from campaigns.submissions import operations
from households.models import Household, Region, User
from tests import make
from tests.campaigns.reports.papers import briefing, charts_of, content, table_of, text_of, world
from tests.conftest import Cast

DAY = date(2018, 6, 30)
FIVE = {"publicity", "pairing", "cleaning", "insurance", "schooling"}


@pytest.fixture
def of(cast: Cast, client: Client) -> ReportRound:
    """The city's round, the counties of which submit themselves; the city's staff are signed in."""
    world()
    client.force_login(cast.federation_staff)
    return operations.open_round(
        by=cast.federation_staff,
        region=Region.objects.get(code=make.CITY),
        title="2018年6月上报",
        day=DAY,
        due_on=date(2018, 7, 5),
        lowest=ReportRound.Lowest.COUNTY,
    )


def submitted(by: User, of: ReportRound, code: str) -> Submission:
    return operations.submit(by=by, of=of, region=Region.objects.get(code=code), zero=FIVE)


def tell_everybody() -> None:
    """After the submission every household of county A is told."""
    for household in Household.objects.filter(spells__village__code__startswith=make.COUNTY_A):
        make.contact(household, on=date(2018, 6, 29))
    coverage.settle_touched()


def test_the_county_and_the_city_keep_what_was_submitted(cast: Cast, of: ReportRound, client: Client) -> None:
    for officer, code in ((cast.officer_a, make.COUNTY_A), (cast.officer_b, make.COUNTY_B)):
        submitted(officer, of, code)
    assert table_of(content(briefing(client, make.CITY, source=str(of.pk)))) == table_of(
        content(briefing(client, make.CITY))
    )
    tell_everybody()
    for code in (make.COUNTY_A, make.CITY):
        now = text_of(content(briefing(client, code)))
        assert "已完成3户" in now
        frozen = content(briefing(client, code, source=str(of.pk)))
        assert "已完成1户" in text_of(frozen) and "已完成3户" not in text_of(frozen)
        assert "为“2018年6月上报”的上报数" in text_of(frozen) and "上报数" not in now


def test_a_sum_of_some_counties_is_not_the_citys(cast: Cast, of: ReportRound, client: Client) -> None:
    submitted(cast.officer_a, of, make.COUNTY_A)
    page = f"{reverse('briefing')}?region={make.CITY}&day={DAY}"
    assert "数字来源" not in client.get(page).content.decode()
    assert briefing(client, make.CITY, source=str(of.pk)).status_code == 422
    assert "按上报数写简报" not in client.get(reverse("submission_round", args=[of.pk, make.CITY])).content.decode()
    submitted(cast.officer_b, of, make.COUNTY_B)
    assert "数字来源" in client.get(page).content.decode()


def test_townships_that_did_not_submit_are_named(cast: Cast, of: ReportRound, client: Client) -> None:
    ReportRound.objects.update(lowest=ReportRound.Lowest.TOWNSHIP)
    of.refresh_from_db()
    county = Region.objects.get(code=make.COUNTY_A)
    operations.submit(by=cast.officer_a, of=of, region=county, zero=FIVE, without="镇里停电")
    paper = content(briefing(client, make.COUNTY_A, source=str(of.pk)))
    _heads, first, total = table_of(paper)
    assert set(first[1:]) == {"未上报"}
    assert total[2] == "33.3%" and f"没有单独上报的：{first[0]}" in text_of(paper)
    assert [len(values) for values in charts_of(paper)] == [5]


def test_only_figures_in_force_are_offered(cast: Cast, of: ReportRound, client: Client) -> None:
    page = f"{reverse('briefing')}?region={make.COUNTY_A}&day={DAY}"
    assert "数字来源" not in client.get(page).content.decode()
    made = submitted(cast.officer_a, of, make.COUNTY_A)
    shown = client.get(f"{page}&round={of.pk}").content.decode()
    assert f'value="{of.pk}"' in shown and "checked" in shown.split(f'value="{of.pk}"')[1][:200]
    assert "2018年6月上报" not in client.get(page.replace(str(DAY), "2018-06-29")).content.decode()
    assert reverse("briefing") in client.get(reverse("submission_round", args=[of.pk, make.COUNTY_A])).content.decode()
    operations.decide(by=cast.federation_staff, submission=made, accept=False, reason="请核对")
    assert "数字来源" not in client.get(page).content.decode()


def test_figures_returned_meanwhile_are_not_counted_anew_in_silence(
    cast: Cast, of: ReportRound, client: Client
) -> None:
    made = submitted(cast.officer_a, of, make.COUNTY_A)
    operations.decide(by=cast.federation_staff, submission=made, accept=False, reason="请核对")
    answer = briefing(client, make.COUNTY_A, source=str(of.pk))
    assert answer.status_code == 422 and "现在不能选" in answer.content.decode()
    # A page opened before leads to the form that says what is left to choose.
    shown = client.get(f"{reverse('briefing')}?region={make.COUNTY_A}&day={DAY}&round={of.pk}").content.decode()
    assert "数字来源" in shown and "按现在的记录统计" in shown and "2018年6月上报" not in shown
    assert briefing(client, make.COUNTY_A, source="").status_code == 200


def test_another_countys_figures_are_not_within_reach(cast: Cast, of: ReportRound) -> None:
    submitted(cast.officer_a, of, make.COUNTY_A)
    officer = Client()
    officer.force_login(cast.officer_b)
    assert briefing(officer, make.COUNTY_A, source=str(of.pk)).status_code == 404
    assert briefing(officer, make.COUNTY_B, source=str(of.pk)).status_code == 422
    assert "上报数" not in text_of(content(briefing(officer, make.COUNTY_B)))
