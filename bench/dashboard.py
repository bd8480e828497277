"""Database time of one dashboard answer at 300,000 persons with three years of facts."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

from bench.province import generate
from campaigns.dashboard import dashboard, known_of, place_of
from households.models import User

PERSONS = 300_000
ROUNDS = 21
DAYS = [date(2017, 3, 17), date(2018, 6, 30), date(2019, 12, 31), date(2019, 2, 14)]
REGIONS = ["1302", "130229", "130229100"]


@contextmanager
def database_ms() -> Iterator[Callable[[], float]]:
    """Milliseconds spent in the database inside the block."""
    spent = 0.0

    def clock(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal spent
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += (time.perf_counter() - start) * 1000

    with connection.execute_wrapper(clock):
        yield lambda: spent


def run() -> dict[str, float]:
    """`dashboard_db_ms_300k`: the slowest level's median over several days."""
    start = time.perf_counter()
    facts = generate(PERSONS)
    print(f"{PERSONS} persons, {facts} facts generated and settled in {time.perf_counter() - start:.0f} s")
    user = User(username="bench", role="federation_staff", regions=["1302"])
    medians = []
    for code in REGIONS:
        times = []
        for turn in range(ROUNDS):
            with database_ms() as spent:
                place = place_of(user, code)
                assert place is not None, code
                dashboard(known_of(place, DAYS[turn % len(DAYS)]))
            times.append(spent())
        medians.append(statistics.median(times))
        print(f"dashboard {code}: median {medians[-1]:.2f} ms, worst {max(times):.2f} ms")
    return {"dashboard_db_ms_300k": round(max(medians), 2)}
