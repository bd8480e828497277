"""What several files of intake tests share."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, preview, told, write


@pytest.fixture
def check(cast: Cast, tmp_path: Path) -> Any:
    """Sheets (name → rows) → the contract's result of the preview, for the officer of 丰南区."""

    def run(**sheets: list[list[Any]]) -> dict[str, Any]:
        path = tmp_path / "book.xlsx"
        book = xlsxwriter.Workbook(str(path))
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
        book.close()
        return told(preview(path, cast.officer_a))

    return run


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Any:
    """rows → result after applying, for the officer of 丰南区; `day`: what the roster speaks of."""

    def run(*rows: dict[str, Any], day: date = make.REPORTING_DAY, headers: tuple[str, ...] = HEADERS) -> Any:
        path = write(tmp_path / "roster.xlsx", list(rows), headers=headers)
        return imported(path, cast.officer_a, default_as_of=day)

    return run
