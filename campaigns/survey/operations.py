"""A survey recorded by hand (how: campaigns/recording.py)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.business_day import year_of
from campaigns.models import ChildSurvey, WomanSurvey
from campaigns.recording import check_day, check_member, check_row, recording, refuse, save_fact
from campaigns.survey.models import ONCE_A_YEAR
from households.models import Household, Person, User
from households.periods import age_on

# Questions of yes and no with the field that describes the yes.
DESCRIBED = {
    "is_ill": "illness", "wants_training": "training_wish", "wants_loan": "loan_amount", "in_hardship": "hardship",
}  # fmt: skip


def is_woman(sex: str, birth: date, day: date) -> bool:
    """Is she to be surveyed as a woman on the day: female, 16 or older?"""
    return sex == Person.Sex.FEMALE and age_on(birth, day) >= 16


def is_child(birth: date, day: date) -> bool:
    """Is she or he to be surveyed as a child on the day: younger than 18?"""
    return age_on(birth, day) < 18


def record_woman_survey(
    *, by: User, household: Household, person: Person, surveyed_on: date, **answers: Any
) -> WomanSurvey:
    """A woman was surveyed on a day. `answers`: the model's other fields; what is left out is unknown."""
    with recording(by, household, _("登记妇女摸底调查")) as village:
        check_day("surveyed_on", surveyed_on)
        check_member("person", household, person, surveyed_on)
        if not is_woman(person.sex, person.birth_date, surveyed_on):
            refuse("person", _("%(name)s在调查日不是16周岁及以上的妇女，请另选人员。") % {"name": person.name})
        survey = WomanSurvey(person=person, surveyed_on=surveyed_on, **_agreeing(answers))
        return _save(survey, by, village)


def record_child_survey(
    *, by: User, household: Household, person: Person, surveyed_on: date, **answers: Any
) -> ChildSurvey:
    """A child was surveyed on a day. `answers` as for a woman."""
    with recording(by, household, _("登记儿童摸底调查")) as village:
        check_day("surveyed_on", surveyed_on)
        check_member("person", household, person, surveyed_on)
        if not is_child(person.birth_date, surveyed_on):
            refuse("person", _("%(name)s在调查日已满18周岁，请另选人员。") % {"name": person.name})
        survey = ChildSurvey(person=person, surveyed_on=surveyed_on, **_agreeing(answers))
        return _save(survey, by, village)


def _agreeing(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers; a description stands for a yes, and beside a no it is refused."""
    made = dict(answers)
    for question, description in DESCRIBED.items():
        if not answers.get(description):
            continue
        if answers.get(question) is False:
            refuse(description, _("前一项选了“否”，这里请留空；确有这种情况的，请把前一项改为“是”。"))
        made[question] = True
    if made.get("wants_loan") is False:
        made["loan_amount"] = 0
    return made


def _save[S: (WomanSurvey, ChildSurvey)](survey: S, by: User, village: str) -> S:
    year = year_of(survey.surveyed_on)
    if year is None:
        refuse("surveyed_on", _("还没有建立工作年度，不能登记调查表，请联系市妇联。"))
    assert year is not None
    survey.campaign_year, survey.village_id, survey.recorded_by = year, village, by
    check_row(survey, at="person")
    same = {"person": survey.person, "campaign_year": year, "surveyed_on": survey.surveyed_on}
    if type(survey).objects.filter(voided_at=None, person=survey.person, campaign_year=year).exists():
        raise ValidationError({"person": ONCE_A_YEAR})
    return save_fact(survey, by, village, at="person", same=same)
