"""Merging two people loses nothing, the figures follow, and undoing restores both to the row."""

from datetime import date
from random import Random
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import coverage, recount
from campaigns.models import Contact, Grant, InsuredPerson, Pairing
from households.access import Role
from households.duplicates.finding import suspicion
from households.duplicates.merging import MergeRefused, merge, obstacles, relations, take_back
from households.intake.models import BatchPerson, ImportBatch, MissingDecision, StagedRow
from households.merge_rules import Follows, InTurn, Once, Stays
from households.models import Enrolment, Household, HouseholdSpell, Membership, PairDecision, Person, User
from households.periods import period, without
from tests import make
from tests.campaigns.random_register import LEVELS_OF, Builder, regions
from tests.conftest import Cast
from tests.households.intake.books import imported, write
from tests.households.intake.books import person as row_of

BORN = date(2008, 3, 8)
DAYS = [date(2018, 2, 28), date(2018, 6, 30), date(2018, 12, 31), date(2019, 9, 1)]
# Derived, or about the deciding itself.
NOT_COMPARED = {"standing", "ledgerentry", "checkpoint", "touchedvillage", "pairdecision"}


def state() -> dict[str, list[dict[str, Any]]]:
    """Every row of the register and its facts, encrypted columns in plain text."""
    found = {}
    for label in ("households", "campaigns"):
        for model in apps.get_app_config(label).get_models():
            if model._meta.model_name not in NOT_COMPARED and not issubclass(model, pghistory.models.Event):
                found[model.__name__] = [
                    {
                        field.attname: bytes(value) if isinstance(value := getattr(row, field.attname), memoryview) else value
                        for field in model._meta.concrete_fields
                    }
                    for row in model._default_manager.order_by("pk")
                ]  # fmt: skip
    return found


def later() -> Any:
    """What somebody does in a request of her own; tests share one transaction with the merge before."""
    return pghistory.context(reason="手工修改")


def joined(kept: Person, other: Person, by: User) -> PairDecision:
    """Merge, with the figures right afterwards."""
    decision = merge(kept=kept.pk, other=other.pk, reason="核对户口簿", by=by)
    assert_figures_right()
    return decision


def assert_figures_right() -> None:
    coverage.settle_touched()
    for day in DAYS:
        assert recount.verify(day) == []


def twins(**values: Any) -> tuple[Person, Person]:
    """A girl registered twice in two households of one village."""
    kept = make.person(make.household(), **{"name": "王小芳", "birth": BORN} | values)
    return kept, make.person(make.household(), **{"name": "王小芳", "birth": BORN} | values)


def days_of(rows: Any) -> list[tuple[date, date | None]]:
    return sorted((one.period.lower, one.period.upper) for one in rows)


def test_every_foreign_key_to_a_person_declares_what_becomes_of_it() -> None:
    found = relations()
    assert {type(relation.rule) for relation in found} <= {Follows, InTurn, Once, Stays}
    named = {(relation.model, relation.name) for relation in found}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Person:
                assert issubclass(model, pghistory.models.Event) or (model, field.name) in named, (model, field.name)
    # Without history there is nothing to restore a cut or removed row from.
    assert all(relation.has_history for relation in found if isinstance(relation.rule, InTurn))


@pytest.mark.parametrize(
    ("stored", "others", "left"),
    [
        ((1, 9), [], [(1, 9)]),
        ((1, 9), [(1, 9)], []),
        ((1, 9), [(0, 12)], []),
        ((1, 9), [(3, 5)], [(1, 3), (5, 9)]),
        ((1, 9), [(1, 3)], [(3, 9)]),
        ((1, 9), [(6, None)], [(1, 6)]),
        ((1, 9), [(9, None), (2, 4)], [(1, 2), (4, 9)]),
        ((1, None), [(3, 5), (0, 1)], [(1, 3), (5, None)]),
        ((1, None), [(3, None)], [(1, 3)]),
        ((1, None), [(1, None)], []),
    ],
)
def test_what_is_left_of_a_period(stored: Any, others: list[Any], left: list[Any]) -> None:
    def span(first: int, last: int | None) -> DateRange:
        return DateRange(date(2000 + first, 1, 1), date(2000 + last, 1, 1) if last is not None else None)

    assert without(span(*stored), [span(*one) for one in others]) == [span(*one) for one in left]


