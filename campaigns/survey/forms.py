"""The survey forms of a household's page. A question left at 未知 stays unknown."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _t

from campaigns.days import day_field
from campaigns.forms import RecordForm, person_field
from campaigns.household_page import Member
from campaigns.models import ChildSurvey, WomanSurvey
from campaigns.phones import PhoneField
from campaigns.survey import operations
from campaigns.survey.operations import is_child, is_woman

_ANSWERS = {"yes": True, "no": False}
UNKNOWN = ("", _t("未知"))


def answer_field(label: Any) -> forms.TypedChoiceField:
    """Yes, no or unknown (None)."""
    choices = (UNKNOWN, ("yes", _t("是")), ("no", _t("否")))
    return forms.TypedChoiceField(label=label, choices=choices, coerce=_ANSWERS.get, empty_value=None, required=False)


def choice_field(label: Any, choices: list[tuple[Any, Any]]) -> forms.ChoiceField:
    """One of a model's choices or unknown."""
    return forms.ChoiceField(label=label, choices=[UNKNOWN, *choices], required=False)


def text_field(label: Any, limit: int, **options: Any) -> forms.CharField:
    """A short text that may be left out."""
    return forms.CharField(label=label, max_length=limit, required=False, **options)


class SurveyForm(RecordForm):
    """Both surveys: whom, when. Members who are not to be surveyed are not offered."""

    of_target = None
    days = ("surveyed_on",)
    members_in = ("person",)

    def _offer_members(self, field: Any) -> None:
        """Those first who are to be surveyed; whom the form is not for may be chosen and is refused."""
        self.page = replace(self.page, members=sorted(self.page.members, key=lambda one: not self.is_asked(one)))
        super()._offer_members(field)

    def is_asked(self, member: Member) -> bool:
        """Is this member to be surveyed with this form?"""
        raise NotImplementedError


class WomanSurveyForm(SurveyForm):
    """A woman's survey."""

    operation = staticmethod(operations.record_woman_survey)

    person = person_field(_t("妇女"))
    surveyed_on = day_field(_t("调查日期"))
    marital = choice_field(_t("婚姻状况"), WomanSurvey.Marital.choices)
    left_behind = answer_field(_t("留守"))
    single_parent = answer_field(_t("单亲"))
    is_ill = answer_field(_t("是否患病"))
    illness = text_field(_t("患病情况"), 100, help_text=_t("加密保存，只有县级及以上和乡镇工作人员能看到。"))
    chronic = answer_field(_t("慢性病"))
    wants_work = answer_field(_t("就业意愿"))
    wants_training = answer_field(_t("培训意愿"))
    training_wish = text_field(_t("培训内容"), 100)
    wants_loan = answer_field(_t("贷款需求"))
    loan_amount = forms.DecimalField(
        label=_t("贷款金额（元）"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    skills = text_field(_t("技能特长"), 200)
    notes = text_field(_t("备注"), 300, help_text=_t("请勿写证件号码和病情。"))

    def is_asked(self, member: Member) -> bool:
        return is_woman(member.person.sex, member.person.birth_date, self.page.day)


class ChildSurveyForm(SurveyForm):
    """A child's survey."""

    operation = staticmethod(operations.record_child_survey)

    person = person_field(_t("儿童"))
    surveyed_on = day_field(_t("调查日期"))
    guardian = text_field(_t("监护人"), 60)
    guardian_relation = text_field(_t("监护人与儿童关系"), 20, help_text=_t("例如：父亲、祖母。"))
    guardian_phone = PhoneField(label=_t("监护人电话"), required=False)
    left_behind = choice_field(_t("留守情况"), ChildSurvey.LeftBehind.choices)
    single_parent = answer_field(_t("单亲"))
    orphan = answer_field(_t("孤儿"))
    in_hardship = answer_field(_t("困境儿童"))
    hardship = text_field(_t("困境类型"), 100, help_text=_t("加密保存，只有县级及以上和乡镇工作人员能看到。"))
    is_ill = answer_field(_t("是否患病"))
    illness = text_field(_t("患病情况"), 100)
    schooling = choice_field(_t("就学情况"), ChildSurvey.Schooling.choices)
    school = text_field(_t("就读学校"), 100)
    grade = text_field(_t("年级"), 20)
    notes = text_field(_t("备注"), 300, help_text=_t("请勿写证件号码和病情。"))

    def is_asked(self, member: Member) -> bool:
        return is_child(member.person.birth_date, self.page.day)


FORMS: dict[str, type[RecordForm]] = {"woman_survey": WomanSurveyForm, "child_survey": ChildSurveyForm}
