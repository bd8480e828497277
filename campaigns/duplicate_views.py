"""People who may stand in the register twice: load (scoped), check, call, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import duplicate_page
from campaigns.views import require, ticked
from households.access import Permission
from households.audit.recording import shown
from households.duplicates import merging
from households.duplicates.finding import suspicion
from households.models import PairDecision, Person, User

Choice = PairDecision.Choice
DECISIONS_SHOWN = 50


class PairForm(forms.Form):
    """What the two are; merging needs the record to keep and a reason."""

    choice = forms.ChoiceField(
        label=gettext_lazy("处理办法"),
        choices=Choice.choices,
        error_messages={"required": gettext_lazy("请选择一种处理办法。")},
    )
    keep = forms.IntegerField(label=gettext_lazy("保留哪一条"), required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """People are not merged without a word."""
        cleaned = super().clean() or {}
        if cleaned.get("choice") == Choice.SAME:
            if cleaned.get("keep") is None:
                self.add_error("keep", _("请选择保留哪一条记录。"))
            if not (cleaned.get("reason") or "").strip():
                self.add_error("reason", _("请写明理由，例如“核对户口簿，号码登记有误”。"))
        return cleaned


@require_safe
@login_required
@never_cache
def show_duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of people in the user's regions who may be one, strongest reason first."""
    user = require(request.user, Permission.EDIT_REGISTER)
    try:
        page = duplicate_page.queue(user, request.GET.get("county", ""), int(request.GET.get("page", "1")))
    except ValueError as error:
        raise Http404 from error
    return render(request, "duplicates.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_duplicate(request: HttpRequest, one: int, other: int) -> HttpResponse:
    """Two people side by side, and the decision about them. Sent twice, it has one effect."""
    user = require(request.user, Permission.EDIT_REGISTER)
    if one == other or Person.objects.visible_to(user).filter(pk__in=(one, other)).count() < 2:
        raise Http404
    shown(request, [one, other])
    decided = merging.open_decision(one, other)
    if decided is not None:
        messages.info(request, _("这两人已有结论，没有重复处理。"))
        return redirect("pair_decision", pk=decided.pk)
    found = suspicion(user, one, other)
    if found is None:
        raise Http404
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = _decide(user, one, other, form)
        except merging.MergeRefused as answer:
            form.add_error(None, str(answer))
        else:
            messages.success(request, _("已记下：%(choice)s。") % {"choice": decision.get_choice_display()})
            return redirect("pair_decision", pk=decision.pk)
    status = 422 if request.method == "POST" else 200
    context = {"page": duplicate_page.side_by_side(user, found), "form": form, "Choice": Choice}
    return render(request, "duplicate.html", context, status=status)


def _decide(user: User, one: int, other: int, form: PairForm) -> PairDecision:
    reason = form.cleaned_data["reason"].strip()
    if form.cleaned_data["choice"] == Choice.DIFFERENT:
        return merging.tell_apart(one=one, other=other, reason=reason, by=user)
    kept = form.cleaned_data["keep"]
    if kept not in (one, other):
        raise Http404
    return merging.merge(kept=kept, other=other if kept == one else one, reason=reason, by=user)


@require_safe
@login_required
@never_cache
def show_decisions(request: HttpRequest) -> HttpResponse:
    """What was decided about pairs, by whom and when, the latest first."""
    user = require(request.user, Permission.EDIT_REGISTER)
    before = request.GET.get("before", "")
    found = duplicate_page.decisions(user)
    if before:
        keys = ticked([before])
        if not keys:
            raise Http404
        found = found.filter(pk__lt=keys[0])
    rows = list(found[: DECISIONS_SHOWN + 1])
    next_key = rows[DECISIONS_SHOWN - 1].pk if len(rows) > DECISIONS_SHOWN else None
    context = {"decisions": rows[:DECISIONS_SHOWN], "next_key": next_key, "Choice": Choice}
    return render(request, "pair_decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision, what it did, and its undoing. Sent twice, undoing has one effect."""
    user = require(request.user, Permission.EDIT_REGISTER)
    decision = get_object_or_404(duplicate_page.decisions(user), pk=pk)
    if request.method == "POST":
        try:
            if merging.take_back(pk, by=user):
                messages.success(request, _("已撤回，这两人重新列入疑似重复人员。"))
            else:
                messages.info(request, _("此前已经撤回，没有重复处理。"))
        except merging.MergeRefused as answer:
            messages.error(request, str(answer))
        return redirect("pair_decision", pk=pk)
    is_merge = decision.choice == Choice.SAME
    context = {
        "decision": decision,
        "outcome": duplicate_page.outcome(user, decision) if is_merge else None,
        "obstacles": merging.obstacles(decision) if is_merge and decision.undone_at is None else [],
    }
    return render(request, "pair_decision.html", context)