def test_facts_follow_and_what_overlaps_is_cut_or_voided_with_its_reason(cast: Cast) -> None:
    kept, other = twins()
    helper, policy, project = make.helper(), make.policy(), make.project()
    make.pairing(kept, helper, period=period(date(2018, 3, 1), date(2018, 5, 31)))
    long = make.pairing(other, helper, period=DateRange(date(2018, 1, 1), None))
    alone = make.pairing(other, period=period(date(2018, 1, 1), date(2018, 1, 31)))
    make.insured(kept, policy)
    double = make.insured(other, policy)
    make.grant(kept, project)
    twice = make.grant(other, project)
    make.circumstance(target="pairing", person=other)
    lecture = make.contact(make.household(), kind="lecture", attended_by=other)
    before = state()
    decision = joined(kept, other, cast.officer_a)
    with_helper = Pairing.objects.filter(person=kept, helper=helper)
    assert days_of(with_helper) == [
        (date(2018, 1, 1), date(2018, 3, 1)), (date(2018, 3, 1), date(2018, 6, 1)), (date(2018, 6, 1), None)
    ]  # fmt: skip
    assert set(with_helper.values_list("recorded_at", flat=True)) >= {long.recorded_at}
    assert with_helper.filter(recorded_at=long.recorded_at).count() == 2
    for row in (alone, double, twice, lecture):
        row.refresh_from_db()
    assert (alone.person, alone.voided_at) == (kept, None)
    for row in (double, twice):
        assert (row.person, bool(row.voided_at), row.void_reason) == (kept, True, "人员合并：与同一人的另一条记录重复")
    assert lecture.attended_by == kept
    assert kept.circumstances.count() == 1
    for model, name, _column, rule in relations():
        assert isinstance(rule, Stays) or not model._default_manager.filter(**{name: other}).exists()
    assert obstacles(decision) == []
    assert take_back(decision.pk, by=cast.officer_a)
    assert state() == before
    assert_figures_right()


def test_what_counts_wins_over_what_does_not_whosever_it_is(cast: Cast) -> None:
    kept, other = twins(birth=date(1980, 5, 1))
    helper, policy, project = make.helper(), make.policy(), make.project()
    area = make.pairing(kept, helper, kind="area")
    personal = make.pairing(other, helper, period=period(date(2018, 3, 1), date(2018, 5, 31)))
    enrolled = make.insured(kept, policy, state="enrolled")
    accepted = make.insured(other, policy)
    goods, money = make.grant(kept, project, is_goods=True), make.grant(other, project)
    before = state()
    decision = joined(kept, other, cast.officer_a)
    for row in (area, personal, enrolled, accepted, goods, money):
        row.refresh_from_db()
    assert personal.period == period(date(2018, 3, 1), date(2018, 5, 31))
    assert Pairing.objects.filter(kind="area", voided_at=None).count() == 2
    assert [bool(row.voided_at) for row in (enrolled, accepted, goods, money)] == [True, False, True, False]
    take_back(decision.pk, by=cast.officer_a)
    assert state() == before


def test_households_and_schools_of_the_kept_person_win_on_common_days(cast: Cast) -> None:
    kept, other = twins()
    mine, home = Membership.objects.get(person=kept), Membership.objects.get(person=other)
    Membership.objects.filter(pk=home.pk).update(period=DateRange(date(2015, 1, 1), None))
    make.enrolment(kept, grade=4)
    school = make.enrolment(other, grade=1, since=date(2015, 9, 1))
    late = Enrolment.objects.filter(pk=school.pk)
    late.update(period=period(date(2015, 9, 1), date(2017, 8, 31)))
    make.cleaning(home.household)
    before = state()
    decision = joined(kept, other, cast.officer_a)
    home.refresh_from_db()
    assert (home.person, home.period, home.end_reason) == (kept, DateRange(date(2015, 1, 1), make.START), "moved")
    assert Membership.objects.get(pk=mine.pk).period == DateRange(make.START, None)
    assert Enrolment.objects.filter(person=kept).count() == 2
    # Nobody lives in the other household any more: it keeps its registration, its cleaning and its page, and is told.
    assert decision.report["left_empty"] == [home.household_id]
    assert HouseholdSpell.objects.get(household=home.household).period.upper is None
    take_back(decision.pk, by=cast.officer_a)
    assert state() == before
    assert_figures_right()


