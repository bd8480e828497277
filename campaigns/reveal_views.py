"""A whole number, one at a time, with a reason; of a minor with another person's consent. It stands in one answer only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import reveal_page
from campaigns.household_views import home_of
from campaigns.reveal_page import RevealForm, Subject
from campaigns.views import require
from households.access import Permission
from households.audit.models import Action
from households.audit.recording import note_of, shown
from households.models import RevealRequest, User
from households.reveals import operations
from households.reveals.models import What


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def reveal(request: HttpRequest, pk: int, what: str, of: int) -> HttpResponse:
    """The reason, then the number; of a minor a request first, which somebody else decides."""
    user = require(request.user, Permission.REVEAL)
    subject = reveal_page.subject(home_of(user, pk), what, of)
    if subject is None:
        raise Http404
    note_of(request).about = subject.owner
    shown(request, [subject.person.pk] if subject.person else [])
    asks = operations.needs_consent(is_minor=subject.is_minor)
    consent = operations.consent_for(user, subject.person, what) if asks and subject.person else None
    form = RevealForm(request.POST or None)
    context = {"subject": subject, "form": form, "asks": asks, "consent": consent, "value": ""}
    if request.method == "POST" and (consent is not None or form.is_valid()):
        if asks and consent is None:
            _ask(request, user, subject, form)
            return redirect("reveals")
        why, note = (consent.why, consent.note) if consent else (form.cleaned_data["why"], form.cleaned_data["note"])
        _note(request, subject, reveal_page.reason_text(why, note), consent)
        context["value"] = subject.value
    return render(request, "reveal.html", context)


def _ask(request: HttpRequest, user: User, subject: Subject, form: RevealForm) -> None:
    assert subject.person is not None
    why, note = form.cleaned_data["why"], form.cleaned_data["note"]
    _request, is_new = operations.ask(
        by=user, household=subject.home.household, person=subject.person, what=subject.what, why=why, note=note
    )
    if is_new:
        _note(request, subject, reveal_page.reason_text(why, note), None)
        note_of(request).action = Action.REVEAL_ASK
        messages.success(request, _("申请已提交。另一位有审批权限的人同意后，一小时内可以查看。"))
    else:
        messages.info(request, _("这项申请此前已提交，正在等待审批。"))


def _note(request: HttpRequest, subject: Subject, reason: str, consent: RevealRequest | None) -> None:
    """Who, whose, which field, why, and on what consent: what the audit row says. Never the value."""
    note = note_of(request)
    note.action, note.reason = Action.REVEAL, reason
    field = "id_number" if subject.what == What.ID_NUMBER else "phone"
    note.counts |= {field: 1} | ({"minor": 1} if subject.is_minor else {}) | ({"consent": 1} if consent else {})


@require_safe
@login_required
@never_cache
def show_reveals(request: HttpRequest) -> HttpResponse:
    """What waits for the user's consent, and her own requests."""
    user = require(request.user, Permission.REVEAL)
    may_decide = user.may(Permission.APPROVE_REVEAL)
    waiting = reveal_page.request_lines(user, reveal_page.waiting_for(user)) if may_decide else []
    lately = reveal_page.request_lines(user, reveal_page.lately(user))
    shown(request, [line.request.person_id for line in (*waiting, *lately)])
    return render(request, "reveals.html", {"waiting": waiting, "lately": lately, "may_decide": may_decide})


@require_POST
@login_required
@never_cache
def decide_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Consent to another person's request, or refuse it; sent twice it has one effect."""
    user = require(request.user, Permission.APPROVE_REVEAL)
    asked = get_object_or_404(reveal_page.of_regions(user), pk=pk)
    if request.POST.get("decision") not in ("consent", "refuse"):
        messages.error(request, _("请选择同意或不同意。"))
        return redirect("reveals")
    consent = request.POST["decision"] == "consent"
    try:
        if operations.decide(by=user, request=asked, consent=consent):
            note = note_of(request)
            note.action, note.about = Action.REVEAL_DECIDE, asked.person
            note.reason = reveal_page.in_the_log(asked.State.APPROVED if consent else asked.State.REFUSED)
            messages.success(request, _("已同意，申请人一小时内可以查看。") if consent else _("已记下：不同意。"))
        else:
            messages.info(request, _("这项申请已有结论，没有重复处理。"))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("reveals")
