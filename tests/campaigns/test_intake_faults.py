"""Faults on the way from the file to the register: killed workers and web servers, officers at the same moment."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.tasks.base import TaskResultStatus
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from campaigns import batches, coverage, recount, tasks
from households import models
from households.identity import check_character
from households.intake.models import BatchPerson, ImportBatch
from povertyrelief import embedded
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, preview, write

pytestmark = pytest.mark.django_db(transaction=True)

# After this long an officer has seen the result or a failure.
VISIBLE_SECONDS = 60
ROWS, KNOWN = 1_000, 100
LATER = date(2018, 9, 30)
PLACES = (("黄各庄镇", "曹庄子村"), ("黄各庄镇", "东老治村"), ("西葛镇", "东葛各庄村"))
# Divisions, users and the year stay between rounds.
KEPT = {"Region", "RegionAlias", "Installation", "User", "UserEvent", "CampaignYear", "CountingRules"}
State = ImportBatch.State


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Return when the condition holds; fail after VISIBLE_SECONDS."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {VISIBLE_SECONDS} s: {what}"
        time.sleep(0.02)


def roster_row(number: int, **cells: Any) -> dict[str, Any]:
    """The same person for the same number: a woman or her daughter, two to a household, in one of three villages."""
    home, is_child = number // 2, number % 2 == 1
    township, village = PLACES[home % len(PLACES)]
    born = date(2004 if is_child else 1970, 1, 1) + timedelta(days=home)
    first_17 = f"130299{born:%Y%m%d}{2 * (number % 90) + 100:03d}"
    row = person(
        乡镇=township, 行政村=village, 户编号=f"13020710422{home:05d}",
        姓名=f"李{'花' if is_child else '梅'}{'一二三四五六七八九'[home % 9]}",
        证件号码=first_17 + check_character(first_17), 户联系电话=f"1440315{home:04d}",
    )  # fmt: skip
    return row | ({"与户主关系": "之女", "在校生状况": "小学三年级"} if is_child else {}) | cells


def roster(size: int) -> list[dict[str, Any]]:
    """Sound rows, some changed against the KNOWN ones, every 50th to be held and every 60th to be sent back."""
    rows = [roster_row(number) for number in range(size)]
    for number, row in enumerate(rows):
        if number % 50 == 0:
            row["性别"] = "男"
        elif number % 60 == 2:
            row["行政村"] = "没有村"
        elif number < KNOWN and number % 4 == 3:
            row["健康状况"] = "长期慢性病"
        elif number < KNOWN and number % 12 in (4, 5):
            row["脱贫属性"] = "预脱贫"
    return rows


def empty_register() -> None:
    """Forget everybody, every batch and the history."""
    found = [model for label in ("households", "campaigns") for model in apps.get_app_config(label).get_models()]
    gone = {model._meta.db_table for model in found if model._meta.managed and model.__name__ not in KEPT}
    gone |= {"pghistory_context"}
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(sorted(gone))} CASCADE")
    for left in (Path(configured.DATA_DIR) / "uploads").glob("*"):
        left.unlink()


def content() -> dict[str, Any]:
    """What the register holds, named by what does not depend on the order of writing."""
    people = {
        one.pk: (bytes(one.id_index or b"").hex(), one.name, one.education, tuple(one.health or ()), one.county_code)
        for one in models.Person.objects.all()
    }
    homes = dict(models.Household.objects.values_list("pk", "number"))
    return {
        "people": sorted(people.values()),
        "memberships": sorted(
            (homes[one.household_id], people[one.person_id], one.relation, str(one.period), one.end_reason)
            for one in models.Membership.objects.all()
        ),
        "spells": sorted(
            (homes[one.household_id], one.village_id, one.status, str(one.period))
            for one in models.HouseholdSpell.objects.all()
        ),
        "enrolments": sorted(
            (people[one.person_id], one.stage, str(one.grade), str(one.period))
            for one in models.Enrolment.objects.all()
        ),
        "outcomes": sorted(
            (one.batch.file_name, people[one.person_id], one.outcome)
            for one in BatchPerson.objects.select_related("batch")
        ),
        "staged": sorted(
            ImportBatch.objects.latest("created_at").rows.values_list("row_number", "status", "change", "village_code")
        ),
        "history": {
            model._meta.label: model._default_manager.count()
            for model in apps.get_app_config("households").get_models()
            if model.__name__.endswith("Event") and model.__name__ not in KEPT
        },
        "batches": ImportBatch.objects.count(),
        "heads": coverage.as_of([make.COUNTY_A], LATER)[make.COUNTY_A].heads,
        "touched": coverage.touched(),
    }


def jobs(*statuses: str) -> int:
    """How many jobs are there with these statuses?"""
    return int(DBTaskResult.objects.filter(status__in=statuses).count())


# --- processes that may die -------------------------------------------------------------------------------------------


@dataclass
class Processes:
    """Real workers and web servers on the test's database, with a data folder of the test's own."""

    data_dir: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program of ours in a session of its own."""
        name = connection.settings_dict["NAME"]
        database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=embedded.BASE_DIR, start_new_session=True,
            env=os.environ | {"DATA_DIR": str(self.data_dir), "DATABASE_URL": database} | environment,
        )  # fmt: skip
        self.started.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """The worker as `manage.py run` starts it, only that it looks for jobs more often."""
        waiting = ("--interval", "0.05", "--no-startup-delay")
        return self.start("manage.py", "work", "--no-reload", "--verbosity", "0", *waiting)

    def kill(self, process: subprocess.Popen[bytes], *, whole_group: bool = True) -> None:
        """kill -9, with the children it has at this moment or without them."""
        with suppress(ProcessLookupError):
            if whole_group:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait(10)

    def plain_files(self) -> list[str]:
        """Everything in the data folder that is neither the keys nor an encrypted original."""
        found = (path.relative_to(self.data_dir) for path in self.data_dir.rglob("*") if path.is_file())
        return [str(path) for path in found if path.stem != "keys" and path.suffix != ".bin"]


