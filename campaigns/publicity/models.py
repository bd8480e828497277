"""Publicity into village and household (宣传进村入户)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, void_has_reason
from households import touching
from households.history import track
from households.merge_rules import Follows, MergeRule


@track
class Contact(Fact):
    """One household was told about the policies on a day. Which kinds count is a setting of the campaign year."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("入户宣讲")
        LECTURE = "lecture", _("讲习所集中培训")
        LEAFLET = "leaflet", _("宣传单签收")
        LETTER = "letter", _("书信")
        PHONE = "phone", _("电话联系")
        LOUDSPEAKER = "loudspeaker", _("大喇叭广播")
        CHAT_GROUP = "chat_group", _("微信群")

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="contacts", verbose_name=_("贫困户")
    )
    kind = models.CharField(_("宣传方式"), max_length=20, choices=Kind)
    done_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    speaker = models.CharField(_("宣讲人"), max_length=60, blank=True)
    attended_by = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="lectures", verbose_name=_("参加人")
    )

    merge_rules: ClassVar[dict[str, MergeRule]] = {"attended_by": Follows()}

    class Meta:
        verbose_name = verbose_name_plural = _("宣传记录")
        indexes = [models.Index(fields=["household"], name="contact_household")]
        constraints = [
            void_has_reason("contact_void_reason"),
            models.CheckConstraint(
                condition=~Q(kind="lecture") | Q(attended_by__isnull=False),
                name="contact_lecture_attended",
                violation_error_message=_("集中培训必须选择参加的家庭成员。"),
            ),
        ]
        triggers = touching.triggers("fact_of_household")

    def __str__(self) -> str:
        return f"{self.done_on} {self.get_kind_display()}"
