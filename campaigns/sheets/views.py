"""Sheets of a village: print one, and type in what came back by row number."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Contact, Sheet
from campaigns.rooms import ROOMS
from campaigns.sheets import entering, operations
from campaigns.sheets.forms import SheetForm
from campaigns.views import require
from households.access import Permission

RECENT = 20
# The room of each purpose.
_ROOMS = {
    Sheet.Purpose.PUBLICITY: "publicity",
    Sheet.Purpose.CLEANING: "cleaning",
    Sheet.Purpose.SPOT_CHECK: "cleaning",
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_sheet(request: HttpRequest, purpose: str) -> HttpResponse:
    """Village and day; below, the latest sheets of this purpose."""
    user = require(request.user, Permission.RECORD_FACTS)
    form = SheetForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = operations.print_village_sheet(by=user, purpose=purpose, **form.cleaned_data)
        except PermissionDenied:
            form.add_error("village", _("所属区划不在您的负责范围内。"))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("sheet", sheet.pk)
    recent = Sheet.objects.visible_to(user).filter(purpose=purpose, voided_at=None).select_related("region")
    context = {
        "room": ROOMS[_ROOMS[Sheet.Purpose(purpose)]],
        "purpose": purpose,
        "form": form,
        "recent": recent.order_by("-pk")[:RECENT],
        "entry_url": f"{purpose}_entry",
    }
    return render(request, "sheets.html", context)


@require_safe
@login_required
@never_cache
def show_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as it is printed."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    sheet = get_object_or_404(Sheet.objects.visible_to(user).select_related("region"), pk=pk, voided_at=None)
    context = {
        "room": ROOMS[_ROOMS[Sheet.Purpose(sheet.purpose)]],
        "sheet": sheet,
        "may_void": sheet.purpose != Sheet.Purpose.SPOT_CHECK and user.may(Permission.RECORD_FACTS),
        "rows": operations.printed_rows(user, sheet),
        "kinds": list(enumerate(Contact.Kind.labels, 1)),
    }
    return render(request, "sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def enter_by_row(request: HttpRequest, purpose: str) -> HttpResponse:
    """Number and rows are typed; who that is stands there for confirmation; then it is written."""
    user = require(request.user, Permission.RECORD_FACTS)
    entry = entering.ENTRIES[purpose]
    initial = {"number": request.GET.get("number", "")}
    form = entry.form(request.POST or None, by=user, initial=initial)
    context: dict[str, Any] = {
        "room": ROOMS[purpose], "form": form, "purpose": purpose, "entry_url": f"{purpose}_entry",
        "sheets_url": f"{purpose}_sheets",
    }  # fmt: skip
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        if "confirm" in request.POST:
            told = entry.write(user, form, request.POST)
            _say(request, told)
            if not told.refused:
                return redirect(f"{purpose}_entry")
            context |= {"refused": told.refused, "sheet": form.sheet}
        else:
            return render(request, "sheet_confirm.html", context | entering.confirmation(user, form))
    return render(request, "sheet_entry.html", context)


def _say(request: HttpRequest, told: operations.Entered) -> None:
    if told.saved:
        messages.success(request, _("已登记%(count)s户。") % {"count": told.saved})
    if told.already:
        messages.info(request, _("%(count)s户此前已经登记，没有重复登记。") % {"count": told.already})
