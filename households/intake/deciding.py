"""One held or sent-back row, decided by a person: written as it stands, written with cells corrected, or put aside.

What is written becomes a small batch of its own, so that it has history, a page and an undo like every other. The row is
compared with the register anew: a decision settles the doubt that was shown, not one that has come up since.
"""

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from households.access import Permission, steward
from households.intake.applying import lock_register_at_once, record
from households.intake.kinds import Frame, Kind
from households.intake.messages import Policy
from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.open_rows import is_open, rows_of
from households.intake.rows import CheckedRow, is_beyond, sentences, without_comparison
from households.intake.sheets import Table
from households.intake.staged_rows import unpacked
from households.intake.staging import frame_of, save_preview
from households.intake.workbook import CellValue
from households.models import Person, User
from households.querysets import can

Choice = Decision.Choice
_PLACES = ("county", "township", "village")


class DecisionRefused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The decision cannot be carried out; the text is for the officer: cause and remedy."""


def put_aside(row_id: int, choice: str, *, by: User, reason: str) -> None:
    """Close a row without writing anything. DecisionRefused if it is closed."""
    with steward():
        row = _open(row_id, by)
        Decision.objects.create(row=row, decided_by=by, choice=choice, reason=reason)
        StagedRow.objects.filter(pk=row.pk).update(closed=StagedRow.Closed.DECIDED)


def accept(row_id: int, kind: Kind, *, by: User, choice: str = Choice.ACCEPT) -> ImportBatch:
    """Write a row as it stands although something about it was doubtful, or as the registered person whom it means (see
    `identities`); returns the small batch.

    DecisionRefused where anything else than an acceptable doubt keeps it out, or where nobody is meant.
    """
    with steward():
        staged = _locked(row_id, by)
        row = unpacked(staged, staged.batch.layout)
        accepted = acceptable(staged, row, kind, by=by)
        if choice != Choice.ACCEPT and choice not in identities(staged, kind, by=by):
            raise DecisionRefused(_("登记簿中的人已有变化，不能确认为同一人。请刷新后再核对。"))
        meant = staged.person_id if choice != Choice.ACCEPT else None
        # Whoever is meant keeps her number, or is given the row's.
        row = kind.as_accepted(row if choice == Choice.RENUMBERED else replace(row, meant=meant))
        row = replace(row, meant=meant, accepted=accepted)
        return _write(staged, row, kind, by=by, choice=choice)


def identities(staged: StagedRow, kind: Kind, *, by: User) -> list[str]:
    """Whether one click may say that the row is the registered person it points at, and whose number holds then: SAME for
    the register's, where it has one; RENUMBERED, where the numbers differ, for the row's, unless somebody else has it."""
    known = registered(staged, by=by) if staged.person_id and kind.probable & set(staged.codes) else None
    if known is None or (staged.id_index and staged.id_index == known.id_index):
        return []
    if not staged.id_index or not known.id_index or Person.objects.filter(id_index=staged.id_index).exists():
        return [Choice.SAME]
    return [Choice.SAME, Choice.RENUMBERED]


def registered(staged: StagedRow, *, by: User) -> Person | None:
    """The registered person whom a doubtful row means or whose number it has, if `by` may see her."""
    meant = Q(pk=staged.person_id) if staged.person_id else Q(id_index=staged.id_index, id_index__isnull=False)
    found: Person | None = Person.objects.visible_to(by).filter(meant).first()
    return found


def acceptable(staged: StagedRow, row: CheckedRow, kind: Kind, *, by: User) -> frozenset[str]:
    """The codes that `by` may accept on this row: transfers only of a person who is hers, too; nothing that she cannot see."""
    if is_beyond(row, by.regions):
        return frozenset()
    transfers = kind.transfers & set(staged.codes) if registered(staged, by=by) else frozenset()
    # Only what was shown: a doubt that has come up since is to be seen first. Beside a registered person all is shown.
    shown = kind.acceptable if transfers or staged.person_id else kind.acceptable & set(staged.codes)
    compared = {one.code for one in row.findings if one.is_compared}
    return (shown | transfers) - (kind.of_file_only & compared)


def correct(row_id: int, cells: dict[str, str], kind: Kind, *, by: User) -> ImportBatch:
    """Write a row with cells corrected (field → text); returns the small batch. DecisionRefused if it is still not right."""
    with steward():
        staged = _locked(row_id, by)
        row = unpacked(staged, staged.batch.layout)
        row = recheck(row, cells, kind, frame_of(staged.batch), fields=fields_of(staged))
        if (wrong := [one for one in row.findings if one.field in cells and one.policy > Policy.SILENT]) != []:
            raise DecisionRefused(_("改正的内容仍有问题：%(reason)s") % {"reason": sentences(wrong, kind.labels)})
        return _write(staged, row, kind, by=by, choice=Choice.CORRECT)


def fields_of(staged: StagedRow) -> Collection[str]:
    """The fields of a row's sheet."""
    fields: dict[str, str] = staged.batch.layout["letters"].get(staged.sheet, {})
    return fields


