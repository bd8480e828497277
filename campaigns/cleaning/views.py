"""Pages of home cleaning: keeping clean by region, what is open to mend, stories."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.cleaning import operations, quality
from campaigns.cleaning.forms import SettleForm, StoryChangeForm
from campaigns.cleaning.room import CLEANING
from campaigns.models import Recheck, Story
from campaigns.recording import AlreadyRecordedError
from campaigns.views import asked_day, day_in, home_region, region_of, require
from campaigns.worklists import ADULT, minor_heads, shown_name
from households.access import Permission, code_range
from households.periods import ONE_DAY

MOST_SHOWN = 500


@require_safe
@login_required
@never_cache
def show_quality(request: HttpRequest) -> HttpResponse:
    """Kept clean, open to mend and evidenced, by the regions of the next level."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    code, day = request.GET.get("region", ""), asked_day(request)
    region = region_of(user, code) if code else home_region(user)
    *lines, total = quality.quality_by_region(user, region, day)
    context = {"room": CLEANING, "region": region, "day": day, "lines": lines, "total": total}
    context |= {"may_list": user.may(Permission.VIEW_WORKLIST), "before": day - ONE_DAY}
    return render(request, "cleaning_quality.html", context)


@require_safe
@login_required
@never_cache
def show_rectifications(request: HttpRequest) -> HttpResponse:
    """What is open to mend, the longest overdue first."""
    user = require(request.user, Permission.VIEW_WORKLIST)
    code, day = request.GET.get("region", ""), asked_day(request)
    region = region_of(user, code) if code else home_region(user)
    since, until = day_in(request, "since"), day_in(request, "until")
    found = quality.still_open(quality.rechecks(day), day).filter(
        code_range("village_id", region.code), pk__in=Recheck.objects.visible_to(user).values("pk")
    )
    if since:
        found = found.filter(due_on__gte=since)
    if until:
        found = found.filter(due_on__lte=until)
    rows = found.select_related("household", "village").order_by(F("due_on").asc(nulls_last=True), "village_id", "pk")
    shown = list(rows[:MOST_SHOWN])
    young = minor_heads([row.household_id for row in shown], day)
    names = {
        row.pk: shown_name(user, row.household.head_name, 0 if row.household_id in young else ADULT) for row in shown
    }
    context = {
        "room": CLEANING, "region": region, "day": day, "since": since, "until": until, "most": MOST_SHOWN,
        "rows": [(row, names[row.pk]) for row in shown], "count": found.count(),
        "may_open": user.may(Permission.VIEW_PEOPLE), "may_record": user.may(Permission.RECORD_FACTS),
    }  # fmt: skip
    return render(request, "cleaning_rectifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """One re-check; what is open to mend gets its day."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    recheck = get_object_or_404(Recheck.objects.visible_to(user).select_related("household", "village"), pk=pk)
    is_open = not recheck.passed and recheck.settled_on is None and recheck.voided_at is None
    form = SettleForm(request.POST or None)
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        if form.is_valid() and _written(request, form, operations.settle_recheck, by=user, recheck=recheck):
            return redirect("rectifications")
    context = {
        "room": CLEANING, "recheck": recheck, "form": form, "is_open": is_open,
        "may_record": user.may(Permission.RECORD_FACTS),
    }  # fmt: skip
    return render(request, "cleaning_recheck.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_story(request: HttpRequest, pk: int) -> HttpResponse:
    """One story, to be read and, by who may record, changed."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    story = get_object_or_404(Story.objects.visible_to(user).select_related("household", "village"), pk=pk)
    form = StoryChangeForm(request.POST or None, story=story)
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        if form.is_valid() and _written(request, form, operations.change_story, by=user, story=story):
            return redirect("story", pk)
    may_record = user.may(Permission.RECORD_FACTS) and story.voided_at is None
    context = {"room": CLEANING, "story": story, "form": form, "may_record": may_record}
    return render(request, "cleaning_story.html", context)


def _written(request: HttpRequest, form: Any, operation: Any, **asked: Any) -> bool:
    """Was it written (or there already)? Else the form says why not."""
    try:
        operation(**asked, **form.cleaned_data)
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    else:
        messages.success(request, _("已保存。"))
    return True
