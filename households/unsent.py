"""What was typed survives a session that has run out: kept encrypted for an hour, and put back into its page once.

A cookie with a random token leads to it and nothing else does; it is given to the user who typed it, nobody else. Only
forms of a browser: no files, no passwords, nothing that a script sends, nothing from another site.
"""

import base64
import json
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from households.encryption import encrypt, remembered
from households.form_filling import TOKEN, filled

GetResponse = Callable[[HttpRequest], HttpResponse]
COOKIE, WHO = "unsent", "signed_in_before"
KEPT_FOR = 60 * 60  # seconds
MOST_CHARACTERS = 64 * 1024
_PURPOSE = "unsent.values"
DOOR = "/accounts/"  # passwords and codes are typed there


class UnsentMiddleware:
    """Keeps a form that met the sign-in page instead of its view, and puts it back after signing in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = COOKIE in request.COOKIES and request.user.is_authenticated
        kept = _kept(request) if asks else None
        response = self.get_response(request)
        if request.method == "POST" and _leads_to_sign_in(response) and not request.path.startswith(DOOR):
            page = _page_of(request)  # the address that a button sends to may have no page to come back to
            response["Location"] = urlsplit(response["Location"]).path + "?" + urlencode({"next": page})
            if keep(request, response, of=who(request)):
                messages.info(
                    request, _("登录已到期。您填写的内容已保留，登录后会放回原来的页面，尚未提交；附件要重新选择。")
                )
            elif who(request) is not None and _typed(request):
                messages.warning(request, _("登录已到期，您填写的内容没有能保留下来，请登录后重新填写。"))
            elif who(request) is not None:
                messages.info(request, _("登录已到期，刚才的操作没有提交，请登录后再点一次。"))
        elif kept is not None and request.method == "GET":
            _put_back(request, response, kept)
        if request.user.is_authenticated and who(request) != request.user.pk:
            response.set_signed_cookie(WHO, str(request.user.pk), secure=settings.HTTPS, httponly=True, samesite="Lax")
        if asks and kept is None and COOKIE not in response.cookies:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


def who(request: HttpRequest) -> int | None:
    """Who was signed in here last: the browser says it in a signed cookie, because sessions are forgotten."""
    value = request.get_signed_cookie(WHO, default="")
    return int(value) if value else None


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page of a form whose token is another sign-in's: what was typed in it is kept for whoever is signed in now."""
    response = render(request, "403_csrf.html", status=403)
    # Another site's form must not choose what stands in a form of ours.
    if request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}":
        of = request.user.pk if request.user.is_authenticated else who(request)
        page = keep(request, response, of=of)
        response.content = render(request, "403_csrf.html", {"page": page}).content
    return response


def keep(request: HttpRequest, response: HttpResponse, *, of: int | None) -> str:
    """Keep the request's form for a user, the response taking the token along; where its page stands, "" if it is not kept."""
    values = _typed(request) if of is not None and "X-CSRFToken" not in request.headers else {}
    size = sum(len(name) + sum(map(len, sent)) for name, sent in values.items())
    if not values or size > MOST_CHARACTERS or request.path.startswith(DOOR):
        return ""
    page, token = _page_of(request), secrets.token_urlsafe(32)
    kept = json.dumps({"user": of, "page": page, "action": request.path, "values": values})
    cache.set(_key(token), base64.b64encode(encrypt(_PURPOSE, kept)).decode(), KEPT_FOR)
    response.set_cookie(COOKIE, token, max_age=KEPT_FOR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return page


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    """The form's fields without its token and passwords; nothing where all are empty."""
    found = {
        name: [str(one) for one in sent]
        for name, sent in request.POST.lists()
        if name != TOKEN and "password" not in name
    }
    return found if any(any(sent) for sent in found.values()) else {}


def _page_of(request: HttpRequest) -> str:
    """Where the form was: the page that sent it, else its own address."""
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return request.get_full_path()
    parts = urlsplit(sender)
    return "/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    """What the browser's token leads to; None where it is gone or another user's, and then it goes."""
    stored = cache.get(key := _key(request.COOKIES[COOKIE]))
    opened = remembered(_PURPOSE, stored) if stored else ""
    kept: dict[str, Any] = json.loads(opened) if opened else {}
    if kept.get("user") == request.user.pk:
        return kept
    cache.delete(key)
    return None


def _put_back(request: HttpRequest, response: HttpResponse, kept: dict[str, Any]) -> None:
    """Fill the form in, if this is its page. Once: what does not fit any more is gone."""
    is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
    if request.path != urlsplit(kept["page"]).path or response.streaming or not is_page:
        return
    page = filled(
        response.content.decode(), kept["values"], path=request.path, action=kept["action"],
        notice=render_to_string("components/put_back.html", request=request),
    )  # fmt: skip
    if page is None:
        messages.warning(request, _("登录到期前填写的内容放不回这一页了，请重新填写。"))
    else:
        response.content = page.encode()
        patch_cache_control(response, no_store=True)
    cache.delete(_key(request.COOKIES[COOKIE]))
    response.delete_cookie(COOKIE, samesite="Lax")


def _leads_to_sign_in(response: HttpResponse) -> bool:
    place = urlsplit(response.headers.get("Location", "")).path if response.status_code == 302 else ""
    return place in (reverse("account_login"), reverse("admin:login"))


def _key(token: str) -> str:
    return f"unsent:{sha256(token.encode()).hexdigest()}"
