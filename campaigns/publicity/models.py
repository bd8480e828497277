"""Publicity into village and household (宣传进村入户): contacts, rounds of a village, photos, and leaflets in stock."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import DayTold, Fact, Photo, Undertaking, void_has_reason
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
    day_told = DayTold.field()
    place = models.CharField(_("地点"), max_length=100, blank=True)
    speaker = models.CharField(_("宣讲人"), max_length=60, blank=True)
    attended_by = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="lectures", verbose_name=_("参加人")
    )
    # Given by the phone that ticked the household off: however often a tick is sent, it is this contact, even a voided one.
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

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


@track
class ContactRound(Fact):
    """One round through a village: kind, day, place and speaker are told once, then households are ticked off."""

    kind = models.CharField(_("宣传方式"), max_length=20, choices=Contact.Kind)
    done_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    speaker = models.CharField(_("宣讲人"), max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("进村宣传")
        indexes = [models.Index(fields=["recorded_by", "-id"], name="contact_round_author")]
        constraints = [void_has_reason("contact_round_void_reason")]

    def __str__(self) -> str:
        return f"{self.done_on} {self.get_kind_display()}"


@track
class ContactPhoto(Photo):
    """A photo of a contact."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="photos", verbose_name=_("宣传记录"))
    # As that of the contact: a photo sent again is the same one.
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("宣传照片")
        constraints = [void_has_reason("contact_photo_void_reason")]


_STOCK = """
FOR stock IN SELECT DISTINCT region_id, title FROM ({changed}) AS changed ORDER BY 1, 2 LOOP
  PERFORM pg_advisory_xact_lock(hashtextextended('leaflets:' || stock.region_id || ':' || stock.title, 0));
  SELECT min(of_day.left_over) INTO lowest FROM (
    SELECT sum(sum(CASE WHEN kind IN ('printed', 'received') THEN copies ELSE -copies END)) OVER (ORDER BY day) AS left_over
    FROM campaigns_leafletmovement
    WHERE region_id = stock.region_id AND title = stock.title AND voided_at IS NULL GROUP BY day
  ) AS of_day;
  IF lowest < 0 THEN
    RAISE EXCEPTION 'leaflets of % in % fall to %', stock.title, stock.region_id, lowest
      USING ERRCODE = 'check_violation', CONSTRAINT = 'leaflet_stock_not_negative';
  END IF;
END LOOP;
RETURN NULL;
"""


def _stock_trigger(operation: pgtrigger.Operation, name: str, changed: str) -> pgtrigger.Trigger:
    """What goes out was there on that day. The lock makes writers of one stock wait for each other; each then counts
    what the others have committed."""
    return pgtrigger.Trigger(
        name=f"stock_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(
            old="old_values" if "old_values" in changed else None, new="new_values" if "new_values" in changed else None
        ),
        declare=[("stock", "record"), ("lowest", "bigint")],
        func=_STOCK.format(changed=changed),
    )


@track
class LeafletMovement(Undertaking):
    """Copies of one leaflet that came into a region's stock or went out of it on a day; the stock is never below zero."""

    class Kind(models.TextChoices):
        PRINTED = "printed", _("印制入库")
        RECEIVED = "received", _("上级下发入库")
        PASSED_ON = "passed_on", _("下发到下级")
        HANDED_OUT = "handed_out", _("发放到户到人")

    INCOMING: ClassVar = (Kind.PRINTED, Kind.RECEIVED)

    kind = models.CharField(_("出入库"), max_length=20, choices=Kind)
    title = models.CharField(_("宣传单名称"), max_length=60)
    copies = models.PositiveIntegerField(_("份数"))
    day = models.DateField(_("日期"))
    receiver = models.CharField(
        _("领取（接收）单位"), max_length=60, blank=True, help_text=_("下发和发放必填，例如：城关镇妇联、曹庄村")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("宣传单出入库")
        indexes = [models.Index(fields=["region", "title", "day"], name="leaflet_stock")]
        constraints = [
            void_has_reason("leaflet_void_reason"),
            models.CheckConstraint(
                condition=Q(copies__gt=0),
                name="leaflet_copies_positive",
                violation_error_message=_("份数应大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["printed", "received"]) | ~Q(receiver=""),
                name="leaflet_receiver",
                violation_error_message=_("下发和发放必须写明领取（接收）单位。"),
            ),
        ]
        triggers = [
            _stock_trigger(pgtrigger.Insert, "insert", "SELECT * FROM new_values"),
            _stock_trigger(pgtrigger.Update, "update", "SELECT * FROM old_values UNION ALL SELECT * FROM new_values"),
            _stock_trigger(pgtrigger.Delete, "delete", "SELECT * FROM old_values"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.title} {self.get_kind_display()}"
