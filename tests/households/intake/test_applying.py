"""Previews become the register: once, whole, with history; and the same content again changes nothing."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from pghistory.models import Context

from households.identity import check_character
from households.intake.applying import Outcome, apply_batch
from households.intake.models import BatchPerson
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person
from households.places import display_name
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, told, write

LATER = date(2018, 9, 30)
NUMBER = "130299198005011224"[:17] + check_character("13029919800501122")


def history() -> dict[str, int]:
    """Rows of every history table of the register."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_app_config("households").get_models()
        if model.__name__.endswith("Event")
    }


@pytest.mark.parametrize("word", ["脱贫中", "", "不详"])
def test_a_poverty_status_that_nobody_told_is_stored_as_unknown_and_counts(upload: Any, word: str) -> None:
    girl = person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 与户主关系="之女", 脱贫属性=word)
    row = upload(person(证件号码=NUMBER, 脱贫属性=word), girl)["rows"][0]
    assert (row["values"]["脱贫属性"], "ENUM_UNKNOWN" in row["codes"]) == (None, word == "脱贫中")
    assert HouseholdSpell.objects.get().status == "unknown"
    out = StringIO()
    call_command("coverage", "--as-of", "2018-06-30", "--json", stdout=out)
    assert json.loads(out.getvalue())["heads"] == {"women": 1, "children": 1, "both": 0, "persons": 2, "households": 1}
    call_command("verify_coverage", "--as-of", "2018-06-30")
    told_now = upload(person(证件号码=NUMBER, 脱贫属性="返贫"), girl | {"脱贫属性": "返贫"})
    assert {row["change"] for row in told_now["rows"]} == {"changed"}
    assert HouseholdSpell.objects.get().status == "fallen_back"


def test_a_word_that_nobody_knows_changes_no_registered_status(upload: Any) -> None:
    upload(person(证件号码=NUMBER, 脱贫属性="已脱贫（享受政策）"))
    row = upload(person(证件号码=NUMBER, 脱贫属性="脱贫中"), day=LATER)["rows"][0]
    assert (row["change"], row["codes"]) == ("unchanged", ["ENUM_UNKNOWN"])
    assert "已登记的不改" in row["message"]
    assert HouseholdSpell.objects.get().status == "exited_entitled"


def test_a_new_household_gets_spell_people_memberships_and_enrolments_from_the_rosters_day(upload: Any) -> None:
    girl = person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 与户主关系="之女", 在校生状况="小学三年级")
    upload(person(), girl)
    spell = HouseholdSpell.objects.get()
    assert (spell.village_id, spell.status, spell.period.lower, spell.period.upper) == (
        make.VILLAGE_A, "not_exited", make.REPORTING_DAY, None,
    )  # fmt: skip
    child = Person.objects.get(name="李花")
    assert (child.sex, child.birth_date, child.pinyin, child.county_code) == (
        "F",
        date(2006, 3, 8),
        "li hua",
        make.COUNTY_A,
    )
    assert child.memberships.get().relation == "之女"
    enrolment = child.enrolments.get()
    assert (enrolment.stage, enrolment.grade, enrolment.period.lower) == ("primary", 3, make.REPORTING_DAY)
    home = Household.objects.get()
    assert (home.head_name, home.phone, home.attribute) == ("王小芳", "14403150001", "一般贫困户")


def test_the_same_content_again_changes_no_row_and_writes_no_history(upload: Any) -> None:
    rows = [
        person(证件号码=NUMBER),
        person(姓名="李花", 与户主关系="之女", 在校生状况="小学", 健康状况="残疾、长期慢性病"),
    ]
    rows.append(person(姓名="王婴", 证件号码="", 与户主关系="之子", 性别="男", 出生日期="2018-01-02"))
    headers = (*HEADERS, "出生日期")
    upload(*rows, headers=headers)
    before, contexts = history(), Context.objects.count()
    people = list(Person.objects.order_by("pk").values())
    result = upload(*rows, headers=headers)
    assert [row["change"] for row in result["rows"]] == ["unchanged"] * 3
    assert (history(), Context.objects.count()) == (before, contexts)
    assert list(Person.objects.order_by("pk").values()) == people
    assert BatchPerson.objects.filter(outcome="confirmed").count() == 3


