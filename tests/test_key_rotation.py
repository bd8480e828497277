"""`manage.py rotate_keys`: everything encrypted is encrypted anew, however often it is interrupted, and still reads."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from campaigns.photos import FILES as PHOTOS
from campaigns.reports.operations import FILES as BRIEFING_TEMPLATES
from households import encryption, key_rotation
from households.audit.models import Action, AuditEntry
from households.intake.models import StagedRow
from households.intake.originals import FILES as ORIGINALS
from households.intake.staged_rows import unpacked
from households.management.base import Refusal
from households.models import Household, Person, TouchedVillage
from povertyrelief import keys
from povertyrelief.stored_files import FOLDERS
from tests import make
from tests.conftest import Cast
from tests.test_sign_in import code_of

PHONE = "14403157722"
# Columns of bytes that are digests: nothing in them can be decrypted.
DIGESTS = {
    "id_index",
    "weak_index",
    "who_index",
    "file_digest",
    "digest",
    "leaves",
    "device_digest",
    "token_digest",
    "stamp",
}
pytestmark = pytest.mark.usefixtures("own_files")
OLD = dict(settings.KEYS.field_keys)
NEW = {**OLD, max(OLD) + 1: secrets.token_bytes(32)}


@pytest.fixture(autouse=True)
def old_keys() -> Iterator[None]:
    """Every test begins and ends with the keys of the settings."""
    yield
    encryption.use_keys(OLD)


@pytest.fixture
def written(cast: Cast, officer_a: Client) -> tuple[Household, Person, StagedRow]:
    """A household, a woman with history, a staged row, an upload's file and a photo, under the old key."""
    home = make.household(phone=PHONE, address="曹庄子村1号")
    woman = make.person(home, phone=PHONE)
    woman.phone = "14403157723"
    woman.save()
    make.woman_survey(woman, illness="肺病")
    make.visit_photo(make.visit(home), b"a photo")
    ORIGINALS.keep(b"a workbook")
    BRIEFING_TEMPLATES.keep(b"a template")
    officer_a.post(reverse("households"), {"word": "钱金丝雀"})
    return home, woman, make.doubt(cast.officer_a)


def rotate(*arguments: str) -> None:
    encryption.use_keys(NEW)
    call_command("rotate_keys", *arguments)


def without_the_old_key() -> None:
    encryption.use_keys({max(NEW): NEW[max(NEW)]})


def test_with_one_key_it_refuses(tangshan: None) -> None:
    with pytest.raises(Refusal, match="只有一个密钥"):
        call_command("rotate_keys")
    assert not AuditEntry.objects.exists()


def test_afterwards_everything_reads_without_the_old_key(
    written: tuple[Household, Person, StagedRow], cast: Cast, officer_a: Client
) -> None:
    home, woman, staged = written
    events = Person.pgh_event_model.objects
    before = events.count()
    TouchedVillage.objects.all().delete()
    rotate()
    without_the_old_key()
    assert Household.objects.get(pk=home.pk).phone == PHONE
    assert Person.objects.get(pk=woman.pk).phone == "14403157723"
    assert {event.phone for event in events.filter(pgh_obj=woman)} == {PHONE, "14403157723"}
    assert events.count() == before, "a rotation is no change of anybody"
    assert not TouchedVillage.objects.exists()
    staged.refresh_from_db()
    assert unpacked(staged, staged.batch.layout).values
    assert {PHOTOS.read(name) for name in PHOTOS.stored() if PHOTOS.renew(name) is False} >= {b"a photo"}
    assert b"a workbook" in {ORIGINALS.read(name) for name in ORIGINALS.stored()}
    assert [BRIEFING_TEMPLATES.read(name) for name in BRIEFING_TEMPLATES.stored()] == [b"a template"]
    assert code_of(cast.federation_staff)
    assert officer_a.get(reverse("household", args=[home.pk])).status_code == 200
    assert officer_a.get(reverse("households")).status_code == 200, "what a session remembers is forgotten, not a crash"
    for model in apps.get_models():
        if any(isinstance(field, encryption.EncryptedTextField) for field in model._meta.concrete_fields):
            list(model._default_manager.all())


