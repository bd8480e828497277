"""Jobs and income (产业就业互助) as a working room."""

from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaigns.livelihood.entry_forms import EnterpriseForm, JobOfferForm, TrainingProjectForm, TrainingSessionForm
from campaigns.livelihood.figures import FIGURES
from campaigns.models import (
    Attendance,
    Employment,
    Enterprise,
    JobOffer,
    ProjectPlan,
    TrainingProject,
    TrainingSession,
)
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Link, Room


def pay_words(offer: JobOffer) -> str:
    """The pay of an offer as people say it."""
    low, high = (f"{one:.0f}" if one is not None else "" for one in (offer.pay_from, offer.pay_to))
    if low and high and low != high:
        return _t("%(low)s—%(high)s元/月") % {"low": low, "high": high}
    if low and not high:
        return _t("%(low)s元/月以上") % {"low": low}
    if high:
        return _t("%(high)s元/月") % {"high": high}
    return offer.pay_text or _t("面议")


def demand_words(offer: JobOffer) -> str:
    """What an offer asks for, in one line."""
    low, high = offer.age_from, offer.age_to
    ages = ""
    if low and high:
        ages = _t("%(low)s—%(high)s周岁") % {"low": low, "high": high}
    elif low or high:
        ages = _t("%(low)s周岁以上") % {"low": low} if low else _t("%(high)s周岁以下") % {"high": high}
    sex = str(offer.get_sex_display()) if offer.sex else ""
    education = str(offer.get_education_display()) if offer.education else ""
    return " · ".join(filter(None, (sex, ages, education, offer.requirements))) or _t("不限")


