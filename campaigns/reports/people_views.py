"""What is about people and leaves the system: lists by township, a household's file. A reason each time, nothing is kept."""

import io
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import coverage, tasks
from campaigns.dashboard import trail
from campaigns.household_page import household_page
from campaigns.household_views import home_of
from campaigns.reports.briefing_views import DOCX, WRONG
from campaigns.reports.forms import ListsForm, ReasonForm
from campaigns.reports.household_file import household_file
from campaigns.reports.people_books import choices, parts_of, write_files, write_sheets
from campaigns.reports.views import asked_region
from campaigns.views import asked_day, require
from households.access import Permission
from households.audit.models import Action
from households.audit.recording import note_of, shown
from households.models import Region


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_lists(request: HttpRequest) -> HttpResponseBase:
    """Which roster or ledger, parted how, and why; then the workbook or the zip."""
    user = require(require(request.user, Permission.UPLOAD), Permission.VIEW_PEOPLE)
    region, day = asked_region(request, user), asked_day(request)
    offered = choices(user)
    form = ListsForm(request.POST or None, choices=offered)
    if request.method == "POST" and form.is_valid():
        what = form.cleaned_data["what"]
        if parts := parts_of(what, user, region, day):
            as_files = form.cleaned_data["parts"] == ListsForm.FILES
            file = io.BytesIO()
            written = (write_files if as_files else write_sheets)(file, parts)
            shown(request, rows=written.rows, parts=len(parts))
            file.seek(0)
            name = _list_name(str(dict(offered)[what]), region, day) + (".zip" if as_files else ".xlsx")
            return FileResponse(file, as_attachment=True, filename=name)
        form.add_error("what", _("这个区划没有可导出的记录。"))
    context = {
        "form": form,
        "region": region,
        "day": day,
        "trail": trail(user, region),
        "children": Region.objects.visible_to(user).filter(parent=region).order_by("position"),
    }
    return render(request, "reports_lists.html", context, status=WRONG if request.method == "POST" else 200)


def _list_name(title: str, region: Region, day: date) -> str:
    what = title.rpartition(" · ")[2]
    return _("%(region)s%(what)s（%(day)s）") % {"region": region.short_name, "what": what, "day": day.isoformat()}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_household_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A household's file as a page to be printed; with a reason, as a Word document."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    home = home_of(user, pk)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    page = household_page(user, home)
    may_export, sensitive = user.may(Permission.UPLOAD), user.may(Permission.VIEW_SENSITIVE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        require(user, Permission.UPLOAD)
    shown(request, [member.person.pk for member in page.members])
    if request.method == "POST" and form.is_valid():
        note_of(request).action = Action.EXPORT
        content = io.BytesIO(household_file(page, sensitive=sensitive))
        return FileResponse(content, as_attachment=True, filename=_("一户一档.docx"), content_type=DOCX)
    context = {
        "page": page,
        "form": form,
        "may_export": may_export,
        "may_record": False,
        "sensitive": sensitive,
        "person_targets": [line.definition for line in page.targets if line.definition.unit == "person"],
    }
    return render(request, "reports_household.html", context, status=WRONG if request.method == "POST" else 200)
