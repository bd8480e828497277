"""Hand-made lists: families that could be merged or torn, people who could vanish, lines that are nobody."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from households.intake.models import ImportBatch
from households.models import Household, Membership, Person
from households.roster.missing import missing_people
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, preview, told, write

WORDS = {
    "县": "丰南区", "乡镇": "黄各庄镇", "行政村": "曹庄子村", "脱贫属性": "未脱贫",
}  # fmt: skip


def row(name: str, born: date, sex: str = "女", **cells: Any) -> dict[str, Any]:
    """One person's row of a hand list."""
    number = make.id_number(born, "F" if sex == "女" else "M")
    return {**WORDS, "姓名": name, "性别": sex, "证件号码": number, **cells}


@pytest.fixture
def listed(cast: Cast, tmp_path: Path) -> Any:
    """Rows → the contract's result of the preview, for the officer of 丰南区; the columns are those of the first row."""

    def run(*rows: dict[str, Any], **options: Any) -> dict[str, Any]:
        file = write(tmp_path / "list.xlsx", list(rows), headers=tuple(rows[0]), **options)
        return told(preview(file, cast.officer_a))

    return run


@pytest.fixture
def applied(cast: Cast, tmp_path: Path) -> Any:
    """Rows → the contract's result of the whole road, for the officer of 丰南区."""

    def run(*rows: dict[str, Any], day: date = date(2018, 6, 30)) -> dict[str, Any]:
        file = write(tmp_path / f"list {day}.xlsx", list(rows), headers=tuple(rows[0]))
        return imported(file, cast.officer_a, default_as_of=day)

    return run


def codes(result: dict[str, Any]) -> dict[str, set[str]]:
    """Name → codes."""
    return {one["values"]["姓名"]: set(one["codes"]) for one in result["rows"]}


def statuses(result: dict[str, Any]) -> list[str]:
    """The rows' statuses in order."""
    return [one["status"] for one in result["rows"]]


def family(head: str, year: int, **cells: Any) -> list[dict[str, Any]]:
    """A head and her daughter, who name their head and say nothing of their relation."""
    return [
        row(head, date(year, 3, 1), 户主姓名=head, **cells),
        row(f"{head}女", date(year + 25, 3, 1), 户主姓名=head, **cells),
    ]


def test_two_heads_under_one_number_are_held_without_a_relation_too(listed: Any) -> None:
    result = listed(
        *family("赵大凤", 1960, 户编号="1302071042250001"), *family("钱小凤", 1962, 户编号="1302071042250001")
    )
    assert statuses(result) == ["held"] * 4
    assert all("HOUSEHOLD_MULTIPLE_HEADS" in found for found in codes(result).values())


def test_two_heads_of_one_name_are_held_without_a_relation_too(listed: Any) -> None:
    result = listed(*family("赵大凤", 1960), *family("赵大凤", 1962))
    assert statuses(result) == ["held"] * 4


def test_a_head_whose_relation_is_blank_is_a_second_head(listed: Any) -> None:
    number = {"户编号": "1302071042250001"}
    result = listed(
        row("赵大凤", date(1960, 3, 1), 户主姓名="赵大凤", 与户主关系="户主", **number),
        row("钱小凤", date(1962, 3, 1), 户主姓名="钱小凤", 与户主关系="", **number),
    )
    assert statuses(result) == ["held"] * 2


def test_a_conflicting_head_is_one_head(listed: Any) -> None:
    head = row("赵大凤", date(1960, 3, 1), 户编号="1302071042250001", 与户主关系="户主")
    child = row("赵小凤", date(1990, 3, 1), 户编号="1302071042250001", 与户主关系="之女")
    result = listed(head, child, head | {"姓名": "赵改名"})
    assert statuses(result) == ["held", "imported", "held"]
    assert "HOUSEHOLD_MULTIPLE_HEADS" not in set().union(*codes(result).values())


def test_two_of_one_name_in_a_household_are_held(listed: Any) -> None:
    number = {"户编号": "1302071042250001"}
    twice = [row("赵小凤", date(1990, 3, 1), 与户主关系="之女", **number) for _ in range(2)]
    result = listed(row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **number), *twice)
    assert statuses(result) == ["imported", "held", "held"]
    assert codes(result)["赵小凤"] == {"NAME_TWICE_IN_HOUSEHOLD"}
    namesake = row("赵小凤", date(1979, 11, 25), 与户主关系="之女", **number)
    head = row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **number)
    assert statuses(listed(head, twice[0], namesake)) == ["imported"] * 3