def test_a_membership_of_which_no_day_is_left_goes_and_comes_back_as_it_was(cast: Cast) -> None:
    kept, other = twins()
    before = state()
    decision = joined(kept, other, cast.officer_a)
    assert Membership.objects.get().person == kept
    assert decision.report["rows"]["households.membership"] == {"removed": 1}
    take_back(decision.pk, by=cast.officer_a)
    assert state() == before


def test_a_grade_cut_at_its_beginning_is_promoted_and_schooling_over_is_dropped(cast: Cast) -> None:
    kept, other = twins()
    make.enrolment(kept, grade=4, since=date(2016, 9, 1))
    Enrolment.objects.filter(person=kept).update(period=period(date(2016, 9, 1), date(2017, 8, 31)))
    make.enrolment(other, grade=3, since=date(2015, 9, 1))
    joined(kept, other, cast.officer_a)
    rows = Enrolment.objects.filter(person=kept).order_by("period")
    assert [(one.period.lower.year, one.grade) for one in rows] == [(2015, 3), (2016, 4), (2017, 5)]
    graduate, again = twins(birth=date(2001, 3, 8), name="李花")
    make.enrolment(graduate, stage="senior", grade=10, since=date(2017, 9, 1))
    Enrolment.objects.filter(person=graduate).update(period=period(date(2017, 9, 1), date(2018, 8, 31)))
    make.enrolment(again, stage="junior", grade=9, since=date(2017, 9, 1))
    decision = joined(graduate, again, cast.officer_a)
    assert Enrolment.objects.get(person=graduate).stage == "senior"
    assert decision.report["rows"]["households.enrolment"] == {"removed": 1}


def test_blanks_are_filled_a_number_with_what_it_tells_and_all_of_it_goes_back(cast: Cast) -> None:
    kept, other = twins(survey={"政治面貌": "群众"}, health=["健康"], phone="14403150001")
    Person.objects.filter(pk=kept.pk).update(
        id_number=None, id_index=None, weak_index=b"weak", phone=None, sex="M", survey={"务工时间": 3}, nation="汉族",
        birth_date=date(2008, 3, 7), person_no="",
    )  # fmt: skip
    Person.objects.filter(pk=other.pk).update(nation="满族", education="小学", illness_insured=False, remark="备注")
    before = state()
    decision = joined(kept, other, cast.officer_a)
    kept.refresh_from_db()
    assert (kept.id_number, bytes(kept.id_index)) == (other.id_number, other.id_index)
    assert (kept.sex, kept.birth_date) == ("F", BORN)
    assert (kept.nation, kept.education, kept.phone, kept.remark) == ("汉族", "小学", "14403150001", "备注")
    assert (kept.illness_insured, kept.survey) == (False, {"政治面貌": "群众", "务工时间": 3})
    take_back(decision.pk, by=cast.officer_a)
    assert state() == before


def test_rows_without_history_follow_and_go_back(cast: Cast) -> None:
    kept, other = twins()
    for number in range(2):
        batch = ImportBatch.objects.create(
            created_by=cast.officer_a, regions=[make.COUNTY_A], file_name="名册.xlsx", file_size=1, file_digest=b"x"
        )
        for person in (kept, other)[number:]:
            BatchPerson.objects.create(batch=batch, person=person, outcome="created")
            StagedRow.objects.create(batch=batch, row_number=2, status="imported", payload=b"", person=person)
            MissingDecision.objects.create(
                batch=batch, person=person, choice="stays", day=make.START, decided_by=cast.officer_a
            )
    before = state()
    decision = joined(kept, other, cast.officer_a)
    assert BatchPerson.objects.filter(person=kept).count() == MissingDecision.objects.filter(person=kept).count() == 2
    assert StagedRow.objects.filter(person=kept).count() == 3
    assert BatchPerson.objects.filter(person=other).count() == 1  # the kept person stood in that roster herself
    take_back(decision.pk, by=cast.officer_a)
    assert state() == before


