"""The Word template that a city's staff put in place of the delivered one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.querysets import ScopedManager


class BriefingTemplate(models.Model):
    """A city's own template of the work briefing; without one the delivered template is used."""

    region = models.OneToOneField("households.Region", models.PROTECT, related_name="+", verbose_name=_("城市"))
    stored_name = models.CharField(max_length=60, unique=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now=True)

    scope_field: ClassVar[str] = "region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("工作简报模板")

    def __str__(self) -> str:
        return str(self.region)
