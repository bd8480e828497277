"""Home cleaning (家居清洁互助)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, void_has_reason
from households import touching
from households.history import track


@track
class Cleaning(Fact):
    """A completed round of cleaning. The first round covers the household from then on, unless voided with a reason."""

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="cleanings", verbose_name=_("贫困户")
    )
    round_number = models.PositiveSmallIntegerField(_("轮次"), default=1)
    done_on = models.DateField(_("日期"))
    helpers = models.CharField(_("参加人员"), max_length=200, blank=True)
    items = ArrayField(models.CharField(max_length=20), verbose_name=_("清洁项目"), default=list, blank=True)
    score = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("家居清洁记录")
        constraints = [
            void_has_reason("cleaning_void_reason"),
            models.CheckConstraint(
                condition=Q(round_number__gte=1),
                name="cleaning_round_from_one",
                violation_error_message=_("轮次从1开始。"),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100),
                name="cleaning_score_percent",
                violation_error_message=_("评分为0—100。"),
            ),
            models.UniqueConstraint(
                fields=["household", "round_number"],
                condition=Q(voided_at__isnull=True),
                name="cleaning_round_once",
                violation_error_message=_("该户这一轮清洁已有记录。"),
            ),
        ]
        triggers = touching.triggers("fact_of_household")

    def __str__(self) -> str:
        return f"{self.done_on} {self.round_number}"
