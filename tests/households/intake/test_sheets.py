"""Finding tables: headers under titles, rows that are people, household cells filled down and never across."""

import csv
import dataclasses
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings, strategies

from households.intake import headers
from households.intake.headers import TableSpec, Twin, header_aliases, normalise_header
from households.intake.sheets import Table, Tables, find_tables
from households.intake.workbook import CellProblem, FileRefused, Merge, Sheet, Workbook, column_letter, read_workbook
from tests.households.intake import spreadsheets

SPEC = TableSpec(
    aliases=header_aliases(),
    required=[frozenset({"name"}), frozenset({"id_no"}), frozenset({"village"})],
    keys=("name", "id_no"),
    household=frozenset(
        {"township", "village", "household_no", "head_name", "household_size", "household_attr", "phone_household"}
    ),
    starts=("household_no", "head_name"),
    places=frozenset({"township", "village"}),
    counter="seq",
    head_mark=("relation", frozenset({"户主"})),
    twins=(
        Twin("phone_household", frozenset({"helper_name", "helper_unit"}), "helper_phone"),
        Twin("name", frozenset({"helper_unit"}), "helper_name"),
        Twin("id_no", frozenset({"head_name"}), "head_id_no"),
    ),
    foreign_groups=("户主", "帮扶"),
    labels={"name": "姓名", "id_no": "证件号码", "village": "行政村"},
)
HEADER = spreadsheets.HEADER
DATA = Path(__file__).resolve().parents[2] / "data"


def sheet(rows: list[list[Any]], *, name: str = "花名册", merged: str = "", hidden: bool = False) -> Sheet:
    """A sheet as the reader gives it: blank rows left out, numbers kept; merged "B2:B3 C2:C3"."""
    kept = [(number, row) for number, row in enumerate(rows, start=1) if any(value is not None for value in row)]
    ranges = [openpyxl.worksheet.cell_range.CellRange(text) for text in merged.split()]
    return Sheet(
        name,
        hidden=hidden,
        numbers=[number for number, _ in kept],
        rows=[list(row) for _, row in kept],
        merged=[Merge(r.min_row, r.min_col - 1, r.max_row, r.max_col - 1) for r in ranges],
    )


def tables(*sheets: Sheet) -> Tables:
    return find_tables(Workbook("xlsx", list(sheets)), SPEC)


def table(rows: list[list[Any]], *, merged: str = "") -> Table:
    found = tables(sheet(rows, merged=merged)).tables
    assert len(found) == 1
    return found[0]


def person(number: int, name: str, **other: Any) -> list[Any]:
    """A full row under HEADER: its own household unless told otherwise."""
    household = other.get("household", f"13022510725600{number:02}")
    row = [
        number,
        "汀流河镇",
        "房子村",
        household,
        "袁振东",
        name,
        f"1302991959080981{number:02}",
        "其他",
        "14403157683",
    ]
    return [other.get(field, value) for field, value in zip(HEADER, row, strict=True)]


def refusal(*sheets: Sheet) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        tables(*sheets)
    return caught.value


def test_a_header_on_the_first_row_gives_columns_letters_and_excel_row_numbers() -> None:
    found = table([HEADER, person(1, "王芳"), person(2, "李四")])
    assert found.columns["name"] == ["王芳", "李四"]
    assert found.row_numbers == [2, 3]
    assert found.header_row == 1
    assert found.letters["id_no"] == "G"
    assert found.headers["id_no"] == "身份证号码"
    assert found.unknown_columns == []


def test_titles_and_blank_rows_above_the_header_are_kept_as_titles() -> None:
    rows: list[list[Any]] = [
        ["乐亭县花名册"],
        [],
        ["填报单位：乐亭县妇联", None, None, "填报时间：2018年6月30日"],
        HEADER,
        person(1, "王芳"),
    ]
    found = table(rows)
    assert found.titles == ["乐亭县花名册", "填报单位：乐亭县妇联", "填报时间：2018年6月30日"]
    assert (found.header_row, found.row_numbers) == (4, [5])


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("*身份证号码", "id_no"),
        ("身份证\n号码", "id_no"),
        (" 身 份 证 号 ", "id_no"),
        ("身份证号码（18位）", "id_no"),
        ("身份证号码（必填）", "id_no"),
        ("证件号码/身份证号码", "id_no"),
        ("姓名：", "name"),
        ("姓　名", "name"),
        ("县（市、区、旗）", "county"),
        ("人均纯收入 (元)", "net_income_pc"),
        ("户主", "head_name"),
        ("户主姓名", "head_name"),
    ],
)
def test_header_words_are_known_with_stars_blanks_breaks_and_remarks(written: str, field: str) -> None:
    header = ["序号", "行政村", "户编号", "姓名", "证件号码"]
    place = {"name": 3, "id_no": 4}.get(field)
    header = [*header, written] if place is None else [*header[:place], written, *header[place + 1 :]]
    found = table([header, [1, "房子村", "13", "王芳", "130299195908098197", "值"]])
    assert found.fields[field] == (5 if place is None else place)


