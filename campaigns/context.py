"""What every page shows: demonstration notice, business date, navigation by permission."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date, is_demonstration
from households.access import Permission
from households.querysets import can


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation, shown with the permission; `description` stands on the home page. in_header: False
    for what is reached from the page of another entry."""

    url_name: str
    label: str | Promise
    icon: str
    permission: Permission
    description: str | Promise = ""
    in_header: bool = True


NAVIGATION = (
    NavItem("home", _("工作台"), "home", Permission.VIEW_DASHBOARD),
    NavItem(
        "dashboard", _("完成率"), "chart", Permission.VIEW_DASHBOARD,
        _("五个百分百的完成情况，按县、乡镇、村逐级查看，可选任意日期。"),
    ),
    NavItem(
        "worklists", _("未完成名单"), "list", Permission.VIEW_WORKLIST,
        _("还差哪些户、哪些人，由谁包联，逐项列出。"),
    ),
    NavItem(
        "rooms", _("六大行动"), "actions", Permission.VIEW_DASHBOARD,
        _("宣传、包联、清洁、就业、健康、助学：各项台账、名单和统计。"),
    ),
    NavItem(
        "reports", _("报告与报表"), "report", Permission.VIEW_DASHBOARD,
        _("工作简报、进展情况统计表、名册台账和一户一档，用于上报和打印。"),
    ),
    NavItem(
        "households", _("贫困户册"), "people", Permission.VIEW_PEOPLE,
        _("查找贫困户和家庭成员，登记宣传、包联、清洁、保险和助学。"),
    ),
    NavItem(
        "uploads", _("上传"), "upload", Permission.UPLOAD,
        _("上传县里的名册表格，核对变化后确认导入。"),
    ),
    NavItem(
        "comparisons", _("名单比对"), "compare", Permission.UPLOAD,
        _("把扶贫办、教育局、保险公司等单位的名单与登记簿逐人比对，列出两边的不同。"), in_header=False,
    ),
    NavItem(
        "doubts", _("待核实"), "check", Permission.UPLOAD,
        _("名册、台账中还没有登记的行：逐个核对，确认、改正或退回。"),
    ),
    NavItem(
        "submission_rounds", _("上报"), "send", Permission.VIEW_DASHBOARD,
        _("乡镇报县、县报市：审核、退回、零报告，上报数长期留存。"),
    ),
    NavItem(
        "accounts", _("账号管理"), "user", Permission.MANAGE_ACCOUNTS,
        _("邀请、停用和移交本区划下级工作人员的账号。"), in_header=False,
    ),
    NavItem(
        "audit", _("审计日志"), "log", Permission.VIEW_AUDIT,
        _("谁在何时查看、登记、导入、导出了什么；不显示任何人的信息。"),
    ),
    NavItem(
        "admin:index", _("后台管理"), "settings", Permission.BACK_OFFICE,
        _("用户、区划、统计口径、保险方案和各类记录的维护。"),
    ),
)  # fmt: skip


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor; signed-out visitors get the notice only."""
    if not hasattr(request, "user"):  # refused for a foreign host name, before anybody is asked who it is
        return {"nav": []}
    context: dict[str, Any] = {"demonstration": is_demonstration(), "nav": []}
    if request.user.is_authenticated:
        has_own_box = request.path in (reverse("home"), reverse("households"))
        context |= {
            "business_date": business_date(),
            "nav": navigation(request),
            "header_search": can(request.user, Permission.VIEW_PEOPLE) and not has_own_box,
        }
    return context


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries this user may open, the present one marked."""
    items = [item for item in NAVIGATION if can(request.user, item.permission)]
    links: list[dict[str, Any]] = [
        {
            "url": reverse(item.url_name), "label": item.label, "icon": item.icon, "description": item.description,
            "in_header": item.in_header, "url_name": item.url_name,
        }
        for item in items
    ]  # fmt: skip
    # The home page's address begins every address: it is the present place only on itself.
    deeper = [link["url"] for link in links if link["url"] != "/" and request.path.startswith(link["url"])]
    here = max(deeper, key=len, default=request.path)
    return [{**link, "active": link["url"] == here} for link in links]