def test_two_spouses_are_told(listed: Any) -> None:
    number = {"户编号": "1302071042250001"}
    result = listed(
        row("赵大山", date(1960, 3, 1), "男", 与户主关系="户主", **number),
        row("钱小凤", date(1962, 3, 1), 与户主关系="配偶", **number),
        row("孙小凤", date(1964, 3, 1), 与户主关系="配偶", **number),
    )
    assert statuses(result) == ["imported", "imported_flagged", "imported_flagged"]


def test_a_member_under_a_mistyped_number_is_no_household_of_her_own(listed: Any) -> None:
    result = listed(
        row("赵大凤", date(1960, 3, 1), 户编号="F01302071042", 户主姓名="赵大凤", 与户主关系="户主"),
        row("赵小凤", date(1990, 3, 1), 户编号="f01302071042", 户主姓名="赵大凤", 与户主关系="之女"),
    )
    assert statuses(result) == ["imported", "held"]
    assert "HOUSEHOLD_AMBIGUOUS" in codes(result)["赵小凤"]


def test_numbers_that_begin_anew_in_every_village_name_their_families(applied: Any) -> None:
    result = applied(
        *family("赵大凤", 1960, 户编号="1"),
        *family("钱小凤", 1962, 户编号="1", 行政村="东老治村"),
        *family("孙小凤", 1964, 户编号="2", 行政村="东老治村"),
    )
    assert result["outcome"] == "accept"
    assert {home.head_name: home.memberships.count() for home in Household.objects.all()} == {
        "赵大凤": 2, "钱小凤": 2, "孙小凤": 2
    }  # fmt: skip


def test_a_member_in_another_village_does_not_make_the_numbers_begin_anew(listed: Any) -> None:
    result = listed(
        row("赵大凤", date(1960, 3, 1), 户编号="1", 与户主关系="户主"),
        row("赵小凤", date(1990, 3, 1), 户编号="1", 与户主关系="之女", 行政村="东老治村"),
    )
    assert statuses(result) == ["held", "held"]
    assert "HOUSEHOLD_SPLIT_VILLAGES" in codes(result)["赵小凤"]


def test_the_next_villages_list_may_count_from_one_again(applied: Any) -> None:
    applied(*family("赵大凤", 1960, 户编号="1"), day=date(2018, 5, 1))
    result = applied(*family("钱小凤", 1962, 户编号="1", 行政村="东老治村"), day=date(2018, 6, 1))
    assert result["outcome"] == "accept"
    assert Membership.objects.filter(household__head_name="赵大凤").count() == 2


def test_a_list_that_counts_in_another_order_moves_nobody(applied: Any) -> None:
    first, second = family("赵大凤", 1960), family("钱小凤", 1962)
    applied(*(one | {"户编号": "1"} for one in first), *(one | {"户编号": "2"} for one in second), day=date(2018, 5, 1))
    before = set(Membership.objects.values_list("person__name", "household"))
    result = applied(
        *(one | {"户编号": "1"} for one in second), *(one | {"户编号": "2"} for one in first), day=date(2018, 6, 1)
    )
    assert result["counts"]["unchanged"] == 4
    assert set(Membership.objects.values_list("person__name", "household")) == before
    assert Person.objects.count() == 4


def test_a_head_on_a_line_of_her_own_is_not_lost(listed: Any) -> None:
    def line(**cells: Any) -> dict[str, Any]:
        blank = dict.fromkeys(("户编号", "户主姓名", "户主身份证号", "成员姓名", "成员身份证号", "与户主关系"))
        return {**blank, "乡镇": "黄各庄镇", "行政村": "曹庄子村", **cells}

    alone, head, wife = (make.id_number(date(year, 3, 1)) for year in (1948, 1960, 1962))
    result = listed(
        line(户编号="1302071042250001", 户主姓名="李独居", 户主身份证号=alone),
        line(户编号="1302071042250002", 户主姓名="赵大凤", 户主身份证号=head),
        line(户编号="1302071042250002", 成员姓名="赵小凤", 成员身份证号=wife, 与户主关系="之女"),
        line(户编号="1302071042250003", 户主姓名="孙无号"),
    )
    assert [(one["row"], one["values"]["姓名"], one["values"]["与户主关系"]) for one in result["rows"]] == [
        (2, "李独居", "户主"), (3, "赵大凤", "户主"), (4, "赵小凤", "之女"), (5, "孙无号", "户主")
    ]  # fmt: skip
    assert statuses(result) == ["imported", "imported", "imported", "held"]


