"""From an uploaded file to its preview: receive, open, check, compare with the register, stage. One call chain for page,
task and command.

The uploaded original is stored encrypted under a name of our own; staged rows hold one encrypted payload each. A batch
may be staged again at any time before it is applied: nothing is doubled, the batch row is the lock.
"""

import gc
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from households.access import steward
from households.intake import originals
from households.intake.bundle import read_files
from households.intake.decided_before import compared
from households.intake.kinds import Compared, Frame, Kind
from households.intake.mapping import named_by_hand, with_remembered
from households.intake.messages import file_message
from households.intake.models import BatchWork, ImportBatch
from households.intake.precheck import MAX_FILE_BYTES, too_large
from households.intake.progress import Told, telling, untold
from households.intake.register_state import settled_moves
from households.intake.rows import CheckedRow, codes_of, is_beyond, sentences
from households.intake.sheets import Table, Tables, find_tables
from households.intake.staged_rows import MAX_SHEET_NAME, copy_rows, delete_rows, unpacked
from households.intake.workbook import FileRefused, Workbook
from households.models import User

State = ImportBatch.State
# States from which a batch may be staged (again).
STAGEABLE = (State.UPLOADED, State.CHECKING, State.PREVIEW, State.FAILED)
# `progress` of a batch while the worker reads its file, checks its rows, compares them with the register.
READING, CHECKING, COMPARING = 5, 40, 70


# --- the original -----------------------------------------------------------------------------------------------------


def receive(source: Path, *, name: str, by: User, kind: str) -> ImportBatch:
    """Store an uploaded file encrypted and open a batch for it. The caller has checked that `by` may upload.

    `name`: the file's name as uploaded. Never parses the file; a refused one is refused by `stage`, except one that is too
    large to be kept in memory, which is refused here and not stored.
    """
    size = source.stat().st_size
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, hashlib.sha256).digest()
    batch = ImportBatch.objects.create(
        kind=kind,
        created_by=by,
        regions=by.regions,
        county_code=common_prefix([region[:6] for region in by.regions]),
        file_name=name[:200],
        file_size=size,
        file_digest=digest,
        stored_name=originals.keep(source.read_bytes()) if size <= MAX_FILE_BYTES else "",
    )
    BatchWork.objects.create(batch=batch)
    return batch if size <= MAX_FILE_BYTES else _refuse(batch, too_large())


def common_prefix(codes: Sequence[str]) -> str:
    """What all codes begin with: one county's code, or the city's where there are several."""
    first, last = min(codes, default=""), max(codes, default="")
    return next((first[:size] for size in (6, 4, 2) if last.startswith(first[:size])), "")


def original(batch: ImportBatch) -> AbstractContextManager[Path]:
    """The uploaded file for the moment of reading it; entering raises FileNotFoundError when it has been purged."""
    return originals.opened(batch.stored_name, batch.file_name)


def purge_original(batch: ImportBatch) -> None:
    """Delete the uploaded file; safe to call twice."""
    originals.delete(batch.stored_name)


# --- staging ----------------------------------------------------------------------------------------------------------


def stage[C: Compared](
    batch_id: uuid.UUID, kind: Kind[C], *, default_as_of: date, as_of: date | None = None
) -> ImportBatch:
    """Read, check, compare and stage a received batch; afterwards it is a preview, or refused with a reason.

    `as_of` wins over the file's own date, which wins over `default_as_of`. Does nothing to a batch that is applied,
    refused or undone. May run twice.
    """
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.state not in STAGEABLE:
        return batch
    with collector_paused(), telling(batch.pk) as told:
        return _stage(batch, kind, told, default_as_of=default_as_of, as_of=as_of)


@contextmanager
def collector_paused() -> Iterator[None]:
    """A workbook becomes a million objects without cycles; looking for cycles among them takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _stage[C: Compared](
    batch: ImportBatch, kind: Kind[C], told: Told, *, default_as_of: date, as_of: date | None
) -> ImportBatch:
    _mark(batch, progress=READING)
    told(0, 0)
    try:
        with original(batch) as path:
            workbook, found = read_tables(batch, kind, path, told)
    except FileRefused as refused:
        return _refuse(batch, refused)
    size = {"rows": sum(len(table.row_numbers) for table in found.tables)}
    _mark(batch, progress=CHECKING, counts=size)
    titles = [text for table in found.tables for text in (*table.titles, table.sheet)]
    batch.as_of = as_of or kind.as_of_in(titles) or default_as_of
    batch.warnings = found.warnings + (["SAME_FILE_AGAIN"] if _uploaded_before(batch) else [])
    frame = frame_of(batch, told=told)
    rows = kind.check(found.tables, frame)
    _mark(batch, progress=COMPARING)
    told(0, 0)
    with steward():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in STAGEABLE:  # applied or discarded while this run was reading the file
            return locked
        batch.compared_at_move = settled_moves()
        comparison = compared(batch, kind, rows, frame)
        layout = {"letters": letters_of(found.tables), "details": found.details, "files": files_of(workbook)}
        save_preview(batch, rows, comparison, layout)
    return batch


def read_tables(batch: ImportBatch, kind: Kind[Any], path: Path, told: Told = untold) -> tuple[Workbook, Tables]:
    """The batch's file, decrypted at `path`, as sheets and as the tables on them. Raises FileRefused."""
    workbook = read_files(path, original_name=batch.file_name, told=told)
    spec = with_remembered(kind.table(), kind=batch.kind, county=batch.county_code)
    return workbook, find_tables(workbook, spec, named_by_hand(workbook, batch.by_hand))


