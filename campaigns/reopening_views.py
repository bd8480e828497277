"""Taking back, at a household, that a member has left or that the household was taken off the list."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.household_page import HouseholdPage, Left, household_page
from campaigns.household_views import home_of
from campaigns.pseudonyms import PSEUDONYM
from campaigns.views import require
from households import operations
from households.access import Permission
from households.audit.recording import shown


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def reopen_member(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Ask once more, then let a member who was closed by mistake belong to the household as if she had never left."""
    user = require(request.user, Permission.EDIT_REGISTER)
    page = household_page(user, home_of(user, pk))
    left = next((one for one in page.left if one.membership.pk == membership), None)
    if left is None:
        if page.household.memberships.filter(pk=membership).exists():
            messages.info(request, _("此人已登记在册，没有需要恢复的。"))
            return redirect("household", pk)
        raise Http404
    if left.membership.person.name == PSEUDONYM:  # the record no longer says who she was: nobody would come back
        raise Http404
    shown(request, [left.membership.person_id])
    done = _("已恢复%(name)s的登记。") % {"name": left.membership.person.name}
    return _asked(request, page, left, done, lambda: operations.reopen_membership(membership=membership, by=user))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def relist(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then put a household that was taken off the list by mistake back on it."""
    user = require(request.user, Permission.EDIT_REGISTER)
    page = household_page(user, home_of(user, pk))
    if not page.is_removed:
        messages.info(request, _("本户登记在册，没有需要恢复的。"))
        return redirect("household", pk)
    if page.is_pseudonymised:
        raise Http404
    shown(request, [member.person.pk for member in page.members])
    done = _("已取消清退，本户恢复在册。")
    return _asked(request, page, None, done, lambda: operations.relist_household(household=pk, by=user))


def _asked(
    request: HttpRequest, page: HouseholdPage, left: Left | None, done: str, work: Callable[[], bool]
) -> HttpResponse:
    """The page that asks; on POST the work and the way back, or what is in its way."""
    in_the_way: list[str] = []
    if request.method == "POST":
        try:
            work()
        except ValidationError as error:
            in_the_way = error.messages
        else:
            messages.success(request, done)
            return redirect("household", page.household.pk)
    context = {"page": page, "left": left, "in_the_way": in_the_way}
    return render(request, "household_reopen.html", context, status=422 if in_the_way else 200)