def test_it_is_on_record_with_counts(written: tuple[Household, Person, StagedRow]) -> None:
    rotate()
    began, ended = AuditEntry.objects.filter(action=Action.COMMAND, url_name="rotate_keys").order_by("pk")
    assert began.details == {} and ended.details["rows"] > 5 and ended.details["files"] >= 2


def test_killed_in_the_middle_it_is_begun_again(
    written: tuple[Household, Person, StagedRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "CHUNK", 1)
    original, calls = key_rotation._write, []

    def breaking(table: Any, rows: Any) -> None:
        calls.append(table)
        if len(calls) > 3:
            raise RuntimeError("killed")
        original(table, rows)

    monkeypatch.setattr(key_rotation, "_write", breaking)
    with pytest.raises(RuntimeError):
        rotate()
    mixed = sum(map(key_rotation.left_over, key_rotation.sealed_tables()))
    assert mixed and Person.objects.get(pk=written[1].pk).phone == "14403157723"
    monkeypatch.setattr(key_rotation, "_write", original)
    rotate()
    without_the_old_key()
    assert Person.objects.get(pk=written[1].pk).phone == "14403157723"
    assert sum(map(key_rotation.left_over, key_rotation.sealed_tables())) == 0


def test_what_an_old_process_wrote_meanwhile_is_told(
    written: tuple[Household, Person, StagedRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def writing() -> int:
        encryption.use_keys(OLD)
        make.household(phone=PHONE)
        encryption.use_keys(NEW)
        return 0

    monkeypatch.setattr(key_rotation, "renew_second_factors", writing)
    with pytest.raises(Refusal, match="重启"):
        rotate()


def test_every_column_of_bytes_is_known(db: None) -> None:
    """A new one is encrypted (and rotated) or a digest (and named here)."""
    for model in apps.get_models():
        if model._meta.app_label not in ("households", "campaigns"):
            continue
        known = DIGESTS | set(key_rotation.PACKED.get(getattr(model, "pgh_tracked_model", model), {}))
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField):
                assert field.column in known, (model, field.column)


def test_every_folder_of_files_is_known() -> None:
    sources = [
        *Path(settings.BASE_DIR, "households").rglob("*.py"),
        *Path(settings.BASE_DIR, "campaigns").rglob("*.py"),
    ]
    made = {name for path in sources for name in re.findall(r'SealedFiles\("(\w+)"', path.read_text())}
    assert made == {folder.folder for folder in FOLDERS}


def test_secrets_of_second_factors(cast: Cast) -> None:
    rotate()
    for one in Authenticator.objects.all():
        assert encryption.base64.b64decode(one.data["secret"])[:1] == encryption.newest_prefix()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM households_personevent WHERE substr(phone, 1, 1) <> %s", [encryption.newest_prefix()]
        )
        assert cursor.fetchone()[0] == 0


def test_keys_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in keys.NAMES:
        monkeypatch.delenv(name, raising=False)
    first = keys.load(tmp_path).field_keys
    assert keys.add_field_key(tmp_path) == 2
    both = keys.load(tmp_path).field_keys
    assert both[1] == first[1] and set(both) == {1, 2}
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert keys.drop_old_field_keys(tmp_path) == 2
    assert keys.load(tmp_path).field_keys == {2: both[2]}
    assert set(json.loads((tmp_path / "keys.json").read_text())) == set(keys.NAMES)
    monkeypatch.setenv("FIELD_KEYS", f"1:{both[1].hex()}")
    with pytest.raises(keys.WrongKey, match="FIELD_KEYS"):
        keys.add_field_key(tmp_path)


def test_old_keys_stay_as_long_as_something_needs_them(written: tuple[Household, Person, StagedRow]) -> None:
    with pytest.raises(Refusal, match="旧密钥"):
        rotate("--drop-old")
