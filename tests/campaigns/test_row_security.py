"""The second wall: what the reader identity sees with raw SQL, and what a forgotten filter would show."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from campaigns import coverage, recording
from campaigns.models import Attendance, Contact
from households.access import READER, act_for, database_identity
from households.models import Household, Person, TouchedVillage
from households.periods import period
from households.querysets import ScopedQuerySet
from tests import make
from tests.conftest import Cast

PEOPLE = {"Person", "Household", "Helper"}
# Staged rows are sealed with a key that the database does not have, filled by COPY and reached through their upload; a
# sheet's rows hold numbers of households and nothing else.
SEALED = {"households_stagedrow", "campaigns_sheetrow"}
OTHER_TOWNSHIP = "130207100"


def tables_of_people() -> Iterator[type[models.Model]]:
    """Every table of ours whose rows are, or point at, people; the history copies apart."""
    for app in ("households", "campaigns"):
        for model in apps.get_app_config(app).get_models():
            points = any(
                field.is_relation and field.related_model.__name__ in PEOPLE for field in model._meta.concrete_fields
            )
            if (points or model.__name__ in PEOPLE) and not hasattr(model, "pgh_tracked_model"):
                yield model


def answer(statement: str, *regions: str, user: int | None = None) -> list[Any]:
    """Rows of raw SQL as the reader, acting for the regions."""
    with transaction.atomic(), database_identity(READER):
        act_for(regions, user)
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())


def count(table: str, *regions: str) -> int:
    return int(answer(f"SELECT count(*) FROM {table}", *regions)[0][0])


@pytest.fixture
def both(cast: Cast) -> tuple[Person, Person]:
    """A woman of county A and one of county B, each with every kind of fact that the factories make."""
    found = []
    for village, county in ((make.VILLAGE_A, make.COUNTY_A), (make.VILLAGE_B, make.COUNTY_B)):
        home = make.household(village)
        who = make.person(home)
        child = make.person(home, birth=date(2009, 1, 1))
        make.enrolment(child)
        there: dict[str, Any] = {"village": village}
        helper = make.helper(village=village, region_id=county)
        make.contact(home, **there), make.cleaning(home, **there), make.goods(home, **there)
        make.pairing(who, helper, **there), make.visit(home, helper, **there), make.insured(who, **there)
        make.grant(child, **there), make.pledge(child, **there), make.relief(child, **there)
        make.woman_survey(who, **there), make.child_survey(child, **there)
        make.circumstance(household=home, target="cleaning", **there)
        make.participant(region_id=county)
        make.data_request(who, cast.officer_a)
        found.append(who)
    return found[0], found[1]


def test_every_table_of_people_has_the_wall() -> None:
    walled = {row[0] for row in rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    for model in tables_of_people():
        assert model._meta.db_table in walled | SEALED, model
        history = f"{model._meta.db_table}event"
        columns = {
            row[0] for row in rows(f"SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('{history}')")
        }
        if columns & {"county_code", "village_id", "region_id"}:
            assert history in walled, history


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """All of it is about the database."""


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_nobody_sees_nothing_and_a_county_sees_its_own(both: tuple[Person, Person]) -> None:
    seen = 0
    for model in tables_of_people():
        table = model._meta.db_table
        if table in SEALED or not (whole := rows(f"SELECT count(*) FROM {table}")[0][0]):
            continue
        assert count(table) == 0, table
        assert count(table, "1302") == whole, table
        assert count(table, make.COUNTY_A) == count(table, make.COUNTY_B) == whole // 2, table
        seen += 1
    assert seen >= 18


def test_history_is_behind_the_same_wall(both: tuple[Person, Person]) -> None:
    assert count("households_personevent") == 0
    assert count("households_personevent", make.COUNTY_A) == 2
    assert count("campaigns_contactevent", make.COUNTY_B) == 1


def test_township_and_village_see_no_more_than_their_own(both: tuple[Person, Person]) -> None:
    for table in ("households_person", "households_household", "households_membership", "campaigns_contact"):
        assert count(table, make.VILLAGE_A) == count(table, make.TOWNSHIP_A) == count(table, make.COUNTY_A) > 0, table
        assert count(table, OTHER_TOWNSHIP) == 0, table


def test_who_came_to_ones_own_training_is_counted_wherever_she_lives(both: tuple[Person, Person]) -> None:
    held = make.training_session()
    for village in (make.VILLAGE_A, make.VILLAGE_B):
        Attendance.objects.create(session=held, name="来宾", village_id=village)
    assert (count("campaigns_attendance", make.COUNTY_A), count("campaigns_attendance", make.COUNTY_B)) == (2, 1)


def test_what_was_recorded_elsewhere_is_seen_with_the_person(both: tuple[Person, Person]) -> None:
    mine, _other = both
    make.insured(mine, village=make.VILLAGE_B)
    assert count("campaigns_insuredperson", make.COUNTY_A) == 2
    helper = make.helper(village=make.VILLAGE_B, region_id=make.COUNTY_B, name="外县包联人")
    make.pairing(mine, helper)
    names = {row[0] for row in answer("SELECT name FROM campaigns_helper", make.VILLAGE_A)}
    assert "外县包联人" in names


def test_the_reader_records_nothing_of_another_county(both: tuple[Person, Person]) -> None:
    other = Household.objects.get(county_code=make.COUNTY_B)
    with pytest.raises(ProgrammingError, match="row-level security"):
        answer(
            "INSERT INTO campaigns_contact (household_id, village_id, kind, done_on, day_told, recorded_at, place, speaker, void_reason)"
            f" VALUES ({other.pk}, '{make.VILLAGE_B}', 'visit', '2018-06-01', 'day', now(), '', '', '') RETURNING 1",
            make.COUNTY_A,
        )


def test_another_countys_rows_are_not_changed(both: tuple[Person, Person]) -> None:
    assert len(answer("UPDATE households_person SET name = '改' RETURNING id", make.COUNTY_A)) == 2
    assert len(answer("DELETE FROM campaigns_contact RETURNING id", make.COUNTY_A)) == 1
    assert Person.objects.filter(county_code=make.COUNTY_B, name="改").count() == 0
    assert Contact.objects.filter(village_id=make.VILLAGE_B).count() == 1


def test_a_forgotten_filter_shows_nothing(
    both: tuple[Person, Person], client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = both
    Person.objects.filter(pk=mine.pk).update(name="甲县妇女")
    Household.objects.filter(county_code=make.COUNTY_A).update(head_name="甲县户主")
    Household.objects.filter(county_code=make.COUNTY_B).update(head_name="乙县户主")
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, _user: self.all())
    client.force_login(cast.officer_a)
    page = client.get(reverse("households")).content.decode()
    assert "甲县户主" in page and "乙县户主" not in page
    home = other.memberships.get().household_id
    assert client.get(reverse("household", args=[home])).status_code == 404


def test_the_figures_of_county_and_city_stay_right(both: tuple[Person, Person], client: Client, cast: Cast) -> None:
    coverage.settle_touched()
    client.force_login(cast.federation_staff)
    assert "2" in client.get(reverse("dashboard")).content.decode()
    whole = coverage.as_of([make.CITY], make.REPORTING_DAY)[make.CITY]
    parts = coverage.as_of([make.COUNTY_A, make.COUNTY_B], make.REPORTING_DAY)
    assert whole.target("publicity").covered == sum(part.target("publicity").covered for part in parts.values()) == 2


def test_a_change_touches_villages_that_its_author_does_not_see(cast: Cast, client: Client) -> None:
    """A household that moved: the worker of today's village records something, both villages' figures move."""
    home = make.household(make.VILLAGE_B, since=date(2018, 1, 1))
    former = home.spells.get()
    former.period = period(date(2018, 1, 1), date(2018, 3, 31))
    former.save()
    make.spell(home, make.VILLAGE_A, since=date(2018, 4, 1))
    Household.objects.filter(pk=home.pk).update(county_code=make.COUNTY_A)
    coverage.settle_touched()
    with transaction.atomic(), database_identity(READER):
        act_for([make.VILLAGE_A], None)
        make.contact(Household.objects.get(pk=home.pk))
    assert set(TouchedVillage.objects.values_list("village_code", flat=True)) == {make.VILLAGE_A, make.VILLAGE_B}


def test_what_the_database_keeps_by_itself_does_not_depend_on_who_asks() -> None:
    """A migration that writes a trigger anew must make it run as its owner again (campaigns/migrations/0003)."""
    assert rows("SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%' AND NOT prosecdef") == []
    assert rows("SELECT count(*) FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%' AND prosecdef")[0][0] > 200


def test_history_is_written_by_the_triggers_alone(cast: Cast, officer_a: Client) -> None:
    """Neither what changed nor in whose name: a new history table needs campaigns/migrations/0009 again."""
    may = rows(
        "SELECT c.relname, r.rolname, p FROM pg_class c, pg_roles r, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) p"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND (c.relname ~ '^(households|campaigns)_.*event$' OR c.relname = 'pghistory_context')"
        " AND r.rolname IN ('povertyrelief_reader', 'povertyrelief_steward') AND has_table_privilege(r.oid, c.oid, p)"
    )
    assert may == []
    home = make.household()
    form = {"kind": "visit", "done_on": "2018-06-30"}
    assert officer_a.post(reverse("record_fact", args=[home.pk, "contact"]), form).status_code == 302
    written = "SELECT metadata->>'user' FROM campaigns_contactevent JOIN pghistory_context c ON c.id = pgh_context_id"
    assert rows(written) == [(str(cast.officer_a.pk),)]


def test_merged_or_voided_records_are_told_to_who_sees_the_person(both: tuple[Person, Person], cast: Cast) -> None:
    mine, _other = both
    fact = make.grant(make.person(mine.memberships.get().household, birth=date(2010, 1, 1)), amount=Decimal(5))
    recording.void(by=cast.officer_a, household=mine.memberships.get().household, fact=fact, reason="重复")
    assert answer(f"SELECT void_reason FROM campaigns_grant WHERE id = {fact.pk}", make.COUNTY_A) == [("重复",)]
