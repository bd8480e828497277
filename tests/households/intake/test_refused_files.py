"""What is no workbook that can be read safely is refused, by its kind."""

import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlwt

from households.intake import precheck
from households.intake import workbook as engine
from tests.households.intake import spreadsheets
from tests.households.intake.spreadsheets import refusal, written

ROWS: list[list[Any]] = [spreadsheets.HEADER, spreadsheets.FIRST, spreadsheets.SECOND]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "EMPTY_FILE"),
        ("a.csv", b" \r\n\r\n", "EMPTY_FILE"),
        ("a.csv", b"\xef\xbb\xbf", "EMPTY_FILE"),
        ("a.xlsx", b"%PDF-1.7 ...", "NOT_A_SPREADSHEET"),
        ("a.xlsx", b"\xff\xd8\xff\xe0\0\x10JFIF", "NOT_A_SPREADSHEET"),
        ("a.xls", b"\x89PNG\r\n\x1a\n", "NOT_A_SPREADSHEET"),
        ("a.csv", bytes(range(1, 256)) * 20, "NOT_A_SPREADSHEET"),
        ("a.csv", bytes(range(256)) * 20, "NOT_A_SPREADSHEET"),
        ("a.xlsx", "序号,姓名\n1,王芳\n".encode(), "EXT_MISMATCH"),
        ("a.rar", b"Rar!\x1a\x07\x00", "FORMAT_NOT_SUPPORTED"),
        ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "FORMAT_NOT_SUPPORTED"),
        ("a.xls", b"<html><body><p>no table</p></body></html>", "NOT_A_SPREADSHEET"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "CORRUPT_FILE"),
        ("a.zip", spreadsheets.packed({"甲镇.xlsx": b"x"}), "FORMAT_NOT_SUPPORTED"),
        (
            "a.xlsx",
            spreadsheets.packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
            "NOT_A_SPREADSHEET",
        ),
        (
            "a.xlsb",
            spreadsheets.packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}),
            "FORMAT_NOT_SUPPORTED",
        ),
        (
            "b.xlsb",
            spreadsheets.packed(
                {
                    "[Content_Types].xml": b'<Override ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>',
                    "xl/workbook.bin": b"x",
                }
            ),
            "FORMAT_NOT_SUPPORTED",
        ),
        ("cut.csv", ("姓名,证件号码\r\n王小芳,无\r\n" * 9 + "李").encode()[:-1], "CORRUPT_FILE"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "NOT_A_SPREADSHEET"),
        (
            "a.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "PASSWORD_PROTECTED",
        ),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "Workbook\0".encode("utf-16-le"), "CORRUPT_FILE"),
    ],
)
def test_what_is_no_readable_workbook_is_refused_by_its_kind(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    assert refusal(written(tmp_path / "upload", data), name) == code


def test_macros_are_refused_in_every_container(tmp_path: Path) -> None:
    with_code = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", "<sheetData/>", more={"xl/vbaProject.bin": b"x"})
    typed = spreadsheets.raw_xlsx(
        tmp_path / "b.xlsx",
        "<sheetData/>",
        more={
            "[Content_Types].xml": b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
        },
    )
    old = written(
        tmp_path / "c.xls",
        spreadsheets.xls(tmp_path / "d.xls", ROWS).read_bytes() + "_VBA_PROJECT_CUR".encode("utf-16-le"),
    )
    assert [refusal(path) for path in (with_code, typed, old)] == ["MACRO_FILE"] * 3


def test_macro_sheets_of_excel_4_are_refused_too(tmp_path: Path) -> None:
    by_name = spreadsheets.raw_xlsx(
        tmp_path / "a.xlsx", "<sheetData/>", more={"xl/macrosheets/sheet1.xml": b"<xm:macrosheet/>"}
    )
    override = b'<Types><Override ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>'
    by_type = spreadsheets.raw_xlsx(tmp_path / "b.xlsx", "<sheetData/>", more={"[Content_Types].xml": override})
    scripted = spreadsheets.zipped(
        tmp_path / "c.ods",
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>", "Scripts/a.py": b"x"},
    )
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("花名册").write(0, 0, "王芳")
    book.add_sheet("Macro1").visibility = 2
    book.save(str(tmp_path / "d.xls"))
    data = (tmp_path / "d.xls").read_bytes()
    at = data.rfind(struct.pack("<HH", 0x85, 8 + len("Macro1")))
    old = written(tmp_path / "e.xls", data[: at + 9] + b"\x01" + data[at + 10 :])
    assert [refusal(path) for path in (by_name, by_type, scripted, old)] == ["MACRO_FILE"] * 4


def test_zip_bombs_are_refused_before_they_unfold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_part = spreadsheets.raw_xlsx(
        tmp_path / "a.xlsx", "<sheetData/>", more={"xl/media/image1.png": b"\0" * 20_000_000}
    )
    many = spreadsheets.raw_xlsx(tmp_path / "b.xlsx", "<sheetData/>", more={f"xl/p{n}.xml": b"x" for n in range(1001)})
    whole = spreadsheets.raw_xlsx(
        tmp_path / "c.xlsx", "<sheetData/>", more={f"xl/{n}": b"\0" * 900_000 for n in range(20)}
    )
    assert [refusal(path) for path in (one_part, many)] == ["ZIP_BOMB"] * 2
    monkeypatch.setattr(precheck, "MAX_UNPACKED_BYTES", 17_000_000)
    assert refusal(whole) == "ZIP_BOMB"


def test_a_part_that_is_longer_than_the_directory_says_is_refused(tmp_path: Path) -> None:
    people = f'<sheetData><row r="1">{spreadsheets.inline("A1", "王芳")}</row></sheetData>'
    path = spreadsheets.raw_xlsx(tmp_path / "a.xlsx", people)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    at = data.rfind(size.to_bytes(4, "little"))
    written(path, data[:at] + (size - 40).to_bytes(4, "little") + data[at + 4 :])
    assert refusal(path) in ("ZIP_BOMB", "CORRUPT_FILE")


def test_unsafe_xml_and_unsafe_archives_are_refused(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    entities = spreadsheets.raw_xlsx(
        tmp_path / "a.xlsx",
        f'{doctype}<worksheet xmlns="{spreadsheets.MAIN}"><sheetData/></worksheet>',
        whole_sheet=True,
    )
    late = spreadsheets.raw_xlsx(
        tmp_path / "b.xlsx", "<sheetData/>", more={"docProps/app.xml": b"<!--" + b"x" * 70_000 + b"--><!DOCTYPE x><x/>"}
    )
    hidden = spreadsheets.raw_xlsx(
        tmp_path / "c.xlsx", "<sheetData/>", more={"docProps/app.xml": f"{doctype}<x/>".encode("utf-16")}
    )
    outside = spreadsheets.raw_xlsx(tmp_path / "d.xlsx", "<sheetData/>", more={"../../evil": b"x"})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(outside, "a") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    ods = spreadsheets.raw_ods(tmp_path / "e.ods", "")
    with zipfile.ZipFile(ods) as archive:
        content = archive.read("content.xml").decode()
    spreadsheets.zipped(
        ods, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": doctype + content}
    )
    assert [refusal(path) for path in (entities, late, hidden, ods)] == ["UNSAFE_XML"] * 4
    assert refusal(outside) == "UNSAFE_ARCHIVE"


def test_damaged_workbooks_are_refused_not_half_read(tmp_path: Path) -> None:
    whole = spreadsheets.xlsx(tmp_path / "a.xlsx", [[*spreadsheets.FIRST] for _ in range(400)])
    data = whole.read_bytes()
    cut = written(tmp_path / "b.xlsx", data[: len(data) // 2])
    with zipfile.ZipFile(whole) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    half = spreadsheets.edited(whole, tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", xml, xml[: len(xml) // 2])
    missing_strings = spreadsheets.raw_xlsx(
        tmp_path / "d.xlsx", '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>'
    )
    no_sheet = spreadsheets.edited(whole, tmp_path / "e.xlsx", "xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml")
    flipped = bytearray(data)
    at = data.find(b"xl/worksheets/sheet1.xml") + 400
    flipped[at] ^= 0xFF
    bit = written(tmp_path / "f.xlsx", bytes(flipped))
    xls = spreadsheets.xls(tmp_path / "g.xls", [[*spreadsheets.FIRST] for _ in range(400)])
    short = written(tmp_path / "h.xls", xls.read_bytes()[:9000])
    codes = [refusal(path) for path in (cut, half, missing_strings, no_sheet, bit, short)]
    assert codes == ["CORRUPT_FILE"] * 6


def test_a_workbook_without_any_cell_has_no_data(tmp_path: Path) -> None:
    assert refusal(spreadsheets.xlsx(tmp_path / "a.xlsx", [])) == "NO_DATA"


def test_a_file_over_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    assert refusal(path) == "TOO_LARGE"


def test_a_child_that_takes_too_long_is_stopped_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WALL_SECONDS", 0.001)
    assert refusal(spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS)) == "TOO_LARGE"


@pytest.mark.parametrize("line", [b"a,b\r\n" * 200_001, b"," * 16_385 + b"\r\n"])
def test_a_text_longer_or_wider_than_any_sheet_is_refused(tmp_path: Path, line: bytes) -> None:
    assert refusal(written(tmp_path / "a.csv", line)) == "TOO_LARGE"
    blank_behind = spreadsheets.csv_text(ROWS).encode() + b",,\r\n" * 200_001
    assert len(spreadsheets.read(written(tmp_path / "b.csv", blank_behind)).sheets[0].rows) == len(ROWS)
