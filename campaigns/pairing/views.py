"""Pairing's own pages: a helper, overdue visits, handing over. Load (scoped), check, call, render."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.models import Helper
from campaigns.pairing import pages
from campaigns.pairing.handover import hand_over, handed, plan
from campaigns.pairing.handover_form import HandOverForm
from campaigns.pairing.overdue import load_of, overdue_count
from campaigns.recording import AlreadyRecordedError, days_text
from campaigns.rooms import ROOMS
from campaigns.views import asked_day, home_region, region_of, require, ticked
from households.access import Permission, code_range
from households.models import Region, User

_TOWNSHIP = 9  # digits: whole counties are not handed over in one form


def _room() -> Any:
    return ROOMS["pairing"]


def region_asked(request: HttpRequest, user: User) -> Region:
    """The region of the address, else the user's own."""
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)


def places_below(user: User, region: Region) -> list[Region]:
    """Where one can go on from a region: the next level down."""
    return list(Region.objects.visible_to(user).filter(parent=region).order_by("position", "code"))


@require_safe
@login_required
@never_cache
def show_helper(request: HttpRequest, pk: int) -> HttpResponse:
    """A helper, her people, her visits."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    helper = get_object_or_404(Helper.objects.offered_to(user).select_related("region"), pk=pk)
    day = business_date()
    coverage.settle_if_small()
    context = {
        "room": _room(),
        "page": pages.helper_page(user, helper, day),
        "day": day,
        "is_active": day in helper.active,
        "office": days_text(helper.active),
        "may_open": True,
        "may_change": user.may(Permission.RECORD_FACTS) and user.covers(helper.region_id),
        "may_record": user.may(Permission.RECORD_FACTS),
    }
    return render(request, "pairing_helper.html", context)


@require_safe
@login_required
@never_cache
def show_overdue(request: HttpRequest) -> HttpResponse:
    """Who has not been visited in time, by helper."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    region, day = region_asked(request, user), asked_day(request)
    coverage.settle_if_small()
    try:
        page = pages.overdue_page(user, region, day, request.GET.get("after", ""))
    except ValueError as error:
        raise Http404 from error
    context = {
        "room": _room(),
        "page": page,
        "region": region,
        "trail": trail(user, region),
        "day": day,
        "total": overdue_count(region.code, day),
        "may_open": user.may(Permission.VIEW_PEOPLE),
    }
    return render(request, "pairing_overdue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_handover(request: HttpRequest) -> HttpResponse:
    """Choose whose pairings go to whom from which day; look at what that means; carry it out."""
    user = require(request.user, Permission.RECORD_FACTS)
    helper = _helper_asked(request, user)
    region = None if helper else region_asked(request, user)
    context: dict[str, Any] = {"room": _room(), "helper": helper, "region": region, "preview": None}
    if region is not None:
        context |= {"trail": trail(user, region), "below": places_below(user, region)}
        if len(region.code) < _TOWNSHIP:
            return render(request, "pairing_handover.html", context)
    form = _handover_form(request, user, helper, region)
    context["form"] = form if form.olds else None
    if request.method == "POST" and not form.olds:
        messages.info(request, _("没有可交接的包联，没有重复交接。"))
        return _back(helper)
    if request.method == "POST" and form.olds and form.is_valid():
        try:
            if request.POST.get("confirmed") == form.token():
                done = hand_over(by=user, handing=form.handing())
                messages.success(
                    request,
                    _("已交接：%(people)s人，自%(day)s起。")
                    % {"people": done.people(), "day": f"{done.handing.day:%Y-%m-%d}"},
                )
                return _back(helper)
            context["preview"] = _preview(plan(by=user, handing=form.handing()))
            context["token"] = form.token()
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
            return _back(helper)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "pairing_handover.html", context)


def _back(helper: Helper | None) -> HttpResponse:
    return redirect("pairing_helper", helper.pk) if helper else redirect("room", "pairing")


def _helper_asked(request: HttpRequest, user: User) -> Helper | None:
    written = request.GET.get("helper", "")
    if not written:
        return None
    found: Helper = get_object_or_404(Helper.objects.offered_to(user), pk__in=ticked([written]))
    return found


def _handover_form(request: HttpRequest, user: User, helper: Helper | None, region: Region | None) -> HandOverForm:
    day, code = business_date(), region.code if region else ""
    if helper is not None and helper.active.upper is not None and helper.active.upper <= day:
        day = helper.active.upper  # who has left is followed without a day between
    own = Helper.objects.offered_to(user)
    mine: Any = [helper.pk] if helper else own.values("pk")
    pairings = handed(user, mine, day, code).select_related("person", "village")
    people: dict[int, set[int]] = {}
    told: dict[int, str] = {}
    for pairing in pairings.order_by("village_id", "person_id"):
        people.setdefault(pairing.helper_id, set()).add(pairing.person_id)
        told[pairing.person_id] = _("%(name)s（%(village)s）") % {
            "name": pairing.person.name,
            "village": pairing.village.short_name,
        }
    olds = [
        (one, len(people[one.pk])) for one in Helper.objects.filter(pk__in=people).order_by("region_id", "name", "pk")
    ]
    where = helper.region_id if helper else code
    offered = own.filter(active__contains=business_date())
    if len(where) >= 6:
        above = Helper.objects.filter(region_id__in=[where[:digits] for digits in (2, 4)]).values("pk")
        offered = offered.filter(code_range("region_id", where[:6])) | offered.filter(pk__in=above)
    return HandOverForm(
        request.POST or None,
        olds=olds,
        offered=sorted(offered.order_by("region_id", "name", "pk"), key=lambda one: _farness(where, one.region_id)),
        people=list(told.items()) if helper else [],
        region=code,
        day=day,
    )


def _farness(where: str, region: str) -> int:
    """For an order in which those of the region itself come first, then those of its township, then the others."""
    near = (region.startswith(where), region[:_TOWNSHIP] == where[:_TOWNSHIP], where.startswith(region))
    return next((at for at, holds in enumerate(near) if holds), len(near))


def _preview(made: Any) -> list[dict[str, Any]]:
    """One line a move: from whom to whom, how many, and what the new helper has then."""
    day = made.handing.day
    loads = load_of([*made.handing.moves.values()], day)
    lines = []
    for old, new in made.handing.moves.items():
        steps = [step for step in made.steps if step.pairing.helper_id == old]
        ended = [step for step in steps if not step.moves_whole(day)]
        coming = {step.pairing.person_id for step in made.steps if step.new.pk == new and step.pieces}
        lines.append(
            {
                "old": made.helpers[old],
                "new": made.helpers[new],
                "people": made.people(old),
                "ended": len(ended),
                "moved": len(steps) - len(ended),
                "load": loads[new] + len(coming),
                "leaves": made.helpers[old] in made.leaving,
            }
        )
    return lines
