"""A backup made while the system runs comes back in an empty database: the same people, figures, files, rights and walls."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from campaigns.photos import FILES as PHOTOS
from campaigns.reports.operations import FILES as BRIEFING_TEMPLATES
from households.audit import sealing
from households.audit.models import AuditEntry
from households.management.base import Refusal
from households.models import Person
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]

RIGHTS = """
SELECT 'table', relname, array_to_string(relacl, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, array_to_string(attacl, ' ') FROM pg_attribute
  WHERE attacl IS NOT NULL AND attrelid >= 16384
UNION ALL SELECT 'function', proname, array_to_string(proacl, ' ') || prosecdef FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'policy', tablename || '.' || policyname, roles::text || cmd || coalesce(qual, '') || coalesce(with_check, '')
  FROM pg_policies
UNION ALL SELECT 'wall', relname, relrowsecurity::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'default', defaclobjtype::text, array_to_string(defaclacl, ' ') FROM pg_default_acl
ORDER BY 1, 2, 3
"""


@dataclass
class Elsewhere:
    """An empty database on the tests' server, a data folder without keys, and the product working on both."""

    name: str
    folder: Path
    keys: dict[str, str]
    owner: str = ""  # name:password, where it is not the tests' own

    def manage(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
            env=os.environ | self.keys | {"DATABASE_URL": self.url, "DATA_DIR": str(self.folder), "TEST_DATA_DIR": ""},
        )  # fmt: skip

    @property
    def url(self) -> str:
        info = connection.connection.info
        sign_in = self.owner or f"{info.user}:{info.password}"
        host = "" if info.host.startswith("/") else info.host
        return f"postgresql://{sign_in}@{host}/{self.name}?host={info.host}&port={info.port}"

    def rows(self, query: str) -> list[tuple[object, ...]]:
        parameters = connection.get_connection_params() | {"dbname": self.name, "cursor_factory": psycopg.Cursor}
        with psycopg.connect(**parameters) as session:
            return session.execute(query).fetchall()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    connection.ensure_connection()
    name = f"{connection.settings_dict['NAME']}_restored"
    keys = settings.KEYS
    given = {
        "SECRET_KEY": keys.secret_key,
        "FIELD_KEYS": ",".join(f"{number}:{key.hex()}" for number, key in keys.field_keys.items()),
        "INDEX_KEY": keys.index_key.hex(),
    }
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    (tmp_path / "elsewhere").mkdir()
    yield Elsewhere(name, tmp_path / "elsewhere", given)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def kept(tangshan: None, client: Client, tmp_path: Path) -> Path:
    """A backup of a small register with a photo, a template and a sealed audit log."""
    home = make.household(phone="14403157001", address="曹庄子村\t1号\\.")
    woman = make.person(home, birth=date(1980, 5, 1), phone="14403157002")
    make.contact(home)
    make.visit_photo(make.visit(home), b"a photo")
    BRIEFING_TEMPLATES.keep(b"a template")
    client.get("/accounts/login/")
    call_command("rebuild_coverage")
    sealing.seal()
    assert woman.pk
    path = tmp_path / "kept.tar"
    call_command("backup", str(path))
    return path


def test_it_comes_back_whole(kept: Path, elsewhere: Elsewhere) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600
    done = elsewhere.manage("restore", kept)
    assert done.returncode == 0, done.stderr
    assert "审计日志完整" in done.stdout and "一致" in done.stdout
    for table in ("households_person", "households_personevent", "households_household", "campaigns_ledgerentry"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        with connection.cursor() as cursor:
            cursor.execute(query)
            ours = cursor.fetchall()
        assert ours and elsewhere.rows(query) == ours, table
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS)
        assert elsewhere.rows(RIGHTS) == cursor.fetchall()
    commands = elsewhere.rows(f"SELECT url_name FROM {AuditEntry._meta.db_table} WHERE action = 'command' ORDER BY id")
    assert [name for (name,) in commands] == ["rebuild_coverage", "backup", "prepare", "restore"]
    for store in (PHOTOS, BRIEFING_TEMPLATES):
        (name,) = store.stored()
        assert (elsewhere.folder / store.folder / name).read_bytes() == store.sealed(name)
    again = elsewhere.manage("restore", kept)
    assert again.returncode == 1 and "不是空的" in again.stderr


def test_without_its_keys_nothing_is_restored(kept: Path, elsewhere: Elsewhere) -> None:
    elsewhere.keys = {"SECRET_KEY": "", "FIELD_KEYS": "", "INDEX_KEY": ""}
    done = elsewhere.manage("restore", kept)
    assert done.returncode == 1 and "keys.json" in done.stderr
    assert elsewhere.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []
    assert not (elsewhere.folder / "photos").exists()


def test_half_a_backup_leaves_the_database_empty(kept: Path, elsewhere: Elsewhere, tmp_path: Path) -> None:
    with tarfile.open(kept) as tar:
        about, dump = (tar.extractfile(name) for name in ("about.json", "database.sql.gz"))
        assert about is not None and dump is not None
        parts = {"about.json": about.read(), "database.sql.gz": (whole := dump.read())[: len(whole) * 2 // 3]}
    torn = tmp_path / "torn.tar"
    with tarfile.open(torn, "w") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    done = elsewhere.manage("restore", torn)
    assert done.returncode == 1 and "不是完整的备份" in done.stderr
    assert elsewhere.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []


@pytest.mark.parametrize("content", [b"", b"no backup at all" * 100])
def test_another_file_is_refused(elsewhere: Elsewhere, tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    done = elsewhere.manage("restore", other)
    assert done.returncode == 1 and "不是完整的备份" in done.stderr


def test_an_owner_without_the_rights_is_told_what_to_ask_for(kept: Path, elsewhere: Elsewhere) -> None:
    elsewhere.owner = "plain_owner:plain"
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS plain_owner")
        cursor.execute("CREATE ROLE plain_owner LOGIN PASSWORD 'plain'")
    try:
        for command in (["restore", kept], ["prepare"]):
            done = elsewhere.manage(*command)
            assert (done.returncode, "povertyrelief_steward" in done.stderr, "Traceback" in done.stderr) == (
                1,
                True,
                False,
            )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP ROLE plain_owner")


def test_an_earlier_file_is_not_overwritten(kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(Refusal, match="已存在"):
        call_command("backup", str(kept))
    assert kept.read_bytes() == before and Person.objects.count() == 1


def test_a_folder_that_is_not_there_is_told(tangshan: None, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="换一个文件夹"):
        call_command("backup", str(tmp_path / "nowhere" / "kept.tar"))
