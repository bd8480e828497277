"""Opening files: every format an office sends, and the traps that kill or fool other readers."""

import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from households.intake import workbook as engine
from households.intake.columns import read_date
from households.intake.workbook import CellProblem, Merge, read_workbook
from tests.households.intake import spreadsheets
from tests.households.intake.spreadsheets import only_sheet, read, refusal, written

ROWS: list[list[Any]] = [spreadsheets.HEADER, spreadsheets.FIRST, spreadsheets.SECOND]


def test_an_xlsx_gives_its_values_with_their_types_and_excel_row_numbers(tmp_path: Path) -> None:
    path = spreadsheets.xlsx(
        tmp_path / "a.xlsx", [[], [], ["标题"], [], [None, "王芳", 3, True, datetime.date(1980, 1, 2)]]
    )
    sheet = only_sheet(path)
    assert sheet.numbers == [3, 5]
    assert sheet.rows[0][0] == "标题"
    assert sheet.rows[1] == [None, "王芳", 3, True, datetime.date(1980, 1, 2)]


def test_columns_are_counted_from_a_even_when_the_first_ones_are_empty(tmp_path: Path) -> None:
    path = spreadsheets.xlsx(tmp_path / "a.xlsx", [[None, None, "姓名"], [None, None, "王芳"]])
    assert only_sheet(path).rows == [[None, None, "姓名"], [None, None, "王芳"]]


def test_an_id_stored_as_a_number_stays_a_number(tmp_path: Path) -> None:
    path = spreadsheets.xlsx(tmp_path / "a.xlsx", [["身份证号码"], [130299198001011234]])
    value = only_sheet(path).rows[1][0]
    assert isinstance(value, float)
    assert abs(value - 130299198001011234) < 1000


@pytest.mark.parametrize("extension", ["xls", "et", "xlsx"])
def test_biff_files_are_read_whatever_their_name(tmp_path: Path, extension: str) -> None:
    sheet = only_sheet(spreadsheets.xls(tmp_path / f"a.{extension}", ROWS))
    assert sheet.rows[1][5] == "袁振东"
    assert sheet.rows[1][6] == "130299195908098197"


def test_an_xls_that_is_really_an_xlsx_is_read(tmp_path: Path) -> None:
    path = spreadsheets.xlsx(tmp_path / "a.xls", ROWS)
    assert only_sheet(path).rows[2][5] == "陈艳红"


def test_hidden_rows_error_cells_and_uncalculated_formulas_of_an_xls_are_told(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("花名册")
    sheet.write_merge(0, 0, 0, 3, "标题")
    sheet.write(1, 0, "王芳")
    sheet.write(1, 1, xlwt.Formula("1/0"))
    sheet.row(1).set_cell_error(2, "#REF!")
    sheet.row(2).write(0, "李四")
    sheet.row(2).hidden = True
    book.add_sheet("隐藏").visibility = 1
    book.save(str(tmp_path / "a.xls"))
    first, second = read(tmp_path / "a.xls").sheets
    assert first.rows[1][1] == CellProblem("FORMULA_NO_VALUE", "=")
    assert first.rows[1][2] == CellProblem("CELL_ERROR", "#REF!")
    assert first.hidden_rows == {3}
    assert (first.merged[0].top, first.merged[0].right) == (1, 3)
    assert second.hidden


def test_rows_without_height_are_hidden_and_rows_that_stand_in_a_sheet_of_hidden_ones_are_not(tmp_path: Path) -> None:
    # zeroHeight hides the rows of which the file says nothing: the others are seen.
    rows = "".join(
        f'<row r="{number}"{more}>{spreadsheets.inline(f"A{number}", name)}</row>'
        for number, more, name in ((1, "", "王芳"), (2, ' ht="0" customHeight="1"', "李四"), (3, ' ht="0.75"', "张三"))
    )
    formats = '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
    sheet = only_sheet(spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f"{formats}<sheetData>{rows}</sheetData>"))
    assert [row[0] for row in sheet.rows] == ["王芳", "李四", "张三"]
    assert sheet.hidden_rows == {2}


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_is_read_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = written(tmp_path / "a.csv", spreadsheets.csv_text(ROWS, delimiter).encode(encoding))
    sheet = only_sheet(path)
    assert sheet.rows[0] == spreadsheets.HEADER
    assert sheet.rows[1][5:7] == ["袁振东", "130299195908098197"]
    assert sheet.numbers == [1, 2, 3]


