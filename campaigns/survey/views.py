"""The survey's progress by region, its list of who is not surveyed, and the wishes: load (scoped), check, call, render."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.dashboard import trail
from campaigns.models import WomanSurvey
from campaigns.rooms import ROOMS
from campaigns.survey.rates import GROUPS, WOMEN, not_surveyed, rates
from campaigns.survey.wishes import QUESTIONS, wishes
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission
from households.models import Region, User

TITLES = {WOMEN: _("贫困妇女（16周岁及以上）"), "children": _("贫困儿童（18周岁以下）")}


def _asked(request: HttpRequest, user: User) -> tuple[Region, list[Region]]:
    """The region asked for, the user's own without one, and the regions of the next level in it."""
    code = request.GET.get("region", "")
    region = region_of(user, code) if code else home_region(user)
    return region, list(Region.objects.visible_to(user).filter(parent=region).order_by("position", "code"))


@require_safe
@login_required
@never_cache
def show_rates(request: HttpRequest) -> HttpResponse:
    """Surveyed of registered women and children, of a region and the next level down, on any day."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, children = _asked(request, user)
    day = asked_day(request)
    total = rates([region.code], day)[region.code]
    below = rates([child.code for child in children], day)
    context = {
        "room": ROOMS["survey"],
        "region": region,
        "trail": trail(user, region),
        "day": day,
        "groups": [(group, TITLES[group], total[group]) for group in GROUPS],
        "rows": [(child, [(group, TITLES[group], below[child.code][group]) for group in GROUPS]) for child in children],
        "may_list": user.may(Permission.VIEW_WORKLIST),
    }
    return render(request, "survey_rates.html", context)


@require_safe
@login_required
@never_cache
def show_missing(request: HttpRequest, group: str, code: str) -> HttpResponse:
    """Exactly the people behind a rate's gap."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    if group not in GROUPS:
        raise Http404
    region, day, after = region_of(user, code), asked_day(request), request.GET.get("after", "")
    try:
        page = not_surveyed(user, group, region, day, after)
    except ValueError as error:
        raise Http404 from error
    context = {
        "room": ROOMS["survey"],
        "page": page,
        "group": group,
        "title": TITLES[group],
        "groups": TITLES.items(),
        "figures": rates([code], day)[code][group],
        "region": region,
        "day": day,
        "may_open": user.may(Permission.VIEW_PEOPLE),
    }
    return render(request, "survey_missing.html", context)


@require_safe
@login_required
@never_cache
def show_wishes(request: HttpRequest) -> HttpResponse:
    """The women's answers by region."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, children = _asked(request, user)
    day = asked_day(request)
    total = wishes([region.code], day)[region.code]
    below = wishes([child.code for child in children], day)
    titles = [WomanSurvey._meta.get_field(name).verbose_name for name in QUESTIONS]  # type: ignore[union-attr]
    context = {
        "room": ROOMS["survey"],
        "region": region,
        "trail": trail(user, region),
        "day": day,
        "questions": list(zip(titles, total, strict=True)),
        "rows": [(child, list(zip(titles, below[child.code], strict=True))) for child in children],
    }
    return render(request, "survey_wishes.html", context)
