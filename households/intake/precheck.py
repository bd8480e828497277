"""What can be said about an uploaded file from its first bytes and its zip directory, before anybody parses it."""

import os
import struct
import zipfile
from pathlib import Path
from typing import IO

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_RATIO = 100
RATIO_FROM_BYTES = 1024 * 1024
# 1,000 entries with long names; the directory is read into memory as a whole.
MAX_DIRECTORY_BYTES = 512 * 1024

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Old BIFF2 to BIFF4 workbooks are bare streams without the OLE container.
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_NOT_SHEETS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"{\\rtf", b"II*\x00", b"MM\x00*", b"RIFF", b"MZ")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_WORKBOOKS = (".xlsx", ".xls", ".et", ".ods", ".csv", ".tsv")
_WORKBOOK_EXTENSIONS = (".xlsx", ".xltx", ".xlsm", ".ods")


class FileRefused(Exception):  # noqa: N818 - says what happened; the officer reads it as an answer
    """A whole file is refused. `code` is one of the contract's file error codes, `params` fill its message."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def too_large() -> FileRefused:
    """The refusal of a file of more than MAX_FILE_BYTES."""
    return FileRefused("TOO_LARGE", megabytes=MAX_FILE_BYTES // 1024 // 1024)


def recognise(path: Path, *, original_name: str) -> str:
    """The kind of the file by its content (xlsx, xls, ods, csv, html, xml2003; bundle: a zip of files).

    FileRefused if it must not be opened.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("EMPTY_FILE")
    if size > MAX_FILE_BYTES:
        raise too_large()
    extension = Path(original_name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8192)
        if head.startswith(b"PK"):
            return _recognise_zip(file, size)
        if head.startswith(_OLE):
            return _recognise_ole(path)
    if head.startswith(_OLD_BIFF) or head.startswith(_ARCHIVES):
        raise FileRefused("FORMAT_NOT_SUPPORTED")
    if head.startswith(_NOT_SHEETS):
        raise FileRefused("NOT_A_SPREADSHEET")
    return _recognise_text(head, extension)


def _recognise_text(head: bytes, extension: str) -> str:
    """csv, html or xml2003. The encoding is found later; NULs go so that UTF-16 markup is seen as well."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not plain:
        raise FileRefused("EMPTY_FILE" if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe") else "NOT_A_SPREADSHEET")
    if plain.startswith((b"mime-version:", b"content-type: multipart")):
        raise FileRefused("FORMAT_NOT_SUPPORTED")
    if plain.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in plain:
        return "xml2003"
    if plain.startswith(b"<"):
        if any(mark in plain for mark in (b"<html", b"<table", b"<!doctype html", b"<meta", b"<style")):
            return "html"
        raise FileRefused("NOT_A_SPREADSHEET")
    if extension in _WORKBOOK_EXTENSIONS:
        # Text under a workbook's name is another format; anything else was a workbook once.
        controls = sum(byte < 32 and byte not in b"\t\r\n\f\v" for byte in plain)
        raise FileRefused("EXT_MISMATCH" if controls * 100 <= len(plain) else "CORRUPT_FILE", extension=extension)
    return "csv"


def _recognise_ole(path: Path) -> str:
    """xls, or a refusal: the names of an OLE file's streams stand in its directory as UTF-16."""
    data = path.read_bytes()
    if _utf16("EncryptedPackage") in data:
        raise FileRefused("PASSWORD_PROTECTED")
    if _utf16("_VBA_PROJECT_CUR") in data:
        raise FileRefused("MACRO_FILE")
    if _utf16("Workbook\0") in data or _utf16("Book\0") in data:
        return "xls"
    sector, directory = 1 << min(struct.unpack_from("<H", data.ljust(64), 30)[0], 20), data[48:52].ljust(4)
    if (int.from_bytes(directory, "little") + 1) * sector >= len(data):
        raise FileRefused("CORRUPT_FILE")
    raise FileRefused("NOT_A_SPREADSHEET")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _recognise_zip(file: IO[bytes], size: int) -> str:
    """xlsx, ods or bundle, after the limits on the zip directory; everything else in a zip is refused."""
    _check_directory_size(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _kind_of_parts(archive, {entry.filename for entry in entries})
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, struct.error):
        raise FileRefused("CORRUPT_FILE") from None


def _check_directory_size(file: IO[bytes], size: int) -> None:
    """Refuse a huge zip directory before the zipfile module builds an object for each of its entries."""
    tail_bytes = min(size, 65557)
    file.seek(-tail_bytes, os.SEEK_END)
    tail = file.read(tail_bytes)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise FileRefused("CORRUPT_FILE")
    entries, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    if entries == 0xFFFF or entries > MAX_ENTRIES or directory_bytes > MAX_DIRECTORY_BYTES:
        raise FileRefused("ZIP_BOMB")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Limits of security.md, names that leave the archive, names that stand twice (two readers, two contents)."""
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRefused("ZIP_BOMB")
    for entry in entries:
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise FileRefused("ZIP_BOMB")
        if entry.flag_bits & 0x1:
            raise FileRefused("PASSWORD_PROTECTED")
    if len(set(names)) < len(names):
        raise FileRefused("UNSAFE_ARCHIVE")
    if any(name.startswith("/") or ":" in name or ".." in name.split("/") for name in names):
        raise FileRefused("UNSAFE_ARCHIVE")


def _kind_of_parts(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Which office format the parts belong to."""
    if any(map(_is_macro, names)):
        raise FileRefused("MACRO_FILE")
    if "mimetype" in names and "content.xml" in names:
        if not _start_of(archive, "mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            raise FileRefused("NOT_A_SPREADSHEET")
        if "META-INF/manifest.xml" in names and b"encryption-data" in _start_of(archive, "META-INF/manifest.xml"):
            raise FileRefused("PASSWORD_PROTECTED")
        return "ods"
    types = _start_of(archive, "[Content_Types].xml").lower() if "[Content_Types].xml" in names else b""
    if "xl/workbook.bin" in names:  # its type says macroEnabled with and without macros
        raise FileRefused("FORMAT_NOT_SUPPORTED")
    if b"macroenabled" in types or b"macrosheet" in types:
        raise FileRefused("MACRO_FILE")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "[Content_Types].xml" not in names and any(name.lower().endswith(_WORKBOOKS) for name in names):
        return "bundle"
    raise FileRefused("NOT_A_SPREADSHEET" if "[Content_Types].xml" in names else "FORMAT_NOT_SUPPORTED")


def _is_macro(name: str) -> bool:
    """Visual Basic, a macro sheet of Excel 4, or a script of an OpenDocument file."""
    lower = name.lower()
    return lower.endswith("vbaproject.bin") or "macrosheets/" in lower or name.startswith(("Basic/", "Scripts/"))


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first megabyte of a small part; an honest one is a few kilobytes long."""
    with archive.open(name) as part:
        return part.read(1024 * 1024)
