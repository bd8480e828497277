"""What happens to families over the years, told by one roster after the other."""

from datetime import date
from typing import Any

import pytest

from households import operations
from households.intake.deciding import correct
from households.intake.models import StagedRow
from households.models import Household, Membership, Person
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person

LATER = date(2018, 9, 30)


def member(name: str, born: int, relation: str, *, sex: str = "女", **cells: Any) -> dict[str, Any]:
    """A row of the family that stands in 曹庄子村 under one number, unless told otherwise."""
    number = make.id_number(date(born, 4, 7), "M" if sex == "男" else "F")
    return person(姓名=name, 性别=sex, 证件号码=number, 与户主关系=relation) | cells


def test_a_widow_becomes_head_after_the_heads_death(upload: Any, cast: Cast) -> None:
    head, wife = member("赵大山", 1950, "户主", sex="男"), member("钱秀", 1952, "配偶")
    upload(head, wife)
    died = date(2018, 8, 1)
    ended = Membership.objects.get(person__name="赵大山")
    operations.end_memberships(memberships=[ended.pk], day=died, end_reason="died", by=cast.officer_a)
    (row,) = upload(wife | {"与户主关系": "户主"}, day=LATER)["rows"]
    assert (row["status"], row["change"]) == ("imported", "changed")
    widow = Person.objects.get(name="钱秀")
    told = [(one.relation, one.period.lower, one.period.upper) for one in widow.memberships.order_by("period")]
    assert told == [("配偶", make.REPORTING_DAY, LATER), ("户主", LATER, None)]
    assert widow.memberships.latest("period").household.head_name == "钱秀"


def test_a_villages_own_count_finds_the_family_that_has_an_official_number(upload: Any) -> None:
    head, girl = member("赵大凤", 1960, "户主"), member("赵小凤", 1990, "之女")
    upload(head, girl)
    for day, count in ((LATER, "3"), (date(2018, 12, 31), "5")):
        rows = upload(head | {"户编号": count}, girl | {"户编号": count}, day=day)["rows"]
        assert [(row["status"], row["change"]) for row in rows] == [("imported", "unchanged")] * 2
    assert Household.objects.get().number == head["户编号"]


def test_a_list_counted_anew_finds_the_families_of_last_years_list(upload: Any) -> None:
    families = [member("赵大凤", 1960, "户主"), member("钱大凤", 1961, "户主")]
    upload(*(row | {"户编号": count} for row, count in zip(families, "12", strict=True)))
    rows = upload(*(row | {"户编号": count} for row, count in zip(families, "23", strict=True)), day=LATER)["rows"]
    assert [(row["status"], row["change"]) for row in rows] == [("imported", "unchanged")] * 2
    assert {home.number for home in Household.objects.all()} == {"1", "2"}


def test_a_heads_name_waits_with_the_row_that_tells_it(upload: Any) -> None:
    head, girl = member("赵大凤", 1960, "户主"), member("赵小凤", 1990, "之女")
    upload(head, girl)
    held, known = upload(head | {"姓名": "钱大凤"}, girl, day=LATER)["rows"]
    assert (held["status"], "NAME_CHANGED" in held["codes"]) == ("held", True)
    assert (known["status"], known["change"]) == ("imported", "unchanged")
    assert Household.objects.get().head_name == "赵大凤"


def test_a_heads_name_that_nobody_in_the_household_has_is_not_taken_over(upload: Any) -> None:
    head, girl = member("赵大凤", 1960, "户主"), member("赵小凤", 1990, "之女")
    upload(head, girl)
    (row,) = upload(girl | {"户主姓名": "赵大风"}, day=LATER, headers=(*HEADERS, "户主姓名"))["rows"]
    assert (row["status"], "HEAD_NAME_UNKNOWN" in row["codes"]) == ("imported_flagged", True)
    assert Household.objects.get().head_name == "赵大凤"


@pytest.mark.parametrize(
    "slip", [{"户编号": "1302071042250007"}, {"户主姓名": "赵大山", "户编号": ""}], ids=["number", "head's name"]
)
def test_a_new_family_torn_by_a_slip_is_held(upload: Any, slip: dict[str, str]) -> None:
    number = {"户编号": "" if "户主姓名" in slip else "1302071042250001", "户主姓名": "赵大凤"}
    head, girl = member("赵大凤", 1960, "户主", **number), member("赵小凤", 1990, "之女", **(number | slip))
    rows = upload(head, girl | {"户主姓名": slip.get("户主姓名", "")}, headers=(*HEADERS, "户主姓名"))["rows"]
    assert {(row["status"], "HOUSEHOLD_AMBIGUOUS" in row["codes"]) for row in rows} == {("held", True)}


