"""Workbooks in which a person could be lost or given somebody else's identity without a word."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import sentences
from households.intake.staged_rows import unpacked
from households.models import Household, HouseholdSpell, Membership
from households.places import current_index
from households.roster.checking import as_of_in
from households.roster.names import clean_name
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import imported, person, preview, told, write

HUSBAND, WIFE, CHILD = (
    make.id_number(date(1970, 1, 2), "M"),
    make.id_number(date(1972, 1, 2)),
    make.id_number(date(2009, 3, 8)),
)
PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]


def numbers(result: dict[str, Any]) -> dict[str, str]:
    """Name → identity number as read, whatever becomes of the row."""
    return {row["values"]["姓名"]: row["values"]["证件号码"] for row in result["rows"]}


def test_the_number_beside_the_heads_name_is_the_heads(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "户主姓名", "身份证号码", "性别", "家庭成员姓名", "身份证号码", "性别"]
    result = check(名册=[header, [*PLACE, "赵大山", HUSBAND, "男", "王秀英", WIFE, "女"]])
    assert numbers(result) == {"王秀英": WIFE}
    assert result["rows"][0]["values"]["性别"] == "女"


def test_a_head_with_the_only_number_gives_it_to_nobody(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "户主姓名", "身份证号码", "姓名"]
    result = check(名册=[header, [*PLACE, "赵大山", HUSBAND, "王秀英"]])
    assert (result["file_error"], result["rows"]) == ("HEADER_MISSING", [])


@pytest.mark.parametrize("group", ["帮扶干部情况", "监护人", "户主情况"])
def test_a_group_about_somebody_else_gives_no_name_and_no_number(check: Any, group: str) -> None:
    top = ["县", "乡镇", "行政村", group, None, "家庭成员情况", None]
    below = [None, None, None, "姓名", "身份证号码", "姓名", "身份证号码"]
    result = check(名册=[top, below, [*PLACE, "赵大山", HUSBAND, "李花", CHILD]])
    assert numbers(result) == {"李花": CHILD}


def test_two_people_in_one_row_are_refused_not_halved(check: Any) -> None:
    header = [*("县", "乡镇", "行政村"), "姓名", "身份证号码", "姓名", "身份证号码"]
    result = check(名册=[header, [*PLACE, "王秀英", WIFE, "李花", CHILD]])
    assert result["file_error"] == "HEADER_MISSING"
    assert "不止一列" in result["message"]


def test_of_two_columns_of_a_kind_the_one_right_of_the_name_is_hers(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "民族", "姓名", "身份证号码", "民族"]
    result = check(名册=[header, [*PLACE, "汉族", "王秀英", WIFE, "满族"]])
    assert result["rows"][0]["values"]["民族"] == "满族"


GOOD = [["县", "乡镇", "行政村", "姓名", "身份证号码"], [*PLACE, "王秀英", WIFE]]


@pytest.mark.parametrize(
    "second", [[["姓名", "身份证号码"], ["李花", CHILD]], [["1", "李花", CHILD]]], ids=["no village", "no header"]
)
def test_people_on_a_sheet_that_is_not_understood_stop_the_file(check: Any, second: list[list[Any]]) -> None:
    assert check(第一页=GOOD, 第二页=second)["file_error"] in ("HEADER_MISSING", "HEADER_NOT_FOUND")


def test_a_sheet_of_helpers_does_not_stop_the_file(check: Any) -> None:
    helpers = [["序号", "姓名", "单位", "联系电话"], [1, "钱帮扶", "县妇联", "14403150001"]]
    result = check(第一页=GOOD, 帮扶责任人=helpers)
    assert (result["file_error"], numbers(result)) == (None, {"王秀英": WIFE})
    assert result["file_warnings"] == ["NON_DATA_SHEET_SKIPPED"]
    assert check(第一页=GOOD, 第二页=helpers)["file_error"] == "HEADER_MISSING"
    numbered = [["姓名", "身份证号码"], ["李花", CHILD]]
    assert check(第一页=GOOD, 帮扶对象=numbered)["file_error"] == "HEADER_MISSING"


def test_a_sample_on_an_instruction_sheet_does_not(check: Any) -> None:
    result = check(第一页=GOOD, 填表说明=[["填写示例"], ["李花", CHILD]])
    assert (result["file_error"], numbers(result)) == (None, {"王秀英": WIFE})


def test_a_sheet_named_after_its_village_needs_no_village_column(check: Any) -> None:
    result = check(曹庄子村=[["县", "乡镇", "姓名", "身份证号码"], ["丰南区", "黄各庄镇", "王秀英", WIFE]])
    assert result["rows"][0]["values"]["village_code"] == make.VILLAGE_A


@pytest.mark.parametrize("word", ["待定", "待定 ", "同上", "\u3000同上", "未编号", "?", "0", "暂无"])
def test_a_word_for_no_number_makes_no_family(check: Any, word: str) -> None:
    header = ["县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "身份证号码"]
    rows = [
        header,
        [*PLACE, "1302071042250009", "钱大", "钱大", make.id_number(date(1960, 1, 1), "M")],
        [*PLACE, word, "赵大山", "王秀英", WIFE],
        [*PLACE, word, "孙大海", "李花", CHILD],
    ]
    result = check(名册=rows)
    heads = {row["values"]["姓名"]: row["values"]["户主姓名"] for row in result["rows"]}
    assert heads["王秀英"] != heads["李花"] or {row["status"] for row in result["rows"][1:]} == {"held"}
    assert all(row["values"]["户编号"] != word for row in result["rows"])


def test_namesake_heads_are_not_one_family(check: Any) -> None:
    header = ["序号", "县", "乡镇", "行政村", "户主姓名", "姓名", "身份证号码", "与户主关系"]
    rows = [
        header,
        [1, *PLACE, "王建国", "王秀英", WIFE, "配偶"],
        [1, *PLACE, "王建国", "王小花", CHILD, "之女"],
        [2, *PLACE, "赵大山", "钱芳", make.id_number(date(1981, 1, 1)), "配偶"],
        [2, *PLACE, "赵大山", "赵芳", make.id_number(date(2010, 1, 1)), "之女"],
        [3, *PLACE, "王建国", "李芳", make.id_number(date(1980, 1, 1)), "配偶"],
    ]
    result = check(名册=rows)
    assert [row["status"] for row in result["rows"]] == ["held", "held", "imported_flagged", "imported_flagged", "held"]


def test_a_later_family_with_the_same_heads_name_does_not_join_the_registered_one(cast: Cast, tmp_path: Path) -> None:
    def send(**cells: Any) -> dict[str, Any]:
        row = person(户编号="", 户主姓名="王建国", 与户主关系="配偶", **cells)
        headers = tuple(row)
        return imported(write(tmp_path / "roster.xlsx", [row], headers=headers), cast.officer_a)

    send(姓名="王秀英", 证件号码=WIFE, 户联系电话="14403150001")
    result = send(姓名="李花", 证件号码=CHILD, 户联系电话="14403150002")
    assert result["rows"][0]["status"] == "held"
    assert Membership.objects.count() == 1
    same = send(姓名="李花", 证件号码=CHILD, 户联系电话="14403150001")
    assert same["rows"][0]["status"].startswith("imported")


def test_one_members_row_does_not_move_the_whole_household(cast: Cast, tmp_path: Path) -> None:
    both = [person(证件号码=WIFE), person(姓名="李花", 证件号码=CHILD, 与户主关系="之女")]
    imported(write(tmp_path / "a.xlsx", both), cast.officer_a)
    moved = [row | {"行政村": "黄各庄村"} for row in both]
    code = current_index().resolve("丰南区", "黄各庄镇", "黄各庄村", scope=[make.COUNTY_A]).code
    if not code:
        moved = [row | {"行政村": make.VILLAGE_A2} for row in both]
    one = imported(write(tmp_path / "b.xlsx", moved[:1]), cast.officer_a, default_as_of=date(2018, 9, 30))
    assert (one["rows"][0]["status"], one["rows"][0]["codes"]) == ("held", ["HOUSEHOLD_MOVED"])
    assert HouseholdSpell.objects.get().village_id == make.VILLAGE_A
    whole = imported(write(tmp_path / "c.xlsx", moved), cast.officer_a, default_as_of=date(2018, 9, 30))
    assert {row["change"] for row in whole["rows"]} == {"changed"}
    assert HouseholdSpell.objects.count() == 2


@pytest.mark.parametrize(
    ("county", "township"), [("丰南区", "胥各庄街道"), ("迁西县", "黄各庄镇"), ("丰南区", "没有镇")]
)
def test_a_village_code_that_contradicts_its_neighbours_is_sent_back(
    tangshan: None, county: str, township: str
) -> None:
    place = current_index().resolve(county, township, make.VILLAGE_A, scope=[make.COUNTY_A])
    assert (place.code, place.problem) == ("", "REGION_UNKNOWN")


def test_a_village_code_alone_or_with_agreeing_neighbours_is_taken(tangshan: None) -> None:
    for names in (("", ""), ("丰南区", ""), ("唐山市丰南区", "黄各庄镇")):
        assert current_index().resolve(*names, make.VILLAGE_A, scope=[make.COUNTY_A]).code == make.VILLAGE_A


@pytest.mark.parametrize(
    ("titles", "day"),
    [
        (["依据2016年3月1日印发的通知编制"], None),
        (["根据《2017年4月3日会议纪要》", "填报时间：2018年6月11日"], date(2018, 6, 11)),
        (["填报时间：2081年6月30日"], None),
        (["统计时间：2018年1月1日至2018年5月21日"], date(2018, 5, 21)),
        (["填报时间：二〇一八年六月十一日"], date(2018, 6, 11)),
        (["制表时间：二○一八年十二月二十日"], date(2018, 12, 20)),
        (["填报时间：", "2018-06-11"], date(2018, 6, 11)),
        (["填报时间：2018年6月31日"], None),
        (["丰南区2018年6月花名册"], date(2018, 6, 30)),
        (["丰南区建档立卡贫困户花名册（2018.6.20）"], date(2018, 6, 20)),
        (["丰南区2018年1-6月花名册"], date(2018, 6, 30)),
        (["2018年3月至5月"], date(2018, 5, 31)),
        (["填报时间：2018年7月5日", "统计时间：2018年6月30日"], date(2018, 6, 30)),
        (["填报时间：2018年7月5日", "名册（截至2018年5月底）"], date(2018, 5, 31)),
    ],
)
def test_the_day_of_a_roster_is_the_one_it_says_of_itself(titles: list[str], day: date | None) -> None:
    assert as_of_in(titles, latest=date(2018, 12, 31)) == day


@pytest.mark.parametrize(
    "written", ["王芳/王花", "王芳、李丽", "王芳，李丽", "王芳 李丽娟", "王芳\n李丽娟", "王芳去世", "王某某", "王" * 20]
)
def test_two_people_a_remark_or_a_sentence_are_no_name(written: str) -> None:
    assert clean_name(written).codes in (("NAME_SUSPECT",), ("CONTROL_CHAR",))


@pytest.mark.parametrize(
    ("written", "name"), [("欧阳  娜娜", "欧阳娜娜"), ("司马 相如", "司马相如"), ("王　芳", "王芳"), ("王去", "王去")]
)
def test_padding_inside_a_name_goes(written: str, name: str) -> None:
    assert clean_name(written) == name


def test_a_thousand_equal_or_contradicting_rows_take_no_quadratic_time(cast: Cast, tmp_path: Path) -> None:
    rows = [person(证件号码=WIFE, 姓名=("王秀英", "王秀芳")[number % 2]) for number in range(2000)]
    batch: ImportBatch = preview(write(tmp_path / "a.xlsx", rows), cast.officer_a)
    assert batch.counts["held"] == 2000
    first = told(batch)["rows"][0]
    assert len(first["message"]) < 500
    assert Household.objects.count() == 0


@pytest.mark.parametrize("word", ["同上", "合计", "户主", "配偶", "长女", "之女", "本人"])
def test_a_word_of_the_roster_is_nobodys_name(word: str) -> None:
    assert clean_name(word).codes == ("NAME_INVALID",)


def test_a_newborn_beside_a_date_is_no_footer(check: Any) -> None:
    header = ["出生日期", "姓名", "证件号码", "与户主关系", "性别", "户主姓名", "县", "乡镇", "行政村"]
    row = ["2018年5月1日", "赵小满", None, "之女", "女"]
    result = check(名册=[header, ["1970年1月2日", "赵大山", HUSBAND, "户主", "男", "赵大山", *PLACE], row])
    assert [one["values"]["姓名"] for one in result["rows"]] == ["赵大山", "赵小满"]


def test_ditto_marks_in_a_text_file_swallow_nobody(cast: Cast, tmp_path: Path) -> None:
    lines = ["县\t乡镇\t行政村\t户主姓名\t姓名\t证件号码\t民族\t备注"]
    for name, number in (("赵大山", HUSBAND), ("王秀英", WIFE), ("赵小花", CHILD)):
        lines.append("\t".join([*PLACE, "赵大山", name, number, '"', ""]))
    (tmp_path / "a.tsv").write_text("\r\n".join(lines), encoding="utf-8")
    assert numbers(told(preview(tmp_path / "a.tsv", cast.officer_a))) == {
        "赵大山": HUSBAND,
        "王秀英": WIFE,
        "赵小花": CHILD,
    }


def test_a_woman_with_and_without_her_number_is_not_two(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "性别", "出生日期"]
    rows = [
        [*PLACE, "赵大山", "赵小花", CHILD, "女", "2009-03-08"],
        [*PLACE, "赵大山", "赵小花", None, "女", "2009-03-08"],
    ]
    result = check(名册=[header, *rows])
    assert [(one["status"], "DUPLICATE_CONFLICT" in one["codes"]) for one in result["rows"]] == [("held", True)] * 2


def test_two_rows_that_mean_one_registered_person_are_held(cast: Cast, tmp_path: Path) -> None:
    girl = person(姓名="赵小花", 证件号码=CHILD, 出生日期="2009-03-08", 与户主关系="之女")
    headers = (*person(), "出生日期")
    imported(write(tmp_path / "a.xlsx", [person(), girl], headers=headers), cast.officer_a)
    again = girl | {"证件号码": "", "文化程度": "高中", "性别": "女"}
    result = told(preview(write(tmp_path / "b.xlsx", [girl, again], headers=headers), cast.officer_a))
    assert [one["status"] for one in result["rows"]] == ["held", "held"]


def test_what_is_hidden_under_a_merged_cell_is_not_read(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "证件号码"])
        sheet.merge_range(1, 3, 2, 3, "1302071042250001")
        for number, (name, identity) in enumerate((("赵大山", HUSBAND), ("王秀英", WIFE)), start=1):
            sheet.write_row(number, 0, PLACE)
            sheet.write_row(number, 4, ["赵大山", name, identity])
        sheet.write(2, 3, "1302071042250009")  # the next family's number, left under the merged cell
    result = told(preview(path, cast.officer_a))
    assert [one["values"]["户编号"] for one in result["rows"]] == ["1302071042250001"] * 2


NEIGHBOUR, SON = make.id_number(date(1949, 6, 7)), make.id_number(date(1975, 4, 5), "M")
SHORT = ["县", "乡镇", "行政村", "姓名", "证件号码", "与户主关系"]


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {row["values"]["姓名"]: row["status"] for row in result["rows"]}


def found(result: dict[str, Any], name: str) -> set[str]:
    return {code for row in result["rows"] if row["values"]["姓名"] == name for code in row["codes"]}


@pytest.mark.parametrize("header", ["人均纯收入（千元）", "人均纯收入(千元/年)"])
def test_an_income_in_thousands_is_counted_in_yuan(check: Any, header: str) -> None:
    result = check(名册=[[*SHORT, header], [*PLACE, "王秀英", WIFE, "户主", 3.2]])
    assert result["rows"][0]["values"]["人均纯收入"] == 3200


def test_a_repeated_header_in_another_unit_holds_from_there_on(check: Any) -> None:
    result = check(
        名册=[
            ["曹庄子村花名册"],
            [*SHORT, "人均纯收入（元）"],
            [*PLACE, "王秀英", WIFE, "户主", 3200],
            [*SHORT, "人均纯收入（万元）"],
            [*PLACE, "孙桂兰", NEIGHBOUR, "户主", 0.28],
        ]
    )
    assert [row["values"]["人均纯收入"] for row in result["rows"]] == [3200, 2800]


def test_an_income_no_poor_household_has_is_held(check: Any) -> None:
    result = check(名册=[[*SHORT, "人均纯收入"], [*PLACE, "王秀英", WIFE, "户主", 350_000]])
    assert (statuses(result), found(result, "王秀英")) == ({"王秀英": "held"}, {"NUMBER_OUT_OF_RANGE"})


@pytest.mark.parametrize("other", ["包联人", "驻村第一书记", "村干部", "监护人", "家庭医生"])
def test_a_phone_beside_somebody_else_is_not_the_households(check: Any, other: str) -> None:
    row = [*PLACE, "王秀英", WIFE, "户主", "李书记", "14403150009"]
    result = check(名册=[[*SHORT, other, "联系电话"], row])
    assert result["rows"][0]["values"].get("户主联系电话") is None


@pytest.mark.parametrize(
    "sheet",
    ["死亡人员", "清退户", "自然减少", "2018年迁出人员", "边缘易致贫户", "非建档立卡户", "拟新增户", "未纳入人员"],
)
def test_who_stands_on_a_list_of_those_who_left_or_were_never_in_is_not_taken_in(check: Any, sheet: str) -> None:
    rows = {"名册": [SHORT, [*PLACE, "王秀英", WIFE, "户主"]], sheet: [SHORT, [*PLACE, "孙桂兰", NEIGHBOUR, "户主"]]}
    result = check(**rows)
    assert statuses(result) == {"王秀英": "imported", "孙桂兰": "held"}
    assert found(result, "孙桂兰") == {"NO_LONGER_THERE"}


@pytest.mark.parametrize(
    "title",
    [
        "曹庄子村贫困户花名册（不含死亡人员）",
        "建档立卡贫困人口增减变动表",
        "建档立卡户和边缘户花名册",
        "返贫人员名单",
        "注：死亡、迁出人员请勿填写",
    ],
)
def test_a_title_that_only_mentions_them_holds_nobody(check: Any, title: str) -> None:
    result = check(名册=[[title], SHORT, [*PLACE, "王秀英", WIFE, "户主"]])
    assert statuses(result) == {"王秀英": "imported"}


def test_a_line_between_the_rows_tells_who_has_left(check: Any) -> None:
    result = check(
        名册=[SHORT, [*PLACE, "王秀英", WIFE, "户主"], ["二、死亡人员"], [*PLACE, "孙桂兰", NEIGHBOUR, "户主"]]
    )
    assert statuses(result) == {"王秀英": "imported", "孙桂兰": "held"}


@pytest.mark.parametrize(
    ("remark", "status"),
    [
        ("已死亡", "held"), ("2018年3月去世", "held"), ("户口已迁出", "held"), ("清退", "held"), ("丈夫去世", "imported"),
        ("父亲2016年病故", "imported"), ("死亡证明未办", "imported"), ("患慢性病", "imported"),
    ],
)  # fmt: skip
def test_a_remark_tells_of_her_own_death_and_not_of_another(check: Any, remark: str, status: str) -> None:
    result = check(名册=[[*SHORT, "备注"], [*PLACE, "王秀英", WIFE, "户主", remark]])
    assert statuses(result) == {"王秀英": status}


def test_a_line_that_shows_how_to_fill_in_the_form_is_nobody(check: Any) -> None:
    result = check(
        名册=[["序号", *SHORT], ["示例", *PLACE, "孙桂兰", NEIGHBOUR, "户主"], [1, *PLACE, "王秀英", WIFE, "户主"]]
    )
    assert statuses(result) == {"孙桂兰": "rejected", "王秀英": "imported"}
    assert found(result, "孙桂兰") == {"SAMPLE_ROW"}


def test_a_sheet_that_shows_how_to_fill_in_holds_nobody_unless_it_is_long(check: Any) -> None:
    sample = [SHORT, [*PLACE, "孙桂兰", NEIGHBOUR, "户主"]]
    result = check(名册=[SHORT, [*PLACE, "王秀英", WIFE, "户主"]], 填写样表=sample)
    assert statuses(result) == {"王秀英": "imported", "孙桂兰": "rejected"}
    assert found(result, "孙桂兰") == {"SAMPLE_ROW"}
    many = [[*PLACE, f"孙桂{name}", make.id_number(date(1960, 1, 2)), "户主"] for name in "甲乙丙丁"]
    assert set(statuses(check(花名册样表=[SHORT, *many])).values()) == {"imported"}


def test_two_names_below_each_other_in_one_cell_are_not_one(check: Any) -> None:
    result = check(名册=[SHORT, [*PLACE, "王秀英\n李花", WIFE, "户主"]])
    assert [(row["status"], row["codes"]) for row in result["rows"]] == [("held", ["NAME_SUSPECT"])]


def test_a_certificates_number_stands_for_an_identity_number_left_blank(check: Any) -> None:
    header = [*SHORT, "残疾证号"]
    result = check(
        名册=[header, [*PLACE, "王秀英", None, "户主", WIFE + "44"], [*PLACE, "孙桂兰", NEIGHBOUR, "户主", None]]
    )
    assert numbers(result) == {"王秀英": WIFE, "孙桂兰": NEIGHBOUR}
    assert (result["rows"][0]["values"]["残疾类别"], set(statuses(result).values())) == ("肢体", {"imported"})


def test_an_address_that_names_no_village_is_told_as_it_stands(check: Any) -> None:
    header = ["县", "乡镇", "家庭住址", "姓名", "证件号码"]
    check(名册=[header, ["丰南区", "黄各庄镇", "某某小区3号", "王秀英", WIFE]])
    staged = StagedRow.objects.select_related("batch").get()
    assert "某某小区3号" in sentences(unpacked(staged, staged.batch.layout).findings, {})


def test_the_column_that_says_which_grade_counts_beside_one_that_says_whether(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "性别", "证件号码", "在校生状态", "在校生状况"]
    result = check(名册=[header, [*PLACE, "李小燕", "女", CHILD, "是", "小学"]])
    assert result["rows"][0]["values"]["在校生状况"] == "小学"


def test_a_subtotal_in_the_names_column_is_no_person(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "证件号码", "人数"]
    result = check(名册=[header, [*PLACE, "王秀英", WIFE, 1], [*PLACE, "小计", None, 1], [*PLACE, "合计：", "1人", 1]])
    assert [row["values"]["姓名"] for row in result["rows"]] == ["王秀英"]


WITH_HOME = ["县", "乡镇", "行政村", "户编号", "姓名", "证件号码", "人均纯收入"]


@pytest.mark.parametrize(
    "total",
    [
        [*PLACE, None, "小计", None, 5600],
        [*PLACE, None, "合  计", "2人", 5600],
        [*PLACE, "2", "共计 2 人", 2, 5600],
        [*PLACE, None, "小计（2户）", "-", None],
        [*PLACE, None, "曹庄子村小计", None, 5600],
        [*PLACE, None, "本户共2人", None, None],
        [*PLACE, "共 2 户", None, None, 5600],
        [*PLACE[:2], "合计：2户3人", None, None, "3人", 5600],
        ["丰南区", "户数：2", None, None, None, None, 5600],
    ],
)
def test_a_total_behind_the_places_is_no_person(check: Any, total: list[Any]) -> None:
    first, second = [*PLACE, "1", "王秀英", WIFE, 2800], [*PLACE, "2", "李花", CHILD, 2800]
    result = check(名册=[WITH_HOME, first, total, second, total])
    assert [(row["row"], row["status"]) for row in result["rows"]] == [(2, "imported"), (4, "imported")]


@pytest.mark.parametrize("name", ["王小计", "计小合", "李总计", "合小芳"])
def test_a_name_that_only_looks_like_a_total_stays_a_person(check: Any, name: str) -> None:
    result = check(名册=[WITH_HOME, [*PLACE, "1", "王秀英", WIFE, 2800], [None, None, None, "2", name, None, None]])
    assert [row["row"] for row in result["rows"]] == [2, 3]


def test_a_total_with_somebodys_number_is_sent_back_not_skipped(check: Any) -> None:
    result = check(名册=[WITH_HOME, [*PLACE, "1", "小计", WIFE, 2800]])
    assert [(row["status"], row["codes"][0]) for row in result["rows"]] == [("rejected", "NAME_INVALID")]


def test_a_header_of_two_lines_that_is_repeated_on_the_next_page_is_one_header(cast: Cast, tmp_path: Path) -> None:
    top = ["序号", "乡镇", "行政村", "户主姓名", "家庭成员情况", None, None, "备注"]
    below = [None, None, None, None, "姓名", "身份证号码", "与户主关系", None]
    pages = [
        ["黄各庄镇建档立卡贫困户花名册"], top, below, [1, *PLACE[1:], "赵大山", "赵大山", HUSBAND, "户主"],
        ["小计", None, None, None, "1人"], ["第1页 共2页"], top, below, [2, *PLACE[1:], "王秀英", "王秀英", WIFE, "户主"],
        [None, None, None, None, "李花", CHILD, "女儿"],
    ]  # fmt: skip
    book = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate(pages):
        sheet.write_row(number, 0, row)
    for number in (1, 6):
        sheet.merge_range(number, 4, number, 6, "家庭成员情况")
    book.close()
    rows = told(preview(tmp_path / "book.xlsx", cast.officer_a))["rows"]
    assert [(row["row"], row["status"], row["values"]["户主姓名"], row["values"]["village_code"]) for row in rows] == [
        (4, "imported", "赵大山", make.VILLAGE_A), (9, "imported", "王秀英", make.VILLAGE_A), (10, "imported", "王秀英", make.VILLAGE_A),
    ]  # fmt: skip


def test_personal_columns_that_nobody_needs_are_told_and_not_stored(check: Any) -> None:
    header = [*WITH_HOME, "开户银行名称", "银行卡号", "帮扶责任人", "联系电话"]
    row = [*PLACE, "1", "王秀英", WIFE, 2800, "农信社", "6228480000000000000", "孙帮扶", "14403150001"]
    result = check(名册=[header, row])
    assert result["file_warnings"] == ["UNKNOWN_COLUMNS"]
    told_row = result["rows"][0]
    assert told_row["status"] == "imported"
    assert not {"6228480000000000000", "孙帮扶", "14403150001"} & set(map(str, told_row["values"].values()))
