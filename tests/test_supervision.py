"""`manage.py run` keeps web server, worker and database running, and leaves nothing behind; jobs outlive workers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from households import models
from households.encryption import key_fingerprint
from povertyrelief import embedded, job_rescue
from povertyrelief.supervision import Child, stop
from tests import slow_job

READY, RUNNING, FAILED = TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED


@dataclass
class Installation:
    """A data folder and a port of its own; `run` is the supervisor."""

    data_dir: Path
    port: int
    log: Path
    run: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Without the tests' database and settings."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TEST_DATA_DIR"}}
        return kept | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "LISTEN": "127.0.0.1"}

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=embedded.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start `manage.py run` without the demonstration and wait until it has announced the address."""
        with self.log.open("wb") as log:
            self.run = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--no-demo"],
                cwd=embedded.BASE_DIR, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(lambda: "Ctrl-C" in self.log.read_text(), 400)

    def child(self, word: str) -> psutil.Process:
        """The supervised process whose command line holds the word."""
        assert self.run is not None
        return next(one for one in psutil.Process(self.run.pid).children() if word in " ".join(one.cmdline()))

    def status(self) -> int:
        """HTTP status of the sign-in page; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/accounts/login/", timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """Prepared by whichever test starts first: preparing takes much longer than the rest."""
    folder = Path(tempfile.mkdtemp(prefix="povertyrelief-test-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def installation(data_dir: Path) -> Iterator[Installation]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Installation(data_dir=data_dir, port=port, log=data_dir / "run.log")
    yield made
    if made.run is not None and made.run.poll() is None:
        made.run.terminate()
        made.run.wait(60)
    if (data_dir / "postgres").is_dir():
        embedded.stop(data_dir / "postgres", although_used=True)


def wait_until(condition: Callable[[], bool], seconds: float = 240) -> None:
    """Return when the condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


def running_job(*worker_ids: str) -> DBTaskResult:
    """A job that these workers have claimed, one after another."""
    job = DBTaskResult.objects.get(pk=slow_job.write_at_the_second_attempt.enqueue("unused").id)
    job.status, job.worker_ids = RUNNING, list(worker_ids)
    job.save()
    return job


