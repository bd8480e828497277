"""What every campaign fact has in common."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.querysets import ScopedManager


class Fact(models.Model):
    """Something that happened to a person or a household.

    `village` is where it was recorded, for scope and display only: the fact follows its person or household. A voided
    fact counts on no day, not even in the past.
    """

    village = models.ForeignKey("households.Region", models.PROTECT, related_name="+", verbose_name=_("登记村"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("录入人")
    )
    recorded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    scope_field: ClassVar[str] = "village_id"
    objects = ScopedManager()

    class Meta:
        abstract = True


def void_has_reason(name: str) -> models.CheckConstraint:
    """A fact is voided with a reason or not at all."""
    return models.CheckConstraint(
        condition=models.Q(voided_at__isnull=True) | ~models.Q(void_reason=""),
        name=name,
        violation_error_message=_("作废记录必须写明原因。"),
    )
