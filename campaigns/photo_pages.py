"""The photos of one record: shown, added, voided. A photo sent twice is kept once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import pghistory
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.facts import Fact, Photo
from campaigns.forms import VoidForm
from campaigns.models import Cleaning, CleaningPhoto, Contact, ContactPhoto, SpotPhoto, SpotResult
from campaigns.photos import PhotosField, keep_photos
from campaigns.recording import AlreadyRecordedError
from campaigns.views import require, ticked
from households.access import Permission
from households.models import User
from households.querysets import can

_Kind = Photo.Kind


@dataclass(frozen=True)
class PhotosOf:
    """A model whose records have photos: the photos' model, its foreign key, what they may show."""

    room: str
    model: Any
    photo: Any
    name: str
    kinds: tuple[_Kind, ...]


PHOTOS = {
    "contact": PhotosOf("publicity", Contact, ContactPhoto, "contact", (_Kind.SCENE,)),
    "cleaning": PhotosOf("cleaning", Cleaning, CleaningPhoto, "cleaning", (_Kind.BEFORE, _Kind.AFTER)),
    "spot": PhotosOf("cleaning", SpotResult, SpotPhoto, "result", (_Kind.SCENE,)),
}


class AddPhotosForm(forms.Form):
    """Photos of one kind, with the key that makes a form sent twice the same one."""

    kind = forms.ChoiceField(label=gettext_lazy("内容"))
    photos = PhotosField(label=gettext_lazy("照片"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, of: PhotosOf, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4()
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, kind.label) for kind in of.kinds]
        if len(of.kinds) == 1:
            field.initial, field.widget = of.kinds[0].value, forms.HiddenInput()


def add_photos(*, by: User, of: PhotosOf, record: Fact, kind: str, contents: Sequence[bytes], key: UUID) -> list[Photo]:
    """Keep photos of a record. AlreadyRecordedError where all of them are there already."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(record.village_id)):
        raise PermissionDenied
    keys = [uuid5(key, str(at)) for at in range(len(contents))]
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("上传照片")):
        of.model.objects.select_for_update(no_key=True).get(pk=record.pk)
        there = set(of.photo.objects.filter(entry_key__in=keys).values_list("entry_key", flat=True))
        new = [(one, content) for one, content in zip(keys, contents, strict=True) if one not in there]
        if not new:
            raise AlreadyRecordedError(_("这些照片此前已经上传，没有重复保存。"))
        photos = [
            of.photo(kind=kind, village_id=record.village_id, entry_key=one, **{of.name: record})
            for one, _content in new
        ]
        keep_photos(photos, [content for _one, content in new], by=by)
        return photos


def void_photo(*, by: User, photo: Photo, reason: str) -> None:
    """A photo of something else is shown no more; it stays with the reason."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(photo.village_id)):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        photo.voided_at, photo.void_reason = timezone.now(), reason
        photo.save(update_fields=["voided_at", "void_reason"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def record_photos(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The photos of one record, for who may see people of its village."""
    user, of = require(request.user, Permission.VIEW_PEOPLE), PHOTOS[kind]
    record: Any = get_object_or_404(of.model.objects.visible_to(user).select_related("household"), pk=pk)
    may_record = user.may(Permission.RECORD_FACTS) and record.voided_at is None
    form, void = AddPhotosForm(of=of), VoidForm(prefix="void")
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        form = AddPhotosForm(request.POST, request.FILES, of=of)
        if "void" in request.POST:
            form, void = AddPhotosForm(of=of), VoidForm(request.POST, prefix="void")
            done = _void(request, user, of, record, void)
        else:
            done = may_record and form.is_valid() and _add(request, user, of, record, form)
        if done:
            return redirect(request.path)
    photos = of.photo.objects.filter(voided_at=None, **{of.name: record}).order_by("kind", "pk").reverse()
    context = {
        "record": record, "form": form, "void": void, "photos": photos, "may_record": may_record,
        "name": of.photo._meta.model_name, "kind": kind,
    }  # fmt: skip
    return render(request, "photos.html", context)


def _add(request: HttpRequest, user: User, of: PhotosOf, record: Fact, form: AddPhotosForm) -> bool:
    data = form.cleaned_data
    try:
        kept = add_photos(by=user, of=of, record=record, kind=data["kind"], contents=data["photos"], key=data["key"])
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    else:
        messages.success(request, _("已保存%(count)s张照片。") % {"count": len(kept)})
    return True


def _void(request: HttpRequest, user: User, of: PhotosOf, record: Fact, form: VoidForm) -> bool:
    shown = of.photo.objects.filter(voided_at=None, **{of.name: record})
    photo = get_object_or_404(shown, pk__in=ticked([request.POST["void"]]))
    if not form.is_valid():
        messages.error(request, _("请填写作废原因，照片没有作废。"))
        return False
    void_photo(by=user, photo=photo, reason=form.cleaned_data["reason"])
    messages.success(request, _("照片已作废，不再显示。"))
    return True
