"""One roster in every format: the same people, and the same again when the marked workbook is sent back."""

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from django.test import Client
from django.urls import reverse

from tests import make
from tests.conftest import Cast
from tests.households.intake import spreadsheets
from tests.households.intake.books import HEADERS, person, preview, told

# 小兰 has no number: nothing contradicts a birth date that is four years off.
COLUMNS = (*HEADERS, "出生日期")
BORN, EXITED = "2014-05-01", "2017-12-31"
NUMBERED = {"出生日期", "脱贫时间"}
XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"


@cache
def rows() -> list[dict[str, Any]]:
    exit_state = {"脱贫属性": "已脱贫", "脱贫时间": EXITED}
    return [
        person(出生日期="1980-05-01", **exit_state),
        person(姓名="王小兰", 证件号码="", 与户主关系="之女", 出生日期=BORN, **exit_state),
        person(姓名="王小梅", 与户主关系="之女", 出生日期="1980-05-01", 户编号="", **exit_state),
    ]


def cells(epoch: datetime.date | None) -> list[list[str | int]]:
    """The roster's rows; with an epoch, its days as bare numbers counted from there."""
    headers = (*COLUMNS, "脱贫时间")

    def cell(header: str, value: Any) -> str | int:
        if epoch and header in NUMBERED:
            return (datetime.date.fromisoformat(value) - epoch).days
        return str(value)

    return [list(headers), *([cell(header, row[header]) for header in headers] for row in rows())]


def xls(path: Path, *, epoch: datetime.date | None = None, struck: int = 0) -> Path:
    """.xls; `struck`: the Excel number of a row that is struck out."""
    book = xlwt.Workbook()
    book.dates_1904 = epoch is not None
    sheet = book.add_sheet("名册")
    strike = xlwt.easyxf("font: struck_out on")
    for number, row in enumerate(cells(epoch), start=1):
        for column, value in enumerate(row):
            sheet.write(number - 1, column, value, strike if number == struck else xlwt.Style.default_style)
    book.save(str(path))
    return path


def ods(path: Path, *, epoch: datetime.date | None = None, note: str = "") -> Path:
    comment = f"<office:annotation><text:p>审核人：</text:p><text:p>{note}</text:p></office:annotation>" if note else ""

    def cell(value: str | int) -> str:
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string">{comment}<text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in cells(epoch))
    settings = (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    )
    return spreadsheets.raw_ods(
        path, f'{settings if epoch else ""}<table:table table:name="名册">{lines}</table:table>'
    )


def xml_2003(path: Path, *, epoch: datetime.date | None = None, struck: int = 0, note: str = "") -> Path:
    """The XML of Excel 2003; `note`: a comment on every cell, as Excel writes it after the cell's value."""
    comment = f"<Comment><ss:Data><B>审核人:</B>&#10;{note}</ss:Data></Comment>" if note else ""

    def line(number: int, row: list[str | int]) -> str:
        style = ' ss:StyleID="s22"' if number == struck else ""
        kinds = (("Number" if isinstance(value, int) else "String", value) for value in row)
        inside = "".join(
            f'<Cell{style}><Data ss:Type="{kind}">{value}</Data>{comment}</Cell>\n' for kind, value in kinds
        )
        return f"<Row>{inside}</Row>"

    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{XML_2003}" xmlns:ss="{XML_2003}">'
        f"<ExcelWorkbook>{'<Date1904/>' if epoch else ''}</ExcelWorkbook><Styles>"
        '<Style ss:ID="s21"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="s22" ss:Parent="s21"/></Styles>'
        '<Worksheet ss:Name="名册"><Table><Row ss:Height="20" ss:Span="1"/>'
        f"{''.join(line(number, row) for number, row in enumerate(cells(epoch), start=1))}</Table></Worksheet></Workbook>"
    )
    path.write_text(text, encoding="utf-8")
    return path