def recheck(row: CheckedRow, cells: dict[str, str], kind: Kind, frame: Frame, *, fields: Collection[str]) -> CheckedRow:
    """The row checked anew with `cells` (field → text) written over; what was wrong in other cells stays wrong. `fields`: of
    the row's sheet.
    """
    columns: dict[str, list[CellValue]] = {
        field: [_cell(row.values.get(label))]
        for field, label in kind.labels.items()
        if row.values.get(label) is not None
    }
    columns["name"] = columns.get("name", [None])
    columns["id_no"] = [row.id_key or None]
    if row.village and not cells.keys() & set(_PLACES):
        columns["village"] = [row.village]
    columns |= {field: [cell] for field, cell in kind.own_cells(row, fields).items()}
    columns |= {field: [text or None] for field, text in cells.items()}
    table = Table(
        sheet=row.sheet, header_row=0, fields=dict.fromkeys(columns, 0), headers={}, unknown_columns=[], titles=[], letters={},
        row_numbers=[row.number], columns=columns,
    )  # fmt: skip
    fresh = kind.check([table], frame)[0]
    fresh.findings = [one for one in fresh.findings if one.code not in kind.said_of_alone]
    fresh.findings += [
        one
        for one in row.findings
        if one.policy >= Policy.HELD
        and not one.is_compared
        and not cells.keys() & {one.field, *kind.settled_in.get(one.code, ())}
    ]
    return fresh


def _cell(value: Any) -> CellValue:
    return "、".join(value) if isinstance(value, list) else value


def _locked(row_id: int, by: User) -> StagedRow:
    """The row, with the register locked; a page does not wait for somebody's import of a minute."""
    if not lock_register_at_once():
        raise DecisionRefused(_("登记簿正在导入其他名册。请稍后再试。"))
    return _open(row_id, by)


def _open(row_id: int, by: User) -> StagedRow:
    row = rows_of(by).select_for_update(of=("self",)).filter(pk=row_id).first()
    if row is None or not can(by, Permission.UPLOAD):
        raise PermissionDenied
    if not is_open(row):
        raise DecisionRefused(_("这一行已经处理过了，或者名册已经撤回。"))
    return row


def _write(staged: StagedRow, row: CheckedRow, kind: Kind, *, by: User, choice: str) -> ImportBatch:
    source = staged.batch
    rows, frame = [without_comparison(row)], frame_of(staged.batch, by=by)
    comparison = kind.compare(rows, frame)
    if not row.is_in:
        reason = sentences(row.findings, kind.labels, beyond=is_beyond(row, by.regions))
        raise DecisionRefused(_("仍不能登记：%(reason)s") % {"reason": reason})
    batch = ImportBatch.objects.create(
        id=uuid.uuid4(), kind=kind.name, created_by=by, regions=source.regions, county_code=source.county_code,
        file_name=_("待核实：%(file)s") % {"file": source.file_name}, file_size=0, file_digest=b"", as_of=source.as_of,
    )  # fmt: skip
    save_preview(batch, rows, comparison, source.layout | {"files": {}})
    # One row is no roster of its village: it neither confirms who else lives there nor turns older rosters away.
    batch.villages = []
    batch.counts["missing"] = 0
    batch.save(update_fields=["villages", "counts"])
    with pghistory.context(user=by.pk, reason=kind.name, batch=str(batch.pk)):
        record(batch, kind.write(rows, comparison, frame))
    Decision.objects.create(row=staged, decided_by=by, choice=choice)
    same = StagedRow.objects.filter(batch=source, closed=StagedRow.Closed.OPEN)
    twins = same.filter(id_index=row.id_index) if row.id_index is not None else same.none()
    if choice != Choice.ACCEPT and twins.exclude(pk=staged.pk).exclude(id_index=staged.id_index).exists():
        raise DecisionRefused(_("名册中还有一行待核实的人也是这个证件号码。请先核实那一行。"))
    (twins | same.filter(pk=staged.pk)).update(closed=StagedRow.Closed.DECIDED, closed_by=batch)
    return batch
