"""Figures submitted upwards (上报): rounds that the city opens, and what each region submitted, frozen for ever."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Undertaking, void_has_reason
from households.history import track
from households.querysets import ScopedManager


@track
class ReportRound(Undertaking):
    """A round of reports: the figures of `day`, due on the last moment of `due_on`. Levels from the county down to
    `lowest` submit."""

    class Lowest(models.TextChoices):
        COUNTY = "county", _("县（市、区）")
        TOWNSHIP = "township", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    title = models.CharField(_("名称"), max_length=60, help_text=_("如“2018年6月上报”"))
    day = models.DateField(_("数据截止日"))
    due_on = models.DateField(_("上报期限"))
    lowest = models.CharField(_("上报到哪一级"), max_length=10, choices=Lowest, default=Lowest.TOWNSHIP)

    class Meta:
        verbose_name = verbose_name_plural = _("上报期")
        db_table = "campaigns_reportround"
        ordering = ["-day", "-pk"]
        constraints = [
            void_has_reason("report_round_void_reason"),
            models.CheckConstraint(
                condition=Q(day__lte=F("due_on")),
                name="report_round_days_in_order",
                violation_error_message=_("上报期限不能早于数据截止日。"),
            ),
            models.UniqueConstraint(
                fields=["region", "day"],
                condition=Q(voided_at__isnull=True),
                name="report_round_once",
                violation_error_message=_("本区划已有同一数据截止日的上报期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@track
class Submission(models.Model):
    """What a region submitted in a round. `figures`: {series: [eligible, covered, explained, unexited]} of the round's day at
    the moment of submitting, of a target also how many more were done than in the round before; never changed afterwards.
    One that was returned stays, and the next has the next version.
    `zero`: targets with nothing new since the round before, declared so (零报告)."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待审核")
        ACCEPTED = "accepted", _("已通过")
        RETURNED = "returned", _("退回")

    round = models.ForeignKey(ReportRound, models.PROTECT, related_name="submissions", verbose_name=_("上报期"))
    region = models.ForeignKey("households.Region", models.PROTECT, related_name="+", verbose_name=_("区划"))
    version = models.PositiveSmallIntegerField(_("第几次"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SUBMITTED)
    figures = models.JSONField(_("上报数"))
    rules = models.ForeignKey(
        "campaigns.CountingRules", models.PROTECT, null=True, related_name="+", verbose_name=_("统计口径")
    )
    zero = ArrayField(models.CharField(max_length=20), verbose_name=_("零报告"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    without = models.CharField(_("下级未报齐的原因"), max_length=200, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上报人")
    )
    submitted_at = models.DateTimeField(_("上报时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审核人")
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    scope_field: ClassVar[str] = "region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("上报记录")
        db_table = "campaigns_submission"
        ordering = ["-submitted_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "region", "version"], name="submission_version_once"),
            models.UniqueConstraint(
                fields=["round", "region"],
                condition=~Q(state="returned"),
                name="submission_one_in_force",
                violation_error_message=_("本区划已经上报，没有重复上报。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""),
                name="submission_return_reason",
                violation_error_message=_("退回必须写明原因。"),
            ),
            models.CheckConstraint(
                condition=Q(state="submitted") | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="submission_decided_by",
                violation_error_message=_("审核必须记下审核人和时间。"),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="figures_frozen",
                fields=["round", "region", "version", "figures", "rules", "zero", "submitted_by", "submitted_at"],
            ),
            pgtrigger.Protect(name="kept_for_ever", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.region} {self.version}"
