"""Files on disk: encrypted, under names of our own, outside the web root."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from households.encryption import decrypt_bytes, encrypt_bytes, newest_prefix, renewed


@dataclass(frozen=True)
class SealedFiles:
    """A folder of DATA_DIR and the encryption's purpose."""

    folder: str
    purpose: str

    def keep(self, content: bytes) -> str:
        """Store a file's content; returns the name to ask for it by."""
        name = f"{uuid.uuid4()}.bin"
        self._write(name, os.O_EXCL, encrypt_bytes(self.purpose, content))
        return name

    def read(self, stored_name: str) -> bytes:
        """The content; FileNotFoundError when it has been deleted."""
        return decrypt_bytes(self.purpose, self.sealed(stored_name))

    def sealed(self, stored_name: str) -> bytes:
        """The file as it is stored, encrypted; FileNotFoundError when it has been deleted."""
        return (self._folder() / stored_name).read_bytes()

    def put_back(self, stored_name: str, sealed: bytes) -> None:
        """Store again what `sealed` gave."""
        self._write(stored_name, os.O_TRUNC, sealed)

    def delete(self, stored_name: str) -> None:
        """Delete a stored file; safe to call twice, and with "" for none."""
        if stored_name:
            (self._folder() / stored_name).unlink(missing_ok=True)

    def stored(self) -> list[str]:
        """The names of all files that are there."""
        return sorted(file.name for file in self._folder().glob("*.bin"))

    def left_over(self) -> int:
        """How many files another key than the newest has encrypted."""
        return sum(self._first_byte(name) != newest_prefix() for name in self.stored())

    def _first_byte(self, stored_name: str) -> bytes:
        with (self._folder() / stored_name).open("rb") as file:
            return file.read(1)

    def renew(self, stored_name: str) -> bool:
        """Encrypt a file anew under the newest key; False where it is already, or gone. A crash leaves it as it was."""
        path = self._folder() / stored_name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return False
        if (again := renewed(self.purpose, content)) == content:
            return False
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(again)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.replace(path)
            return True
        draft.unlink()  # deleted meanwhile
        return False

    def _write(self, name: str, how: int, sealed: bytes) -> None:
        descriptor = os.open(self._folder() / name, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)

    def _folder(self) -> Path:
        folder = Path(settings.DATA_DIR) / self.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
