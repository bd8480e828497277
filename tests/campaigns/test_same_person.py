"""Rows that probably are a registered person: the officer says who it is, across counties the federation."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.undo import undo_batch
from households.models import Person
from households.roster.kind import ROSTER
from tests import make
from tests.campaigns.doubts import decide, waiting
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, person, write

LATER = date(2018, 9, 30)
NUMBER = make.id_number(date(1975, 2, 3))
WITH_BIRTH = (*HEADERS, "出生日期")
ELSEWHERE = {"县": "迁西县", "乡镇": "兴城镇", "行政村": "东河南寨村", "户编号": "7"}


@pytest.fixture
def city(cast: Cast) -> Client:
    """The federation's browser."""
    client = Client()
    client.force_login(cast.federation_staff)
    return client


@pytest.mark.parametrize("number", ["", make.id_number(date(2015, 3, 8))])
def test_a_child_without_number_is_not_doubled_by_another_household_number(
    upload: Any, officer_a: Client, number: str
) -> None:
    mother = person(证件号码=NUMBER)
    child = person(姓名="李花", 证件号码="", 与户主关系="之女", 出生日期="2015-03-08")
    upload(mother, child, headers=WITH_BIRTH)
    registered = Person.objects.get(name="李花")
    other = {"户编号": "1302071042250099"}
    upload(mother | other, child | other | {"证件号码": number}, headers=WITH_BIRTH, day=LATER)
    assert Person.objects.count() == 2
    doubt = next(row for row in waiting() if "PROBABLY_REGISTERED" in row.codes)
    assert doubt.person_id == registered.pk
    assert "登记簿中已有“李花”（户主王小芳）" in officer_a.get(reverse("doubt", args=[doubt.pk])).content.decode()
    decide(officer_a, doubt, "accept")
    assert Person.objects.filter(name="李花").count() == 2  # somebody has said that they are two


@pytest.fixture
def twice(cast: Cast, upload: Any, tmp_path: Path) -> tuple[Person, StagedRow]:
    """A woman of county A, and the row of county B's later roster that has her number."""
    upload(person(证件号码=NUMBER, 在校生状况="七年级"))
    cells = person(证件号码=NUMBER) | ELSEWHERE
    imported(write(tmp_path / "b.xlsx", [cells]), cast.officer_b, default_as_of=LATER)
    return Person.objects.get(), waiting()[0]


def test_neither_county_can_take_the_others_person_nor_learns_of_her(
    twice: tuple[Person, StagedRow], officer_a: Client, officer_b: Client
) -> None:
    _woman, row = twice
    assert decide(officer_a, row, "accept").status_code == 404
    shown = officer_b.get(reverse("doubt", args=[row.pk])).content.decode()
    assert "证件号码需要核实" in shown
    assert "丰南" not in shown
    assert "登记簿</th>" not in shown
    assert 'value="accept"' not in shown
    assert decide(officer_b, row, "accept").status_code == 422
    assert Person.objects.get().county_code == make.COUNTY_A


def test_the_federation_transfers_her_and_can_take_it_back(
    twice: tuple[Person, StagedRow], cast: Cast, city: Client
) -> None:
    woman, row = twice
    shown = city.get(reverse("doubt", args=[row.pk])).content.decode()
    assert "登记簿</th>" in shown
    assert decide(city, row, "accept").status_code == 302
    woman.refresh_from_db()
    assert woman.county_code == make.COUNTY_B
    assert {one.county_code for one in woman.enrolments.all()} == {make.COUNTY_B}
    lived = list(woman.memberships.order_by("period"))
    assert [one.county_code for one in lived] == [make.COUNTY_A, make.COUNTY_B]
    assert (lived[0].period.upper, lived[0].end_reason, lived[1].period.lower) == (LATER, "moved", LATER)
    assert not waiting()
    undo_batch(ImportBatch.objects.latest("created_at").pk, ROSTER, by=cast.federation_staff)
    woman.refresh_from_db()
    assert (woman.county_code, woman.memberships.get().period.upper) == (make.COUNTY_A, None)
    assert [one.pk for one in waiting()] == [row.pk]


