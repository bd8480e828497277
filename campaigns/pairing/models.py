"""Pairing (结对包联): helpers, and who helps whom when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, void_has_reason
from households import touching
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import InTurn, MergeRule, Spare
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

    name = models.CharField(_("姓名"), max_length=60)
    kind = models.CharField(_("包联人类别"), max_length=20, choices=Kind)
    unit = models.CharField(_("单位"), max_length=100, blank=True)
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
        return f"{self.helper} {self.person_id}"
