"""The officer's own workbook back: coloured, commented, summed up, and ready to be uploaded again."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from households.intake.annotate import RowNote, annotate
from households.intake.sheets import find_tables
from households.intake.workbook import read_workbook
from tests.households.intake import spreadsheets
from tests.households.intake.test_sheets import DATA, HEADER, SPEC, person

SUMMARY = [("文件", "花名册"), ("结果", "可导入1人，退回修改1人")]
ADVICE = "证件号码末位校验不符，请核对后重填。"
COLOUR = "FFFFD1C9"


def rows() -> list[list[Any]]:
    return [["乐亭县花名册"], HEADER, person(1, "王芳"), person(2, "李四"), ["合计", None, None, "2户"]]


def notes(sheet: str = "花名册") -> list[RowNote]:
    return [
        RowNote(sheet, 3, "可导入"),
        RowNote(sheet, 4, "退回修改", ADVICE, [("G", ADVICE), ("H", "=请核对")]),
    ]


def annotated(source: Path, said: Sequence[RowNote] | None = None, head: int = 2, sheet: str = "花名册") -> Path:
    out = source.with_name("annotated.xlsx")
    said = notes(sheet) if said is None else said
    annotate(source, out, said, SUMMARY, original_name=source.name, header_rows=[(sheet, head)])
    return out


def page(path: Path, sheet: str = "花名册") -> Worksheet:
    found = openpyxl.load_workbook(path)[sheet]
    assert isinstance(found, Worksheet)
    return found


def same_table(before: Path, after: Path) -> None:
    """Both files give the same people, row for row, and the annotated one no new warning."""
    old = find_tables(read_workbook(before, original_name=before.name), SPEC)
    new = find_tables(read_workbook(after, original_name=after.name), SPEC)
    assert new.warnings == old.warnings
    assert [(t.sheet, t.row_numbers, t.columns, t.titles) for t in new.tables] == [
        (t.sheet, t.row_numbers, t.columns, t.titles) for t in old.tables
    ]


def test_problem_cells_are_coloured_and_commented_and_every_row_has_its_result(tmp_path: Path) -> None:
    out = annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", rows()))
    sheet = page(out)
    assert sheet["G4"].fill.fgColor.rgb == COLOUR
    assert sheet["G4"].comment is not None
    assert sheet["G4"].comment.text == ADVICE
    assert sheet["G4"].value == "130299195908098102"
    assert sheet["G3"].fill.fgColor.rgb != COLOUR
    assert [cell.value for cell in sheet["J"]] == [None, "导入结果", "可导入", "退回修改", None]
    assert [cell.value for cell in sheet["K"]] == [None, "原因", None, ADVICE, None]


def test_the_first_sheet_sums_up_and_is_the_one_that_opens(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", rows())))
    assert book.sheetnames == ["核对说明", "花名册"]
    assert book.active is not None
    assert book.active.title == "核对说明"
    assert [[cell.value for cell in row] for row in book["核对说明"].iter_rows()][1:] == [
        list(line) for line in SUMMARY
    ]
    assert not book["花名册"].sheet_view.tabSelected


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    said = [RowNote("花名册", 3, "退回修改", "=1+1", [("G", "@SUM(A1)")])]
    sheet = page(annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", rows()), said))
    assert (sheet["K3"].value, sheet["K3"].data_type) == ("=1+1", "s")


def test_the_annotated_file_uploads_as_the_same_table_again_and_again(tmp_path: Path) -> None:
    source = spreadsheets.xlsx(tmp_path / "a.xlsx", rows())
    out = annotated(source)
    same_table(source, out)
    second = out.rename(tmp_path / "b.xlsx")
    again = annotated(second, [RowNote("花名册", 3, "无变化"), RowNote("花名册", 4, "可导入")])
    same_table(source, again)
    sheet = page(again)
    assert sheet["G4"].fill.fgColor.rgb != COLOUR
    assert sheet["G4"].comment is None
    assert [cell.value for cell in sheet["J"]] == [None, "导入结果", "无变化", "可导入", None]
    assert sheet["K4"].value is None
    assert sheet.max_column == 11


@pytest.mark.parametrize("name", ["laoting_hand_list_g2.xlsx", "qianxi_system_export_g1.xlsx"])
def test_the_samples_keep_their_styles_widths_and_merged_cells(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_bytes((DATA / name).read_bytes())
    found = find_tables(read_workbook(source, original_name=name), SPEC).tables[0]
    said = [
        RowNote(found.sheet, row, "待核实", ADVICE, [(found.letters["id_no"], ADVICE)]) for row in found.row_numbers
    ]
    out = annotated(source, said, found.header_row, found.sheet)
    same_table(source, out)
    before, after = page(source, found.sheet), page(out, found.sheet)
    assert {str(merge) for merge in after.merged_cells.ranges} == {str(merge) for merge in before.merged_cells.ranges}
    assert {key: column.width for key, column in before.column_dimensions.items()}.items() <= {
        key: column.width for key, column in after.column_dimensions.items()
    }.items()
    for line in before.iter_rows():
        for cell in line:
            other = after[cell.coordinate]
            assert other.value == cell.value
            assert other.number_format == cell.number_format
            assert (repr(other.font), repr(other.border)) == (repr(cell.font), repr(cell.border))


def test_own_colours_comments_filters_names_and_cached_formula_values_survive(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "花名册"
    for row in rows():
        sheet.append(row)
    sheet["G3"].comment = Comment("我的批注", "赵六")
    sheet["H4"].comment = Comment("别删", "赵六")
    sheet["G4"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["G4"].font = Font(bold=True)
    sheet.auto_filter.ref = "A2:I4"
    sheet.print_area = "A1:I5"
    book.save(tmp_path / "a.xlsx")
    source = spreadsheets.edited(
        tmp_path / "a.xlsx",
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        '<c r="A3" t="n"><v>1</v></c>',
        '<c r="A3"><f>0+1</f><v>1</v></c>',
    )
    out = annotated(source)
    after = page(out)
    assert after["G3"].comment is not None
    assert after["G3"].comment.text == "我的批注"
    assert after["H4"].comment is not None
    assert after["H4"].comment.text == "别删"
    assert after["G4"].comment is not None
    assert after["G4"].comment.text == ADVICE
    assert (after["G4"].font.b, after["G4"].fill.fgColor.rgb) == (True, COLOUR)
    assert after.auto_filter.ref == "A2:I4"
    assert after.print_area == "'花名册'!$A$1:$I$5"
    same_table(source, out)
    again = annotated(out.rename(tmp_path / "c.xlsx"), [RowNote("花名册", 4, "可导入")])
    restored = page(again)
    assert restored["G4"].fill.fgColor.rgb == "FF00FF00"
    assert restored["G4"].comment is None
    assert restored["H4"].comment is not None


def test_results_stand_right_of_stray_notes_beside_the_table(tmp_path: Path) -> None:
    table = rows()
    table[3] = [*table[3], None, "旁注"]
    sheet = page(annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", table)))
    assert sheet["K4"].value == "旁注"
    assert sheet["L2"].value == "导入结果"


def test_a_problem_in_a_blank_cell_gets_a_cell_to_colour(tmp_path: Path) -> None:
    table = rows()
    table[3][6] = None
    sheet = page(annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", table)))
    assert sheet["G4"].fill.fgColor.rgb == COLOUR
    assert sheet["G4"].comment is not None


@pytest.mark.parametrize("kind", ["xls", "csv", "gbk", "html", "strict", "prefixed"])
def test_other_formats_come_back_as_xlsx_with_the_same_values(tmp_path: Path, kind: str) -> None:
    source, sheet = tmp_path / "a.xls", "Sheet1"
    if kind == "xls":
        spreadsheets.xls(source, rows())
        sheet = "花名册"
    elif kind in ("csv", "gbk"):
        source = tmp_path / "a.csv"
        source.write_bytes(spreadsheets.csv_text(rows()).encode("gbk" if kind == "gbk" else "utf-8"))
    elif kind == "html":
        lines = ("".join(f"<td>{'' if value is None else value}</td>" for value in row) for row in rows())
        source.write_text("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>", encoding="utf-8")
    else:
        source, sheet = tmp_path / "a.xlsx", "花名册"
        mark = "x:" if kind == "prefixed" else ""
        lines = (
            f'<{mark}row r="{number}">'
            + "".join(
                f'<{mark}c r="{chr(65 + column)}{number}" t="inlineStr"><{mark}is><{mark}t>{value}</{mark}t></{mark}is></{mark}c>'
                for column, value in enumerate(row)
                if value is not None
            )
            + f"</{mark}row>"
            for number, row in enumerate(rows(), start=1)
        )
        body = f"<{mark}sheetData>" + "".join(lines) + f"</{mark}sheetData>"
        if kind == "strict":
            spreadsheets.raw_xlsx(source, body, main=spreadsheets.STRICT, relations=spreadsheets.STRICT_RELATIONS)
        else:
            whole = f'<x:worksheet xmlns:x="{spreadsheets.MAIN}">{body}</x:worksheet>'
            spreadsheets.raw_xlsx(source, whole, whole_sheet=True)
    out = annotated(source, notes(sheet), sheet=sheet)
    same_table(source, out)
    after = page(out, sheet)
    assert after["G4"].fill.fgColor.rgb == COLOUR
    assert after["G4"].number_format == "@"
    assert after["J4"].value == "退回修改"


def test_a_rewritten_file_keeps_merged_cells_blank_rows_and_texts_that_look_like_formulas(tmp_path: Path) -> None:
    page_text = (
        "<table><tr><td>花名册</td></tr><tr></tr><tr><td>户编号</td><td>行政村</td><td>姓名</td><td>身份证号码</td></tr>"
        "<tr><td rowspan=2>0001</td><td rowspan=2>房子村</td><td>王芳</td><td>130299195908098101</td></tr>"
        "<tr><td>=李四</td><td>130299195908098102</td></tr></table>"
    )
    source = tmp_path / "a.xls"
    source.write_text(page_text, encoding="utf-8")
    out = annotated(source, [RowNote("Sheet1", 5, "退回修改", "姓名不对", [("C", "姓名不对")])], 3, "Sheet1")
    after = page(out, "Sheet1")
    assert (after["C5"].value, after["C5"].data_type) == ("=李四", "s")
    assert {str(merge) for merge in after.merged_cells.ranges} == {"A4:A5", "B4:B5"}
    same_table(source, out)


def test_hidden_sheets_and_several_township_sheets_are_each_annotated(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("甲镇", "乙镇"):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows()):
            sheet.write_row(number, 0, row)
    book.add_worksheet("码表").hide()
    book.close()
    out = tmp_path / "out.xlsx"
    said = [*notes("甲镇"), *notes("乙镇")]
    annotate(tmp_path / "a.xlsx", out, said, SUMMARY, original_name="a.xlsx", header_rows=[("甲镇", 2), ("乙镇", 2)])
    assert page(out, "甲镇")["J4"].value == page(out, "乙镇")["J4"].value == "退回修改"
    same_table(tmp_path / "a.xlsx", out)


def test_the_annotated_package_is_well_formed(tmp_path: Path) -> None:
    out = annotated(spreadsheets.xlsx(tmp_path / "a.xlsx", rows()))
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        types = archive.read("[Content_Types].xml").decode()
        for name in archive.namelist():
            assert f'PartName="/{name}"' in types or f'Extension="{name.rpartition(".")[2]}"' in types


def test_sheet_names_beyond_excels_rules_are_cut_the_same_way_everywhere(tmp_path: Path) -> None:
    long = "唐山市乐亭县汀流河镇建档立卡贫困户妇女儿童花名册[二〇一八年六月]"
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{"" if value is None else value}</text:p></table:table-cell>'
            for value in row
        )
        + "</table:table-row>"
        for row in rows()
    )
    source = spreadsheets.raw_ods(tmp_path / "a.ods", f'<table:table table:name="{long}">{lines}</table:table>')
    name = read_workbook(source, original_name="a.ods").sheets[0].name
    assert len(name) <= 31
    assert "[" not in name
    out = annotated(source, notes(name), sheet=name)
    assert page(out, name)["J4"].value == "退回修改"