def test_a_tab_text_named_xls_is_read(tmp_path: Path) -> None:
    assert (
        only_sheet(written(tmp_path / "a.xls", spreadsheets.csv_text(ROWS, "\t").encode("gbk"))).rows[2][5] == "陈艳红"
    )


def test_csv_keeps_quoted_commas_and_unwraps_the_formula_around_long_numbers(tmp_path: Path) -> None:
    text = '姓名,身份证号码,备注\n王芳,="130299198001011234","病,残"\n'
    assert only_sheet(written(tmp_path / "a.csv", text.encode())).rows[1] == ["王芳", "130299198001011234", "病,残"]


def test_a_stray_quote_in_a_csv_swallows_nobody(tmp_path: Path) -> None:
    text = '姓名,身份证号码\n"王芳,130299198001011234\n李四,130299198001011235\n张三,130299198001011236\n'
    sheet = only_sheet(written(tmp_path / "a.csv", text.encode()))
    assert [row[1] for row in sheet.rows[1:]] == ["130299198001011234", "130299198001011235", "130299198001011236"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_an_html_table_named_xls_is_read_with_its_spans(tmp_path: Path, encoding: str) -> None:
    page = (
        f'<html><head><meta charset="{encoding}"><style>td {{color: red}}</style></head><body><table>'
        "<tr><th colspan=2>花名册</th></tr><tr><td>户编号</td><td>姓名</td></tr>"
        "<tr><td rowspan='2'>1302251072560001</td><td>王&nbsp;芳</td></tr><tr><td>李四</td></tr>"
        "<tr style='display:none'><td>2</td><td>张三<br>之女</td></tr></table></body></html>"
    )
    sheet = only_sheet(written(tmp_path / "a.xls", page.encode(encoding)))
    assert sheet.rows[2:] == [["1302251072560001", "王 芳"], [None, "李四"], ["2", "张三\n之女"]]
    assert sheet.hidden_rows == {5}
    assert [(merge.top, merge.bottom, merge.left, merge.right) for merge in sheet.merged] == [
        (1, 1, 0, 1),
        (3, 4, 0, 0),
    ]


def test_the_xml_of_excel_2003_is_read(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="册"><Table>'
        '<Row><Cell><Data ss:Type="String">姓名</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">年龄</Data></Cell></Row>'
        '<Row ss:Index="4"><Cell><Data ss:Type="String">王芳</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">38</Data></Cell>'
        '<Cell><Data ss:Type="Error">#REF!</Data></Cell><Cell><Data ss:Type="DateTime">1980-01-02T00:00:00.000</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    )
    sheet = only_sheet(written(tmp_path / "a.xls", text.encode()))
    assert sheet.numbers == [1, 4]
    assert sheet.rows[1] == ["王芳", None, 38.0, CellProblem("CELL_ERROR", "#REF!"), datetime.date(1980, 1, 2)]


def test_an_ods_tells_errors_hidden_rows_hidden_sheets_and_leaves_comments_out(tmp_path: Path) -> None:
    cell = "<table:table-cell{0}>{1}</table:table-cell>"
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="9"/>'
        "</table:table-row><table:table-row>"
        + cell.format(
            ' office:value-type="string"',
            "<office:annotation><text:p>批注</text:p></office:annotation><text:p>王芳</text:p>",
        )
        + cell.format(' office:value-type="float" office:value="130299198001011000"', "<text:p>1.30E+17</text:p>")
        + cell.format(
            ' table:formula="of:=A1" office:value-type="string" calcext:value-type="error"', "<text:p>#N/A</text:p>"
        )
        + cell.format(' table:formula="of:=A1"', "")
        + cell.format(' office:value-type="date" office:date-value="1980-01-02"', "<text:p>80-1-2</text:p>")
        + '</table:table-row><table:table-row table:visibility="filter"><table:table-cell '
        'office:value-type="string" table:number-rows-spanned="2"><text:p>李四</text:p></table:table-cell></table:table-row>'
    )
    styles = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    path = spreadsheets.raw_ods(
        tmp_path / "a.ods",
        f'<table:table table:name="册">{rows}</table:table><table:table table:name="藏" table:style-name="ta2"/>',
        styles=styles,
    )
    first, second = read(path).sheets
    assert first.numbers == [3, 4]
    assert first.rows[0][:5] == [
        "王芳",
        130299198001011000.0,
        CellProblem("CELL_ERROR", "#N/A"),
        CellProblem("FORMULA_NO_VALUE", "of:=A1"),
        datetime.date(1980, 1, 2),
    ]
    assert first.hidden_rows == {4}
    assert second.hidden


def test_error_cells_formulas_without_value_and_wps_pictures_are_problems(tmp_path: Path) -> None:
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>A1+1</f></c><c r="C1"><f>A1+1</f><v></v></c>'
        '<c r="D1"><f>1+1</f><v>2</v></c><c r="E1" t="str"><f>""</f><v></v></c>'
        '<c r="F1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c><c r="G1"><v>5</v></c>'
    )
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f'<sheetData><row r="1">{cells}</row></sheetData>')
    assert only_sheet(path).rows[0] == [
        CellProblem("CELL_ERROR", "#N/A"),
        CellProblem("FORMULA_NO_VALUE", "=A1+1"),
        CellProblem("FORMULA_NO_VALUE", "=A1+1"),
        2.0,
        None,
        CellProblem("PICTURE", '_xlfn.DISPIMG("ID_1",1)'),
        5.0,
    ]


