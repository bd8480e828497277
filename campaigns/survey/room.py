"""The baseline survey (调查摸底) as a working room, with the special circumstances."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.fact_corrections import CircumstanceCorrection
from campaigns.models import ChildSurvey, SpecialCircumstance, WomanSurvey
from campaigns.recording import days_text
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Link, Room
from campaigns.survey.facts import answer, yuan
from campaigns.survey.figures import FIGURES
from households.access import Permission
from households.models import Membership
from households.wording import word


def _with_home(rows: QuerySet[Any]) -> QuerySet[Any]:
    """`home_id`: the household the person belongs to now, or belonged to last."""
    homes = Membership.objects.filter(person=OuterRef("person")).order_by("-period").values("household")[:1]
    return rows.annotate(home_id=Subquery(homes))


def _home(row: Any) -> str:
    home = getattr(row, "home_id", None) or getattr(row, "household_id", None)
    return reverse("household", args=[home]) if home else ""


def _reason(row: SpecialCircumstance) -> str:
    """Illness is for the household's page, which knows who may see it."""
    return str(_("见贫困户页面") if row.reason == row.Reason.ILL else row.get_reason_display())


SURVEY = Room(
    key="survey",
    title=_("调查摸底"),
    lead=_("逐人摸清妇女和儿童的基本情况和意愿。"),
    pages=(
        Link("survey_rates", _("摸底进度"), _("各县、乡镇、村已调查的人数和未调查名单。"), Permission.VIEW_DASHBOARD),
        Link("survey_wishes", _("意愿汇总"), _("就业、培训、贷款意愿，未知的单独列出。"), Permission.VIEW_DASHBOARD),
    ),
    tables=(
        RecordTable(
            name="women",
            title=_("妇女摸底调查"),
            note=_("病情只在贫困户页面显示。"),
            how=_("在贫困户页面登记。"),
            model=WomanSurvey,
            columns=(
                Shown(_("姓名"), lambda row: row.person.name),
                Shown(_("登记村"), lambda row: row.village.path, "place"),
                Shown(_("调查日期"), lambda row: row.surveyed_on, "nowrap"),
                Shown(_("婚姻状况"), lambda row: row.get_marital_display()),
                Shown(_("留守"), lambda row: answer(row.left_behind)),
                Shown(_("单亲"), lambda row: answer(row.single_parent)),
                Shown(_("就业意愿"), lambda row: answer(row.wants_work)),
                Shown(_("培训意愿"), lambda row: answer(row.wants_training)),
                Shown(_("培训内容"), lambda row: row.training_wish),
                Shown(_("贷款需求"), lambda row: answer(row.wants_loan)),
                Shown(_("贷款金额"), yuan, "num"),
                Shown(_("技能特长"), lambda row: row.skills),
            ),
            day="surveyed_on",
            related=("person", "village"),
            filters=("marital",),
            refine=_with_home,
            link=_home,
            ledger="survey",
        ),
        RecordTable(
            name="children",
            title=_("儿童摸底调查"),
            note=_("困境类型和病情只在贫困户页面显示。"),
            how=_("在贫困户页面登记。"),
            model=ChildSurvey,
            columns=(
                Shown(_("姓名"), lambda row: row.person.name),
                Shown(_("登记村"), lambda row: row.village.path, "place"),
                Shown(_("调查日期"), lambda row: row.surveyed_on, "nowrap"),
                Shown(_("监护人"), lambda row: row.guardian),
                Shown(_("与儿童关系"), lambda row: word(row.guardian_relation)),
                Shown(_("留守情况"), lambda row: row.get_left_behind_display() or answer(None)),
                Shown(_("单亲"), lambda row: answer(row.single_parent)),
                Shown(_("就学情况"), lambda row: row.get_schooling_display() or answer(None)),
                Shown(_("就读学校"), lambda row: row.school),
                Shown(_("年级"), lambda row: word(row.grade)),
            ),
            day="surveyed_on",
            related=("person", "village"),
            filters=("left_behind", "schooling"),
            refine=_with_home,
            link=_home,
            ledger="survey",
        ),
        RecordTable(
            name="circumstances",
            title=_("特殊情况说明"),
            note=_("审批后计入“其中已说明”；仍属未完成。"),
            how=_("在贫困户页面登记。"),
            model=SpecialCircumstance,
            columns=(
                Shown(
                    _("户（人）"),
                    lambda row: row.person.name if row.person else row.household.head_name or _("（未登记户主）"),
                ),
                Shown(_("登记村"), lambda row: row.village.path, "place"),
                Shown(_("说明任务"), lambda row: row.get_target_display()),
                Shown(_("情况"), _reason),
                Shown(_("起止日期"), lambda row: days_text(row.period), "nowrap"),
                Shown(_("审批人"), lambda row: row.approver),
                Shown(_("审批日期"), lambda row: row.approved_on or _("尚未审批"), "nowrap"),
            ),
            related=("person", "household", "village"),
            filters=("target",),
            form=CircumstanceCorrection,
            is_corrected_only=True,
            refine=_with_home,
            link=_home,
            ledger="circumstances",
        ),
    ),
    ledgers=("survey", "circumstances", "combined"),
    figures=FIGURES,
)
