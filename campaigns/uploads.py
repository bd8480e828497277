"""The upload pages: load (scoped), check, call, render. What happens to a batch stands in `batches`."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from campaigns import batch_preview, batch_undo, batches, tasks
from campaigns.batch_return import annotated_workbook
from campaigns.business_day import business_date, is_demonstration
from campaigns.demo.users import TOUR_COUNTY
from campaigns.forms import day_field
from campaigns.kinds import KINDS, LEDGERS, is_ledger_meant
from campaigns.ledgers.template import blank_of
from campaigns.upload_handler import TOO_LARGE
from campaigns.views import original_gone, own_and_below, require, ticked
from households.access import Permission
from households.audit.recording import note_of
from households.blank_workbook import write_blank
from households.intake.bundle import pack
from households.intake.messages import file_warnings
from households.intake.models import ImportBatch, MissingDecision
from households.intake.open_rows import open_rows
from households.intake.plain_files import plain_folder
from households.intake.undo import plan_undo
from households.intake.workbook import FileRefused
from households.models import Region, User
from households.periods import today
from households.roster.kind import ROSTER
from households.roster.template import write_template

PAGE_SIZE = 20
# What a batch's page can be asked for, and what it shows unasked: tab, the key it continues after, one of several files.
_ASKED = (("show", "all"), ("after", "0"), ("file", "0"))

State = ImportBatch.State


class CheckForm(forms.Form):
    """The day a roster speaks of, where its own title is not to be believed."""

    as_of = day_field(
        gettext_lazy("数据截止日"),
        required=False,
        help_text=gettext_lazy("一般不用填：默认取表格标题中的填报时间，没有写明的取当前数据日期。"),
    )

    def clean_as_of(self) -> Any:
        """A roster speaks of a day that has come."""
        day = self.cleaned_data["as_of"]
        if day is not None and day > today():
            raise forms.ValidationError(_("数据截止日不能晚于今天。"))
        return day


class UploadForm(CheckForm):
    """What is uploaded: its kind, and cells pasted from a sheet, or files, which stand beside the form."""

    kind = forms.ChoiceField(
        label=gettext_lazy("上传的是"),
        choices=[(name, kind.title) for name, kind in KINDS.items()],
        initial=ROSTER.name,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这一种表格。请从列表中选择。")},
    )
    joint = forms.BooleanField(
        label=gettext_lazy("多个文件合在一起核对（如各乡镇分别填报）"), required=False, initial=True
    )
    pasted = forms.CharField(
        label=gettext_lazy("粘贴单元格"),
        required=False,
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "在WPS或Excel中连同表头一起选中、复制，粘贴到这里。证件号码要先设为文本格式，否则复制来的就是不完整的。"
        ),
    )

    def clean_kind(self) -> str:
        """A roster unless something else is said."""
        return self.cleaned_data["kind"] or ROSTER.name


def batch_of(user: User, pk: UUID) -> ImportBatch:
    """A batch the user may see, else 404 as for one that does not exist."""
    found: ImportBatch = get_object_or_404(batches.visible_batches(user).select_related("created_by", "work"), pk=pk)
    return found


def is_fragment(request: HttpRequest) -> bool:
    """Does htmx ask, for a part of the page?"""
    return "HX-Request" in request.headers


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_uploads(request: HttpRequest) -> HttpResponse:
    """Earlier batches, and the way to upload more: several files at once, each of which becomes a batch."""
    user = require(request.user, Permission.UPLOAD)
    if request.method == "POST":
        return _receive(request, user)
    partial = "#batches" if request.headers.get("HX-Target") == "batches" else ""
    return render(
        request,
        "uploads.html" + partial,
        _uploads(request, user, UploadForm(initial={"kind": request.GET.get("kind", "")})),
    )


def _receive(request: HttpRequest, user: User) -> HttpResponse:
    form = UploadForm(request.POST)
    taken: list[ImportBatch] = []
    too_large = _("文件超过50MB，没有上传。请按乡镇拆分，或删去图片后再上传。")
    refused = [(name, too_large) for name in request.META.get(TOO_LARGE, [])]
    with plain_folder() as folder:
        sent = _sent(request, form, folder) if form.is_valid() else []
        for name, path in sent:
            try:
                batch, is_new = batches.accept(
                    path,
                    kind=form.cleaned_data["kind"],
                    name=name,
                    by=user,
                    as_of=form.cleaned_data["as_of"],
                )
            except batches.UploadRefused as answer:
                refused.append((name, str(answer)))
                continue
            taken.append(batch)
            note_of(request).about = taken[0]
            if is_new:
                tasks.check_batch.enqueue(str(batch.pk))
    if form.is_valid() and not sent and not refused:
        form.add_error(None, _("请先选择要上传的文件，或粘贴单元格。"))
    if taken and not refused:
        to = reverse("upload_detail", args=[taken[0].pk]) if len(taken) == 1 else reverse("uploads")
        return HttpResponseClientRedirect(to) if is_fragment(request) else redirect(to)
    context = _uploads(request, user, form) | {"refused": refused, "taken": len(taken)}
    if is_fragment(request):
        return render(request, "uploads.html#upload_area", context)
    return render(request, "uploads.html", context, status=422)


def _sent(request: HttpRequest, form: UploadForm, folder: Path) -> list[tuple[str, Path]]:
    """Name and place of everything that was sent; what must be made of it (a zip of files) is made in `folder`."""
    sent: list[tuple[str, Path]] = []
    for file in request.FILES.getlist("files"):
        assert isinstance(file, TemporaryUploadedFile)  # our handler makes no others
        sent.append((file.name or "", Path(file.temporary_file_path())))
    if form.cleaned_data["pasted"].strip():
        pasted = folder / "pasted.tsv"
        pasted.write_text(form.cleaned_data["pasted"], encoding="utf-8", newline="")
        sent.append((_("粘贴的单元格") + ".tsv", pasted))
    single = [(name, path) for name, path in sent if not name.lower().endswith(".zip")]
    if not form.cleaned_data["joint"] or len(single) < 2:
        return sent
    bundle = folder / "files.zip"
    with bundle.open("wb") as target:
        pack(single, target)
    name = _("%(name)s等%(count)s个文件.zip") % {"name": single[0][0], "count": len(single)}
    return [(name, bundle), *(one for one in sent if one not in single)]


def _uploads(request: HttpRequest, user: User, form: UploadForm) -> dict[str, Any]:
    found = batches.visible_batches(user).select_related("created_by").order_by("-created_at", "-id")
    before = request.GET.get("before", "")
    if before:
        try:
            found = found.filter(created_at__lt=batch_of(user, UUID(before)).created_at)
        except ValueError as error:
            raise Http404 from error
    shown = list(found[: PAGE_SIZE + 1])
    decided = batch_preview.decisions_of(shown)
    for batch in shown:
        batch.kind_title, batch.decided = KINDS[batch.kind].title, decided.get(batch.pk, "")
    return {
        "form": form,
        "batches": shown[:PAGE_SIZE],
        "next": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "working": any(batch.state in batches.WORKING for batch in shown[:PAGE_SIZE]),
        "most_bytes": batches.MOST_BYTES,
        "most_unfinished": batches.MOST_UNFINISHED,
        "day": business_date(),
        "templates": [(name, kind.title) for name, kind in KINDS.items()],
        "regions": own_and_below(user),
        "demo_roster": is_demonstration() and user.covers(TOUR_COUNTY),
    }


@require_safe
@login_required
@never_cache
def show_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch: how far the work is, why it was refused, its preview, or its result."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    working = batch.state in batches.WORKING
    context: dict[str, Any] = {
        "batch": batch,
        "kind": KINDS[batch.kind],
        "working": working,
        "silent": batches.is_silent(batch),
        "State": State,
    }
    if working:
        context |= {"phase": batches.phase(batch), "share": batches.share(batch), "remaining": batches.remaining(batch)}
    if is_fragment(request):
        if not working or context["silent"]:
            return HttpResponseClientRefresh()
        return render(request, "upload_detail.html#progress", context)
    return render(request, "upload_detail.html", context | _detail(request, user, batch))


def _detail(request: HttpRequest, user: User, batch: ImportBatch) -> dict[str, Any]:
    context: dict[str, Any] = {
        "own": batch.created_by_id == user.pk,
        "seen": batches.preview_number(batch),
        "warnings": file_warnings(batch.warnings, batch.layout.get("details", {})),
        "ledger_meant": batch.kind == ROSTER.name
        and is_ledger_meant(batch.layout.get("details", {}).get("UNKNOWN_COLUMNS", ())),
        "form": CheckForm(initial={"as_of": batch.as_of}),
        "can_discard": batch.state in batches.DISCARDABLE,
        "can_map": batches.may_map(batch),
        "can_apply": any(batch.counts.get(figure) for figure in ("imported", "held", "rejected")),
        "missing_form": MissingForm(
            initial={"day": request.GET.get("day", batch.as_of), "choice": request.GET.get("choice")}
        ),
        "ticked": ticked(request.GET.getlist("people")),
        "still_open": open_rows(user).filter(batch=batch).count(),
        "can_decide": batch.state == State.APPLIED and user.may(Permission.EDIT_REGISTER),
        "stopping": batches.work_on(batch).stop,
        "too_late": batches.came_too_late(batch),
        "can_undo": batch.state == State.APPLIED and batches.may_undo(user, batch),
        "undone": batch.undo_report and batch_undo.report(user, batch),
        "decided": batch.undo_report and batch_undo.decided_lines(user, batch_undo.ended_missing(batch)),
        "region": Region.objects.visible_to(user).filter(code=batch.county_code).first(),
    }
    if batch.state in (State.PREVIEW, State.APPLYING, State.APPLIED, State.UNDONE) and context["seen"]:
        tab, after, file = (request.GET.get(name, default) for name, default in _ASKED)
        try:
            context |= {"page": batch_preview.page(user, batch, tab, int(after), int(file)), "after": int(after)}
        except ValueError as error:
            raise Http404 from error
    return context


@require_safe
@login_required
@never_cache
def download_template(request: HttpRequest, kind: str = ROSTER.name) -> FileResponse:
    """A blank workbook of the kind with this user's own villages."""
    user = require(request.user, Permission.UPLOAD)
    if kind not in KINDS:
        raise Http404
    file = io.BytesIO()
    if kind in LEDGERS:
        write_blank(file, user, blank_of(LEDGERS[kind]))
    else:
        write_template(file, user)
    file.seek(0)
    name = _("%(kind)s模板.xlsx") % {"kind": KINDS[kind].title}
    return FileResponse(file, as_attachment=True, filename=name)