def test_a_remark_that_names_another_person_is_not_dropped() -> None:
    found = table([[*HEADER, "姓名(监护人)"], [*person(1, "王芳"), "李四"]])
    assert found.columns["name"] == ["王芳"]
    assert found.unknown_columns == ["姓名(监护人)"]


def test_unknown_columns_are_named_and_warned_about() -> None:
    found = tables(sheet([[*HEADER, "银行卡\n密码"], [*person(1, "王芳"), "1"]]))
    assert found.warnings == ["UNKNOWN_COLUMNS"]
    assert found.details == {"UNKNOWN_COLUMNS": ["银行卡 密码"]}


def test_columns_stand_in_any_order() -> None:
    found = table([HEADER[::-1], person(1, "王芳")[::-1]])
    assert found.columns["name"] == ["王芳"]
    assert found.letters["seq"] == "I"


def test_a_two_row_merged_header_is_read_through_its_groups() -> None:
    rows: list[list[Any]] = [
        ["花名册"],
        ["序号", "行政村", "户主", None, "家庭成员情况", None, None, "帮扶责任人", None, "备注"],
        [None, None, "姓名", "身份证号码", "姓名", "身份证号码", "与户主关系", "姓名", "联系电话", None],
        [
            1,
            "房子村",
            "袁振东",
            "130299195908098197",
            "陈艳红",
            "130299196510035748",
            "配偶",
            "赵六",
            "14403150000",
            "无",
        ],
    ]
    found = table(rows, merged="A1:J1 A2:A3 B2:B3 C2:D2 E2:G2 H2:I2 J2:J3")
    assert {name: values[0] for name, values in found.columns.items()} == {
        "seq": 1,
        "village": "房子村",
        "head_name": "袁振东",
        "head_id_no": "130299195908098197",
        "name": "陈艳红",
        "id_no": "130299196510035748",
        "relation": "配偶",
        "helper_name": "赵六",
        "helper_phone": "14403150000",
        "remark": "无",
    }
    assert (found.header_row, found.row_numbers) == (3, [4])


def test_a_two_row_header_without_merged_cells_is_read_too() -> None:
    rows: list[list[Any]] = [
        ["序号", "行政村", "户编号", "家庭成员情况", None, None],
        [None, None, None, "姓名", "身份证号码", "与户主关系"],
        [1, "房子村", "1302251072560001", "陈艳红", "130299196510035748", "户主"],
    ]
    found = table(rows)
    assert found.columns["name"] == ["陈艳红"]
    assert found.columns["household_no"] == ["1302251072560001"]
    assert found.row_numbers == [3]


def test_repeated_headers_totals_pages_notes_and_signatures_are_no_people() -> None:
    rows: list[list[Any]] = [
        ["乐亭县花名册"],
        HEADER,
        person(1, "王芳"),
        ["小计", None, None, None, None, "1人"],
        ["第1页，共2页"],
        ["乐亭县花名册"],
        HEADER,
        person(2, "李四"),
        [None, "合  计", None, "2户", None, 2],
        ["注：本表由村委会填写，一式两份，乡镇和县妇联各存一份。"],
        ["审核人：赵六", None, None, "填表人：", None, "孙七", None, "2018年6月30日"],
        [None, None, None, None, None, None, None, "（盖章）"],
    ]
    found = table(rows)
    assert found.columns["name"] == ["王芳", "李四"]
    assert found.row_numbers == [3, 8]


