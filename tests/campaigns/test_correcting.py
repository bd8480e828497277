"""Cells of a doubtful row corrected in place: whichever of the cells that contradict each other is the wrong one."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Person
from tests import make
from tests.campaigns.doubts import decide, waiting
from tests.households.intake.books import HEADERS, person

BORN = date(1975, 2, 3)
NUMBER = make.id_number(BORN)
WITH_BIRTH = (*HEADERS, "出生日期")


@pytest.mark.parametrize(
    "wrong, right, stored",
    [
        ({"性别": "男"}, {"sex": "女"}, (NUMBER, "F", BORN)),
        ({"性别": "女", "证件号码": make.id_number(BORN, "M")}, {"id_no": NUMBER}, (NUMBER, "F", BORN)),
        ({"出生日期": "1975-02-04"}, {"birth_date": "1975-02-03"}, (NUMBER, "F", BORN)),
        (
            {"出生日期": "1975-02-03", "证件号码": make.id_number(date(1975, 2, 4))},
            {"id_no": NUMBER},
            (NUMBER, "F", BORN),
        ),
        ({"证件号码": "", "出生日期": "1975年"}, {"birth_date": "1975-02-03"}, (None, "F", BORN)),
        ({"证件号码": "", "出生日期": ""}, {"id_no": NUMBER}, (NUMBER, "F", BORN)),
        (
            {"证件号码": "", "出生日期": "", "性别": ""},
            {"birth_date": "1975-02-03", "sex": "女"},
            (None, "F", BORN),
        ),
    ],
    ids=["sex", "number of a man", "birth date", "number of another day", "only a year", "no number", "nothing known"],
)  # fmt: skip
def test_either_of_two_cells_may_be_the_wrong_one(
    upload: Any, officer_a: Client, wrong: dict[str, str], right: dict[str, str], stored: tuple[Any, ...]
) -> None:
    upload(person(证件号码=NUMBER) | wrong, headers=WITH_BIRTH)
    (row,) = waiting()
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert all(f'name="cell_{field}"' in page for field in right)
    answer = decide(officer_a, row, "correct", **{f"cell_{field}": text for field, text in right.items()})
    assert answer.status_code == 302, answer.content.decode()
    found = Person.objects.get()
    assert (found.id_number, found.sex, found.birth_date) == stored


def test_a_number_of_another_birth_date_is_taken_where_the_file_tells_none(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=make.id_number(date(1976, 2, 3), "M"), 姓名="王芳（妻）", 性别="男"))
    (row,) = waiting()
    answer = decide(officer_a, row, "correct", cell_name="王芳", cell_id_no=NUMBER, cell_sex="女")
    assert answer.status_code == 302, answer.content.decode()
    assert (Person.objects.get().birth_date, Person.objects.get().sex) == (BORN, "F")


def test_a_corrected_number_that_contradicts_the_files_birth_date_is_told(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER[:17], 出生日期="1975-02-03"), headers=WITH_BIRTH)
    (row,) = waiting()
    answer = decide(officer_a, row, "correct", cell_id_no=make.id_number(date(1976, 2, 3)))
    assert answer.status_code == 422
    assert "出生日期填“1975-02-03”，证件号码表示为“1976-02-03”" in answer.content.decode()


def test_one_of_two_heads_goes_into_a_household_of_her_own(upload: Any, officer_a: Client) -> None:
    other = person(姓名="孙英", 证件号码=make.id_number(date(1970, 1, 2)), 户编号=person()["户编号"])
    upload(person(证件号码=NUMBER), other)
    row = next(one for one in waiting() if one.row_number == 3)
    assert decide(officer_a, row, "correct", cell_household_no="1302071042250099").status_code == 302
    assert Person.objects.get().memberships.get().household.number == "1302071042250099"
