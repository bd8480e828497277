"""The home page: where work begins."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.dashboard import Cell, cells_of
from campaigns.data_request_page import open_requests
from campaigns.doubt_page import doubts_by_kind
from campaigns.rooms import ROOMS, due_in
from households.access import Permission
from households.models import Region, RevealRequest, User

SHOWN_REGIONS, BIG_BUTTONS, SHOWN_DUE = 5, 3, 8
# How far ahead the home page tells what is due.
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Start:
    """A big button, shown to who has the permission."""

    url_name: str
    title: str | Promise
    note: str | Promise
    permission: Permission


# In the order of an officer's day; the first three that a user may open are hers.
STARTS = (
    Start("uploads", _("上传名册或台账"), _("上传表格，核对后导入"), Permission.UPLOAD),
    Start("doubts", _("待核实"), _("名册、台账中还没有登记的行"), Permission.UPLOAD),
    Start("contact_rounds", _("逐户勾选"), _("进村宣传时在手机上逐户登记"), Permission.RECORD_FACTS),
    Start("worklists", _("未完成名单"), _("还差哪些户、哪些人，由谁包联"), Permission.VIEW_WORKLIST),
    Start("households", _("贫困户册"), _("查找贫困户，登记各项工作"), Permission.VIEW_PEOPLE),
    Start("dashboard", _("完成率"), _("五个百分百，逐级查看"), Permission.VIEW_DASHBOARD),
    Start("rooms", _("六大行动"), _("各项台账、名单和统计"), Permission.VIEW_DASHBOARD),
    Start("audit", _("审计日志"), _("谁在何时做了什么"), Permission.VIEW_AUDIT),
)


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What this user does every day, how far her first region is, and what is due there."""
    user = request.user
    assert isinstance(user, User)
    regions = Region.objects.visible_to(user).filter(code__in=user.regions).order_by("position")[:SHOWN_REGIONS]
    people, work = doubts_by_kind(user) if user.may(Permission.UPLOAD) else (0, 0)
    starts = _starts(user, people + work)
    context = {
        "regions": regions,
        "starts": starts,
        "started": [url for _start, url, _count in starts],
        "doubts": people,
        "work": work,
        "may_search": user.may(Permission.VIEW_PEOPLE),
        "may_merge": user.may(Permission.EDIT_REGISTER),
        "may_reveal": user.may(Permission.REVEAL),
        "reveals": _waiting(user) if user.may(Permission.APPROVE_REVEAL) else 0,
        "requests": open_requests(user) if user.may(Permission.EDIT_REGISTER) else (0, 0),
        "worklists": user.may(Permission.VIEW_WORKLIST),
        **(_progress(user, regions[0]) if regions and user.may(Permission.VIEW_DASHBOARD) else {}),
    }
    return render(request, "home.html", context)


def _starts(user: User, doubts: int) -> list[tuple[Start, str, int]]:
    """(button, address, how many wait there)."""
    own = [start for start in STARTS if user.may(start.permission)]
    # Who uploads has no need of the list to tick off on the first page.
    if user.may(Permission.UPLOAD):
        own = [start for start in own if start.url_name != "contact_rounds"]
    return [(one, reverse(one.url_name), doubts if one.url_name == "doubts" else 0) for one in own[:BIG_BUTTONS]]


def _waiting(user: User) -> int:
    """Requests to see a minor's number that wait for this user's consent."""
    asked = RevealRequest.objects.visible_to(user).filter(state=RevealRequest.State.WAITING)
    return asked.exclude(asked_by=user).count()


def _progress(user: User, region: Region) -> dict[str, object]:
    """The five targets of a region today, and what is due there."""
    today = business_date()
    cells: list[Cell] = cells_of(region, coverage.as_of([region.code], today)[region.code], today)
    due = due_in(ROOMS.values(), user, region, today, today + AHEAD)
    return {"region": region, "cells": cells, "due": due[:SHOWN_DUE], "more_due": len(due) - SHOWN_DUE}
