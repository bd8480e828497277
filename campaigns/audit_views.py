"""The auditor's pages. The log is read as the steward: pages' own identity may write it, not read it."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import audit_page, minors_report
from campaigns.views import YEARS, own_and_below, require
from households.access import Permission, steward
from households.audit.recording import shown
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import User
from households.periods import today

WIDTHS = [10, 20, 18, 20, 18, 26, 36, 30, 18, 30, 18, 24]


@require_safe
@login_required
@never_cache
def show_audit(request: HttpRequest) -> HttpResponse:
    """The log, page by page."""
    user = require(request.user, Permission.VIEW_AUDIT)
    form = _form(request, user)
    with steward():
        try:
            page = audit_page.page(audit_page.entries(user, form), request.GET.get("before", ""))
        except ValueError as error:
            raise Http404 from error
    query = request.GET.copy()
    query.pop("before", None)
    shown(request, rows=len(page.lines))
    return render(request, "audit.html", {"form": form, "page": page, "query": query.urlencode()})


@require_safe
@login_required
@never_cache
def download_audit(request: HttpRequest) -> FileResponse:
    """All that the filter asks for, as a workbook."""
    user = require(request.user, Permission.VIEW_AUDIT)
    form = _form(request, user)
    if not form.is_valid():
        raise Http404
    file = io.BytesIO()
    with steward():
        found = audit_page.entries(user, form)
        shown(request, rows=min(found.count(), audit_page.MOST_ROWS))
        headings = [str(heading) for heading in audit_page.HEADINGS]
        write_book(file, [NewSheet(_("审计日志"), headings, WIDTHS, audit_page.sheet_rows(found))])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_("审计日志.xlsx"))


@require_safe
@login_required
@never_cache
def show_minors_report(request: HttpRequest) -> HttpResponse:
    """The yearly report on minors' data, to be printed."""
    user = require(request.user, Permission.VIEW_AUDIT)
    this_year = today().year
    try:
        year = int(request.GET.get("year", this_year))
    except ValueError as error:
        raise Http404 from error
    if year not in YEARS:
        raise Http404
    with steward():
        report = minors_report.report(user, year)
    shown(request, rows=len(report.looks) + len(report.reveals))
    context = {"report": report, "years": range(this_year, this_year - 5, -1), "regions": own_and_below(user)[:1]}
    return render(request, "audit_minors.html", context)


def _form(request: HttpRequest, user: User) -> audit_page.LogFilter:
    asked = {name: value for name, value in request.GET.items() if name != "before"}
    return audit_page.LogFilter(asked, regions=own_and_below(user))
