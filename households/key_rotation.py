"""Everything encrypted is encrypted anew under the newest key: columns and their history copies, packed rows, second
factors, files. In chunks of one transaction each; whatever a chunk finds under the newest key already it passes over, so
a rotation that was killed is simply begun again. Runs as the database's owner: history is insert-only for pages and jobs.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models, transaction

from households.comparing.lines import LINE_PURPOSE
from households.encryption import EncryptedTextField, newest_prefix, renewed
from households.intake.staged_rows import ROW_PURPOSE
from households.models import ComparedLine, StagedRow
from households.sealed_files import SealedFiles
from households.sign_in import SECRET_PURPOSE

CHUNK = 2000
# Columns of bytes that are encrypted as a whole row; other such columns are digests (a test knows them all).
PACKED: dict[type[models.Model], dict[str, str]] = {
    StagedRow: {"payload": ROW_PURPOSE},
    ComparedLine: {"payload": LINE_PURPOSE},
}
# What a second factor's record may hold encrypted: a text or a list of texts.
_SECRETS = ("secret", "seed", "migrated_codes")


@dataclass(frozen=True)
class SealedTable:
    """A table and its encrypted columns: column → purpose."""

    model: type[models.Model]
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.model._meta.db_table)


def sealed_tables() -> list[SealedTable]:
    """Every table with encrypted columns, its history's table among them."""
    found = []
    for model in apps.get_models():
        columns = {
            str(one.column): one.purpose for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField)
        } | PACKED.get(model, {})
        if columns:
            found.append(SealedTable(model, columns))
    return found


def left_over(table: SealedTable) -> int:
    """How many rows still hold something that another key than the newest has encrypted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {_under_another_key(table)}", _prefixes(table))
        return int(cursor.fetchone()[0])


def renew_table(table: SealedTable) -> Iterator[int]:
    """Encrypt the table's rows anew, a chunk a transaction; yields how many rows each chunk had."""
    after: Any = None
    while True:
        with transaction.atomic():
            rows = _next_rows(table, after)
            if rows:
                _write(table, rows)
        if not rows:
            return
        after = rows[-1][0]
        yield len(rows)


def _under_another_key(table: SealedTable) -> str:
    return "(" + " OR ".join(f"substr(\"{column}\", 1, 1) NOT IN (%s, '')" for column in table.columns) + ")"


def _prefixes(table: SealedTable) -> list[bytes]:
    return [newest_prefix()] * len(table.columns)


def _next_rows(table: SealedTable, after: Any) -> list[tuple[Any, ...]]:
    """Locked until the chunk is written: what a page changes meanwhile is not overwritten."""
    key = table.model._meta.pk.column
    columns = ", ".join(f'"{column}"' for column in table.columns)
    later = f'AND "{key}" > %s' if after is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{key}", {columns} FROM {table.name} WHERE {_under_another_key(table)} {later}'
            f' ORDER BY "{key}" LIMIT %s FOR UPDATE',
            [*_prefixes(table), *([after] if after is not None else []), CHUNK],
        )
        return list(cursor.fetchall())


def _write(table: SealedTable, rows: list[tuple[Any, ...]]) -> None:
    """Without triggers: nothing has changed that history, figures or constraints could tell."""
    key = table.model._meta.pk
    again = [
        [renewed(purpose, bytes(value)) if value is not None else None for value in column]
        for purpose, column in zip(table.columns.values(), list(zip(*rows, strict=True))[1:], strict=True)
    ]
    sets = ", ".join(f'"{column}" = new.c{number}' for number, column in enumerate(table.columns))
    names = ", ".join(["k", *(f"c{number}" for number in range(len(table.columns)))])
    arrays = ", ".join([f"%s::{key.rel_db_type(connection)}[]", *(["%s::bytea[]"] * len(table.columns))])
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table.name} SET {sets} FROM unnest({arrays}) AS new({names}) WHERE {table.name}."{key.column}" = new.k',
            [[row[0] for row in rows], *again],
        )


def renew_second_factors() -> int:
    """The secrets of all users' second factors; returns how many records were changed."""
    changed = 0
    with transaction.atomic():
        for one in Authenticator.objects.select_for_update().order_by("pk"):
            if (data := _renewed_data(one)) != one.data:
                Authenticator.objects.filter(pk=one.pk).update(data=data)
                changed += 1
    return changed


def second_factors_left_over() -> int:
    """How many second factors hold a secret that another key than the newest has encrypted."""
    return sum(_renewed_data(one) != one.data for one in Authenticator.objects.all())


def _renewed_data(one: Authenticator) -> dict[str, Any]:
    return {name: _renewed_secret(value) if name in _SECRETS else value for name, value in one.data.items()}


def _renewed_secret(value: Any) -> Any:
    if isinstance(value, list):
        return [_renewed_secret(one) for one in value]
    return base64.b64encode(renewed(SECRET_PURPOSE, base64.b64decode(value))).decode()


def renew_files(files: SealedFiles) -> Iterator[int]:
    """Encrypt the files of a folder anew, one by one; yields 1 for each that was."""
    for name in files.stored():
        if files.renew(name):
            yield 1
