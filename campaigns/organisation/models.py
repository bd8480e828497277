"""What moves the campaign (组织推动): events and who took part. Participants are cadres and volunteers, not registered
people: no identity numbers."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Undertaking, void_has_reason
from households.history import track
from households.merge_rules import MergeRule


@track
class Event(Undertaking):
    """An event from its first to its last day, both inclusive."""

    class Kind(models.TextChoices):
        LAUNCH = "launch", _("启动会")
        TRAINING = "training", _("培训班")
        CONTEST = "contest", _("擂台赛")
        SHOWCASE = "showcase", _("项目展示")
        FAIR = "fair", _("对接会")
        OTHER = "other", _("其他活动")

    name = models.CharField(_("活动名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"), help_text=_("只有一天的，与开始日期相同。"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=100, blank=True)
    headcount = models.PositiveIntegerField(
        _("参加人数"), null=True, blank=True, help_text=_("没有参加人名单的填实到人数；有名单的按名单统计。")
    )
    notes = models.CharField(_("备注"), max_length=300, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {}

    class Meta:
        verbose_name = verbose_name_plural = _("活动")
        # Tables named …event are the change history's, which nobody may rewrite (migration 0002).
        db_table = "campaigns_activity"
        indexes = [models.Index(fields=["region", "first_day"], name="event_region_day")]
        constraints = [
            void_has_reason("event_void_reason"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="event_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
            models.UniqueConstraint(
                fields=["region", "name", "first_day"],
                condition=Q(voided_at__isnull=True),
                name="event_once",
                violation_error_message=_("本区划同一天已有同名的活动。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track
class Participant(Undertaking):
    """Somebody at an event. `region`: where she comes from, which is also who may see her name beside the organisers."""

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡级")
        VILLAGE = "village", _("村级")

    class Role(models.TextChoices):
        CADRE = "cadre", _("妇联干部")
        VOLUNTEER = "volunteer", _("巾帼志愿者")
        OTHER = "other", _("其他")

    event = models.ForeignKey(Event, models.PROTECT, related_name="participants", verbose_name=_("活动"))
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.CharField(_("单位"), max_length=100, blank=True)
    level = models.CharField(_("级别"), max_length=10, choices=Level, blank=True)
    role = models.CharField(_("身份"), max_length=10, choices=Role, blank=True)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {}

    class Meta:
        verbose_name = verbose_name_plural = _("参加人")
        constraints = [
            void_has_reason("participant_void_reason"),
            models.UniqueConstraint(
                fields=["event", "name", "unit"],
                condition=Q(voided_at__isnull=True),
                name="participant_once",
                violation_error_message=_("名单中已有同单位同名的参加人；确是另一人的，请在单位中写明部门。"),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)),
                name="participant_score_range",
                violation_error_message=_("得分应在0到100之间。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
