"""Care beside the insurance: relief for seriously ill children, goods and money for households, free clinics."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import DayTold, Fact, Undertaking, void_has_reason
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import MergeRule, Once, Spare


@track
class ReliefProgramme(models.Model):
    """A programme of relief (大病救助) with its rules as data.

    once_a_year: the same patient is relieved at most once in a statistical year, which is a calendar or a campaign year.
    below_age: only patients below this completed age on the day of the decision; None: of any age.
    """

    class YearKind(models.TextChoices):
        CALENDAR = "calendar", _("自然年")
        CAMPAIGN = "campaign", _("工作年度")

    name = models.CharField(_("救助项目"), max_length=100, unique=True)
    source = models.CharField(_("资金来源"), max_length=100, blank=True)
    year_kind = models.CharField(_("统计年度"), max_length=10, choices=YearKind, default=YearKind.CALENDAR)
    once_a_year = models.BooleanField(_("同一患者一个统计年度只救助一次"), default=True)
    below_age = models.PositiveSmallIntegerField(_("年龄上限（周岁，不含）"), null=True, blank=True, default=18)

    class Meta:
        verbose_name = verbose_name_plural = _("救助项目")

    def __str__(self) -> str:
        return self.name


@track
class Relief(Fact):
    """A patient, mostly a child, was granted relief on a day (yuan).

    `statistical_year` and `is_once` are the programme's rules on that day (statistical_years.py), kept here so that the
    database itself refuses a second relief in the year.
    """

    programme = models.ForeignKey(ReliefProgramme, models.PROTECT, related_name="reliefs", verbose_name=_("救助项目"))
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="reliefs", verbose_name=_("受助人"))
    illness = EncryptedTextField(verbose_name=_("病情"), purpose="relief.illness", null=True, blank=True)
    amount = models.DecimalField(_("救助金额（元）"), max_digits=12, decimal_places=2)
    donor = models.CharField(_("捐助单位或个人"), max_length=100, blank=True)
    decided_on = models.DateField(_("审批日期"))
    day_told = DayTold.field()
    decided_by = models.CharField(_("审批人"), max_length=60, blank=True)
    paid_on = models.DateField(_("发放日期"), null=True, blank=True)
    statistical_year = models.PositiveSmallIntegerField(_("统计年度"), editable=False)
    is_once = models.BooleanField(_("一年一次"), editable=False)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Once(("rule_key",), Spare.VOIDED)}

    class Meta:
        verbose_name = verbose_name_plural = _("大病救助记录")
        indexes = [models.Index(fields=["person"], name="relief_person")]
        constraints = [
            void_has_reason("relief_void_reason"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="relief_amount_positive",
                violation_error_message=_("救助金额必须大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(paid_on__gte=models.F("decided_on")),
                name="relief_paid_after_decided",
                violation_error_message=_("发放日期不得早于审批日期。"),
            ),
            models.UniqueConstraint(
                fields=["programme", "person", "statistical_year"],
                condition=Q(voided_at__isnull=True, is_once=True),
                name="relief_once_a_year",
                violation_error_message=_("此人本统计年度已在该项目获得救助，同一患者一个统计年度只能救助一次。"),
            ),
            models.UniqueConstraint(
                fields=["programme", "person", "decided_on"],
                condition=Q(voided_at__isnull=True),
                name="relief_once_a_day",
                violation_error_message=_("此人当天已有同一项目的救助记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decided_on} {self.person}"

    @property
    def rule_key(self) -> tuple[object, ...]:
        """What two reliefs of one patient cannot share."""
        return (self.programme_id, self.statistical_year) if self.is_once else (self.programme_id, self.decided_on)


@track
class GoodsAid(Fact):
    """Goods or money (款物) for a household, registered or not; `value` in yuan, for goods with the basis of its valuation.

    A family that is not registered is told by its name and village (`village`).
    """

    class Kind(models.TextChoices):
        MONEY = "money", _("资金")
        GOODS = "goods", _("物资")

    class Basis(models.TextChoices):
        INVOICE = "invoice", _("发票")
        MARKET = "market", _("市场价")
        DECLARED = "declared", _("捐赠方申报")
        APPRAISED = "appraised", _("评估")

    household = models.ForeignKey(
        "households.Household", models.PROTECT, null=True, blank=True, related_name="goods", verbose_name=_("贫困户")
    )
    family_name = models.CharField(_("未建档家庭户主"), max_length=60, blank=True)
    family_phone = EncryptedTextField(verbose_name=_("联系电话"), purpose="goods.phone", null=True, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    items = models.CharField(_("物品名称和数量"), max_length=200, blank=True)
    value = models.DecimalField(_("金额或折价（元）"), max_digits=12, decimal_places=2)
    basis = models.CharField(_("计价依据"), max_length=10, choices=Basis, blank=True)
    donor = models.CharField(_("捐赠方"), max_length=100, blank=True)
    given_on = models.DateField(_("发放日期"))
    day_told = DayTold.field()

    class Meta:
        verbose_name = verbose_name_plural = _("款物帮扶记录")
        indexes = [models.Index(fields=["household"], name="goods_household")]
        constraints = [
            void_has_reason("goods_void_reason"),
            models.CheckConstraint(
                condition=(Q(household__isnull=False) & Q(family_name=""))
                | (Q(household__isnull=True) & ~Q(family_name="")),
                name="goods_for_one_family",
                violation_error_message=_("款物要么登记给贫困户，要么写明未建档家庭的户主姓名。"),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="goods_value_positive",
                violation_error_message=_("金额或折价必须大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(kind="money") | ~Q(basis=""),
                name="goods_valued_with_basis",
                violation_error_message=_("物资折价必须选择计价依据。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_on} {self.family_name or self.household}"


@track
class Clinic(Undertaking):
    """A free clinic (义诊) held on a day."""

    held_on = models.DateField(_("义诊日期"))
    place = models.CharField(_("地点"), max_length=100)
    hospital = models.CharField(_("医院"), max_length=100, blank=True)
    doctors = models.CharField(_("医生"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("义诊")
        constraints = [
            void_has_reason("clinic_void_reason"),
            models.UniqueConstraint(
                fields=["region", "held_on", "place"],
                condition=Q(voided_at__isnull=True),
                name="clinic_once_a_day",
                violation_error_message=_("同一区划当天同一地点的义诊已经登记。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.place}"


@track
class ClinicAttendance(Fact):
    """A woman was examined at a free clinic: a registered one, or one told by her name and village (`village`)."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="attendances", verbose_name=_("义诊"))
    person = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="clinics", verbose_name=_("就诊人")
    )
    woman_name = models.CharField(_("未建档妇女姓名"), max_length=60, blank=True)
    findings = EncryptedTextField(verbose_name=_("检查结果"), purpose="clinic.findings", null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Once(("clinic_id",), Spare.VOIDED)}

    class Meta:
        verbose_name = verbose_name_plural = _("义诊就诊记录")
        indexes = [models.Index(fields=["person"], name="clinic_attendance_person")]
        constraints = [
            void_has_reason("clinic_attendance_void_reason"),
            models.CheckConstraint(
                condition=(Q(person__isnull=False) & Q(woman_name="")) | (Q(person__isnull=True) & ~Q(woman_name="")),
                name="clinic_attendance_of_one_woman",
                violation_error_message=_("就诊人要么是登记在册的人员，要么写明未建档妇女的姓名。"),
            ),
            models.UniqueConstraint(
                fields=["clinic", "person"],
                condition=Q(voided_at__isnull=True),
                name="clinic_attendance_once",
                violation_error_message=_("此人已登记参加这次义诊。"),
            ),
            models.UniqueConstraint(
                fields=["clinic", "village", "woman_name"],
                condition=Q(voided_at__isnull=True, person__isnull=True),
                name="clinic_attendance_once_by_name",
                violation_error_message=_("这个村的同名妇女已登记参加这次义诊。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinic.held_on} {self.woman_name or self.person}"
