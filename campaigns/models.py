"""Campaign years, how we count, special circumstances, and the derived figures. Imports the rooms' models."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.cleaning.models import Cleaning, CleaningPhoto, Recheck, SpotCheck, SpotPhoto, SpotResult, Story
from campaigns.facts import Fact, void_has_reason
from campaigns.health.care_models import Clinic, ClinicAttendance, GoodsAid, Relief, ReliefProgramme
from campaigns.health.models import Claim, EnrolmentList, InsuredPerson, Policy, Scheme
from campaigns.livelihood.models import (
    Attendance,
    Employment,
    Enterprise,
    JobOffer,
    ProjectPlan,
    TrainingProject,
    TrainingSession,
)
from campaigns.organisation.models import Event, Participant
from campaigns.pairing.models import Helper, Pairing, Visit, VisitPhoto
from campaigns.publicity.models import Contact, ContactPhoto, ContactRound, LeafletMovement
from campaigns.reports.models import BriefingTemplate
from campaigns.schooling.funds import Allocation, Donation, Donor, Fund, FundEntry, Pledge
from campaigns.schooling.models import AidProject, Grant
from campaigns.sheets.models import Sheet, SheetRow
from campaigns.submissions.models import ReportRound, Submission
from campaigns.survey.models import ChildSurvey, WomanSurvey
from households import touching
from households.history import track
from households.merge_rules import Follows, MergeRule
from households.models import HouseholdSpell
from households.querysets import ScopedManager

__all__ = [
    "AidProject",
    "Allocation",
    "Attendance",
    "BriefingTemplate",
    "CampaignYear",
    "Checkpoint",
    "ChildSurvey",
    "Claim",
    "Cleaning",
    "CleaningPhoto",
    "Clinic",
    "ClinicAttendance",
    "Contact",
    "ContactPhoto",
    "ContactRound",
    "CountingRules",
    "Donation",
    "Donor",
    "Employment",
    "EnrolmentList",
    "Enterprise",
    "Event",
    "Fund",
    "FundEntry",
    "GoodsAid",
    "Grant",
    "Helper",
    "InsuredPerson",
    "JobOffer",
    "LeafletMovement",
    "LedgerEntry",
    "Pairing",
    "Participant",
    "Pledge",
    "Policy",
    "ProjectPlan",
    "Recheck",
    "Relief",
    "ReliefProgramme",
    "ReportRound",
    "Scheme",
    "Sheet",
    "SheetRow",
    "SpecialCircumstance",
    "SpotCheck",
    "SpotPhoto",
    "SpotResult",
    "Standing",
    "Story",
    "Submission",
    "Target",
    "TrainingProject",
    "TrainingSession",
    "Visit",
    "VisitPhoto",
    "WomanSurvey",
]  # fmt: skip


class Target(models.TextChoices):
    """The five hundred-percent targets (五个百分百). What they mean is declared in targets.py."""

    PUBLICITY = "publicity", _("脱贫攻坚宣传")
    PAIRING = "pairing", _("包联关爱")
    CLEANING = "cleaning", _("家居洁净")
    INSURANCE = "insurance", _("“两癌”安康保障")
    SCHOOLING = "schooling", _("春蕾助学")


@track
class CampaignYear(models.Model):
    """A year of the campaign, first and last day inclusive."""

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    start = models.DateField(_("开始日期"))
    end = models.DateField(_("结束日期"))
    deadline = models.DateField(_("完成期限"))
    # In the demonstration the business date stands still on it; elsewhere it is the day of the next report.
    reporting_day = models.DateField(_("报告日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("工作年度")
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lte=F("deadline"))
                & Q(deadline__lte=F("end"))
                & Q(reporting_day__range=(F("start"), F("end"))),
                name="campaign_year_days_in_order",
                violation_error_message=_("日期顺序应为：开始日期≤报告日期、完成期限≤结束日期。"),
            ),
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return str(_("%(year)s年度") % {"year": self.year})


def default_statuses() -> list[str]:
    """All but 不再享受政策 and 清退."""
    status = HouseholdSpell.Status
    return [s for s in status.values if s not in (status.EXITED_CLOSED, status.REMOVED)]


def default_contact_kinds() -> list[str]:
    """Door-to-door visit, lecture attended by a member, leaflet signed for; loudspeaker, letter, chat group do not count."""
    return [Contact.Kind.VISIT, Contact.Kind.LECTURE, Contact.Kind.LEAFLET]


def default_helper_kinds() -> list[str]:
    """Every kind of person; a society never counts."""
    return [kind for kind in Helper.Kind.values if kind != Helper.Kind.SOCIETY]


def default_clean_items() -> list[str]:
    """The "five cleans" (五净)."""
    return ["院内", "室内", "厨房", "厕所", "个人"]


@track
class CountingRules(models.Model):
    """One version of "how we count" (统计口径) of a campaign year; the highest version is in force. Never edited."""

    campaign_year = models.ForeignKey(CampaignYear, models.PROTECT, related_name="rules", verbose_name=_("工作年度"))
    version = models.PositiveSmallIntegerField(_("版本"))
    statuses = ArrayField(
        models.CharField(max_length=20, choices=HouseholdSpell.Status),
        verbose_name=_("计入的脱贫属性"),
        default=default_statuses,
    )
    contact_kinds = ArrayField(
        models.CharField(max_length=20, choices=Contact.Kind),
        verbose_name=_("计入的宣传方式"),
        default=default_contact_kinds,
    )
    helper_kinds = ArrayField(
        models.CharField(max_length=20, choices=Helper.Kind),
        verbose_name=_("计入的包联人类别"),
        default=default_helper_kinds,
    )
    clean_items = ArrayField(
        models.CharField(max_length=20), verbose_name=_("家居清洁项目"), default=default_clean_items
    )
    goods_count_as_aid = models.BooleanField(_("实物助学计入"), default=True)
    visit_every_days = models.PositiveSmallIntegerField(_("走访间隔（天）"), default=90)
    helper_limit = models.PositiveSmallIntegerField(_("每名包联人最多包联（人）"), default=10)
    same_sex_for_children = models.BooleanField(_("为儿童优先安排同性别包联人"), default=True)
    reason = models.CharField(_("修改原因"), max_length=200)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("修改人")
    )
    changed_at = models.DateTimeField(_("修改时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("统计口径")
        ordering = ["campaign_year", "version"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "version"], name="counting_rules_version_once"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="counting_rules_reason",
                violation_error_message=_("修改统计口径必须写明原因。"),
            ),
            models.CheckConstraint(
                condition=Q(visit_every_days__gte=1) & Q(helper_limit__range=(1, 1000)),
                name="counting_rules_pairing_limits",
                violation_error_message=_("走访间隔至少1天，每名包联人包联1—1000人。"),
            ),
        ]
        triggers = touching.triggers("rule")

    def __str__(self) -> str:
        return f"{self.campaign_year} v{self.version}"


@track
class SpecialCircumstance(Fact):
    """An approved explanation (特殊情况说明) why a unit is not covered; shown as "of which explained", still a gap."""

    class Reason(models.TextChoices):
        AWAY = "away", _("长期外出")
        EMPTY_HOME = "empty_home", _("空挂户")
        IN_CARE = "in_care", _("集中供养")
        REBUILDING = "rebuilding", _("危房改造中")
        UNWILLING = "unwilling", _("本人不愿意")
        ILL = "ill", _("已患病")

    target = models.CharField(_("目标"), max_length=20, choices=Target)
    household = models.ForeignKey(
        "households.Household", models.PROTECT, null=True, blank=True, related_name="circumstances", verbose_name=_("贫困户")
    )  # fmt: skip
    person = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="circumstances", verbose_name=_("人员")
    )
    reason = models.CharField(_("情况"), max_length=20, choices=Reason)
    period = DateRangeField(_("起止日期"))
    approver = models.CharField(_("审批人"), max_length=60, blank=True)
    approved_on = models.DateField(_("审批日期"), null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}

    class Meta:
        verbose_name = verbose_name_plural = _("特殊情况说明")
        constraints = [
            void_has_reason("circumstance_void_reason"),
            models.CheckConstraint(
                condition=Q(period__isempty=False) & Q(period__startswith__isnull=False),
                name="circumstance_starts_on_a_day",
                violation_error_message=_("起始日期必须填写，且结束日期不得早于起始日期。"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(target__in=["publicity", "cleaning"]) & Q(household__isnull=False) & Q(person__isnull=True)
                )
                | (
                    Q(target__in=["pairing", "insurance", "schooling"])
                    & Q(household__isnull=True)
                    & Q(person__isnull=False)
                ),
                name="circumstance_unit_of_target",
                violation_error_message=_("宣传、清洁按户说明，包联、保障、助学按人说明。"),
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | ~Q(approver=""),
                name="circumstance_approver",
                violation_error_message=_("已审批的说明必须填写审批人。"),
            ),
        ]
        triggers = touching.triggers("fact_of_either")

    def __str__(self) -> str:
        return str(self.get_target_display())  # the reason may be an illness


class DateMultiRangeField(models.Field):
    """PostgreSQL `datemultirange`; psycopg's Multirange of date ranges in Python. Read only: coverage writes by SQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "datemultirange"

    def formfield(self, **kwargs: Any) -> None:
        return None


