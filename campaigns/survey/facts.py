"""Surveys as lines of a household's page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.fact_kinds import FactKind, of_people, words
from campaigns.models import ChildSurvey, WomanSurvey
from households.wording import word

# What officers write of guardians: who reads English sees it translated (`word`).
RELATIONS = (
    _t("父亲"), _t("母亲"), _t("祖父"), _t("祖母"), _t("外祖父"), _t("外祖母"), _t("爷爷"), _t("奶奶"), _t("姥爷"), _t("姥姥"),
    _t("叔叔"), _t("伯父"), _t("姑姑"), _t("舅舅"), _t("姨母"), _t("哥哥"), _t("姐姐"), _t("其他亲属"),
)  # fmt: skip


def answer(value: bool | None) -> str:
    """A yes, a no, or unknown, in words."""
    return _("未知") if value is None else _("是") if value else _("否")


def yuan(survey: WomanSurvey) -> str:
    """The loan wished for, "" where none is told."""
    if not survey.loan_amount:
        return ""
    return _("%(yuan)s元") % {"yuan": f"{survey.loan_amount.normalize():f}"}


def _said(title: str, value: bool | None, detail: str = "") -> str:
    """A question with its answer; nothing where the answer is unknown."""
    if value is None:
        return ""
    shown = answer(value)
    if value and detail:
        shown = _("%(answer)s，%(detail)s") % {"answer": shown, "detail": detail}
    return _("%(title)s：%(value)s") % {"title": title, "value": shown}


def _woman(survey: WomanSurvey) -> tuple[str, str, str]:
    detail = words(
        survey.get_marital_display(),
        _said(_("留守"), survey.left_behind),
        _said(_("单亲"), survey.single_parent),
        _said(_("患病"), survey.is_ill, survey.illness or (_("慢性病") if survey.chronic else "")),
        _said(_("就业意愿"), survey.wants_work),
        _said(_("培训意愿"), survey.wants_training, survey.training_wish),
        _said(_("贷款需求"), survey.wants_loan, yuan(survey)),
        survey.skills,
        survey.notes,
    )
    return survey.person.name, f"{survey.surveyed_on:%Y-%m-%d}", detail


def _child(survey: ChildSurvey) -> tuple[str, str, str]:
    guardian = words(survey.guardian, word(survey.guardian_relation))
    detail = words(
        _("监护人%(name)s") % {"name": guardian} if guardian else "",
        survey.get_left_behind_display(),
        _said(_("孤儿"), survey.orphan),
        _said(_("单亲"), survey.single_parent),
        _said(_("困境儿童"), survey.in_hardship, survey.hardship),
        _said(_("患病"), survey.is_ill, survey.illness),
        survey.get_schooling_display(),
        survey.school,
        word(survey.grade),
        survey.notes,
    )
    return survey.person.name, f"{survey.surveyed_on:%Y-%m-%d}", detail


def _hide_woman(survey: WomanSurvey) -> None:
    survey.is_ill, survey.illness, survey.chronic, survey.notes = None, "", None, ""


def _hide_child(survey: ChildSurvey) -> None:
    survey.is_ill, survey.illness, survey.notes = None, "", ""
    survey.in_hardship, survey.hardship, survey.orphan = None, "", None


FACTS: dict[str, FactKind] = {
    "woman_survey": FactKind(_t("妇女摸底调查"), WomanSurvey, None, of_people, ("person",), _woman, _hide_woman),
    "child_survey": FactKind(_t("儿童摸底调查"), ChildSurvey, None, of_people, ("person",), _child, _hide_child),
}
