"""The register in time: regions, users, households, people, and who lived where when.

Valid time (half-open `daterange`, no two overlapping per owner) is kept for spells, memberships and enrolments; all
other columns hold the latest known value, their past is in the change history (pghistory, statement level).
"""

from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from households import touching
from households.access import Permission, Role, allows, within
from households.accounts.models import Invitation, RememberedDevice
from households.audit.models import AuditEntry, AuditSeal
from households.comparing.models import ComparedLine, ListComparison
from households.data_requests.models import DataRequest
from households.duplicates.models import PairDecision
from households.encryption import EncryptedTextField
from households.history import track
from households.intake.models import BatchPerson, ColumnMapping, Decision, ImportBatch, MissingDecision, StagedRow
from households.merge_rules import Follows, InTurn, MergeRule, Spare
from households.pinyin import INITIALS, SYLLABLES
from households.querysets import ScopedManager
from households.reveals.models import RevealRequest

__all__ = [
    "AuditEntry", "AuditSeal", "BatchPerson", "ColumnMapping", "ComparedLine", "DataRequest", "Decision", "Enrolment", "Household",
    "HouseholdSpell", "ImportBatch", "Installation", "Invitation", "ListComparison", "Membership", "MissingDecision",
    "PairDecision", "Person", "Region", "RegionAlias", "RememberedDevice", "RevealRequest", "StagedRow",
    "TouchedVillage", "User",
]  # fmt: skip


def starts_on_a_day(name: str) -> models.CheckConstraint:
    """A period has a first day: not empty, not open to the past."""
    return models.CheckConstraint(
        condition=Q(period__isempty=False) & Q(period__startswith__isnull=False),
        name=name,
        violation_error_message=_("起始日期必须填写，且结束日期不得早于起始日期。"),
    )


def county_of_village(name: str) -> models.CheckConstraint:
    """The denormalised county code agrees with the village."""
    return models.CheckConstraint(
        condition=Q(county_code=Left("village_id", 6)),
        name=name,
        violation_error_message=_("县区代码与所在村不一致。"),
    )


