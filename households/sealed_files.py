"""Files on disk: encrypted, under names of our own, outside the web root."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from households.encryption import decrypt_bytes, encrypt_bytes


@dataclass(frozen=True)
class SealedFiles:
    """A folder of DATA_DIR and the encryption's purpose."""

    folder: str
    purpose: str

    def keep(self, content: bytes) -> str:
        """Store a file's content; returns the name to ask for it by."""
        stored = self._folder() / f"{uuid.uuid4()}.bin"
        descriptor = os.open(stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(encrypt_bytes(self.purpose, content))
        return stored.name

    def read(self, stored_name: str) -> bytes:
        """The content; FileNotFoundError when it has been deleted."""
        return decrypt_bytes(self.purpose, (self._folder() / stored_name).read_bytes())

    def delete(self, stored_name: str) -> None:
        """Delete a stored file; safe to call twice, and with "" for none."""
        if stored_name:
            (self._folder() / stored_name).unlink(missing_ok=True)

    def _folder(self) -> Path:
        folder = Path(settings.DATA_DIR) / self.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