@pytest.mark.parametrize(
    "row",
    [
        [None, None, None, None, None, "王芳"],
        [None, None, None, None, None, None, "130299195908098197"],
        [None, None, None, None, None, None, 130299195908098190.0],
        [3, "汀流河镇", "房子村", None, None, "合小计", "130299195908098197"],
        ["合计", None, None, None, None, "王芳", "130299195908098197"],
        [3, "汀流河镇", "房子村", "13", "注", "王芳", None, "其他"],
        [3, "汀流河镇", "房子村", "1302251072560009", "袁振东", None, None, "之女"],
        [3, "汀流河镇", "房子村", "1302251072560009", "袁振东", "第一页", None, "之女"],
    ],
)
def test_a_row_that_carries_a_person_is_never_skipped(row: list[Any]) -> None:
    found = table([HEADER, person(1, "李四"), row, person(2, "张三")])
    assert found.row_numbers == [2, 3, 4]


def test_people_far_below_blank_rows_are_found_with_their_row_number() -> None:
    assert table([HEADER, person(1, "王芳"), *[[None]] * 500, person(2, "李四")]).row_numbers == [2, 503]


def test_merged_household_cells_are_filled_down_inside_the_household_only() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", "0001", "袁振东", "袁振东", "130299195908098197", "户主", None],
        [None, None, None, None, None, "陈艳红", "130299196510035748", "配偶", None],
        [2, None, None, "0002", "朱子轩", "朱子轩", "130299196403265214", "户主", "14403158927"],
        [None, None, None, None, None, "郭丽娟", "130299198104051223", "配偶", None],
        [3, None, None, "0003", "罗振东", "罗振东", "130299195101087032", "户主", None],
    ]
    merged = "A2:A3 D2:D3 E2:E3 I2:I3 A4:A5 D4:D5 E4:E5 I4:I5 B2:B6 C2:C6"
    found = table(rows, merged=merged)
    assert found.columns["household_no"] == ["0001", "0001", "0002", "0002", "0003"]
    assert found.columns["village"] == ["房子村"] * 5
    assert found.columns["phone_household"] == [None, None, "14403158927", "14403158927", None]
    assert found.columns["seq"] == [1, None, 2, None, 3]
    assert not found.loose_rows


def test_blank_household_cells_are_filled_down_without_merges_too() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", "0001", "袁振东", "袁振东", "130299195908098197", "户主", "14403157683"],
        [2, " ", None, None, None, "陈艳红", "130299196510035748", "配偶", "  "],
        [3, "汤家河镇", "沙口村", "0002", "朱子轩", "朱子轩", "130299196403265214", "户主", None],
        [4, None, None, None, None, "郭丽娟", "130299198104051223", "配偶", None],
    ]
    found = table(rows)
    assert found.columns["household_no"] == ["0001", "0001", "0002", "0002"]
    assert found.columns["phone_household"] == ["14403157683", "14403157683", None, None]
    assert found.columns["village"] == ["房子村", "房子村", "沙口村", "沙口村"]


def test_a_household_without_number_beside_a_running_household_number_takes_nothing_over() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", "0001", "袁振东", "袁振东", "130299195908098197", "户主", "14403157683"],
        [None, None, None, None, None, "陈艳红", "130299196510035748", "配偶", None],
        [2, "汀流河镇", "房子村", None, None, "朱子轩", "130299196403265214", "户主", None],
    ]
    found = table(rows)
    assert found.columns["household_no"] == ["0001", "0001", None]
    assert found.columns["phone_household"] == ["14403157683", "14403157683", None]


def test_a_row_outside_the_merged_household_is_told_as_unclear() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", "0001", "袁振东", "袁振东", "130299195908098197", "户主", "14403157683"],
        [None, None, None, None, None, "陈艳红", "130299196510035748", "配偶", None],
        [None, None, None, None, None, "朱子轩", "130299196403265214", "其他", None],
    ]
    found = table(rows, merged="A2:A3 B2:B3 C2:C3 D2:D3 E2:E3 I2:I3")
    assert found.loose_rows == {4}
    assert found.columns["household_no"] == ["0001", "0001", None]


def test_a_subtotal_or_blank_row_ends_the_filling_down() -> None:
    first = [1, "汀流河镇", "房子村", "0001", "袁振东", "袁振东", "130299195908098197", "户主", "14403157683"]
    lone = [None, None, None, None, None, "陈艳红", "130299196510035748", "配偶", None]
    for between in ([None], ["小计", None, None, "1户"]):
        found = table([HEADER, first, between, lone])
        assert found.columns["household_no"] == ["0001", None]
        assert found.loose_rows == {4}


