"""Ledgers as officers lay them out: words that nobody declared, places in titles, merged and blank leading cells, units."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from campaigns.cleaning.models import Cleaning
from campaigns.kinds import KINDS
from campaigns.models import Contact, Donation, Grant, InsuredPerson, Pairing, Visit
from households.intake.applying import apply_batch
from households.intake.headers import normalise_header, resolve
from households.intake.staging import receive, result, stage
from households.models import Person, User
from tests import make
from tests.campaigns.test_ledgers import registered
from tests.conftest import Cast
from tests.households.intake.books import DAY, person

type Cells = list[Any]


def sent(
    kind: str, by: User, folder: Path, rows: list[Cells], *, merged: tuple[tuple[int, int, int, int], ...] = ()
) -> Any:
    """A sheet's rows, cell by cell, through preview and import; the contract's result."""
    path = folder / f"{kind}.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    for top, left, bottom, right in merged:
        sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    batch = receive(path, name=path.name, by=by, kind=kind)
    batch = stage(batch.pk, KINDS[kind], default_as_of=DAY)
    told = result(batch, KINDS[kind].labels)
    apply_batch(batch.pk, KINDS[kind], by=by)
    return told


def test_the_village_stands_in_the_title_and_the_words_are_the_villages_own(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["丰南区黄各庄镇曹庄子村脱贫攻坚宣传入户登记表"],
        ["序号", "户主姓名", "入户时间", "宣传形式", "宣讲员", "签字"],
        [1, "王小芳", "2018/6/7 10:30", "入户", "赵一", None], [2, "李桂兰", "43260", "入户走访", "赵一", None],
        ["合计", "2户"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "imported"]
    assert sorted(Contact.objects.values_list("done_on", flat=True)) == [date(2018, 6, 7), date(2018, 6, 9)]


def test_a_header_of_two_rows_with_a_group(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["家居清洁互助台账"],
        ["乡镇", "村", "户主", "第一轮清洁", None, None],
        [None, None, None, "完成日期", "参加志愿者", "得分"],
        ["黄各庄镇", "曹庄子村", "王小芳", "2018-05-01", "李敏等5人", "88分"],
    ])  # fmt: skip
    assert told["rows"][0]["status"] == "imported"
    cleaning = Cleaning.objects.get()
    assert (cleaning.done_on, cleaning.helpers, cleaning.score) == (date(2018, 5, 1), "李敏等5人", 88)


def test_the_insurers_own_words(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    policy = make.policy()
    told = sent("policies", cast.officer_a, tmp_path, [
        ["中国人寿团体保险被保险人清单"],
        ["序号", "被保险人姓名", "性别", "证件类型", "证件号码", "出生日期", "保额", "保费", "保单号"],
        [1, "王小芳", "女", "身份证", women[0].id_number, "1971-05-01", 10000, 25, policy.number],
        [None, "合计", None, None, None, None, 10000, 25, None],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported"]
    assert InsuredPerson.objects.get().person == women[0]


HELPER_FIRST = ["包联干部姓名", "职务", "联系电话", "贫困妇女姓名", "乡镇", "所在村", "身份证号码", "包联时间"]


def rows_of(women: list[Person], *helpers: str | None) -> list[Cells]:
    return [
        [
            helper,
            helper and "村妇联主席",
            helper and "14403150001",
            one.name,
            "黄各庄镇",
            "曹庄子村",
            one.id_number,
            "2018.4.10",
        ]
        for helper, one in zip(helpers, women, strict=True)
    ]


def test_a_helper_stands_once_before_her_people(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [HELPER_FIRST, *rows_of(women, "张桂英", None, "钱秀云")])
    assert [row["status"] for row in told["rows"]] == ["imported_flagged"] * 3
    assert "FROM_ABOVE" in told["rows"][1]["codes"] and "FROM_ABOVE" not in told["rows"][2]["codes"]
    assert [one.helper.name for one in Pairing.objects.order_by("person__birth_date")] == ["张桂英", "张桂英", "钱秀云"]
    assert {one.helper.phone for one in Pairing.objects.all()} == {"14403150001"}


def test_a_blank_helper_right_of_the_person_is_asked_for(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    header = ["姓名", "乡镇", "行政村", "证件号码", "包联人", "结对时间"]
    rows = [
        [one.name, "黄各庄镇", "曹庄子村", one.id_number, name, "2018-04-10"]
        for one, name in zip(women, ("张桂英", None, "钱秀云"), strict=True)
    ]
    told = sent("pairings", cast.officer_a, tmp_path, [header, *rows])
    assert told["rows"][1]["status"] == "held" and told["rows"][1]["codes"] == ["HELPER_MISSING"]


def test_a_merged_cell_speaks_for_all_its_rows(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    header = ["姓名", "乡镇", "行政村", "证件号码", "包联人", "结对时间"]
    rows = [[one.name, "黄各庄镇", "曹庄子村", one.id_number, "张桂英", "2018-04-10"] for one in women]
    sent("pairings", cast.officer_a, tmp_path, [header, *rows], merged=((1, 4, 3, 4), (1, 5, 3, 5)))
    assert [(one.helper.name, one.period.lower) for one in Pairing.objects.all()] == [("张桂英", date(2018, 4, 10))] * 3


@pytest.mark.parametrize(
    ("title", "header", "cell", "yuan"),
    [
        ("助学金发放表", "资助金额（万元）", 0.08, 800),
        ("助学金发放表（单位：万元）", "发放标准", 0.05, 500),
        ("助学金发放表（单位：万元）", "资助金额（元）", 600, 600),
        ("助学金发放表", "补助金额", "1,000元", 1000),
    ],
)
def test_an_amount_is_in_the_unit_that_header_or_title_tell(
    cast: Cast, tmp_path: Path, title: str, header: str, cell: Any, yuan: int
) -> None:
    child = person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 在校生状况="小学")
    registered(cast.officer_a, tmp_path, child)
    make.project()
    sent("grants", cast.officer_a, tmp_path, [
        [title], ["学生姓名", "乡镇", "村", "身份证号", "发放日期", header],
        ["李小燕", "黄各庄镇", "曹庄子村", child["证件号码"], "2018-06-20", cell],
    ])  # fmt: skip
    assert Grant.objects.get().amount == Decimal(yuan)


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("combined", "监护人姓名", None), ("combined", "配偶姓名", None), ("combined", "受助学生姓名", "name"),
        ("cleanings", "第二轮清洁时间", None), ("cleanings", "首轮清洁完成时间", "cleaning"), ("policies", "投保人", None),
        ("pairings", "包联对象", "paired_with"), ("pairings", "结对帮扶责任人电话", "helper_phone"),
        ("grants", "助学项目名称", "aid_project"),
        ("contacts", "建档立卡贫困户姓名", "head_name"),
    ],
)  # fmt: skip
def test_patterns_take_no_other_persons_column(kind: str, header: str, field: str | None) -> None:
    assert resolve(normalise_header(header), KINDS[kind].table()) == field


@pytest.mark.parametrize("asked", ["是否完成", "完成情况", "是否达标", "状态"])
def test_a_no_beside_a_day_is_no_cleaning(cast: Cast, tmp_path: Path, women: list[Person], asked: str) -> None:
    """The day is filled down by the form: the column beside it, which nobody read, says who was not visited."""
    told = sent("cleanings", cast.officer_a, tmp_path, [
        ["乡镇", "村", "户主姓名", "清洁日期", asked],
        ["黄各庄镇", "曹庄子村", "王小芳", "2018-05-06", "√"],
        ["黄各庄镇", "曹庄子村", "李桂兰", "2018-05-06", "×"],
        ["黄各庄镇", "曹庄子村", "张淑珍", "2018-05-06", "未完成"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held", "held"]
    assert [one.household.head_name for one in Cleaning.objects.select_related("household")] == ["王小芳"]


@pytest.mark.parametrize("asked", ["是否完成", "是否入户", "完成情况"])
def test_a_no_beside_a_day_is_no_contact(cast: Cast, tmp_path: Path, women: list[Person], asked: str) -> None:
    told = sent("contacts", cast.officer_a, tmp_path, [
        ["乡镇", "村", "户主姓名", "宣传时间", "宣传方式", asked],
        ["黄各庄镇", "曹庄子村", "王小芳", "2018-05-06", "入户", "已完成"],
        ["黄各庄镇", "曹庄子村", "李桂兰", "2018-05-06", "入户", "否"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported", "held"]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("asked", ["是否结对", "是否包联", "包联状态"])
def test_a_helper_beside_a_no_is_no_pairing(cast: Cast, tmp_path: Path, women: list[Person], asked: str) -> None:
    told = sent("pairings", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "包联人", asked],
        *(["黄各庄镇", "曹庄子村", one.name, one.id_number, "吴小芳", said]
          for one, said in zip(women, ("是", "否", "已解除"), strict=True)),
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "held", "held"]
    assert [one.person.name for one in Pairing.objects.select_related("person")] == ["王小芳"]


def test_a_no_in_the_combined_ledger_outweighs_what_stands_beside_it(
    cast: Cast, tmp_path: Path, women: list[Person]
) -> None:
    told = sent("combined", cast.officer_a, tmp_path, [
        ["乡镇", "村", "姓名", "身份证号", "是否结对", "包联人", "助学", "助学金额"],
        ["黄各庄镇", "曹庄子村", "王小芳", women[0].id_number, "否", "吴小芳", None, None],
        ["黄各庄镇", "曹庄子村", "李桂兰", women[1].id_number, None, None, "×", 500],
    ])  # fmt: skip
    assert [(row["status"], row["codes"][0]) for row in told["rows"]] == [("held", "ANSWERS_CONTRADICT")] * 2
    assert not Pairing.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.parametrize("asked", ["是否发放", "发放情况", "是否到账"])
def test_a_payment_that_was_not_made_is_no_grant(cast: Cast, tmp_path: Path, women: list[Person], asked: str) -> None:
    """A √ beside the day of the payment means that day; a × there, no money or money taken back is no aid."""
    told = sent("grants", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "资助金额", "发放日期", asked],
        *([one.name, one.id_number, amount, "2018-05-20", said]
          for one, amount, said in zip(women, (500, 500, 0), ("√", "×", "√"), strict=True)),
        [women[0].name, women[0].id_number, -500, "2018-05-21", None],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "held", "held", "held"]
    assert "DATE_FROM_TICK" not in told["rows"][0]["codes"]
    assert [(one.granted_on, one.amount) for one in Grant.objects.all()] == [(date(2018, 5, 20), 500)]


@pytest.mark.parametrize("asked", ["是否到账", "到账情况"])
def test_money_that_has_not_come_in_is_no_donation(cast: Cast, tmp_path: Path, asked: str) -> None:
    told = sent("donations", cast.federation_staff, tmp_path, [
        ["捐赠人", "捐款金额（元）", "捐款时间", asked],
        ["春燕家政公司", 2000, "2018-03-08", "已到账"], ["巧手编织公司", 500, "2018-03-08", "未到账"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "held"]
    assert [one.amount for one in Donation.objects.all()] == [2000]


@pytest.mark.parametrize("asked", ["是否完成", "完成情况"])
def test_a_no_beside_a_day_is_no_visit(cast: Cast, tmp_path: Path, women: list[Person], asked: str) -> None:
    told = sent("visits", cast.officer_a, tmp_path, [
        ["乡镇", "村", "户主姓名", "走访人", "走访时间", asked],
        ["黄各庄镇", "曹庄子村", "王小芳", "吴小芳", "2018-05-06", "√"],
        ["黄各庄镇", "曹庄子村", "李桂兰", "吴小芳", "2018-05-06", "×"],
    ])  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "held"]
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("remark", ["已退保", "未承保（超龄）", "本人不愿投保"])
def test_a_remark_that_the_cover_is_none_is_not_passed_over(
    cast: Cast, tmp_path: Path, women: list[Person], remark: str
) -> None:
    policy = make.policy()
    told = sent("policies", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "保单号", "备注"],
        [women[0].name, women[0].id_number, policy.number, "本人已签字"],
        [women[1].name, women[1].id_number, policy.number, remark],
    ])  # fmt: skip
    assert [(row["status"], row["codes"]) for row in told["rows"]] == [("imported", []), ("held", ["REMARK_UNDOES"])]
    assert [one.person_id for one in InsuredPerson.objects.all()] == [women[0].pk]


def test_a_remark_beside_a_no_holds_nothing(cast: Cast, tmp_path: Path, women: list[Person]) -> None:
    policy = make.policy()
    told = sent("policies", cast.officer_a, tmp_path, [
        ["姓名", "身份证号", "保单号", "是否投保", "备注"],
        [women[0].name, women[0].id_number, policy.number, "×", "本人不愿投保"],
    ])  # fmt: skip
    assert told["rows"][0]["codes"] == ["NOTHING_TOLD"]


@pytest.mark.parametrize(
    "above",
    [
        ["宣传时间", "2018-05-02", "宣传方式", "入户宣传"],
        ["宣传时间", None, date(2018, 5, 2), None, "宣传方式", "入户宣传"],
        ["宣传时间：2018-05-02", "宣传方式：入户宣传"],
        ["填表人", "赵一", "联系电话", "14403150001"],
    ],
)
def test_labels_and_values_right_above_the_header_are_no_part_of_it(
    cast: Cast, tmp_path: Path, women: list[Person], above: Cells
) -> None:
    columns = ["姓名", "身份证号"] if "填表人" not in above else ["姓名", "身份证号", "宣传时间", "宣传方式"]
    who = [women[0].name, women[0].id_number]
    rows = [["黄各庄镇曹庄子村宣传登记表"], above, columns, [*who, date(2018, 5, 2), "入户宣传"][: len(columns)]]
    told = sent("contacts", cast.officer_a, tmp_path, rows)
    assert [row["status"] for row in told["rows"]] in (["imported"], ["imported_flagged"])
    recorded = Contact.objects.get()
    assert (recorded.done_on, recorded.kind, recorded.speaker) == (date(2018, 5, 2), Contact.Kind.VISIT, "")
