"""Health (健康关爱): the two-cancer insurance. Insurance is not screening and not relief money (care_models.py)."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, Undertaking, void_has_reason
from households import touching
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import InTurn, MergeRule, Spare


@track
class Scheme(models.Model):
    """An insurance scheme (“两癌”健康保险) for one year.

    Eligible: registered women whose completed age on `reference_day` is from `min_age` to `max_age`, both inclusive.
    `sum_insured` and `premium` are yuan per person.
    """

    name = models.CharField(_("险种名称"), max_length=100)
    insurer = models.CharField(_("承保单位"), max_length=100, blank=True)
    period = DateRangeField(_("保险年度起止"))
    reference_day = models.DateField(_("年龄计算日"))
    min_age = models.PositiveSmallIntegerField(_("最低年龄（含）"))
    max_age = models.PositiveSmallIntegerField(_("最高年龄（含）"))
    sum_insured = models.DecimalField(_("每人保额（元）"), max_digits=12, decimal_places=2)
    premium = models.DecimalField(_("每人保费（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    premium_payer = models.CharField(_("保费承担单位"), max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("保险方案")
        constraints = [
            models.CheckConstraint(
                condition=Q(min_age__lte=F("max_age")),
                name="scheme_ages_in_order",
                violation_error_message=_("最低年龄不能大于最高年龄。"),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__startswith__isnull=False)
                & Q(period__endswith__isnull=False),
                name="scheme_has_both_days",
                violation_error_message=_("保险年度必须有起止日期。"),
            ),
            models.CheckConstraint(
                condition=Q(sum_insured__gt=0),
                name="scheme_sum_positive",
                violation_error_message=_("保额必须大于0。"),
            ),
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return self.name


@track
class Policy(models.Model):
    """A group policy under a scheme."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="policies", verbose_name=_("保险方案"))
    number = models.CharField(_("保单号"), max_length=60, unique=True)
    period = DateRangeField(_("保险期间"))

    class Meta:
        verbose_name = verbose_name_plural = _("保单")
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__startswith__isnull=False)
                & Q(period__endswith__isnull=False),
                name="policy_has_both_days",
                violation_error_message=_("保险期间必须有起止日期。"),
            ),
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return self.number


@track
class InsuredPerson(Fact):
    """A woman on a policy. Enrolled is not insured: only the insurer's accepted list counts, while the policy is in force."""

    class State(models.TextChoices):
        ENROLLED = "enrolled", _("已报名")
        ACCEPTED = "accepted", _("已承保")
        REFUSED = "refused", _("未承保")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="insured", verbose_name=_("保单"))
    person = models.ForeignKey(
        "households.Person", models.PROTECT, related_name="insurances", verbose_name=_("被保险人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State)
    period = DateRangeField(_("保险责任起止"))
    # The insurer's own words; they may name an illness.
    refusal_reason = EncryptedTextField(
        verbose_name=_("未承保原因"), purpose="insured.refusal_reason", null=True, blank=True
    )

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": InTurn(("policy_id",), Spare.VOIDED, best=("state", "accepted"))
    }

    class Meta:
        verbose_name = verbose_name_plural = _("“两癌”投保记录")
        indexes = [models.Index(fields=["person"], name="insured_person")]
        constraints = [
            void_has_reason("insured_void_reason"),
            models.CheckConstraint(
                condition=Q(period__isempty=False) & Q(period__startswith__isnull=False),
                name="insured_starts_on_a_day",
                violation_error_message=_("起始日期必须填写，且结束日期不得早于起始日期。"),
            ),
            ExclusionConstraint(
                name="insured_no_overlap",
                expressions=[
                    ("policy", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("同一保单下同一人的保险期间不能重叠。"),
            ),
        ]
        triggers = touching.triggers("fact_of_person")

    def __str__(self) -> str:
        return f"{self.policy} {self.person}"

    @property
    def reason_refused(self) -> str:
        """Why the insurer refused her; "" for who was accepted later."""
        return (self.refusal_reason or "") if self.state == self.State.REFUSED else ""


@track
class Claim(Fact):
    """An insured woman reported an illness; `amount` (yuan) is known once the insurer has decided, `paid_on` once paid."""

    insured = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="claims", verbose_name=_("被保险人"))
    claimed_on = models.DateField(_("报案日期"))
    amount = models.DecimalField(_("理赔金额（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    paid_on = models.DateField(_("赔付日期"), null=True, blank=True)
    note = EncryptedTextField(verbose_name=_("病情和理赔说明"), purpose="claim.note", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("理赔记录")
        indexes = [models.Index(fields=["insured"], name="claim_insured")]
        constraints = [
            void_has_reason("claim_void_reason"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                name="claim_amount_positive",
                violation_error_message=_("理赔金额必须大于0；还没有核定的请留空。"),
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | (Q(amount__isnull=False) & Q(paid_on__gte=F("claimed_on"))),
                name="claim_paid_after_claimed",
                violation_error_message=_("已赔付的必须填写理赔金额，赔付日期不得早于报案日期。"),
            ),
            models.UniqueConstraint(
                fields=["insured", "claimed_on"],
                condition=Q(voided_at__isnull=True),
                name="claim_once_a_day",
                violation_error_message=_("此人当天已有理赔记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claimed_on} {self.insured.person}"


@track
class EnrolmentList(Undertaking):
    """A list for the insurer left the system with full identity numbers: who took it out, when, for what, how many."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="lists", verbose_name=_("保单"))
    purpose = models.CharField(_("用途"), max_length=200)
    people = models.PositiveIntegerField(_("名单人数"))
    enrolled = models.PositiveIntegerField(_("其中新报名"))

    class Meta:
        verbose_name = verbose_name_plural = _("报名名单导出记录")
        constraints = [
            void_has_reason("enrolment_list_void_reason"),
            models.CheckConstraint(
                condition=~Q(purpose=""),
                name="enrolment_list_purpose",
                violation_error_message=_("导出名单必须写明用途。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.people}"
