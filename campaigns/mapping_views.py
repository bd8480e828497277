"""Naming the columns of an upload by hand: load (own uploads only), check, call, render."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import batches, tasks
from campaigns.batch_preview import masked_numbers
from campaigns.kinds import KINDS
from campaigns.uploads import batch_of
from campaigns.views import original_gone, require
from households.access import Permission
from households.intake.bundle import read_files
from households.intake.headers import Header, TableSpec, find_header, header_by_hand, resolve, row_texts
from households.intake.mapping import ByHand, remember, with_remembered
from households.intake.row_kinds import is_long_number
from households.intake.staging import original
from households.intake.workbook import CellProblem, CellValue, FileRefused, Sheet, column_letter
from households.wording import listed, word

SHOWN_ROWS = 15
MOST_COLUMNS = 80
LONGEST_CELL = 30


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the sheet: its letter and the field it is taken for ("" for none)."""

    index: int
    letter: str
    field: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def map_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The first rows of a sheet, and above each column what it means."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    # The rows are shown as they stand in the file: to her whose file it is.
    if batch.created_by_id != user.pk:
        raise Http404
    if not batches.may_map(batch):
        return redirect("upload_detail", pk=pk)
    try:
        with original(batch) as path:
            sheets = [
                sheet
                for sheet in read_files(path, original_name=batch.file_name).sheets
                if sheet.rows and not sheet.hidden
            ]
    except (FileNotFoundError, FileRefused):
        return original_gone(request)
    kind = KINDS[batch.kind]
    spec = with_remembered(kind.table(), kind=batch.kind, county=batch.county_code)
    asked = request.POST if request.method == "POST" else request.GET
    at = _number(asked.get("sheet"), default=_first_unclear(sheets, spec), most=len(sheets) - 1)
    sheet = sheets[at]
    row, columns = _as_read(sheet, spec, batch.by_hand.get(sheet.name))
    if "row" in asked:
        row = _number(asked["row"], default=row, most=sheet.numbers[-1])
        columns = _as_row(sheet, spec, row)
    problem = ""
    if request.method == "POST":
        known = set(spec.aliases.values()) & kind.labels.keys()
        chosen = {at: request.POST.get(f"column_{at}", "") for at in range(min(_width(sheet), MOST_COLUMNS))}
        columns = {at: name for at, name in chosen.items() if name in known}
        problem = _problem(sheet, spec, kind.labels, row, columns)
        if not problem:
            hand = ByHand(row=row, columns={str(at): name for at, name in columns.items()})
            remember(batch, spec, sheet, hand)
            if batches.start_mapped(batch, sheet.name, hand):
                tasks.check_batch.enqueue(str(batch.pk))
            return redirect("upload_detail", pk=pk)
    width = min(_width(sheet), MOST_COLUMNS)
    context = {
        "batch": batch,
        "sheets": [(number, one.name) for number, one in enumerate(sheets)],
        "at": at,
        "row": row,
        "row_numbers": sheet.numbers[:SHOWN_ROWS],
        "columns": [ColumnChoice(number, column_letter(number), columns.get(number, "")) for number in range(width)],
        "fields": [(name, word(label)) for name, label in kind.labels.items() if name in spec.aliases.values()],
        "rows": [
            (number, [_shown(cell) for cell in cells[:width]])
            for number, cells in zip(sheet.numbers[:SHOWN_ROWS], sheet.rows, strict=False)
        ],
        "problem": problem,
    }
    return render(request, "upload_columns.html", context, status=422 if problem else 200)


def _number(text: str | None, *, default: int, most: int) -> int:
    """A number of the address between 0 and `most`."""
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) < 8 else default


def _width(sheet: Sheet) -> int:
    return max(map(len, sheet.rows[:SHOWN_ROWS]))


def _first_unclear(sheets: list[Sheet], spec: TableSpec) -> int:
    """The first sheet whose header is not understood, else the first one."""
    for number, sheet in enumerate(sheets):
        header = find_header(sheet, spec)
        if header is None or header.missing(spec):
            return number
    return 0


def _as_read(sheet: Sheet, spec: TableSpec, hand: ByHand | None) -> tuple[int, dict[int, str]]:
    """Header row and columns as named by hand before, else as far as the engine understands them."""
    if hand:
        return hand["row"], {int(at): name for at, name in hand["columns"].items()}
    header: Header | None = find_header(sheet, spec)
    if header is None:
        # The fullest of the first rows that hold no long number is probably the header.
        above = list(takewhile(lambda row: not any(map(is_long_number, row)), sheet.rows[:SHOWN_ROWS]))
        fullest = max(range(len(above)), key=lambda at: sum(cell not in (None, "") for cell in above[at]), default=None)
        number = 0 if fullest is None else sheet.numbers[fullest]
        return number, _as_row(sheet, spec, number)
    return sheet.numbers[header.bottom], {at: name for name, at in header.fields.items()}


def _as_row(sheet: Sheet, spec: TableSpec, row: int) -> dict[int, str]:
    """What the words of one row mean; of two columns with one meaning the first."""
    texts = row_texts(sheet.rows[sheet.numbers.index(row)]) if row in sheet.numbers else {}
    named: dict[int, str] = {}
    for at, text in sorted(texts.items()):
        name = resolve(text, spec)
        if name and name not in named.values():
            named[at] = name
    return named


def _problem(sheet: Sheet, spec: TableSpec, labels: dict[str, str], row: int, columns: dict[int, str]) -> str:
    """Why the sheet cannot be read like this, "" if it can."""
    if row and row not in sheet.numbers:
        return _("第%(row)s行是空行。请选择表头所在的行。") % {"row": row}
    twice = [name for name in dict.fromkeys(columns.values()) if list(columns.values()).count(name) > 1]
    if twice:
        return _("“%(labels)s”指定了不止一列，每项只能指定一列。") % {
            "labels": listed(word(labels[one]) for one in twice)
        }
    missing = header_by_hand(sheet, row, columns).missing(spec)
    if missing:
        return _("还没有指定：%(labels)s。请在对应的列上选择。") % {"labels": listed(missing)}
    return ""


def _shown(cell: CellValue) -> Any:
    """A cell as a short text; long numbers masked as everywhere."""
    if cell is None:
        return ""
    text = (
        cell.text
        if isinstance(cell, CellProblem)
        else str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    )
    return masked_numbers(" ".join(text.split()))[:LONGEST_CELL]
