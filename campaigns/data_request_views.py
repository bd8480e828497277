"""Requests to correct or erase: recorded at a household, decided by a second person, carried out, all on record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import data_request_page
from campaigns.business_day import business_date
from campaigns.data_request_page import DecisionForm, RequestForm
from campaigns.household_views import home_of
from campaigns.views import require
from households.access import Permission
from households.audit.recording import note_of, shown
from households.data_requests import operations
from households.models import DataRequest, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def record_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a person of the household, or somebody for her, asks; sent twice it is one request."""
    user = require(request.user, Permission.RECORD_FACTS)
    home = home_of(user, pk)
    form = RequestForm(request.POST or None, home=home)
    if request.method == "POST" and form.is_valid():
        made, is_new = operations.record(by=user, household=home.household, **form.cleaned_data)
        shown(request, [made.person_id])
        if is_new:
            due = {"day": made.due_on.isoformat()}
            messages.success(request, _("申请已登记，须在%(day)s前由另一位有权限的人决定并办理。") % due)
        else:
            messages.info(request, _("此人已有一件同类申请正在办理，没有重复登记。"))
        return redirect("household", home.household_id)
    return render(request, "data_request_new.html", {"home": home, "form": form})


@require_safe
@login_required
@never_cache
def show_requests(request: HttpRequest) -> HttpResponse:
    """What is open in the user's regions, the most urgent first, and what has been settled."""
    user = require(request.user, Permission.EDIT_REGISTER)
    opened, settled = (data_request_page.listed(user, is_open=is_open) for is_open in (True, False))
    shown(request, [line.request.person_id for line in (*opened, *settled)])
    return render(request, "data_requests.html", {"opened": opened, "settled": settled})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its trail; the decision of somebody who has not recorded it, then that a correction is made."""
    user = require(request.user, Permission.EDIT_REGISTER)
    asked = get_object_or_404(data_request_page.of_regions(user).select_related("person", "household"), pk=pk)
    shown(request, [asked.person_id])
    decides = request.POST.get("decision") in ("grant", "refuse")
    form = DecisionForm(request.POST if decides else None)
    is_clear = "done" in request.POST or (decides and form.is_valid())
    if is_clear and _carried_out(request, user, asked, form):
        return redirect("data_request", pk)
    context = {
        "asked": asked,
        "form": form,
        "is_mine": asked.recorded_by_id == user.pk,
        "is_late": asked.is_late(business_date()),
        "may_be_erased": data_request_page.may_be_erased(asked, business_date()),
    }
    return render(request, "data_request.html", context)


def _carried_out(request: HttpRequest, user: User, asked: DataRequest, form: DecisionForm) -> bool:
    """Decide or close; False where the form says what is in the way."""
    if "done" in request.POST:
        closed = operations.close(by=user, request=asked)
        messages.success(request, _("已办结。")) if closed else messages.info(request, _("这件申请现在不能办结。"))
        return True
    grant, answer = request.POST["decision"] == "grant", form.cleaned_data["reason"]
    try:
        decided = operations.decide(by=user, request=asked, grant=grant, answer=answer, day=business_date())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if decided:
        note_of(request).reason = answer
        messages.success(request, _("已同意，请办理。") if grant else _("已记下：不予办理。请告知申请人理由。"))
    else:
        messages.info(request, _("这件申请已有决定，没有重复处理。"))
    return True