def strict(path: Path, *, epoch: datetime.date | None = None) -> Path:
    """Strict OOXML, whose marked copy is written anew."""
    lines = ""
    for number, row in enumerate(cells(epoch), start=1):
        lines += f'<row r="{number}">'
        for column, value in enumerate(row, start=1):
            place = f"{openpyxl.utils.get_column_letter(column)}{number}"
            text = spreadsheets.inline(place, str(value))
            lines += text if isinstance(value, str) else f'<c r="{place}"><v>{value}</v></c>'
        lines += "</row>"
    return spreadsheets.raw_xlsx(
        path,
        f"<sheetData>{lines}</sheetData>",
        properties='<workbookPr date1904="1"/>' if epoch else "",
        main=spreadsheets.STRICT,
        relations=spreadsheets.STRICT_RELATIONS,
    )


def outcome(result: dict[str, Any]) -> list[Any]:
    return [(row["row"], row["status"], row["codes"], row["values"]) for row in result["rows"]]


def sent_back(officer: Client, batch: Any, folder: Path) -> Path:
    """The marked workbook as downloaded from the upload's page."""
    path = folder / "marked.xlsx"
    path.write_bytes(officer.get(reverse("upload_annotated", args=[batch.pk])).getvalue())
    return path


@pytest.mark.parametrize(("write", "name"), [(xls, "a.xls"), (ods, "a.ods"), (xml_2003, "a.xml"), (strict, "a.xlsx")])
def test_bare_numbers_of_days_count_from_1904_in_every_format_and_in_the_marked_copy(
    cast: Cast, officer_a: Client, tmp_path: Path, write: Any, name: str
) -> None:
    batch = preview(write(tmp_path / name, epoch=datetime.date(1904, 1, 1)), cast.officer_a)
    result = told(batch)
    girl = result["rows"][1]["values"]
    assert (girl["出生日期"], girl["脱贫时间"]) == (BORN, EXITED)
    again = told(preview(sent_back(officer_a, batch, tmp_path), cast.officer_a))
    assert outcome(again) == outcome(result)


@pytest.mark.parametrize(("write", "name"), [(xls, "a.xls"), (xml_2003, "a.xml")])
def test_who_is_struck_out_is_asked_about_and_again_in_the_marked_copy(
    cast: Cast, officer_a: Client, tmp_path: Path, write: Any, name: str
) -> None:
    batch = preview(write(tmp_path / name, struck=3), cast.officer_a)
    result = told(batch)
    assert [(row["values"]["姓名"], "NO_LONGER_THERE" in row["codes"]) for row in result["rows"]] == [
        ("王小芳", False),
        ("王小兰", True),
        ("王小梅", False),
    ]
    again = told(preview(sent_back(officer_a, batch, tmp_path), cast.officer_a))
    assert outcome(again) == outcome(result)


def test_a_comment_in_the_xml_of_excel_2003_is_no_value_and_blank_rows_in_one_element_are_counted(
    cast: Cast, tmp_path: Path
) -> None:
    plain = told(preview(xls(tmp_path / "a.xls"), cast.officer_a))
    commented = told(preview(xml_2003(tmp_path / "b.xls", note="已核对"), cast.officer_a))
    assert [(row - 2, *rest) for row, *rest in outcome(commented)] == outcome(plain)


@pytest.mark.parametrize(("write", "name"), [(ods, "a.ods"), (xml_2003, "a.xml")])
@pytest.mark.parametrize(("note", "is_gone"), [("已去世", True), ("已核对", False)])
def test_a_comment_that_says_that_she_is_gone_counts_in_every_format_and_in_the_marked_copy(
    cast: Cast, officer_a: Client, tmp_path: Path, write: Any, name: str, note: str, *, is_gone: bool
) -> None:
    batch = preview(write(tmp_path / name, note=note), cast.officer_a)
    result = told(batch)
    assert ["NO_LONGER_THERE" in row["codes"] for row in result["rows"]] == [is_gone] * 3
    again = told(preview(sent_back(officer_a, batch, tmp_path), cast.officer_a))
    assert outcome(again) == outcome(result)


