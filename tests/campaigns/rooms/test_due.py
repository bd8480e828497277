"""What is due: the calendar and the rooms' pages tell it, with links for those who may follow them."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import coverage
from campaigns.dashboard import dashboard
from households.models import Household, Installation
from tests import make
from tests.campaigns.rooms import outreach_make as outreach
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def home(cast: Cast) -> Household:
    """A household of a woman, cleaned in May."""
    Installation.objects.update(is_demonstration=True)
    found = make.household(head_name="赵甲")
    make.person(found)
    make.cleaning(found, on=date(2018, 5, 8))
    coverage.settle_touched()
    return found


def test_what_waits_to_be_mended_stands_in_the_calendar(cast: Cast, client: Client, home: Household) -> None:
    outreach.failed(home, checked_on=date(2018, 5, 20), due_on=date(2018, 5, 27))  # passed before this month
    outreach.failed(home, checked_on=date(2018, 6, 3), due_on=date(2018, 6, 10))  # passed in this month
    outreach.failed(home, checked_on=date(2018, 6, 4), due_on=date(2018, 6, 11), settled_on=date(2018, 6, 9))
    outreach.failed(home, due_on=date(2018, 7, 7))
    voided = {"voided_at": timezone.now(), "void_reason": "录错"}
    outreach.failed(home, checked_on=date(2018, 6, 5), due_on=date(2018, 6, 12), **voided)
    client.force_login(cast.officer_a)
    june = client.get(reverse("calendar"), {"month": "2018-06"}).context["entries"]
    mended = [(one.day, one.title, one.is_late) for one in june if one.kind == "整改"]
    assert mended == [
        (date(2018, 6, 10), "1户整改已过期限，还没有完成", True),
        (DAY, "1户整改早已过期限，还没有完成", True),
    ]
    july = client.get(reverse("calendar"), {"month": "2018-07"}).context["entries"]
    assert [(one.day, one.title, one.is_late) for one in july if one.kind == "整改"] == [
        (date(2018, 7, 7), "1户整改到期", False)
    ]
    client.force_login(cast.officer_b)
    other = client.get(reverse("calendar"), {"month": "2018-06"}).context["entries"]
    assert not [one for one in other if one.kind == "整改"]


def test_a_room_tells_what_is_due_and_links_only_what_may_be_opened(
    cast: Cast, client: Client, home: Household
) -> None:
    outreach.failed(home, checked_on=date(2018, 5, 20), due_on=date(2018, 5, 27))
    make.person(make.household(head_name="钱乙"))
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    page = client.get(reverse("room", args=["cleaning"])).content.decode()
    assert "还有1户未完成" in page and "1户整改早已过期限" in page
    list_url = f"{reverse('rectifications')}?region={make.COUNTY_A}&amp;since=&amp;until=2018-06-29"
    assert f'href="{list_url}"' in page
    client.force_login(cast.auditor)  # sees figures, nobody's names
    page = client.get(reverse("room", args=["cleaning"])).content.decode()
    assert "1户整改早已过期限" in page and reverse("rectifications") not in page


def leads_to(client: Client, page: str, words: str) -> Any:
    """The page behind the link whose text is `words`."""
    found = re.search(rf'<a[^>]* href="([^"]+)"[^>]*>{words}</a>', page)
    assert found, words
    return client.get(html.unescape(found[1]))


def test_every_unfinished_figure_leads_a_leader_to_exactly_so_many_and_masks_children(
    cast: Cast, client: Client, home: Household
) -> None:
    outreach.failed(home, checked_on=date(2018, 5, 20), due_on=date(2018, 5, 27))
    outreach.failed(home, checked_on=date(2018, 5, 21), due_on=date(2018, 6, 29))
    outreach.failed(home, checked_on=date(2018, 6, 4), due_on=date(2018, 7, 7))
    outreach.failed(home, checked_on=date(2018, 6, 5), due_on=None)
    orphan = make.household(head_name="孙小苗")
    child = make.person(orphan, name="孙小苗", birth=date(2008, 2, 3), relation="户主")
    outreach.failed(orphan, checked_on=date(2018, 6, 4), due_on=date(2018, 6, 12))
    make.pairing(child)
    make.pairing(home.memberships.get().person)
    make.circumstance(target="publicity", household=home)
    coverage.settle_touched()
    client.force_login(cast.leader)
    start = client.get(reverse("home")).content.decode()
    late = leads_to(client, start, "3户整改早已过期限，还没有完成")
    assert late.context["count"] == len(late.context["rows"]) == 3
    assert {name for _row, name in late.context["rows"]} == {"赵甲", "孙某某"}
    assert "孙小苗" not in late.content.decode() and reverse("household", args=[home.pk]) not in late.content.decode()
    coming = leads_to(client, start, "1户整改到期")
    assert [row.due_on for row, _name in coming.context["rows"]] == [date(2018, 7, 7)]
    overdue = leads_to(client, start, "2人逾期未走访")
    assert overdue.context["total"] == sum(len(group.lines) for group in overdue.context["page"].groups) == 2
    assert "孙某某" in overdue.content.decode() and "孙小苗" not in overdue.content.decode()
    actions = client.get(reverse("dashboard_actions", args=[make.CITY])).content.decode()
    assert leads_to(client, actions, "5").context["count"] == 5  # with what is due later, or on no day
    quality = client.get(reverse("cleaning_quality")).content.decode()
    assert leads_to(client, quality, "5").context["count"] == 5
    assert leads_to(client, quality, "3").context["count"] == 3
    board = client.get(reverse("dashboard")).content.decode()
    assert leads_to(client, board, "已说明1").context["fitting"] == 1
    for card in dashboard(client.get(reverse("dashboard")).context["known"]).cards:
        if card.figures.unexited:
            poor = client.get(card.worklist_url + "&poor=1")
            assert poor.context["fitting"] == card.figures.unexited


def test_an_overdue_visit_stands_under_today(cast: Cast, client: Client, home: Household) -> None:
    woman = home.memberships.get().person
    make.pairing(woman)  # since the year began, and nobody called
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    due = client.get(reverse("room", args=["pairing"])).context["due"]
    assert [(one.day, one.title, one.is_late) for one in due] == [(DAY, "1人逾期未走访", True)]
    assert "1人逾期未走访" in client.get(reverse("calendar"), {"month": "2018-06"}).content.decode()
    assert "逾期未走访" not in client.get(reverse("calendar"), {"month": "2018-07"}).content.decode()