@DateMultiRangeField.register_lookup
class ContainsDay(models.Lookup[Any]):
    """`eligible__contains_day=day`."""

    lookup_name = "contains_day"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @> %s::date", (*left_params, self.rhs)


class Standing(models.Model):
    """Derived: when one unit (household or person) was eligible in one village for one target, covered, explained."""

    pk = models.CompositePrimaryKey("target", "village_code", "unit_id")
    target = models.CharField(max_length=20, choices=Target)
    village_code = models.CharField(max_length=12, db_collation="C")
    unit_id = models.BigIntegerField()
    eligible = DateMultiRangeField()
    covered = DateMultiRangeField()
    explained = DateMultiRangeField()

    scope_field: ClassVar[str] = "village_code"
    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["village_code"], name="standing_village")]


class Counts(models.Model):
    """The columns of a ledger row: head counts, and eligible, covered, explained, unexited of each target."""

    women = models.IntegerField()
    children = models.IntegerField()
    both = models.IntegerField()
    publicity_eligible = models.IntegerField()
    publicity_covered = models.IntegerField()
    publicity_explained = models.IntegerField()
    publicity_unexited = models.IntegerField(db_default=0)
    pairing_eligible = models.IntegerField()
    pairing_covered = models.IntegerField()
    pairing_explained = models.IntegerField()
    pairing_unexited = models.IntegerField(db_default=0)
    cleaning_eligible = models.IntegerField()
    cleaning_covered = models.IntegerField()
    cleaning_explained = models.IntegerField()
    cleaning_unexited = models.IntegerField(db_default=0)
    insurance_eligible = models.IntegerField()
    insurance_covered = models.IntegerField()
    insurance_explained = models.IntegerField()
    insurance_unexited = models.IntegerField(db_default=0)
    schooling_eligible = models.IntegerField()
    schooling_covered = models.IntegerField()
    schooling_explained = models.IntegerField()
    schooling_unexited = models.IntegerField(db_default=0)

    class Meta:
        abstract = True


class LedgerEntry(Counts):
    """Derived: by how much a region's figures change on a day."""

    pk = models.CompositePrimaryKey("region_code", "day")
    region_code = models.CharField(max_length=12, db_collation="C")
    day = models.DateField()

    scope_field: ClassVar[str] = "region_code"
    objects = ScopedManager()


class Checkpoint(Counts):
    """Derived: sums of a region's ledger entries, so that no read sums the whole past.

    span "Y": everything before 1 January `day`; span "M": from 1 January until before the first of the month `day`.
    As of a day = Y of its year + M of its month + the entries since.
    """

    pk = models.CompositePrimaryKey("region_code", "span", "day")
    region_code = models.CharField(max_length=12, db_collation="C")
    span = models.CharField(max_length=1)
    day = models.DateField()

    scope_field: ClassVar[str] = "region_code"
    objects = ScopedManager()