@require_POST
@login_required
def check_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check again: after a failure, a long silence, or with another day."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["as_of"])))
        return redirect("upload_detail", pk=batch.pk)
    if batches.start_checking(batch, as_of=form.cleaned_data["as_of"]):
        tasks.check_batch.enqueue(str(batch.pk))
    return redirect("upload_detail", pk=batch.pk)


@require_POST
@login_required
def apply_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm the preview: the worker writes it. Sent twice, it has one effect."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    seen = next(iter(ticked([request.POST.get("seen", "")])), None)
    if batches.start_applying(batch, seen=seen):
        tasks.apply_batch.enqueue(str(batch.pk), user.pk)
    return redirect("upload_detail", pk=batch.pk)


@require_POST
@login_required
def stop_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop the writing of a confirmed preview; the batch's page tells whether that came in time."""
    user = require(request.user, Permission.UPLOAD)
    batches.stop_applying(batch_of(user, pk))
    return redirect("upload_detail", pk=pk)


@require_POST
@login_required
def discard_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a batch up before it is written."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    return redirect("uploads") if batches.discard(batch) else redirect("upload_detail", pk=batch.pk)


class MissingForm(forms.Form):
    """What became of the chosen people, and since when."""

    choice = forms.ChoiceField(
        choices=MissingDecision.Choice.choices, error_messages={"required": gettext_lazy("请选择怎样处理。")}
    )
    day = day_field(gettext_lazy("自哪天起"))
    people = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("请先勾选要处理的人。")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who may be chosen is looked at under the lock; here they need only be numbers.
        self.fields["people"].valid_value = lambda value: value.isascii() and value.isdigit() and len(value) < 15  # type: ignore[attr-defined]


