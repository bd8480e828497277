"""Everything of an installation but its keys in one file, and back again into an empty database.

The file is a tar: `about.json`, `database.sql.gz` (a plain pg_dump, so that an older server than the programs' takes it),
and the encrypted files under their folders' names. The database is dumped first: a file that appears afterwards is too
much, one that a row names would be missing. Sessions and counters of the door are left out.
"""

import gzip
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from households.encryption import decrypt_bytes, encrypt_bytes, key_fingerprint, key_ids
from households.migration_operations import IDENTITIES_EXIST
from povertyrelief import embedded
from povertyrelief.stored_files import FOLDERS

ABOUT, DATABASE = "about.json", "database.sql.gz"
_PURPOSE, _PROBE = "backup.probe", b"povertyrelief"
_WITHOUT_ROWS = ("django_session", "cache")
# The dumping program's own: servers before 17 do not know it. And whoever owns the tables here owns what comes, too.
_UNKNOWN_TO_SOME = b"SET transaction_timeout"
_FOR_ROLE = re.compile(rb"^(ALTER DEFAULT PRIVILEGES) FOR ROLE \S+ ")
_FILE_NAME = re.compile(r"[0-9a-f-]{36}\.bin")


class Unusable(Exception):  # noqa: N818 - it is an answer, not a fault
    """A backup cannot be made or restored; the text names cause and remedy."""


@dataclass(frozen=True)
class About:
    """What a backup tells of itself. fingerprint: of the index key; probe: sealed by the newest of `keys` (their ids)."""

    made: str
    fingerprint: str
    keys: list[int]
    probe: str

    @property
    def day(self) -> str:
        """When it was made, as people write it."""
        return f"{datetime.fromisoformat(self.made):%Y-%m-%d %H:%M}"


# --- making -----------------------------------------------------------------------------------------------------------


def make(target: Path) -> int:
    """Write a backup to `target`, whole or not at all, readable for its owner only; returns its bytes. Raises Unusable."""
    if target.exists():
        raise Unusable(_("%(path)s 已存在，没有备份。请换一个文件名。") % {"path": target})
    draft = target.with_name(target.name + ".new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Unusable(_("无法写入%(path)s：%(error)s。请换一个文件夹。") % {"path": target, "error": error}) from error
    try:
        with (
            os.fdopen(descriptor, "wb") as output,
            tempfile.TemporaryDirectory(dir=target.parent) as folder,
            tarfile.open(fileobj=output, mode="w") as tar,
        ):
            about = About(
                made=timezone.localtime().isoformat(timespec="seconds"),
                fingerprint=key_fingerprint(),
                keys=key_ids(),
                probe=encrypt_bytes(_PURPOSE, _PROBE).hex(),
            )
            _add(tar, ABOUT, json.dumps(asdict(about)).encode())
            dump = Path(folder) / DATABASE
            _dump(dump)
            tar.add(dump, DATABASE)
            for store in FOLDERS:
                for name in store.stored():
                    try:
                        _add(tar, f"{store.folder}/{name}", store.sealed(name))
                    except FileNotFoundError:
                        continue  # deleted meanwhile
            output.flush()
            os.fsync(output.fileno())
        draft.rename(target)
    except OSError as error:
        raise Unusable(_("无法写入%(path)s：%(error)s。请换一个文件夹。") % {"path": target, "error": error}) from error
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _dump(target: Path) -> None:
    without = [f"--exclude-table-data={table}" for table in _WITHOUT_ROWS]
    done = subprocess.run(
        [*_program("pg_dump"), "--no-owner", "--compress=gzip", f"--file={target}", *without],
        env=_environment(), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Unusable(_("数据库无法导出：%(said)s") % {"said": _first_error(done.stderr)})


# --- restoring --------------------------------------------------------------------------------------------------------


def restore(source: Path) -> About:
    """Put a backup into the empty database and the folders of DATA_DIR: the rows whole or not at all. Raises Unusable."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            about = _about(tar)
            _check_keys(about)
            _check_empty()
            _restore_files(tar)
            dump = tar.extractfile(DATABASE)
            assert dump is not None
            with gzip.open(dump) as script:
                _play(_for_here(script))
    except (OSError, EOFError, KeyError, ValueError, TypeError, AssertionError, tarfile.TarError) as error:
        raise Unusable(
            _("%(path)s 不是完整的备份，没有恢复。请换一个备份文件。（%(error)s）") % {"path": source, "error": error}
        ) from error
    return about


def _about(tar: tarfile.TarFile) -> About:
    told = tar.extractfile(ABOUT)
    assert told is not None
    return About(**json.load(told))


def _check_keys(about: About) -> None:
    """All keys must be there before a row is: with others the register would be unreadable, and everybody unknown."""
    try:
        fits = about.fingerprint == key_fingerprint() and set(about.keys) <= set(key_ids())
        fits = fits and decrypt_bytes(_PURPOSE, bytes.fromhex(about.probe)) == _PROBE
    except Exception:  # whatever a wrong key makes of the probe
        fits = False
    if not fits:
        raise Unusable(
            _(
                "这个备份是用另外的密钥写的，没有恢复。请把备份时的 keys.json 放进 DATA_DIR（或设置当时的密钥环境变量）再试。"
            )
        )


def _check_empty() -> None:
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise Unusable(_("数据库不是空的，没有恢复。请另设空的 DATA_DIR 或 DATABASE_URL。"))


def _restore_files(tar: tarfile.TarFile) -> None:
    stores = {store.folder: store for store in FOLDERS}
    for entry in tar:
        folder, _slash, name = entry.name.partition("/")
        if folder in stores and _FILE_NAME.fullmatch(name) and (content := tar.extractfile(entry)) is not None:
            stores[folder].put_back(name, content.read())


def _for_here(script: Iterable[bytes]) -> Iterator[bytes]:
    """The dump's lines as this server and its owner understand them; rows of tables pass as they are."""
    in_rows = False
    for line in script:
        if in_rows:
            in_rows = line != b"\\.\n"
        elif line.startswith(_UNKNOWN_TO_SOME):
            continue
        else:
            in_rows = line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n")
            line = _FOR_ROLE.sub(rb"\1 ", line)
        yield line


def _play(script: Iterable[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(IDENTITIES_EXIST)
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(
            [*_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"],
            env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        assert psql.stdin is not None
        try:
            with psql.stdin as pipe:
                pipe.writelines(script)
        except BrokenPipeError:
            pass  # it has stopped and said why
        except BaseException:
            psql.kill()  # half a script must not look like a whole one
            raise
        finally:
            psql.wait()
        said.seek(0)
        if psql.returncode:
            raise Unusable(_("数据库无法恢复：%(said)s") % {"said": _first_error(said.read())})


# --- PostgreSQL's programs --------------------------------------------------------------------------------------------


def _program(name: str) -> list[str]:
    """A program and the database it works on; the password travels in the environment, where no list of processes shows it."""
    connection.ensure_connection()
    try:
        path = embedded.program(name)
    except embedded.Unavailable as error:
        raise Unusable(str(error)) from error
    return [str(path), "--dbname=" + psycopg.conninfo.make_conninfo("", **connection.connection.info.get_parameters())]


def _environment() -> dict[str, str]:
    kept: dict[str, Any] = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"PGPASSWORD": connection.connection.info.password or "", **embedded.LOCALE}


def _first_error(said: bytes) -> str:
    """What a program complained of, in one line: those that follow may quote rows."""
    lines = said.decode(errors="replace").splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "?")[:300]
