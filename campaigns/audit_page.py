"""The audit log as it is read: filtered, newest first, by keyset. It names staff and internal numbers, no people."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.days import day_field
from campaigns.records.forms import RegionField
from households.access import Role, code_range, in_scope
from households.audit.models import Action, AuditEntry
from households.models import Household, ImportBatch, Person, Region, User
from households.wording import listed

PAGE_SIZE = 50
MOST_ROWS = 100_000  # of one workbook
# What an entry can be looked up by, and what such a thing is called.
_OBJECTS = {
    Person._meta.label_lower: _t("人员"),
    Household._meta.label_lower: _t("贫困户"),
    ImportBatch._meta.label_lower: _t("导入批次"),
    User._meta.label_lower: _t("用户"),
}
_RESULTS = {403: _t("没有权限"), 404: _t("不在范围内或不存在")}
_COUNTS = {
    "people": _t("涉及人数"), "rows": _t("行"), "locked": _t("因失败次数过多未核对"), "new": _t("新增"), "changed": _t("变更"),
    "unchanged": _t("无变化"), "held": _t("待核实"), "rejected": _t("退回修改"), "removed_person": _t("删除人员"),
    "removed_household": _t("删除贫困户"), "removed_record": _t("删除记录"), "kept": _t("保留"),
    "id_number": _t("证件号码"), "phone": _t("联系电话"), "minor": _t("未成年人"), "consent": _t("经他人审批"),
    "uploads": _t("清除上传"), "comparisons": _t("清除比对"), "reveals": _t("清除申请"), "jobs": _t("清除任务"),
    "sessions": _t("清除会话"), "closed": _t("去除身份信息的人员"), "closed_households": _t("去除身份信息的户"),
    "files": _t("文件"),
}  # fmt: skip


class LogFilter(forms.Form):
    """Which entries are asked for. Nothing chosen: all of them."""

    user = forms.CharField(label=_t("登录名"), max_length=150, required=False)
    start = day_field(_t("自"), required=False)
    end = day_field(_t("至"), required=False)
    action = forms.ChoiceField(label=_t("操作"), choices=[("", _t("全部")), *Action.choices], required=False)
    region = RegionField(Region.objects.none(), label=_t("所在区划"), empty_label=_t("全部"), required=False)
    about = forms.ChoiceField(label=_t("涉及对象"), choices=[("", _t("全部")), *_OBJECTS.items()], required=False)
    number = forms.CharField(
        label=_t("内部编号"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, regions: Sequence[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["region"]
        assert isinstance(place, RegionField)
        place.queryset = Region.objects.filter(pk__in=[one.pk for one in regions]).order_by("code")

    def clean_number(self) -> str:
        """A number of the log: an internal one or a batch's, never an identity number."""
        number: str = self.cleaned_data["number"].strip().removeprefix("#").lower()
        if number and not re.fullmatch(r"[0-9]{1,12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", number):
            raise forms.ValidationError(_("请填写日志中“#”后面的内部编号，不要填写证件号码。"))
        return number


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: datetime
    action: str
    refused: bool
    user: str
    role: str
    what: str
    region: str
    counts: str
    result: str
    reason: str
    address: str


@dataclass(frozen=True)
class Page:
    """Lines and the number the next page continues before (None: the last one)."""

    lines: list[Line]
    before: int | None


def readable(user: User) -> QuerySet[AuditEntry]:
    """What the user may read, newest first.

    Of nobody's region (an unknown sign-in name, a command) only who answers for the whole installation reads.
    """
    top = Region.objects.filter(level=Region.Level.CITY).values_list("code", flat=True)
    whole = all(user.covers(code) for code in top)
    mine = in_scope("region_code", user.regions)
    return AuditEntry.objects.filter(mine | Q(region_code="") if whole else mine).order_by("-pk")


def entries(user: User, form: LogFilter) -> QuerySet[AuditEntry]:
    """What the user may read and asks for, newest first; nothing for a filter that cannot be read."""
    found = readable(user)
    if not form.is_valid():
        return found.none()
    asked = form.cleaned_data
    if asked["user"]:
        found = found.filter(username=asked["user"])
    if asked["start"]:
        found = found.filter(at__gte=midnight(asked["start"]))
    if asked["end"] and asked["end"] < date.max:
        found = found.filter(at__lt=midnight(asked["end"] + timedelta(days=1)))
    if asked["action"]:
        found = found.filter(action=asked["action"])
    if asked["region"]:
        found = found.filter(code_range("region_code", asked["region"].code))
    return found.filter(_about(asked["about"], asked["number"]))


def page(found: QuerySet[AuditEntry], before: str) -> Page:
    """One page; raises ValueError for a key of no page."""
    if before:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return Page(_lines(shown), shown[-1].pk if len(rows) > PAGE_SIZE else None)


def sheet_rows(found: QuerySet[AuditEntry]) -> Iterator[list[str | int]]:
    """The entries as rows of a workbook."""
    rows = found[:MOST_ROWS].iterator(chunk_size=2000)
    while part := [row for row, _number in zip(rows, range(2000), strict=False)]:
        for entry, line in zip(part, _lines(part), strict=True):
            yield [
                entry.pk, f"{line.at:%Y-%m-%d %H:%M:%S}", line.action, line.user, line.role, line.what, line.region,
                line.counts, line.result, line.reason, line.address, entry.url_name,
            ]  # fmt: skip


HEADINGS = (
    _t("编号"), _t("时间"), _t("操作"), _t("登录名"), _t("角色"), _t("涉及对象"), _t("区划"), _t("件数"), _t("结果"), _t("理由"),
    _t("来源地址"), _t("页面或命令"),
)  # fmt: skip


def _about(label: str, number: str) -> Q:
    """Of a person all entries about her, wherever they name her."""
    if number and label in ("", Person._meta.label_lower):
        return Q(people__contains=[int(number)]) if number.isdigit() else Q(about_id=number)
    condition = Q(about=label) if label else Q()
    return condition & Q(about_id=number) if number else condition


def _lines(rows: Sequence[AuditEntry]) -> list[Line]:
    codes = {row.region_code for row in rows}
    places = dict(Region.objects.filter(code__in=codes).values_list("code", "path"))
    roles = dict(Role.choices)
    return [
        Line(
            at=timezone.localtime(row.at),
            action=str(Action(row.action).label),
            refused=row.action in (Action.DENIED, Action.LOGIN_FAILED),
            user=row.username,
            role=str(roles.get(row.role, "")),
            what=_what(row),
            region=places.get(row.region_code, row.region_code),
            counts=listed(f"{_COUNTS[name]} {count}" for name, count in row.details.items() if name in _COUNTS),
            result=str(_RESULTS.get(row.status or 0, "")),
            reason=row.reason,
            address=row.address or "",
        )
        for row in rows
    ]


def _what(row: AuditEntry) -> str:
    """The object by kind and internal number: 人员 #1234."""
    if not row.about:
        return ""
    try:
        kind = _OBJECTS.get(row.about) or apps.get_model(row.about)._meta.verbose_name
    except LookupError:  # a table that this version does not have any more
        kind = row.about
    return f"{kind} #{row.about_id}"


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