def test_a_heads_line_above_her_own_row_is_not_she_twice(listed: Any) -> None:
    head = row("赵大凤", date(1960, 3, 1), 户编号="1302071042250001", 户主姓名="赵大凤")
    line = dict.fromkeys(head) | {"户编号": "1302071042250001", "户主姓名": "赵大凤"}
    assert [one["row"] for one in listed(line, head)["rows"]] == [3]


SIGNATURES = [
    {"乡镇": "审核人：王某", "姓名": "填表人：李某", "证件号码": "联系电话：0315-1234567"},
    {"行政村": "村委会（盖章）", "性别": "2018年6月28日"},
    {"证件号码": "主任签字："},
    {"乡镇": "制表人", "姓名": "王小芳", "脱贫属性": "14403150003"},
    {"乡镇": "村支书：", "姓名": "李大强"},
]


@pytest.mark.parametrize("line", SIGNATURES)
def test_a_line_of_signatures_is_nobody(listed: Any, line: dict[str, str]) -> None:
    result = listed(row("赵大凤", date(1960, 3, 1)), line)
    assert [one["row"] for one in result["rows"]] == [2]


@pytest.mark.parametrize(
    "line",
    [
        {"乡镇": "黄各庄镇", "行政村": "曹庄子村", "姓名": "王小芳"},
        {"行政村": "村主任家", "姓名": "王小芳"},
        {"姓名": "主任华"},
        {"乡镇": "第一书记", "姓名": "王小芳", "脱贫属性": "14403150003"},
    ],
)
def test_a_line_with_little_more_than_a_name_is_somebody(listed: Any, line: dict[str, str]) -> None:
    result = listed(row("赵大凤", date(1960, 3, 1)), line)
    assert [one["row"] for one in result["rows"]] == [2, 3]


@pytest.mark.parametrize("header", ["人员状态", "变动情况", "减少原因"])
@pytest.mark.parametrize(
    ("state", "status"),
    [("死亡", "held"), ("自然减少", "held"), ("减少", "held"), ("婚嫁迁出", "held"), ("正常", "imported"), ("新增", "imported"),
     ("未变动", "imported"), ("无死亡", "imported"), ("非正常死亡", "held"), ("死亡（无子女）", "held"), ("", "imported")],
)  # fmt: skip
def test_a_column_about_changes_tells_who_has_left(listed: Any, header: str, state: str, status: str) -> None:
    assert statuses(listed(row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **{header: state}))) == [status]


@pytest.mark.parametrize(
    ("header", "gone", "there"),
    [
        ("是否死亡", "是", "否"), ("死亡时间", "2018-03-01", ""), ("迁出日期", "2018.3", "无"), ("是否在世", "否", "是"),
        ("是否在册", "×", "√"), ("注销原因", "病故", "/"), ("自然减少", "√", ""), ("是否已迁出", "1", "0"),
        ("是否在世", "已去世", "健在"), ("是否建档立卡贫困户", "否", "是"), ("是否建档立卡户", "非建档立卡", "已脱贫"),
        ("清退时间", "2017年", "未清退"),
    ],
)  # fmt: skip
def test_a_column_about_being_gone_tells_who_has_left(listed: Any, header: str, gone: str, there: str) -> None:
    told = listed(
        row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **{header: gone}),
        row("钱小凤", date(1962, 3, 1), 与户主关系="户主", **{header: there}),
    )
    assert [(one["status"], one["codes"]) for one in told["rows"]] == [("held", ["NO_LONGER_THERE"]), ("imported", [])]
    assert header in told["rows"][0]["message"] and gone in told["rows"][0]["message"]