def test_who_comes_back_is_told_as_changed_even_by_a_list_without_relations(upload: Any) -> None:
    girl = person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 与户主关系="之女")
    upload(person(证件号码=NUMBER), girl)
    left = Membership.objects.get(person__name="李花")
    left.period, left.end_reason = DateRange(make.REPORTING_DAY, date(2018, 8, 1)), "left"
    left.save()
    back = upload(girl, day=LATER, headers=tuple(header for header in HEADERS if header != "与户主关系"))
    assert [row["change"] for row in back["rows"]] == ["changed"]
    assert Membership.objects.filter(person__name="李花", period__contains=LATER).exists()


def test_every_event_of_an_import_has_user_reason_and_batch(upload: Any, cast: Cast) -> None:
    result = upload(person())
    metadata = Context.objects.get().metadata
    assert metadata == {"user": cast.officer_a.pk, "reason": "roster", "batch": result["batch"]}
    for model in apps.get_app_config("households").get_models():
        if model.__name__.endswith("Event") and model.__name__ != "UserEvent":
            assert not model._default_manager.filter(pgh_context=None).exists()


def test_changed_cells_are_updated_and_empty_cells_change_nothing(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 文化程度="高中", 健康状况="", 户联系电话="", 人均纯收入=3000))
    woman, home = Person.objects.get(), Household.objects.get()
    assert (woman.education, woman.health, home.phone, home.income_per_head) == ("高中", ["健康"], "14403150001", 3000)


def test_a_new_status_opens_a_new_spell_on_the_rosters_day(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 脱贫属性="已脱贫（享受政策）"), day=LATER)
    spells = list(HouseholdSpell.objects.order_by("period").values_list("status", "period"))
    assert [(status, period.lower, period.upper) for status, period in spells] == [
        ("not_exited", make.REPORTING_DAY, LATER),
        ("exited_entitled", LATER, None),
    ]


def test_a_status_corrected_on_the_same_day_leaves_one_spell(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 脱贫属性="预脱贫"))
    assert HouseholdSpell.objects.get().status == "planned"


@pytest.mark.parametrize("exact", ["已脱贫（享受政策）", "已脱贫（不再享受政策）"])
def test_a_vaguer_word_takes_nothing_back_of_what_is_known_exactly(upload: Any, exact: str) -> None:
    headers = (*HEADERS, "脱贫时间")
    upload(person(证件号码=NUMBER, 脱贫属性=exact, 脱贫时间="2017-12-30"), headers=headers)
    known = HouseholdSpell.objects.get().status
    row = upload(person(证件号码=NUMBER, 脱贫属性="脱贫", 脱贫时间="2017"), day=LATER, headers=headers)["rows"][0]
    assert (row["status"], row["change"]) == ("imported", "unchanged")
    assert (HouseholdSpell.objects.get().status, Household.objects.get().exited_on) == (known, "2017-12-30")
    name = display_name(make.VILLAGE_A2, make.region(make.VILLAGE_A2).name)
    upload(person(证件号码=NUMBER, 脱贫属性="脱贫", 行政村=name), day=LATER)
    assert {spell.status for spell in HouseholdSpell.objects.all()} == {known}
    told_now = upload(
        person(证件号码=NUMBER, 脱贫属性="返贫", 脱贫时间="2016", 行政村=name), day=LATER, headers=headers
    )
    assert told_now["rows"][0]["change"] == "changed"
    assert Household.objects.get().exited_on == "2016"