# --- undoing ----------------------------------------------------------------------------------------------------------


def test_undoing_is_refused_with_its_reason_where_somebody_has_worked_on_what_was_merged(cast: Cast) -> None:
    kept, other = twins()
    helper = make.helper()
    make.pairing(kept, helper, period=period(date(2018, 3, 1), date(2018, 5, 31)))
    long = make.pairing(other, helper)
    decision = joined(kept, other, cast.officer_a)
    long.refresh_from_db()
    long.period = period(date(2018, 1, 1), date(2018, 1, 31))
    with later():
        long.save()
    before = state()
    assert obstacles(decision) == ["合并后有人修改过“结对包联”中的有关记录，撤回会覆盖这些修改。"]
    with pytest.raises(MergeRefused, match="结对包联"):
        take_back(decision.pk, by=cast.officer_a)
    assert state() == before
    decision.refresh_from_db()
    assert decision.undone_at is None


def test_what_was_changed_beside_the_merge_stays_and_does_not_prevent_undoing(cast: Cast) -> None:
    kept, other = twins()
    moved = make.pairing(other)
    decision = joined(kept, other, cast.officer_a)
    with later():
        Pairing.objects.filter(pk=moved.pk).update(voided_at="2018-07-01T00:00Z", void_reason="填错")
        Person.objects.filter(pk=kept.pk).update(education="高中")
        new = make.pairing(kept)
    take_back(decision.pk, by=cast.officer_a)
    moved.refresh_from_db()
    kept.refresh_from_db()
    assert (moved.person, moved.void_reason, kept.education, new.person) == (other, "填错", "高中", kept)


def test_undoing_is_refused_where_a_new_record_stands_in_the_way(cast: Cast) -> None:
    kept, other = twins()
    helper = make.helper()
    make.pairing(kept, helper, kind="area")
    make.pairing(other, helper, period=period(date(2018, 3, 1), date(2018, 5, 31)))
    decision = joined(kept, other, cast.officer_a)
    with later():
        Pairing.objects.filter(kind="area").update(voided_at="2018-07-01T00:00Z", void_reason="填错")
        make.pairing(kept, helper, period=period(date(2018, 6, 1), date(2018, 8, 31)))
    with pytest.raises(MergeRefused):
        take_back(decision.pk, by=cast.officer_a)
    assert Person.objects.get(pk=other.pk).merged_into == kept


def test_merges_are_undone_from_the_last_one_on(cast: Cast) -> None:
    kept, other = twins()
    third = make.person(make.household(), name="王小芳", birth=BORN)
    make.pairing(other)
    before = state()
    first = joined(kept, other, cast.officer_a)
    second = joined(third, kept, cast.officer_a)
    assert Pairing.objects.get().person == third
    assert Person.objects.get(pk=other.pk).merged_into == third
    with pytest.raises(MergeRefused, match="请先撤回后来的合并"):
        take_back(first.pk, by=cast.officer_a)
    with pytest.raises(MergeRefused, match="已经并入别人"):
        merge(kept=third.pk, other=other.pk, reason="再来", by=cast.officer_a)
    take_back(second.pk, by=cast.officer_a)
    take_back(first.pk, by=cast.officer_a)
    assert take_back(first.pk, by=cast.officer_a) is False
    assert state() == before


def test_a_roster_with_the_former_number_means_the_kept_person(cast: Cast, tmp_path: Any) -> None:
    """… and never makes a third record; a roster with both numbers is to be looked at."""
    ours, former = make.id_number(date(1975, 2, 3)), make.id_number(date(1975, 2, 3))
    file = tmp_path / "roster.xlsx"
    imported(write(file, [row_of(与户主关系="配偶", 证件号码=ours)]), cast.officer_a)
    with later():
        other = make.person(make.household(), number=former, name="王小芳", birth=date(1975, 2, 3))
    kept = Person.objects.exclude(pk=other.pk).get()
    joined(kept, other, cast.officer_a)
    imported(write(file, [row_of(与户主关系="配偶", 证件号码=former, 文化程度="高中")]), cast.officer_a)
    kept.refresh_from_db()
    assert (Person.objects.count(), kept.education, kept.id_number) == (2, "高中", ours)
    elsewhere = row_of(与户主关系="配偶", 证件号码=former, 户编号="1302071042250002")
    imported(write(file, [elsewhere, row_of(与户主关系="配偶", 证件号码=ours)]), cast.officer_a)
    codes = {row.row_number: row.codes for row in StagedRow.objects.filter(status="held")}
    assert {row: "PERSON_MERGED" in found for row, found in codes.items()} == {2: True}