def test_without_any_household_column_the_head_marks_the_household_and_without_that_nothing_is_filled() -> None:
    header = ["序号", "行政村", "姓名", "身份证号码", "与户主关系", "联系电话"]
    rows: list[list[Any]] = [
        header,
        [1, "房子村", "袁振东", "130299195908098197", "户主", "14403157683"],
        [2, None, "陈艳红", "130299196510035748", "配偶", None],
        [3, "沙口村", "朱子轩", "130299196403265214", "户主", None],
    ]
    assert table(rows).columns["village"] == ["房子村", "房子村", "沙口村"]
    assert table(rows).columns["phone_household"] == ["14403157683", "14403157683", None]
    bare = [[value for at, value in enumerate(row) if at != 4] for row in rows]
    assert table(bare).columns["village"] == ["房子村", None, "沙口村"]


def test_a_household_row_without_a_person_only_lends_its_cells() -> None:
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", "0001", "袁振东", None, None, None, "14403157683"],
        [None, None, None, None, None, "陈艳红", "130299196510035748", "配偶", None],
    ]
    found = table(rows)
    assert found.row_numbers == [3]
    assert found.columns["head_name"] == ["袁振东"]
    assert found.columns["phone_household"] == ["14403157683"]


def test_two_unreadable_household_numbers_are_not_one_household() -> None:
    broken = CellProblem("CELL_ERROR", "#N/A")
    rows: list[list[Any]] = [
        HEADER,
        [1, "汀流河镇", "房子村", broken, None, "袁振东", "130299195908098197", "户主", "14403157683"],
        [2, "汀流河镇", "房子村", broken, None, "朱子轩", "130299196403265214", "户主", None],
    ]
    assert table(rows).columns["phone_household"] == ["14403157683", None]


def test_the_second_telephone_column_beside_the_helper_is_the_helpers() -> None:
    header = [*HEADER, "帮扶责任人", "联系电话"]
    found = table([header, [*person(1, "王芳"), "赵六", "14403150001"]])
    assert found.columns["phone_household"] == ["14403157683"]
    assert found.columns["helper_phone"] == ["14403150001"]


def test_a_second_column_of_unclear_meaning_stays_unknown() -> None:
    found = tables(sheet([[*HEADER, "民族", "联系电话"], [*person(1, "王芳"), "汉", "14403150001"]]))
    assert found.tables[0].columns["phone_household"] == ["14403157683"]
    assert found.details["UNKNOWN_COLUMNS"] == ["联系电话"]


def test_of_two_id_columns_the_one_after_the_heads_name_is_the_heads() -> None:
    header = ["行政村", "户主姓名", "身份证号码", "姓名", "身份证号码"]
    found = table([header, ["房子村", "袁振东", "130299195908098197", "陈艳红", "130299196510035748"]])
    assert found.columns["head_id_no"] == ["130299195908098197"]
    assert found.columns["id_no"] == ["130299196510035748"]
    single = table([["行政村", "姓名", "户主姓名", "身份证号码"], ["房子村", "陈艳红", "袁振东", "130299196510035748"]])
    assert single.columns["id_no"] == ["130299196510035748"]


def test_every_township_sheet_gives_a_table_and_the_others_are_named() -> None:
    found = tables(
        sheet([["填表说明"], ["一、本表由村填写"], ["二、身份证号码必须为文本"]], name="填表说明"),
        sheet([HEADER, person(1, "王芳")], name="汀流河镇"),
        sheet([HEADER[::-1], person(2, "李四")[::-1]], name="汤家河镇"),
        sheet([], name="Sheet2"),
        sheet([HEADER], name="空表"),
        sheet([["与户主关系", "民族"], ["户主", "汉族"]], name="下拉选项"),
        sheet([HEADER, person(3, "张三")], name="旧表", hidden=True),
    )
    assert [found_table.sheet for found_table in found.tables] == ["汀流河镇", "汤家河镇"]
    assert set(found.warnings) == {"NON_DATA_SHEET_SKIPPED", "EMPTY_SHEET_SKIPPED", "HIDDEN_SHEET_SKIPPED"}
    assert found.details["NON_DATA_SHEET_SKIPPED"] == ["填表说明", "下拉选项"]
    assert found.details["EMPTY_SHEET_SKIPPED"] == ["Sheet2", "空表"]
    assert found.details["HIDDEN_SHEET_SKIPPED"] == ["旧表"]


