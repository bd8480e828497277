"""Amounts whose number format shows a unit that is not part of the number, or divides what it shows."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from tests.conftest import Cast
from tests.households.intake import spreadsheets
from tests.households.intake.books import HEADERS, person, preview, told

INCOME = HEADERS.index("人均纯收入")
# number, its format, what it is in yuan
SHOWN: list[tuple[float, str, float]] = [
    (1.2, '0.0"万"', 12000),
    (1.2, "0.0\\万\\元", 12000),
    (0.28, '0.00"万元";[Red]-0.00"万元"', 2800),
    (2.5, '0.0"千元"', 2500),
    (12000, '0!.0,"万"', 12000),
    (12000, '0!.0000"万"', 12000),
    (12000, "#,##0,", 12000),
    (3200, '#,##0"元"', 3200),
    (3200, "#,##0.00", 3200),
]


def xlsx(path: Path, number: float, code: str) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(HEADERS)
    page.append([person(人均纯收入=number)[header] for header in HEADERS])
    page.cell(2, INCOME + 1).number_format = code
    book.save(path)
    return path


def xls(path: Path, number: float, code: str) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("名册")
    shown = xlwt.easyxf(num_format_str=code)
    for column, header in enumerate(HEADERS):
        page.write(0, column, header)
        value = person(人均纯收入=number)[header]
        page.write(1, column, value, shown if header == "人均纯收入" else xlwt.Style.default_style)
    book.save(str(path))
    return path


def incomes(cast: Cast, path: Path) -> list[Any]:
    return [row["values"]["人均纯收入"] for row in told(preview(path, cast.officer_a))["rows"]]


@pytest.mark.parametrize("write", [xlsx, xls])
@pytest.mark.parametrize(("number", "code", "yuan"), SHOWN)
def test_an_amount_is_what_it_is_shown_as(
    cast: Cast, tmp_path: Path, write: Any, number: float, code: str, yuan: float
) -> None:
    assert incomes(cast, write(tmp_path / f"a.{write.__name__}", number, code)) == [yuan]


@pytest.mark.parametrize(
    ("number", "shown", "yuan"), [(1.2, "1.2万", 12000), (12000, "1.2万", 12000), (3200, "3200元", 3200)]
)
def test_an_amount_of_an_ods_is_what_it_is_shown_as(
    cast: Cast, tmp_path: Path, number: float, shown: str, yuan: float
) -> None:
    def cell(value: Any) -> str:
        if value == number:
            kind = f'office:value-type="float" office:value="{value}"'
            return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    rows = (HEADERS, [person(人均纯收入=number)[header] for header in HEADERS])
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    path = spreadsheets.raw_ods(tmp_path / "a.ods", f'<table:table table:name="名册">{lines}</table:table>')
    assert incomes(cast, path) == [yuan]


def test_an_amount_shown_in_yuan_below_a_header_in_ten_thousands_is_in_yuan(cast: Cast, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", 3200, '0"元"')
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(1, INCOME + 1).value = "人均纯收入（万元）"
    book.save(path)
    assert incomes(cast, path) == [3200]