class Region(models.Model):
    """One division of the statistical code list; one code vintage per installation.

    `code`: 2 province, 4 city, 6 county, 9 township, 12 village digits; its prefixes are its ancestors.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        TOWNSHIP = "township", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True, db_collation="C")
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60, help_text=_("去掉“村民委员会”等后缀后的名称，用于显示"))
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(_("全称"), max_length=200, help_text=_("县 / 乡镇 / 村"))
    position = models.PositiveIntegerField(_("官方排序"))

    scope_field: ClassVar[str] = "code"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")
        ordering = ["position"]
        indexes = [models.Index(fields=["parent", "position"], name="region_children")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                name="region_code_digits",
                violation_error_message=_("区划代码应为2、4、6、9或12位数字。"),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class RegionAlias(models.Model):
    """Another name on paper for a region: old name, short form, rare-character spelling."""

    alias = models.CharField(_("别名"), max_length=60)
    region = models.ForeignKey(Region, models.CASCADE, related_name="aliases", verbose_name=_("现行区划"))
    is_old_name = models.BooleanField(_("曾用名"), default=False)
    note = models.CharField(_("说明"), max_length=120, blank=True)

    scope_field: ClassVar[str] = "region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("区划别名")
        constraints = [models.UniqueConstraint(fields=["alias", "region"], name="region_alias_once")]

    def __str__(self) -> str:
        return self.alias


class Installation(models.Model):
    """One row: names the keys this database was written with."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key_fingerprint = models.CharField(max_length=32)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_one_row")]


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["password", "last_login", "password_is_initial"],
)
class User(AbstractUser):
    """A person who signs in: one role, and the regions she works for."""

    first_name = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    regions = ArrayField(
        models.CharField(max_length=12), verbose_name=_("负责区划"), default=list, blank=True,
        help_text=_("区划代码，可填多个；只能看到这些区划以内的数据"),
    )  # fmt: skip

    password_is_initial = models.BooleanField(
        default=False, db_default=False, help_text=_("由他人设置的初始密码：登录后必须先修改")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="user_role_known",
                violation_error_message=_("角色不在列表中。"),
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False),
                name="user_never_superuser",
                violation_error_message=_("本系统不使用超级用户，请选择角色。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def may(self, permission: Permission) -> bool:
        """Does the role include this permission (inside the user's regions)?"""
        return allows(self.role, permission)

    def covers(self, code: str) -> bool:
        """Is the region inside the user's regions?"""
        return within(code, self.regions)


@track
class Household(models.Model):
    """A registered household (建档立卡户). Where it lives and its poverty status are spells."""

    number = models.CharField(_("户编号"), max_length=30, blank=True)
    county_code = models.CharField(_("县区代码"), max_length=6, db_collation="C")
    head_name = models.CharField(_("户主姓名"), max_length=60, blank=True)
    attribute = models.CharField(_("贫困户属性"), max_length=30, blank=True)
    main_cause = models.CharField(_("主要致贫原因"), max_length=30, blank=True)
    income_per_head = models.DecimalField(_("人均纯收入（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    phone = EncryptedTextField(verbose_name=_("户主联系电话"), purpose="household.phone", null=True, blank=True)
    address = EncryptedTextField(verbose_name=_("家庭住址"), purpose="household.address", null=True, blank=True)
    exited_on = models.CharField(_("脱贫时间"), max_length=20, blank=True)
    survey = models.JSONField(_("其他登记项"), default=dict, blank=True, help_text=_("危房、饮水等名册中的其他户信息"))

    scope_field: ClassVar[str] = "county_code"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("贫困户")
        indexes = [
            models.Index(fields=["county_code", "head_name"], name="household_head"),
            models.Index(OpClass("head_name", "varchar_pattern_ops"), name="household_head_begins"),
            models.Index(fields=["number"], name="household_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"],
                condition=~Q(number=""),
                name="household_number_once_a_county",
                violation_error_message=_("本县区已有相同户编号的贫困户。"),
            ),
            models.CheckConstraint(
                condition=Q(income_per_head__isnull=True) | Q(income_per_head__gte=0),
                name="household_income_not_negative",
                violation_error_message=_("人均纯收入不能为负数。"),
            ),
        ]
        triggers = touching.triggers("household")

    def __str__(self) -> str:
        return self.head_name or self.number or str(self.pk)


@track
class HouseholdSpell(models.Model):
    """For a period, the household was registered in a village with a poverty status."""

    class Status(models.TextChoices):
        NOT_EXITED = "not_exited", _("未脱贫")
        PLANNED = "planned", _("预脱贫")
        EXITED = "exited", _("已脱贫")
        EXITED_ENTITLED = "exited_entitled", _("已脱贫（享受政策）")
        EXITED_CLOSED = "exited_closed", _("已脱贫（不再享受政策）")
        FALLEN_BACK = "fallen_back", _("返贫")
        REMOVED = "removed", _("清退")
        UNKNOWN = "unknown", _("不详")  # no roster has told it yet, or none in words that we know

    # Still poor: not exited, planned to exit, fallen back.
    UNEXITED: ClassVar = (Status.NOT_EXITED, Status.PLANNED, Status.FALLEN_BACK)

    household = models.ForeignKey(Household, models.PROTECT, related_name="spells", verbose_name=_("贫困户"))
    village = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("所在村"))
    county_code = models.CharField(_("县区代码"), max_length=6, db_collation="C")
    status = models.CharField(_("脱贫属性"), max_length=20, choices=Status)
    period = DateRangeField(_("起止日期"))
    reason = models.CharField(_("变动原因"), max_length=60, blank=True)

    scope_field: ClassVar[str] = "village_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("贫困户登记时段")
        indexes = [models.Index(fields=["village", "household"], name="spell_village")]
        constraints = [
            starts_on_a_day("spell_starts_on_a_day"),
            county_of_village("spell_county_of_village"),
            models.CheckConstraint(
                condition=Q(status__in=[
                    "not_exited", "planned", "exited", "exited_entitled", "exited_closed", "fallen_back", "removed", "unknown",
                ]),
                name="spell_status_known",
                violation_error_message=_("脱贫属性不在列表中。"),
            ),
            ExclusionConstraint(
                name="spell_no_overlap",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("同一户的登记时段不能重叠。"),
            ),
        ]  # fmt: skip
        triggers = touching.triggers("spell")

    def __str__(self) -> str:
        return f"{self.village_id} {self.get_status_display()}"


@track
class Person(models.Model):
    """One human being for life.

    Identity: `id_index`, the blind index of the ID number's 18 characters; else `person_no` within the household; else
    `weak_index` (household + name + birth date), marked by `is_weak`. A record that was merged into another keeps its
    identity, by which rosters and searches find the person it points at; everything else about her hangs on that one.
    """

    class Sex(models.TextChoices):
        FEMALE = "F", _("女")
        MALE = "M", _("男")

    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("出生日期"))
    id_number = EncryptedTextField(verbose_name=_("证件号码"), purpose="person.id_number", null=True, blank=True)
    id_index = models.BinaryField(null=True, unique=True, editable=False)
    weak_index = models.BinaryField(null=True, unique=True, editable=False)
    person_no = models.CharField(_("人编号"), max_length=30, blank=True)
    county_code = models.CharField(_("县区代码"), max_length=6, db_collation="C")
    nation = models.CharField(_("民族"), max_length=20, blank=True)
    education = models.CharField(_("文化程度"), max_length=20, blank=True)
    school_status = models.CharField(_("在校生状况"), max_length=20, blank=True)
    health = ArrayField(models.CharField(max_length=20), verbose_name=_("健康状况"), default=list, blank=True)
    disability_category = models.CharField(_("残疾类别"), max_length=10, blank=True)
    disability_level = models.CharField(_("残疾等级"), max_length=10, blank=True)
    labour = models.CharField(_("劳动技能"), max_length=20, blank=True)
    illness_insured = models.BooleanField(_("是否参加大病医疗"), null=True, blank=True)
    phone = EncryptedTextField(verbose_name=_("联系电话"), purpose="person.phone", null=True, blank=True)
    remark = EncryptedTextField(verbose_name=_("备注"), purpose="person.remark", null=True, blank=True)
    survey = models.JSONField(_("其他登记项"), default=dict, blank=True, help_text=_("务工等名册中的其他个人信息"))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", verbose_name=_("已并入")
    )

    scope_field: ClassVar[str] = "county_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"merged_into": Follows()}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("家庭成员")
        indexes = [
            models.Index(fields=["county_code", "name"], name="person_name"),
            models.Index(OpClass("name", "varchar_pattern_ops"), name="person_name_begins"),
            models.Index(OpClass(SYLLABLES, "text_pattern_ops"), name="person_pinyin"),
            models.Index(OpClass(INITIALS, "text_pattern_ops"), name="person_initials"),
            GinIndex(fields=["health"], name="person_health"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sex__in=["F", "M"]),
                name="person_sex_known",
                violation_error_message=_("性别应为男或女。"),
            ),
            models.CheckConstraint(
                condition=(Q(id_index__isnull=False) & Q(id_number__isnull=False))
                | (Q(id_index__isnull=True) & (~Q(person_no="") | Q(weak_index__isnull=False)))
                | Q(merged_into__isnull=False),
                name="person_has_identity",
                violation_error_message=_("每个人必须有证件号码、人编号，或者（户、姓名、出生日期）三项。"),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="person_has_name",
                violation_error_message=_("姓名不能为空。"),
            ),
        ]
        triggers = touching.triggers("person")

    def __str__(self) -> str:
        return self.name

    @property
    def is_weak(self) -> bool:
        """Known without an ID number: to be confirmed when one becomes known."""
        return self.id_index is None


