"""Pages of random spot checks: draw, sheet, results."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.cleaning import spot_checks
from campaigns.cleaning.forms import DrawForm
from campaigns.cleaning.quality import share
from campaigns.cleaning.room import CLEANING
from campaigns.forms import VoidForm
from campaigns.models import SpotCheck, SpotResult
from campaigns.recording import AlreadyRecordedError
from campaigns.sheets.operations import Entered, enter_rows
from campaigns.views import require, ticked
from households.access import Permission
from households.models import Household, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def draw(request: HttpRequest) -> HttpResponse:
    """Region, day and number of households; then the draw stands."""
    user = require(request.user, Permission.RECORD_FACTS)
    form = DrawForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            check = spot_checks.draw(by=user, **form.cleaned_data)
        except PermissionDenied:
            form.add_error("region", _("所属区划不在您的负责范围内。"))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("已抽取%(size)s户，抽签号%(seed)s。") % {"size": check.size, "seed": check.seed}
            )
            return redirect("spot_check", check.pk)
    return render(request, "cleaning_draw.html", {"room": CLEANING, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_spot_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawn households; results are typed in beside them."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    found = SpotCheck.objects.visible_to(user).select_related("region", "sheet", "recorded_by")
    check = get_object_or_404(found, pk=pk)
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        told = _record(user, check, request)
        if told.saved:
            messages.success(request, _("已登记%(count)s户。") % {"count": told.saved})
        if told.already:
            messages.info(request, _("%(count)s户此前已经登记，没有重复登记。") % {"count": told.already})
        for position, why in told.refused:
            messages.error(request, _("第%(position)s行：%(why)s") % {"position": position, "why": why})
        if not (told.saved or told.already or told.refused):
            messages.info(request, _("没有选择抽查结果，没有登记。"))
        return redirect("spot_check", pk)
    rows = spot_checks.drawn_rows(user, check)
    results = [one for one in rows if one.result]
    proved = sum(1 for one in results if one.result and (one.result.signed or one.photos))
    context = {
        "room": CLEANING, "check": check, "rows": rows, "done": len(results), "proved": proved,
        "share": share(proved, len(results)), "outcomes": SpotResult.Outcome.choices,
        "may_record": user.may(Permission.RECORD_FACTS) and check.voided_at is None,
    }  # fmt: skip
    return render(request, "cleaning_spot_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def void_spot_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then void the draw with its results."""
    user = require(request.user, Permission.RECORD_FACTS)
    check = get_object_or_404(SpotCheck.objects.visible_to(user).select_related("region", "sheet"), pk=pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spot_checks.void_check(by=user, check=check, reason=form.cleaned_data["reason"].strip())
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        else:
            messages.success(request, _("记录已作废，不再计入。"))
        return redirect("spot_check", pk)
    table = CLEANING.table("spot_checks")
    assert table is not None
    cells = [(column.title, column.value(check)) for column in table.columns]
    context = {"room": CLEANING, "table": table, "form": form, "record": check, "cells": cells}
    return render(request, "record_void_one.html", context)


def _record(user: User, check: SpotCheck, request: HttpRequest) -> Entered:
    """Every row with an outcome chosen."""
    chosen = {
        position: str(value)
        for name, value in request.POST.items()
        if name.startswith("outcome-") and value
        for position in ticked([name.removeprefix("outcome-")])
    }

    def record(household: Household, position: int) -> None:
        if chosen[position] not in SpotResult.Outcome.values:
            raise ValidationError(_("请选择抽查结果。"))
        signed = f"signed-{position}" in request.POST
        spot_checks.record_spot_result(
            by=user, check=check, household=household, outcome=chosen[position], signed=signed
        )

    return enter_rows(check.sheet, list(chosen), record)
