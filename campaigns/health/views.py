"""The insurance's working page and the list for the insurer: load (scoped), check, call, render."""

import io
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import coverage, tasks
from campaigns.business_day import business_date
from campaigns.health import enrolling, insurance
from campaigns.health.room import HEALTH
from campaigns.models import Policy
from campaigns.recording import days_text
from campaigns.views import asked_day, home_region, region_of, require
from households.access import Permission
from households.models import Region, User


@require_safe
@login_required
@never_cache
def show_insurance(request: HttpRequest) -> HttpResponse:
    """Who is missing, waiting, next, expiring, refused, with the counts of all lists."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    region, day = _region(request, user), asked_day(request)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    schemes = insurance.schemes_on(day)
    asked = insurance.AskedList(user, region, day, schemes[0] if schemes else None, _days(request))
    shown = insurance.BY_KEY.get(request.GET.get("show", insurance.LISTS[0].key))
    if shown is None:
        raise Http404
    try:
        lines, next_key = insurance.page(asked, shown, request.GET.get("after", ""))
    except ValueError as error:
        raise Http404 from error
    context = {
        "room": HEALTH,
        "region": region,
        "regions": _regions(user, region),
        "day": day,
        "asked": asked,
        "lists": [(one, one.rows(asked).count()) for one in insurance.LISTS],
        "shown": shown,
        "lines": lines,
        "next_key": next_key,
        "days_choices": insurance.DAYS_CHOICES,
        "sensitive": user.may(Permission.VIEW_SENSITIVE),
        "may_enrol": user.may(Permission.UPLOAD) and user.may(Permission.VIEW_SENSITIVE),
        "until": insurance.next_batch_until(asked.scheme) if asked.scheme else None,
    }
    return render(request, "health_insurance.html", context)


class PolicyField(forms.ModelChoiceField):
    """Policies told by number, scheme and period."""

    def label_from_instance(self, obj: Policy) -> str:
        return f"{obj.number} {obj.scheme.name} {days_text(obj.period)}"


class EnrolmentForm(forms.Form):
    """For which policy, and what the list is for."""

    policy = PolicyField(Policy.objects.none(), label=gettext_lazy("保单"), empty_label=gettext_lazy("请选择"))
    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=200,
        help_text=gettext_lazy("例如“报送承保单位办理投保”。与导出人、时间、人数一起记录在案。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = self.fields["policy"]
        assert isinstance(policy, forms.ModelChoiceField)
        policy.queryset = enrolling.open_policies()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_enrolment(request: HttpRequest) -> HttpResponseBase:
    """Enrol who is to be enrolled and hand out the list for the insurer."""
    user = require(require(request.user, Permission.UPLOAD), Permission.VIEW_SENSITIVE)
    region = _region(request, user)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    form = EnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = enrolling.enrol(by=user, region=region, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            file = io.BytesIO()
            enrolling.write_list(file, user, made)
            file.seek(0)
            return FileResponse(file, as_attachment=True, filename=_("投保报名名单.xlsx"))
    context = {
        "room": HEALTH,
        "region": region,
        "regions": _regions(user, region),
        "form": form,
        "prospects": enrolling.prospects(user, region),
        "day": business_date(),
    }
    return render(request, "health_enrolment.html", context)


def _region(request: HttpRequest, user: User) -> Region:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)


def _regions(user: User, region: Region) -> list[Region]:
    """The user's own regions, the way down to the present one, and the next level below it."""
    visible = Region.objects.visible_to(user)
    above = [region.code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(region.code)]
    own = visible.filter(code__in=[*user.regions, *above])
    return list((own | visible.filter(parent=region)).order_by("code"))


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, insurance.DAYS_CHOICES) else insurance.DEFAULT_DAYS
