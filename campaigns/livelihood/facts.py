"""The room's facts on a household's page."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.fact_kinds import FactKind, of_people, words
from campaigns.livelihood.models import Attendance, Employment, ProjectPlan


def _yuan(text: str, amount: Decimal | None) -> str:
    return "" if amount is None else text % {"yuan": f"{amount:.2f}".removesuffix(".00")}


def _attendance(fact: Attendance) -> tuple[str, str, str]:
    session = fact.session
    return (
        fact.person.name if fact.person else fact.name,
        f"{session.day:%Y-%m-%d}",
        words(session.project.name, session.place, fact.get_mark_display()),
    )


def _employment(fact: Employment) -> tuple[str, str, str]:
    days = [
        f"{day:%Y-%m-%d}{label}"
        for day, label in (
            (fact.offered_on, _("推荐")),
            (fact.interviewed_on, _("面试")),
            (fact.employed_on, _("就业")),
            (fact.left_on, _("离岗")),
            (fact.declined_on, _("未达成")),
        )
        if day
    ]
    detail = words(
        fact.get_stage_display(),
        fact.enterprise,
        fact.title,
        fact.get_form_display(),
        _("手工产业") if fact.handicraft else "",
        _yuan(_("就业前%(yuan)s元/月"), fact.income_before),
        _yuan(_("就业后%(yuan)s元/月"), fact.income_after),
        fact.remark,
    )
    return fact.person.name, " ".join(days), detail


def _plan(fact: ProjectPlan) -> tuple[str, str, str]:
    planned = ""
    if fact.planned_on:
        planned = _("%(day)s谋划：%(project)s") % {"day": fact.planned_on, "project": fact.project or _("未写明")}
    need = _("有小额贷款需求") if fact.wants_loan else ""
    return (
        fact.person.name,
        f"{fact.told_on:%Y-%m-%d}",
        words(need, _yuan(_("需求%(yuan)s元"), fact.loan_amount), planned, fact.helped_by),
    )


FACTS: dict[str, FactKind] = {
    "attendance": FactKind(_t("技能培训"), Attendance, None, of_people, ("person", "session__project"), _attendance),
    "employment": FactKind(_t("就业"), Employment, None, of_people, ("person",), _employment),
    "plan": FactKind(_t("贷款需求与项目谋划"), ProjectPlan, None, of_people, ("person",), _plan),
}
