"""Simultaneous writers: the ledger equals the recount afterwards, and nobody deadlocks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random

import pytest
from django.db import connection, connections

from campaigns import coverage, recount
from campaigns.models import Contact
from households.models import Household
from tests import make

WRITERS, ROUNDS = 8, 12


def write(seed: int) -> None:
    """Tell random households, settle after each, as a page does."""
    rng = Random(seed)
    try:
        homes = list(Household.objects.order_by("pk"))
        for _ in range(ROUNDS):
            home = rng.choice(homes)
            village = rng.choice(make.VILLAGES)
            Contact.objects.create(
                household=home, village_id=village, kind="visit", done_on=date(2018, 1, 1 + rng.randrange(28))
            )
            coverage.settle_if_small()
    finally:
        connections.close_all()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_eight_writers_leave_the_right_figures(tmp_path: object) -> None:
    make.small_tangshan(tmp_path)
    make.campaign_year()
    for village in make.VILLAGES:
        for _ in range(4):
            make.person(make.household(village))
    coverage.settle_touched()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    coverage.settle_touched()
    assert recount.verify(date(2018, 6, 30)) == []
    assert recount.verify(date(2018, 1, 15)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM campaigns_contact")
        assert cursor.fetchone()[0] == WRITERS * ROUNDS