def test_a_move_to_another_village_is_a_new_spell_and_told(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    name = display_name(make.VILLAGE_A2, make.region(make.VILLAGE_A2).name)
    row = upload(person(证件号码=NUMBER, 行政村=name), day=LATER)["rows"][0]
    assert (row["status"], row["change"], row["codes"]) == ("imported_flagged", "changed", ["VILLAGE_CHANGED"])
    assert "曹庄子" in row["message"]
    assert [spell.village_id for spell in HouseholdSpell.objects.order_by("period")] == [
        make.VILLAGE_A,
        make.VILLAGE_A2,
    ]


def test_a_changed_name_is_held(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    row = upload(person(证件号码=NUMBER, 姓名="王大芳"))["rows"][0]
    assert (row["status"], row["codes"]) == ("held", ["NAME_CHANGED"])
    assert Person.objects.get().name == "王小芳"


def test_a_person_of_another_household_is_held(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    row = upload(person(证件号码=NUMBER, 户编号="1302071042250009"))["rows"][0]
    assert (row["status"], row["codes"]) == ("held", ["MOVED_HOUSEHOLD"])
    assert Membership.objects.count() == Household.objects.count() == 1


def test_a_person_of_another_county_is_held_with_neutral_words(upload: Any) -> None:
    make.person(make.household(make.VILLAGE_B), number=NUMBER, name="王小芳")
    row = upload(person(证件号码=NUMBER))["rows"][0]
    assert (row["status"], row["codes"]) == ("held", ["ID_NEEDS_CITY"])
    assert "迁西" not in row["message"] and "另" not in row["message"]


def test_an_older_roster_adds_unknown_people_and_holds_the_known(upload: Any) -> None:
    upload(person(证件号码=NUMBER), day=LATER)
    girl = person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 与户主关系="之女")
    known, unknown = upload(person(证件号码=NUMBER, 文化程度="高中"), girl)["rows"]
    assert (known["status"], known["codes"]) == ("held", ["ROSTER_OLDER"])
    assert (unknown["status"], unknown["change"]) == ("imported", "new")
    assert Person.objects.get(name="王小芳").education == "初中"


def test_a_damaged_number_that_fits_one_registered_person_is_held(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    fits, strange = upload(person(证件号码=float(NUMBER)), person(证件号码=float(NUMBER), 姓名="李草", 户编号="9"))[
        "rows"
    ]
    assert (fits["status"], "ID_PRECISION_LOST" in fits["codes"]) == ("held", True)
    assert strange["status"] == "rejected"


def test_a_number_learnt_later_joins_the_person_known_without(upload: Any) -> None:
    headers = (*HEADERS, "出生日期")
    upload(person(证件号码="", 出生日期="1980-05-01"), headers=headers)
    assert Person.objects.get().is_weak
    row = upload(person(证件号码=NUMBER), headers=headers)["rows"][0]
    assert row["change"] == "changed"
    woman = Person.objects.get()
    assert (woman.is_weak, woman.id_number) == (False, NUMBER)


def test_a_number_forgotten_later_is_still_the_same_person(upload: Any) -> None:
    headers = (*HEADERS, "出生日期")
    upload(person(证件号码=NUMBER), headers=headers)
    row = upload(person(证件号码="", 出生日期="1980-05-01"), headers=headers)["rows"][0]
    assert (row["change"], Person.objects.count()) == ("unchanged", 1)


def test_another_number_under_a_known_name_in_the_household_is_held(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    row = upload(person(证件号码=make.id_number(date(1980, 5, 1))))["rows"][0]
    assert row["status"] == "held"
    assert Person.objects.count() == 1


def test_heads_can_change_places_but_a_second_head_is_held(upload: Any) -> None:
    son = make.id_number(date(1999, 1, 1), "M")
    upload(person(证件号码=NUMBER), person(姓名="李柱", 证件号码=son, 性别="男", 与户主关系="之子"))
    usurper = upload(person(姓名="李柱", 证件号码=son, 性别="男", 与户主关系="户主"))["rows"][0]
    assert (usurper["status"], usurper["codes"]) == ("held", ["HOUSEHOLD_MULTIPLE_HEADS"])
    assert "登记簿中这一户的户主是“王小芳”" in usurper["message"]
    upload(person(证件号码=NUMBER, 与户主关系="之母"), person(姓名="李柱", 证件号码=son, 性别="男", 与户主关系="户主"))
    assert Membership.objects.get(relation="户主").person.name == "李柱"


def test_a_number_that_hits_a_strange_household_is_held(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    row = upload(person(姓名="赵二妮", 证件号码=make.id_number(date(1970, 1, 1))))["rows"][0]
    assert (row["status"], "HOUSEHOLD_AMBIGUOUS" in row["codes"]) == ("held", True)


def test_schooling_moves_on_with_the_rosters_day(upload: Any) -> None:
    girl = person(姓名="李花", 证件号码=make.id_number(date(2006, 3, 8)), 在校生状况="小学六年级")
    upload(girl)
    assert upload(girl | {"在校生状况": "七年级"}, day=LATER)["rows"][0]["change"] == "changed"
    assert Enrolment.objects.count() == 1
    upload(girl | {"在校生状况": "非在校生"}, day=date(2018, 10, 31))
    assert Enrolment.objects.get().period.upper == date(2018, 10, 31)


def test_applying_twice_has_one_effect(cast: Cast, tmp_path: Path) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.officer_a)
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) is Outcome.APPLIED
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) is Outcome.ALREADY
    assert Person.objects.count() == 1


def test_a_preview_that_the_register_has_overtaken_is_renewed_and_asked_again(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "r.xlsx", [person()])
    first, second = preview(path, cast.officer_a), preview(path, cast.officer_a)
    assert apply_batch(first.pk, ROSTER, by=cast.officer_a) is Outcome.APPLIED
    assert apply_batch(second.pk, ROSTER, by=cast.officer_a) is Outcome.OUTDATED
    assert [row["change"] for row in told(second)["rows"]] == ["unchanged"]
    assert apply_batch(second.pk, ROSTER, by=cast.officer_a) is Outcome.APPLIED
    assert Person.objects.count() == 1


def test_a_failure_in_the_middle_leaves_nothing(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()]), cast.officer_a)

    def broken(batch: Any, outcomes: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("households.intake.applying.record", broken)
    with pytest.raises(RuntimeError):
        apply_batch(batch.pk, ROSTER, by=cast.officer_a)
    assert not Person.objects.exists()
    monkeypatch.undo()
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) is Outcome.APPLIED