@pytest.fixture
def processes(tangshan: None, tmp_path: Path, settings: Settings) -> Iterator[Processes]:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy(Path(settings.DATA_DIR) / "keys.json", data_dir)
    settings.DATA_DIR = data_dir
    settings.FILE_UPLOAD_TEMP_DIR = data_dir / "plain"
    running = Processes(data_dir)
    yield running
    for process in running.started:
        if process.poll() is None:
            running.kill(process)


@dataclass
class Round:
    """One roster on its road, with at most one kill, and an officer who presses the page's buttons."""

    processes: Processes
    browser: Client
    book: Path
    worker: subprocess.Popen[bytes]
    seconds: list[float] = field(default_factory=list)
    killed_in: str = ""

    def batch(self) -> ImportBatch:
        return ImportBatch.objects.latest("created_at")

    def upload(self) -> None:
        file = SimpleUploadedFile(self.book.name, self.book.read_bytes())
        assert self.browser.post(reverse("uploads"), {"files": [file]}).status_code == 302

    def confirm(self) -> None:
        batch = self.batch()
        address = reverse("upload_apply", args=[batch.pk])
        assert self.browser.post(address, {"seen": batches.preview_number(batch)}).status_code == 302

    def go(self, kill: tuple[int, float] | None = None, *, whole_group: bool = True) -> None:
        """Upload, look, confirm; `kill`: the step (0 checking, 1 writing) and the seconds after its job was taken."""
        for step, press in enumerate((self.upload, self.confirm)):
            begun = time.monotonic()
            press()
            if kill is not None and kill[0] == step:
                wait_until(self.taken, "the worker takes the job")
                time.sleep(kill[1])
                self.processes.kill(self.worker, whole_group=whole_group)
                self.killed_in = self.instant()
                begun = time.monotonic()
                self.worker = self.processes.worker()
            self.reach(State.PREVIEW if step == 0 else State.APPLIED)
            wait_until(lambda: not jobs(TaskResultStatus.RUNNING, TaskResultStatus.READY), "the jobs end")
            self.seconds.append(time.monotonic() - begun)

    def taken(self) -> bool:
        """Does the worker run the job that the officer has ordered?"""
        running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
        return running.filter(args_kwargs__args__0=str(self.batch().pk)).exists()

    def instant(self) -> str:
        """What the dead worker was at."""
        batch = self.batch()
        left = ", plain copy left" if self.processes.plain_files() else ""
        return f"{'in' if jobs(TaskResultStatus.RUNNING) else 'between'} {batch.state} {batch.progress}{left}"

    def reach(self, wanted: str) -> None:
        """Wait for the step's end; a failure is tried again, as the page offers."""
        wait_until(lambda: self.batch().state in {wanted, State.FAILED, State.REFUSED}, f"{wanted} or failed")
        if self.batch().state == State.FAILED:
            self.browser.post(reverse("upload_check", args=[self.batch().pk]))
            self.reach(State.PREVIEW)
            if wanted == State.APPLIED:
                self.confirm()
                self.reach(State.APPLIED)
        assert self.batch().state == wanted, self.batch().message