@pytest.fixture
def other_session(transactional_db: None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        yield session


@pytest.fixture
def handlers() -> Iterator[ExitStack]:
    """A worker takes over the signals; what is registered here is put back."""
    with ExitStack() as stack:
        yield stack


def test_the_job_of_a_dead_worker_becomes_ready_again(other_session: psycopg.Connection) -> None:
    job = running_job("dead")
    assert job_rescue.rescue(other_session) == 1
    job.refresh_from_db()
    assert job.status == READY


def test_the_job_of_a_living_worker_is_left_alone(other_session: psycopg.Connection) -> None:
    job = running_job("living")
    with job_rescue.alive("living", after_rescue=lambda: None):
        assert job_rescue.rescue(other_session) == 0
    job.refresh_from_db()
    assert job.status == RUNNING
    # The server lets go of the lock when it notices that the connection is gone, which is a moment later.
    wait_until(lambda: job_rescue.rescue(other_session) == 1, seconds=30)


def test_a_job_that_keeps_killing_its_worker_has_failed(other_session: psycopg.Connection) -> None:
    job = running_job("first", "second", "third")
    job_rescue.rescue(other_session)
    job.refresh_from_db()
    assert (job.status, job.exception_class_path) == (FAILED, "povertyrelief.job_rescue.WorkerLost")
    assert job.finished_at is not None


def test_a_worker_runs_what_a_dead_one_left(transactional_db: None, tmp_path: Path, handlers: ExitStack) -> None:
    models.Installation.objects.create(key_fingerprint=key_fingerprint())
    job = DBTaskResult.objects.get(pk=slow_job.write_at_the_second_attempt.enqueue(str(tmp_path / "lines")).id)
    job.status, job.worker_ids = RUNNING, ["dead"]
    job.save()
    (tmp_path / "lines").write_text("begun\n")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        job_rescue.rescue(session)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        handlers.callback(signal.signal, number, signal.getsignal(number))
    call_command("work", "--batch", "--no-reload", "--no-startup-delay", "--verbosity", "0")
    assert (tmp_path / "lines").read_text() == "begun\nbegun\ndone\n"


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    child = Child("short", [sys.executable, "-c", "raise SystemExit(3)"])
    child.start(os.environ)
    waits = []
    for _ in range(3):
        wait_until(lambda: child.process is not None and child.process.poll() is not None)
        assert child.revive(os.environ) == 3
        waits.append(child.not_before - time.monotonic())
        child.not_before = 0
        assert child.revive(os.environ) is None
        assert child.process is not None
    stop([child])
    assert waits == pytest.approx([0.5, 1, 2], abs=0.3)


def test_a_child_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("povertyrelief.supervision.STOP_SECONDS", 1.0)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    child = Child("deaf", [sys.executable, "-c", deaf])
    child.start(os.environ)
    time.sleep(0.5)
    stop([child])
    assert child.process is not None
    assert child.process.returncode in {-signal.SIGKILL, -signal.SIGTERM}


def test_a_taken_port_is_refused_in_words(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        refused = installation.manage("run", "--no-demo")
    assert refused.returncode == 1
    assert str(installation.port) in refused.stderr
    assert "换一个端口" in refused.stderr
    assert not embedded.is_running(installation.data_dir / "postgres")


@pytest.mark.long
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_run_ends_without_leaving_anything(installation: Installation, ending: signal.Signals) -> None:
    installation.start()
    assert installation.status() == 200, installation.log.read_text()
    assert installation.run is not None
    family = psutil.Process(installation.run.pid).children(recursive=True)
    installation.run.send_signal(ending)
    assert installation.run.wait(60) == 0
    assert not [one for one in family if one.is_running()]
    assert not embedded.is_running(installation.data_dir / "postgres")
    assert installation.status() == 0


@pytest.mark.long
def test_killed_web_server_worker_and_database_come_back(installation: Installation) -> None:
    installation.start()
    for word in ("gunicorn", "manage.py work"):
        before = installation.child(word)
        before.kill()
        wait_until(lambda word=word, before=before: has_successor(installation, word, before))  # type: ignore[misc]
    wait_until(lambda: installation.status() == 200)
    pid = int((installation.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    assert installation.run is not None
    installation.run.send_signal(signal.SIGSTOP)  # nobody starts the database again
    psutil.Process(pid).kill()
    wait_until(lambda: not psutil.pid_exists(pid))
    assert [installation.status() for _request in range(4)] == [503] * 4
    installation.run.send_signal(signal.SIGCONT)
    wait_until(lambda: installation.status() != 503)
    # Every web process has connections from before; whichever answers must notice.
    assert [installation.status() for _request in range(20)] == [200] * 20


def has_successor(installation: Installation, word: str, before: psutil.Process) -> bool:
    try:
        return installation.child(word).pid != before.pid
    except (StopIteration, psutil.NoSuchProcess):
        return False


@pytest.mark.long
def test_a_killed_supervisor_takes_its_children_along(installation: Installation) -> None:
    installation.start()
    assert installation.run is not None
    family = psutil.Process(installation.run.pid).children(recursive=True)
    installation.run.kill()
    installation.run.wait()
    wait_until(lambda: not [one for one in family if one.is_running()])
    assert installation.manage("db_stop").returncode == 0
    assert not embedded.is_running(installation.data_dir / "postgres")


@pytest.mark.long
def test_a_job_whose_worker_is_killed_is_resumed_by_itself(installation: Installation) -> None:
    lines = installation.data_dir / "lines"
    installation.start()
    enqueue = (
        f"from tests.slow_job import write_at_the_second_attempt; write_at_the_second_attempt.enqueue({str(lines)!r})"
    )
    assert installation.manage("shell", "-c", enqueue).returncode == 0
    wait_until(lambda: lines.exists() and "begun" in lines.read_text())
    installation.child("manage.py work").kill()
    wait_until(lambda: lines.read_text().endswith("done\n"))
    assert lines.read_text() == "begun\nbegun\ndone\n"
