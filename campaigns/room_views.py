"""The actions' rooms and their tables of records: load (scoped), check, call, render."""

import io
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.facts import Recorded
from campaigns.figures import asked_for, figures_of
from campaigns.forms import VoidForm
from campaigns.kinds import LEDGERS
from campaigns.recording import AlreadyRecordedError
from campaigns.records.operations import save_record, void_record
from campaigns.records.pages import page_of, rows_of, sheet_rows
from campaigns.records.spec import RecordTable
from campaigns.room import Room
from campaigns.rooms import ROOMS, due_in
from campaigns.targets import BY_KEY
from campaigns.views import asked_day, home_region, own_and_below, region_of, require, ticked
from households.access import Permission
from households.audit import recording as audit
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Region, User
from households.wording import running

# How far ahead a room's page tells what is due.
AHEAD = timedelta(days=30)


@require_safe
@login_required
@never_cache
def show_rooms(request: HttpRequest) -> HttpResponse:
    """The actions with their figures."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region = _asked_region(request, user) or home_region(user)
    asked = asked_for(region.code, asked_day(request))
    rooms = [(room, figures_of(room, asked)) for room in ROOMS.values()]
    context = {
        "rooms": rooms,
        "region": region,
        "day": asked.day,
        "start": asked.start,
        "may_list": user.may(Permission.VIEW_WORKLIST),
    }
    return render(request, "rooms.html", context)


@require_safe
@login_required
@never_cache
def show_room(request: HttpRequest, room: str) -> HttpResponse:
    """One action: what is due, its figures, its pages, its tables, its ledgers."""
    user, place = require(request.user, Permission.VIEW_DASHBOARD), _room(room)
    region = _asked_region(request, user) or home_region(user)
    asked = asked_for(region.code, asked_day(request))
    today = business_date()
    target = coverage.as_of([region.code], asked.day)[region.code].target(place.target) if place.target else None
    context = {
        "room": place,
        "target": target,
        "definition": BY_KEY.get(place.target) if place.target else None,
        "due": due_in([place], user, region, today, today + AHEAD),
        "today": today,
        "figures": figures_of(place, asked),
        "region": region,
        "day": asked.day,
        "start": asked.start,
        "pages": [page for page in place.pages if user.may(page.permission)],
        "tables": [table for table in place.tables if user.may(table.view)],
        "may_list": user.may(Permission.VIEW_WORKLIST),
        "ledgers": [LEDGERS[name] for name in place.ledgers] if user.may(Permission.UPLOAD) else [],
    }
    return render(request, "room.html", context)


@require_safe
@login_required
@never_cache
def show_records(request: HttpRequest, room: str, table: str) -> HttpResponse:
    """One table, page by page."""
    place, shown, user = _table(request, room, table)
    region = _asked_region(request, user)
    try:
        page = page_of(shown, user, request.GET, room, region)
    except ValueError as error:
        raise Http404 from error
    audit.shown(request, rows=len(page.lines))
    may_upload = user.may(Permission.UPLOAD)
    by_ledger = [_("也可以上传台账。")] if may_upload and shown.ledger else []
    context = {
        "room": place,
        "table": shown,
        "how": running([str(shown.how), *by_ledger]) if shown.how else "",
        "page": page,
        "region": region,
        "columns": shown.shown_to(user),
        "regions": own_and_below(user) if shown.scope else [],
        "may_add": shown.form is not None and not shown.is_corrected_only and user.may(shown.change),
        "may_upload": may_upload,
    }
    return render(request, "records.html", context)


@require_safe
@login_required
@never_cache
def download_records(request: HttpRequest, room: str, table: str) -> FileResponse:
    """The whole table as asked for, as a workbook."""
    _place, asked, user = _table(request, room, table)
    require(user, Permission.UPLOAD)
    found = rows_of(asked, user, request.GET, _asked_region(request, user))
    audit.shown(request, rows=found.count())
    columns = asked.shown_to(user)
    headings = [str(column.title) for column in columns] + [_("状态")]
    file = io.BytesIO()
    write_book(file, [NewSheet(str(asked.title), headings, [18] * len(headings), sheet_rows(asked, columns, found))])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{asked.title}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_record(request: HttpRequest, room: str, table: str, pk: int | None = None) -> HttpResponse:
    """Add a record, or correct one."""
    place, of, user = _table(request, room, table)
    if of.form is None or (pk is None and of.is_corrected_only):
        raise Http404
    require(user, of.change)
    record = _record(of, user, pk, locked=request.method == "POST") if pk is not None else None
    if isinstance(record, Recorded) and record.voided_at is not None:
        messages.info(request, _("这条记录已经作废，不能再修改。"))
        return redirect("records", room, table)
    # Who comes from a household's page to correct a record of it goes back there, not into the table of all.
    home = ticked([request.GET.get("household", "")])
    records, back = reverse("records", args=[room, table]), reverse("household", args=home) if home else ""
    # Named as it stands: checking a form already writes what was typed into its record.
    here = str(record) if record else _("新增")
    form = of.form(request.POST or None, request.FILES or None, instance=record, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_record(by=user, table=of, form=form)
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
            return redirect("records", room, table)
        except PermissionDenied:
            form.add_error(None, _("所属区划不在您的负责范围内。"))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            audit.note_of(request).about = saved
            messages.success(request, _("已保存：%(title)s。") % {"title": saved})
            return redirect(back or (of.link(saved) if of.link else records))
    may_void = isinstance(record, Recorded)
    context = {
        "room": place, "table": of, "form": form, "record": record, "here": here, "may_void": may_void,
        "back": back or records,
    }  # fmt: skip
    return render(request, "record_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def void_one(request: HttpRequest, room: str, table: str, pk: int) -> HttpResponse:
    """Ask for the reason, then void."""
    place, of, user = _table(request, room, table)
    require(user, of.change)
    record = _record(of, user, pk)
    if not (of.form or of.is_voided_only) or not isinstance(record, Recorded):
        raise Http404
    if request.method != "POST" and record.voided_at is not None:
        messages.info(request, _("这条记录已经作废，没有重复处理。"))
        return redirect("records", room, table)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_record(by=user, table=of, record=record, reason=form.cleaned_data["reason"].strip())
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("记录已作废，不再计入。"))
        return redirect("records", room, table)
    cells = [(column.title, column.value(record)) for column in of.shown_to(user)]
    return render(
        request,
        "record_void_one.html",
        {"room": place, "table": of, "form": form, "record": record, "cells": cells},
    )


def _room(key: str) -> Room:
    if key not in ROOMS:
        raise Http404
    return ROOMS[key]


def _table(request: HttpRequest, room: str, name: str) -> tuple[Room, RecordTable, User]:
    """Room, table and a user who may see it."""
    place = _room(room)
    table = place.table(name)
    if table is None:
        require(request.user, Permission.VIEW_DASHBOARD)
        raise Http404
    return place, table, require(request.user, table.view)


def _record(table: RecordTable, user: User, pk: int, *, locked: bool = False) -> Any:
    """A record inside the user's own regions, whatever is only offered to her; locked for who is about to write it."""
    manager: Any = table.model._default_manager
    found = manager.visible_to(user) if table.scope else manager.all()
    if locked:  # by itself: what a table adds may be sums, which cannot be locked
        found.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    return get_object_or_404(table.refine(found), pk=pk)


def _asked_region(request: HttpRequest, user: User) -> Region | None:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else None
