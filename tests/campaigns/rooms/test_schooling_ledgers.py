"""Ledgers of donations and grants: what is sure is taken, what is doubtful waits, a fund is never overdrawn, undo undoes."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from campaigns.models import Donation, Donor, Fund, FundEntry, Grant
from households.models import Person
from tests import make
from tests.campaigns.rooms.test_schooling_accounts import check_books
from tests.campaigns.test_ledgers import ledger, registered, row_of
from tests.conftest import Cast
from tests.households.intake.books import person


@pytest.fixture
def pupils(cast: Cast, tmp_path: Path) -> list[Person]:
    """A mother and three pupils of 曹庄子村."""
    mother = person()
    children = [
        person(姓名=name, 证件号码=make.id_number(date(2008, 3, day)), 与户主关系="之女", 在校生状况="小学")
        for day, name in enumerate(("李小燕", "李小红", "李小梅"), start=1)
    ]
    registered(cast.officer_a, tmp_path, mother, *children)
    return list(Person.objects.filter(name__startswith="李小").order_by("birth_date"))


HEADS = ("序号", "捐赠单位或个人", "捐款金额", "到账时间", "用途", "收据编号", "联系方式", "物资名称", "折价(元)")
DIRTY = [
    dict(zip(HEADS, cells, strict=False))
    for cells in (
        (1, "丰南某商贸有限公司", "2.8万", "2018年3月5日", "资助贫困学生", "0001", "14403150001"),
        (2, "周某某", "￥1,000元", "2018.4.1", None, "0002"),
        (3, "匿名", 200, "4月"),
        (4, None, 500, "2018-04-02"),
        (5, "丰南区志愿服务队", None, "2018-05-02", None, "0003", None, "书包40个", 2600),
        (None, "合计", 30700),
    )
]


def test_a_dirty_list_of_donations(cast: Cast, tmp_path: Path) -> None:
    told = ledger("donations", cast.officer_a, tmp_path, *DIRTY, titles=("2018年捐赠台账", "单位：元"))
    assert [row["status"] for row in told["rows"]] == [
        "imported_flagged", "imported_flagged", "imported_flagged", "held", "imported_flagged",
    ]  # fmt: skip
    assert "DONOR_MISSING" in told["rows"][3]["codes"]
    assert list(Donor.objects.order_by("pk").values_list("name", "kind", "is_anonymous", "region_id")) == [
        ("丰南某商贸有限公司", "firm", False, make.COUNTY_A), ("周某某", "person", False, make.COUNTY_A),
        ("匿名", "person", True, make.COUNTY_A), ("丰南区志愿服务队", "society", False, make.COUNTY_A),
    ]  # fmt: skip
    assert Donor.objects.get(name="丰南某商贸有限公司").phone == "14403150001"
    money, goods = Fund.objects.get(is_goods=False), Fund.objects.get(is_goods=True)
    assert (money.name, money.balance, goods.balance) == ("春蕾助学基金", 29200, 2600)
    april = Donation.objects.get(amount=200)
    assert (april.received_on, april.recorded_by) == (date(2018, 4, 30), cast.officer_a)
    given = Donation.objects.get(is_goods=True)
    assert (given.goods, given.value_basis, given.receipt_no) == ("书包40个", "台账填报", "0003")
    check_books()


def test_the_same_list_again_changes_nothing_and_a_corrected_one_what_it_corrects(cast: Cast, tmp_path: Path) -> None:
    ledger("donations", cast.officer_a, tmp_path, *DIRTY)
    entries = FundEntry.objects.count()
    told = ledger("donations", cast.officer_a, tmp_path, *DIRTY)
    assert told["counts"]["unchanged"] == 4 and told["counts"]["new"] == told["counts"]["changed"] == 0
    assert FundEntry.objects.count() == entries and Donation.objects.count() == 4
    told = ledger("donations", cast.officer_a, tmp_path, DIRTY[0] | {"捐款金额": 30000})
    assert told["counts"]["changed"] == 1
    assert Fund.objects.get(is_goods=False).balance == 31200
    check_books()


def test_a_receipt_that_comes_later_finds_its_donation(cast: Cast, tmp_path: Path) -> None:
    row = {"捐赠人": "周某某", "捐赠金额": 1000, "捐赠日期": "2018-04-01"}
    ledger("donations", cast.officer_a, tmp_path, row)
    told = ledger("donations", cast.officer_a, tmp_path, row | {"收据号": "0009"})
    assert told["counts"]["changed"] == 1 and Donation.objects.get().receipt_no == "0009"


def test_rows_that_contradict_each_other_wait(cast: Cast, tmp_path: Path) -> None:
    row = {"捐赠人": "周某某", "捐赠金额": 1000, "捐赠日期": "2018-04-01", "收据号": "0009"}
    told = ledger("donations", cast.officer_a, tmp_path, row, row | {"捐赠金额": 2000})
    assert [one["codes"][0] for one in told["rows"]] == ["RECORD_CONFLICT"] * 2
    assert not Donation.objects.exists()


def test_funds_of_another_county_are_not_there(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    other = make.fund(1000, name="迁西基金", region_id=make.COUNTY_B)
    told = ledger(
        "donations",
        cast.officer_a,
        tmp_path,
        {"捐赠人": "周某", "捐赠金额": 1, "捐赠日期": "2018-04-01", "入账基金": "迁西基金"},
    )
    assert "FUND_NEW" in told["rows"][0]["codes"]
    own = Fund.objects.get(region_id=make.COUNTY_A)
    assert own.pk != other.pk and own.balance == 1
    told = ledger(
        "grants", cast.officer_a, tmp_path, row_of(pupils[0], 发放日期="2018-05-01", 助学金额=500, 资金来源="迁西基金")
    )
    assert "AMOUNT_EXCEEDS_FUND" in told["rows"][0]["codes"]  # her own fund of that name, which holds 1 yuan
    assert Fund.objects.get(pk=other.pk).balance == 1000


def test_a_fund_is_never_overdrawn_by_a_list(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    make.fund(1000, name="春蕾基金")
    rows = [
        row_of(
            who,
            发放日期="2018-05-01",
            助学金额=400,
            资金来源="春蕾基金",
            监护人="李大山",
            学校="中心小学",
            年级="四年级",
        )
        for who in pupils
    ]
    told = ledger("grants", cast.officer_a, tmp_path, *rows)
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "imported_flagged", "held"]
    assert told["rows"][2]["codes"][0] == "AMOUNT_EXCEEDS_FUND"
    assert "200.00元" in told["rows"][2]["message"]
    grant = Grant.objects.get(person=pupils[0])
    assert (grant.kind, grant.paid_on, grant.guardian, grant.school, grant.grade) == (
        "fund", date(2018, 5, 1), "李大山", "中心小学", "四年级",
    )  # fmt: skip
    assert Fund.objects.get().balance == 200
    told = ledger("grants", cast.officer_a, tmp_path, *rows)
    assert told["counts"]["unchanged"] == 2 and told["counts"]["held"] == 1
    check_books()


def test_money_that_comes_later_pays_nothing_earlier(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    fund = make.fund(name="春蕾基金")
    make.donation(fund, received_on=date(2018, 5, 10))
    row = row_of(pupils[0], 助学金额=400, 资金来源="春蕾基金")
    told = ledger("grants", cast.officer_a, tmp_path, row | {"发放日期": "2018-05-09"})
    assert told["rows"][0]["codes"][0] == "AMOUNT_EXCEEDS_FUND"
    told = ledger("grants", cast.officer_a, tmp_path, row | {"发放日期": "2018-05-10"})
    assert told["counts"]["new"] == 1


def test_a_raised_amount_needs_only_the_difference(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    make.fund(1000, name="春蕾基金")
    row = row_of(pupils[0], 发放日期="2018-05-01", 助学金额=900, 资金来源="春蕾基金")
    ledger("grants", cast.officer_a, tmp_path, row)
    told = ledger("grants", cast.officer_a, tmp_path, row | {"助学金额": 1000})
    assert told["counts"]["changed"] == 1 and Fund.objects.get().balance == 0
    told = ledger("grants", cast.officer_a, tmp_path, row | {"助学金额": "1000.01"})
    assert told["rows"][0]["codes"][0] == "AMOUNT_EXCEEDS_FUND" and Grant.objects.get().amount == 1000
    check_books()


def test_a_recorded_grant_learns_its_fund(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    fund = make.fund(500, name="春蕾基金")
    ledger("grants", cast.officer_a, tmp_path, row_of(pupils[0], 助学="2018-05-01", 助学金额=500))
    assert Grant.objects.get().kind == "other"
    told = ledger(
        "grants", cast.officer_a, tmp_path, row_of(pupils[0], 助学="2018-05-01", 助学金额=500, 资金来源="春蕾基金")
    )
    assert told["counts"]["changed"] == 1
    assert Fund.objects.get(pk=fund.pk).balance == 0 and Grant.objects.get().kind == "fund"
    check_books()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"资金来源": "没有的基金"}, "FUND_UNKNOWN"),
        ({"资金来源": "春蕾基金", "助学金额": None}, "FUND_AMOUNT_MISSING"),
        ({"资金来源": "春蕾基金", "实物": "是"}, "FUND_OF_OTHER_KIND"),
        ({"资金来源": "直接资助"}, "DONOR_MISSING"),
    ],
)
def test_a_payer_in_doubt_holds_the_row(
    cast: Cast, tmp_path: Path, pupils: list[Person], cells: dict[str, object], code: str
) -> None:
    make.fund(1000, name="春蕾基金")
    told = ledger(
        "grants", cast.officer_a, tmp_path, row_of(pupils[0], **{"发放日期": "2018-05-01", "助学金额": 400} | cells)
    )
    assert told["rows"][0]["status"] == "held" and code in told["rows"][0]["codes"]
    assert not Grant.objects.exists()


def test_direct_grants_advances_and_pairs(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    fund = make.fund(name="春蕾基金")
    early, paired = make.donor(name="早捐人"), make.donor(name="结对人")
    make.donation(fund, early, received_on=date(2018, 1, 5))
    gift = make.donation(fund, paired)
    pledge = make.pledge(pupils[2], paired)
    told = ledger(
        "grants", cast.officer_a, tmp_path,
        row_of(pupils[0], 发放日期="2018-05-01", 助学金额=400, 资金来源="直接资助", 捐赠人="周某某"),
        row_of(pupils[1], 发放日期="2018-05-01", 助学金额=300, 资金来源="村委会垫付", 捐赠人=None),
        row_of(pupils[2], 发放日期="2018-05-01", 助学金额=500, 资金来源="春蕾基金", 捐赠人="结对人"),
    )  # fmt: skip
    assert "DONOR_NEW" in told["rows"][0]["codes"]
    direct, advance, pair = Grant.objects.order_by("person__birth_date")
    assert direct.donor is not None and (direct.kind, direct.donor.name) == ("direct", "周某某")
    assert (advance.kind, advance.advanced_by) == ("advance", "村委会")
    assert (pair.kind, pair.pledge) == ("fund", pledge)
    assert [one.donation for one in pair.allocations.all()] == [gift]
    told = ledger(
        "grants",
        cast.officer_a,
        tmp_path,
        row_of(pupils[1], 发放日期="2018-05-01", 助学金额=300, 资金来源="直接资助", 捐赠人="新来的"),
    )
    assert told["rows"][0]["codes"][0] == "DONOR_NOT_REGISTERED"
    check_books()


def test_spent_donations_are_not_made_smaller(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    row = {"捐赠人": "周某某", "捐赠金额": 1000, "捐赠日期": "2018-04-01", "收据号": "0009"}
    ledger("donations", cast.officer_a, tmp_path, row)
    ledger(
        "grants",
        cast.officer_a,
        tmp_path,
        row_of(pupils[0], 发放日期="2018-05-01", 助学金额=600, 资金来源="春蕾助学基金"),
    )
    told = ledger("donations", cast.officer_a, tmp_path, row | {"捐赠金额": 500})
    assert told["rows"][0]["codes"][0] == "DONATION_SPENT" and Donation.objects.get().amount == 1000
    told = ledger("donations", cast.officer_a, tmp_path, row | {"捐赠金额": 600})
    assert told["counts"]["changed"] == 1 and Fund.objects.get().balance == 0


def test_undo_returns_the_money_and_keeps_what_is_spent(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    rows = [{"捐赠人": f"周某{n}", "捐赠金额": 500, "捐赠日期": f"2018-04-0{n}", "收据号": f"{n}"} for n in (1, 2)]
    given = ledger("donations", cast.officer_a, tmp_path, *rows)
    paid = ledger(
        "grants",
        cast.officer_a,
        tmp_path,
        row_of(pupils[0], 发放日期="2018-05-01", 助学金额=400, 资金来源="春蕾助学基金"),
    )
    call_command("undo_import", given["batch"], "--as", cast.officer_a.username)
    assert [one.receipt_no for one in Donation.objects.all()] == ["1"]  # the other one was paid out already
    assert Fund.objects.get().balance == Decimal(100)
    check_books()
    call_command("undo_import", paid["batch"], "--as", cast.officer_a.username)
    assert not Grant.objects.exists() and Fund.objects.get().balance == Decimal(500)
    check_books()


def test_undo_leaves_a_raised_donation_whose_money_is_spent(cast: Cast, tmp_path: Path, pupils: list[Person]) -> None:
    row = {"捐赠人": "周某某", "捐赠金额": 500, "捐赠日期": "2018-04-01", "收据号": "1"}
    ledger("donations", cast.officer_a, tmp_path, row)
    raised = ledger("donations", cast.officer_a, tmp_path, row | {"捐赠金额": 900})
    cells = {"发放日期": "2018-05-01", "助学金额": 700, "资金来源": "春蕾助学基金"}
    ledger("grants", cast.officer_a, tmp_path, row_of(pupils[0], **cells))
    call_command("undo_import", raised["batch"], "--as", cast.officer_a.username)
    assert Donation.objects.get().amount == 900 and Fund.objects.get().balance == 200
    check_books()
