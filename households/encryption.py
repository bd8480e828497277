"""Encrypted columns and the blind index that finds them.

AES-256-GCM with a key id; the purpose (e.g. "person.id_number") is authenticated, so a value copied into
another column does not decrypt. Ciphertexts of one value differ: look up and compare by `blind_index`, never
by ciphertext. Layout: 1 byte key id, 12 bytes nonce, ciphertext with a 16-byte tag.
"""

import base64
import hashlib
import hmac
import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_NONCE_BYTES = 12
_POOLED_NONCES = 512
_pool = threading.local()


class _Keys:
    """The ciphers by key id; the newest encrypts and its id begins whatever it has encrypted."""

    def __init__(self, field_keys: Mapping[int, bytes]) -> None:
        self.ciphers = {key_id: AESGCM(key) for key_id, key in field_keys.items()}
        self.prefix = bytes([max(self.ciphers)])
        self.newest = self.ciphers[max(self.ciphers)]


_keys = _Keys(settings.KEYS.field_keys)


def use_keys(field_keys: Mapping[int, bytes]) -> None:
    """Encrypt and decrypt with these keys from now on; the highest id encrypts."""
    global _keys
    _keys = _Keys(field_keys)


def key_ids() -> list[int]:
    """The ids of the keys at hand, the newest last."""
    return sorted(_keys.ciphers)


def newest_prefix() -> bytes:
    """The byte with which everything begins that the newest key has encrypted."""
    return _keys.prefix


def _nonce() -> bytes:
    """A fresh random nonce; drawn in blocks because one system call a value costs more than the cipher."""
    if getattr(_pool, "process", None) != os.getpid() or not _pool.nonces:
        block = os.urandom(_NONCE_BYTES * _POOLED_NONCES)
        _pool.nonces = [block[i : i + _NONCE_BYTES] for i in range(0, len(block), _NONCE_BYTES)]
        _pool.process = os.getpid()  # a forked child must not reuse its parent's nonces
    nonce: bytes = _pool.nonces.pop()
    return nonce


def encrypt(purpose: str, value: str) -> bytes:
    """Encrypt one text for one purpose."""
    return encrypt_bytes(purpose, value.encode())


def decrypt(purpose: str, blob: bytes) -> str:
    """Decrypt; raises cryptography.exceptions.InvalidTag for a wrong key, purpose or damaged value, KeyError for an unknown key id."""
    return decrypt_bytes(purpose, blob).decode()


def encrypt_bytes(purpose: str, value: bytes) -> bytes:
    """As `encrypt`, for files and packed rows (up to 2 GiB)."""
    nonce = _nonce()
    return _keys.prefix + nonce + _keys.newest.encrypt(nonce, value, purpose.encode())


def decrypt_bytes(purpose: str, blob: bytes) -> bytes:
    """As `decrypt`, for files and packed rows."""
    blob = bytes(blob)
    cipher = _keys.ciphers[blob[0]]
    return cipher.decrypt(blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :], purpose.encode())


def renewed(purpose: str, blob: bytes) -> bytes:
    """The same value under the newest key; what is there already, or empty, stays as it is."""
    if not blob or blob[:1] == _keys.prefix:
        return blob
    return encrypt_bytes(purpose, decrypt_bytes(purpose, blob))


def remembered(purpose: str, kept: str) -> str:
    """A word that a session holds (base64); "" where its key has been taken out of use since."""
    blob = base64.b64decode(kept)
    return decrypt(purpose, blob) if blob and blob[0] in _keys.ciphers else ""


def blind_index(purpose: str, value: str) -> bytes:
    """32-byte keyed digest (HMAC-SHA256) for equality search on an encrypted column."""
    digest = _keyed().copy()
    digest.update(f"{purpose}:{value}".encode())
    return digest.digest()


@cache
def _keyed() -> hmac.HMAC:
    """The digest with its key already in: half of the time of a new one for each value."""
    return hmac.new(settings.KEYS.index_key, digestmod="sha256")


def key_fingerprint() -> str:
    """Names the index key without revealing it; stored in the database to notice another DATA_DIR's keys."""
    return hashlib.sha256(b"fingerprint:" + settings.KEYS.index_key).hexdigest()[:32]


class EncryptedTextField(models.Field):
    """A text stored encrypted (bytea). Empty text is stored as NULL-free empty bytes. Only isnull may be looked up."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> bytes | None:
        if value is None:
            return None
        return encrypt(self.purpose, value) if value else b""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        if value is None:
            return None
        return decrypt(self.purpose, value) if len(value) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError("encrypted column: search by its blind index")
        return super().get_lookup(lookup_name)