@pytest.mark.parametrize("careful", [False, True])
def test_both_xlsx_parsers_agree_on_strings_dates_and_numbers(tmp_path: Path, careful: bool) -> None:
    shared = (
        '<si><r><t>王</t></r><r><t>芳</t></r><rPh sb="0" eb="1"><t>wang</t></rPh></si><si><t>甲_x000D_&#10;乙</t></si>'
    )
    cells = (
        '<c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="inlineStr"><is><r><t>丙</t></r>'
        "<rPh><t>bing</t></rPh></is></c>"
        '<c r="E3" s="1"><v>32875</v></c><c r="F3"><v>1.30299198001011E+17</v></c><c r="G3" t="b"><v>1</v></c>'
        '<c r="H3" s="1"><v>43281.75</v></c>' + ("<c r='I3'><v>1</v></c>" if careful else '<c r="I3"><v>1</v></c>')
    )
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f'<sheetData><row r="3">{cells}</row></sheetData>', shared=shared)
    sheet = only_sheet(path)
    assert sheet.numbers == [3]
    assert sheet.rows[0] == [
        None,
        "王芳",
        "甲\r\n乙",
        "丙",
        datetime.date(1990, 1, 2),
        130299198001011000.0,
        True,
        datetime.datetime.fromisoformat("2018-06-30T18:00"),
        1.0,
    ]


@pytest.mark.parametrize("careful", [False, True])
def test_dates_that_count_from_1904_are_right(tmp_path: Path, careful: bool) -> None:
    cells = '<c r="A1" s="1"><v>31413</v></c>' + ('<c r="B1" t="e"><v>#N/A</v></c>' if careful else "")
    sheet = f'<sheetData><row r="1">{cells}</row></sheetData>'
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", sheet, properties='<workbookPr date1904="1"/>')
    assert only_sheet(path).rows[0][0] == datetime.date(1990, 1, 2)


@pytest.mark.parametrize(("number", "day"), [("31413", "1990-01-02"), ("31413.5", "1990-01-02"), ("1990", None)])
def test_a_day_that_lost_its_format_counts_from_1904_there_too(tmp_path: Path, number: str, day: str | None) -> None:
    sheet = f'<sheetData><row r="1"><c r="A1"><v>{number}</v></c></row></sheetData>'
    (cell,) = only_sheet(
        spreadsheets.raw_xlsx(tmp_path / "a.xlsx", sheet, properties='<workbookPr date1904="1"/>')
    ).rows[0]
    assert cell == float(number)
    read = read_date(cell)
    assert (read.day.isoformat() if day else read.codes) == (day or ("DATE_INCOMPLETE",))


def test_strict_ooxml_and_prefixed_xml_and_cells_without_reference_are_read(tmp_path: Path) -> None:
    plain = f'<sheetData><row r="1">{spreadsheets.inline("A1", "王芳")}</row></sheetData>'
    strict = spreadsheets.raw_xlsx(
        tmp_path / "s.xlsx", plain, main=spreadsheets.STRICT, relations=spreadsheets.STRICT_RELATIONS
    )
    prefixed = spreadsheets.raw_xlsx(
        tmp_path / "p.xlsx",
        f'<x:worksheet xmlns:x="{spreadsheets.MAIN}"><x:sheetData><x:row r="2" hidden="1"><x:c r="B2" t="inlineStr"><x:is><x:t>王芳</x:t>'
        "</x:is></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref='B2:C3'/></x:mergeCells></x:worksheet>",
        whole_sheet=True,
    )
    bare = spreadsheets.raw_xlsx(
        tmp_path / "b.xlsx", "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData>"
    )
    assert only_sheet(strict).rows == [["王芳"]]
    assert only_sheet(prefixed).rows == [[None, "王芳"]]
    assert only_sheet(prefixed).hidden_rows == {2}
    assert only_sheet(prefixed).merged == [Merge(2, 1, 3, 2)]
    assert only_sheet(bare).rows == [[1.0, 2.0]]


