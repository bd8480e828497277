"""Pages of publicity: leaflets in stock."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.publicity import leaflets
from campaigns.publicity.room import PUBLICITY
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission


@require_safe
@login_required
@never_cache
def leaflet_stock(request: HttpRequest) -> HttpResponse:
    """What is left of each leaflet in each stock."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    code, day = request.GET.get("region", ""), asked_day(request)
    region = region_of(user, code) if code else home_region(user)
    context = {
        "room": PUBLICITY,
        "region": region,
        "day": day,
        "stocks": leaflets.stocks(user, region, day),
        "may_record": user.may(Permission.RECORD_FACTS),
    }
    return render(request, "publicity_stock.html", context)
