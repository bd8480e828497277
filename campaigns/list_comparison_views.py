"""The pages of list comparisons (名单比对): load (the user's own), check, call, render."""

import io
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from campaigns import list_comparison_page, list_comparisons, tasks
from campaigns.batches import MOST_BYTES, UploadRefused
from campaigns.business_day import business_date
from campaigns.forms import day_field
from campaigns.list_comparison_book import write_comparison
from campaigns.upload_handler import TOO_LARGE
from campaigns.uploads import is_fragment
from campaigns.views import require
from households.access import Permission
from households.audit.recording import note_of
from households.comparing.comparing import TO_DO
from households.comparing.models import ComparedLine, ListComparison
from households.intake.messages import FILE_WARNINGS
from households.models import Region, User
from households.periods import today
from households.wording import listed

PAGE_SIZE = 20

State, Area, Group = ListComparison.State, ListComparison.Area, ListComparison.Group
SOURCES = (
    gettext_lazy("扶贫办"), gettext_lazy("教育局"), gettext_lazy("保险公司"), gettext_lazy("残联"), gettext_lazy("民政局"),
    gettext_lazy("卫健局"), gettext_lazy("乡镇（街道）"),
)  # fmt: skip
# A user of a county chooses among its townships, one of the city among counties and townships; villages come by the list.
_DIGITS = (2, 4, 6, 9, 12)
_LEVELS_BELOW = 2


class ListForm(forms.Form):
    """Where the list comes from, and what it is compared with. The file stands beside it."""

    source = forms.CharField(
        label=gettext_lazy("名单来源"),
        max_length=30,
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
        help_text=gettext_lazy("从列表中选，或者自己填写。"),
    )
    group = forms.ChoiceField(
        label=gettext_lazy("应列入名单的人"),
        choices=Group.choices,
        help_text=gettext_lazy("“仅登记簿有”只列出这些人。"),
    )
    area = forms.ChoiceField(
        label=gettext_lazy("比对范围"), help_text=gettext_lazy("“仅登记簿有”只列出住在这个范围内的人。")
    )
    day = day_field(gettext_lazy("比对日期"), help_text=gettext_lazy("按登记簿这一天的情况比对。"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = business_date()
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        regions = Region.objects.visible_to(user).filter(code__regex=_offered(user.regions)).order_by("position")
        area.choices = [*Area.choices, (_("指定区划"), list(regions.values_list("code", "path")))]

    def clean_day(self) -> Any:
        """The register of a day to come is not known."""
        if self.cleaned_data["day"] > today():
            raise forms.ValidationError(_("比对日期不能晚于今天。"))
        return self.cleaned_data["day"]


def _offered(scope: list[str]) -> str:
    """A pattern for the codes of the user's own regions and some levels below them, but no villages."""
    top = min((_DIGITS.index(len(code)) for code in scope), default=0)
    sizes = [size for size in _DIGITS[top : top + _LEVELS_BELOW + 1] if size < _DIGITS[-1]]
    return "|".join(f"^[0-9]{{{size}}}$" for size in sizes) or "^$"


def comparison_of(user: User, pk: UUID) -> ListComparison:
    """The user's own comparison, else 404 as for one that does not exist."""
    found: ListComparison = get_object_or_404(ListComparison.objects.visible_to(user), pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_comparisons(request: HttpRequest) -> HttpResponse:
    """Earlier comparisons, and the form for a new one."""
    user = require(request.user, Permission.UPLOAD)
    if request.method == "POST":
        return _receive(request, user)
    return render(request, "comparisons.html", _overview(request, user, ListForm(user=user)))


def _receive(request: HttpRequest, user: User) -> HttpResponse:
    form = ListForm(request.POST, user=user)
    files = request.FILES.getlist("files")
    if TOO_LARGE in request.META:
        form.add_error(None, _("文件超过50MB，没有上传。请按乡镇拆分，或删去图片后再上传。"))
    elif not files:
        form.add_error(None, _("请先选择要上传的文件。"))
    elif len(files) > 1:
        form.add_error(None, _("一次只能比对一份名单。请分开上传。"))
    if form.is_valid():
        file = files[0]
        assert isinstance(file, TemporaryUploadedFile)  # our handler makes no others
        chosen = form.cleaned_data
        try:
            comparison, is_new = list_comparisons.accept(
                file, by=user, source=chosen["source"], day=chosen["day"], area_choice=chosen["area"],
                group=chosen["group"],
            )  # fmt: skip
        except UploadRefused as answer:
            form.add_error(None, str(answer))
        else:
            note_of(request).about = comparison
            if is_new:
                tasks.compare_list.enqueue(str(comparison.pk))
            to = reverse("comparison", args=[comparison.pk])
            return HttpResponseClientRedirect(to) if is_fragment(request) else redirect(to)
    context = _overview(request, user, form)
    if is_fragment(request):
        return render(request, "comparisons.html#list_form", context)
    return render(request, "comparisons.html", context, status=422)


def _overview(request: HttpRequest, user: User, form: ListForm) -> dict[str, Any]:
    found = ListComparison.objects.visible_to(user).order_by("-created_at", "-id")
    before = request.GET.get("before", "")
    if before:
        try:
            found = found.filter(created_at__lt=comparison_of(user, UUID(before)).created_at)
        except ValueError as error:
            raise Http404 from error
    shown = list(found[: PAGE_SIZE + 1])
    return {
        "form": form,
        "sources": SOURCES,
        "comparisons": shown[:PAGE_SIZE],
        "next": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "most_bytes": MOST_BYTES,
    }


@require_safe
@login_required
@never_cache
def show_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One comparison: how far the work is, why the list was refused, or the result."""
    user = require(request.user, Permission.UPLOAD)
    comparison = comparison_of(user, pk)
    working = comparison.state in TO_DO
    silent = list_comparisons.is_silent(comparison)
    context: dict[str, Any] = {"comparison": comparison, "working": working, "silent": silent, "State": State}
    if is_fragment(request):
        if not working or silent:
            return HttpResponseClientRefresh()
        return render(request, "comparison.html#progress", context)
    if comparison.state == State.DONE:
        try:
            after = int(request.GET.get("after", "0"))
            page = list_comparison_page.page(user, comparison, request.GET.get("show", ""), after)
        except ValueError as error:
            raise Http404 from error
        context |= {
            "page": page,
            "figures": (figures := list_comparison_page.tabs(comparison)),
            "theirs": [one for one in figures if one.key != ComparedLine.Bucket.ONLY_OURS],
            "after": after,
            "counts": comparison.counts,
            "area": list_comparison_page.area_words(comparison),
            "group": Group(comparison.group).label,
            "compared": listed(map(list_comparison_page.label_word, comparison.compared)),
            "warnings": [FILE_WARNINGS[code] for code in comparison.warnings if code in FILE_WARNINGS],
        }
    return render(request, "comparison.html", context)


@require_safe
@login_required
@never_cache
def download_comparison(request: HttpRequest, pk: UUID) -> FileResponse:
    """The result as a workbook, for who made it."""
    user = require(request.user, Permission.UPLOAD)
    comparison = comparison_of(user, pk)
    if comparison.state != State.DONE:
        raise Http404
    file = io.BytesIO()
    write_comparison(file, user, comparison)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_("比对结果.xlsx"))


@require_POST
@login_required
def delete_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a comparison with all its lines."""
    user = require(request.user, Permission.UPLOAD)
    list_comparisons.delete(comparison_of(user, pk))
    messages.success(request, _("已删除这次比对及其全部明细。"))
    return redirect("comparisons")
