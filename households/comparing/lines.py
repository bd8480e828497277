"""One line of a comparison and its stored form: one encrypted payload each, written by one COPY."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection

from households.comparing.models import ComparedLine, ListComparison
from households.encryption import decrypt_bytes, encrypt_bytes
from households.intake.messages import policy_of
from households.intake.rows import CheckedRow, Finding

LINE_PURPOSE = "comparison.line"
# What is kept of a row besides the cells that differ: enough to know who it is; the rest stands in the officer's own list.
_KEPT = ("姓名", "性别", "出生日期", "与户主关系", "户主姓名", "户编号")
_COPY = "COPY households_comparedline (comparison_id, bucket, payload) FROM STDIN (FORMAT BINARY)"


@dataclass(slots=True)
class Line:
    """A row of the list, or a registered person who is not on it.

    row: the list's clean values, remarks (`findings`), and where she is found in the register `person_id` and `before`
    (label → the register's value where it differs). number: the identity number as the list writes it, for a person of
    the register masked. place: the place as the list writes it. bucket: "" until decided.
    """

    row: CheckedRow
    number: str = ""
    place: str = ""
    bucket: str = field(default="", kw_only=True)

    @property
    def where(self) -> str:
        """The row as remarks on other rows name it."""
        return f"“{self.row.sheet}”第{self.row.number}行"


def write_lines(comparison: ListComparison, lines: list[Line]) -> None:
    """Store the lines in their order."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(["uuid", "varchar", "bytea"])
        for line in lines:
            payload = encrypt_bytes(LINE_PURPOSE, _packed(line))
            copy.write_row((comparison.pk, line.bucket, payload))


def _packed(line: Line) -> bytes:
    row = line.row
    values = {label: row.values[label] for label in (*_KEPT, *row.before) if row.values.get(label) is not None}
    remarks = [[one.code, one.field, one.params] for one in row.findings]
    return orjson.dumps(
        [values, row.sheet, row.number, row.village, row.person_id, row.before, remarks,
         line.number, line.place]
    )  # fmt: skip


def unpacked(stored: ComparedLine) -> Line:
    """A stored line with as much of its values as is kept."""
    content: list[Any] = orjson.loads(decrypt_bytes(LINE_PURPOSE, bytes(stored.payload)))
    values, sheet, number, village, person_id, before, remarks, as_given, place = content
    row = CheckedRow(
        sheet,
        number,
        values,
        [Finding(code, field, policy_of(code), params) for code, field, params in remarks],
        village=village,
        before=before,
        person_id=person_id,
    )
    return Line(row, as_given, place, bucket=stored.bucket)
