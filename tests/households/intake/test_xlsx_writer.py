"""What our writer of workbooks writes is read as the same text, and never as a formula."""

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from households.intake.columns import neutralised
from households.intake.xlsx_package import legal_text
from households.intake.xlsx_writer import NewSheet, write_book

STRANGE = (
    "=1+1",
    "-1",
    "+1",
    "@x",
    "＝1",
    "|x",
    "%x",
    "\t=1",
    " =1",
    "a=b",
    "a<b&c>",
    'x"y',
    "a ",
    " a",
    "a\nb",
    "1\x07",
    "a-b",
    "李 芳",
)


def written(*texts: str) -> list[str]:
    file = io.BytesIO()
    write_book(file, [NewSheet("名单", ["列"], [10], [[text] for text in texts])])
    sheet = openpyxl.load_workbook(file).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2, max_row=1 + len(texts))]
    assert all(cell.data_type != "f" for cell in cells)
    return ["" if cell.value is None else str(cell.value) for cell in cells]


def test_strange_beginnings_and_signs() -> None:
    assert written(*STRANGE) == [legal_text(neutralised(text)) for text in STRANGE]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12), min_size=1, max_size=30))
def test_any_text(texts: list[str]) -> None:
    assert written(*texts) == [legal_text(neutralised(text)) for text in texts]


def test_numbers_are_numbers_and_blanks_are_blank() -> None:
    file = io.BytesIO()
    write_book(file, [NewSheet("名单", ["甲", "乙", "丙"], [10] * 3, [["", 7, 87.6]] * 1200)])
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert rows == [(None, 7, 87.6)] * 1200