def killed_rounds(
    processes: Processes, cast: Cast, folder: Path, instants: list[tuple[int, float]], *, seed: int
) -> list[str]:
    """Kill the worker at each of the instants: the step (0 checking, 1 writing) and the share of it that is over.

    Returns where it was each time.
    """
    browser = Client()
    browser.force_login(cast.officer_a)
    known = write(folder / "小名册.xlsx", [roster_row(number) for number in range(KNOWN)])
    book = write(folder / "大名册.xlsx", roster(ROWS), titles=(f"填报时间：{LATER:%Y年%m月%d日}",))

    def prepared(worker: subprocess.Popen[bytes]) -> Round:
        empty_register()
        imported(known, cast.officer_a)
        coverage.settle_touched()
        return Round(processes, browser, book, worker)

    tasks.apply_retention.enqueue()  # or the worker orders it, at a moment of its own
    worker = processes.worker()
    wait_until(lambda: bool(jobs(TaskResultStatus.SUCCESSFUL)), "the worker has started")
    undisturbed = prepared(worker)
    undisturbed.go()
    expected = content()
    assert expected["outcomes"]
    assert {status for _row, status, _change, _village in expected["staged"]} >= {"imported", "held", "rejected"}
    rng = Random(seed)
    killed_in = ["undisturbed: {:.2f} s + {:.2f} s".format(*undisturbed.seconds)]
    for step, share in instants:
        at = share * undisturbed.seconds[step]
        disturbed = prepared(worker)
        disturbed.go((step, at), whole_group=rng.random() < 0.5)
        worker = disturbed.worker
        killed_in.append(f"{step}, {at:.2f} s: {disturbed.killed_in}; done after {disturbed.seconds[step]:.1f} s")
        print(killed_in[-1])
        assert content() == expected, killed_in
        assert processes.plain_files() == [], killed_in
    assert recount.verify(LATER) == []
    return killed_in


