"""Ticking off the households of a village on a phone. Works as a plain form; ticks.js sends each tick at once."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.facts import Photo
from campaigns.models import ContactRound
from campaigns.photo_pages import PHOTOS, add_photos
from campaigns.photos import PhotosField
from campaigns.publicity import rounds
from campaigns.publicity.forms import RoundForm
from campaigns.publicity.room import PUBLICITY
from campaigns.recording import AlreadyRecordedError
from campaigns.views import require
from households.access import Permission
from households.models import User

RECENT = 10


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def start_round(request: HttpRequest) -> HttpResponse:
    """Village, kind, day, place and speaker, once; below, the user's latest rounds."""
    user = require(request.user, Permission.RECORD_FACTS)
    form = RoundForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            opened = rounds.open_round(by=user, **form.cleaned_data)
        except PermissionDenied:
            form.add_error("village", _("所属区划不在您的负责范围内。"))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("contact_round", opened.pk)
    recent = ContactRound.objects.visible_to(user).filter(recorded_by=user, voided_at=None).select_related("village")
    context = {"room": PUBLICITY, "form": form, "recent": recent.order_by("-pk")[:RECENT], **_phone(user)}
    return render(request, "publicity_rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The village's households with a box each; sent as a form, all boxes ticked are recorded."""
    user = require(request.user, Permission.RECORD_FACTS)
    of = get_object_or_404(ContactRound.objects.visible_to(user).select_related("village"), pk=pk, voided_at=None)
    if request.method == "POST":
        told = rounds.tick_all(user, of, request.POST.getlist("tick"))
        if told.saved:
            messages.success(request, _("已登记%(count)s条宣传。") % {"count": told.saved})
        if told.already:
            messages.info(request, _("%(count)s条此前已经登记，没有重复登记。") % {"count": told.already})
        for why in told.refused:
            messages.error(request, why)
        if not (told.saved or told.already or told.refused):
            messages.info(request, _("没有勾选，没有登记。"))
        return redirect("contact_round", pk)
    rows = rounds.tick_rows(user, of)
    ticked = sum(any(box.contact for box in row.boxes) for row in rows)
    context = {
        "room": PUBLICITY,
        "of": of,
        "rows": rows,
        "ticked": ticked,
        **_phone(user),
    }
    return render(request, "publicity_round.html", context)


@require_POST
@login_required
@never_cache
def send_tick(request: HttpRequest) -> JsonResponse:
    """One tick sent by the page's script: {"state": saved | already | refused, "message": why}."""
    user = require(request.user, Permission.RECORD_FACTS)
    try:
        of, household, person = rounds.read_token(user, request.POST.get("token", ""))
        key = UUID(request.POST.get("key", ""))
    except (rounds.TokenError, ValueError) as error:
        return _answer("refused", str(error) if isinstance(error, rounds.TokenError) else _("请重新打开名单再勾选。"))
    if of is None:
        raise Http404
    try:
        rounds.tick(by=user, of=of, household=household, person=person, key=key)
    except AlreadyRecordedError as already:
        return _answer("already", already.messages[0])
    except ValidationError as error:
        return _answer("refused", " ".join(error.messages))
    return _answer("saved", "")


@require_POST
@login_required
@never_cache
def send_photo(request: HttpRequest) -> JsonResponse:
    """One photo of a tick, sent by the page's script; answered as a tick."""
    user = require(request.user, Permission.RECORD_FACTS)
    try:
        of, household, person = rounds.read_token(user, request.POST.get("token", ""))
        key = UUID(request.POST.get("key", ""))
    except (rounds.TokenError, ValueError) as error:
        return _answer("refused", str(error) if isinstance(error, rounds.TokenError) else _("请重新选择照片。"))
    if of is None:
        raise Http404
    try:
        contents = PhotosField().clean(request.FILES.getlist("photo"))
        contact = rounds.contact_of(of, household, person)
        add_photos(by=user, of=PHOTOS["contact"], record=contact, kind=Photo.Kind.SCENE, contents=contents, key=key)
    except AlreadyRecordedError as already:
        return _answer("already", already.messages[0])
    except PermissionDenied:
        return _answer("refused", _("该户现在不在您的负责范围内，照片没有保存。"))
    except ValidationError as error:
        return _answer("refused", " ".join(error.messages))
    return _answer("saved", "")


def _phone(user: User) -> dict[str, object]:
    """What the page's scripts need: whose ticks wait in the phone, and the key for her photos."""
    return {"owner": user.pk, "photo_key": rounds.photo_key(user)}


def _answer(state: str, message: str) -> JsonResponse:
    return JsonResponse({"state": state, "message": message}, status=422 if state == "refused" else 200)
