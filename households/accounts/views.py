"""The door of invited users: a one-time link, and the PIN of a remembered device. No answer tells which links exist."""

import base64

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from households.access import PIN_ROLES
from households.accounts import operations
from households.accounts.models import REMEMBERED_FOR, RememberedDevice
from households.audit.models import Action
from households.audit.recording import note_of
from households.encryption import encrypt, remembered
from households.models import User
from households.sign_in import BACKEND

COOKIE = "device"
_TOKEN, _PURPOSE = "invitation", "invitation.token"
_PIN_INPUT = {"inputmode": "numeric", "maxlength": "6", "autocomplete": "off"}


class SecretForm(forms.Form):
    """A password or a PIN, twice."""

    secret = forms.CharField(strip=False, max_length=128)
    again = forms.CharField(strip=False, max_length=128)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        is_pin = user.role in PIN_ROLES
        attributes = _PIN_INPUT if is_pin else {"autocomplete": "new-password"}
        for name in ("secret", "again"):
            self.fields[name].widget = forms.PasswordInput(attrs=attributes)
        self.fields["secret"].label = _("设置6位PIN码") if is_pin else _("设置密码")
        self.fields["again"].label = _("再输入一次")
        self.fields["secret"].help_text = (
            _("以后在这台手机或电脑上用它登录。不要用生日、连续或重复的数字。")
            if is_pin
            else _("至少12位，不要用常见的词和自己的姓名。")
        )

    def clean_again(self) -> str:
        """Typed alike both times."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("secret", again):
            raise ValidationError(_("两次输入的不一样，请重新输入。"))
        return again


class PinForm(forms.Form):
    """The PIN of this device."""

    pin = forms.CharField(label=_t("PIN码"), max_length=6, widget=forms.PasswordInput(attrs=_PIN_INPUT))


@require_safe
@never_cache
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself: it is taken out of the address at once. Looking uses nothing up; previews of chats look, too."""
    request.session[_TOKEN] = base64.b64encode(encrypt(_PURPOSE, token)).decode()  # sessions stand in the database
    return redirect("welcome")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """Set the password or PIN. Unknown, used, cancelled and expired links get the same answer."""
    kept = request.session.get(_TOKEN, "")
    token = remembered(_PURPOSE, kept) if kept else ""
    if request.method == "POST" and not ratelimit.consume(request, action="invitation"):
        return render(request, "429.html", status=429)
    found = operations.invitation(token) if token else None
    if found is None:
        return render(request, "account/no_invitation.html", status=404)
    form = SecretForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = operations.accept(token=token, secret=form.cleaned_data["secret"])
        except ValidationError as error:
            form.add_error("secret", error)
        else:
            return _accepted(request, accepted)
    return render(
        request, "account/welcome.html", {"form": form, "user": found.user, "is_pin": found.user.role in PIN_ROLES}
    )


def _accepted(request: HttpRequest, accepted: tuple[User, str] | None) -> HttpResponse:
    if accepted is None:  # used a moment ago, in another window
        return render(request, "account/no_invitation.html", status=404)
    user, device = accepted
    del request.session[_TOKEN]
    note = note_of(request)
    note.action, note.user, note.about = Action.ACCOUNT, user, user
    messages.success(request, _("已设置好，请登录。"))
    response = redirect("pin" if device else "account_login")
    if device:
        _keep_device(response, device)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def sign_in_with_pin(request: HttpRequest) -> HttpResponse:
    """Sign in on a remembered device; five wrong PINs lock it until a new link comes."""
    token = request.COOKIES.get(COOKIE, "")
    device = operations.device_of(token) if token else None
    if request.user.is_authenticated or device is None:
        return redirect("home" if request.user.is_authenticated else "account_login")
    form = PinForm(request.POST or None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="pin"):
            return render(request, "429.html", status=429)
        user = operations.pin_opens(token=token, pin=form.data.get("pin", ""))
        if user is not None:
            return _signed_in(request, user, token)
        note = note_of(request)
        note.action, note.user = Action.LOGIN_FAILED, device.user
        device.refresh_from_db()
        form.add_error("pin", _("PIN码不对。")) if form.is_valid() else None
    return render(request, "account/pin.html", {"form": form, "device": device, "next": place_before(request)})


def _signed_in(request: HttpRequest, user: User, token: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "pin")
    response = redirect(place_before(request) or "home")
    _keep_device(response, token)
    return response


def remembered_device(request: HttpRequest) -> RememberedDevice | None:
    """The device that the browser's cookie names, for the sign-in page."""
    token = request.COOKIES.get(COOKIE, "")
    return operations.device_of(token) if token else None


def _keep_device(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=REMEMBERED_FOR, path=reverse("pin").rpartition("pin/")[0], secure=settings.HTTPS,
        httponly=True, samesite="Lax",
    )  # fmt: skip


def place_before(request: HttpRequest) -> str:
    """Where she was before the session ran out: an address of ours or none."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""
