"""Keeping and resetting a city's template of the work briefing."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import BriefingTemplate
from campaigns.reports.default_template import default_template
from households.access import Permission
from households.models import Region, User
from households.querysets import can
from households.sealed_files import SealedFiles

FILES = SealedFiles("briefing_templates", "briefing.template")
CITY_DIGITS = 4


def city_of(region: Region) -> str:
    """The code of the city whose template a region uses; of a province itself none."""
    return region.code[:CITY_DIGITS] if len(region.code) >= CITY_DIGITS else ""


def own_template(user: User, region: Region) -> BriefingTemplate | None:
    """What the region's city has put in place of the delivered template; its counties use it, too."""
    found: BriefingTemplate | None = (
        BriefingTemplate.objects.offered_to(user)
        .filter(region=city_of(region))
        .select_related("region", "uploaded_by")
        .first()
    )
    return found


def template_for(user: User, region: Region) -> bytes:
    """The .docx that a region's briefing is made from."""
    own = own_template(user, region)
    if own is None:
        return default_template()
    try:
        return FILES.read(own.stored_name)
    except FileNotFoundError as error:
        raise ValidationError(_("本市的简报模板文件已丢失，请重新上传或恢复默认模板。")) from error


def keep_template(*, by: User, city: Region, content: bytes) -> BriefingTemplate:
    """Put a checked template in place of the one before, whose file is deleted."""
    _check(by, city)
    stored = FILES.keep(content)
    try:
        with transaction.atomic():
            before = BriefingTemplate.objects.select_for_update().filter(region=city).first()
            old = before.stored_name if before else ""
            made, _is_new = BriefingTemplate.objects.update_or_create(
                region=city, defaults={"stored_name": stored, "uploaded_by": by}
            )
            transaction.on_commit(lambda: FILES.delete(old))
    except BaseException:
        FILES.delete(stored)
        raise
    found: BriefingTemplate = made
    return found


def reset_template(*, by: User, city: Region) -> bool:
    """Back to the delivered template; False where it was in use already."""
    _check(by, city)
    with transaction.atomic():
        before = BriefingTemplate.objects.select_for_update().filter(region=city).first()
        if before is None:
            return False
        before.delete()
        transaction.on_commit(lambda: FILES.delete(before.stored_name))
    return True


def _check(by: User, city: Region) -> None:
    if not can(by, Permission.MANAGE_RULES) or not by.covers(city.code) or len(city.code) != CITY_DIGITS:
        raise PermissionDenied