def test_the_destination_cannot_take_the_federations_transfer_back(
    twice: tuple[Person, StagedRow], city: Client, officer_b: Client
) -> None:
    _woman, row = twice
    decide(city, row, "accept")
    transfer = ImportBatch.objects.latest("created_at")
    assert officer_b.post(reverse("upload_undo", args=[transfer.pk])).status_code == 403
    transfer.refresh_from_db()
    assert transfer.state == "applied"


CHILD = make.id_number(date(2015, 3, 8))


@pytest.mark.parametrize("known, told", [("", CHILD), (CHILD, "")], ids=["learnt", "left out"])
def test_one_click_says_that_a_row_is_the_registered_child_in_another_household(
    upload: Any, officer_a: Client, cast: Cast, known: str, told: str
) -> None:
    child = person(姓名="李花", 证件号码=known, 与户主关系="之女", 出生日期="2015-03-08")
    upload(person(证件号码=NUMBER), child, headers=WITH_BIRTH)
    aunt = person(姓名="钱秀", 证件号码=make.id_number(date(1970, 5, 6)), 户编号="1302071042250099")
    upload(aunt, child | {"证件号码": told, "户编号": "1302071042250099"}, headers=WITH_BIRTH, day=LATER)
    (doubt,) = waiting()
    page = officer_a.get(reverse("doubt", args=[doubt.pk])).content.decode()
    assert ('value="same"' in page, 'value="renumbered"' in page) == (True, False)
    assert decide(officer_a, doubt, "renumbered").status_code == 422
    assert decide(officer_a, doubt, "same").status_code == 302
    girl = Person.objects.get(name="李花")
    assert girl.id_number == CHILD
    lived = list(girl.memberships.order_by("period").values_list("household__number", "end_reason"))
    assert lived == [("1302071042250001", "moved"), ("1302071042250099", "")]
    assert waiting() == []
    assert Decision.objects.get().choice == Decision.Choice.SAME
    undo_batch(ImportBatch.objects.latest("created_at").pk, ROSTER, by=cast.officer_a)
    girl.refresh_from_db()
    assert (girl.id_number or "", girl.memberships.count(), len(waiting())) == (known, 1, 1)


@pytest.mark.parametrize("choice", ["same", "renumbered"])
def test_of_two_numbers_of_one_person_the_officer_says_which_holds(
    upload: Any, officer_a: Client, cast: Cast, choice: str
) -> None:
    slip, right = make.id_number(date(1990, 4, 7)), make.id_number(date(1991, 4, 7))
    girl = person(姓名="李花", 证件号码=slip, 与户主关系="之女", 民族="汉族")
    upload(person(证件号码=NUMBER), girl)
    upload(person(证件号码=NUMBER), girl | {"证件号码": right, "民族": "满族"}, day=LATER)
    (doubt,) = waiting()
    assert 'value="renumbered"' in officer_a.get(reverse("doubt", args=[doubt.pk])).content.decode()
    assert decide(officer_a, doubt, choice).status_code == 302
    stored = Person.objects.get(name="李花")
    kept, born = (slip, date(1990, 4, 7)) if choice == "same" else (right, date(1991, 4, 7))
    assert (stored.id_number, stored.birth_date, stored.nation) == (kept, born, "满族")
    again = upload(person(证件号码=NUMBER), girl | {"证件号码": kept, "民族": "满族"}, day=LATER)
    assert (again.counts["unchanged"], again.counts["held"]) == (2, 0)
    small = Decision.objects.get().row.closed_by
    assert small is not None
    for batch in (again, small):
        undo_batch(batch.pk, ROSTER, by=cast.officer_a)
    stored.refresh_from_db()
    assert (stored.id_number, stored.birth_date) == (slip, date(1990, 4, 7))


