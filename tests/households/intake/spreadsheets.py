"""Workbooks that the intake's tests make themselves: by library for the plain ones, part by part for the odd ones."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from households.intake.workbook import FileRefused, Sheet, Workbook, read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

HEADER = ["序号", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "身份证号码", "与户主关系", "联系电话"]
FIRST = [1, "汀流河镇", "房子村", "1302251072560001", "袁振东", "袁振东", "130299195908098197", "户主", "14403157683"]
SECOND = [2, "汀流河镇", "房子村", "1302251072560001", "袁振东", "陈艳红", "130299196510035748", "配偶", "14403157683"]
THIRD = [3, "汤家河镇", "沙口村", "1302251012370004", "袁海波", "袁海波", "130299197203074370", "户主", "14403159621"]


def xlsx(path: Path, rows: list[list[Any]], *, title: str = "花名册") -> Path:
    """One sheet with these rows from A1 on, by openpyxl."""
    return xlsx_of_sheets(path, {title: rows})


def xlsx_of_sheets(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """Sheets by name, each with its rows from A1 on."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def xls(path: Path, rows: list[list[Any]], *, title: str = "花名册") -> Path:
    """The same as BIFF8."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(title)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    book.save(str(path))
    return path


def csv_text(rows: list[list[Any]], delimiter: str = ",") -> str:
    """The rows as delimited text."""
    return "".join(delimiter.join("" if value is None else str(value) for value in row) + "\r\n" for row in rows)


def inline(reference: str, text: str) -> str:
    """An inline string cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def raw_xlsx(
    path: Path,
    sheet: str,
    *,
    shared: str = "",
    properties: str = "",
    formats: tuple[int, ...] = (0, 14),
    main: str = MAIN,
    relations: str = RELATIONS,
    more: dict[str, str | bytes] | None = None,
    whole_sheet: bool = False,
) -> Path:
    """A workbook whose only sheet has this XML inside <worksheet> (or as the whole part); `more`: parts to add."""
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">{properties}<sheets>'
        '<sheet name="花名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{relations}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": sheet
        if whole_sheet
        else f'<worksheet xmlns="{main}" xmlns:r="{relations}">{sheet}</worksheet>',
    }
    return zipped(path, parts | (more or {}))


def raw_ods(path: Path, tables: str, *, styles: str = "") -> Path:
    """An OpenDocument spreadsheet with these <table:table> elements."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0" xmlns:style="{names}:style:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": mimetype, "content.xml": content})


def zipped(path: Path, parts: dict[str, str | bytes]) -> Path:
    """A zip with these parts, deflated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def edited(source: Path, target: Path, part: str, old: str, new: str) -> Path:
    """A copy of an .xlsx with a text replaced in one part; the text must be there."""
    with zipfile.ZipFile(source) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    content = parts[part]
    text = content.decode() if isinstance(content, bytes) else content
    assert old in text
    return zipped(target, parts | {part: text.replace(old, new)})


def packed(parts: dict[str, bytes]) -> bytes:
    """The bytes of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(path: Path, name: str = "") -> Workbook:
    """As uploaded under `name`."""
    return read_workbook(path, original_name=name or path.name)


def only_sheet(path: Path) -> Sheet:
    return read(path).sheets[0]


def refusal(path: Path, name: str = "") -> str:
    """The code with which the file is refused."""
    with pytest.raises(FileRefused) as caught:
        read(path, name)
    return caught.value.code


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
