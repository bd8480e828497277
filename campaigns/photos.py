"""Photos of visits and cleanings: made smaller, without metadata (place, time, device), encrypted on disk, shown by scope.

A room declares its photo model with a foreign key to what the photo shows:

    class VisitPhoto(Photo):
        visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
"""

import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps, UnidentifiedImageError

from campaigns.facts import Photo
from households.access import Permission
from households.models import User
from households.querysets import can
from households.sealed_files import SealedFiles

FILES = SealedFiles("photos", "photo")
MOST_BYTES, MOST_PIXELS, LONGEST_SIDE, QUALITY = 15 * 1024 * 1024, 60_000_000, 1600, 80
MOST_AT_ONCE = 9
FORMATS = ("JPEG", "PNG", "WEBP")


class PhotosInput(forms.ClearableFileInput):
    """Several photos; a telephone offers its camera."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos, cleaned to the bytes to keep."""

    widget = PhotosInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def __init__(self, **kwargs: Any) -> None:
        told = gettext_lazy(
            "JPG、PNG或WEBP格式，每张不超过15MB，一次最多9张；自动缩小，并去掉拍摄地点等信息。请勿拍摄证件和病历。"
        )
        super().__init__(**{"help_text": told} | kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files: list[UploadedFile] = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"])
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(_("一次最多上传%(most)s张照片，请分次上传。") % {"most": MOST_AT_ONCE})
        return [small_copy(file) for file in files]


def small_copy(file: UploadedFile) -> bytes:
    """The photo as it is kept; ValidationError for what is no photo."""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(_("“%(name)s”超过15MB，请用手机压缩后再上传。") % {"name": file.name})
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("“%(name)s”的尺寸过大，请用手机压缩后再上传。") % {"name": file.name})
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("“%(name)s”不是可用的照片。请上传JPG、PNG或WEBP格式；苹果手机的HEIC照片请先转为JPG。")
            % {"name": file.name}
        ) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture: what the old one carried besides its pixels stays behind.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    content = io.BytesIO()
    bare.save(content, "JPEG", quality=QUALITY)
    return content.getvalue()


def keep_photos(photos: Sequence[Photo], contents: Sequence[bytes], *, by: User) -> None:
    """Store the contents and write their records, inside the caller's transaction; nothing stays on disk if that fails."""
    try:
        for photo, content in zip(photos, contents, strict=True):
            photo.stored_name, photo.recorded_by = FILES.keep(content), by
            photo.save()
    except BaseException:
        for photo in photos:
            FILES.delete(photo.stored_name)
        raise


@require_safe
@login_required
@never_cache
def show_photo(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One photo, for who may see people of the village; `kind` is the model's name."""
    if not can(request.user, Permission.VIEW_PEOPLE):  # not campaigns.views.require: models are loaded with this file
        raise PermissionDenied
    model = next((one for one in Photo.__subclasses__() if one._meta.model_name == kind), None)
    if model is None:
        raise Http404
    photo: Any = get_object_or_404(model.objects.visible_to(request.user), pk=pk, voided_at=None)
    try:
        content = FILES.read(photo.stored_name)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(
        content, content_type="image/jpeg", headers={"Content-Disposition": "inline; filename=photo.jpg"}
    )