def _mark(batch: ImportBatch, *, progress: int, **told: Any) -> None:
    """Tell at once how far we are, outside the transaction of the work."""
    ImportBatch.objects.filter(pk=batch.pk, state__in=STAGEABLE).update(
        state=State.CHECKING, progress=progress, heartbeat=timezone.now(), **told
    )
    batch.state = State.CHECKING


def _refuse(batch: ImportBatch, refused: FileRefused) -> ImportBatch:
    batch.state, batch.file_error, batch.progress = State.REFUSED, refused.code, 100
    batch.message = file_message(refused.code, refused.params)
    if where := refused.params.get("file") or refused.params.get("sheet"):
        batch.message = _("“%(where)s”：%(message)s") % {"where": where, "message": batch.message}
    told = {name: getattr(batch, name) for name in ("state", "file_error", "message", "progress")}
    ImportBatch.objects.filter(pk=batch.pk, state__in=STAGEABLE).update(**told)  # it may have been given up meanwhile
    return batch


def _uploaded_before(batch: ImportBatch) -> bool:
    earlier = ImportBatch.objects.filter(
        kind=batch.kind, file_digest=batch.file_digest, state__in=[State.PREVIEW, State.APPLIED]
    )
    return earlier.exclude(pk=batch.pk).exists()


def letters_of(tables: Sequence[Table]) -> dict[str, dict[str, str]]:
    """Sheet → field → Excel column letter, for naming cells; none for fields with several columns."""
    letters: dict[str, dict[str, str]] = {}
    for table in tables:
        kept = table.letters if not table.again else letters[table.sheet]
        letters[table.sheet] = {name: letter for name, letter in kept.items() if name not in table.again}
    return letters


def files_of(workbook: Workbook) -> dict[str, list[str]]:
    """File → its sheets as staged rows name them; nothing for a single file."""
    files: dict[str, list[str]] = {}
    for sheet in workbook.sheets:
        files.setdefault(sheet.file, []).append(sheet.name[:MAX_SHEET_NAME])
    return files if len(files) > 1 else {}


def save_preview(batch: ImportBatch, rows: list[CheckedRow], comparison: Compared, layout: dict[str, Any]) -> None:
    """Replace the batch's staged rows and figures. Runs inside the caller's transaction, under the batch's lock.

    layout: letters (`letters_of`), details (file warning → what it is about), files (`files_of`); the labels are those of
    the rows.
    """
    delete_rows(batch.pk)
    batch.layout = layout | {"labels": _labels_of(rows)}
    copy_rows(batch.pk, rows, batch.layout["labels"])
    batch.state, batch.progress = State.PREVIEW, 100
    batch.counts = count(rows, comparison.missing)
    batch.villages = comparison.villages
    counties = common_prefix([village[:6] for village in comparison.villages])
    batch.county_code = counties if len(counties) >= len(batch.county_code) else batch.county_code
    batch.save(
        update_fields=[
            "state",
            "progress",
            "counts",
            "villages",
            "layout",
            "compared_at_move",
            "county_code",
            "as_of",
            "warnings",
            "message",
        ]
    )


def count(rows: list[CheckedRow], missing: int) -> dict[str, int]:
    """The figures on top of the preview; imported = new + changed + unchanged."""
    statuses = Counter(row.status for row in rows)
    changes = Counter(row.change for row in rows)
    return {
        "rows": len(rows),
        "imported": statuses["imported"] + statuses["imported_flagged"],
        "flagged": statuses["imported_flagged"],
        **{name: changes[name] for name in ("new", "changed", "unchanged")},
        **{name: statuses[name] for name in ("held", "rejected", "merged")},
        "missing": missing,
    }


def _labels_of(rows: list[CheckedRow]) -> list[str]:
    """Every label that some row has; payloads list their values in this order, once for the batch and not in each row."""
    labels: dict[str, None] = {}
    for row in rows:
        if not row.values.keys() <= labels.keys():
            labels |= dict.fromkeys(row.values)
    return list(labels)


def frame_of(batch: ImportBatch, *, by: User | None = None, told: Told = untold) -> Frame:
    """What surrounds the rows of a batch whose day is known; `by` writes, else its uploader."""
    assert batch.as_of is not None
    return Frame(batch.as_of, tuple(batch.regions), by.pk if by else batch.created_by_id, told)


# --- results ----------------------------------------------------------------------------------------------------------


def result(batch: ImportBatch, labels: dict[str, str]) -> dict[str, Any]:
    """The batch as the contract's JSON. Holds plain ID numbers: for the command's file (mode 0600) only."""
    rows = [
        _shown(unpacked(staged, batch.layout), staged.column, labels, batch.regions)
        for staged in batch.rows.order_by("pk").iterator()
    ]
    refused = batch.state == State.REFUSED
    whole = all(row["status"] in ("imported", "imported_flagged", "merged") for row in rows)
    counts = {
        name: batch.counts.get(name, 0)
        for name in ("new", "changed", "unchanged", "held", "rejected", "merged", "missing")
    }
    return {
        "batch": str(batch.pk),
        "as_of": batch.as_of.isoformat() if batch.as_of else None,
        "outcome": "reject_file" if refused else "accept" if whole else "partial",
        "file_error": batch.file_error or None,
        "message": batch.message,
        "file_warnings": batch.warnings,
        "imported": batch.counts.get("imported", 0),
        "counts": counts,
        "rows": rows,
    }


def _shown(row: CheckedRow, column: str, labels: dict[str, str], regions: Sequence[str]) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.number,
        "status": row.status,
        "change": row.change or None,
        "codes": codes_of(row.findings),
        "column": labels.get(column),
        "message": sentences(row.open_findings, labels, beyond=is_beyond(row, regions)),
        "values": row.values,
    }
