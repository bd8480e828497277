"""The installation's secrets: from the environment, else generated once under DATA_DIR."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """`field_keys`: 32-byte AES keys by key id (0–255), the highest id encrypts. `index_key`: 32 bytes for the blind index."""

    secret_key: str
    field_keys: dict[int, bytes]
    index_key: bytes


def load(data_dir: Path) -> Keys:
    """Keys from SECRET_KEY, FIELD_KEYS ("1:hex,2:hex") and INDEX_KEY (hex), else from DATA_DIR/keys.json (mode 0600)."""
    given = {name: os.environ.get(name, "") for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")}
    stored = {} if all(given.values()) else _stored(data_dir / "keys.json")
    text = {name: value or stored[name] for name, value in given.items()}
    pairs = (pair.split(":", 1) for pair in text["FIELD_KEYS"].split(","))
    return Keys(
        secret_key=text["SECRET_KEY"],
        field_keys={int(key_id): bytes.fromhex(value) for key_id, value in pairs},
        index_key=bytes.fromhex(text["INDEX_KEY"]),
    )


def _stored(path: Path) -> dict[str, str]:
    """Read the key file, or make it: under a lock, so that two first starts agree on one set of keys."""
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            content = {
                "SECRET_KEY": secrets.token_urlsafe(48),
                "FIELD_KEYS": f"1:{secrets.token_hex(32)}",
                "INDEX_KEY": secrets.token_hex(32),
            }
            draft = path.with_suffix(".new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        return dict(json.loads(path.read_text()))
