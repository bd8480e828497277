"""Statements of funds and donors: load (scoped), check, call, render."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.business_day import business_date
from campaigns.models import Donor, Fund
from campaigns.schooling.room import SCHOOLING
from campaigns.schooling.statements import donor_statement, fund_statement
from campaigns.views import require
from households.access import Permission


@require_safe
@login_required
@never_cache
def show_fund(request: HttpRequest, pk: int) -> HttpResponse:
    """A fund's entries with running balance, and the way of its money from donor to child."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    fund = get_object_or_404(Fund.objects.visible_to(user).select_related("region"), pk=pk)
    masked = request.GET.get("masked") == "yes"
    context = {
        "room": SCHOOLING,
        "table": SCHOOLING.table("funds"),
        "statement": fund_statement(fund, user=user, masked=masked),
        "masked": masked,
        "day": business_date(),
        "may_record": user.may(Permission.RECORD_FACTS),
    }
    return render(request, "schooling_fund.html", context)


@require_safe
@login_required
@never_cache
def show_donor(request: HttpRequest, pk: int) -> HttpResponse:
    """What a donor gave and what became of it: her copy, with masked children."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    donor = get_object_or_404(Donor.objects.visible_to(user).select_related("region"), pk=pk)
    context = {
        "room": SCHOOLING,
        "table": SCHOOLING.table("donors"),
        "statement": donor_statement(donor, user=user),
        "day": business_date(),
        "may_record": user.may(Permission.RECORD_FACTS),
    }
    return render(request, "schooling_donor.html", context)
