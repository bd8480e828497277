"""Staged rows in their stored form: one encrypted payload each, written by one binary COPY.

The COPY stream is packed here (PostgreSQL manual, "COPY", Binary Format): the driver's own packing takes longer than the
encryption and the server's work together.
"""

import uuid
from struct import pack
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q

from households.encryption import blind_index, decrypt_bytes, encrypt_bytes
from households.intake.messages import Policy
from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import CheckedRow, Finding, codes_of

ROW_PURPOSE = "staged_row.payload"
WHO_PURPOSE = "staged_row.who"
# Every kind of workbook that names people names them under this word.
NAME = "姓名"
MAX_SHEET_NAME = 120

_COPY = (
    'COPY households_stagedrow (batch_id, sheet, row_number, status, change, codes, "column", village_code, id_index, '
    "payload, person_id, who_index) FROM STDIN (FORMAT BINARY)"
)
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_TWELVE_FIELDS = pack(">h", 12)
_NULL = pack(">i", -1)
_VARCHAR = 1043
_BLOCK = 500


def copy_rows(batch_id: uuid.UUID, rows: list[CheckedRow], labels: list[str]) -> None:
    """Write the rows of a batch; `labels`: the order of the values in their payloads."""
    batch = _TWELVE_FIELDS + _field(batch_id.bytes)
    texts = _Texts()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(_HEADER)
        for start in range(0, len(rows), _BLOCK):
            copy.write(b"".join([_record(batch, row, labels, texts) for row in rows[start : start + _BLOCK]]))
        copy.write(_TRAILER)


def delete_rows(batch_id: uuid.UUID) -> None:
    """Delete a batch's staged rows without loading their payloads, as the ORM would to look for decisions on them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM households_stagedrow WHERE batch_id = %s", [batch_id])


def who_of(row: CheckedRow) -> bytes | None:
    """A digest of the row's village and name; None without a name."""
    name = row.values.get(NAME)
    return blind_index(WHO_PURPOSE, f"{row.village}|{name}") if name else None


class _Texts(dict[str, bytes]):
    """Text → packed field; sheets, verdicts and villages repeat."""

    def __missing__(self, text: str) -> bytes:
        self[text] = packed_text = _field(text.encode())
        return packed_text


def _record(start: bytes, row: CheckedRow, labels: list[str], texts: _Texts) -> bytes:
    findings = row.findings
    return b"".join(
        (
            start,
            texts[row.sheet[:MAX_SHEET_NAME]],
            pack(">ii", 4, row.number),
            texts[row.status],
            texts[row.change],
            _array(codes_of(findings)) if findings else _NO_CODES,
            texts[worst_field(row.open_findings) if findings else ""],
            texts[row.village],
            _field(row.id_index) if row.id_index is not None else _NULL,
            _field(encrypt_bytes(ROW_PURPOSE, packed(row, labels))),
            pack(">iq", 8, row.person_id) if row.person_id is not None else _NULL,
            _field(who) if findings and row.policy >= Policy.HELD and (who := who_of(row)) else _NULL,
        )
    )


def _field(value: bytes) -> bytes:
    return pack(">i", len(value)) + value


def _array(texts: list[str]) -> bytes:
    """A varchar[]: dimensions, no nulls, element type, length, lower bound, elements."""
    elements = b"".join(_field(text.encode()) for text in texts)
    return _field(pack(">iiiii", 1, 0, _VARCHAR, len(texts), 1) + elements)


_NO_CODES = _field(pack(">iii", 0, 0, _VARCHAR))


def worst_field(findings: list[Finding]) -> str:
    """The engine's name of the column with the gravest finding, "" for none."""
    told = [one for one in findings if one.field]
    return max(told, key=lambda one: one.policy).field if told else ""


def packed(row: CheckedRow, labels: list[str]) -> bytes:
    """Everything needed to show the row and to compare it again, as JSON (encrypted by the caller)."""
    values = row.values
    told = list(values.values()) if list(values) == labels else list(map(values.get, labels))  # most rows have them all
    content: list[Any] = [told, row.household, row.id_key]
    if row.findings or row.before or row.is_merged or row.remains:
        content += [
            [[one.code, one.field, int(one.policy), one.params, one.is_compared] for one in row.findings],
            row.before,
            row.remains,
            row.is_merged,
            row.is_softened,
            sorted(row.accepted),
        ]
    return orjson.dumps(content)


def rows_of(batch: ImportBatch, *only: Q) -> list[CheckedRow]:
    """The rows of a batch, or `only` some, in their order."""
    # Named tuples stand in for the model, whose objects take longer than the cipher.
    stored: Any = (
        batch.rows.filter(*only)
        .order_by("pk")
        .values_list("sheet", "row_number", "change", "village_code", "id_index", "payload", "person_id", named=True)
    )
    return [unpacked(one, batch.layout) for one in stored]


def unpacked(staged: StagedRow, layout: dict[str, Any]) -> CheckedRow:
    """A staged row as it was after the comparison. `layout`: its batch's."""
    content = orjson.loads(decrypt_bytes(ROW_PURPOSE, bytes(staged.payload)))
    values, household, id_key, findings, before, remains, is_merged, is_softened, accepted = (
        content + [[], {}, "", False, False, []][len(content) - 3 :]
    )
    return CheckedRow(
        sheet=staged.sheet,
        number=staged.row_number,
        values=dict(zip(layout["labels"], values, strict=True)),
        findings=[Finding(code, field, Policy(policy), params, late) for code, field, policy, params, late in findings],
        village=staged.village_code,
        id_key=id_key,
        remains=remains,
        household=tuple(household) if household else None,
        is_merged=is_merged,
        change=staged.change,
        before=before,
        person_id=staged.person_id,
        id_index=bytes(staged.id_index) if staged.id_index is not None else None,
        is_softened=is_softened,
        accepted=frozenset(accepted),
    )