def test_the_sign_in_place_of_the_x_is_quoted(listed: Any) -> None:
    number = next(n for n in (make.id_number(date(1960, 3, 1)) for _ in range(200)) if n.endswith("X"))
    result = listed(row("赵大凤", date(1960, 3, 1)) | {"证件号码": f" {number[:-1]}×"})
    assert "“×”" in result["rows"][0]["message"]


@pytest.mark.parametrize("mark", ["同上", "同上 ", "〃", '"'])
def test_a_ditto_mark_is_the_household_above(applied: Any, mark: str) -> None:
    household = {"户编号": "1302071042250001", "户主姓名": "赵大凤", "户联系电话": "14403150001"}
    ditto = dict.fromkeys((*household, "县", "乡镇", "行政村", "脱贫属性"), mark)
    other = {"户编号": "1302071042250002", "户主姓名": "孙大凤", "户联系电话": mark, "行政村": mark}
    result = applied(
        row("赵大凤", date(1960, 3, 1), **household),
        row("赵小凤", date(1990, 3, 1)) | ditto,
        row("孙大凤", date(1961, 3, 1)) | other,
    )
    assert result["outcome"] == "accept"
    assert {home.head_name: (home.memberships.count(), home.phone) for home in Household.objects.all()} == {
        "赵大凤": (2, "14403150001"), "孙大凤": (1, None)
    }  # fmt: skip


def test_who_is_held_is_not_missing(cast: Cast, applied: Any) -> None:
    number = {"户编号": "1302071042250001"}
    head = row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **number)
    child = row("赵小凤", date(1990, 3, 1), 与户主关系="之女", **number)
    gone = row("赵三凤", date(1992, 3, 1), 与户主关系="之女", **number)
    applied(head, child, gone, day=date(2018, 5, 1))
    result = applied(head | {"行政村": "没有村"}, child | {"性别": "男"}, day=date(2018, 6, 1))
    assert statuses(result) == ["rejected", "held"]
    assert result["counts"]["missing"] == 1
    batch = ImportBatch.objects.get(pk=result["batch"])
    assert [one.person.name for one in missing_people(cast.officer_a, batch)] == ["赵三凤"]


def test_a_newborn_with_a_new_name_and_a_number_is_not_two(applied: Any) -> None:
    number = {"户编号": "1302071042250001"}
    born = {"出生日期": "2018-01-05"}
    mother = row("赵大凤", date(1990, 3, 1), 与户主关系="户主", **number, 出生日期="")
    child = row("小宝", date(2018, 1, 5), 与户主关系="之女", **number, **born)
    twin = row("二宝", date(2018, 1, 5), 与户主关系="之女", **number, **born)
    applied(mother, child | {"证件号码": ""}, day=date(2018, 5, 1))
    result = applied(mother, child | {"姓名": "赵小凤"}, day=date(2018, 6, 1))
    assert codes(result)["赵小凤"] == {"PROBABLY_REGISTERED"}
    assert "小宝" in result["rows"][1]["message"]
    assert statuses(applied(mother, child, twin, day=date(2018, 6, 2))) == ["imported"] * 3


PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]


def number(year: int, sex: str = "F") -> str:
    """An identity number of somebody born in that year."""
    return make.id_number(date(year, 1, 2), sex)


def test_words_that_are_ticked_below_their_header_are_read(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "身份证号码", "与户主关系", "性别", None, "脱贫情况", None, "备注"]
    words = [None] * 6 + ["男", "女", "已脱贫", "未脱贫", None]
    rows = [
        [*PLACE, "赵大山", number(1970, "M"), "户主", "√", None, "√", None, None],
        [*PLACE, "王秀英", number(1972), "配偶", None, "√", "√", None, "在家"],
    ]
    found = [row["values"] for row in check(名册=[header, words, *rows])["rows"]]
    assert [(one["性别"], one["脱贫属性"], one["备注"]) for one in found] == [
        ("男", "已脱贫", None),
        ("女", "已脱贫", "在家"),
    ]


def test_a_persons_row_below_a_header_of_one_line_is_no_row_of_words_to_tick(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "身份证号码", "与户主关系", "脱贫属性", None]
    rows = [
        [*PLACE, "赵大山", number(1970, "M"), "户主", "未脱贫", "未脱贫"],
        [*PLACE, "王秀英", number(1972), "配偶", "未脱贫", None],
    ]
    assert [row["values"]["脱贫属性"] for row in check(名册=[header, *rows])["rows"]] == ["未脱贫", "未脱贫"]


