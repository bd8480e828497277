"""Where a member is at school, told by hand between two rosters: the 1 September check list's answers."""

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
from households.models import Enrolment


class SchoolingForm(forms.Form):
    """Field names are the parameters of operations.change_schooling."""

    since = day_field(
        _t("起始日期"),
        help_text=_t("从这一天起就读；原来的登记到前一天为止。与原登记同一天的，改正原登记。"),
        validators=[has_come],
    )
    stage = forms.ChoiceField(label=_t("学段"), choices=[("", _t("不在校")), *Enrolment.Stage.choices], required=False)
    grade = forms.IntegerField(
        label=_t("年级"),
        min_value=1,
        max_value=12,
        required=False,
        help_text=_t("起始日期那一学年的年级：小学1—6，初中7—9，高中10—12；不详的留空。以后每年9月1日自动升级。"),
    )
    school = forms.CharField(label=_t("学校"), max_length=100, required=False, validators=[no_numbers])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def change_schooling(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """The form opens with what is registered on the business day."""
    user = require(request.user, Permission.EDIT_REGISTER)
    page = household_page(user, home_of(user, pk))
    member = next((one.person for one in page.members if one.person.pk == person), None)
    if member is None or page.is_pseudonymised:
        raise Http404
    shown(request, [person])
    now = Enrolment.objects.filter(person=person, period__contains=business_date()).first()
    known = {name: getattr(now, name) for name in ("stage", "grade", "school")} if now else {}
    initial = {"since": now.period.lower if now else business_date(), **known}
    form = SchoolingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_schooling(by=user, person=member, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已更正%(name)s的就读情况。") % {"name": member.name})
            return redirect("household", pk)
    context = {"page": page, "form": form, "who": member.name, "here": _("就读情况")}
    return render(request, "household_form.html", context, status=422 if request.method == "POST" else 200)