def test_a_person_who_left_comes_back_as_a_new_membership(upload: Any) -> None:
    upload(person(证件号码=NUMBER))
    membership = Membership.objects.get()
    make.membership(membership.household, make.person(), since=date(2018, 7, 1))
    membership.period = (date(2018, 6, 30), date(2018, 8, 1))
    membership.end_reason = "left"
    membership.save()
    assert upload(person(证件号码=NUMBER), day=LATER)["rows"][0]["status"] == "imported"
    assert Membership.objects.filter(person__name="王小芳").count() == 2


WITHOUT_NUMBER = tuple(header for header in HEADERS if header != "户编号")


def _family(head: str, year: int, **cells: Any) -> list[dict[str, Any]]:
    """A head, his wife and a daughter, strangers to everybody."""
    return [
        person(姓名=head, 性别="男", 证件号码=make.id_number(date(year, 1, 2), "M"), **cells),
        person(姓名=f"妻{head}", 与户主关系="配偶", 证件号码=make.id_number(date(year, 3, 4)), **cells),
        person(姓名=f"女{head}", 与户主关系="之女", 证件号码=make.id_number(date(year + 30, 5, 6)), **cells),
    ]


def test_strangers_with_a_number_do_not_join_the_family_of_a_head_of_their_heads_name(upload: Any) -> None:
    upload(*_family("王建国", 1960), headers=WITHOUT_NUMBER)
    strangers = _family("王建国", 1970, 户编号="1302071042250077", 人均纯收入=9999, 户联系电话="14403150077")
    result = upload(*strangers, day=LATER)
    assert [row["status"] for row in result["rows"]] == ["held"] * 3
    assert {"HOUSEHOLD_AMBIGUOUS"} <= set(result["rows"][1]["codes"])
    home = Household.objects.get()
    assert (home.number, home.income_per_head, home.phone, Person.objects.count()) == ("", 2800, "14403150001", 3)


