"""The page of suggested pairings. Load (scoped), check, call, render."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.models import Target
from campaigns.pairing.suggestions import REASONS, TOWNSHIP, Accepted, accept, read_tokens, suggest
from campaigns.pairing.views import places_below, region_asked
from campaigns.recording import AlreadyRecordedError
from campaigns.rooms import ROOMS
from campaigns.views import require
from households.access import Permission
from households.models import Region, User

# More lines than this are accepted all at once or village by village: a form has so many fields at most.
MOST_TICKS = 800


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_suggestions(request: HttpRequest) -> HttpResponse:
    """Suggest helpers for a township's or village's unpaired people; accept all or those ticked."""
    user = require(request.user, Permission.RECORD_FACTS)
    region, day = region_asked(request, user), business_date()
    context: dict[str, Any] = {
        "room": ROOMS["pairing"],
        "region": region,
        "trail": trail(user, region),
        "below": places_below(user, region),
        "day": day,
        "found": None,
    }
    if len(region.code) >= TOWNSHIP:
        if request.method == "POST":
            return _accept(request, user, region)
        coverage.settle_if_small()
        context["found"] = suggest(user, region, day)
        context["may_tick"] = context["found"].offers <= MOST_TICKS
    figures = coverage.as_of([region.code], day)[region.code].target(Target.PAIRING)
    context |= {"persons": figures.eligible, "gap": figures.gap}
    return render(request, "pairing_suggestions.html", context)


def _accept(request: HttpRequest, user: User, region: Region) -> HttpResponse:
    """Write what is sent, say what was left out, and show what is still open."""
    sent = request.POST.get("every", "").split(",") if "every" in request.POST else request.POST.getlist("offer")
    try:
        pairs = read_tokens(token for token in sent if token)
    except ValueError as error:
        raise Http404 from error
    if not pairs:
        messages.warning(request, _("没有选择任何建议。请勾选要采纳的，或全部采纳。"))
    else:
        try:
            _say(request, accept(by=user, region=region, pairs=pairs, day=business_date()))
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
    return redirect(f"{reverse('pairing_suggestions')}?region={region.code}")


def _say(request: HttpRequest, done: Accepted) -> None:
    if done.made:
        messages.success(request, _("已为%(count)s人登记包联人，自今天起。") % {"count": done.made})
    for reason, count in done.skipped.items():
        words = {"count": count, "reason": REASONS[reason]}
        messages.warning(request, _("有%(count)s人没有登记：%(reason)s。请刷新后重新选择。") % words)