def test_two_tables_below_each_other_with_other_columns_are_two_tables() -> None:
    rows: list[list[Any]] = [
        ["房子村"],
        HEADER,
        person(1, "王芳"),
        ["合计", 1],
        ["沙口村花名册"],
        HEADER[::-1],
        person(2, "李四")[::-1],
    ]
    first, second = tables(sheet(rows)).tables
    assert (first.columns["name"], first.titles) == (["王芳"], ["房子村"])
    assert (second.columns["name"], second.row_numbers, second.header_row) == (["李四"], [7], 6)
    assert "沙口村花名册" in second.titles


def test_hidden_rows_are_people_with_a_warning() -> None:
    hidden = dataclasses.replace(sheet([HEADER, person(1, "王芳"), person(2, "李四")]), hidden_rows=frozenset({3}))
    found = tables(hidden)
    assert found.warnings == ["HIDDEN_ROWS"]
    assert found.tables[0].row_numbers == [2, 3]


def test_blank_texts_and_pasted_error_words_are_no_values() -> None:
    rows: list[list[Any]] = [
        HEADER,
        person(1, "王芳", 乡镇=" \u3000", 联系电话="#N/A"),
        person(2, "＃REF！", 与户主关系='=DISPIMG("ID_1",1)'),
    ]
    found = table(rows)
    assert found.columns["township"] == [None, "汀流河镇"]
    assert found.columns["phone_household"][0] == CellProblem("CELL_ERROR", "#N/A")
    assert found.columns["name"][1] == CellProblem("CELL_ERROR", "＃REF！")
    assert found.columns["relation"][1] == CellProblem("PICTURE", '=DISPIMG("ID_1",1)')


def test_a_workbook_without_a_known_header_is_refused() -> None:
    assert refusal(sheet([["a", "b"], ["c", "d"]])).code == "HEADER_NOT_FOUND"


def test_a_header_without_required_columns_is_refused_with_their_names() -> None:
    header = [word for word in HEADER if word not in ("行政村", "身份证号码")]
    refused = refusal(sheet([header, ["x"] * len(header)]))
    assert refused.code == "HEADER_MISSING"
    assert refused.params["columns"] == ["证件号码", "行政村"]


def test_a_header_without_people_is_no_data() -> None:
    assert refusal(sheet([["标题"], HEADER, ["合计", None, None, "0户"]])).code == "NO_DATA"
    assert refusal(sheet([HEADER, person(1, "王芳")], hidden=True)).code == "NO_DATA"


def test_a_sheet_full_of_people_without_a_header_is_never_passed_over() -> None:
    refused = refusal(
        sheet([HEADER, person(1, "王芳")], name="一"), sheet([person(n, "李四") for n in range(1, 6)], name="二")
    )
    assert (refused.code, refused.params["sheet"]) == ("HEADER_NOT_FOUND", "二")


def test_the_columns_and_the_sheet_of_an_annotated_workbook_are_ignored() -> None:
    found = tables(
        sheet([["核对说明"], ["姓名", "身份证号码", "行政村"]], name="核对说明"),
        sheet([[*HEADER, "导入结果", "原因"], [*person(1, "王芳"), "退回修改", "证件号码不对"]]),
    )
    assert found.warnings == []
    assert len(found.tables) == 1


@pytest.mark.parametrize(
    ("name", "people", "titles"),
    [
        ("laoting_hand_list_g2.xlsx", 127, 4),
        ("qianxi_system_export_g1.xlsx", 171, 0),
    ],
)
def test_both_sample_rosters_come_out_complete(name: str, people: int, titles: int) -> None:
    found = find_tables(read_workbook(DATA / name, original_name=name), SPEC)
    assert found.warnings == []
    assert len(found.tables[0].row_numbers) == people
    assert len(found.tables[0].titles) == titles
    for field in ("name", "id_no", "village", "household_no", "township"):
        assert None not in found.tables[0].columns[field]
    assert all(len(str(value)) in (18, 20) for value in found.tables[0].columns["id_no"])


def test_header_words_and_column_letters_are_normalised_as_documented() -> None:
    assert normalise_header("＊身份证\n号码（１８位）：") == "身份证号码(18位)"
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_no_header_word_has_two_meanings() -> None:
    with (Path(headers.__file__).parents[1] / "data" / "header_aliases.csv").open(encoding="utf-8") as file:
        rows = [(normalise_header(row["header"]), row["field"]) for row in csv.DictReader(file)]
    meanings: dict[str, set[str]] = {}
    for word, field in rows:
        meanings.setdefault(word, set()).add(field)
    assert {word: fields for word, fields in meanings.items() if len(fields) > 1} == {}