def test_a_family_learns_its_official_number_from_the_next_list(upload: Any) -> None:
    family = _family("王建国", 1960, 户编号="7")
    upload(*family)
    result = upload(*[row | {"户编号": "1302071042250077"} for row in family], day=LATER)
    assert {(row["status"], row["change"]) for row in result["rows"]} == {("imported", "changed")}
    assert Household.objects.get().number == "1302071042250077"


def test_a_running_number_without_a_head_claims_no_family_of_another_village(upload: Any) -> None:
    without_relation = tuple(header for header in HEADERS if header != "与户主关系")
    upload(person(证件号码=NUMBER, 户编号="7"), headers=without_relation)
    name = display_name(make.VILLAGE_A2, make.region(make.VILLAGE_A2).name)
    result = upload(*_family("王建国", 1960, 户编号="7", 行政村=name), day=LATER)
    assert {row["status"] for row in result["rows"]} == {"imported"}
    assert Household.objects.count() == 2


def test_a_second_head_holds_the_whole_household(upload: Any) -> None:
    family = _family("王建国", 1960)
    upload(*family)
    result = upload(*_family("李大山", 1970, 人均纯收入=9999), family[2], day=LATER)
    assert [row["status"] for row in result["rows"]] == ["held"] * 4
    assert all("HOUSEHOLD_MULTIPLE_HEADS" in row["codes"] for row in result["rows"])
    assert (Household.objects.get().income_per_head, Person.objects.count()) == (2800, 3)


def test_other_people_under_another_telephone_do_not_join_a_household_by_its_number(upload: Any) -> None:
    phones = "14403150001、14403150002"
    upload(*_family("王建国", 1960, 户联系电话=phones))
    strangers = _family("李大山", 1970, 人均纯收入=9999, 户联系电话="14403150077")[1:]
    result = upload(*strangers, day=LATER)
    assert [(row["status"], "HOUSEHOLD_AMBIGUOUS" in row["codes"]) for row in result["rows"]] == [("held", True)] * 2
    assert Household.objects.get().income_per_head == 2800
    child = _family("王新", 1965, 户联系电话=phones)[2]
    assert upload(child, day=LATER)["rows"][0]["change"] == "new"


def test_a_newborn_does_not_live_alone_because_her_familys_number_was_mistyped(upload: Any) -> None:
    family = _family("王建国", 1960)
    upload(*family)
    slip = {"户编号": "1302071042250009"}
    newborn = person(姓名="王新", 与户主关系="之女", 证件号码=make.id_number(date(2018, 2, 3))) | slip
    result = upload(*[row | slip for row in family], newborn, day=LATER)
    assert [row["codes"] for row in result["rows"]] == [["MOVED_HOUSEHOLD"]] * 3 + [["FAMILY_REGISTERED"]]
    assert "王建国" in result["rows"][3]["message"]
    women = upload(family[1] | slip, newborn, day=LATER)
    assert [row["codes"][0] for row in women["rows"]] == ["MOVED_HOUSEHOLD", "FAMILY_REGISTERED"]
    assert Household.objects.count() == 1


def test_the_new_wife_of_a_son_who_founds_a_household_goes_in(upload: Any) -> None:
    son = person(姓名="王柱", 性别="男", 与户主关系="之子", 证件号码=make.id_number(date(1992, 1, 1), "M"))
    upload(*_family("王建国", 1960), son)
    own = {"户编号": "1302071042250009"}
    wife = person(姓名="赵秀", 与户主关系="配偶", 证件号码=make.id_number(date(1993, 2, 3))) | own
    result = upload(son | own | {"与户主关系": "户主"}, wife, day=LATER)
    assert [(row["status"], row["codes"]) for row in result["rows"]] == [
        ("held", ["MOVED_HOUSEHOLD"]),
        ("imported", []),
    ]
