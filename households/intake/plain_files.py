"""Plain copies of encrypted or arriving rosters: in one folder, each locked by the process that made it.

kill -9 leaves them on the disk. The kernel lets a dead process's locks go, so whoever starts, or makes the next copy,
knows which ones nobody uses any more, and deletes them.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings


@contextmanager
def plain_folder() -> Iterator[Path]:
    """A folder (mode 0700) for plain copies, gone afterwards."""
    with alone():
        folder = Path(tempfile.mkdtemp(dir=settings.FILE_UPLOAD_TEMP_DIR))
        descriptor = os.open(folder, os.O_RDONLY)
        hold(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(descriptor)


@contextmanager
def alone() -> Iterator[None]:
    """Nobody sweeps while the block makes a copy and holds it; what dead processes left has been deleted."""
    place = Path(settings.FILE_UPLOAD_TEMP_DIR)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in place.iterdir():
            _delete_if_nobodys(left)
        yield
    finally:
        os.close(descriptor)


def hold(descriptor: int) -> None:
    """Keep an open copy, a file or a folder, until the descriptor is closed or the process dies."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def sweep() -> None:
    """Delete what dead processes left."""
    with alone():
        pass


def _delete_if_nobodys(copy: Path) -> None:
    with suppress(FileNotFoundError):  # its process has just deleted it itself
        descriptor = os.open(copy, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if copy.is_dir():
                shutil.rmtree(copy, ignore_errors=True)
            else:
                copy.unlink()
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)
