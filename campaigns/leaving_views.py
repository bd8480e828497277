"""A member who has died or left, a household taken off the list: told by hand between two rosters.

What is told here by mistake is taken back on the household's page (`reopening_views`).
"""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.household_page import household_page
from campaigns.household_views import home_of
from campaigns.recording import has_come
from campaigns.views import require
from households import operations
from households.access import Permission
from households.audit.recording import shown
from households.free_text import no_numbers
from households.models import Membership

Reason = Membership.EndReason
# Who has moved to another household stands in the next roster, or is taken over there.
_REASONS = (Reason.DIED, Reason.MARRIED_OUT, Reason.LEFT)


_FROM_THEN_ON = _t("从这一天起不再在册，以前各天的统计不变。")


class LeavingForm(forms.Form):
    """Field names are the parameters of operations.end_memberships."""

    day = day_field(_t("减少日期"), help_text=_FROM_THEN_ON, validators=[has_come])
    end_reason = forms.ChoiceField(
        label=_t("减少原因"),
        choices=[("", "---------"), *((reason.value, reason.label) for reason in _REASONS)],
        help_text=_t("迁到另一贫困户的，由那里的花名册登记。"),
    )


class RemovalForm(forms.Form):
    """Field names are the parameters of operations.remove_households."""

    day = day_field(_t("清退日期"), help_text=_FROM_THEN_ON, validators=[has_come])
    reason = forms.CharField(label=_t("清退原因"), max_length=200, validators=[no_numbers])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def end_member(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """A member of the household on the business day is one no longer, from a day on."""
    user = require(request.user, Permission.EDIT_REGISTER)
    page = household_page(user, home_of(user, pk))
    running = page.household.memberships.filter(person=person, period__contains=business_date())
    membership = running.select_related("person").first()
    if membership is None or page.is_pseudonymised:
        raise Http404
    shown(request, [person])
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if operations.end_memberships(memberships=[membership.pk], by=user, **form.cleaned_data):
            messages.success(request, _("已登记%(name)s减少。") % {"name": membership.person.name})
            return redirect("household", pk)
        form.add_error(
            "day", _("此人%(first)s起登记在本户，减少日期要晚于这一天。") % {"first": membership.period.lower}
        )
    context = {"page": page, "form": form, "who": membership.person.name, "here": _("人员减少")}
    return render(request, "household_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def remove_home(request: HttpRequest, pk: int) -> HttpResponse:
    """The household is taken off the list from a day on."""
    user = require(request.user, Permission.EDIT_REGISTER)
    page = household_page(user, home_of(user, pk))
    if page.is_removed:
        messages.info(request, _("本户已经清退，没有重复登记。"))
        return redirect("household", pk)
    if page.is_pseudonymised:
        raise Http404
    shown(request, [member.person.pk for member in page.members])
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            removed = operations.remove_households(households=[pk], by=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if removed:
                messages.success(request, _("已登记全户清退。"))
                return redirect("household", pk)
            form.add_error("day", _("本户%(first)s起才登记在册，请核对日期。") % {"first": page.home.period.lower})
    who = page.household.head_name or _("（未登记户主）")
    context = {"page": page, "form": form, "who": who, "here": _("全户清退")}
    return render(request, "household_form.html", context, status=422 if request.method == "POST" else 200)
