"""What the sign-in packages tell, left as notes on the request: the middleware writes the row."""

from typing import Any

from allauth.mfa import signals as mfa
from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from households.audit.models import Action
from households.audit.recording import note_of
from households.models import User


@receiver(user_logged_in)
def signed_in(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    _note(request, Action.LOGIN, user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _note(request, Action.LOGOUT, user)


@receiver(user_login_failed)
def password_refused(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    _note(request, Action.LOGIN_FAILED, None, str(credentials.get("username") or ""))


@receiver(mfa.authentication_failed)
def second_factor_refused(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    _note(request, Action.LOGIN_FAILED, user)


def _note(request: HttpRequest | None, action: Action, user: User | None, username: str = "") -> None:
    if request is not None:
        note = note_of(request)
        note.action, note.user, note.username = action, user, username