def test_history_names_who_merged_and_what(cast: Cast) -> None:
    kept, other = twins()
    pairing = make.pairing(other)
    decision = joined(kept, other, cast.officer_a)
    context = pairing.events.latest("pgh_id").pgh_context.metadata
    assert context == {"user": cast.officer_a.pk, "reason": "merge", "batch": str(decision.pk)}


# --- any two people ---------------------------------------------------------------------------------------------------


def run(seed: int) -> None:
    """Random facts on two people: merged nothing is lost, parted nothing differs, figures right throughout."""
    rng = Random(seed)
    with transaction.atomic():
        regions()
        user = User.objects.create(username="city", role=Role.FEDERATION_STAFF, regions=["13"])
        builder = Builder(seed)
        builder.build()
        kept, other = rng.sample(builder.people, 2)
        builder.people = [kept, other]
        for _more in range(rng.randint(0, 25)):
            builder.fact()
        for grant in Grant.objects.filter(person=kept)[:2]:
            Grant.objects.create(
                project=grant.project, person=other, granted_on=grant.granted_on, amount=1, village=grant.village,
                is_goods=rng.random() < 0.5,
            )  # fmt: skip
        coverage.settle_touched()
        before, figures, spans = state(), coverage.as_of(LEVELS_OF, DAYS[1]), covered_days(kept, other)
        decision = joined(kept, other, user)
        assert covered_days(kept) == spans
        for model, name, _column, rule in relations():
            assert isinstance(rule, Stays) or not model._default_manager.filter(**{name: other}).exists()
        assert obstacles(decision) == []
        assert take_back(decision.pk, by=user)
        assert state() == before
        assert_figures_right()
        assert coverage.as_of(LEVELS_OF, DAYS[1]) == figures
        transaction.set_rollback(True)


def covered_days(*people: Person) -> dict[str, Any]:
    """On which days somebody of them lived anywhere, was paired in person with whom, was insured on what; facts by kind."""
    live = {"person__in": people, "voided_at": None}
    return {
        "lived": union(Membership.objects.filter(person__in=people)),
        "paired": {
            helper: union(Pairing.objects.filter(kind="personal", helper=helper, **live))
            for helper in Pairing.objects.values_list("helper", flat=True)
        },
        "insured": {
            policy: union(InsuredPerson.objects.filter(state="accepted", policy=policy, **live))
            for policy in InsuredPerson.objects.values_list("policy", flat=True)
        },
        "aided": set(Grant.objects.filter(**live).values_list("project", "granted_on")),
        "attended": Contact.objects.filter(attended_by__in=people).count(),
    }


def union(rows: Any) -> list[tuple[date, date]]:
    """The days of all periods together, as few spans as there can be."""
    spans: list[tuple[date, date]] = []
    for lower, upper in sorted((one.period.lower, one.period.upper or date.max) for one in rows):
        if spans and lower <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], upper))
        else:
            spans.append((lower, upper))
    return spans


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_merging_and_parting_any_two_people_leaves_everything_as_it_was(seed: int) -> None:
    run(seed)


@pytest.mark.long
@pytest.mark.django_db
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_merging_and_parting_many_people_leaves_everything_as_it_was(seed: int) -> None:
    run(seed)


def test_a_pair_is_found_again_after_parting(cast: Cast) -> None:
    kept, other = twins()
    decision = joined(kept, other, cast.officer_a)
    assert suspicion(cast.officer_a, kept.pk, other.pk) is None
    take_back(decision.pk, by=cast.officer_a)
    assert suspicion(cast.officer_a, kept.pk, other.pk) is not None
    assert Household.objects.count() == 2
