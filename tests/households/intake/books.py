"""Workbooks made by the tests, and the road through the intake."""

from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from households.intake.applying import Outcome, apply_batch
from households.intake.models import ImportBatch
from households.intake.staging import receive, result, stage
from households.models import User
from households.roster.kind import ROSTER
from tests import make

DAY = date(2018, 6, 30)
HEADERS = (
    "县", "乡镇", "行政村", "户编号", "姓名", "性别", "证件号码", "与户主关系", "民族", "文化程度", "在校生状况", "健康状况",
    "劳动技能", "脱贫属性", "贫困户属性", "主要致贫原因", "人均纯收入", "户联系电话", "备注",
)  # fmt: skip


def person(**cells: Any) -> dict[str, Any]:
    """One row: a woman, head of a household of her own, in 丰南区 黄各庄镇 曹庄子村; any cell can be given."""
    number = make.id_number(date(1980, 5, 1))
    row: dict[str, Any] = {
        "县": "丰南区", "乡镇": "黄各庄镇", "行政村": "曹庄子村", "户编号": "1302071042250001", "姓名": "王小芳", "性别": "女",
        "证件号码": number, "与户主关系": "户主", "民族": "汉族", "文化程度": "初中", "在校生状况": "非在校生", "健康状况": "健康",
        "劳动技能": "普通劳动力", "脱贫属性": "未脱贫", "贫困户属性": "一般贫困户", "主要致贫原因": "因病", "人均纯收入": 2800,
        "户联系电话": "14403150001", "备注": "",
    }  # fmt: skip
    return row | cells


def write(
    path: Path, rows: list[dict[str, Any]], *, headers: tuple[str, ...] = HEADERS, titles: tuple[str, ...] = ()
) -> Path:
    """An .xlsx with title rows, one header row and the given cells (numbers stay numbers)."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("名册")
    for number, title in enumerate(titles):
        sheet.write_string(number, 0, title)
    for column, header in enumerate(headers):
        sheet.write_string(len(titles), column, header)
    for number, row in enumerate(rows, start=len(titles) + 1):
        for column, header in enumerate(headers):
            value = row.get(header)
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()
    return path


def preview(path: Path, by: User, *, default_as_of: date = DAY) -> ImportBatch:
    """Receive and stage a workbook."""
    batch = receive(path, name=path.name, by=by, kind=ROSTER.name)
    return stage(batch.pk, ROSTER, default_as_of=default_as_of)


def imported(path: Path, by: User, *, default_as_of: date = DAY) -> dict[str, Any]:
    """The whole road; the contract's result after applying."""
    batch = preview(path, by, default_as_of=default_as_of)
    assert apply_batch(batch.pk, ROSTER, by=by) is Outcome.APPLIED
    return told(batch)


def told(batch: ImportBatch) -> dict[str, Any]:
    """The contract's result of a batch as it is now."""
    batch.refresh_from_db()
    return result(batch, ROSTER.labels)
