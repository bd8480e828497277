"""The back office: the stock Django admin behind our own door."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from households.access import Permission
from households.querysets import can
from households.scoped_admin import PostAutocompleteView, ScopedAdmin, with_author


class BackOffice(AdminSite):
    """Open to roles with the permission, by the product's own sign-in: the stock login knows no second factor."""

    site_title = _("后台管理")
    site_header = _("后台管理")
    index_title = _("后台管理")
    site_url = None

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner: Callable[..., HttpResponse] = super().admin_view(with_author(view), cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied  # the stock admin would offer her the sign-in page
            return inner(request, *args, **kwargs)

        return guarded

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = PostAutocompleteView.as_view(admin_site=self)(request)  # type: ignore[assignment]
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the stock door's pages and `r/<type>/<id>/`, which leads past every scope."""
        left_out = {"view_on_site", "password_change", "password_change_done"}
        return [url for url in super().get_urls() if getattr(url, "name", None) not in left_out]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own tables only: those other packages register know neither roles nor scope."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return can(request.user, Permission.BACK_OFFICE)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return super().login(request, extra_context)
        if request.user.is_authenticated:
            raise PermissionDenied
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response
