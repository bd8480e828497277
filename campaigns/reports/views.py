"""The page of reports and the progress table: load (scoped), check, call, render."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage, tasks
from campaigns.dashboard import trail
from campaigns.reports.progress import (
    ProgressTable,
    above_table,
    levels_below,
    notes,
    progress_table,
    signatures,
    write_progress,
)
from campaigns.reports.wording import one_sentence
from campaigns.targets import TARGETS
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission
from households.models import Region, User


def asked_region(request: HttpRequest, user: User) -> Region:
    """The region of the query string, inside the user's scope; her own where none is named."""
    code = request.GET.get("region", "")
    region = region_of(user, code) if code else home_region(user)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    return region


@require_safe
@login_required
@never_cache
def show_reports(request: HttpRequest) -> HttpResponse:
    """What can be handed in, for a region and a day; and one sentence for the chat group."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = asked_region(request, user), asked_day(request)
    being_updated = coverage.being_updated(region.code)  # before the figures: settled in between, they are old ones
    found = coverage.as_of([region.code], day)[region.code]
    context = {
        "region": region,
        "day": day,
        "trail": trail(user, region),
        "children": Region.objects.visible_to(user).filter(parent=region).order_by("position"),
        "levels": levels_below(region),
        "sentence": one_sentence(region, found, day),
        "being_updated": being_updated,
        "may_list": user.may(Permission.VIEW_PEOPLE),
        "may_export": user.may(Permission.UPLOAD),
        "may_template": user.may(Permission.MANAGE_RULES),
    }
    return render(request, "reports.html", context)


def _asked_table(request: HttpRequest) -> tuple[User, ProgressTable]:
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region = asked_region(request, user)
    return user, progress_table(user, region, asked_day(request), request.GET.get("by", ""))


@require_safe
@login_required
@never_cache
def show_progress(request: HttpRequest) -> HttpResponse:
    """The progress table as a page to be printed on A4 landscape."""
    user, table = _asked_table(request)
    left, right = above_table(table)
    context = {
        "table": table,
        "region": table.region,
        "day": table.day,
        "trail": trail(user, table.region),
        "levels": levels_below(table.region),
        "targets": TARGETS,
        "left": left,
        "right": right,
        "signatures": signatures(),
        "notes": notes(table),
    }
    return render(request, "reports_progress.html", context)


@require_safe
@login_required
@never_cache
def download_progress(request: HttpRequest) -> FileResponse:
    """The progress table as a workbook."""
    _user, table = _asked_table(request)
    file = io.BytesIO()
    write_progress(file, table)
    file.seek(0)
    name = _("%(title)s（%(day)s）.xlsx") % {"title": table.title, "day": table.day.isoformat()}
    return FileResponse(file, as_attachment=True, filename=name)
