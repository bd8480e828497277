"""The health room's ledgers: relief, goods and money, free clinics, the insurer's list; what is held and why."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from campaigns.kinds import KINDS
from campaigns.models import Clinic, ClinicAttendance, GoodsAid, InsuredPerson, Relief
from households.intake.deciding import accept, correct
from households.intake.models import StagedRow
from households.models import Household, Person
from tests import make
from tests.campaigns.test_ledgers import PLACE, ledger, registered, row_of
from tests.conftest import Cast
from tests.households.intake.books import DAY, person


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    """A registered woman of 曹庄子村, head of her household."""
    registered(cast.officer_a, tmp_path, person())
    return Person.objects.get()


@pytest.fixture
def child(cast: Cast, tmp_path: Path, woman: Person) -> Person:
    """Her daughter of ten."""
    young = person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 与户主关系="之女", 在校生状况="小学")
    registered(cast.officer_a, tmp_path, person(证件号码=woman.id_number), young)
    return Person.objects.get(name="李小燕")


def relief_row(child: Person, **cells: Any) -> dict[str, Any]:
    told = {
        "所患疾病": "先天性心脏病",
        "救助金额(元)": "0.4万元",
        "捐助单位": "市妇女儿童基金会",
        "审批日期": "2018.5.8",
    }
    return row_of(child, **told | {"发放时间": "2018年5月20日"} | cells)


# --- relief -------------------------------------------------------------------------------------------------------------


def test_relief_comes_in_and_twice_is_once(cast: Cast, tmp_path: Path, child: Person) -> None:
    make.relief_programme()
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child), titles=("丰南区大病救助台账",))
    assert told["rows"][0]["status"] == "imported"
    relief = Relief.objects.get()
    assert (relief.person, relief.amount, relief.illness) == (child, Decimal(4000), "先天性心脏病")
    assert (relief.decided_on, relief.paid_on) == (date(2018, 5, 8), date(2018, 5, 20))
    assert (relief.statistical_year, relief.is_once, relief.recorded_by) == (2018, True, cast.officer_a)
    assert ledger("relief", cast.officer_a, tmp_path, relief_row(child))["counts"]["unchanged"] == 1
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child, **{"救助金额(元)": 5000}))
    assert (told["counts"]["changed"], Relief.objects.get().amount) == (1, Decimal(5000))
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert (Relief.objects.get().amount, Relief.objects.get().illness) == (Decimal(4000), "先天性心脏病")


@pytest.mark.parametrize(
    ("header", "yes", "no"), [("是否发放", "√", "×"), ("发放情况", "已发放", "未发放"), ("备注", "在家", "未领取")]
)
def test_relief_that_was_not_paid_after_all_is_asked_about(
    cast: Cast, tmp_path: Path, child: Person, header: str, yes: str, no: str
) -> None:
    make.relief_programme()
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child, **{header: no}))
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["REMARK_UNDOES"])
    assert not Relief.objects.exists()
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child, **{header: yes}))
    assert told["rows"][0]["status"] == "imported" and Relief.objects.exists()


def test_a_second_relief_in_the_statistical_year_is_held_and_in_the_next_taken(
    cast: Cast, tmp_path: Path, child: Person
) -> None:
    make.campaign_year(2019)
    programme = make.relief_programme()
    make.relief(child, programme, decided_on=date(2018, 3, 1))
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child))["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["RELIEF_TWICE_A_YEAR"])
    assert "2018-03-01" in told["message"]
    make.relief(child, programme, decided_on=date(2017, 3, 1), statistical_year=2017)
    Relief.objects.filter(statistical_year=2018).update(voided_at="2018-06-01T00:00Z", void_reason="登记有误")
    assert ledger("relief", cast.officer_a, tmp_path, relief_row(child))["rows"][0]["status"] == "imported"


def test_a_row_without_a_day_means_the_years_relief_and_never_pays_it_early(
    cast: Cast, tmp_path: Path, child: Person
) -> None:
    make.relief(child, make.relief_programme(), decided_on=date(2018, 5, 8), illness="先天性心脏病")
    row = relief_row(child, 审批日期="√", 发放时间="2018-05-20", 捐助单位=None)
    assert ledger("relief", cast.officer_a, tmp_path, row)["counts"]["changed"] == 1
    assert (Relief.objects.get().decided_on, Relief.objects.get().paid_on) == (date(2018, 5, 8), date(2018, 5, 20))
    for early in (row | {"发放时间": "2018-05-01"}, relief_row(child, 审批日期=None, 发放时间="2018-05-01")):
        told = ledger("relief", cast.officer_a, tmp_path, early)["rows"][0]
        assert (told["status"], "RELIEF_PAID_EARLY" in told["codes"]) == ("held", True)


def test_relief_given_where_she_lived_before_counts_too(cast: Cast, tmp_path: Path, child: Person) -> None:
    make.relief(child, make.relief_programme(), village=make.VILLAGE_B, decided_on=date(2018, 2, 1))
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child))["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["RELIEF_TWICE_A_YEAR"])


def test_a_programme_without_the_rule_relieves_twice(cast: Cast, tmp_path: Path, child: Person) -> None:
    make.relief(child, make.relief_programme(once_a_year=False), decided_on=date(2018, 3, 1), is_once=False)
    assert ledger("relief", cast.officer_a, tmp_path, relief_row(child))["rows"][0]["status"] == "imported"
    assert Relief.objects.count() == 2


def test_two_rows_of_one_year_for_one_child_are_both_held(cast: Cast, tmp_path: Path, child: Person) -> None:
    make.relief_programme()
    rows = (relief_row(child), relief_row(child, 审批日期="2018-05-09"))
    told = ledger("relief", cast.officer_a, tmp_path, *rows)["rows"]
    assert [(row["status"], row["codes"]) for row in told] == [("held", ["RECORD_CONFLICT"])] * 2
    assert not Relief.objects.exists()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"救助金额(元)": None}, "RELIEF_AMOUNT_MISSING"),
        ({"救助金额(元)": "9千万"}, "RELIEF_AMOUNT_MISSING"),
        ({"救助金额(元)": "80万"}, "NUMBER_OUT_OF_RANGE"),
        ({"救助项目": "没有的项目"}, "RELIEF_PROGRAMME_UNKNOWN"),
        ({"发放时间": "2018-04-01"}, "RELIEF_PAID_EARLY"),
        ({"审批日期": "2018-13-01"}, "DATE_UNREADABLE"),
        ({"审批日期": "2019-05-01", "发放时间": None}, "DATE_IN_FUTURE"),
    ],
)
def test_doubtful_relief_is_held(cast: Cast, tmp_path: Path, child: Person, cells: dict[str, Any], code: str) -> None:
    make.relief_programme()
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(child, **{"救助项目": None} | cells))["rows"][0]
    assert (told["status"], code in told["codes"]) == ("held", True)
    assert not Relief.objects.exists()


def test_who_is_too_old_is_held(cast: Cast, tmp_path: Path, woman: Person) -> None:
    make.relief_programme()
    told = ledger("relief", cast.officer_a, tmp_path, relief_row(woman))["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["RELIEF_TOO_OLD"])


# --- goods --------------------------------------------------------------------------------------------------------------


def goods_row(head: str, **cells: Any) -> dict[str, Any]:
    told = {
        "发放日期": "2018-06-01",
        "物品名称": "米面油",
        "折价(元)": "￥300.50",
        "计价方式": "购物发票",
        "来源": "爱心企业",
    }
    return {**PLACE, "户主姓名": head, **told, "是否建档立卡": None} | cells


def test_goods_for_a_registered_household_and_for_a_family_that_is_not(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    rows = (
        goods_row("王小芳"),
        goods_row("孙大海", 是否建档立卡="否", 联系电话="14403150007", 现金="250元"),
        {"行政村": "合计", "折价(元)": "601"},
    )
    told = ledger("goods", cast.officer_a, tmp_path, *rows)
    assert [row["status"] for row in told["rows"]] == ["imported", "imported"]
    found = {(one.household_id, one.family_name, one.kind, one.value) for one in GoodsAid.objects.all()}
    home = Household.objects.get().pk
    assert found == {
        (home, "", "goods", Decimal("300.50")),
        (None, "孙大海", "goods", Decimal("300.50")),
        (None, "孙大海", "money", Decimal(250)),
    }
    phone = {one.family_phone for one in GoodsAid.objects.filter(household=None)}
    assert phone == {"14403150007"}
    again = ledger("goods", cast.officer_a, tmp_path, *rows)
    assert (again["counts"]["unchanged"], GoodsAid.objects.count()) == (2, 3)
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert not GoodsAid.objects.exists()


def test_a_family_nobody_knows_is_held_and_one_click_takes_it_as_not_registered(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    told = ledger("goods", cast.officer_a, tmp_path, goods_row("孙大海"))
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["OUTSIDER_UNCONFIRMED"])
    assert not GoodsAid.objects.exists()
    accept(StagedRow.objects.get(batch=told["batch"]).pk, KINDS["goods"], by=cast.officer_a)
    assert (GoodsAid.objects.get().family_name, GoodsAid.objects.get().village_id) == ("孙大海", make.VILLAGE_A)
    assert ledger("goods", cast.officer_a, tmp_path, goods_row("孙大海", 是否建档立卡="否"))["counts"]["unchanged"] == 1


def test_a_row_that_denies_what_the_register_says_is_held(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("goods", cast.officer_a, tmp_path, goods_row("王小芳", 是否建档立卡="非建档立卡户"))
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["OUTSIDER_MAY_BE_REGISTERED"])
    staged = StagedRow.objects.get(batch=told["batch"])
    correct(staged.pk, {"registered": "是"}, KINDS["goods"], by=cast.officer_a)
    assert GoodsAid.objects.get().household == Household.objects.get()


def test_a_row_that_says_registered_and_names_nobody_is_sent_back(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("goods", cast.officer_a, tmp_path, goods_row("孙大海", 是否建档立卡="是"))["rows"][0]
    assert (told["status"], told["codes"]) == ("rejected", ["HOUSEHOLD_UNKNOWN"])


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"计价方式": None}, "GOODS_BASIS_MISSING"),
        ({"计价方式": "估计的"}, "ENUM_UNKNOWN"),
        ({"折价(元)": None}, "GOODS_VALUE_MISSING"),
        ({"折价(元)": "2.8亿"}, "GOODS_VALUE_MISSING"),
        ({"是否建档立卡": "不清楚"}, "ENUM_UNKNOWN"),
    ],
)
def test_doubtful_goods_are_held(cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], code: str) -> None:
    told = ledger("goods", cast.officer_a, tmp_path, goods_row("王小芳", **cells))["rows"][0]
    assert (told["status"], code in told["codes"]) == ("held", True)
    assert not GoodsAid.objects.exists()


def test_a_household_of_another_county_is_as_unknown_as_none(cast: Cast, tmp_path: Path, woman: Person) -> None:
    nobody = make.id_number(date(1970, 1, 1))
    messages = set()
    for number in (woman.id_number, nobody):
        row = {
            "乡镇": "兴城镇",
            "行政村": "",
            "户主姓名": "王小芳",
            "证件号码": number,
            "折价(元)": 100,
            "计价方式": "市场价",
        }
        told = ledger("goods", cast.officer_b, tmp_path, row)["rows"][0]
        messages.add((tuple(told["codes"]), told["message"], told["status"]))
    assert len(messages) == 1
    assert not GoodsAid.objects.exists()


# --- clinics ------------------------------------------------------------------------------------------------------------


def clinic_row(name: str, **cells: Any) -> dict[str, Any]:
    told = {"查体时间": "2018-06-12", "地点": "黄各庄镇卫生院", "医疗机构": "区妇幼保健院", "初步诊断": "乳腺增生"}
    return {**PLACE, "姓名": name, "证件号码": None, "是否建档立卡": None, **told} | cells


def test_a_clinic_is_made_once_and_women_of_all_kinds_attend(cast: Cast, tmp_path: Path, woman: Person) -> None:
    rows = (clinic_row("王小芳", 证件号码=woman.id_number), clinic_row("赵外人", 是否建档立卡="否"))
    told = ledger("clinics", cast.officer_a, tmp_path, *rows)
    assert [(row["status"], row["codes"]) for row in told["rows"]] == [("imported_flagged", ["CLINIC_NEW"])] * 2
    clinic = Clinic.objects.get()
    assert (clinic.region_id, clinic.held_on, clinic.hospital) == (
        make.COUNTY_A + "104",
        date(2018, 6, 12),
        "区妇幼保健院",
    )
    assert clinic.recorded_by == cast.officer_a
    found = {(one.person_id, one.woman_name, one.findings) for one in ClinicAttendance.objects.all()}
    assert found == {(woman.pk, "", "乳腺增生"), (None, "赵外人", "乳腺增生")}
    assert ledger("clinics", cast.officer_a, tmp_path, *rows)["counts"]["unchanged"] == 2
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert not (Clinic.objects.exists() or ClinicAttendance.objects.exists())


def test_a_recorded_clinic_of_the_day_is_found_and_of_two_none_is_guessed(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    known = make.clinic(held_on=date(2018, 6, 12))
    make.clinic(held_on=date(2018, 6, 12), region_id=make.COUNTY_B)
    row = clinic_row("王小芳", 证件号码=woman.id_number, 地点=None)
    ledger("clinics", cast.officer_a, tmp_path, row)
    assert ClinicAttendance.objects.get().clinic == known
    other = make.clinic(held_on=date(2018, 6, 12), hospital="另一医院")
    told = ledger("clinics", cast.officer_a, tmp_path, row)["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["CLINIC_SEVERAL_FIT"])
    ledger("clinics", cast.officer_a, tmp_path, row | {"地点": other.place})
    assert set(ClinicAttendance.objects.values_list("clinic", flat=True)) == {known.pk, other.pk}


def test_a_name_alone_is_confirmed_by_a_click_as_ever(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("clinics", cast.officer_a, tmp_path, clinic_row("王小芳"))
    assert "PERSON_BY_NAME" in told["rows"][0]["codes"]
    accept(StagedRow.objects.get(batch=told["batch"]).pk, KINDS["clinics"], by=cast.officer_a)
    assert ClinicAttendance.objects.get().person == woman


# --- the insurer's list -------------------------------------------------------------------------------------------------


def test_the_returned_list_turns_enrolled_into_accepted_without_a_second_record(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    scheme = make.scheme()
    policy, _other = make.policy(scheme), make.policy(scheme)
    make.insured(woman, policy, state="enrolled")
    told = ledger("policies", cast.officer_a, tmp_path, row_of(woman, 承保状态="已承保"))
    assert told["counts"]["changed"] == 1
    record = InsuredPerson.objects.get()
    assert (record.state, record.policy) == ("accepted", policy)
    again = ledger("policies", cast.officer_a, tmp_path, row_of(woman, 承保状态="已承保"))
    assert again["counts"]["unchanged"] == 1
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert InsuredPerson.objects.get().state == "enrolled"


def test_a_refusal_keeps_its_reason(cast: Cast, tmp_path: Path, woman: Person) -> None:
    policy = make.policy()
    make.insured(woman, policy, state="enrolled")
    ledger("policies", cast.officer_a, tmp_path, row_of(woman, 承保状态="拒保", 拒保原因="既往症"))
    record = InsuredPerson.objects.get()
    assert (record.state, record.reason_refused) == ("refused", "既往症")
    told = ledger("policies", cast.officer_a, tmp_path, row_of(woman, 承保状态=None, 拒保原因="既往症"))["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["REFUSED_WITHOUT_STATE"])
    assert DAY in policy.period
