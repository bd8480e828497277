"""The leadership's pages at the size of provinces: dashboard, list of who is unfinished, search, whole pages.

Database time is what the queries of one answer take; ratios are of medians within this run.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.db import connection
from django.test import Client

from bench.dashboard import database_ms
from bench.province import generate
from campaigns import coverage, recount, worklists
from campaigns.dashboard import Dashboard, dashboard, known_of, place_of
from campaigns.household_page import household_list
from campaigns.models import Standing, Target
from households.access import READER, STEWARD, Role, steward
from households.encryption import key_fingerprint
from households.models import Installation, Region, User
from households.searching import Search, found_households
from povertyrelief import middleware

SMALL, LARGE = 100_000, 1_000_000
ROUNDS = 15
DAYS = [date(2017, 3, 17), date(2018, 6, 30), date(2019, 12, 31), date(2019, 2, 14)]
REGIONS = ["1302", "130229", "130229100"]
AT_ONCE, REQUESTS = 20, 200


def small() -> dict[str, float]:
    """The floor of the growth figure, and what the database's own wall costs a page."""
    generate(SMALL)
    return {
        "dashboard_db_ms_100k": round(_dashboard_ms(_user()), 2),
        "row_security_cost_percent": round(_wall_percent(_user(Role.COUNTY_OFFICER)), 1),
    }


def run() -> dict[str, float]:
    """All figures of the largest size; `small` runs before in a database of its own."""
    start = time.perf_counter()
    facts = generate(LARGE)
    print(f"{LARGE} persons, {facts} facts generated and settled in {time.perf_counter() - start:.0f} s")
    user = _user()
    answer = _dashboard_ms(user)
    return {
        "dashboard_db_ms_1m": round(answer, 2),
        "dashboard_vs_live_1m": round(_live_ms() / answer, 1),
        "worklist_depth_ratio": round(_depth_ratio(user), 2),
        "search_ms_1m": round(_search_ms(user), 2),
        **_page_p95(user),
    }


def _user(role: Role = Role.LEADER) -> User:
    user, _made = User.objects.get_or_create(username=f"bench_{role}", role=role, regions=["1302"])
    return user


def _median_ms(work: Callable[[int], object], rounds: int = ROUNDS) -> float:
    times = []
    for turn in range(rounds):
        with database_ms() as spent:
            work(turn)
        times.append(spent())
    return statistics.median(times)


def _dashboard_ms(user: User) -> float:
    """The slowest level's median over several days."""
    medians = []
    for code in REGIONS:
        medians.append(_median_ms(lambda turn, code=code: _dashboard(user, code, DAYS[turn % len(DAYS)])))  # type: ignore[misc]
        print(f"dashboard {code}: median {medians[-1]:.2f} ms")
    return max(medians)


def _dashboard(user: User, code: str, day: date) -> Dashboard:
    place = place_of(user, code)
    assert place is not None, code
    return dashboard(known_of(place, day))


def _wall_percent(user: User) -> float:
    """By how much whole pages are slower behind row security than without it, in turns: the page that loses most."""
    Installation.objects.get_or_create(key_fingerprint=key_fingerprint())
    client, lost = Client(), []
    client.force_login(user)
    pages = (
        "/dashboard/1302/?day=2018-06-30",
        "/unfinished/publicity/1302/?day=2018-06-30",
        "/households/?region=1302",
    )
    for page in pages:
        spent: dict[str, list[float]] = {READER: [], STEWARD: []}
        for _ in range(ROUNDS * 2):
            for role, times in spent.items():
                middleware.READER = role
                start = time.perf_counter()
                assert client.get(page, headers={"host": "localhost"}).status_code == 200, page
                times.append(time.perf_counter() - start)
        behind, without = (statistics.median(times) for times in spent.values())
        lost.append((behind / without - 1) * 100)
        print(f"row security, {page}: {without * 1000:.1f} ms without, {lost[-1]:+.1f} %")
    middleware.READER = READER
    return max(lost)


