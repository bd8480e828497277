"""The baseline survey (调查摸底) of women and of children. What was not asked or not answered is unknown: NULL or empty,
never a no."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, void_has_reason
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import MergeRule, Once, Spare

# One survey a year counts; of two people merged into one, the kept one's.
_ONE_A_YEAR = Once(("campaign_year_id",), Spare.VOIDED)
ONCE_A_YEAR = _("同一人在一个工作年度只能有一份有效的调查表。内容有变化的，请先作废原来的，再重新登记。")


def once_a_year(name: str) -> models.UniqueConstraint:
    """One valid survey per person and campaign year."""
    return models.UniqueConstraint(
        fields=["person", "campaign_year"],
        condition=Q(voided_at__isnull=True),
        name=name,
        violation_error_message=ONCE_A_YEAR,
    )


class Survey(Fact):
    """What both surveys ask. `is_ill` None: unknown; `illness` is for viewers of sensitive data only."""

    campaign_year = models.ForeignKey(
        "campaigns.CampaignYear", models.PROTECT, related_name="+", verbose_name=_("工作年度")
    )
    surveyed_on = models.DateField(_("调查日期"))
    single_parent = models.BooleanField(_("单亲"), null=True, blank=True)
    is_ill = models.BooleanField(_("是否患病"), null=True, blank=True)
    illness = EncryptedTextField(_("患病情况"), purpose="survey.illness", blank=True, default="")
    notes = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        abstract = True


@track
class WomanSurvey(Survey):
    """A woman's situation and wishes. loan_amount: yuan; 0 where she wants no loan."""

    class Marital(models.TextChoices):
        SINGLE = "single", _("未婚")
        MARRIED = "married", _("已婚")
        DIVORCED = "divorced", _("离异")
        WIDOWED = "widowed", _("丧偶")

    person = models.ForeignKey(
        "households.Person", models.PROTECT, related_name="woman_surveys", verbose_name=_("妇女")
    )
    marital = models.CharField(_("婚姻状况"), max_length=10, choices=Marital, blank=True)
    left_behind = models.BooleanField(_("留守"), null=True, blank=True)
    chronic = models.BooleanField(_("慢性病"), null=True, blank=True)
    wants_work = models.BooleanField(_("就业意愿"), null=True, blank=True)
    wants_training = models.BooleanField(_("培训意愿"), null=True, blank=True)
    training_wish = models.CharField(_("培训内容"), max_length=100, blank=True)
    wants_loan = models.BooleanField(_("贷款需求"), null=True, blank=True)
    loan_amount = models.DecimalField(_("贷款金额（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    skills = models.CharField(_("技能特长"), max_length=200, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": _ONE_A_YEAR}

    class Meta:
        verbose_name = verbose_name_plural = _("妇女摸底调查")
        indexes = [models.Index(fields=["village", "surveyed_on"], name="woman_survey_village")]
        constraints = [
            void_has_reason("woman_survey_void_reason"),
            once_a_year("woman_survey_once_a_year"),
            models.CheckConstraint(
                condition=Q(loan_amount__isnull=True) | Q(loan_amount__gte=0),
                name="woman_survey_loan_not_negative",
                violation_error_message=_("贷款金额不能小于0。"),
            ),
            models.CheckConstraint(
                condition=Q(loan_amount__isnull=True) | Q(loan_amount=0) | Q(wants_loan__isnull=False, wants_loan=True),
                name="woman_survey_loan_is_wanted",
                violation_error_message=_("填了贷款金额，“贷款需求”应为“是”。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surveyed_on} {self.person_id}"


@track
class ChildSurvey(Survey):
    """A child's guardian, situation and schooling."""

    class LeftBehind(models.TextChoices):
        NO = "no", _("非留守")
        ONE = "one", _("父母一方外出")
        BOTH = "both", _("父母双方外出")
        YES = "yes", _("留守（未写明哪一方外出）")

    class Schooling(models.TextChoices):
        BELOW = "below", _("学龄前未入园")
        PRESCHOOL = "preschool", _("学前教育")
        PRIMARY = "primary", _("小学")
        JUNIOR = "junior", _("初中")
        SENIOR = "senior", _("高中阶段")
        TERTIARY = "tertiary", _("大专及以上")
        AT_HOME = "at_home", _("送教上门")
        OUT = "out", _("不在校")

    person = models.ForeignKey(
        "households.Person", models.PROTECT, related_name="child_surveys", verbose_name=_("儿童")
    )
    guardian = models.CharField(_("监护人"), max_length=60, blank=True)
    guardian_relation = models.CharField(_("监护人与儿童关系"), max_length=20, blank=True)
    guardian_phone = EncryptedTextField(_("监护人电话"), purpose="survey.guardian_phone", blank=True, default="")
    left_behind = models.CharField(_("留守情况"), max_length=10, choices=LeftBehind, blank=True)
    orphan = models.BooleanField(_("孤儿"), null=True, blank=True)
    in_hardship = models.BooleanField(_("困境儿童"), null=True, blank=True)
    hardship = EncryptedTextField(_("困境类型"), purpose="survey.hardship", blank=True, default="")
    schooling = models.CharField(_("就学情况"), max_length=10, choices=Schooling, blank=True)
    school = models.CharField(_("就读学校"), max_length=100, blank=True)
    grade = models.CharField(_("年级"), max_length=20, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": _ONE_A_YEAR}

    class Meta:
        verbose_name = verbose_name_plural = _("儿童摸底调查")
        indexes = [models.Index(fields=["village", "surveyed_on"], name="child_survey_village")]
        constraints = [void_has_reason("child_survey_void_reason"), once_a_year("child_survey_once_a_year")]

    def __str__(self) -> str:
        return f"{self.surveyed_on} {self.person_id}"