def test_who_is_struck_through_is_asked_about(cast: Cast, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "struck.xlsx"))
    sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
    people = [row("赵大凤", date(1960, 3, 1)), row("钱小凤", date(1962, 3, 1)), row("孙小凤", date(1964, 3, 1))]
    for number, person in enumerate([dict(zip(people[0], people[0], strict=True)), *people]):
        for column, (header, value) in enumerate(person.items()):
            gone = person is people[1] or (person is people[2] and header == "性别")
            sheet.write_string(number, column, value, struck if gone else None)
    sheet.write_blank(3, 9, None, struck)
    book.close()
    result = told(preview(tmp_path / "struck.xlsx", cast.officer_a))
    held = [one["values"]["姓名"] for one in result["rows"] if "NO_LONGER_THERE" in one["codes"]]
    assert held == ["钱小凤"]
    assert "删除线" in result["rows"][1]["message"]


@pytest.mark.parametrize(
    ("comment", "is_gone"),
    [
        ("已去世", True),
        ("张会计:\n2018年3月因病去世", True),
        ("[Threaded comment]\n\nYour version of Excel allows you to read this.\n\nComment:\n    已迁出", True),
        ("整户清退", True),
        ("张会计:\n丈夫已去世", False),
        ("证件号码待核实", False),
    ],
)
def test_whose_comment_says_that_she_is_gone_is_asked_about(
    cast: Cast, tmp_path: Path, comment: str, *, is_gone: bool
) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "commented.xlsx"))
    sheet = book.add_worksheet("名册")
    people = [row("赵大凤", date(1960, 3, 1)), row("钱小凤", date(1962, 3, 1)), row("孙小凤", date(1964, 3, 1))]
    for number, person in enumerate([dict(zip(people[0], people[0], strict=True)), *people]):
        for column, value in enumerate(person.values()):
            sheet.write_string(number, column, value)
    sheet.write_comment(2, 3, comment)
    book.add_worksheet("说明").write_comment(3, 3, "已去世")
    book.close()
    result = told(preview(tmp_path / "commented.xlsx", cast.officer_a))
    held = [one["values"]["姓名"] for one in result["rows"] if "NO_LONGER_THERE" in one["codes"]]
    assert held == (["钱小凤"] if is_gone else [])


def test_struck_through_inside_a_cells_own_text_is_asked_about(tmp_path: Path, cast: Cast) -> None:
    """As some writers put it: the rich text stands in the cell and not among the workbook's texts."""
    people = [row("赵大凤", date(1960, 3, 1)), row("钱小凤", date(1962, 3, 1))]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(people[0]))
    for person in people:
        sheet.append(list(person.values()))
    sheet.cell(3, list(people[0]).index("姓名") + 1).value = CellRichText(TextBlock(InlineFont(strike=True), "钱小凤"))
    book.save(tmp_path / "inline.xlsx")
    result = told(preview(tmp_path / "inline.xlsx", cast.officer_a))
    held = [one["values"]["姓名"] for one in result["rows"] if "NO_LONGER_THERE" in one["codes"]]
    assert held == ["钱小凤"]


HOMES = ["家庭编号", "乡镇", "行政村", "户主姓名", "证件号码", "贫困户属性", "主要致贫原因", "联系电话"]


def test_households_on_a_sheet_of_their_own_tell_of_their_members(check: Any) -> None:
    head, child, other = number(1970), number(2009), number(1958)
    first, second = "1302071042250001", "1302071042250002"
    homes = [
        HOMES,
        [first, *PLACE[1:], "赵大凤", head, "低保户", "因病", "14403150001"],
        [second, *PLACE[1:], "钱大凤", other, "一般贫困户", "因残", None],
    ]
    members = [
        ["家庭编号", "乡镇", "行政村", "姓名", "证件号码", "与户主关系"],
        [first, *PLACE[1:], "赵大凤", head, "户主"],
        [first, *PLACE[1:], "赵小凤", child, "之女"],
        [second, *PLACE[1:], "钱大凤", other, "户主"],
    ]
    found = check(贫困户基本信息=homes, 家庭成员=members)
    told = [
        (one["values"]["姓名"], one["values"]["主要致贫原因"], one["values"]["户主联系电话"]) for one in found["rows"]
    ]
    assert told == [("赵大凤", "因病", "14403150001"), ("赵小凤", "因病", "14403150001"), ("钱大凤", "因残", None)]
    assert found["outcome"] == "accept"
    assert check(贫困户基本信息=homes, 家庭成员=members[:-1])["file_error"] == "HEADER_MISSING"
    assert check(贫困户基本信息=homes)["file_error"] == "HEADER_MISSING"
    # The heads' numbers need not stand there.
    kept = [at for at, header in enumerate(HOMES) if header != "证件号码"]
    numberless = [[home[at] for at in kept] for home in homes]
    again = check(贫困户基本信息=numberless, 家庭成员=members)
    assert [one["values"] for one in again["rows"]] == [one["values"] for one in found["rows"]]
    assert check(贫困户基本信息=numberless, 家庭成员=members[:-1])["file_error"] == "HEADER_MISSING"


