"""Standing, ledger, SQL recount and a plain-Python recount agree on random worlds, days and regions."""

from datetime import date
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import coverage, recount
from campaigns.coverage import SERIES, WHAT, Figures
from households.models import TouchedVillage
from tests.campaigns import plain_recount
from tests.campaigns.random_register import LEVELS_OF, Builder, regions, some_day

DAYS = [date(2018, 2, 28), date(2018, 6, 30), date(2018, 9, 1), date(2018, 12, 31), date(2019, 1, 1)]


def agree(rng: Random) -> None:
    """All opinions on some fixed and some random days."""
    world = plain_recount.World()
    for day in [*rng.sample(DAYS, 2), some_day(rng), some_day(rng)]:
        plain = plain_recount.count(world, day)
        figures = coverage.as_of(LEVELS_OF, day)
        for code in LEVELS_OF:
            for series in SERIES:
                expected = Figures(*(plain[code, series, what] for what in WHAT))
                assert figures[code].target(series) == expected, (code, series, day)
        assert recount.verify(day) == []
    days = sorted({*DAYS, some_day(rng)})
    for code in rng.sample(LEVELS_OF, 3):
        for day, of_day in zip(days, coverage.on_days(code, days), strict=True):
            assert of_day.targets == coverage.as_of([code], day)[code].targets, (code, day)


def run(seed: int, changes: int) -> None:
    rng = Random(seed + 1)
    with transaction.atomic():
        regions()
        builder = Builder(seed)
        builder.build()
        coverage.settle_touched()
        agree(rng)
        for _ in range(changes):
            builder.change()
        coverage.settle_touched()
        assert not TouchedVillage.objects.exists()
        agree(rng)
        before = coverage.as_of(LEVELS_OF, DAYS[1])
        coverage.rebuild()
        assert coverage.as_of(LEVELS_OF, DAYS[1]) == before
        agree(rng)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=10**9), changes=st.integers(min_value=0, max_value=6))
def test_ledger_and_recounts_agree_on_random_registers(seed: int, changes: int) -> None:
    run(seed, changes)


@pytest.mark.long
@pytest.mark.django_db
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=10**9), changes=st.integers(min_value=0, max_value=12))
def test_ledger_and_recounts_agree_on_many_random_registers(seed: int, changes: int) -> None:
    run(seed, changes)