def test_a_lying_dimension_hides_nobody(tmp_path: Path) -> None:
    source = spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS)
    for number, lie in enumerate(["A1", "A1:B2", "A1:XFD1048576", ""]):
        path = spreadsheets.edited(
            source, tmp_path / f"{number}.xlsx", "xl/worksheets/sheet1.xml", 'ref="A1:I3"', f'ref="{lie}"'
        )
        assert [row[5] for row in only_sheet(path).rows] == ["姓名", "袁振东", "陈艳红"]


@pytest.mark.parametrize("stray", ["XFD1048576", "XFD3", "A1048576", "ZZ1048000"])
def test_a_stray_cell_far_away_is_survived(tmp_path: Path, stray: str) -> None:
    book = openpyxl.load_workbook(spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS))
    book.active[stray] = "x"
    book.save(tmp_path / "b.xlsx")
    sheet = only_sheet(tmp_path / "b.xlsx")
    assert [row[5] for row in sheet.rows[:3]] == ["姓名", "袁振东", "陈艳红"]
    assert sheet.numbers[:3] == [1, 2, 3]


def test_a_huge_text_repeated_in_thousands_of_cells_ends_as_a_problem_per_cell(tmp_path: Path) -> None:
    shared = f"<si><t>{'长' * 32000}</t></si><si><t>王芳</t></si>"
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c>'
        + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "BCDE")
        + "</row>"
        for n in range(1, 5001)
    )
    sheet = only_sheet(spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>", shared=shared))
    assert [row[0] for row in sheet.rows] == ["王芳"] * 5000
    assert sheet.rows[-1][1] == CellProblem("VALUE_TOO_LONG", "长" * 200)


def test_a_million_formatted_blank_rows_cost_no_rows(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_001))
    people = f'<row r="1">{spreadsheets.inline("A1", "姓名")}</row><row r="2">{spreadsheets.inline("A2", "王芳")}</row>'
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{people}{blank}</sheetData>")
    assert only_sheet(path).numbers == [1, 2]


def test_hidden_sheets_come_without_rows_and_hidden_rows_are_numbered(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("明")
    sheet.write_column(0, 0, ["姓名", "王芳", "李四"])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(5, 6, None, None, {"hidden": True})
    hidden = book.add_worksheet("暗")
    hidden.write(0, 0, "x")
    hidden.hide()
    book.close()
    first, second = read(tmp_path / "a.xlsx").sheets
    assert first.hidden_rows == {3}
    assert second.hidden
    assert second.rows == []


def test_the_child_never_loads_django_and_sees_no_environment() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]; import households.intake.reader, importlib\n"
        "for kind in ('csv', 'html', 'ods', 'xls', 'xlsx', 'xml2003'):\n"
        "    importlib.import_module('households.intake.reader_' + kind)\n"
        "assert not any(name == 'django' or name.startswith('django.') for name in sys.modules)"
    )
    root = str(Path(engine.__file__).parents[2])
    site = str(Path(openpyxl.__file__).parents[1])
    subprocess.run([sys.executable, "-I", "-S", "-c", code, root, site], check=True, env={}, cwd=os.sep)


def test_rows_out_of_order_are_sorted_and_two_rows_of_one_number_are_refused(tmp_path: Path) -> None:
    def row(number: int, text: str) -> str:
        return f'<row r="{number}">{spreadsheets.inline(f"A{number}", text)}</row>'

    mixed = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{row(3, '丙')}{row(1, '甲')}</sheetData>")
    careful = spreadsheets.raw_xlsx(
        tmp_path / "b.xlsx", f"<sheetData>{row(3, '丙')}{row(1, '甲')}<row r='9'/></sheetData>"
    )
    for path in (mixed, careful):
        assert (only_sheet(path).numbers, only_sheet(path).rows) == ([1, 3], [["甲"], ["丙"]])
    doubled = spreadsheets.raw_xlsx(tmp_path / "c.xlsx", f"<sheetData>{row(1, '甲')}{row(1, '乙')}</sheetData>")
    assert refusal(doubled) == "CORRUPT_FILE"


def test_numbers_without_end_stay_texts(tmp_path: Path) -> None:
    cells = '<c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c><c r="C1"><v>2</v></c>'
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f'<sheetData><row r="1">{cells}</row></sheetData>')
    assert only_sheet(path).rows == [["1e999", "NaN", 2.0]]