def _live_ms() -> float:
    """Counting the same from the facts, and that both say the same of every region."""
    day = DAYS[1]
    with steward(), database_ms() as spent:
        counted = recount.recount(day)
    ledger = coverage.as_of(REGIONS, day)
    for code in REGIONS:
        for series, figures in ledger[code].series.items():
            assert counted.get((code, series), coverage.Figures()) == figures, (code, series)
    print(f"counting from the facts: {spent():.0f} ms")
    return spent()


def _depth_ratio(user: User) -> float:
    """A page near the end of the city's list against its first page."""
    region, day, target = Region.objects.get(code="1302"), DAYS[1], Target.PUBLICITY
    deep = Standing.objects.filter(target=target, village_code__gte="130283").order_by("village_code", "unit_id")[0]
    after = f"{deep.village_code}-{deep.unit_id}"

    def page(key: str) -> float:
        return _median_ms(
            lambda _turn: worklists.page_of(user, target, worklists.unfinished(user, target, region, day), day, key)
        )

    first, last = page(""), page(after)
    print(f"list of who is unfinished: first page {first:.2f} ms, deep {last:.2f} ms")
    return last / first


def _search_ms(user: User) -> float:
    """The slower of a name and an identity number, each another one every time."""
    region = Region.objects.get(code="1302")
    officer = User(username="officer", role=Role.FEDERATION_STAFF, regions=["1302"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE households_person SET id_index = weak_index, id_number = weak_index WHERE id % 1000 = 0")
        cursor.execute("ANALYZE households_person")
    name = _median_ms(lambda turn: household_list(officer, region, DAYS[1], word=f"人{500_123 + turn * 977}"))
    number = _median_ms(
        lambda turn: found_households(
            officer, region, Search(int.to_bytes(1000 * (turn + 7), 8, "big"), letters="", name="", number="")
        )
    )
    print(f"search: name {name:.2f} ms, identity number {number:.2f} ms")
    return max(name, number)


def _page_p95(user: User) -> dict[str, float]:
    """Milliseconds of whole dashboard pages from a real server, 20 requests at a time (95th percentile): the server's own
    time (its access log: from taking the request up to the last byte sent), and what the asker waits, queue included.
    """
    Installation.objects.create(key_fingerprint=key_fingerprint())  # as `prepare` leaves it: the server asks
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    options, port = connection.get_connection_params(), 8391
    url = f"postgresql://{options['user']}@/{options['dbname']}?host={options['host']}&port={options.get('port', 5432)}"
    with tempfile.NamedTemporaryFile("r") as log:
        log_times = ["--access-logfile", log.name, "--access-logformat", "%(U)s %(D)s"]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:povertyrelief.web_server", *log_times],
            env=os.environ | {"DATABASE_URL": url, "PORT": str(port), "ALLOWED_HOSTS": "127.0.0.1"},
        )
        try:
            _wait(port)

            def ask(turn: int) -> float:
                start = time.perf_counter()
                found = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                path = f"/dashboard/{REGIONS[turn % len(REGIONS)]}/?day={DAYS[turn % len(DAYS)]}"
                found.request("GET", path, headers={"Cookie": cookie})
                answer = found.getresponse()
                answer.read()
                assert answer.status == 200, (path, answer.status)
                return (time.perf_counter() - start) * 1000

            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(ask, range(2 * AT_ONCE)))  # the first answers also start the workers' connections
                waited = list(pool.map(ask, range(REQUESTS)))
        finally:
            server.terminate()
            server.wait(30)
        served = [int(line.split()[1]) / 1000 for line in log if line.startswith("/dashboard/")][-REQUESTS:]
    figures = {"page_p95_ms": served, "page_waited_p95_ms": waited}
    for name, times in figures.items():
        print(f"{name}: median {statistics.median(times):.0f} ms")
    return {name: round(sorted(times)[int(REQUESTS * 0.95)], 1) for name, times in figures.items()}


def _wait(port: int) -> None:
    for _ in range(120):
        with suppress(OSError):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/accounts/login/")
            asked.getresponse().read()
            return
        time.sleep(0.25)
    raise TimeoutError("the server did not answer")
