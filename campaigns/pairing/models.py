"""Pairing (结对包联): helpers, and who helps whom when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import DayTold, Fact, Photo, void_has_reason
from households import touching
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import InTurn, MergeRule, Once, Spare
from households.querysets import ScopedManager


@track
class Helper(models.Model):
    """A helper of this campaign (包联人), not the poverty office's 帮扶责任人."""

    class Kind(models.TextChoices):
        VILLAGE_CADRE = "village_cadre", _("村妇联干部")
        TOWNSHIP_CADRE = "township_cadre", _("乡镇妇联干部")
        ACTIVIST = "activist", _("妇女骨干")
        COUNTY_CADRE = "county_cadre", _("县级机关干部")
        CITY_CADRE = "city_cadre", _("市级机关干部")
        SOCIETY = "society", _("巾帼社团")

    class UnitLevel(models.TextChoices):
        """Whose unit the helper's is (帮扶单位隶属关系 in the household's handbook)."""

        PROVINCE = "province", _("省直")
        CITY = "city", _("市直")
        COUNTY = "county", _("县直")
        TOWNSHIP = "township", _("乡镇")
        VILLAGE = "village", _("村级")

    class Sex(models.TextChoices):
        FEMALE = "F", _("女")
        MALE = "M", _("男")

    name = models.CharField(_("姓名"), max_length=60)
    kind = models.CharField(_("包联人类别"), max_length=20, choices=Kind)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex, blank=True)
    unit = models.CharField(_("单位"), max_length=100, blank=True)
    unit_level = models.CharField(_("单位级别"), max_length=10, choices=UnitLevel, blank=True)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    phone = EncryptedTextField(verbose_name=_("联系电话"), purpose="helper.phone", null=True, blank=True)
    region = models.ForeignKey("households.Region", models.PROTECT, related_name="+", verbose_name=_("所在区划"))
    active = DateRangeField(_("在岗起止"))

    scope_field: ClassVar[str] = "region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("包联人")
        indexes = [models.Index(fields=["region", "name"], name="helper_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(active__isempty=False) & Q(active__startswith__isnull=False),
                name="helper_starts_on_a_day",
                violation_error_message=_("在岗起始日期必须填写，且结束日期不得早于起始日期。"),
            )
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return self.name


@track
class Pairing(Fact):
    """A helper and a person, for a period. Only personal pairings count; area and society help are recorded."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("结对包联")
        AREA = "area", _("分片包联")
        SOCIETY = "society", _("社团特色帮扶")

    helper = models.ForeignKey(Helper, models.PROTECT, related_name="pairings", verbose_name=_("包联人"))
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="pairings", verbose_name=_("包联对象"))
    kind = models.CharField(_("包联方式"), max_length=20, choices=Kind, default=Kind.PERSONAL)
    period = DateRangeField(_("起止日期"))

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": InTurn(("helper_id",), Spare.VOIDED, best=("kind", "personal"))
    }

    class Meta:
        verbose_name = verbose_name_plural = _("结对包联")
        indexes = [models.Index(fields=["person"], name="pairing_person")]
        constraints = [
            void_has_reason("pairing_void_reason"),
            models.CheckConstraint(
                condition=Q(period__isempty=False) & Q(period__startswith__isnull=False),
                name="pairing_starts_on_a_day",
                violation_error_message=_("起始日期必须填写，且结束日期不得早于起始日期。"),
            ),
            ExclusionConstraint(
                name="pairing_no_overlap",
                expressions=[
                    ("helper", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("同一包联人与同一对象的包联时段不能重叠。"),
            ),
        ]
        triggers = touching.triggers("fact_of_person")

    def __str__(self) -> str:
        return f"{self.helper} {self.person}"


@track
class Visit(Fact):
    """A helper called at a home (走访). `person` None: on the whole household. `companions`: who else signed.

    Notes and needs may tell of illness: only for viewers with VIEW_SENSITIVE.
    """

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="visits", verbose_name=_("贫困户")
    )
    person = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("走访对象")
    )
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="visits", verbose_name=_("包联人"))
    companions = models.CharField(_("同行人"), max_length=100, blank=True)
    visited_on = models.DateField(_("走访日期"))
    day_told = DayTold.field()
    notes = models.TextField(_("走访情况"), max_length=1000, blank=True)
    needs = models.TextField(_("发现的需求"), max_length=500, blank=True)
    next_on = models.DateField(_("下次走访日期"), null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": Once(("household_id", "helper_id", "visited_on"), Spare.VOIDED)
    }

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        indexes = [
            models.Index(fields=["household", "visited_on"], name="visit_household"),
            models.Index(fields=["village", "visited_on"], name="visit_village"),
        ]
        constraints = [
            void_has_reason("visit_void_reason"),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gt=models.F("visited_on")),
                name="visit_next_is_later",
                violation_error_message=_("下次走访日期应晚于本次走访日期。"),
            ),
            models.UniqueConstraint(
                fields=["household", "helper", "visited_on", "person"],
                condition=Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="visit_once_a_day",
                violation_error_message=_("该包联人当天对同一对象的走访已有记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper} {self.visited_on}"


@track
class VisitPhoto(Photo):
    """A photo taken on a visit."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name=_("走访"))

    class Meta:
        verbose_name = verbose_name_plural = _("走访照片")
        constraints = [void_has_reason("visit_photo_void_reason")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.pk}"