def test_a_worker_killed_at_any_instant_loses_and_doubles_nobody(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    """As soon as a job is taken, and at a moment inside: at least two of the three hit the work on any machine."""
    killed_in = killed_rounds(processes, cast, tmp_path, [(0, 0.0), (1, 0.0), (1, 0.4)], seed=7)
    assert sum(": in " in one for one in killed_in) >= 2, killed_in


@pytest.mark.long
def test_a_worker_killed_at_thirty_instants_loses_and_doubles_nobody(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    rng = Random(2018)
    instants = [(step, (number + rng.random()) / 15) for step in (0, 1) for number in range(15)]
    killed_in = killed_rounds(processes, cast, tmp_path, instants, seed=2018)
    # Or the delays have missed the work, and the test says nothing.
    assert any(": in " in one for one in killed_in), killed_in


def test_a_job_that_kills_every_worker_fails_its_batch_before_the_officers_eyes(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    browser = Client()
    browser.force_login(cast.officer_a)
    file = SimpleUploadedFile("名册.xlsx", write(tmp_path / "名册.xlsx", [person()]).read_bytes())
    browser.post(reverse("uploads"), {"files": [file]})
    ImportBatch.objects.update(state=State.CHECKING)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["dead", "dead too", "the third"])
    processes.worker()
    wait_until(lambda: ImportBatch.objects.get().state == State.FAILED, "the batch fails")
    batch = ImportBatch.objects.get()
    assert "没有写入任何内容" in browser.get(reverse("upload_detail", args=[batch.pk])).content.decode()
    browser.post(reverse("upload_check", args=[batch.pk]))
    wait_until(lambda: ImportBatch.objects.get().state == State.PREVIEW, "checked after all")


# --- a web server that dies while a file arrives ----------------------------------------------------------------------


def send_until_killed(processes: Processes, web: subprocess.Popen[bytes], port: int, browser: Client, body: bytes,
                      kill_after: float) -> None:  # fmt: skip
    """POST the upload to the real server, the second half of it slowly, and kill the server meanwhile."""
    token = "a" * 32
    session = browser.cookies["sessionid"].value
    request = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    killer = threading.Timer(kill_after, processes.kill, [web])
    try:
        request.putrequest("POST", reverse("uploads"), skip_host=True)
        for name, value in (
            ("Host", "localhost"), ("Cookie", f"sessionid={session}; csrftoken={token}"), ("X-CSRFToken", token),
            ("Content-Type", "multipart/form-data; boundary=edge"), ("Content-Length", str(len(body))),
        ):  # fmt: skip
            request.putheader(name, value)
        request.endheaders()
        killer.start()
        for start in range(0, len(body), len(body) // 8 + 1):
            request.send(body[start : start + len(body) // 8 + 1])
            time.sleep(0.05)
        request.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass  # that is what the officer sees; the database tells what became of it
    finally:
        killer.join()
        request.close()


def answers(port: int) -> bool:
    """Does the web server serve?"""
    request = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        request.request("GET", "/accounts/login/", headers={"Host": "localhost"})
        return request.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        request.close()


def killed_receiving(processes: Processes, cast: Cast, folder: Path, *, rounds: int, seed: int) -> None:
    """Whatever had arrived when the server died: one batch with its job or none, and sent again it is one."""
    browser = Client()
    browser.force_login(cast.officer_a)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    book = write(folder / "名册.xlsx", roster(3_000)).read_bytes()
    head = 'Content-Disposition: form-data; name="files"; filename="roster.xlsx"\r\nContent-Type: application/zip'
    body = f"--edge\r\n{head}\r\n\r\n".encode() + book + b"\r\n--edge--\r\n"
    rng = Random(seed)

    def serve() -> subprocess.Popen[bytes]:
        process = processes.start(
            "-m", "gunicorn", "-c", "python:povertyrelief.web_server", PORT=str(port), WEB_CONCURRENCY="1"
        )
        wait_until(lambda: answers(port), "the web server answers")
        return process

    for number in range(rounds):
        empty_register()
        DBTaskResult.objects.all().delete()  # no worker takes them here
        send_until_killed(processes, serve(), port, browser, body, (number + rng.random()) / rounds * 0.7)
        found = ImportBatch.objects.count()
        assert (found, jobs(TaskResultStatus.READY)) in {(0, 0), (1, 1)}
        web = serve()
        assert processes.plain_files() == []
        again = browser.post(reverse("uploads"), {"files": [SimpleUploadedFile("roster.xlsx", book)]})
        assert again.status_code == 302
        batch = ImportBatch.objects.get()
        assert jobs(TaskResultStatus.READY) == 1
        batches.check(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.counts["rows"]) == (State.PREVIEW, 3_000)
        processes.kill(web)


def test_a_web_server_killed_while_a_file_arrives_keeps_all_or_nothing(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    killed_receiving(processes, cast, tmp_path, rounds=1, seed=11)


@pytest.mark.long
def test_a_web_server_killed_ten_times_while_a_file_arrives_keeps_all_or_nothing(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    killed_receiving(processes, cast, tmp_path, rounds=10, seed=12)


# --- two officers at the same moment ----------------------------------------------------------------------------------


def at_the_same_moment(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads with connections of their own, let go together; their results in order."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(10)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(run, call) for call in calls]]


def overlapping_round(officers: tuple[models.User, models.User], folder: Path, rng: Random) -> None:
    """Two officers' rosters share people; both are checked at one moment, and both written at one moment."""
    empty_register()
    size, shared = 40, rng.randrange(1, 40)
    books = []
    for name, start in (("甲", 0), ("乙", size - shared)):
        rows = [roster_row(number) for number in range(start, start + size)]
        rng.shuffle(rows)
        books.append(write(folder / f"{name}.xlsx", rows))
    staged = at_the_same_moment(
        *(lambda book=book, by=by: preview(book, by) for book, by in zip(books, officers, strict=True))
    )
    for batch in staged:
        assert batch.counts["new"] == size
        assert batches.start_applying(batch, seen=batches.preview_number(batch))
    at_the_same_moment(
        *(
            lambda batch=batch, by=by: tasks.apply_batch.func(str(batch.pk), by.pk)
            for batch, by in zip(staged, officers, strict=True)
        )
    )
    for batch in staged:
        batch.refresh_from_db()
    # One was written; the other is compared anew, says why, and wrote nothing.
    assert sorted(batch.state for batch in staged) == [State.APPLIED, State.PREVIEW], [one.message for one in staged]
    late = next(batch for batch in staged if batch.state == State.PREVIEW)
    assert "已重新核对" in late.message
    assert late.counts["new"] < size
    assert not late.people.exists()
    assert models.Person.objects.count() == size
    assert batches.start_applying(late, seen=batches.preview_number(late))
    tasks.apply_batch.func(str(late.pk), officers[staged.index(late)].pk)
    late.refresh_from_db()
    assert late.state == State.APPLIED, late.message
    indexes = [bytes(index) for index in models.Person.objects.values_list("id_index", flat=True)]
    assert len(indexes) == len(set(indexes)) == models.Membership.objects.count() == 2 * size - shared
    assert models.HouseholdSpell.objects.count() == models.Household.objects.count()
    assert recount.verify(make.REPORTING_DAY) == []
    assert coverage.touched() == []


@pytest.mark.parametrize("rounds", [4, pytest.param(40, marks=pytest.mark.long)])
def test_two_officers_rosters_at_one_moment(processes: Processes, cast: Cast, tmp_path: Path, rounds: int) -> None:
    officers = (cast.officer_a, make.user(regions=(make.COUNTY_A,)))
    rng = Random(rounds)
    for _round in range(rounds):
        overlapping_round(officers, tmp_path, rng)


def test_two_clicks_at_one_moment_are_one_upload_and_one_import(
    processes: Processes, cast: Cast, tmp_path: Path
) -> None:
    book = write(tmp_path / "名册.xlsx", [roster_row(number) for number in range(20)]).read_bytes()
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(cast.officer_a)

    def upload(browser: Client) -> str:
        return str(browser.post(reverse("uploads"), {"files": [SimpleUploadedFile("名册.xlsx", book)]}).url)

    first, second = at_the_same_moment(*(lambda browser=browser: upload(browser) for browser in browsers))
    assert first == second
    batch = ImportBatch.objects.get()
    assert DBTaskResult.objects.filter(task_path="campaigns.tasks.check_batch").count() == 1
    # Two workers at one job, as after the rescue of one that had only lost the database for a moment.
    at_the_same_moment(*[lambda: tasks.check_batch.func(str(batch.pk))] * 2)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (State.PREVIEW, 20)
    seen, address = batches.preview_number(batch), reverse("upload_apply", args=[batch.pk])
    at_the_same_moment(*(lambda browser=browser: browser.post(address, {"seen": seen}) for browser in browsers))
    at_the_same_moment(*[lambda: tasks.apply_batch.func(str(batch.pk), cast.officer_a.pk)] * 2)
    browsers[0].post(address, {"seen": seen})  # Back, and confirmed once more
    assert DBTaskResult.objects.filter(task_path="campaigns.tasks.apply_batch").count() == 1
    batch.refresh_from_db()
    assert (batch.state, models.Person.objects.count(), batch.people.count()) == (State.APPLIED, 20, 20)
