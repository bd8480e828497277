"""Recording facts by hand: what moves the figures, what is refused and why, and that history has a name to it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction

from campaigns import coverage, operations, recording
from campaigns.models import Cleaning, Contact, Grant, Helper, InsuredPerson, Pairing, SpecialCircumstance
from households.access import READER, STEWARD, database_identity
from households.models import Household, Installation, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def demonstration_day(cast: Cast) -> None:
    """The business date stands still on the reporting day."""
    Installation.objects.update(is_demonstration=True)


@pytest.fixture
def home(demonstration_day: None) -> Household:
    """A household of a woman of 38 and a boy in grade 3."""
    return make.household()


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home)


@pytest.fixture
def boy(home: Household) -> Person:
    child = make.person(home, birth=date(2009, 3, 1), sex="M", relation="之子")
    make.enrolment(child)
    return child


def figure(target: str) -> tuple[int, int, int]:
    """(eligible, covered, explained) of the village on the reporting day."""
    coverage.settle_touched()
    found = coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].target(target)
    return found.eligible, found.covered, found.explained


def refusal(error: pytest.ExceptionInfo[ValidationError], at: str) -> str:
    assert list(error.value.message_dict) == [at]
    return error.value.message_dict[at][0]


def test_a_visit_covers_the_household(cast: Cast, home: Household, woman: Person) -> None:
    assert figure("publicity") == (1, 0, 0)
    fact = operations.record_contact(by=cast.officer_a, household=home, kind="visit", done_on=DAY)
    assert (fact.village_id, fact.recorded_by) == (make.VILLAGE_A, cast.officer_a)
    assert figure("publicity") == (1, 1, 0)


def test_a_loudspeaker_is_recorded_and_does_not_count(cast: Cast, home: Household, woman: Person) -> None:
    operations.record_contact(by=cast.officer_a, household=home, kind="loudspeaker", done_on=DAY)
    assert figure("publicity") == (1, 0, 0)


def test_a_lecture_needs_the_member_who_attended(cast: Cast, home: Household, woman: Person) -> None:
    with pytest.raises(ValidationError) as error:
        operations.record_contact(by=cast.officer_a, household=home, kind="lecture", done_on=DAY)
    assert "请选择参加的家庭成员" in refusal(error, "attended_by")
    stranger = make.person(make.household(make.VILLAGE_A2))
    with pytest.raises(ValidationError) as error:
        operations.record_contact(by=cast.officer_a, household=home, kind="lecture", done_on=DAY, attended_by=stranger)
    assert "不是本户成员" in refusal(error, "attended_by")
    operations.record_contact(by=cast.officer_a, household=home, kind="lecture", done_on=DAY, attended_by=woman)
    assert figure("publicity") == (1, 1, 0)


def test_a_cleaning_covers_and_a_voided_one_does_not(cast: Cast, home: Household, woman: Person) -> None:
    fact = operations.record_cleaning(by=cast.village_worker, household=home, done_on=DAY)
    assert figure("cleaning") == (1, 1, 0)
    recording.void(by=cast.village_worker, household=home, fact=fact, reason="登记错户")
    assert figure("cleaning") == (1, 0, 0)
    with pytest.raises(recording.AlreadyRecordedError):
        recording.void(by=cast.village_worker, household=home, fact=fact, reason="再作废一次")
    fact.refresh_from_db()
    assert fact.void_reason == "登记错户"
    operations.record_cleaning(by=cast.village_worker, household=home, done_on=DAY)
    assert figure("cleaning") == (1, 1, 0)


def test_voiding_needs_a_reason(cast: Cast, home: Household) -> None:
    with pytest.raises(ValidationError) as error:
        recording.void(by=cast.officer_a, household=home, fact=make.contact(home), reason="  ")
    assert "请填写作废原因" in refusal(error, "reason")


def test_a_round_of_cleaning_is_recorded_once(cast: Cast, home: Household) -> None:
    operations.record_cleaning(by=cast.officer_a, household=home, done_on=date(2018, 6, 1))
    with pytest.raises(ValidationError) as error:
        operations.record_cleaning(by=cast.officer_a, household=home, done_on=DAY)
    assert refusal(error, "round_number") == "该户这一轮清洁已有记录。"


def test_one_row_pairs_the_whole_household(cast: Cast, home: Household, woman: Person, boy: Person) -> None:
    helper = operations.add_helper(
        by=cast.officer_a, household=home, name="孙包联", kind="village_cadre", since=date(2018, 4, 1)
    )
    operations.record_pairing(
        by=cast.officer_a, household=home, people=[woman, boy], helper=helper, first=date(2018, 4, 2)
    )
    assert figure("pairing") == (2, 2, 0)


def test_a_pairing_with_people_already_paired_adds_the_others_only(
    cast: Cast, home: Household, woman: Person, boy: Person
) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "helper": make.helper(), "first": DAY}
    assert len(operations.record_pairing(people=[woman], **asked)) == 1
    assert [p.person for p in operations.record_pairing(people=[woman, boy], **asked)] == [boy]
    with pytest.raises(recording.AlreadyRecordedError):
        operations.record_pairing(people=[woman, boy], **asked)
    assert Pairing.objects.count() == 2


def test_a_grown_man_is_nobody_to_pair(cast: Cast, home: Household, woman: Person) -> None:
    man = make.person(home, sex="M", relation="户主")
    with pytest.raises(ValidationError) as error:
        operations.record_pairing(
            by=cast.officer_a, household=home, people=[woman, man], helper=make.helper(), first=DAY
        )
    assert "不是“包联关爱”的对象" in refusal(error, "people")
    assert not Pairing.objects.exists()


def test_a_helper_helps_while_in_office_only(cast: Cast, home: Household, woman: Person) -> None:
    helper = make.helper(active=period(date(2018, 5, 1), date(2018, 5, 31)))
    with pytest.raises(ValidationError) as error:
        operations.record_pairing(by=cast.officer_a, household=home, people=[woman], helper=helper, first=DAY)
    assert "2018-05-01 — 2018-05-31" in refusal(error, "first")


def test_a_society_never_pairs_personally(cast: Cast, home: Household, woman: Person) -> None:
    society = make.helper(kind="society")
    with pytest.raises(ValidationError) as error:
        operations.record_pairing(by=cast.officer_a, household=home, people=[woman], helper=society, first=DAY)
    assert "社团特色帮扶" in refusal(error, "kind")


def test_the_same_helper_given_twice_is_one(cast: Cast, home: Household) -> None:
    for phone in ("14403150001", "14403150001", "14403150002"):
        operations.add_helper(
            by=cast.officer_a, household=home, name="孙包联", kind="county_cadre", phone=phone, since=DAY
        )
    assert [h.region_id for h in Helper.objects.all()] == [make.COUNTY_A, make.COUNTY_A]


def test_a_village_worker_does_not_add_helpers_above_her_village(cast: Cast, home: Household) -> None:
    helper = operations.add_helper(
        by=cast.village_worker, household=home, name="孙包联", kind="county_cadre", since=DAY
    )
    assert helper.region_id == make.VILLAGE_A


def test_helpers_to_choose_are_those_in_scope_and_the_cadres_above(cast: Cast) -> None:
    own, cadre = make.helper(), make.helper(region_id=make.COUNTY_A, kind="county_cadre")
    other = make.helper(village=make.VILLAGE_A3)
    make.helper(village=make.VILLAGE_B)
    assert set(operations.helpers_for(cast.village_worker, make.VILLAGE_A)) == {own, cadre}
    assert set(operations.helpers_for(cast.officer_a, make.VILLAGE_A)) == {own, cadre, other}


def test_an_accepted_woman_is_insured_and_an_enrolled_one_is_not_yet(
    cast: Cast, home: Household, woman: Person
) -> None:
    asked: dict[str, Any] = {
        "by": cast.officer_a, "household": home, "person": woman, "policy": make.policy(), "first": DAY,
    }  # fmt: skip
    operations.record_insured(state="enrolled", **asked)
    assert figure("insurance") == (1, 0, 0)
    operations.record_insured(**asked)
    assert figure("insurance") == (1, 1, 0)
    assert InsuredPerson.objects.count() == 1


def test_only_women_of_the_schemes_ages_are_insured(cast: Cast, home: Household, woman: Person, boy: Person) -> None:
    policy = make.policy()
    old = make.person(home, birth=date(1950, 1, 1), relation="之母")
    for person, words in ((boy, "登记为男性"), (old, "为68周岁，方案承保18—64周岁")):
        with pytest.raises(ValidationError) as error:
            operations.record_insured(by=cast.officer_a, household=home, person=person, policy=policy, first=DAY)
        assert words in refusal(error, "person")
        assert error.value.error_dict["person"][0].code == recording.NOT_ELIGIBLE
    assert not InsuredPerson.objects.exists()


def test_insurance_begins_inside_the_policy(cast: Cast, home: Household, woman: Person) -> None:
    policy = make.policy(period=period(date(2018, 5, 1), date(2019, 4, 30)))
    with pytest.raises(ValidationError) as error:
        operations.record_insured(
            by=cast.officer_a, household=home, person=woman, policy=policy, first=date(2018, 4, 30)
        )
    assert "2018-05-01 — 2019-04-30" in refusal(error, "first")


def test_a_pupil_is_aided_and_others_are_not(cast: Cast, home: Household, woman: Person, boy: Person) -> None:
    asked: dict[str, Any] = {
        "by": cast.officer_a, "household": home, "granted_on": DAY, "project": make.project(), "amount": Decimal(500),
    }  # fmt: skip
    with pytest.raises(ValidationError) as error:
        operations.record_grant(person=woman, **asked)
    assert "不是“春蕾助学”的对象" in refusal(error, "person")
    operations.record_grant(person=boy, **asked)
    assert figure("schooling") == (1, 1, 0)
    with pytest.raises(ValidationError) as error:
        operations.record_grant(person=boy, **asked | {"project": make.project(girls_only=True)})
    assert "只资助女童" in refusal(error, "person")


def test_money_is_more_than_nothing(cast: Cast, home: Household, boy: Person) -> None:
    with pytest.raises(ValidationError) as error:
        operations.record_grant(
            by=cast.officer_a, household=home, person=boy, project=make.project(), granted_on=DAY, amount=Decimal(0)
        )
    assert refusal(error, "granted_on") == "金额必须大于0。"


def test_an_approved_explanation_stays_in_the_gap(cast: Cast, home: Household, woman: Person) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "reason": "away", "first": date(2018, 3, 1)}
    operations.record_circumstance(target="cleaning", **asked)
    assert figure("cleaning") == (1, 0, 0)
    operations.record_circumstance(
        target="pairing", person=woman, approver="李审批", approved_on=date(2018, 3, 2), **asked
    )
    assert figure("pairing") == (1, 0, 1)


def test_an_explanation_is_of_the_targets_own_unit(cast: Cast, home: Household, woman: Person) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "reason": "away", "first": DAY}
    with pytest.raises(ValidationError) as error:
        operations.record_circumstance(target="cleaning", person=woman, **asked)
    assert "按户说明" in refusal(error, "person")
    with pytest.raises(ValidationError) as error:
        operations.record_circumstance(target="pairing", **asked)
    assert "按人说明" in refusal(error, "person")
    with pytest.raises(ValidationError) as error:
        operations.record_circumstance(target="schooling", person=woman, **asked)
    assert "不是“春蕾助学”的对象" in refusal(error, "target")
    with pytest.raises(ValidationError) as error:
        operations.record_circumstance(target="pairing", person=woman, approved_on=DAY, **asked)
    assert "请同时填写审批人" in refusal(error, "approver")
    with pytest.raises(ValidationError) as error:
        operations.record_circumstance(target="pairing", person=woman, last=date(2018, 6, 29), **asked)
    assert "结束日期不能早于起始日期" in refusal(error, "last")


@pytest.mark.parametrize(("day", "words"), [(date(2018, 7, 1), "晚于数据日期"), (date(1918, 6, 1), "请核对年份")])
def test_days_ahead_and_before_the_campaign_are_refused(
    cast: Cast, home: Household, boy: Person, day: date, words: str
) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home}
    attempts: list[tuple[Any, str, dict[str, Any]]] = [
        (operations.record_contact, "done_on", {"kind": "visit", "done_on": day}),
        (operations.record_cleaning, "done_on", {"done_on": day}),
        (
            operations.record_grant, "granted_on",
            {"person": boy, "project": make.project(), "granted_on": day, "amount": Decimal(1)},
        ),
    ]  # fmt: skip
    for record, field, values in attempts:
        with pytest.raises(ValidationError) as error:
            record(**asked, **values)
        assert words in refusal(error, field)


def test_the_same_form_sent_twice_leaves_one_record(cast: Cast, home: Household, boy: Person) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home}
    attempts: list[tuple[Any, type, dict[str, Any]]] = [
        (operations.record_contact, Contact, {"kind": "visit", "done_on": DAY}),
        (operations.record_cleaning, Cleaning, {"done_on": DAY}),
        (
            operations.record_grant, Grant,
            {"person": boy, "project": make.project(), "granted_on": DAY, "amount": Decimal(1)},
        ),
        (
            operations.record_circumstance, SpecialCircumstance,
            {"target": "pairing", "person": boy, "reason": "away", "first": DAY},
        ),
    ]  # fmt: skip
    for record, model, values in attempts:
        record(**asked, **values)
        with pytest.raises(recording.AlreadyRecordedError):
            record(**asked, **values)
        assert model.objects.count() == 1


def test_nobody_records_outside_her_regions_or_without_the_permission(cast: Cast, home: Household) -> None:
    elsewhere = make.household(make.VILLAGE_A2)
    for user, household in (
        (cast.officer_b, home), (cast.leader, home), (cast.auditor, home), (cast.disabled, home),
        (cast.system_admin, home), (cast.village_worker, elsewhere),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            operations.record_contact(by=user, household=household, kind="visit", done_on=DAY)
    assert not Contact.objects.exists()


def test_a_household_that_moved_belongs_to_its_new_village(cast: Cast, demonstration_day: None) -> None:
    moved = make.household(since=date(2018, 5, 1))
    make.spell(moved, make.VILLAGE_B, since=date(2018, 1, 1), until=date(2018, 4, 30))
    assert recording.village_of(moved) == make.VILLAGE_A
    with pytest.raises(PermissionDenied):
        operations.record_contact(by=cast.officer_b, household=moved, kind="visit", done_on=DAY)
    operations.record_contact(by=cast.officer_a, household=moved, kind="visit", done_on=DAY)


def test_no_change_by_hand_is_without_a_name_and_a_reason(
    cast: Cast, home: Household, woman: Person, boy: Person
) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home}
    policy, project = make.policy(), make.project()
    known = {event: event.objects.count() for event in event_models()}
    helper = operations.add_helper(name="孙包联", kind="village_cadre", since=DAY, **asked)
    operations.record_pairing(people=[woman, boy], helper=helper, first=DAY, **asked)
    operations.record_insured(person=woman, policy=policy, first=DAY, **asked)
    operations.record_grant(person=boy, project=project, granted_on=DAY, amount=Decimal(1), **asked)
    operations.record_circumstance(target="pairing", person=boy, reason="away", first=DAY, **asked)
    operations.record_cleaning(done_on=DAY, **asked)
    fact = operations.record_contact(kind="visit", done_on=DAY, **asked)
    recording.void(fact=fact, reason="登记错户", **asked)
    written = 0
    for event, before in known.items():
        events = event.objects.order_by("pgh_id")[before:]
        written += len(events)
        assert all(e.pgh_context.metadata["user"] == cast.officer_a.pk for e in events)
        assert all(e.pgh_context.metadata["reason"] for e in events)
    assert written == 9


def event_models() -> list[Any]:
    """History models of both apps."""
    models = [*apps.get_app_config("households").get_models(), *apps.get_app_config("campaigns").get_models()]
    return [model for model in models if issubclass(model, pghistory.models.Event)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM campaigns_standing",
        "UPDATE campaigns_standing SET unit_id = 1",
        "UPDATE campaigns_ledgerentry SET women = 0",
        "INSERT INTO campaigns_ledgerentry (region_code, day) VALUES ('13', '2018-01-01')",
        "DELETE FROM campaigns_checkpoint",
    ],
)
def test_the_reader_never_writes_figures(db: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), database_identity(READER):
        execute(statement)


@pytest.mark.parametrize("identity", [READER, STEWARD])
def test_history_is_never_rewritten(db: None, identity: str) -> None:
    for event in event_models():
        table = event._meta.db_table
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET pgh_label = ''"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                with database_identity(identity):
                    execute(statement)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
