"""The lists of who is unfinished: load (scoped), check, call, render."""

import io
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage, worklists
from campaigns.dashboard import trail
from campaigns.models import Standing, Target
from campaigns.targets import BY_KEY, TARGETS, TargetDefinition
from campaigns.views import asked_day, day_in, home_region, region_of, require
from campaigns.worklist_book import FACT_OF, MOST_ROWS, write_worklist
from campaigns.worklist_filters import NarrowingForm
from households.access import Permission
from households.audit.recording import shown
from households.models import Region, User

# How far ahead the list of what will fall out looks, unless it is asked for another day.
AHEAD = timedelta(days=31)


@require_safe
@login_required
@never_cache
def show_worklist(request: HttpRequest, target: str, code: str) -> HttpResponse:
    """Exactly the people or households behind a gap figure, narrowed where asked."""
    user, definition, region = _asked(request, target, code)
    day = asked_day(request)
    form = NarrowingForm(request.GET, target=definition)
    rows = form.narrow(worklists.unfinished(user, definition.key, region, day), region, day)
    context = {
        "form": form,
        "asked": form.asked,
        "fitting": rows.count() if form.asked or form.helper_asked else None,
        "figures": coverage.as_of([code], day)[code].target(target),
        "record_kind": FACT_OF[definition.key] if user.may(Permission.RECORD_FACTS) else "",
        "may_suggest": definition.key == Target.PAIRING and user.may(Permission.RECORD_FACTS),
        "may_export": user.may(Permission.UPLOAD),
        "others": [row for row in _below(user, region, day, definition) if row[1]],
    }
    return _render(request, "worklist.html", user, definition, region, day, rows, context)


@require_safe
@login_required
@never_cache
def show_falling_out(request: HttpRequest, target: str, code: str) -> HttpResponse:
    """Who is covered now and will not be any more by a day, if nothing is done."""
    user, definition, region = _asked(request, target, code)
    day = asked_day(request)
    until = max(day_in(request, "until") or day + AHEAD, day)
    rows = worklists.falling_out(user, definition.key, region, day, until)
    return _render(request, "worklist_falling_out.html", user, definition, region, day, rows, {"until": until})


@require_safe
@login_required
@never_cache
def download_worklist(request: HttpRequest, target: str, code: str) -> HttpResponse | FileResponse:
    """The list as the workbook of its ledger: filled in and uploaded, it records what was done."""
    user, definition, region = _asked(request, target, code)
    require(user, Permission.UPLOAD)
    day = asked_day(request)
    form = NarrowingForm(request.GET, target=definition)
    rows = list(form.narrow(worklists.unfinished(user, definition.key, region, day), region, day)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        messages.error(request, _("名单超过%(count)s行。请选择下一级区划，或缩小范围后再导出。") % {"count": MOST_ROWS})
        return redirect(request.get_full_path().replace("/workbook.xlsx", "/"))
    shown(request, rows=len(rows))
    file = io.BytesIO()
    write_worklist(file, user, definition, rows, day)
    file.seek(0)
    name = _("%(region)s%(target)s未完成名单（%(day)s）.xlsx") % {
        "region": region.short_name,
        "target": definition.title,
        "day": day.isoformat(),
    }
    return FileResponse(file, as_attachment=True, filename=name)


@require_safe
@login_required
def worklists_home(request: HttpRequest) -> HttpResponse:
    """The worklist of the user's own region that is furthest behind."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    region = home_region(user)
    found = coverage.as_of([region.code], asked_day(request))[region.code].targets
    open_ones = {key: figures.percent for key, figures in found.items() if figures.gap}
    return redirect(
        "worklist", target=min(open_ones, key=lambda key: open_ones[key] or 0, default="publicity"), code=region.code
    )


def _asked(request: HttpRequest, target: str, code: str) -> tuple[User, TargetDefinition, Region]:
    user = require(request.user, Permission.VIEW_WORKLIST)
    if target not in Target.values:
        raise Http404
    return user, BY_KEY[Target(target)], region_of(user, code)


def _render(
    request: HttpRequest,
    template: str,
    user: User,
    target: TargetDefinition,
    region: Region,
    day: date,
    rows: QuerySet[Standing],
    more: dict[str, object],
) -> HttpResponse:
    try:
        page = worklists.page_of(user, target.key, rows, day, request.GET.get("after", ""))
    except ValueError as error:
        raise Http404 from error
    shown(request, rows=len(page.lines))
    context = {
        "page": page,
        "region": region,
        "trail": trail(user, region),
        "day": day,
        "target": target,
        "targets": TARGETS,
        "may_see_homes": target.unit == "household" or user.may(Permission.VIEW_PEOPLE),
        **more,
    }
    return render(request, template, context)


def _below(user: User, region: Region, day: date, target: TargetDefinition) -> list[tuple[Region, int]]:
    """The next level down and how much is unfinished in each."""
    children = list(Region.objects.visible_to(user).filter(parent=region).order_by("position"))
    found = coverage.as_of([child.code for child in children], day) if children else {}
    return [(child, found[child.code].target(target.key).gap) for child in children]
