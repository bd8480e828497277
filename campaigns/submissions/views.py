"""Rounds of reports (上报): load (scoped), check, call, render."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.models import ReportRound, Submission
from campaigns.recording import AlreadyRecordedError
from campaigns.submissions.difference import differences
from campaigns.submissions.forms import ReturnForm, RoundForm, SubmitForm
from campaigns.submissions.operations import decide, may_decide, may_submit, open_round, submit
from campaigns.submissions.progress import (
    Line,
    idle,
    in_force,
    is_asked,
    lines,
    reminder,
    report,
    submits,
    total_of,
)
from campaigns.submissions.reported import reported
from campaigns.targets import TARGETS
from campaigns.views import home_region, region_of, require
from households.access import Permission
from households.audit import recording as audit
from households.models import Region, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that concern the user, newest first; federation staff open another one."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    region = home_region(user)
    may_open = user.may(Permission.MANAGE_RULES)
    form = RoundForm(request.POST or None, initial={"day": business_date()}) if may_open else None
    if request.method == "POST":
        require(user, Permission.MANAGE_RULES)
        if form is not None and form.is_valid():
            try:
                made = open_round(by=user, region=region, **form.cleaned_data)
            except ValidationError as error:
                _add(form, error)
            else:
                audit.note_of(request).about = made
                messages.success(request, _("已建立上报期：%(title)s。") % {"title": made.title})
                return redirect("submission_round", made.pk, region.code)
    rounds = [(one, _own_line(user, one, region)) for one in _rounds(user)]
    context = {"rounds": rounds, "region": region, "form": form, "today": business_date()}
    return render(request, "submission_rounds.html", context)


@require_safe
@login_required
@never_cache
def show_round(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One region in a round: its own report, those of the next level down, and who is late."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    of, region = _round(user, pk), region_of(user, code)
    found = lines(user, of, region)
    own = in_force(of, [region.code]).get(region.code)
    asked = is_asked(of, region)
    context = {
        "round": of,
        "region": region,
        "trail": trail(user, region),
        "lines": found,
        "targets": TARGETS,
        "own": own,
        "reports": asked,
        "has_nobody": submits(of, region) and not asked,
        "total": total_of(found),
        "idle": idle(user, of, region, found),
        "has_figures": reported(user, of, region) is not None,
        "may_submit": may_submit(user, of, region) and (own is None or own.state == Submission.State.RETURNED),
        "reminder": reminder(of, region, found),
        "open": sum(line.is_open for line in found),
        "is_late": _is_late(of, asked, own, found),
        "to_decide": sum(line.state == Submission.State.SUBMITTED for line in found),
    }
    return render(request, "submission_round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def submit_report(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Look at the figures, declare, and hand them upwards."""
    user = require(request.user, Permission.RECORD_FACTS)
    of, region = _round(user, pk), region_of(user, code)
    if not may_submit(user, of, region):
        raise Http404
    if not is_asked(of, region):  # a kept address, or the last household has moved away: its page says why
        return redirect("submission_round", pk, code)
    last = in_force(of, [region.code]).get(region.code)
    if request.method != "POST" and last is not None and last.state != Submission.State.RETURNED:
        return redirect("submission", last.pk)  # nothing is left to hand in: Back, or a kept address
    figures, parts = report(of, region)
    late = [line for line in lines(user, of, region) if line.is_open]
    form = SubmitForm(request.POST or None, parts=parts, is_complete=not late)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = submit(
                by=user, of=of, region=region, zero=told.get("zero", []), note=told["note"],
                without=told.get("without", ""),
            )  # fmt: skip
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
            return redirect("submission_round", pk, code)
        except ValidationError as error:
            _add(form, error)
        else:
            audit.note_of(request).about = made
            messages.success(request, _("%(region)s已上报，等待上级审核。") % {"region": region.short_name})
            return redirect("submission", made.pk)
    context = {
        "round": of,
        "region": region,
        "trail": trail(user, region),
        "parts": parts,
        "heads": figures.heads,
        "late": late,
        "form": form,
    }
    return render(request, "submission_submit.html", context)


@require_safe
@login_required
@never_cache
def show_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """What was submitted, for ever, beside the same day counted anew."""
    user = require(request.user, Permission.VIEW_DASHBOARD)
    return _submission_page(request, user, _submission(user, pk), ReturnForm())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def decide_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or return. A refused decision is shown under this address: asked for again, it leads to the submission."""
    user = require(request.user, Permission.RECORD_FACTS)
    submission = _submission(user, pk)
    if request.method != "POST":
        return redirect("submission", pk)
    if not may_decide(user, submission):
        raise Http404
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _submission_page(request, user, submission, form)
    accept = "accept" in request.POST
    try:
        decide(by=user, submission=submission, accept=accept, reason=form.cleaned_data["reason"])
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        _add(form, error)
        return _submission_page(request, user, submission, form)
    else:
        told = _("已通过%(region)s的上报。") if accept else _("已退回%(region)s的上报。")
        messages.success(request, told % {"region": submission.region.short_name})
    parent = submission.region.parent_id
    return redirect("submission_round", submission.round_id, parent)


def _submission_page(request: HttpRequest, user: User, submission: Submission, form: ReturnForm) -> HttpResponse:
    versions = Submission.objects.filter(round=submission.round_id, region=submission.region_id).order_by("-version")
    context = {
        "submission": submission,
        "rows": differences(submission),
        "trail": trail(user, submission.region),
        "zero": [target.title for target in TARGETS if target.key in submission.zero],
        "versions": versions.select_related("submitted_by"),
        "form": form,
        "may_decide": may_decide(user, submission) and submission.state != Submission.State.RETURNED,
        "is_last": submission.version == versions[0].version,
    }
    return render(request, "submission.html", context)


def _rounds(user: User) -> Any:
    """Rounds of the user's own regions and of the levels above her."""
    return ReportRound.objects.offered_to(user).filter(voided_at=None).select_related("region")


def _round(user: User, pk: int) -> ReportRound:
    found: ReportRound = get_object_or_404(_rounds(user), pk=pk)
    return found


def _submission(user: User, pk: int) -> Submission:
    rows = Submission.objects.visible_to(user).select_related("round", "region", "rules", "submitted_by", "decided_by")
    found: Submission = get_object_or_404(rows, pk=pk)
    return found


def _own_line(user: User, of: ReportRound, region: Region) -> dict[str, Any]:
    """How far the user's own region is in a round."""
    found: list[Line] = lines(user, of, region)
    own, asked = in_force(of, [region.code]).get(region.code), is_asked(of, region)
    return {
        "own": own,
        "reports": asked,
        "is_late": _is_late(of, asked, own, found),
        "expected": len(found),
        "open": sum(line.is_open for line in found),
        "to_decide": sum(line.state == Submission.State.SUBMITTED for line in found),
    }


def _is_late(of: ReportRound, asked: bool, own: Submission | None, found: list[Line]) -> bool:
    """Is the deadline past, and the region's own report or one below it still to come?"""
    owes = asked and (own is None or own.state == Submission.State.RETURNED)
    return of.due_on < business_date() and (owes or any(line.is_open for line in found))


def _add(form: Any, error: ValidationError) -> None:
    """The operation's words, at their field where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        form.add_error(
            name if name in form.fields else None, ValidationError([m for one in found for m in one.messages])
        )
