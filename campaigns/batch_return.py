"""The officer's own workbook back: problem cells coloured, a result and a reason per row, a first sheet that sums up."""

import os
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.batch_preview import remarks, rows_of, verdict
from campaigns.kinds import KINDS
from households.intake.annotate import RowNote, annotate
from households.intake.bundle import files_in, pack
from households.intake.messages import file_warnings
from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import CheckedRow, is_beyond, sentence
from households.intake.sheets import Table
from households.intake.staged_rows import MAX_SHEET_NAME, unpacked
from households.intake.staging import original, read_tables
from households.models import User
from households.wording import listed, running


def annotated_workbook(user: User, batch: ImportBatch) -> tuple[IO[bytes], str]:
    """The annotated copy as an open file that nobody else can open, and its extension: a zip of files comes back as one.

    The caller has checked that she uploaded it. Raises FileNotFoundError when the original has been purged, FileRefused
    when it cannot be read any more.
    """
    with original(batch) as source, tempfile.TemporaryDirectory(dir=source.parent) as folder:
        workbook, found = read_tables(batch, KINDS[batch.kind], source)
        notes = _notes(user, batch, found.tables)

        def annotated(name: str, file: Path) -> Path:
            own = {sheet.name: sheet.own_name for sheet in workbook.sheets if sheet.file == name}
            target = Path(folder) / f"{sum(1 for _done in Path(folder).iterdir())}.xlsx"
            annotate(
                file,
                target,
                [replace(note, sheet=own[note.sheet]) for note in notes if note.sheet in own],
                summary(batch),
                original_name=name,
                header_rows=[(own[table.sheet], table.header_row) for table in found.tables if table.sheet in own],
            )
            return target

        if workbook.kind != "bundle":
            result, extension = annotated(batch.file_name, source), ".xlsx"
        else:
            result, extension = Path(folder) / "all.zip", ".zip"
            with result.open("wb") as out, closing(files_in(source)) as files:
                pack(
                    [(f"{PurePosixPath(name).with_suffix('')}.xlsx", annotated(name, file)) for name, file in files],
                    out,
                )
        os.chmod(result, 0o600)
        return result.open("rb"), extension


def summary(batch: ImportBatch) -> list[tuple[str, str]]:
    """Heading and text of each line of the first sheet."""
    counts = batch.counts
    return [
        (_("数据截止日"), formats.date_format(batch.as_of) if batch.as_of else ""),
        (_("状态"), str(ImportBatch.State(batch.state).label)),
        (_("数据行"), str(counts.get("rows", 0))),
        *(
            (str(label), str(counts.get(name, 0)))
            for name, label in (
                ("new", _("新增")), ("changed", _("变更")), ("unchanged", _("无变化")), ("held", _("待核实")),
                ("rejected", _("退回修改")), ("merged", _("重复合并")), ("missing", _("本册未列")),
            )
        ),
        *((_("提示"), text) for text in file_warnings(batch.warnings, batch.layout.get("details", {}))),
        (_("怎么改"), _("有颜色的单元格附有批注。改正后保存，把本文件重新上传即可；“导入结果”和“原因”两列不用删除。")),
    ]  # fmt: skip


def _notes(user: User, batch: ImportBatch, tables: list[Table]) -> list[RowNote]:
    labels = KINDS[batch.kind].labels
    is_applied = batch.state == ImportBatch.State.APPLIED
    table_of = {
        (table.sheet[:MAX_SHEET_NAME], number, table.turn): table for table in tables for number in table.row_numbers
    }
    notes: dict[tuple[str, int], RowNote] = {}
    staged: StagedRow
    for staged in rows_of(user, batch).order_by("pk").iterator():
        row = unpacked(staged, batch.layout)
        table = table_of.get((row.sheet, row.number, row.values.get("turn") or 1))
        if table is None:
            continue
        note = RowNote(
            sheet=table.sheet,
            row=row.number,
            status=verdict(row.status, row.change, is_applied=is_applied),
            reason=remarks(row, labels, user),
            cells=_cells(row, table, labels, beyond=is_beyond(row, user.regions)),
            is_torn=row.number in table.torn_rows,
        )
        before = notes.get((note.sheet, note.row))
        notes[note.sheet, note.row] = _together(before, note) if before else note
    return list(notes.values())


def _together(one: RowNote, other: RowNote) -> RowNote:
    """What became of a row that tells several things."""
    status = listed(dict.fromkeys((one.status, other.status)))
    return replace(one, status=status, reason=running([one.reason, other.reason]), cells=one.cells + other.cells)


def _cells(row: CheckedRow, table: Table, labels: dict[str, str], *, beyond: bool) -> list[tuple[str, str]]:
    """(column letter, what is wrong and what to do) for each finding about a cell."""
    return [
        (table.letters[one.field], sentence(one, labels, beyond=beyond))
        for one in row.open_findings
        if one.field in table.letters
    ]
