"""The door: who may come in, with what proof, and for how long.

Accounts are made by the federation. Failed sign-ins are counted before a password is hashed (settings:
ACCOUNT_RATE_LIMITS). Roles in `access.SECOND_FACTOR` must enrol a second factor before they see anything. A session
ends after 30 idle minutes (settings; counted from the last minute that was written down), 12 hours, or a change of
the user's role or regions.
"""

import base64
import time
import unicodedata
from collections.abc import Callable
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, login, logout
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from households.access import SECOND_FACTOR
from households.audit.models import Action
from households.audit.recording import note_of
from households.encryption import decrypt, encrypt
from households.models import Installation, User

GetResponse = Callable[[HttpRequest], HttpResponse]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SECRET_PURPOSE = "mfa.secret"  # noqa: S105 - a label, not a secret
LONGEST_SESSION = 12 * 60 * 60  # seconds
SEEN_EVERY = 60  # seconds
# Enough to enrol, to prove the password again meanwhile, and to leave.
OPEN_BEFORE_SECOND_FACTOR = {
    "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout", "account_login", "set_language",
}  # fmt: skip
OPEN_BEFORE_PASSWORD_CHANGE = {"account_change_password", "account_logout", "account_login", "set_language"}
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
DEMONSTRATION_PREFIX = "demo_"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the federation, never by sign-up; no mail is sent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """She has chosen it herself."""
        user.password_is_initial = False
        super().set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nobody's mail address is known here."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Attempts that are refused uncounted, because there were too many, stand in the audit log too."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note = note_of(request)
            note.action, note.username = Action.LOGIN_FAILED, credentials.get("username", "")
            note.counts["locked"] = 1
            raise

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The password is asked for again before a second factor changes; not for the first one right after the sign-in,
        which would ask twice in a row."""
        user = self.request.user
        if not is_mfa_enabled(user, SECOND_FACTORS):
            proofs = get_authentication_records(self.request, user)
            if proofs and time.time() - proofs[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT:
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth adds the Host header, which an attacker chooses: another host name would be another five attempts.
        # Keyed: it may be an identity number that was typed, and allauth keeps no more than a plain hash of it.
        name = unicodedata.normalize("NFKC", credentials.get("username", "")).strip().casefold()
        return salted_hmac("sign_in.attempts", name, algorithm="sha256").hexdigest()


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of second factors are stored encrypted; the last one of a role that needs one cannot be removed."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(SECRET_PURPOSE, text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(SECRET_PURPOSE, base64.b64decode(encrypted_text))

    def get_totp_issuer(self) -> str:
        return _("巾帼脱贫攻坚行动")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if authenticator.type not in SECOND_FACTORS or authenticator.user.role not in SECOND_FACTOR:
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=SECOND_FACTORS).exclude(
            pk=authenticator.pk
        )
        return bool(others.exists())


class ActivityMiddleware(UserSessionsMiddleware):
    """Prolongs a session that is used and notes when and where from: once a minute, for every page would wait for it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and time.time() - request.session.get("seen_at", 0) >= SEEN_EVERY:
            request.session["seen_at"] = time.time()
            return super().__call__(request)
        return self.get_response(request)


class DoorMiddleware:
    """Ends sessions that are too old or older than the user's role, and sends roles without a second factor to enrol.

    What a signed-in user is shown (names, the secret of her second factor) no browser keeps.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._stopped(request) or self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def _stopped(self, request: HttpRequest) -> HttpResponse | None:
        """Where she is sent instead of the page; None where she may go on."""
        if isinstance(request.user, User):
            if is_outdated(request, request.user):
                logout(request)
                messages.info(request, _("登录已到期，请重新登录。"))
            elif must_change_password(request, request.user):
                if request.method == "GET":
                    messages.info(request, _("您的密码是别人设置的。请先改成只有您自己知道的密码，再开始使用系统。"))
                return redirect("account_change_password")
            elif must_enrol(request, request.user):
                if request.method == "GET":
                    messages.info(request, _("您的角色必须启用两步验证。请先绑定身份验证器，再开始使用系统。"))
                return redirect("mfa_activate_totp")
        elif SESSION_KEY in request.session:  # of somebody who is disabled: enabled again, she signs in again
            request.session.flush()
        return None


def is_outdated(request: HttpRequest, user: User) -> bool:
    """Is the session over 12 hours old, or begun under another role or other regions? A new session is marked."""
    mark = f"{user.role}:{','.join(user.regions)}"
    began = request.session.setdefault("signed_in_at", time.time())
    return request.session.setdefault("signed_in_as", mark) != mark or time.time() - began > LONGEST_SESSION


def must_change_password(request: HttpRequest, user: User) -> bool:
    """Is the password still the one that somebody else set, on a page that is not about changing it?"""
    return user.password_is_initial and resolve(request.path_info).url_name not in OPEN_BEFORE_PASSWORD_CHANGE


def must_enrol(request: HttpRequest, user: User) -> bool:
    """Does the user's role need a second factor that she has not got, on a page that is not about getting it?"""
    if user.role not in SECOND_FACTOR or is_mfa_enabled(user, SECOND_FACTORS):
        return False
    return resolve(request.path_info).url_name not in OPEN_BEFORE_SECOND_FACTOR


def demonstration_users() -> QuerySet[User]:
    """The sign-ins offered as buttons; none outside the demonstration."""
    if not Installation.objects.filter(is_demonstration=True).exists():
        return User.objects.none()
    return User.objects.filter(username__startswith=DEMONSTRATION_PREFIX, is_active=True).order_by("pk")


def sign_in_demonstration_user(request: HttpRequest, username: str) -> User:
    """Sign in fully, second factor included, as one of the demonstration's users; PermissionDenied for anybody else."""
    user = demonstration_users().filter(username=username).first()
    if user is None:
        raise PermissionDenied
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "password", username=username)
    return user
