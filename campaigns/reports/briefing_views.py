"""The work briefing and its template: load (scoped), check, call, render."""

import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.reports import operations
from campaigns.reports.amounts import ROUGHLY_WRITTEN
from campaigns.reports.briefing import FIELDS, Masthead, named, tags_of
from campaigns.reports.forms import BriefingForm, TemplateForm
from campaigns.reports.tag_list import tag_list
from campaigns.reports.templates import MOST_BYTES, check_file, filled
from campaigns.reports.views import asked_region
from campaigns.reports.wording import federation_of
from campaigns.submissions.reported import reported_on
from campaigns.views import asked_day, require
from households.access import Permission
from households.audit.recording import shown
from households.models import Region, User

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRONG = 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_briefing(request: HttpRequest) -> HttpResponseBase:
    """Ask for the head of the paper, then hand out the .docx of a region and a day."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region, day = asked_region(request, user), asked_day(request)
    with translation.override(settings.LANGUAGE_CODE):  # the paper is Chinese
        head = {"unit": federation_of(region), "printed_on": day}
    frozen = reported_on(user, region, day)
    asked = request.GET.get("round", "")
    form = BriefingForm(
        request.POST or None,
        may_name=user.may(Permission.VIEW_WORKLIST),
        rounds=[one.round for one in frozen.values()],
        has_source=bool(frozen or asked or request.POST.get("source")),
        initial=head | {"source": asked if asked in map(str, frozen) else ""},
    )
    if request.method == "POST" and form.is_valid():
        names, source = form.cleaned_data.get("names", False), form.cleaned_data.get("source")
        tags = tags_of(user, region, day, form.masthead, names=names, frozen=frozen[source] if source else None)
        try:
            content = filled(operations.template_for(user, region), tags, FIELDS)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            shown(request, rows=named(tags))
            name = _("%(region)s工作简报（%(day)s）.docx") % {"region": region.short_name, "day": day.isoformat()}
            return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=DOCX)
    context = {"form": form, "region": region, "day": day, "trail": trail(user, region)}
    status = WRONG if request.method == "POST" else 200
    return render(request, "reports_briefing.html", context, status=status)


def _city(user: User, region: Region) -> Region:
    """The region's city, where the user's own regions hold it as a whole; else 404."""
    found: Region = get_object_or_404(Region.objects.visible_to(user), code=operations.city_of(region))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_template(request: HttpRequest) -> HttpResponse:
    """The template in use, the tags it may use, and another one put in its place."""
    user = require(request.user, Permission.MANAGE_RULES)
    region = asked_region(request, user)
    city = _city(user, region)
    if "reset" in request.POST:
        if operations.reset_template(by=user, city=city):
            messages.success(request, _("已恢复默认模板。"))
        return redirect("briefing_template")
    with translation.override(settings.LANGUAGE_CODE):
        head = Masthead("1", federation_of(city), "", "", "", business_date())
    tags = tags_of(user, city, business_date(), head)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _is_kept(form, user, city, tags):
        messages.success(request, _("模板已启用，今后的工作简报按它生成。"))
        return redirect("briefing_template")
    context = {
        "form": form,
        "city": city,
        "own": operations.own_template(user, city),
        "tags": tag_list(tags),
        "roughly": ROUGHLY_WRITTEN,
    }
    return render(request, "reports_template.html", context, status=WRONG if request.method == "POST" else 200)


def _is_kept(form: TemplateForm, user: User, city: Region, tags: dict[str, Any]) -> bool:
    """Check the file, fill it in once, keep it; else the form says what is wrong."""
    content = form.cleaned_data["file"].read(MOST_BYTES + 1)
    try:
        check_file(content)
        filled(content, tags, FIELDS)
    except ValidationError as error:
        form.add_error("file", error)
        return False
    operations.keep_template(by=user, city=city, content=content)
    return True


@require_safe
@login_required
@never_cache
def download_template(request: HttpRequest) -> FileResponse:
    """The template in use, to be edited in Word."""
    user = require(request.user, Permission.MANAGE_RULES)
    city = _city(user, asked_region(request, user))
    content = io.BytesIO(operations.template_for(user, city))
    return FileResponse(content, as_attachment=True, filename=_("工作简报模板.docx"), content_type=DOCX)
