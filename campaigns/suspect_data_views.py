"""Suspect data (疑点数据): load (scoped), check, call, render."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.suspect_data_page import page_of, write_workbook
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission
from households.audit.recording import shown
from households.models import Region, User
from households.suspect_data import RULE_OF, RULES, counted

# With more women and children than these a region is too big for one page: one below it is chosen first.
MOST_PEOPLE = 100_000


@require_safe
@login_required
def suspect_data_home(request: HttpRequest) -> HttpResponse:
    """The user's own region."""
    user = require(request.user, Permission.EDIT_REGISTER)
    return redirect("suspect_data", code=home_region(user).code)


@require_safe
@login_required
@never_cache
def show_suspect_data(request: HttpRequest, code: str) -> HttpResponse:
    """How many each rule points at, and one rule's list."""
    user, region = _asked(request, code)
    day = asked_day(request)
    key = request.GET.get("rule", "")
    if key and key not in RULE_OF:
        raise Http404
    below = list(Region.objects.visible_to(user).filter(parent=region).order_by("position"))
    context = {"region": region, "trail": trail(user, region), "day": day, "below": below}
    if _is_too_big(region):
        return render(request, "suspect_data.html", context | {"too_big": True})
    found = counted(region.code, day)
    rule = RULE_OF[key or next((name for name, count in found.items() if count), RULES[0].key)]
    try:
        page = page_of(user, rule, region, day, request.GET.get("after", ""))
    except ValueError as error:
        raise Http404 from error
    shown(request, rows=len(page.lines))
    rules = [(one, found[one.key]) for one in RULES if found[one.key]]
    return render(request, "suspect_data.html", context | {"rules": rules, "rule": rule, "page": page})


@require_safe
@login_required
@never_cache
def download_suspect_data(request: HttpRequest, code: str) -> FileResponse:
    """All of a region as a workbook that townships and villages check by."""
    user, region = _asked(request, code)
    if _is_too_big(region):
        raise Http404
    day = asked_day(request)
    file = io.BytesIO()
    shown(request, rows=write_workbook(file, user, region, day))
    file.seek(0)
    name = _("%(region)s疑点数据（%(day)s）.xlsx") % {"region": region.short_name, "day": day.isoformat()}
    return FileResponse(file, as_attachment=True, filename=name)


def _asked(request: HttpRequest, code: str) -> tuple[User, Region]:
    user = require(request.user, Permission.EDIT_REGISTER)
    return user, region_of(user, code)


def _is_too_big(region: Region) -> bool:
    return coverage.as_of([region.code], business_date())[region.code].heads["persons"] > MOST_PEOPLE
