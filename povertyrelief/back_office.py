"""The back office: the stock Django admin behind our own door."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from households.access import PERMISSIONS, Permission


class BackOffice(AdminSite):
    """Open to roles with the permission, by the product's own sign-in: the stock login knows no second factor."""

    site_title = _("后台管理")  # type: ignore[assignment]
    site_header = _("后台管理")  # type: ignore[assignment]
    index_title = _("后台管理")  # type: ignore[assignment]
    site_url = None
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(
            user.is_authenticated
            and user.is_active
            and Permission.BACK_OFFICE in PERMISSIONS.get(user.role, frozenset())
        )

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return super().login(request, extra_context)
        if request.user.is_authenticated:
            raise PermissionDenied
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response
