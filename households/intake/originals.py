"""Uploaded files on disk: encrypted, under names of our own, outside the web root, decrypted only while they are read."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from households.encryption import decrypt_bytes, encrypt_bytes
from households.intake.plain_files import plain_folder

FILE_PURPOSE = "batch.original"


def keep(content: bytes) -> str:
    """Store a file's content; returns the name to ask for it by."""
    stored = _folder() / f"{uuid.uuid4()}.bin"
    descriptor = os.open(stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(encrypt_bytes(FILE_PURPOSE, content))
    return stored.name


@contextmanager
def opened(stored_name: str, file_name: str) -> Iterator[Path]:
    """The file, decrypted for the moment of reading it, alone in a folder that is gone afterwards. `file_name`: as uploaded.

    Raises FileNotFoundError when it has been deleted.
    """
    content = decrypt_bytes(FILE_PURPOSE, (_folder() / stored_name).read_bytes())
    with plain_folder() as folder:
        path = folder / f"original{Path(file_name).suffix[:10]}"
        path.write_bytes(content)
        yield path


def delete(stored_name: str) -> None:
    """Delete a stored file; safe to call twice, and with "" for none."""
    if stored_name:
        (_folder() / stored_name).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
