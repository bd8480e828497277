"""账号管理: list, invite, new link, close, hand over. A link is shown in the answer to the POST that made it, and never again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import account_page
from campaigns.account_page import NewAccount, Successor
from campaigns.dashboard import trail
from campaigns.views import home_region, own_and_below, region_of, require, ticked
from households.access import Permission
from households.accounts import operations
from households.audit.recording import note_of
from households.models import Region, User


@require_safe
@login_required
@never_cache
def show_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts the user answers for."""
    user = require(request.user, Permission.MANAGE_ACCOUNTS)
    after = request.GET.get("after", "")
    keys = ticked([after]) if after else [0]
    if not keys:
        raise Http404
    region = _region(request, user)
    found = account_page.accounts(user, region, after=keys[0])
    context = {"page": found, "region": region, "places": own_and_below(user)}
    return render(request, "accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invite_user(request: HttpRequest) -> HttpResponse:
    """A new account below a region of the user's; the answer shows its link once."""
    user = require(request.user, Permission.MANAGE_ACCOUNTS)
    region = _region(request, user)
    form = NewAccount(request.POST or None, by=user, region=region)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made, token = operations.invite(
                by=user, name=given["name"], role=given["role"], region=given["region"].code, phone=given["phone"],
                username=given["username"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("username", error.messages[0])
        else:
            return _shown_once(request, made, token)
    children = Region.objects.visible_to(user).filter(parent=region).exclude(level=Region.Level.VILLAGE)
    context = {"form": form, "region": region, "trail": trail(user, region), "children": children.order_by("position")}
    return render(request, "account_invite.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: a new link, closing it, handing it over."""
    user = require(request.user, Permission.MANAGE_ACCOUNTS)
    account = get_object_or_404(operations.managed_by(user), pk=pk)
    wanted = request.POST.get("do", "")
    form = Successor(request.POST if wanted == "hand_over" else None)
    if wanted == "link":
        return _shown_once(request, account, operations.new_link(by=user, user=account))
    if wanted == "close":
        ended = operations.close(by=user, user=account)
        note_of(request).about = account
        messages.success(request, _("账号已停用，立即生效。") if ended else _("账号此前已停用，没有重复处理。"))
        return redirect("account", pk=pk)
    if wanted == "hand_over" and form.is_valid():
        made, token = operations.hand_over(by=user, user=account, **form.cleaned_data)
        return _shown_once(request, made, token, replaces=account)
    line = account_page.account_lines([account])[0]
    return render(request, "account.html", {"line": line, "form": form})


def _region(request: HttpRequest, user: User) -> Region:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)


def _shown_once(request: HttpRequest, made: User, token: str, replaces: User | None = None) -> HttpResponse:
    note_of(request).about = made
    link = account_page.link_of(request, token)
    line = account_page.account_lines([made])[0]
    return render(request, "account_link.html", {"link": link, "line": line, "replaces": replaces})
