"""The queue of doubts (待核实): load (scoped), check, call, render."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import doubt_page
from campaigns.kinds import KINDS
from campaigns.views import require
from households.access import Permission
from households.intake import deciding
from households.intake.models import Decision, StagedRow
from households.intake.open_rows import doubts_of, is_open
from households.models import User

Choice = Decision.Choice
CELL = "cell_"


class DecisionForm(forms.Form):
    """What is to become of a row; putting it aside needs a reason."""

    choice = forms.ChoiceField(
        label=gettext_lazy("处理办法"),
        choices=Choice.choices,
        error_messages={"required": gettext_lazy("请选择一种处理办法。")},
    )
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, required=False)

    def clean(self) -> dict[str, object]:
        """People are not put aside without a word."""
        cleaned = super().clean() or {}
        aside = cleaned.get("choice") in (Choice.NOT_OURS, Choice.HANDLED)
        if aside and not str(cleaned.get("reason") or "").strip():
            self.add_error("reason", _("请写明原因，例如“已在别的县登记”。"))
        return cleaned


@require_safe
@login_required
@never_cache
def show_doubts(request: HttpRequest) -> HttpResponse:
    """Everybody who stands in an imported roster and is not in the register yet."""
    user = require(request.user, Permission.UPLOAD)
    after = request.GET.get("after", "0")
    try:
        page = doubt_page.queue(user, request.GET.get("show", "all"), int(after))
    except ValueError as error:
        raise Http404 from error
    tabs = [("all", _("全部")), ("held", _("待核实")), ("rejected", _("退回修改"))]
    if page.counts["ledgers"]:
        tabs += [("roster", _("花名册")), ("ledgers", _("台账"))]
    shown = [(key, label, page.counts[key]) for key, label in tabs]
    context = {"page": page, "tabs": shown, "after": int(after), "may_merge": user.may(Permission.EDIT_REGISTER)}
    return render(request, "doubts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """One doubt with both sides, and the decision about it."""
    user = require(request.user, Permission.UPLOAD)
    staged = get_object_or_404(doubts_of(user), pk=pk)
    if not is_open(staged):
        messages.info(request, _closed(staged))
        return redirect("doubts")
    form = DecisionForm(request.POST or None)
    page = doubt_page.sides(user, staged)
    if request.method == "POST" and form.is_valid():
        try:
            done = _decide(request, user, staged, form, page)
        except deciding.DecisionRefused as answer:
            form.add_error(None, str(answer))
        else:
            messages.success(request, done)
            return redirect("doubts")
    status = 422 if request.method == "POST" else 200
    inputs = [(cell, request.POST.get(CELL + cell.field, cell.value)) for cell in page.cells]
    context = {"page": page, "form": form, "inputs": inputs, "Choice": Choice}
    return render(request, "doubt.html", context, status=status)


def _closed(staged: StagedRow) -> str:
    """Why there is nothing left to decide, for who comes back to the page: by Back, from another window, or after a colleague."""
    last = staged.decisions.select_related("decided_by").order_by("-pk").first()
    if staged.closed == StagedRow.Closed.DECIDED and last is not None:
        return _("这一行已由%(who)s处理：%(choice)s。") % {"who": last.decided_by, "choice": last.get_choice_display()}
    return _("这一行已经处理过了，或者名册已经撤回。")


def _decide(request: HttpRequest, user: User, staged: StagedRow, form: DecisionForm, page: doubt_page.Sides) -> str:
    """Carry the decision out; what was done, in words."""
    choice, name, kind = form.cleaned_data["choice"], page.line.name, KINDS[staged.batch.kind]
    if choice in (Choice.ACCEPT, Choice.SAME, Choice.RENUMBERED):
        deciding.accept(staged.pk, kind, by=user, choice=choice)
        return _("已登记：%(name)s。") % {"name": name}
    if choice == Choice.CORRECT:
        cells = {
            cell.field: typed
            for cell in page.cells
            if (typed := request.POST.get(CELL + cell.field, cell.value).strip()) != cell.value
        }
        if not cells:
            raise deciding.DecisionRefused(_("没有改动任何一格。请先改正有问题的内容。"))
        deciding.correct(staged.pk, cells, kind, by=user)
        return _("已改正并登记：%(name)s。") % {"name": cells.get("name", name)}
    deciding.put_aside(staged.pk, choice, by=user, reason=form.cleaned_data["reason"])
    return _("已记下：%(name)s，%(choice)s。") % {"name": name, "choice": Choice(choice).label}