@require_POST
@login_required
def decide_missing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide about people whom an imported roster of their villages does not list."""
    user = require(request.user, Permission.EDIT_REGISTER)
    batch = batch_of(user, pk)
    detail = reverse("upload_detail", args=[pk])
    if batch.state != State.APPLIED:
        raise Http404
    form = MissingForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["people"]
        try:
            batches.decide_missing(user, chosen, batch, form.cleaned_data["choice"], form.cleaned_data["day"])
        except batches.UploadRefused as answer:
            messages.error(request, str(answer))
        else:
            messages.success(request, _("已处理%(count)s人。") % {"count": len(chosen)})
            return redirect(f"{detail}?show=missing")
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    # Refused: back on the page where the officer was, with what was ticked and chosen.
    kept = {name: request.POST.getlist(name) for name in ("choice", "day", "people")}
    after = {"after": request.GET["after"]} if "after" in request.GET else {}
    return redirect(f"{detail}?{urlencode({'show': 'missing', **after, **kept}, doseq=True)}")


@require_POST
@login_required
def take_back_missing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take decisions about people whom the roster does not list back, as if nobody had decided."""
    user = require(request.user, Permission.EDIT_REGISTER)
    batch = batch_of(user, pk)
    try:
        count = batches.take_back_missing(user, ticked(request.POST.getlist("decided")), batch)
    except batches.UploadRefused as answer:
        messages.error(request, str(answer))
    else:
        if count:
            messages.success(request, _("已取消对%(count)s人的处理，恢复原来的登记。") % {"count": count})
        else:
            messages.error(request, _("请先勾选要取消处理的人；已取消的不再列出。"))
    return redirect(f"{reverse('upload_detail', args=[pk])}?show=missing")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def undo_upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What taking an applied batch back would do; confirmed, the worker does it. Sent twice, it has one effect."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    if not batches.may_undo(user, batch):
        raise PermissionDenied
    if request.method == "POST" and batches.start_undoing(batch):
        tasks.undo_batch.enqueue(str(batch.pk), user.pk)
    if request.method == "POST" or batch.state != State.APPLIED:
        return redirect("upload_detail", pk=batch.pk)
    plan = plan_undo(batch, KINDS[batch.kind])
    context = {
        "batch": batch,
        "plan": plan,
        "kept": batch_undo.kept_lines(user, plan.kept),
        "decided": batch_undo.decided_lines(user, batch_undo.ended_missing(batch)),
    }
    return render(request, "upload_undo.html", context)


@require_safe
@login_required
@never_cache
def download_annotated(request: HttpRequest, pk: UUID) -> FileResponse | HttpResponse:
    """The uploader's own workbook with results and reasons. Originals are never given to anybody else."""
    user = require(request.user, Permission.UPLOAD)
    batch = batch_of(user, pk)
    if batch.created_by_id != user.pk or batches.preview_number(batch) is None:
        raise Http404
    try:
        file, extension = annotated_workbook(user, batch)
    except (FileNotFoundError, FileRefused):
        return original_gone(request)
    return FileResponse(file, as_attachment=True, filename=_("核对结果") + extension)
