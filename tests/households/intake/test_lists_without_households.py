"""A later report with village, name and number only: each person is news of her own registered household, or waits."""

from datetime import date
from typing import Any

from django.test import Client

from households.models import Household, Person
from tests import make
from tests.campaigns.doubts import decide, waiting
from tests.households.intake.books import person

SHORT = ("行政村", "姓名", "证件号码", "健康状况", "联系电话", "脱贫属性")
HEAD, GIRL = make.id_number(date(1978, 1, 1)), make.id_number(date(2008, 3, 8))


def line(name: str, number: str, **cells: Any) -> dict[str, Any]:
    return {"行政村": "曹庄子村", "姓名": name, "证件号码": number} | cells


def register(upload: Any) -> None:
    upload(person(证件号码=HEAD), person(姓名="李花", 证件号码=GIRL, 与户主关系="之女"))


def test_registered_people_are_found_by_their_numbers_alone(upload: Any) -> None:
    register(upload)
    rows = upload(line("王小芳", HEAD), line("李花", GIRL), headers=SHORT)["rows"]
    assert [(row["status"], row["change"], row["codes"]) for row in rows] == [("imported", "unchanged", [])] * 2


def test_what_the_list_tells_is_written_and_the_rest_stays(upload: Any) -> None:
    register(upload)
    upload(line("李花", GIRL, 健康状况="残疾", 联系电话="14403150009"), headers=SHORT)
    girl, household = Person.objects.get(name="李花"), Household.objects.get()
    assert (girl.health, girl.memberships.get().relation, girl.memberships.get().household_id) == (
        ["残疾"],
        "之女",
        household.pk,
    )
    assert (household.phone, household.head_name, household.number) == ("14403150009", "王小芳", "1302071042250001")


def test_whoever_is_not_registered_in_that_village_waits(upload: Any) -> None:
    register(upload)
    stranger = line("赵二妮", make.id_number(date(1970, 1, 1)))
    elsewhere = line("李花", GIRL, 行政村="东老治村")
    rows = upload(stranger, elsewhere, line("王小芳", HEAD), headers=SHORT)["rows"]
    assert [(row["status"], row["codes"]) for row in rows] == [
        ("held", ["HOUSEHOLD_AMBIGUOUS"]),
        ("held", ["HOUSEHOLD_AMBIGUOUS"]),
        ("imported", []),
    ]
    assert Person.objects.count() == 2


def test_another_name_under_the_number_and_a_damaged_or_missing_number_wait(upload: Any) -> None:
    register(upload)
    lines = (line("李华", GIRL), line("王小芳", HEAD[:17]), line("赵二妮", HEAD[:17]), line("王小芳", ""))
    rows = upload(*lines, headers=SHORT)["rows"]
    assert [(row["status"], row["codes"][0]) for row in rows[:3]] == [
        ("held", "NAME_CHANGED"),
        ("held", "ID_LENGTH"),
        ("rejected", "ID_LENGTH"),
    ]
    assert (rows[1]["codes"], rows[2]["codes"]) == (["ID_LENGTH", "DAMAGED_ID_FITS"], ["ID_LENGTH"])
    assert rows[3]["status"] == "held" and "HOUSEHOLD_AMBIGUOUS" in rows[3]["codes"]
    assert set(Person.objects.values_list("name", flat=True)) == {"王小芳", "李花"}


def test_members_who_tell_different_things_of_their_household_are_told(upload: Any) -> None:
    register(upload)
    phones = [line("王小芳", HEAD, 联系电话="14403150008"), line("李花", GIRL, 联系电话="14403150009")]
    rows = upload(*phones, headers=SHORT)["rows"]
    assert {(row["status"], *row["codes"]) for row in rows} == {("imported_flagged", "HOUSEHOLD_VALUES_DIFFER")}
    states = [line("王小芳", HEAD, 脱贫属性="已脱贫"), line("李花", GIRL, 脱贫属性="返贫")]
    rows = upload(*states, headers=SHORT)["rows"]
    assert {row["status"] for row in rows} == {"held"}


def test_what_waits_of_such_a_list_is_answered_from_its_page(upload: Any, officer_a: Client) -> None:
    register(upload)
    stranger = make.id_number(date(1970, 1, 1))
    upload(line("李华", GIRL), line("赵二妮", stranger), line("王小芳", HEAD[:17], 健康状况="残疾"), headers=SHORT)
    renamed, unknown, damaged = waiting()
    assert decide(officer_a, damaged, "accept").status_code == 302
    assert Person.objects.get(name="王小芳").health == ["残疾"]
    assert decide(officer_a, renamed, "accept").status_code == 302
    assert decide(officer_a, unknown, "correct", cell_household_no="1302071042250002").status_code == 302
    girl = Person.objects.get(name="李华")
    assert girl.memberships.get().household.number == "1302071042250001"
    assert Person.objects.get(name="赵二妮").memberships.get().household.number == "1302071042250002"
    assert not waiting()


def test_the_roster_that_registers_her_settles_what_waited(upload: Any, officer_a: Client) -> None:
    upload(line("王小芳", HEAD, 健康状况="残疾"), headers=SHORT)
    (row,) = waiting()
    assert decide(officer_a, row, "accept").status_code == 422
    upload(person(证件号码=HEAD))
    assert not waiting()
