"""Dashboard and worklists: load (scoped), check, call, render."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage, tasks, worklists
from campaigns.business_day import business_date
from campaigns.dashboard import dashboard, trail
from campaigns.models import Target
from campaigns.targets import BY_KEY, TARGETS
from households.access import Permission
from households.audit.recording import shown
from households.models import Region, User
from households.querysets import can

# Years in which pages count with days: room on both sides for ages and months.
YEARS = range(1900, 2200)
KEY_DIGITS = 18  # of the database's largest key


def require(user: Any, permission: Permission) -> User:
    """The signed-in user, or PermissionDenied."""
    if not can(user, permission):
        raise PermissionDenied
    found: User = user
    return found


def region_of(user: User, code: str) -> Region:
    """A region inside the user's scope, else 404 as for a region that does not exist."""
    region: Region = get_object_or_404(Region.objects.visible_to(user), code=code)
    return region


def home_region(user: User) -> Region:
    """The first of the user's own regions; 404 where she has none."""
    region = Region.objects.visible_to(user).filter(code__in=user.regions).order_by("position", "code").first()
    if region is None:
        raise Http404
    return region


def own_and_below(user: User) -> list[Region]:
    """What a page can be narrowed to: the user's own regions and the next level down."""
    visible = Region.objects.visible_to(user)
    found = visible.filter(code__in=user.regions) | visible.filter(parent__in=user.regions)
    return list(found.order_by("position", "code"))


def asked_day(request: HttpRequest) -> date:
    """The day of the query string; the business date where there is none or it cannot be read."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return business_date()
    return day if day.year in YEARS else business_date()


def ticked(values: Iterable[str]) -> list[int]:
    """The keys of ticked lines; what can be no key is nobody."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) <= KEY_DIGITS]


@require_safe
@login_required
@never_cache
def show_dashboard(request: HttpRequest, code: str = "") -> HttpResponse:
    """Five big figures, head counts, and the table of the next level down, for any day."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region = region_of(user, code) if code else home_region(user)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    page = dashboard(user, region, asked_day(request))
    return render(
        request,
        "dashboard.html",
        {"page": page, "targets": TARGETS, "worklists": user.may(Permission.VIEW_WORKLIST)},
    )


@require_safe
@login_required
@never_cache
def show_worklist(request: HttpRequest, target: str, code: str) -> HttpResponse:
    """Exactly the people or households behind a gap figure."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    if target not in Target.values:
        raise Http404
    region, day = region_of(user, code), asked_day(request)
    try:
        page = worklists.unfinished(user, Target(target), region, day, request.GET.get("after", ""))
    except ValueError as error:
        raise Http404 from error
    shown(request, rows=len(page.lines))
    context = {
        "page": page,
        "region": region,
        "trail": trail(user, region),
        "day": day,
        "target": BY_KEY[Target(target)],
        "targets": TARGETS,
        "figures": coverage.as_of([code], day)[code].target(target),
        "after": request.GET.get("after", ""),
    }
    return render(request, "worklist.html", context)


@require_safe
@login_required
def worklists_home(request: HttpRequest) -> HttpResponse:
    """The first worklist of the user's own region."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    return redirect("worklist", target=Target.PUBLICITY, code=home_region(user).code)