def _with_attendance(rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    came = Q(attendances__voided_at=None, attendances__mark__in=Attendance.CAME)
    return rows.annotate(came=Count("attendances", filter=came))


def _with_sessions(rows: QuerySet[TrainingProject]) -> QuerySet[TrainingProject]:
    return rows.annotate(held=Count("sessions", filter=Q(sessions__voided_at=None)))


def _yuan(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.0f}"


ENTERPRISES = RecordTable(
    name="enterprises",
    title=_("用工企业"),
    model=Enterprise,
    note=_("提供岗位的企业、合作社和手工作坊。"),
    columns=(
        Shown(_("企业名称"), lambda one: one.name),
        Shown(_("所属区划"), lambda one: one.region.path, "place"),
        Shown(_("行业"), lambda one: one.line),
        Shown(_("地址"), lambda one: one.address),
        Shown(_("联系人"), lambda one: one.contact),
        Shown(_("联系电话"), lambda one: one.phone, "nowrap"),
    ),
    related=("region",),
    search=("name", "line"),
    form=EnterpriseForm,
    offered=True,
    ledger="jobs",
)
OFFERS = RecordTable(
    name="offers",
    title=_("就业岗位"),
    model=JobOffer,
    note=_("一条是一家企业的一个岗位；招聘人数相加就是岗位数，不同的岗位类别就是种类数。"),
    columns=(
        Shown(_("岗位"), lambda one: one.title),
        Shown(_("类别"), lambda one: one.category),
        Shown(_("企业"), lambda one: one.enterprise.name),
        Shown(_("所属区划"), lambda one: one.region.path, "place"),
        Shown(_("招聘人数"), lambda one: one.posts, "num"),
        Shown(_("要求"), demand_words),
        Shown(_("薪资"), pay_words),
        Shown(_("发布日期"), lambda one: one.open_from, "nowrap"),
        Shown(_("截止日期"), lambda one: one.open_until, "nowrap"),
    ),
    day="open_from",
    related=("region", "enterprise"),
    search=("title", "category", "enterprise__name"),
    filters=("sex",),
    form=JobOfferForm,
    offered=True,
    ledger="jobs",
)
TRAININGS = RecordTable(
    name="trainings",
    title=_("培训项目"),
    model=TrainingProject,
    note=_("可培训人数是项目的规模，不是实际参加的人数。"),
    columns=(
        Shown(_("项目名称"), lambda one: one.name),
        Shown(_("类别"), lambda one: one.get_kind_display()),
        Shown(_("所属区划"), lambda one: one.region.path, "place"),
        Shown(_("主办单位"), lambda one: one.organiser),
        Shown(_("可培训人数"), lambda one: one.capacity, "num"),
        Shown(_("培训场次"), lambda one: one.held, "num"),
        Shown(_("发布日期"), lambda one: one.announced_on, "nowrap"),
    ),
    day="announced_on",
    related=("region",),
    search=("name", "organiser"),
    filters=("kind",),
    form=TrainingProjectForm,
    link=lambda one: reverse("livelihood_training", args=[one.pk]),
    offered=True,
    ledger="courses",
    refine=_with_sessions,
)
SESSIONS = RecordTable(
    name="sessions",
    title=_("培训场次"),
    model=TrainingSession,
    note=_("打开一场，可以登记签到。"),
    columns=(
        Shown(_("培训场次"), lambda one: f"{one.day} {one.project.name}"),
        Shown(_("举办区划"), lambda one: one.region.path, "place"),
        Shown(_("地点"), lambda one: one.place),
        Shown(_("学时"), lambda one: one.hours, "num"),
        Shown(_("参加（人次）"), lambda one: one.came or one.headcount or 0, "num"),
    ),
    day="day",
    related=("region", "project"),
    search=("project__name", "place"),
    form=TrainingSessionForm,
    link=lambda one: reverse("livelihood_session", args=[one.pk]),
    offered=True,
    ledger="courses",
    refine=_with_attendance,
)
ATTENDANCES = RecordTable(
    name="attendances",
    title=_("培训签到"),
    model=Attendance,
    note=_("谁参加了哪一场；登记簿以外的学员只记姓名。"),
    how=_("在培训场次页登记。"),
    columns=(
        Shown(_("学员"), lambda one: one.person.name if one.person else one.name),
        Shown(_("在册"), lambda one: _t("建档立卡") if one.person_id else _t("其他学员")),
        Shown(_("登记村"), lambda one: one.village.path, "place"),
        Shown(_("培训项目"), lambda one: one.session.project.name),
        Shown(_("培训日期"), lambda one: one.session.day, "nowrap"),
        Shown(_("签到"), lambda one: one.get_mark_display()),
    ),
    related=("person", "village", "session__project"),
    filters=("mark",),
    link=lambda one: reverse("livelihood_session", args=[one.session_id]),
    ledger="attendances",
)
EMPLOYMENTS = RecordTable(
    name="employments",
    title=_("就业跟踪"),
    model=Employment,
    note=_("从推荐、面试到就业、离岗，每一步都有日期。"),
    how=_("在岗位匹配页推荐，在贫困户页面登记。"),
    columns=(
        Shown(_("妇女"), lambda one: one.person.name),
        Shown(_("登记村"), lambda one: one.village.path, "place"),
        Shown(_("岗位"), lambda one: " ".join(filter(None, (one.enterprise, one.title)))),
        Shown(_("就业形式"), lambda one: one.get_form_display()),
        Shown(_("手工产业"), lambda one: one.handicraft),
        Shown(_("进展"), lambda one: one.get_stage_display()),
        Shown(_("日期"), lambda one: one.day, "nowrap"),
        Shown(_("就业前月收入（元）"), lambda one: _yuan(one.income_before), "num"),
        Shown(_("就业后月收入（元）"), lambda one: _yuan(one.income_after), "num"),
    ),
    related=("person", "village"),
    filters=("stage", "form"),
    link=lambda one: reverse("livelihood_employment", args=[one.pk]),
    ledger="employments",
)
PLANS = RecordTable(
    name="plans",
    title=_("贷款需求与项目谋划"),
    model=ProjectPlan,
    note=_("这里登记的是需求和谋划，不是已经发放的贷款。"),
    how=_("在贫困户页面登记。"),
    columns=(
        Shown(_("妇女"), lambda one: one.person.name),
        Shown(_("登记村"), lambda one: one.village.path, "place"),
        Shown(_("登记日期"), lambda one: one.told_on, "nowrap"),
        Shown(_("有小额贷款需求"), lambda one: one.wants_loan),
        Shown(_("需求金额（元）"), lambda one: _yuan(one.loan_amount), "num"),
        Shown(_("谋划的产业项目"), lambda one: one.project),
        Shown(_("谋划日期"), lambda one: one.planned_on, "nowrap"),
        Shown(_("帮助谋划人"), lambda one: one.helped_by),
    ),
    day="told_on",
    related=("person", "village"),
    link=lambda one: reverse("livelihood_home", args=[one.person_id]),
    ledger="employments",
)

LIVELIHOOD = Room(
    key="livelihood",
    title=_("产业就业互助"),
    lead=_("征集岗位、组织培训、帮助妇女就业增收。没有百分百任务，只统计数量。"),
    pages=(
        Link("livelihood_matching", _("岗位匹配"), _("为岗位找合适的妇女，为妇女找合适的岗位，写明理由，逐步跟踪。")),
    ),
    tables=(OFFERS, EMPLOYMENTS, TRAININGS, SESSIONS, ATTENDANCES, PLANS, ENTERPRISES),
    leading=("job_posts", "training_attendances"),
    ledgers=("jobs", "courses", "attendances", "employments"),
    figures=FIGURES,
)