def test_the_line_that_numbers_the_columns_is_no_person() -> None:
    numbered = table([HEADER, list(range(1, 10)), person(1, "王芳")])
    assert numbered.row_numbers == [3]
    lettered = table([HEADER, ["栏次", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], person(1, "王芳")])
    assert lettered.row_numbers == [3]


def test_a_person_whose_remark_reads_like_a_signature_is_kept() -> None:
    header = ["姓名", "身份证号码", "行政村", "备注"]
    rows: list[list[Any]] = [
        header,
        ["王芳", None, None, "联系人：李四"],
        ["李四", "130299195908098101", "房子村", None],
    ]
    assert table(rows).columns["name"] == ["王芳", "李四"]


def test_a_person_with_words_that_are_also_headers_is_no_header() -> None:
    rows: list[list[Any]] = [HEADER, [None, None, None, None, "户主", "王芳", None, "户主", "电话"], person(1, "李四")]
    assert table(rows).columns["name"] == ["王芳", "李四"]


def test_where_every_row_repeats_its_household_a_blank_number_is_a_gap() -> None:
    rows: list[list[Any]] = [HEADER, *(person(n, "王芳", 户编号="0001", 户主姓名=None) for n in range(1, 5))]
    rows.append(person(5, "李四", 户编号=None, 户主姓名=None))
    found = table(rows)
    assert found.columns["household_no"] == ["0001"] * 4 + [None]
    assert found.loose_rows == {6}


def test_a_header_merged_over_two_columns_is_one_column() -> None:
    header = ["行政村", "姓名", None, "身份证号码"]
    rows: list[list[Any]] = [header, ["房子村", "王芳", None, "130299195908098101"]]
    found = table(rows, merged="B1:C1 B2:C2")
    assert found.unknown_columns == []
    assert found.columns["name"] == ["王芳"]


def test_values_in_a_column_without_a_header_are_warned_about() -> None:
    found = tables(sheet([HEADER, [*person(1, "王芳"), None, "旁注"]]))
    assert found.details == {"UNKNOWN_COLUMNS": ["K"]}


def test_a_unit_line_under_the_header_belongs_to_it() -> None:
    header = ["行政村", "姓名", "身份证号码", "人均纯收入", "与户主关系"]
    rows: list[list[Any]] = [
        header,
        [None, None, "(18位)", "（元）"],
        ["房子村", "王芳", "130299195908098101", 5000, "户主"],
    ]
    found = table(rows)
    assert (found.header_row, found.row_numbers) == (2, [3])
    assert found.columns["net_income_pc"] == [5000]
    assert found.columns["id_no"] == ["130299195908098101"]


_FURNITURE = [
    [],
    [None, None],
    ["合计", None, None, "12户", None, "37人"],
    ["小  计", 3],
    ["第 2 页 共 9 页"],
    ["-2-"],
    ["注：1.本表一式两份；2.身份证号码须与户口簿一致。"],
    ["填表人：赵六", None, None, None, "审核人：", "孙七"],
    [None, None, None, None, "单位负责人：", "孙七", None, "2018年6月30日"],
    HEADER,
    ["乐亭县建档立卡贫困户妇女儿童花名册"],
]


@settings(max_examples=60, deadline=None)
@given(
    strategies.lists(
        strategies.one_of(
            strategies.sampled_from(_FURNITURE).map(lambda row: (False, row)),
            strategies.tuples(
                strategies.integers(0, 99),
                strategies.sets(
                    strategies.sampled_from([word for word in HEADER if word not in ("姓名", "身份证号码")])
                ),
                strategies.sampled_from(["姓名", "身份证号码", ""]),
            ).map(
                lambda drawn: (
                    True,
                    person(drawn[0], "王芳", **dict.fromkeys(drawn[1]), **({drawn[2]: None} if drawn[2] else {})),
                )
            ),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_stands_between_them_every_person_is_found_and_nobody_else(
    lines: list[tuple[bool, list[Any]]],
) -> None:
    rows = [["乐亭县建档立卡贫困户妇女儿童花名册"], HEADER, *(row for _, row in lines)]
    people = [number for number, (is_person, _) in enumerate(lines, start=3) if is_person]
    if people:
        assert table(rows).row_numbers == people
    else:
        assert refusal(sheet(rows)).code == "NO_DATA"
