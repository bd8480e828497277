"""An applied roster is taken back: what it made goes, what it overwrote comes back, what others worked on since stays."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pghistory
import pytest
from pghistory.models import Context

from households.intake.models import BatchPerson, ImportBatch, StagedRow
from households.intake.undo import plan_undo, undo_batch
from households.intake.undo_plan import Kept, Plan
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person
from households.roster.kind import ROSTER
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, write

LATER = date(2018, 9, 30)
NUMBER = make.id_number(date(1975, 2, 3))
CHILD = make.id_number(date(2008, 3, 8))


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Any:
    """rows → the applied batch, for the officer of 丰南区; `day`: what the roster speaks of."""

    def run(*rows: dict[str, Any], day: date = make.REPORTING_DAY) -> ImportBatch:
        result = imported(write(tmp_path / "roster.xlsx", list(rows)), cast.officer_a, default_as_of=day)
        return ImportBatch.objects.get(pk=result["batch"])

    return run


def undo(batch: ImportBatch, cast: Cast) -> Plan:
    """Undo it; the preview has said the same before."""
    foreseen = plan_undo(batch, ROSTER)
    plan = undo_batch(batch.pk, ROSTER, by=cast.officer_a)
    assert plan is not None
    assert (plan.removed, plan.restored, plan.kept) == (foreseen.removed, foreseen.restored, foreseen.kept)
    return plan


def by_hand() -> Any:
    """What somebody does later, in a request of her own; tests share one transaction with the import before."""
    return pghistory.context(reason="手工修改")


def register() -> dict[str, list[dict[str, Any]]]:
    """Everything in the register, encrypted columns in plain text."""
    found = {}
    for model in (Household, HouseholdSpell, Person, Membership, Enrolment):
        found[model.__name__] = [
            {field.attname: getattr(one, field.attname) for field in model._meta.concrete_fields}
            for one in model._default_manager.order_by("pk")
        ]
    return found


def test_people_and_households_that_the_roster_made_are_gone_without_a_trace_but_history(
    upload: Any, cast: Cast
) -> None:
    batch = upload(
        person(证件号码=NUMBER), person(姓名="李花", 证件号码=CHILD, 与户主关系="之女", 在校生状况="小学三年级")
    )
    plan = undo(batch, cast)
    assert plan.removed == {"person": 2, "household": 1}
    assert plan.kept == []
    assert all(rows == [] for rows in register().values())
    assert not BatchPerson.objects.exists()
    assert not StagedRow.objects.filter(person__isnull=False).exists()
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == (ImportBatch.State.UNDONE, cast.officer_a)
    assert Context.objects.filter(metadata__reason="undo", metadata__batch=str(batch.pk)).exists()


def test_the_same_file_can_be_imported_again_after_undoing(upload: Any, cast: Cast) -> None:
    undo(upload(person(证件号码=NUMBER)), cast)
    assert upload(person(证件号码=NUMBER)).counts["new"] == 1
    assert Person.objects.get().name == "王小芳"


def test_overwritten_values_periods_and_schooling_come_back(upload: Any, cast: Cast) -> None:
    woman = person(证件号码=NUMBER)
    girl = person(姓名="李花", 证件号码=CHILD, 与户主关系="之女", 在校生状况="小学三年级")
    upload(woman, girl)
    before = register()
    changed = {"脱贫属性": "已脱贫", "人均纯收入": 9999, "户联系电话": "14403150009"}
    second = upload(woman | changed | {"健康状况": "残疾"}, girl | changed | {"在校生状况": "七年级"}, day=LATER)
    assert second.counts["changed"] == 2
    assert HouseholdSpell.objects.count() == 2
    plan = undo(second, cast)
    assert plan.restored == {"person": 2, "household": 1}
    assert plan.kept == []
    assert register() == before


def test_a_value_that_somebody_edited_since_stays_and_the_others_come_back(upload: Any, cast: Cast) -> None:
    upload(person(证件号码=NUMBER))
    second = upload(person(证件号码=NUMBER, 健康状况="残疾", 文化程度="高中", 备注="新备注"), day=LATER)
    known = Person.objects.get()
    known.education, known.remark = "大专及以上", "新备注"  # saving encrypts the remark anew: the same value
    with by_hand():
        known.save()
    plan = undo(second, cast)
    known.refresh_from_db()
    assert (known.education, known.health, known.remark) == ("大专及以上", ["健康"], None)
    assert plan.kept == [Kept("person", known.pk, "edited")]


def test_who_stands_in_a_later_roster_stays_with_her_household(upload: Any, cast: Cast) -> None:
    first = upload(person(证件号码=NUMBER), person(姓名="李花", 证件号码=CHILD, 与户主关系="之女"))
    upload(person(证件号码=NUMBER), day=LATER)
    plan = undo(first, cast)
    assert list(Person.objects.values_list("name", flat=True)) == ["王小芳"]
    assert Household.objects.count() == HouseholdSpell.objects.count() == Membership.objects.count() == 1
    assert plan.removed == {"person": 1, "household": 0}
    assert [one.reason for one in plan.kept] == ["later_batch", "later_batch"]


def test_an_undone_roster_confirms_nobody(upload: Any, cast: Cast) -> None:
    first = upload(person(证件号码=NUMBER))
    undo(upload(person(证件号码=NUMBER), day=LATER), cast)
    undo(first, cast)
    assert not Person.objects.exists()


@pytest.mark.parametrize("is_voided", [False, True])
def test_who_has_a_fact_stays_even_a_voided_one(upload: Any, cast: Cast, is_voided: bool) -> None:
    first = upload(person(证件号码=NUMBER))
    values = {"voided_at": "2018-07-01T00:00Z", "void_reason": "填错"} if is_voided else {}
    make.pairing(Person.objects.get(), **values)
    plan = undo(first, cast)
    assert Person.objects.count() == Household.objects.count() == 1
    assert {one.reason for one in plan.kept} == {"fact", "members"}


def test_a_household_with_a_fact_stays_although_its_people_go(upload: Any, cast: Cast) -> None:
    first = upload(person(证件号码=NUMBER))
    with by_hand():
        make.cleaning(Household.objects.get())
    plan = undo(first, cast)
    assert plan.removed == {"person": 1, "household": 0}
    assert [one.reason for one in plan.kept] == ["fact"]
    assert HouseholdSpell.objects.count() == 1


def test_somebody_registered_by_hand_keeps_the_household(upload: Any, cast: Cast) -> None:
    first = upload(person(证件号码=NUMBER))
    with by_hand():
        make.person(Household.objects.get(), relation="之女")
    plan = undo(first, cast)
    assert Person.objects.count() == 1
    assert [one.reason for one in plan.kept] == ["members"]


def test_a_spell_opened_by_hand_since_keeps_the_spells_as_they_are(upload: Any, cast: Cast) -> None:
    upload(person(证件号码=NUMBER))
    second = upload(person(证件号码=NUMBER, 脱贫属性="已脱贫"), day=LATER)
    home, last = Household.objects.get(), HouseholdSpell.objects.order_by("-pk")[0]
    last.period = (last.period.lower, date(2018, 11, 1))
    with by_hand():
        last.save()
        make.spell(home, make.VILLAGE_A2, since=date(2018, 11, 1))
    before = register()["HouseholdSpell"]
    plan = undo(second, cast)
    assert register()["HouseholdSpell"] == before
    assert plan.kept == [Kept("household", home.pk, "edited")]


def test_head_and_wife_change_back(upload: Any, cast: Cast) -> None:
    man = person(姓名="赵大山", 性别="男", 证件号码=make.id_number(date(1970, 1, 2), "M"))
    wife = person(证件号码=NUMBER, 与户主关系="配偶")
    upload(man, wife)
    second = upload(man | {"与户主关系": "配偶"}, wife | {"与户主关系": "户主"}, day=LATER)
    if second.counts["changed"] != 2:
        pytest.fail(f"the roster was to change both: {second.counts}")
    undo(second, cast)
    assert dict(Membership.objects.values_list("person__name", "relation")) == {"赵大山": "户主", "王小芳": "配偶"}


def test_nobody_becomes_a_second_head_by_undoing(upload: Any, cast: Cast) -> None:
    man = person(姓名="赵大山", 性别="男", 证件号码=make.id_number(date(1970, 1, 2), "M"))
    son = person(姓名="赵小山", 性别="男", 证件号码=make.id_number(date(1999, 1, 2), "M"), 与户主关系="之子")
    upload(man, son)
    second = upload(man | {"与户主关系": "之父"}, son, day=LATER)
    with by_hand():
        Membership.objects.filter(person__name="赵小山").update(relation="户主")
    plan = undo(second, cast)
    assert Membership.objects.get(relation="户主").person.name == "赵小山"
    assert [one.reason for one in plan.kept] == ["edited"]


def test_undoing_twice_has_one_effect_and_a_preview_cannot_be_undone(upload: Any, cast: Cast) -> None:
    batch = upload(person(证件号码=NUMBER))
    undo(batch, cast)
    assert undo_batch(batch.pk, ROSTER, by=cast.officer_a) is None


@pytest.mark.parametrize("seed", range(4))
def test_undoing_a_roster_of_random_changes_leaves_the_register_as_it_was(seed: int, upload: Any, cast: Cast) -> None:
    dice = random.Random(seed)
    rows = []
    for home in range(12):
        village = dice.choice(("曹庄子村", "黄各庄村"))
        size = dice.randint(1, 4)
        for member in range(size):
            sex = dice.choice("FM")
            born = date(dice.randrange(1940, 2015), dice.randrange(1, 13), dice.randrange(1, 28))
            rows.append(
                person(
                    户编号=f"13020710422500{home:02d}",
                    姓名=f"赵{dice.choice('秀桂玉海')}{dice.choice('英兰芳珍')}",
                    性别="女" if sex == "F" else "男",
                    证件号码=make.id_number(born, sex),
                    与户主关系="户主" if member == 0 else dice.choice(("其他", "之孙女" if sex == "F" else "之孙子")),
                    行政村=village,
                    在校生状况=dice.choice(("小学", "七年级", "非在校生")) if born.year > 2002 else "非在校生",
                )
            )
    upload(*rows)
    before = register()
    again = []
    for row in rows:
        if dice.random() < 0.8:
            news = {
                "健康状况": dice.choice(("健康", "残疾", "长期慢性病")),
                "在校生状况": dice.choice((row["在校生状况"], "小学四年级")),
                "备注": dice.choice(("", "低保")),
            }
            again.append(row | news)
    homes = {row["户编号"] for row in again}
    told = {home: dice.choice(("未脱贫", "已脱贫", "返贫")) for home in homes}
    new = [
        person(户编号=home, 姓名="钱新生", 证件号码=make.id_number(date(2018, 6, 1)), 与户主关系="其他")
        for home in homes
    ]
    village_of = {row["户编号"]: row["行政村"] for row in rows}
    again = [row | {"脱贫属性": told[row["户编号"]]} for row in [*again, *new]]
    again = [row | {"行政村": village_of[row["户编号"]]} for row in again]
    batch = upload(*again, day=dice.choice((make.REPORTING_DAY, LATER)))
    assert batch.counts["new"] and batch.counts["changed"]
    assert undo(batch, cast).kept == []
    assert register() == before
