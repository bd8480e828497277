"""The sign-in page and the demonstration's sign-ins."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from households.accounts.views import place_before, remembered_device
from households.sign_in import demonstration_users, sign_in_demonstration_user


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
    return redirect(place_before(request) or "home")
