"""The embedded database and the keys: joined, left and stopped safely by every command, in any environment."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from povertyrelief import embedded, keys

ROOT = embedded.BASE_DIR
# Joins the server, says so, and stays until its standard input ends.
USER_OF_A_SERVER = """
import sys
from pathlib import Path
from povertyrelief import embedded
print(embedded.start(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder every user may pass through (pytest's own are closed to others after each session starts)."""
    place = Path(tempfile.mkdtemp(prefix="povertyrelief-test-", dir="/tmp"))
    yield place
    for pgdata in place.rglob("PG_VERSION"):
        if pgdata.parent.parent.name != "base":
            embedded.stop(pgdata.parent, although_used=True)
    shutil.rmtree(place)


@dataclass
class ServerUser:
    """A process that has joined a server, and the database URL it was given."""

    process: subprocess.Popen[str]
    url: str

    def leave(self) -> None:
        """End the regular way."""
        self.process.communicate(timeout=120)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End without a chance to say so."""
        self.process.kill()
        self.process.communicate()


def join(pgdata: Path, **environment: str) -> ServerUser:
    """A process that has joined the server in this folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    process = subprocess.Popen(
        [sys.executable, "-c", USER_OF_A_SERVER, str(pgdata)],
        cwd=ROOT, env=clean | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    user = ServerUser(process, process.stdout.readline().strip())
    if not user.url:
        user.kill()
        pytest.fail("it did not join")
    return user


def manage(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a management command on a data folder of its own."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LANGUAGE"}}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=env | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_last_user_stops_the_server_and_no_earlier_one(folder: Path) -> None:
    first, second = join(folder / "postgres"), join(folder / "postgres")
    first.leave()
    assert embedded.is_running(folder / "postgres")
    second.leave()
    assert not embedded.is_running(folder / "postgres")


def test_a_killed_user_does_not_keep_the_server_for_ever(folder: Path) -> None:
    first, second = join(folder / "postgres"), join(folder / "postgres")
    first.kill()
    second.leave()
    assert not embedded.is_running(folder / "postgres")


def test_a_server_left_by_a_killed_user_is_joined_and_then_stopped(folder: Path) -> None:
    join(folder / "postgres").kill()
    assert embedded.is_running(folder / "postgres")
    join(folder / "postgres").leave()
    assert not embedded.is_running(folder / "postgres")


@pytest.mark.long
def test_many_first_starts_at_once_make_one_server(folder: Path) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", USER_OF_A_SERVER, str(folder / "postgres")], cwd=ROOT, stdin=subprocess.DEVNULL
        )
        for _ in range(5)
    ]
    assert [process.wait(120) for process in starting] == [0] * 5
    assert not embedded.is_running(folder / "postgres")


def test_two_data_folders_never_touch_each_other(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    a, b = join(folder / "a" / "postgres"), join(folder / "b" / "postgres")
    a.leave()
    assert embedded.is_running(folder / "b" / "postgres")
    b.leave()


def test_stopping_refuses_while_a_program_uses_the_server_unless_forced(folder: Path) -> None:
    user = join(folder / "postgres")
    refused = manage(folder, "db_stop")
    assert refused.returncode == 1
    assert "正在被使用" in refused.stderr
    forced = manage(folder, "db_stop", "--force")
    assert (forced.returncode, "已停止" in forced.stdout) == (0, True)
    assert not embedded.is_running(folder / "postgres")
    user.leave()


def test_stopping_where_nothing_runs_says_so(folder: Path) -> None:
    stopped = manage(folder, "db_stop", "--lang", "zh-hans")
    assert (stopped.returncode, "没有在运行" in stopped.stdout) == (0, True)


def test_a_killed_server_starts_again_although_its_number_belongs_to_another_process(folder: Path) -> None:
    user = join(folder / "postgres")
    pid_file = folder / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    wait_until(lambda: not embedded.is_running(folder / "postgres"))
    user.kill()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    join(folder / "postgres").leave()


def test_an_interrupted_first_start_is_begun_anew(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18")
    join(folder / "postgres").leave()


@pytest.mark.long
@pytest.mark.parametrize("locale", [{}, {"LANG": "C"}, {"LANG": "zh_CN.UTF-8"}, {"LC_ALL": "zh_CN.UTF-8"}])
def test_the_database_speaks_utf_8_whatever_the_locale(folder: Path, locale: dict[str, str]) -> None:
    user = join(folder / "postgres", **locale)
    with psycopg.connect(user.url) as connection:
        found = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()"
        )
        assert found.fetchone() == ("UTF8", "C.UTF-8")
    user.leave()


@pytest.mark.long
@pytest.mark.parametrize("name", ["with blank", "扶贫", "long" * 30, "comma,and'quote"])
def test_any_data_folder_name_works(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    user = join(folder / name / "postgres")
    with psycopg.connect(user.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    user.leave()
    assert not embedded.is_running(folder / name / "postgres")


@pytest.mark.long
def test_the_operators_own_postgresql_variables_do_not_lead_the_server_astray(folder: Path) -> None:
    join(folder / "postgres", PGPORT="5999", PGDATA="/nowhere", PGUSER="nobody", PGDATABASE="nothing").leave()


def test_only_the_owner_reaches_the_socket(folder: Path) -> None:
    user = join(folder / "postgres")
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
    user.leave()


def test_the_servers_log_keeps_statements_and_details_to_itself(folder: Path) -> None:
    user = join(folder / "postgres")
    with psycopg.connect(user.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('王某某')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('王某某')")
    user.leave()
    log = (folder / "postgres" / "log").read_text()
    assert "duplicate key" in log
    assert "王某某" not in log


def test_a_data_folder_that_cannot_be_used_is_refused_in_words(folder: Path) -> None:
    (folder / "file").write_text("not a folder")
    refused = manage(folder / "file" / "var", "migrate")
    assert refused.returncode == 1
    assert "DATA_DIR" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_broken_database_is_refused_with_what_it_said(folder: Path) -> None:
    join(folder / "postgres").leave()
    (folder / "postgres" / "global" / "pg_control").unlink()
    refused = manage(folder, "migrate")
    assert refused.returncode == 1
    assert "pg_control" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_are_made_once_and_only_the_owner_reads_them(folder: Path) -> None:
    first = keys.load(folder)
    assert keys.load(folder) == first
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    assert len(first.index_key) == 32
    assert all(len(key) == 32 for key in first.field_keys.values())


def test_keys_of_the_environment_win(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEX_KEY", "ab" * 32)
    monkeypatch.setenv("FIELD_KEYS", f"1:{'01' * 32},7:{'07' * 32}")
    found = keys.load(folder)
    assert found.index_key == bytes.fromhex("ab" * 32)
    assert sorted(found.field_keys) == [1, 7]


@pytest.mark.parametrize(
    ("name", "value"),
    [("INDEX_KEY", "short"), ("INDEX_KEY", "ab"), ("FIELD_KEYS", "no colon"), ("FIELD_KEYS", f"999:{'01' * 32}")],
)
def test_a_wrong_key_is_refused_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(keys.WrongKey, match=name):
        keys.load(folder)


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Return when `condition()` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets folders that a copy made root's")
def test_a_copy_that_lost_its_owner_is_refused_with_its_remedy(folder: Path) -> None:
    embedded.start(folder / "postgres", durable=False)
    embedded.stop(folder / "postgres", although_used=True)
    copied = folder / "copied" / "postgres"
    shutil.copytree(folder / "postgres", copied)
    with pytest.raises(embedded.Unavailable, match="chown -R") as refused:
        embedded.start(copied)
    command = re.search(r"chown -R \S+ \S+", str(refused.value))
    assert command is not None
    subprocess.run(command[0].split(), check=True)
    assert embedded.start(copied, durable=False)
    embedded.stop(copied, although_used=True)
