"""Several workbooks in one zip: all are read or the zip is refused by the name of the file; nothing leaves it in silence."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.conftest import Cast
from tests.households.intake.books import person, preview, told, write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Writes a zip of files: name in the zip → content."""

    def pack(files: dict[str, bytes | Path], name: str = "全县.zip") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for inner, content in files.items():
                archive.writestr(inner, content if isinstance(content, bytes) else content.read_bytes())
        return tmp_path / name

    return pack


def book(folder: Path, *rows: dict[str, Any], name: str = "名册.xlsx", without: tuple[str, ...] = ()) -> Path:
    """A roster without some of its columns."""
    headers = tuple(header for header in person() if header not in without)
    return write(folder / name, list(rows) or [person()], headers=headers)


def test_all_files_of_a_zip_are_read_and_named_by_row(cast: Cast, tmp_path: Path, zipped: Callable[..., Path]) -> None:
    first = book(tmp_path, person(姓名="王一"), name="a.xlsx")
    second = (
        f"姓名,证件号码,行政村,乡镇,户主姓名\r\n李二妹,{make.id_number(date(1971, 2, 3))},曹庄子村,黄各庄镇,李二妹\r\n"
    )
    batch = preview(
        zipped(
            {
                "黄各庄镇/名册.xlsx": first,
                "黄各庄镇/补充.csv": second.encode("gb18030"),
                "__MACOSX/._名册.xlsx": b"x",
                "Thumbs.db": b"x",
                "黄各庄镇/~$名册.xlsx": b"x",
            }
        ),
        cast.officer_a,
    )
    result = told(batch)
    assert [(row["sheet"], row["row"], row["status"]) for row in result["rows"]] == [
        ("黄各庄镇/名册.xlsx·名册", 2, "imported"),
        ("黄各庄镇/补充.csv·Sheet1", 2, "imported"),
    ]


class WindowsEntry(zipfile.ZipInfo):
    """An entry as Chinese Windows names it: GBK, and no word about that."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name in zipfile
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def test_names_written_by_chinese_windows_are_read(cast: Cast, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(WindowsEntry("黄各庄镇.xlsx"), book(tmp_path).read_bytes())
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() != ["黄各庄镇.xlsx"]
    assert told(preview(tmp_path / "a.zip", cast.officer_a))["rows"][0]["sheet"] == "黄各庄镇.xlsx·名册"


@pytest.mark.parametrize("outer", [True, False])
def test_township_and_village_may_stand_in_the_file_name_only(
    cast: Cast, tmp_path: Path, zipped: Callable[..., Path], outer: bool
) -> None:
    path = book(tmp_path, name="黄各庄镇曹庄子村.xlsx", without=("县", "乡镇", "行政村"))
    batch = preview(zipped({path.name: path}) if outer else path, cast.officer_a)
    assert [row["values"]["village_code"] for row in told(batch)["rows"]] == [make.VILLAGE_A]


def test_the_sheets_own_name_goes_before_the_files(cast: Cast, tmp_path: Path) -> None:
    path = write(tmp_path / "小集镇.xlsx", [person()], headers=tuple(h for h in person() if h not in ("县", "乡镇")),
                 titles=("黄各庄镇花名册",))  # fmt: skip
    assert [row["values"]["village_code"] for row in told(preview(path, cast.officer_a))["rows"]] == [make.VILLAGE_A]


@pytest.mark.parametrize(
    ("name", "content", "code", "told_of"),
    [
        ("说明.docx", b"PK\x03\x04 no", "CORRUPT_FILE", "说明.docx"),
        ("照片.jpg", b"\xff\xd8\xff\xe0 JFIF", "NOT_A_SPREADSHEET", "照片.jpg"),
        ("空.xlsx", b"", "EMPTY_FILE", "空.xlsx"),
        ("无表头.csv", "甲,乙\r\n1,2\r\n".encode(), "", ""),
    ],
)
def test_what_cannot_be_read_in_a_zip_is_named(
    cast: Cast, tmp_path: Path, zipped: Callable[..., Path], name: str, content: bytes, code: str, told_of: str
) -> None:
    batch = preview(zipped({"名册.xlsx": book(tmp_path), name: content}), cast.officer_a)
    assert batch.file_error == code
    if told_of:
        assert batch.message.startswith(f"“{told_of}”：")
    else:
        assert "NON_DATA_SHEET_SKIPPED" in batch.warnings


def test_people_under_an_unknown_header_in_one_file_keep_the_whole_zip_out(
    cast: Cast, tmp_path: Path, zipped: Callable[..., Path]
) -> None:
    lines = "\r\n".join(f"王小{name},{make.id_number(date(1980, 1, 1))}" for name in "甲乙丙丁戊")
    batch = preview(zipped({"a.xlsx": book(tmp_path), "b.csv": lines.encode()}), cast.officer_a)
    assert (batch.file_error, "b.csv" in batch.message) == ("HEADER_NOT_FOUND", True)


def test_a_zip_in_a_zip_and_too_many_files_are_refused(cast: Cast, tmp_path: Path, zipped: Callable[..., Path]) -> None:
    inner = zipped({"a.xlsx": book(tmp_path)}, "inner.zip")
    batch = preview(zipped({"inner.zip": inner, "b.xlsx": book(tmp_path)}), cast.officer_a)
    assert (batch.file_error, "inner.zip" in batch.message) == ("FORMAT_NOT_SUPPORTED", True)
    batch = preview(zipped({f"{number}.csv": b"" for number in range(101)}), cast.officer_a)
    assert batch.file_error == "TOO_LARGE"
