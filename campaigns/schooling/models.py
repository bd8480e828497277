"""Spring Bud school aid (春蕾助学)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import DayTold, Fact, void_has_reason
from campaigns.schooling import bookkeeping
from campaigns.schooling.funds import Donor, Fund, Pledge, YearKind
from households import touching
from households.history import track
from households.merge_rules import MergeRule, Once, Spare


@track
class AidProject(models.Model):
    """An aid project. State education subsidies (两免一补) are recorded with `counts` off."""

    YearKind = YearKind

    name = models.CharField(_("项目名称"), max_length=100, unique=True)
    donor = models.CharField(_("捐助单位或个人"), max_length=100, blank=True)
    year_kind = models.CharField(_("资助年度"), max_length=10, choices=YearKind, default=YearKind.CALENDAR)
    girls_only = models.BooleanField(_("只资助女童"), default=False)
    counts = models.BooleanField(_("计入完成率"), default=True)
    goods_count = models.BooleanField(
        _("实物计入"),
        default=True,
        help_text=_("不勾选的，本项目发放的实物不计入完成率；统计口径不计实物的，一律不计。"),
    )
    year = models.PositiveSmallIntegerField(
        _("年度"), null=True, blank=True, help_text=_("学年写开学的年份；每年都办的留空。")
    )
    primary_amount = models.DecimalField(_("小学标准（元/人）"), max_digits=10, decimal_places=2, null=True, blank=True)
    junior_amount = models.DecimalField(_("初中标准（元/人）"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("助学项目")
        constraints = [
            models.CheckConstraint(
                condition=(Q(primary_amount__isnull=True) | Q(primary_amount__gt=0))
                & (Q(junior_amount__isnull=True) | Q(junior_amount__gt=0)),
                name="project_amounts_positive",
                violation_error_message=_("每人标准必须大于0；没有统一标准的请留空。"),
            ),
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return self.name


@track
class Grant(Fact):
    """A child was aided. Covers from the day until the end of the project's year (calendar or school).

    Paid from a fund, by a donor without the federation's account (direct), or advanced by somebody (垫付) until a fund
    pays; OTHER where a list says no more than that she was aided.
    """

    class Kind(models.TextChoices):
        FUND = "fund", _("基金支付")
        DIRECT = "direct", _("捐赠人直接资助")
        ADVANCE = "advance", _("垫付")
        OTHER = "other", _("未注明")

    project = models.ForeignKey(AidProject, models.PROTECT, related_name="grants", verbose_name=_("助学项目"))
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="grants", verbose_name=_("受助学生"))
    granted_on = models.DateField(_("资助日期"))
    day_told = DayTold.field()
    # Unknown where a list only says that she was aided.
    amount = models.DecimalField(_("金额或折价（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    is_goods = models.BooleanField(_("实物"), default=False)
    kind = models.CharField(_("资金来源"), max_length=10, choices=Kind, default=Kind.OTHER)
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("支付基金")
    )
    donor = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("直接资助的捐赠人")
    )
    pledge = models.ForeignKey(
        Pledge, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("所属结对")
    )
    advanced_by = models.CharField(_("垫付人"), max_length=60, blank=True)
    paid_on = models.DateField(_("发放日期"), null=True, blank=True)
    receipt_no = models.CharField(_("收据号"), max_length=40, blank=True)
    guardian = models.CharField(_("监护人"), max_length=60, blank=True)
    guardian_signed = models.BooleanField(_("监护人已签收"), default=False)
    school = models.CharField(_("学校"), max_length=100, blank=True)
    grade = models.CharField(_("年级"), max_length=20, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": Once(("project_id", "granted_on"), Spare.VOIDED, best=("is_goods", False))
    }

    class Meta:
        verbose_name = verbose_name_plural = _("助学记录")
        indexes = [models.Index(fields=["person"], name="grant_person")]
        constraints = [
            void_has_reason("grant_void_reason"),
            models.CheckConstraint(
                condition=(Q(kind="fund") & Q(fund__isnull=False) & Q(amount__isnull=False))
                | (~Q(kind="fund") & Q(fund__isnull=True)),
                name="grant_fund_of_kind",
                violation_error_message=_("基金支付的必须选择基金并填写金额；其他来源的请不要选择基金。"),
            ),
            models.CheckConstraint(
                condition=(Q(kind="direct") & Q(donor__isnull=False)) | (~Q(kind="direct") & Q(donor__isnull=True)),
                name="grant_donor_of_kind",
                violation_error_message=_("捐赠人直接资助的必须选择捐赠人；其他来源的请不要选择捐赠人。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="grant_amount_positive",
                violation_error_message=_("金额必须大于0。"),
            ),
            models.UniqueConstraint(
                fields=["project", "person", "granted_on"],
                condition=Q(voided_at__isnull=True),
                name="grant_once_a_day",
                violation_error_message=_("该学生当天已有同一项目的助学记录。"),
            ),
        ]
        triggers = [*touching.triggers("fact_of_person"), bookkeeping.books(bookkeeping.GRANTS)]

    def __str__(self) -> str:
        return f"{self.granted_on} {self.person}"