def test_a_number_that_somebody_else_has_got_since_is_not_given_to_her(upload: Any, officer_a: Client) -> None:
    """Nor does the other's row settle the doubt about her."""
    slip, right = make.id_number(date(1990, 4, 7)), make.id_number(date(1991, 4, 7))
    girl = person(姓名="李花", 证件号码=slip, 与户主关系="之女")
    upload(person(证件号码=NUMBER), girl)
    upload(girl | {"证件号码": right}, day=LATER)
    (doubt,) = waiting()
    upload(person(姓名="孙英", 证件号码=right, 户编号="1302071042250099"), day=LATER)
    assert decide(officer_a, doubt, "renumbered").status_code == 422
    assert {one.id_number for one in Person.objects.all()} == {NUMBER, slip, right}
    assert Person.objects.get(name="李花").id_number == slip


@pytest.fixture
def child_elsewhere(cast: Cast, upload: Any, tmp_path: Path) -> tuple[Person, StagedRow]:
    """A child of county A without a number, and the row of county B's later roster in which she has one."""
    child = person(姓名="李花", 证件号码="", 与户主关系="之女", 出生日期="2015-03-08")
    upload(person(证件号码=NUMBER), child, headers=WITH_BIRTH)
    aunt = person(姓名="钱秀", 证件号码=make.id_number(date(1970, 5, 6))) | ELSEWHERE
    book = write(tmp_path / "b.xlsx", [aunt, child | ELSEWHERE | {"证件号码": CHILD}], headers=WITH_BIRTH)
    imported(book, cast.officer_b, default_as_of=LATER)
    return Person.objects.get(name="李花"), waiting()[0]


def test_a_child_without_number_who_has_one_in_another_county_waits_for_the_federation(
    child_elsewhere: tuple[Person, StagedRow], officer_a: Client, officer_b: Client, city: Client, cast: Cast
) -> None:
    girl, doubt = child_elsewhere
    assert doubt.codes == ["ID_NEEDS_CITY"]
    shown = officer_b.get(reverse("doubt", args=[doubt.pk])).content.decode()
    assert ("证件号码需要核实" in shown, "丰南" in shown, "登记簿</th>" in shown) == (True, False, False)
    for choice in ("accept", "same"):
        assert decide(officer_b, doubt, choice).status_code == 422
        assert decide(officer_a, doubt, choice).status_code == 404
    assert 'value="same"' in city.get(reverse("doubt", args=[doubt.pk])).content.decode()
    assert decide(city, doubt, "same").status_code == 302
    girl.refresh_from_db()
    assert (girl.id_number, girl.county_code, girl.memberships.count()) == (CHILD, make.COUNTY_B, 2)
    undo_batch(ImportBatch.objects.latest("created_at").pk, ROSTER, by=cast.federation_staff)
    girl.refresh_from_db()
    assert (girl.id_number, girl.county_code, girl.memberships.count()) == (None, make.COUNTY_A, 1)


def test_the_federation_may_say_that_the_child_elsewhere_is_another(
    child_elsewhere: tuple[Person, StagedRow], city: Client
) -> None:
    girl, doubt = child_elsewhere
    assert decide(city, doubt, "accept").status_code == 302
    assert {one.county_code for one in Person.objects.filter(name="李花")} == {make.COUNTY_A, make.COUNTY_B}
    girl.refresh_from_db()
    assert girl.id_number is None


@pytest.mark.parametrize(
    "told, stored", [({"出生日期": "2015-03-09"}, ("F", date(2015, 3, 9))), ({"性别": "男"}, ("M", date(2015, 3, 8)))]
)
def test_what_is_known_of_a_child_without_number_may_have_been_wrong(
    upload: Any, officer_a: Client, told: dict[str, str], stored: tuple[str, date]
) -> None:
    headers = (*WITH_BIRTH, "人编号")
    child = person(姓名="李花", 证件号码="", 与户主关系="其他", 出生日期="2015-03-08")
    child["人编号"] = "130207104225000102"
    upload(person(证件号码=NUMBER), child, headers=headers)
    upload(child | told, headers=headers, day=LATER)
    (doubt,) = waiting()
    page = officer_a.get(reverse("doubt", args=[doubt.pk])).content.decode()
    assert ('value="same"' in page, 'value="accept"' in page) == (True, False)
    assert decide(officer_a, doubt, "same").status_code == 302
    girl = Person.objects.get(name="李花")
    assert (girl.sex, girl.birth_date) == stored
