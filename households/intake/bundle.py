"""Several workbooks in one upload: a zip of them is read as one workbook, so that rules between rows reach over files."""

import tempfile
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from households.intake.precheck import FileRefused, recognise
from households.intake.progress import Told, untold
from households.intake.workbook import Workbook, read_workbook

# One county has fewer townships; each file costs a child process.
MOST_FILES = 100
# What operating systems and office programs leave beside the files.
_LITTER = ("__macosx/", ".", "~$", "thumbs.db", "desktop.ini")
_UTF8_NAME = 0x800
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1024 * 1024


def is_bundle(path: Path, *, original_name: str) -> bool:
    """Whether the file is a zip of workbooks; FileRefused when it must not be opened at all."""
    return recognise(path, original_name=original_name) == "bundle"


def read_files(path: Path, *, original_name: str, told: Told = untold) -> Workbook:
    """Read a workbook, or all workbooks of a zip as one, whose sheets are named “file·sheet”; tells the files of a zip.

    Raises FileRefused with one of the contract's file error codes; `file` among its params names the file in the zip.
    """
    if not is_bundle(path, original_name=original_name):
        workbook = read_workbook(path, original_name=original_name)
        for sheet in workbook.sheets:
            sheet.file = original_name
        return workbook
    whole = Workbook("bundle", [])
    # Closed at once also when a file is refused: its plain copy must not wait for the collector.
    with closing(files_in(path, told)) as files:
        for name, file in files:
            try:
                sheets = read_workbook(file, original_name=name).sheets
            except FileRefused as refused:
                raise FileRefused(refused.code, **(refused.params | {"file": name})) from None
            for sheet in sheets:
                sheet.file, sheet.name = name, f"{name}·{sheet.name}"
            whole.sheets += sheets
    return whole


def files_in(path: Path, told: Told = untold) -> Generator[tuple[str, Path]]:
    """Name and place of each workbook of a zip, one at a time; the place is gone when the next is asked for, or at close.

    Raises FileRefused when there are too many of them.
    """
    with zipfile.ZipFile(path) as archive:
        entries = [(name, entry) for entry in archive.infolist() if not _is_litter(name := _name_of(entry))]
        if len(entries) > MOST_FILES:
            raise FileRefused("TOO_LARGE")
        for number, (name, entry) in enumerate(sorted(entries, key=lambda item: item[0])):
            told(number, len(entries))
            with _unpacked(archive, entry, name, folder=path.parent) as file:
                yield name, file


@contextmanager
def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, *, folder: Path) -> Iterator[Path]:
    """One entry as a file that nobody else can open; its size was checked in the zip's directory."""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=PurePosixPath(name).suffix[:10]) as target:
        try:
            with archive.open(entry) as source:
                while block := source.read(_BLOCK):
                    target.write(block)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
            raise FileRefused("CORRUPT_FILE", file=name) from error
        target.flush()
        yield Path(target.name)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: Chinese Windows writes GBK without saying so."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _is_litter(name: str) -> bool:
    lower = name.lower()
    return lower.endswith("/") or lower.startswith("__macosx/") or lower.rpartition("/")[2].startswith(_LITTER)


def pack(files: Sequence[tuple[str, Path]], target: IO[bytes]) -> None:
    """Write a zip of workbooks (name, place); the same files make the same bytes, so that a repeat is recognised."""
    taken: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files, key=lambda item: (item[0], item[1].stat().st_size)):
            unique = _unique(name.replace("/", "_").replace("\\", "_"), taken)
            archive.writestr(zipfile.ZipInfo(unique, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)


def _unique(name: str, taken: set[str]) -> str:
    """The name, numbered where two files are called alike."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    number, unique = 1, name
    while unique.lower() in taken:
        number += 1
        unique = f"{stem}({number}){suffix}"
    taken.add(unique.lower())
    return unique