def test_a_head_with_the_relation_of_a_member_is_asked_about(upload: Any) -> None:
    head = member("赵大凤", 1960, "户主", 户主姓名="赵大凤")
    upload(head, headers=(*HEADERS, "户主姓名"))
    (row,) = upload(head | {"与户主关系": "配偶"}, day=LATER, headers=(*HEADERS, "户主姓名"))["rows"]
    assert "HEAD_DIFFERS" in row["codes"]


def test_a_child_without_number_who_comes_back_with_one_in_another_village_is_not_doubled(upload: Any) -> None:
    child = member("赵小凤", 2017, "之女", 出生日期="2017-04-07")
    headers = (*HEADERS, "出生日期")
    upload(member("赵大凤", 1980, "户主"), child | {"证件号码": ""}, headers=headers)
    other = {"行政村": "东老治村", "户编号": "1302071042260001"}
    rows = upload(member("钱大凤", 1970, "户主", **other), child | other, day=LATER, headers=headers)["rows"]
    assert [(row["status"], "PROBABLY_REGISTERED" in row["codes"]) for row in rows] == [
        ("imported", False),
        ("held", True),
    ]


def test_a_family_without_numbers_is_known_by_its_people_when_its_dead_head_has_a_successor(
    upload: Any, cast: Cast
) -> None:
    family = [member("赵大山", 1950, "户主", sex="男"), member("钱秀", 1952, "配偶"), member("赵小凤", 1990, "之女")]
    upload(*family)
    ended = Membership.objects.get(person__name="赵大山")
    operations.end_memberships(memberships=[ended.pk], day=date(2018, 8, 1), end_reason="died", by=cast.officer_a)
    told = {"户主姓名": "钱秀", "户编号": ""}
    rows = upload(
        family[1] | told | {"与户主关系": "户主"}, family[2] | told, day=LATER, headers=(*HEADERS, "户主姓名")
    )["rows"]
    assert [(row["status"], row["change"]) for row in rows] == [("imported", "changed")] * 2
    home = Household.objects.get()
    assert (home.number, home.head_name) == (family[0]["户编号"], "钱秀")


def test_of_two_families_with_one_heads_name_the_people_tell_which(upload: Any) -> None:
    families = [
        (member("赵大凤", born, "户主", 户编号=number), member(daughter, 1990, "之女", 户编号=number))
        for born, daughter, number in ((1961, "赵小凤", "1302071042250001"), (1962, "赵小花", "1302071042250002"))
    ]
    upload(*families[0], *families[1])
    told = {"户编号": "", "户主姓名": "赵大凤"}
    rows = upload(*(row | told for row in families[1]), day=LATER, headers=(*HEADERS, "户主姓名"))["rows"]
    assert [(row["status"], row["change"]) for row in rows] == [("imported", "unchanged")] * 2


def test_a_newborn_waits_while_her_fathers_household_is_in_doubt(upload: Any) -> None:
    father = member("钱强", 1978, "户主", sex="男")
    upload(member("赵大凤", 1980, ""), father, headers=tuple(one for one in HEADERS if one != "与户主关系"))
    other = {"户编号": "1302071042250077"}
    child = member("钱小凤", 2018, "之女", 证件号码="", 出生日期="2018-04-07")
    rows = upload(father | other, child | other, day=LATER, headers=(*HEADERS, "出生日期"))["rows"]
    assert [row["status"] for row in rows] == ["held", "held"]
    assert "FAMILY_REGISTERED" in rows[1]["codes"]


def test_a_newborn_of_a_system_export_is_asked_about_once(upload: Any, cast: Cast) -> None:
    headers = tuple(one for one in HEADERS if one != "性别")
    mother, newborn = member("赵大凤", 1990, "户主"), member("赵小宝", 2018, "之女", 证件号码="")
    upload(mother, newborn, headers=headers)
    waiting = StagedRow.objects.get(status="held")
    correct(waiting.pk, {"sex": "女", "birth_date": "2018-04-07"}, ROSTER, by=cast.officer_a)
    assert Person.objects.get(name="赵小宝").birth_date == date(2018, 4, 7)
    for _half_year in range(2):  # an unchanged import leaves nothing to compare again
        rows = upload(mother, newborn | {"民族": "满族"}, day=LATER, headers=headers)["rows"]
        assert [row["status"] for row in rows] == ["imported", "imported_flagged"]
    assert Person.objects.get(name="赵小宝").nation == "满族"
    assert rows[1]["change"] == "unchanged"


def test_a_namesake_with_a_number_is_not_taken_for_a_row_that_tells_nothing(upload: Any) -> None:
    headers = tuple(one for one in HEADERS if one != "性别")
    mother, daughter = member("赵大凤", 1990, "户主"), member("赵小宝", 2018, "之女")
    upload(mother, daughter, headers=headers)
    rows = upload(mother, daughter | {"证件号码": ""}, day=LATER, headers=headers)["rows"]
    assert rows[1]["status"] == "held"
