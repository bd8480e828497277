"""Events with their participants, and the calendar: load (scoped), check, call, render."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.forms import VoidForm
from campaigns.models import Event, Participant
from campaigns.organisation.due import coming_of_age
from campaigns.organisation.event_page import event_page
from campaigns.organisation.forms import ParticipantForm, PasteForm
from campaigns.organisation.operations import add_participants, correct_participant, void_participant
from campaigns.recording import AlreadyRecordedError
from campaigns.rooms import ROOMS, due_in
from campaigns.views import YEARS, home_region, region_of, require
from households.access import Permission
from households.models import Region, User


@require_safe
@login_required
@never_cache
def show_event(request: HttpRequest, pk: int) -> HttpResponse:
    """An event with its participants, of the user's own regions or of a level above."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    event = get_object_or_404(Event.objects.offered_to(user).select_related("region"), pk=pk)
    page = event_page(user, event)
    return render(request, "organisation_event.html", {"room": ROOMS["organisation"], "page": page, "event": event})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_participant(request: HttpRequest, pk: int, participant: int | None = None) -> HttpResponse:
    """Add a participant, or correct one."""
    user, event = _own_event(request, pk)
    record = _participant(event, participant, locked=request.method == "POST") if participant is not None else None
    form = ParticipantForm(request.POST or None, instance=record, by=user, event=event)

    def save() -> str:
        if record is None:
            add_participants(by=user, event=event, entrants=[form.entrant])
        else:
            correct_participant(by=user, participant=record, entrant=form.entrant)
        return _("已保存：%(title)s。") % {"title": form.cleaned_data["name"]}

    title = _("修改参加人") if record else _("增加参加人")
    return _handled(request, event, form, save) or _page(request, event, form, title, record)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def paste_participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Several participants at once, one a line."""
    user, event = _own_event(request, pk)
    form = PasteForm(request.POST or None)

    def save() -> str:
        entrants = form.cleaned_data["lines"]
        count = add_participants(by=user, event=event, entrants=entrants)
        return _("已增加%(count)s人，%(known)s人此前已在名单中。") % {"count": count, "known": len(entrants) - count}

    return _handled(request, event, form, save) or _page(request, event, form, _("粘贴多人"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def void_one_participant(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Ask for the reason, then void."""
    user, event = _own_event(request, pk)
    record = _participant(event, participant)
    form = VoidForm(request.POST or None)

    def save() -> str:
        void_participant(by=user, participant=record, reason=form.cleaned_data["reason"].strip())
        return _("记录已作废，不再计入。")

    title = _("作废参加人%(name)s") % {"name": record.name}
    return _handled(request, event, form, save) or _page(request, event, form, title)


def _own_event(request: HttpRequest, pk: int) -> tuple[User, Event]:
    """An event whose list this user may write: of her own regions."""
    user = require(request.user, Permission.RECORD_FACTS)
    return user, get_object_or_404(Event.objects.visible_to(user).select_related("region"), pk=pk)


def _participant(event: Event, pk: int, *, locked: bool = False) -> Participant:
    found = event.participants.filter(voided_at=None)
    return get_object_or_404(found.select_for_update(no_key=True) if locked else found, pk=pk)


def _handled(request: HttpRequest, event: Event, form: BaseForm, save: Callable[[], str]) -> HttpResponse | None:
    """The answer to a form that was sent and could be saved; None where it has to be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        messages.success(request, save())
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except PermissionDenied:
        form.add_error(None, _("所属区划不在您的负责范围内。"))
        return None
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return None
    return redirect("event", event.pk)


def _page(
    request: HttpRequest, event: Event, form: BaseForm, title: str, record: Participant | None = None
) -> HttpResponse:
    context = {"room": ROOMS["organisation"], "event": event, "form": form, "title": title, "record": record}
    return render(request, "organisation_form.html", context)


@require_safe
@login_required
@never_cache
def show_calendar(request: HttpRequest) -> HttpResponse:
    """What is due in a region in a month, from all rooms."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    code = request.GET.get("region", "")
    region = region_of(user, code) if code else home_region(user)
    today = business_date()
    first = _asked_month(request.GET.get("month", ""), today)
    following = (first + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    girls, grown = coming_of_age(region, today)
    own = Region.objects.visible_to(user)
    regions = own.filter(code__in=user.regions) | own.filter(parent__in=user.regions)
    context: dict[str, Any] = {
        "room": ROOMS["organisation"],
        "region": region,
        "regions": regions.order_by("code"),
        "trail": trail(user, region),
        "entries": due_in(ROOMS.values(), user, region, first, last),
        "first": first,
        "before": first - timedelta(days=1),
        "following": following,
        "today": today,
        "girls": girls,
        "grown": grown,
    }
    return render(request, "organisation_calendar.html", context)


def _asked_month(text: str, today: date) -> date:
    """The first day of the month asked for (2018-06), of this month where it cannot be read."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if first.year in YEARS else today.replace(day=1)