@track
class Membership(models.Model):
    """For a period, the person belonged to the household."""

    class EndReason(models.TextChoices):
        DIED = "died", _("死亡")
        MARRIED_OUT = "married_out", _("婚嫁迁出")
        MOVED = "moved", _("迁往他户")
        LEFT = "left", _("其他减少")
        MISTAKE = "mistake", _("登记有误")

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships", verbose_name=_("贫困户"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("家庭成员"))
    county_code = models.CharField(_("县区代码"), max_length=6, db_collation="C")
    relation = models.CharField(_("与户主关系"), max_length=20, blank=True)
    period = DateRangeField(_("起止日期"))
    end_reason = models.CharField(_("减少原因"), max_length=20, choices=EndReason, blank=True)

    scope_field: ClassVar[str] = "county_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": InTurn((), Spare.REMOVED)}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("家庭成员关系")
        constraints = [
            starts_on_a_day("membership_starts_on_a_day"),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("同一个人不能同时属于两户。"),
            ),
            ExclusionConstraint(
                name="membership_one_head",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(relation="户主"),
                violation_error_message=_("一户同时只能有一名户主。"),
            ),
        ]
        triggers = touching.triggers("membership")

    def __str__(self) -> str:
        return f"{self.household_id} {self.person_id}"


@track
class Enrolment(models.Model):
    """For a period, the child was at school; `grade` is that of the period's first day, 1 to 12, NULL = unknown.

    A known grade is promoted each 1 September and compulsory schooling ends after grade 9.
    """

    class Stage(models.TextChoices):
        PRESCHOOL = "preschool", _("学前教育")
        PRIMARY = "primary", _("小学")
        JUNIOR = "junior", _("初中")
        SENIOR = "senior", _("高中阶段")
        TERTIARY = "tertiary", _("大专及以上")

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name=_("学生"))
    county_code = models.CharField(_("县区代码"), max_length=6, db_collation="C")
    stage = models.CharField(_("学段"), max_length=10, choices=Stage)
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    school = models.CharField(_("学校"), max_length=100, blank=True)
    period = DateRangeField(_("起止日期"))

    scope_field: ClassVar[str] = "county_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": InTurn((), Spare.REMOVED)}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("就读情况")
        constraints = [
            starts_on_a_day("enrolment_starts_on_a_day"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True)
                | (Q(stage="primary") & Q(grade__range=(1, 6)))
                | (Q(stage="junior") & Q(grade__range=(7, 9)))
                | (Q(stage="senior") & Q(grade__range=(10, 12))),
                name="enrolment_grade_in_stage",
                violation_error_message=_("年级与学段不符：小学1—6，初中7—9，高中阶段10—12。"),
            ),
            ExclusionConstraint(
                name="enrolment_no_overlap",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("同一名学生的就读时段不能重叠。"),
            ),
        ]
        triggers = touching.triggers("enrolment")

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_stage_display()}"


class TouchedVillage(models.Model):
    """A village whose register or facts changed since its figures were settled. Written by triggers only."""

    village_code = models.CharField(max_length=12, db_collation="C", db_index=True)
    touched_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    scope_field: ClassVar[str] = "village_code"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("待更新村")