def test_a_blank_number_below_a_family_that_is_written_out_is_a_gap(listed: Any) -> None:
    told = {"户编号": "1302071042250001"}
    result = listed(
        row("赵大凤", date(1960, 3, 1), 与户主关系="户主", **told),
        row("赵小凤", date(1990, 3, 1), 与户主关系="之女", **told),
        row("孙大凤", date(1961, 3, 1)),
    )
    assert statuses(result) == ["imported", "imported", "held"]


def test_a_head_who_is_not_the_one_named_is_told(listed: Any) -> None:
    told = {"户编号": "1302071042250001", "户主姓名": "赵大凤"}
    result = listed(
        row("钱大凤", date(1960, 3, 1), 与户主关系="户主", **told),
        row("赵小凤", date(1990, 3, 1), 与户主关系="之女", **told),
    )
    assert [set(one["codes"]) for one in result["rows"]] == [{"HEAD_DIFFERS"}, set()]
    assert "户主姓名" in result["rows"][0]["message"]


@pytest.mark.parametrize("helper", ["帮扶人", "帮扶责任人"])
def test_a_sex_beside_the_helper_is_the_helpers(listed: Any, helper: str) -> None:
    told = {"户联系电话": "14403150001", helper: "钱帮扶"}
    woman = row("赵大凤", date(1960, 3, 1), 与户主关系="户主")
    woman = (
        {key: value for key, value in woman.items() if key != "性别"} | told | {"性别": "男", "联系电话": "14403159999"}
    )
    result = listed(woman)
    assert statuses(result) == ["imported"]
    assert result["rows"][0]["values"]["户主联系电话"] == "14403150001"


@pytest.mark.parametrize(("total", "goes_on"), [("本页小计", True), ("本页合计：", True), ("小计", False)])
def test_a_household_goes_on_behind_a_total_of_the_page(check: Any, total: str, goes_on: bool) -> None:
    header = ["乡镇", "行政村", "户编号", "姓名", "身份证号码", "与户主关系"]
    head, wife = number(1970, "M"), number(1972)
    rows = [["黄各庄镇", "曹庄子村", "1302071042250001", "赵大山", head, "户主"], [total, "1人"], header]
    result = check(名册=[header, *rows, [None, None, None, "王秀英", wife, "配偶"]])
    assert [row["status"] == "imported" for row in result["rows"]] == [True, goes_on]


@pytest.mark.parametrize("header", ["妇女姓名", "贫困儿童姓名", "学生姓名"])
def test_a_list_of_women_or_children_calls_their_names_so(listed: Any, header: str) -> None:
    cells = row("王秀英", date(1980, 1, 1), 户主姓名="赵大山")
    result = listed({(header if label == "姓名" else label): value for label, value in cells.items()})
    assert [(one["values"]["姓名"], one["values"]["户主姓名"]) for one in result["rows"]] == [("王秀英", "赵大山")]


def test_two_people_in_one_row_are_no_row(cast: Cast, tmp_path: Path) -> None:
    cells = row("王秀英", date(1980, 1, 1)) | {"妇女姓名": "王秀英", "儿童姓名": "王小燕"}
    del cells["姓名"]
    batch = preview(write(tmp_path / "two.xlsx", [cells], headers=tuple(cells)), cast.officer_a)
    assert batch.file_error == "HEADER_MISSING" and "不止一列" in batch.message
