"""Surveys by hand, their figures, the rate by region and the list of who is not surveyed."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns import coverage, recording
from campaigns.fact_lines import fact_lines
from campaigns.models import ChildSurvey, WomanSurvey
from campaigns.survey.operations import record_child_survey, record_woman_survey
from campaigns.survey.rates import rates
from campaigns.survey.wishes import wishes
from households.models import Household, Installation, Person
from households.periods import age_on, born_by
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def home(cast: Cast) -> Household:
    Installation.objects.update(is_demonstration=True)
    return make.household()


def test_a_survey_by_hand_and_its_line(cast: Cast, home: Household) -> None:
    woman = make.person(home, name="钱桂兰")
    survey = record_woman_survey(
        by=cast.village_worker, household=home, person=woman, surveyed_on=date(2018, 3, 8), is_ill=True, illness="高血压",
        wants_work=False, wants_loan=True, loan_amount=20_000,
    )  # fmt: skip
    assert (survey.campaign_year.year, survey.village_id, survey.wants_training) == (2018, make.VILLAGE_A, None)
    told = fact_lines(home, [woman], sensitive=True)[0].detail
    assert "高血压" in told and "20000元" in told
    assert "培训" not in told  # unknown is not a no
    hidden = fact_lines(home, [woman], sensitive=False)[0].detail
    assert "患病" not in hidden and "高血压" not in hidden and "20000元" in hidden


def test_a_description_stands_for_a_yes_and_not_beside_a_no(cast: Cast, home: Household) -> None:
    asked: dict[str, Any] = {"by": cast.village_worker, "household": home, "surveyed_on": date(2018, 3, 8)}
    woman = record_woman_survey(person=make.person(home), loan_amount=5000, wants_training=False, **asked)
    assert (woman.wants_loan, woman.wants_training, woman.is_ill) == (True, False, None)
    with pytest.raises(ValidationError) as error:
        record_woman_survey(person=make.person(home), wants_training=False, training_wish="家政", **asked)
    assert list(error.value.message_dict) == ["training_wish"]
    child = make.person(home, birth=date(2010, 1, 1))
    assert record_child_survey(person=child, hardship="残疾", **asked).in_hardship is True


def test_one_survey_a_year_and_another_after_voiding(cast: Cast, home: Household) -> None:
    woman = make.person(home)
    asked: dict[str, Any] = {
        "by": cast.village_worker,
        "household": home,
        "person": woman,
        "surveyed_on": date(2018, 3, 8),
    }
    first = record_woman_survey(**asked)
    with pytest.raises(ValidationError) as error:
        record_woman_survey(**(asked | {"surveyed_on": date(2018, 5, 8)}))
    assert "只能有一份" in error.value.message_dict["person"][0]
    recording.void(by=cast.village_worker, household=home, fact=first, reason="问错人")
    assert record_woman_survey(**asked).pk != first.pk


@pytest.mark.parametrize(
    ("birth", "sex", "operation", "message"),
    [
        (date(2003, 1, 1), "F", record_woman_survey, "不是16周岁及以上的妇女"),
        (date(1980, 1, 1), "M", record_woman_survey, "不是16周岁及以上的妇女"),
        (date(2000, 3, 8), "F", record_child_survey, "已满18周岁"),
    ],
)
def test_who_is_not_to_be_surveyed_is_refused(
    cast: Cast, home: Household, birth: date, sex: str, operation: Any, message: str
) -> None:
    who = make.person(home, birth=birth, sex=sex)
    with pytest.raises(ValidationError) as error:
        operation(by=cast.village_worker, household=home, person=who, surveyed_on=date(2018, 3, 8))
    assert message in error.value.message_dict["person"][0]


def test_an_outsider_may_not_record(cast: Cast, home: Household) -> None:
    woman = make.person(home)
    with pytest.raises(PermissionDenied):
        record_woman_survey(by=cast.officer_b, household=home, person=woman, surveyed_on=date(2018, 3, 8))


def test_the_forms_of_the_household_page(cast: Cast, client: Client, home: Household) -> None:
    child = make.person(home, birth=date(2009, 3, 1), relation="之女")
    client.force_login(cast.village_worker)
    address = reverse("record_fact", args=[home.pk, "child_survey"])
    assert client.get(address).status_code == 200
    data = {
        "person": child.pk,
        "surveyed_on": "2018-03-08",
        "guardian": "王桂兰",
        "guardian_phone": "123",
        "orphan": "no",
    }
    page = client.post(address, data)
    assert "不是可用的电话号码" in page.content.decode()
    client.post(address, data | {"guardian_phone": "144 0315 0001", "left_behind": "one"})
    survey = ChildSurvey.objects.get()
    assert (survey.guardian_phone, survey.left_behind, survey.orphan) == ("14403150001", "one", False)
    assert survey.single_parent is None
    client.post(
        reverse("record_fact", args=[home.pk, "woman_survey"]), {"person": child.pk, "surveyed_on": "2018-03-08"}
    )
    assert not WomanSurvey.objects.exists()


@pytest.mark.parametrize(
    "day", [date(2018, 2, 28), date(2016, 2, 29), date(2018, 6, 30), date(2019, 3, 1), date(2018, 2, 27)]
)
@pytest.mark.parametrize("years", [16, 18])
def test_the_last_birthday_of_an_age(day: date, years: int) -> None:
    last = born_by(day, years)
    assert age_on(last, day) == years
    assert age_on(date.fromordinal(last.toordinal() + 1), day) == years - 1


def test_rates_count_the_registered_only(cast: Cast, home: Household) -> None:
    woman, girl = make.person(home), make.person(home, birth=date(2001, 5, 1), relation="之女")
    boy, gone = make.person(home, birth=date(2010, 1, 1), sex="M"), make.person(name="钱外人")
    make.woman_survey(woman)
    make.woman_survey(girl, on=date(2018, 6, 29))
    make.child_survey(boy)
    make.woman_survey(gone)  # surveyed, but no household: not registered on the day
    make.person(make.household(make.VILLAGE_B))
    coverage.settle_touched()
    found = rates([make.COUNTY_A, make.COUNTY_B], DAY)
    a, b = found[make.COUNTY_A], found[make.COUNTY_B]
    assert (a["women"].eligible, a["women"].covered, a["women"].percent) == (2, 2, 100.0)
    assert (a["children"].eligible, a["children"].covered) == (2, 1)
    assert (b["women"].eligible, b["women"].covered, b["children"].percent) == (1, 0, None)
    earlier = rates([make.COUNTY_A], date(2018, 6, 28))[make.COUNTY_A]["women"]
    assert (earlier.eligible, earlier.covered) == (2, 0)  # on that day nobody was surveyed yet


def test_a_survey_of_last_year_is_not_this_years(cast: Cast, home: Household) -> None:
    woman = make.person(home)
    make.woman_survey(woman)
    make.campaign_year(2019)
    coverage.settle_touched()
    assert rates([make.VILLAGE_A], date(2019, 1, 5))[make.VILLAGE_A]["women"].covered == 0
    assert rates([make.VILLAGE_A], date(2018, 12, 31))[make.VILLAGE_A]["women"].covered == 1


def test_the_list_of_who_is_missing_is_the_gap(cast: Cast, client: Client) -> None:
    for number in range(60):
        make.person(make.household(), birth=date(2009, 1, 1), name=f"孙小童{number}")
    surveyed = Person.objects.filter(name__in=["孙小童3", "孙小童4"])
    for child in surveyed:
        make.child_survey(child)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    address, seen, after = reverse("survey_missing", args=["children", make.COUNTY_A]), [], ""
    while True:
        page = client.get(address, {"day": "2018-06-30"} | ({"after": after} if after else {})).context["page"]
        seen += [line.name for line in page.lines]
        if not (after := page.next_key):
            break
    assert len(seen) == len(set(seen)) == 58
    assert not {"孙小童3", "孙小童4"} & set(seen)
    assert client.get(address, {"after": "nonsense"}).status_code == 404
    assert client.get(reverse("survey_missing", args=["men", make.COUNTY_A])).status_code == 404
    client.force_login(cast.leader)
    text = client.get(address, {"day": "2018-06-30"}).content.decode()
    assert "孙某某" in text and "孙小童" not in text


def test_pages_show_the_viewers_regions_only(cast: Cast, client: Client, home: Household) -> None:
    make.woman_survey(make.person(home), wants_work=True)
    coverage.settle_touched()
    client.force_login(cast.officer_b)
    for name in ("survey_rates", "survey_wishes"):
        assert client.get(reverse(name), {"region": make.COUNTY_A}).status_code == 404
    page = client.get(reverse("survey_wishes"))
    assert page.context["questions"][0][1].yes == 0
    client.force_login(cast.officer_a)
    assert client.get(reverse("survey_wishes")).context["questions"][0][1].yes == 1
    table = client.get(reverse("records", args=["survey", "women"])).content.decode()
    assert reverse("household", args=[home.pk]) in table


def test_illness_stands_in_no_table(cast: Cast, client: Client, home: Household) -> None:
    make.woman_survey(make.person(home), is_ill=True, illness="秘密病")
    make.child_survey(make.person(home, birth=date(2010, 1, 1)), in_hardship=True, hardship="秘密困境")
    make.circumstance(target="insurance", person=make.person(home), reason="ill")
    client.force_login(cast.village_worker)
    for name in ("women", "children", "circumstances"):
        text = client.get(reverse("records", args=["survey", name])).content.decode()
        assert "秘密" not in text and "已患病" not in text
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "秘密" not in page
    client.force_login(cast.officer_a)
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "秘密病" in page and "秘密困境" in page


def test_wishes_keep_unknown_apart(cast: Cast, home: Household, capsys: pytest.CaptureFixture[str]) -> None:
    for answer in (True, True, False, None):
        make.woman_survey(make.person(home), wants_work=answer)
    voided = make.woman_survey(make.person(home), wants_work=True)
    recording.void(by=cast.village_worker, household=home, fact=voided, reason="重复")
    found = wishes([make.COUNTY_A], DAY)[make.COUNTY_A][0]
    assert (found.yes, found.no, found.unknown) == (2, 1, 1)
    call_command("figures", "--json")
    figures = json.loads(capsys.readouterr().out)
    assert (figures["surveyed_women"], figures["surveyed_wants_work"], figures["surveyed_wants_work_unknown"]) == (
        4,
        2,
        1,
    )


def test_two_surveys_of_one_person_after_merging(cast: Cast, home: Household) -> None:
    from households.duplicates.merging import merge

    one, other = make.person(home), make.person(home)
    make.woman_survey(one, wants_work=True)
    make.woman_survey(other, wants_work=False)
    merge(kept=one.pk, other=other.pk, reason="同一人", by=cast.officer_a)
    valid = WomanSurvey.objects.get(voided_at=None)
    assert (valid.person, valid.wants_work) == (one, True)
    assert WomanSurvey.objects.filter(voided_at__isnull=False).count() == 1
