"""Spring Bud school aid (春蕾助学)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, void_has_reason
from households import touching
from households.history import track
from households.merge_rules import MergeRule, Once, Spare


@track
class AidProject(models.Model):
    """An aid project. State education subsidies (两免一补) are recorded with `counts` off."""

    class YearKind(models.TextChoices):
        CALENDAR = "calendar", _("自然年")
        SCHOOL = "school", _("学年")

    name = models.CharField(_("项目名称"), max_length=100, unique=True)
    donor = models.CharField(_("捐助单位或个人"), max_length=100, blank=True)
    year_kind = models.CharField(_("资助年度"), max_length=10, choices=YearKind, default=YearKind.CALENDAR)
    girls_only = models.BooleanField(_("只资助女童"), default=False)
    counts = models.BooleanField(_("计入完成率"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("助学项目")
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return self.name


@track
class Grant(Fact):
    """A child was aided. Covers from the day until the end of the project's year (calendar or school)."""

    project = models.ForeignKey(AidProject, models.PROTECT, related_name="grants", verbose_name=_("助学项目"))
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="grants", verbose_name=_("受助学生"))
    granted_on = models.DateField(_("资助日期"))
    # Unknown where a list only says that she was aided.
    amount = models.DecimalField(_("金额或折价（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    is_goods = models.BooleanField(_("实物"), default=False)

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": Once(("project_id", "granted_on"), Spare.VOIDED, best=("is_goods", False))
    }

    class Meta:
        verbose_name = verbose_name_plural = _("助学记录")
        indexes = [models.Index(fields=["person"], name="grant_person")]
        constraints = [
            void_has_reason("grant_void_reason"),
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
        triggers = touching.triggers("fact_of_person")

    def __str__(self) -> str:
        return f"{self.granted_on} {self.person_id}"
