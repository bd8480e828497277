"""Money told twice: the same sum of the same month on another day waits for somebody who knows."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaigns.kinds import KINDS
from campaigns.models import Donation, GoodsAid, Grant, Relief
from households.intake.deciding import accept
from households.intake.models import StagedRow
from households.models import Person
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.campaigns.test_ledgers import registered
from tests.conftest import Cast
from tests.households.intake.books import person

CHILD = make.id_number(make.date(2008, 3, 1))


@pytest.fixture
def child(cast: Cast, tmp_path: Path) -> Person:
    """A pupil of 曹庄子村, who is in the head 王小芳's household."""
    make.project(name="春蕾助学")
    make.relief_programme(name="大病救助", once_a_year=False)
    make.donor(name="唐山爱心企业")
    make.fund(0, name="春蕾基金", region_id=make.COUNTY_A)
    own = person(姓名="李小燕", 证件号码=CHILD, 与户主关系="之女", 在校生状况="小学")
    registered(cast.officer_a, tmp_path, person(), own)
    return Person.objects.get(name="李小燕")


LEDGERS: dict[str, tuple[Any, list[str], list[Any], str]] = {
    "grants": (
        Grant, ["村", "姓名", "身份证号", "项目名称", "资助金额", "资助日期"], ["曹庄子村", "李小燕", CHILD, "春蕾助学", 500], "amount",
    ),
    "goods": (
        GoodsAid, ["村", "户主", "是否建档立卡", "款物类别", "捐款金额", "发放时间"], ["曹庄子村", "王小芳", "是", "现金", 500], "value",
    ),
    "relief": (
        Relief, ["村", "姓名", "身份证号", "救助项目", "救助金额", "审批日期"], ["曹庄子村", "李小燕", CHILD, "大病救助", 500], "amount",
    ),
    "donations": (Donation, ["捐赠人", "入账基金", "捐款金额", "捐赠日期"], ["唐山爱心企业", "春蕾基金", 500], "amount"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEDGERS)
@pytest.mark.parametrize("first", ["2018年5月", "2018-05-20"], ids=["month", "other day"])
def test_a_sum_told_again_on_another_day_of_the_month_waits(
    cast: Cast, tmp_path: Path, child: Person, kind: str, first: str
) -> None:
    model, header, cells, name = LEDGERS[kind]
    sent(kind, cast.officer_a, tmp_path, [header, [*cells, first]])
    assert model.objects.count() == 1
    (row,) = sent(kind, cast.officer_a, tmp_path, [header, [*cells, "2018-05-12"]])["rows"]
    assert (row["status"], "SUM_RECORDED" in row["codes"]) == ("held", True), row
    assert "500.00元" in row["message"]
    assert model.objects.count() == 1
    accept(StagedRow.objects.get(status="held").pk, KINDS[kind], by=cast.officer_a)
    assert list(model.objects.values_list(name, flat=True)) == [Decimal(500)] * 2


@pytest.mark.parametrize("kind", LEDGERS)
@pytest.mark.parametrize("done", ["√", ""], ids=["tick", "blank"])
def test_a_sum_without_a_day_may_be_that_of_any_day_before_it(
    cast: Cast, tmp_path: Path, child: Person, kind: str, done: str
) -> None:
    """Recorded on the list's own day, because it told none: the later list with the day would count the money twice."""
    model, header, cells, _name = LEDGERS[kind]
    sent(kind, cast.officer_a, tmp_path, [header, [*cells, done]])
    assert model.objects.get().day_told == "nothing"
    (row,) = sent(kind, cast.officer_a, tmp_path, [header, [*cells, "2018-04-12"]])["rows"]
    assert (row["status"], "SUM_RECORDED" in row["codes"]) == ("held", True), row
    assert model.objects.count() == 1
    (row,) = sent(kind, cast.officer_a, tmp_path, [header, [*cells, "2018-12-30"]])["rows"]
    assert (row["change"], model.objects.count()) == ("new", 2)  # it was given after the list that told the first


def test_other_sums_months_and_whole_lists_of_both_are_payments_of_their_own(
    cast: Cast, tmp_path: Path, child: Person
) -> None:
    _model, header, cells, _name = LEDGERS["grants"]
    sent("grants", cast.officer_a, tmp_path, [header, [*cells, "2018-05-20"]])
    others = [[*cells[:-1], 300, "2018-05-21"], [*cells, "2018-06-20"], [*cells, "2018-05-20"], [*cells, "2018-05-28"]]
    told = sent("grants", cast.officer_a, tmp_path, [header, *others])
    assert [row["change"] for row in told["rows"]] == ["new", "new", "unchanged", "new"]
    assert Grant.objects.count() == 4