def test_blank_cells_without_reference_keep_their_place(tmp_path: Path) -> None:
    texts = "<c/>".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("姓名", "文化程度", "住址"))
    rows = f'<row>{texts}</row><row r="5"><c/><c/>{spreadsheets.inline("C5", "甲")}<c/><c t="inlineStr"><is><t>乙</t></is></c></row>'
    book = read_workbook(
        spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>"), original_name="a.xlsx"
    )
    assert book.sheets[0].rows == [["姓名", None, "文化程度", None, "住址"], [None, None, "甲", None, "乙"]]
    assert book.sheets[0].numbers == [1, 5]


def _struck(path: Path) -> frozenset[tuple[int, int]]:
    return read_workbook(path, original_name=path.name).sheets[0].struck


def test_what_is_struck_through_in_an_xls_is_told_whatever_kind_of_cell_it_is(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet, gone = book.add_sheet("花名册"), xlwt.easyxf("font: struck_out on")
    for column, value in enumerate(["甲", 3, 2.5, xlwt.Formula("1+1")]):
        sheet.write(0, column, value)
        sheet.write(1, column, value, gone)
    sheet.write(2, 0, "乙")
    sheet.write(2, 1, None, gone)
    for column in (2, 3):
        sheet.write(2, column, 7, gone)
    book.save(str(tmp_path / "a.xls"))
    assert _struck(tmp_path / "a.xls") == {(2, 0), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3)}


def test_what_is_struck_through_in_an_ods_is_told(tmp_path: Path) -> None:
    line = '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    styles = f'<style:style style:name="gone">{line}<style:style style:name="here"/>'
    cells = (
        '<table:table-cell table:style-name="gone"><text:p>甲</text:p></table:table-cell>'
        '<table:table-cell table:style-name="gone"/>'
        '<table:table-cell table:style-name="here"><text:p>乙</text:p></table:table-cell>'
        '<table:table-cell><text:p><text:span text:style-name="gone">丙</text:span>丁</text:p></table:table-cell>'
    )
    table = f'<table:table table:name="a"><table:table-row>{cells}</table:table-row></table:table>'
    assert _struck(spreadsheets.raw_ods(tmp_path / "a.ods", table, styles=styles)) == {(1, 0), (1, 3)}


def test_what_is_struck_through_in_a_web_page_is_told(tmp_path: Path) -> None:
    rows = (
        '<tr><td class="xl65 big">甲</td><td>乙</td><td style="text-decoration: line-through">丙</td></tr>'
        '<tr><td><s>丁</s></td><td>戊</td><td><span class="xl65">己</span></td></tr>'
        '<tr style="text-decoration:line-through"><td>庚</td></tr><tr><td>辛</td></tr>'
    )
    style = "<style>.xl64 {color:red} .xl65 {color:black; text-decoration:line-through;}</style>"
    (tmp_path / "a.xls").write_text(f"<html>{style}<table>{rows}</table></html>", encoding="utf-8")
    assert _struck(tmp_path / "a.xls") == {(1, 0), (1, 2), (2, 0), (2, 2), (3, 0)}


def test_a_text_of_which_a_part_is_struck_through_is_told(tmp_path: Path) -> None:
    run = "<r><rPr>%s</rPr><t>王芳</t></r><r><t>王丽</t></r>"
    shared = "".join(f"<si>{run % mark}</si>" for mark in ("<strike/>", '<strike val="0"/>', "<b/>"))
    cells = "".join(f'<c r="{column}1" t="s"><v>{index}</v></c>' for index, column in enumerate("ABC"))
    cells += '<c r="D1"><v>0</v></c>'
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", f'<sheetData><row r="1">{cells}</row></sheetData>', shared=shared)
    assert _struck(path) == {(1, 0)}


def test_what_a_web_page_does_not_show_inside_a_cell_is_not_read(tmp_path: Path) -> None:
    cells = (
        '<td><span style="display:none">0012<br>旧名<b>王丽</b></span>王芳</td>'
        '<td>李<span style="color:red">娟</span><div style="DISPLAY: none">旧</td><td>孙英</td>'
    )
    (tmp_path / "a.xls").write_text(f"<html><table><tr>{cells}</tr></table></html>", encoding="utf-8")
    [sheet] = read_workbook(tmp_path / "a.xls", original_name="a.xls").sheets
    assert sheet.rows == [["王芳", "李娟", "孙英"]]
