"""Leaflets in stock: never below zero on any day, whoever writes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import LeafletMovement
from campaigns.publicity.leaflets import stocks
from households.models import Installation, Region
from tests import make
from tests.campaigns.rooms.outreach_make import leaflets
from tests.conftest import Cast

DAY = make.REPORTING_DAY
NEW = reverse("record_new", args=["publicity", "leaflets"])
GIVEN = {
    "region": make.COUNTY_A,
    "kind": "handed_out",
    "title": "明白纸",
    "day": "2018-06-30",
    "receiver": "黄各庄镇妇联",
}


@pytest.fixture(autouse=True)
def demonstration_day(cast: Cast) -> None:
    Installation.objects.update(is_demonstration=True)


def refused_by_the_database(movement: LeafletMovement) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        movement.save()
    assert error.value.__cause__.diag.constraint_name == "leaflet_stock_not_negative"


def test_in_and_out_and_what_is_left(cast: Cast, officer_a: Client) -> None:
    leaflets(100)
    assert officer_a.post(NEW, GIVEN | {"copies": 70}).status_code == 302
    stock = stocks(cast.officer_a, Region.objects.get(code=make.COUNTY_A), DAY)[0]
    assert (stock.printed, stock.handed_out, stock.left) == (100, 70, 30)
    page = officer_a.get(reverse("leaflet_stock")).content.decode()
    assert "明白纸" in page and "<strong>30</strong>" in page


def test_more_than_there_is_is_refused_in_words_with_what_is_there(cast: Cast, officer_a: Client) -> None:
    leaflets(100)
    leaflets(60, kind="handed_out", receiver="村")
    answer = officer_a.post(NEW, GIVEN | {"copies": 41})
    assert "“明白纸”在2018-06-30只够40份" in answer.context["form"].errors["copies"][0]
    assert LeafletMovement.objects.count() == 2
    assert officer_a.post(NEW, GIVEN | {"copies": 40}).status_code == 302


def test_nothing_goes_out_before_it_came_in(cast: Cast, officer_a: Client) -> None:
    leaflets(100)
    answer = officer_a.post(NEW, GIVEN | {"copies": 1, "day": "2018-06-29"})
    assert "只够0份" in answer.context["form"].errors["copies"][0]
    early = LeafletMovement(
        region_id=make.COUNTY_A, kind="handed_out", title="明白纸", copies=1, day=DAY - timedelta(days=1), receiver="村"
    )
    refused_by_the_database(early)


def test_stocks_of_other_leaflets_and_regions_are_apart(cast: Cast) -> None:
    leaflets(100)
    out = {"kind": "handed_out", "copies": 1, "day": DAY, "receiver": "村"}
    refused_by_the_database(LeafletMovement(region_id=make.COUNTY_A, title="另一种", **out))
    refused_by_the_database(LeafletMovement(region_id=make.COUNTY_B, title="明白纸", **out))


def test_correcting_and_voiding_what_came_in_keep_the_stock(cast: Cast, officer_a: Client) -> None:
    came = leaflets(100)
    leaflets(60, kind="handed_out", receiver="村")
    edit = reverse("record_edit", args=["publicity", "leaflets", came.pk])
    answer = officer_a.post(edit, GIVEN | {"kind": "printed", "copies": 59})
    assert "库存会少于0" in answer.context["form"].errors["copies"][0]
    void = reverse("record_void", args=["publicity", "leaflets", came.pk])
    page = officer_a.post(void, {"reason": "登记错"}, follow=True).content.decode()
    assert "不能作废" in page
    came.refresh_from_db()
    assert came.voided_at is None
    came.voided_at, came.void_reason = timezone.now(), "登记错"
    refused_by_the_database(came)
    came.refresh_from_db()
    came.copies = 59
    refused_by_the_database(came)
    came.refresh_from_db()
    came.title = "改了名"
    refused_by_the_database(came)


def test_deleting_what_came_in_is_refused_too(cast: Cast) -> None:
    came = leaflets(100)
    leaflets(60, kind="handed_out", receiver="村")
    with pytest.raises(IntegrityError), transaction.atomic():
        came.delete()


def test_a_receiver_and_a_day_that_has_been_are_asked_for(cast: Cast, officer_a: Client) -> None:
    leaflets(100)
    answer = officer_a.post(NEW, GIVEN | {"copies": 1, "receiver": ""})
    assert "必须写明领取" in answer.context["form"].errors["receiver"][0]
    answer = officer_a.post(NEW, GIVEN | {"copies": 1, "day": "2018-07-01"})
    assert "晚于数据日期" in answer.context["form"].errors["day"][0]


def test_another_county_sees_and_writes_nothing(cast: Cast, officer_b: Client) -> None:
    came = leaflets(100)
    assert "明白纸" not in officer_b.get(reverse("leaflet_stock")).content.decode()
    assert officer_b.get(reverse("leaflet_stock"), {"region": make.COUNTY_A}).status_code == 404
    assert officer_b.get(reverse("record_edit", args=["publicity", "leaflets", came.pk])).status_code == 404
    officer_b.post(NEW, GIVEN | {"copies": 1})
    assert LeafletMovement.objects.count() == 1


def hand_out(_again: int) -> bool:
    """One of many who take 30 of 100."""
    try:
        leaflets(30, kind="handed_out", receiver="村")
    except IntegrityError:
        return False
    finally:
        connections.close_all()
    return True


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_never_take_more_than_there_is(cast: Cast) -> None:
    leaflets(100, day=date(2018, 6, 1))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(hand_out, range(8)))
    assert taken.count(True) == 3
    out = LeafletMovement.objects.filter(kind="handed_out").values_list("copies", flat=True)
    assert sum(out) == 90
