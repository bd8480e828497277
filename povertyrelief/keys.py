"""The installation's secrets: from the environment, else generated once under DATA_DIR."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")


class WrongKey(ImproperlyConfigured):
    """A key of the environment or the key file cannot be used; the text names it, never its value."""


@dataclass(frozen=True, repr=False)
class Keys:
    """`field_keys`: 32-byte AES keys by key id (0–255), the highest id encrypts. `index_key`: 32 bytes for the blind index."""

    secret_key: str
    field_keys: dict[int, bytes]
    index_key: bytes


def load(data_dir: Path) -> Keys:
    """Keys from SECRET_KEY, FIELD_KEYS ("1:hex,2:hex") and INDEX_KEY (hex), else from DATA_DIR/keys.json (mode 0600).

    Raises WrongKey.
    """
    given = {name: os.environ.get(name, "") for name in NAMES}
    stored = {} if all(given.values()) else _stored(data_dir / "keys.json")
    text = {name: value or stored.get(name, "") for name, value in given.items()}
    if not text["SECRET_KEY"]:
        raise WrongKey("SECRET_KEY 没有设置，密钥文件里也没有。")
    pairs = [pair.partition(":") for pair in text["FIELD_KEYS"].split(",")]
    if not all(key_id.strip().isdecimal() and int(key_id) < 256 for key_id, _colon, _value in pairs):
        raise WrongKey("FIELD_KEYS 的格式应为：编号:64位十六进制，多个用逗号分隔，编号为 0–255。")
    return Keys(
        secret_key=text["SECRET_KEY"],
        field_keys={int(key_id): _key("FIELD_KEYS", value) for key_id, _colon, value in pairs},
        index_key=_key("INDEX_KEY", text["INDEX_KEY"]),
    )


def add_field_key(data_dir: Path) -> int:
    """Put a new key into DATA_DIR/keys.json, which encrypts from the next start on; returns its id. Raises WrongKey."""
    kept = _own_field_keys(data_dir)
    number = max(kept) + 1
    if number > 255:
        raise WrongKey("密钥编号已用到 255，不能再增加。")
    _store_field_keys(data_dir, kept | {number: secrets.token_bytes(KEY_BYTES)})
    return number


def drop_old_field_keys(data_dir: Path) -> int:
    """Leave only the newest key in DATA_DIR/keys.json; returns its id. The caller has checked that nothing needs the others."""
    kept = _own_field_keys(data_dir)
    _store_field_keys(data_dir, {max(kept): kept[max(kept)]})
    return max(kept)


def _own_field_keys(data_dir: Path) -> dict[int, bytes]:
    if os.environ.get("FIELD_KEYS"):
        raise WrongKey("密钥由环境变量 FIELD_KEYS 给出，请在那里增减。")
    return load(data_dir).field_keys


def _store_field_keys(data_dir: Path, field_keys: dict[int, bytes]) -> None:
    path = data_dir / "keys.json"
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = dict(json.loads(path.read_text()))
        content["FIELD_KEYS"] = ",".join(f"{number}:{key.hex()}" for number, key in sorted(field_keys.items()))
        _write_private(path, content)


def _key(name: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        # Chained to nothing: the cause would print the key.
        raise WrongKey(f"{name} 应为 {KEY_BYTES} 字节，写成 {KEY_BYTES * 2} 位十六进制。") from None
    return key


def _stored(path: Path) -> dict[str, str]:
    """Read the key file, or make it: under a lock, so that two first starts agree on one set of keys."""
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            content = {
                "SECRET_KEY": secrets.token_urlsafe(48),
                "FIELD_KEYS": f"1:{secrets.token_hex(KEY_BYTES)}",
                "INDEX_KEY": secrets.token_hex(KEY_BYTES),
            }
            _write_private(path, content)
        try:
            return dict(json.loads(path.read_text()))
        except ValueError:
            raise WrongKey(f"密钥文件无法读取：{path}。请从备份恢复它；没有它，证件号码无法解密。") from None


def _write_private(path: Path, content: dict[str, str]) -> None:
    """Whole or not at all, for its owner only."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
