"""The sign-in page and the demonstration's sign-ins."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from households.sign_in import demonstration_users, sign_in_demonstration_user


class SignInView(LoginView):
    """allauth's sign-in with the demonstration's sign-ins beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demonstration_users": demonstration_users()}


@require_POST
@sensitive_post_parameters()
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's users; refused outside the demonstration."""
    sign_in_demonstration_user(request, request.POST.get("username", ""))
    return redirect("home")