def born(path: Path, births: dict[datetime.date, datetime.date]) -> Path:
    """People born on the keys, whose birth dates are written as the values; those of this century have no number yet."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(COLUMNS)
    for number, (day, written) in enumerate(births.items()):
        row = person(
            姓名=f"王小{'一二三四五'[number]}",
            户编号=f"130207104225000{number}",
            证件号码=make.id_number(day) if day.year < 2000 else "",
        )
        page.append([row[header] for header in HEADERS])
        page.cell(number + 2, len(COLUMNS)).value = written
    book.save(path)
    return path


def test_a_column_of_months_that_became_first_days_tells_months(cast: Cast, tmp_path: Path) -> None:
    """1980-5 typed into Excel is 1 May, shown as 1980年5月: the number knows the day, and without one it is asked for."""
    births = [datetime.date(1980, 5, day) for day in (9, 1, 17, 28)] + [datetime.date(2014, 5, 1)]
    path = born(tmp_path / "a.xlsx", {day: day.replace(day=1) for day in births})
    *women, child = told(preview(path, cast.officer_a))["rows"]
    assert [(row["status"], row["codes"]) for row in women] == [("imported_flagged", ["DATE_INCOMPLETE"])] * 4
    assert [row["values"]["出生日期"] for row in women] == [day.isoformat() for day in births[:4]]
    assert (child["status"], child["values"]["出生日期"]) == ("held", None)


def test_first_days_that_the_identity_numbers_confirm_are_days(cast: Cast, tmp_path: Path) -> None:
    births = [datetime.date(1980, month, 1) for month in (3, 5, 7)] + [datetime.date(2014, 5, 1)]
    path = born(tmp_path / "a.xlsx", {day: day for day in births})
    *women, child = told(preview(path, cast.officer_a))["rows"]
    assert [(row["status"], row["codes"]) for row in women] == [("imported", [])] * 3
    assert (child["values"]["出生日期"], child["codes"]) == ("2014-05-01", ["ID_MISSING"])


def two_sheets(path: Path, name: str, kind: str) -> Path:
    """Two people on two sheets of one name, as far as Excel's 31 characters go; the second's number is damaged."""
    first, second = (dict(row) for row in rows()[::2])
    second["证件号码"] = second["证件号码"][:17]
    lines = [[list(COLUMNS), [str(row[header]) for header in COLUMNS]] for row in (first, second)]
    if kind == "ods":
        tables = ""
        for end, sheet in zip("一二", lines, strict=True):
            body = "".join(
                "<table:table-row>"
                + "".join(
                    f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
                    for value in row
                )
                + "</table:table-row>"
                for row in sheet
            )
            tables += f'<table:table table:name="{name}{end}">{body}</table:table>'
        return spreadsheets.raw_ods(path, tables)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(lines):
        page = book.create_sheet(f"{name}{number}")
        for row in sheet:
            page.append(row)
    book.save(path)
    return spreadsheets.edited(path, path, "xl/workbook.xml", f'name="{name}1"', f'name="{name}0"')


@pytest.mark.parametrize(("name", "kind"), [("县" * 31, "ods"), ("Roster", "xlsx")])
def test_of_two_sheets_with_one_name_nobody_is_lost_nor_marked_for_the_other(
    cast: Cast, officer_a: Client, tmp_path: Path, name: str, kind: str
) -> None:
    batch = preview(two_sheets(tmp_path / f"a.{kind}", name, kind), cast.officer_a)
    result = told(batch)
    assert [(row["values"]["姓名"], row["status"]) for row in result["rows"]] == [
        ("王小芳", "imported"),
        ("王小梅", "rejected"),
    ]
    assert len({row["sheet"] for row in result["rows"]}) == 2
    marked = sent_back(officer_a, batch, tmp_path)
    pages = openpyxl.load_workbook(marked).worksheets[1:]
    assert [page.cell(2, len(COLUMNS) + 1).value for page in pages] == ["可导入 · 新增", "退回修改"]
    assert outcome(told(preview(marked, cast.officer_a))) == outcome(result)
