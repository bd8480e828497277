"""Jobs and income (产业就业互助): what is offered, what was taught, who found work and who plans a project."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, Undertaking, void_has_reason
from households.history import track
from households.merge_rules import Follows, MergeRule, Once, Spare
from households.models import Person


@track
class Enterprise(Undertaking):
    """A firm, workshop or cooperative that offers work. Contact and telephone are the firm's own, published ones."""

    name = models.CharField(_("企业名称"), max_length=100)
    line = models.CharField(_("行业"), max_length=60, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用工企业")
        constraints = [
            void_has_reason("enterprise_void_reason"),
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(voided_at__isnull=True),
                name="enterprise_once",
                violation_error_message=_("本区划已登记同名企业，请直接使用，不要重复登记。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Education(models.TextChoices):
    """The least schooling asked for, lowest first."""

    PRIMARY = "primary", _("小学及以上")
    JUNIOR = "junior", _("初中及以上")
    SENIOR = "senior", _("高中（中专）及以上")
    COLLEGE = "college", _("大专及以上")
    BACHELOR = "bachelor", _("本科及以上")


@track
class JobOffer(Undertaking):
    """Posts that an enterprise offers. What is asked for is empty where it does not matter; pay is in yuan a month."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="offers", verbose_name=_("企业"))
    title = models.CharField(_("岗位名称"), max_length=60)
    category = models.CharField(_("岗位类别"), max_length=40, help_text=_("例如：家政服务、手工编织、食品加工。"))
    posts = models.PositiveIntegerField(_("招聘人数"))
    handicraft = models.BooleanField(_("手工产业"), default=False)
    age_from = models.PositiveSmallIntegerField(_("年龄下限（周岁）"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("年龄上限（周岁，含）"), null=True, blank=True)
    sex = models.CharField(_("性别要求"), max_length=1, choices=Person.Sex, blank=True)
    education = models.CharField(_("学历要求"), max_length=10, choices=Education, blank=True)
    requirements = models.CharField(_("其他要求"), max_length=200, blank=True)
    place = models.ForeignKey(
        "households.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作所在区划")
    )
    place_text = models.CharField(_("工作地点"), max_length=100, blank=True)
    pay_from = models.DecimalField(_("月工资下限（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    pay_to = models.DecimalField(_("月工资上限（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    pay_text = models.CharField(_("薪资说明"), max_length=100, blank=True)
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    open_from = models.DateField(_("发布日期"))
    open_until = models.DateField(_("截止日期（含）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("就业岗位")
        indexes = [models.Index(fields=["region", "open_from"], name="job_offer_region_day")]
        constraints = [
            void_has_reason("job_offer_void_reason"),
            models.CheckConstraint(
                condition=Q(posts__gte=1),
                name="job_offer_has_posts",
                violation_error_message=_("招聘人数至少为1。"),
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_from__lte=F("age_to")),
                name="job_offer_ages_in_order",
                violation_error_message=_("年龄下限不能大于上限，请核对。"),
            ),
            models.CheckConstraint(
                condition=Q(pay_from__isnull=True) | Q(pay_from__gte=0),
                name="job_offer_pay_not_negative",
                violation_error_message=_("工资不能为负数。"),
            ),
            models.CheckConstraint(
                condition=Q(pay_to__isnull=True)
                | Q(pay_to__gte=F("pay_from"))
                | Q(pay_from__isnull=True, pay_to__gte=0),
                name="job_offer_pay_in_order",
                violation_error_message=_("月工资上限不能低于下限，请核对。"),
            ),
            models.CheckConstraint(
                condition=Q(open_until__isnull=True) | Q(open_until__gte=F("open_from")),
                name="job_offer_days_in_order",
                violation_error_message=_("截止日期不能早于发布日期。"),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "title", "sex", "place_text", "open_from"],
                condition=Q(voided_at__isnull=True),
                name="job_offer_once",
                violation_error_message=_("该企业当天已发布同名、同地点的岗位，请直接修改原记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.title}"


@track
class TrainingProject(Undertaking):
    """A course that can be held. `capacity`: how many it can teach, which says nothing about who came."""

    class Kind(models.TextChoices):
        HANDICRAFT = "handicraft", _("手工技能")
        AGRICULTURE = "agriculture", _("现代农业科技")
        OTHER = "other", _("其他技能")

    name = models.CharField(_("项目名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    organiser = models.CharField(_("主办单位"), max_length=100, blank=True)
    capacity = models.PositiveIntegerField(_("可培训人数"), null=True, blank=True)
    announced_on = models.DateField(_("发布日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("培训项目")
        constraints = [
            void_has_reason("training_void_reason"),
            models.UniqueConstraint(
                fields=["region", "name", "announced_on"],
                condition=Q(voided_at__isnull=True),
                name="training_once",
                violation_error_message=_("本区划当天已发布同名培训项目，请直接使用，不要重复登记。"),
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1),
                name="training_capacity_positive",
                violation_error_message=_("可培训人数至少为1；不知道的请留空。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track
class TrainingSession(Undertaking):
    """A project was or will be taught on a day; `region` is where."""

    project = models.ForeignKey(TrainingProject, models.PROTECT, related_name="sessions", verbose_name=_("培训项目"))
    day = models.DateField(_("培训日期"))
    place = models.CharField(_("培训地点"), max_length=100, blank=True)
    hours = models.DecimalField(_("学时"), max_digits=4, decimal_places=1, null=True, blank=True)
    headcount = models.PositiveIntegerField(
        _("参训人数"), null=True, blank=True, help_text=_("没有签到名单的填实到人数；有名单的按名单统计。")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("培训场次")
        indexes = [models.Index(fields=["region", "day"], name="session_region_day")]
        constraints = [
            void_has_reason("session_void_reason"),
            models.UniqueConstraint(
                fields=["project", "day", "region", "place"],
                condition=Q(voided_at__isnull=True),
                name="session_once",
                violation_error_message=_("该项目当天在同一地点的场次已经登记。"),
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0),
                name="session_hours_positive",
                violation_error_message=_("学时必须大于0；不知道的请留空。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.project}"


@track
class Attendance(Fact):
    """Somebody was on a session's list: a registered person, or somebody else by name, who is not registered for it.

    `id_index`: the blind index of such a person's identity number where the list tells one, to know her again; the number
    itself is not kept. `village`: hers, else the region of who recorded it.
    """

    class Mark(models.TextChoices):
        PRESENT = "present", _("到")
        LATE = "late", _("迟到")
        EARLY = "early", _("早退")
        EXCUSED = "excused", _("告假")
        ABSENT = "absent", _("未到")

    CAME: ClassVar[tuple[str, ...]] = ("present", "late", "early")

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="attendances", verbose_name=_("培训场次"))
    person = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, blank=True, related_name="attendances", verbose_name=_("学员")
    )
    name = models.CharField(_("未登记学员姓名"), max_length=60, blank=True)
    id_index = models.BinaryField(null=True, editable=False)
    mark = models.CharField(_("签到"), max_length=10, choices=Mark, default=Mark.PRESENT)

    merge_rules: ClassVar[dict[str, MergeRule]] = {
        "person": Once(("session_id",), Spare.VOIDED, best=("mark", "present"))
    }

    class Meta:
        verbose_name = verbose_name_plural = _("培训签到")
        indexes = [
            models.Index(fields=["person"], name="attendance_person"),
            models.Index(fields=["session"], name="attendance_session"),
        ]
        constraints = [
            void_has_reason("attendance_void_reason"),
            models.CheckConstraint(
                condition=(Q(person__isnull=False) & Q(name="")) | (Q(person__isnull=True) & ~Q(name="")),
                name="attendance_of_somebody",
                violation_error_message=_("学员填登记簿中的人，或填未登记学员的姓名，二者填一项。"),
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(voided_at__isnull=True, person__isnull=False),
                name="attendance_once",
                violation_error_message=_("该学员本场已经签到。"),
            ),
            models.UniqueConstraint(
                fields=["session", "name", "village", "id_index"],
                condition=Q(voided_at__isnull=True, person__isnull=True),
                nulls_distinct=False,
                name="attendance_by_name_once",
                violation_error_message=_("本场已有同村同名的未登记学员。确是另一人的，请在姓名后注明（如“（大）”）。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id or self.name}"


@track
class Employment(Fact):
    """A person's way to a job: offered, interviewed, employed, left, each with its day. Income is in yuan a month."""

    class Stage(models.TextChoices):
        OFFERED = "offered", _("已推荐")
        INTERVIEWED = "interviewed", _("已面试")
        EMPLOYED = "employed", _("已就业")
        LEFT = "left", _("已离岗")
        DECLINED = "declined", _("未达成")

    class Form(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业就业")
        HOME = "home", _("居家就业")
        PUBLIC = "public", _("公益性岗位")
        OWN = "own", _("自主创业")
        AWAY = "away", _("外出务工")
        OTHER = "other", _("其他")

    person = models.ForeignKey("households.Person", models.PROTECT, related_name="employments", verbose_name=_("妇女"))
    offer = models.ForeignKey(
        JobOffer, models.PROTECT, null=True, blank=True, related_name="employments", verbose_name=_("推荐岗位")
    )
    enterprise = models.CharField(_("企业（雇主）"), max_length=100, blank=True)
    title = models.CharField(_("岗位"), max_length=60, blank=True)
    form = models.CharField(_("就业形式"), max_length=10, choices=Form, default=Form.ENTERPRISE)
    handicraft = models.BooleanField(_("手工产业"), default=False)
    stage = models.CharField(_("进展"), max_length=12, choices=Stage, default=Stage.OFFERED)
    offered_on = models.DateField(_("推荐日期"), null=True, blank=True)
    interviewed_on = models.DateField(_("面试日期"), null=True, blank=True)
    employed_on = models.DateField(_("就业日期"), null=True, blank=True)
    left_on = models.DateField(_("离岗日期"), null=True, blank=True)
    declined_on = models.DateField(_("未达成日期"), null=True, blank=True)
    remark = models.CharField(_("原因或说明"), max_length=200, blank=True)
    income_before = models.DecimalField(_("就业前月收入（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    income_after = models.DecimalField(_("就业后月收入（元）"), max_digits=10, decimal_places=2, null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}

    class Meta:
        verbose_name = verbose_name_plural = _("就业跟踪")
        indexes = [
            models.Index(fields=["person"], name="employment_person"),
            models.Index(fields=["offer"], name="employment_offer"),
        ]
        constraints = [
            void_has_reason("employment_void_reason"),
            models.CheckConstraint(
                condition=~Q(title="") | ~Q(enterprise="") | Q(offer__isnull=False),
                name="employment_names_the_job",
                violation_error_message=_("请填写岗位或企业。"),
            ),
            models.CheckConstraint(
                condition=Q(stage="offered", offered_on__isnull=False, interviewed_on__isnull=True)
                & Q(employed_on__isnull=True, left_on__isnull=True, declined_on__isnull=True)
                | Q(stage="interviewed", interviewed_on__isnull=False, employed_on__isnull=True)
                & Q(left_on__isnull=True, declined_on__isnull=True)
                | Q(stage="employed", employed_on__isnull=False, left_on__isnull=True, declined_on__isnull=True)
                | Q(stage="left", employed_on__isnull=False, left_on__isnull=False, declined_on__isnull=True)
                | Q(stage="declined", employed_on__isnull=True, left_on__isnull=True, declined_on__isnull=False),
                name="employment_stage_has_its_day",
                violation_error_message=_("进展与日期不一致：每一步都要有它的日期，还没有到的一步不能填日期。"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(interviewed_on__isnull=True) | Q(offered_on__isnull=True) | Q(interviewed_on__gte=F("offered_on"))
                )
                & (Q(employed_on__isnull=True) | Q(offered_on__isnull=True) | Q(employed_on__gte=F("offered_on")))
                & (
                    Q(employed_on__isnull=True)
                    | Q(interviewed_on__isnull=True)
                    | Q(employed_on__gte=F("interviewed_on"))
                )
                & (Q(left_on__isnull=True) | Q(left_on__gte=F("employed_on")))
                & (Q(declined_on__isnull=True) | Q(offered_on__isnull=True) | Q(declined_on__gte=F("offered_on"))),
                name="employment_days_in_order",
                violation_error_message=_("日期顺序应为：推荐≤面试≤就业≤离岗。"),
            ),
            models.CheckConstraint(
                condition=(Q(income_before__isnull=True) | Q(income_before__gte=0))
                & (Q(income_after__isnull=True) | Q(income_after__gte=0)),
                name="employment_income_not_negative",
                violation_error_message=_("收入不能为负数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.enterprise} {self.title}"

    @property
    def day(self) -> object:
        """The day of the present stage."""
        return getattr(self, f"{self.stage}_on")


@track
class ProjectPlan(Fact):
    """A woman's need of microcredit and the project she was helped to plan: never a loan that was given."""

    person = models.ForeignKey(
        "households.Person", models.PROTECT, related_name="project_plans", verbose_name=_("妇女")
    )
    told_on = models.DateField(_("登记日期"))
    wants_loan = models.BooleanField(_("有小额贷款需求"), default=False)
    loan_amount = models.DecimalField(_("需求金额（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    project = models.CharField(_("谋划的产业项目"), max_length=100, blank=True)
    planned_on = models.DateField(_("谋划日期"), null=True, blank=True)
    helped_by = models.CharField(_("帮助谋划人"), max_length=60, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}

    class Meta:
        verbose_name = verbose_name_plural = _("贷款需求与项目谋划")
        indexes = [models.Index(fields=["person"], name="project_plan_person")]
        constraints = [
            void_has_reason("project_plan_void_reason"),
            models.CheckConstraint(
                condition=Q(wants_loan=True) | Q(planned_on__isnull=False),
                name="project_plan_tells_something",
                violation_error_message=_("请填写贷款需求，或填写产业项目谋划的日期。"),
            ),
            models.CheckConstraint(
                condition=Q(loan_amount__isnull=True) | Q(loan_amount__gt=0, wants_loan=True),
                name="project_plan_amount_of_a_need",
                violation_error_message=_("需求金额必须大于0，并勾选有小额贷款需求。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.told_on} {self.project}"
