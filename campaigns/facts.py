"""What the campaign's records have in common."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.free_text import check_texts
from households.querysets import ScopedManager


class Recorded(models.Model):
    """Somebody wrote it down; a wrong record is voided with a reason, never deleted."""

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("录入人")
    )
    recorded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Free texts hold nobody's number."""
        super().clean()
        check_texts(self)


class Fact(Recorded):
    """Something that happened to a person or a household.

    `village` is where it was recorded, for scope and display only: the fact follows its person or household. A voided
    fact counts on no day, not even in the past.
    """

    village = models.ForeignKey("households.Region", models.PROTECT, related_name="+", verbose_name=_("登记村"))

    scope_field: ClassVar[str] = "village_id"
    objects = ScopedManager()

    class Meta:
        abstract = True


class Undertaking(Recorded):
    """Something that a region's federation did, offers or holds: a course, an event, a donation, job posts.

    `region` (city, county, township or village) says whose it is; lower levels may be offered it (`offered_to`).
    """

    region = models.ForeignKey("households.Region", models.PROTECT, related_name="+", verbose_name=_("所属区划"))

    scope_field: ClassVar[str] = "region_id"
    objects = ScopedManager()

    class Meta:
        abstract = True


class DayTold(models.TextChoices):
    """How exactly a list told a record's day. What was only assumed gives way to a list that tells more."""

    DAY = "day", _("日期")
    MONTH = "month", _("月份")
    NOTHING = "nothing", _("没有日期")

    @classmethod
    def field(cls) -> models.CharField:
        return models.CharField(max_length=10, choices=cls, default=cls.DAY, editable=False)


def void_has_reason(name: str) -> models.CheckConstraint:
    """A record is voided with a reason or not at all."""
    return models.CheckConstraint(
        condition=models.Q(voided_at__isnull=True) | ~models.Q(void_reason=""),
        name=name,
        violation_error_message=_("作废记录必须写明原因。"),
    )


class Photo(Fact):
    """A photo as it is kept: a JPEG whose longer side has at most 1600 pixels (photos.py keeps and shows it)."""

    class Kind(models.TextChoices):
        SCENE = "scene", _("现场")
        BEFORE = "before", _("清洁前")
        AFTER = "after", _("清洁后")

    kind = models.CharField(_("内容"), max_length=10, choices=Kind, default=Kind.SCENE)
    stored_name = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def url(self) -> str:
        """Where it is shown."""
        return reverse("photo", args=[self._meta.model_name, self.pk])
