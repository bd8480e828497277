"""What views have in common: who asks, for which region, for which day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from households.access import Permission
from households.models import Region, User
from households.querysets import can

# Years in which pages count with days: room on both sides for ages and months.
YEARS = range(1900, 2200)
KEY_DIGITS = 18  # of the database's largest key


def require(user: Any, permission: Permission) -> User:
    """The signed-in user, or PermissionDenied."""
    if not can(user, permission):
        raise PermissionDenied
    found: User = user
    return found


def region_of(user: User, code: str) -> Region:
    """A region inside the user's scope, else 404 as for a region that does not exist."""
    region: Region = get_object_or_404(Region.objects.visible_to(user), code=code)
    return region


def home_region(user: User) -> Region:
    """The first of the user's own regions; 404 where she has none."""
    region = Region.objects.visible_to(user).filter(code__in=user.regions).order_by("position", "code").first()
    if region is None:
        raise Http404
    return region


def own_and_below(user: User) -> list[Region]:
    """What a page can be narrowed to: the user's own regions and the next level down."""
    visible = Region.objects.visible_to(user)
    found = visible.filter(code__in=user.regions) | visible.filter(parent__in=user.regions)
    return list(found.order_by("position", "code"))


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day of the query string; None where there is none, or, which is said, where it cannot be read."""
    asked = request.GET.get(name, "")
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = None
    if day is not None and day.year in YEARS:
        return day
    if asked:
        messages.warning(request, _("网址中的日期无法识别，已改用默认日期。请重新选择日期，或写成2018-06-30。"))
    return None


def asked_day(request: HttpRequest) -> date:
    """The day the page is asked for, without one the business date."""
    return day_in(request, "day") or business_date()


def original_gone(request: HttpRequest) -> HttpResponse:
    """The answer where an uploaded file was to be read again and its time is over."""
    told = _("上传的原件已过保存期限，已经清除；已导入的登记不受影响。需要时请重新上传。")
    return render(request, "404.html", {"told": told}, status=404)


def ticked(values: Iterable[str]) -> list[int]:
    """The keys of ticked lines; what can be no key is nobody."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) <= KEY_DIGITS]
