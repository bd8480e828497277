"""The home page, the sign-in page, and the demonstration's sign-ins."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from households.access import Permission
from households.accounts.views import remembered_device
from households.intake.open_rows import open_rows
from households.models import Region, RevealRequest, User
from households.querysets import can
from households.sign_in import demonstration_users, sign_in_demonstration_user

SHOWN_REGIONS = 5


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where work begins: what this user may do, and for which regions."""
    user = request.user
    assert isinstance(user, User)
    regions = Region.objects.visible_to(user).filter(code__in=user.regions).order_by("position")[:SHOWN_REGIONS]
    doubts = open_rows(user).count() if can(user, Permission.UPLOAD) else 0
    waiting = RevealRequest.objects.visible_to(user).filter(state=RevealRequest.State.WAITING).exclude(asked_by=user)
    may_reveal, may_consent = can(user, Permission.REVEAL), can(user, Permission.APPROVE_REVEAL)
    context = {
        "regions": regions,
        "doubts": doubts,
        "may_merge": can(user, Permission.EDIT_REGISTER),
        "may_reveal": may_reveal,
        "reveals": waiting.count() if may_consent else 0,
    }
    return render(request, "home.html", context)


class SignInView(LoginView):
    """allauth's sign-in with the demonstration's sign-ins beside it; a remembered device is asked for its PIN first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "other" not in request.GET and remembered_device(request) is not None:
            query = request.GET.urlencode()
            return redirect(reverse("pin") + (f"?{query}" if query else ""))
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demonstration_users": demonstration_users()}


@require_POST
@sensitive_post_parameters()
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's users; refused outside the demonstration."""
    sign_in_demonstration_user(request, request.POST.get("username", ""))
    return redirect("home")
