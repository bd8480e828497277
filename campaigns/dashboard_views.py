"""The dashboard and its other looks: load (scoped), check, call, render."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage, tasks
from campaigns.charts import FONT, HEAT
from campaigns.comparison import HEAD_TITLES, beside, compared
from campaigns.dashboard import Known, Place, dashboard, known_of, place_of, trail, weeks
from campaigns.figures import asked_for, leading_figures
from campaigns.models import ReportRound, Target
from campaigns.outlook import outlook
from campaigns.ranking import ranking
from campaigns.rendered_parts import rendered
from campaigns.submissions.progress import waiting_round
from campaigns.targets import BY_KEY, TARGETS
from campaigns.views import asked_day, day_in, home_region, region_of, require
from households.access import Permission
from households.models import Region, User

MONTH = timedelta(days=30)
_LOOKS = (
    ("dashboard_region", _("完成率")),
    ("dashboard_outlook", _("进度预测")),
    ("dashboard_ranking", _("擂台赛排名")),
    ("dashboard_comparison", _("对照")),
)
CHARTS = {"map": _("地图"), "trend": _("走势图")}


@dataclass(frozen=True)
class Looks:
    """What stands beside a region's figures. pages: (address name, title); round: the one that still waits for reports."""

    pages: Sequence[tuple[str, str | Promise]]
    round: ReportRound | None


def looks_of(user: User, region: Region, *, has_below: bool) -> Looks:
    """A region with nobody below has nobody to rank."""
    pages = [look for look in _LOOKS if has_below or look[0] != "dashboard_ranking"]
    return Looks(pages, waiting_round(user, region))


@require_safe
@login_required
@never_cache
def show_dashboard(request: HttpRequest, code: str = "") -> HttpResponse:
    """Five big figures, the map, head counts, and the table of the next level down, for any day."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    place = _place(user, code or home_region(user).code)
    is_settled = coverage.settle_if_small()
    if not is_settled:
        tasks.settle_touched.enqueue()
    # Asked before the figures are read: settled in between, they would be old ones that nobody calls old.
    being_updated = not is_settled and coverage.being_updated(place.region.code)
    known = known_of(place, asked_day(request), request.GET.get("target", ""))
    context = {
        "known": known,
        "trail": place.trail,
        "being_updated": being_updated,
        "looks": looks_of(user, place.region, has_below=known.has_below),
        "targets": TARGETS,
        "figures": rendered(
            "components/dashboard_figures.html", _in_figures, known, user.may(Permission.VIEW_WORKLIST)
        ),
    }
    return render(request, "dashboard.html", context)


def _in_figures(known: Known, worklists: bool) -> dict[str, Any]:
    page = dashboard(known)
    heads = [(title, page.heads[key]) for key, title in HEAD_TITLES]
    return {"page": page, "heads": heads, "targets": TARGETS, "worklists": worklists}


@require_safe
@login_required
@never_cache
def download_chart(request: HttpRequest, code: str, chart: str) -> HttpResponse:
    """The map or the trend of a target as a picture that stands alone: its colours are in it."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    place = _place(user, code)
    page = dashboard(known_of(place, asked_day(request), request.GET.get("target", "")))
    if chart not in CHARTS or (chart == "map" and page.map is None):
        raise Http404
    card = page.target or page.cards[0]  # a trend without any task says so
    context = {"page": page, "card": card, "heat": list(enumerate(HEAT)), "start": weeks(page.day)[0], "font": FONT}
    response = render(request, f"dashboard_{chart}.svg", context, content_type="image/svg+xml")
    name = _("%(region)s%(target)s%(chart)s（%(day)s）.svg") % {
        "region": place.region.short_name,
        "target": card.target.title,
        "chart": CHARTS[chart],
        "day": page.day.isoformat(),
    }
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_safe
@login_required
@never_cache
def show_actions(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the dashboard that is counted from the records: the six actions' leading figures."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = region_of(user, code), asked_day(request)
    context = {"region": region, "day": day, "rooms": leading_figures(asked_for(region.code, day))}
    context["may_list"] = user.may(Permission.VIEW_WORKLIST)
    return render(request, "components/dashboard_actions.html", context)


@require_safe
@login_required
@never_cache
def show_ranking(request: HttpRequest, code: str) -> HttpResponse:
    """Who leads in the contest, and who has moved since a day."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = region_of(user, code), asked_day(request)
    since = day_in(request, "since") or day - MONTH
    target = BY_KEY[Target(asked)] if (asked := request.GET.get("target", "")) in Target.values else None
    context = {
        "region": region,
        "day": day,
        "since": since,
        "target": target,
        "targets": TARGETS,
        "ranking": ranking(_below(user, region), day, since, target),
    }
    return render(request, "dashboard_ranking.html", context | _around(user, region))


@require_safe
@login_required
@never_cache
def show_outlook(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the deadline will be met, target by target."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = region_of(user, code), asked_day(request)
    context = {"region": region, "day": day, "outlook": outlook(region, day)}
    return render(request, "dashboard_outlook.html", context | _around(user, region))


@require_safe
@login_required
@never_cache
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """A region beside another one, or beside itself on another day (30 days before)."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = region_of(user, code), asked_day(request)
    other = region_of(user, request.GET["with"]) if request.GET.get("with") else region
    other_day = day_in(request, "with_day") or (day if other != region else day - MONTH)
    first = coverage.as_of([region.code], day)[region.code]
    second = coverage.as_of([other.code], other_day)[other.code]
    context = {
        "region": region,
        "day": day,
        "other": other,
        "other_day": other_day,
        "rows": compared(first, second),
        "heads": [
            (title, first.heads[key], second.heads[key], first.heads[key] - second.heads[key])
            for key, title in HEAD_TITLES
        ],
        "choices": beside(user, region),
    }
    return render(request, "dashboard_comparison.html", context | _around(user, region))


def _place(user: User, code: str) -> Place:
    place = place_of(user, code)
    if place is None:
        raise Http404
    return place


def _around(user: User, region: Region) -> dict[str, Any]:
    """What stands around each look at a region; a village has nobody to rank."""
    return {
        "trail": trail(user, region),
        "looks": looks_of(user, region, has_below=region.level != Region.Level.VILLAGE),
        "worklists": user.may(Permission.VIEW_WORKLIST),
    }


def _below(user: User, region: Region) -> list[Region]:
    return list(Region.objects.visible_to(user).filter(parent=region).order_by("position"))
