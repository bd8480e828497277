"""Uploaded workbooks on disk, decrypted only while they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from households.intake.plain_files import plain_folder
from households.sealed_files import SealedFiles

FILES = SealedFiles("uploads", "batch.original")
keep, delete = FILES.keep, FILES.delete


@contextmanager
def opened(stored_name: str, file_name: str) -> Iterator[Path]:
    """The file, decrypted for the moment of reading it, alone in a folder that is gone afterwards. `file_name`: as uploaded.

    Raises FileNotFoundError when it has been deleted, or where there has never been one (a decision is a batch, too).
    """
    if not stored_name:
        raise FileNotFoundError
    content = FILES.read(stored_name)
    with plain_folder() as folder:
        path = folder / f"original{Path(file_name).suffix[:10]}"
        path.write_bytes(content)
        yield path
