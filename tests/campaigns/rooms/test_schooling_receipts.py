"""Receipts of donations and payments in ledgers: a corrected list neither breaks nor pays twice."""

from datetime import date
from pathlib import Path

from campaigns.models import Donation, Donor, Grant
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast


def test_a_recorded_receipt_with_a_donor_who_is_not_registered_waits(cast: Cast, tmp_path: Path) -> None:
    header = ["捐赠人", "捐赠日期", "捐赠金额", "收据号"]
    sent("donations", cast.officer_a, tmp_path, [header, ["丰南甲公司", "2018-06-01", 500, "R77"]])
    told = sent("donations", cast.officer_a, tmp_path, [header, ["丰南乙公司", "2018-06-01", 500, "R77"]])
    assert told["rows"][0]["status"] == "held" and "RECEIPT_RECORDED" in told["rows"][0]["codes"]
    assert Donation.objects.get().donor.name == "丰南甲公司"


def test_one_receipt_of_two_donors_waits_in_both_rows(cast: Cast, tmp_path: Path) -> None:
    make.donor(name="丰南甲公司", region_id=make.COUNTY_A)
    told = sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额", "收据号"],
        ["丰南甲公司", "2018-06-01", 500, "R77"], ["丰南乙公司", "2018-06-01", 500, "R77"],
        ["丰南丙公司", "2018-06-01", 500, "R78"], ["丰南丁公司", "2018-06-01", 500, "R78"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["held"] * 4
    assert not Donation.objects.exists() and Donor.objects.count() == 1


def test_a_payment_whose_day_is_corrected_is_not_paid_twice(cast: Cast, tmp_path: Path) -> None:
    make.project(name="爱心企业助学金")
    child = make.person(make.household(), birth=date(2008, 3, 1), name="李小燕")
    header = ["村", "姓名", "身份证号", "助学项目", "助学金额", "发放日期", "收据号"]
    for day, amount, codes in (
        ("2018-06-01", 500, []), ("2018-06-01", 600, []), ("2018-06-11", 600, ["GRANT_RECEIPT_AGAIN"]),
    ):  # fmt: skip
        row = ["曹庄子村", child.name, child.id_number, "爱心企业助学金", amount, day, "0001"]
        assert sent("grants", cast.officer_a, tmp_path, [header, row])["rows"][0]["codes"] == codes
    assert list(Grant.objects.values_list("granted_on", "amount")) == [(date(2018, 6, 1), 600)]


def test_brackets_make_no_other_donor(cast: Cast, tmp_path: Path) -> None:
    donor = make.donor(name="春和商贸有限公司（丰南）", region_id=make.CITY)
    sent("donations", cast.officer_a, tmp_path, [
        ["捐赠人", "捐赠日期", "捐赠金额"], ["春和商贸有限公司(丰南)", "2018-06-01", 500],
    ])  # fmt: skip
    assert Donor.objects.get() == donor == Donation.objects.get().donor
