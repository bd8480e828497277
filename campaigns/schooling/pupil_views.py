"""The year's list of pupils with pairing, its workbook, and the check list of 1 September."""

import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import coverage, tasks
from campaigns.business_day import business_date
from campaigns.figures import asked_for
from campaigns.models import Target
from campaigns.recording import AlreadyRecordedError
from campaigns.schooling import grades
from campaigns.schooling.operations import pair_pupils
from campaigns.schooling.page_forms import PairForm, places
from campaigns.schooling.pupils import STATES, Pupil, every_line, page_of
from campaigns.schooling.room import SCHOOLING
from campaigns.views import asked_day, home_region, region_of, require, ticked
from households.access import Permission
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Region, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_pupils(request: HttpRequest) -> HttpResponse:
    """Who is on the year's list of a region; POST pairs the ticked ones with a donor."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region, day = _region(request, user), asked_day(request)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    form = PairForm(request.POST or None, by=user)
    people = ticked(request.POST.getlist("people"))
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        if form.is_valid() and _pair(request, user, form, people):
            return redirect(request.get_full_path())
    asked = asked_for(region.code, day)
    try:
        page = page_of(user, region, asked, request.GET.get("after", ""), request.GET.get("state", ""))
    except ValueError as error:
        raise Http404 from error
    context = {
        "room": SCHOOLING,
        "page": page,
        "form": form,
        "ticked": people,
        "region": region,
        "places": places(user, region),
        "states": STATES.items(),
        "state": request.GET.get("state", ""),
        "asked": asked,
        "figures": coverage.as_of([region.code], day)[region.code].target(Target.SCHOOLING),
        "may_record": user.may(Permission.RECORD_FACTS),
        "may_download": user.may(Permission.UPLOAD),
    }
    return render(request, "schooling_pupils.html", context)


def _pair(request: HttpRequest, user: User, form: PairForm, people: list[int]) -> bool:
    """Pair; False where it was refused, with the words on the form."""
    data: dict[str, Any] = form.cleaned_data
    try:
        made = pair_pupils(by=user, people=people, **data)
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        form.add_error(None, error.messages[0])
        return False
    else:
        told = {"donor": data["donor"], "count": len(made)}
        messages.success(request, _("已登记：%(donor)s与%(count)s名学生结对。") % told)
    return True


@require_safe
@login_required
@never_cache
def download_pupils(request: HttpRequest) -> FileResponse:
    """The whole list of a region as a workbook."""
    user = require(request.user, Permission.UPLOAD)
    region = _region(request, user)
    asked = asked_for(region.code, asked_day(request))
    headings = [
        _("行政村"), _("姓名"), _("性别"), _("年龄"), _("年级"), _("学校"), _("列入日期"), _("列入原因"), _("退出日期"), _("退出原因"),
        _("受助次数"), _("受助金额"), _("结对情况"),
    ]  # fmt: skip
    file = io.BytesIO()
    rows = (_cells(line) for line in every_line(user, region, asked, request.GET.get("state", "")))
    write_book(file, [NewSheet(_("学生名单"), headings, [16] * len(headings), rows)])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_('学生名单')}.xlsx")


def _cells(line: Pupil) -> list[str | int]:
    return [
        line.village, line.person.name, str(line.person.get_sex_display()), line.age, line.schooling, line.school,
        line.entered.isoformat(), line.entry, line.left.isoformat() if line.left else "", line.exit, line.grants,
        f"{line.yuan:.2f}" if line.yuan is not None else "", line.paired_label,
    ]  # fmt: skip


@require_safe
@login_required
@never_cache
def show_grades(request: HttpRequest) -> HttpResponse:
    """Who moves up on 1 September, who leaves, whom somebody must ask about."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region = _region(request, user)
    group = request.GET.get("group", "unknown")
    if group not in grades.GROUPS:
        raise Http404
    year = next(iter(ticked([request.GET.get("year", "")])), 0)
    first = date(year, 9, 1) if 2000 <= year <= 2100 else grades.september(business_date())
    found = grades.grade_list(user, region, first, group)
    context = {
        "room": SCHOOLING,
        "region": region,
        "places": places(user, region),
        "first": first,
        "group": group,
        "groups": [(key, title, found.counts[key]) for key, title in grades.GROUPS.items()],
        "lines": found.lines,
        "title": grades.GROUPS[group],
        "more": max(0, found.counts[group] - len(found.lines)),
    }
    return render(request, "schooling_grades.html", context)


def _region(request: HttpRequest, user: User) -> Region:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)
