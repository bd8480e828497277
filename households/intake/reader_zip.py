"""Parts of a zip that the parent has already checked, inflated under a byte count. The zipfile module costs 20 ms to import."""

import struct
import zlib

from households.intake.reader_values import RefusedError


class Parts:
    """The parts of an office zip by name; `data` is the whole file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._entries = _directory(data)
        self._last: tuple[str | None, bytes] = (None, b"")

    def names(self) -> list[str]:
        """All part names, as written."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """The inflated bytes of a part; RefusedError when it is missing, damaged or longer than its directory says.

        The last one is kept: the sheet that calamine starts on is looked at next, and to inflate it takes as long.
        """
        if self._last[0] != name:
            self._last = (name, self._inflated(name))
        return self._last[1]

    def _inflated(self, name: str) -> bytes:
        if name not in self._entries:
            raise RefusedError("CORRUPT_FILE")
        method, checksum, packed, unpacked, header = self._entries[name]
        if self.data[header : header + 4] != b"PK\x03\x04":
            raise RefusedError("CORRUPT_FILE")
        name_bytes, extra_bytes = struct.unpack_from("<HH", self.data, header + 26)
        start = header + 30 + name_bytes + extra_bytes
        raw = self.data[start : start + packed]
        if method == 8:
            try:
                raw = zlib.decompressobj(-15).decompress(raw, unpacked + 1)
            except zlib.error:
                raise RefusedError("CORRUPT_FILE") from None
        elif method != 0:
            raise RefusedError("FORMAT_NOT_SUPPORTED")
        if len(raw) > unpacked:
            raise RefusedError("ZIP_BOMB")
        if len(raw) != unpacked or zlib.crc32(raw) != checksum:
            raise RefusedError("CORRUPT_FILE")
        return raw


def _directory(data: bytes) -> dict[str, tuple[int, int, int, int, int]]:
    """Name → (method, CRC-32, packed size, unpacked size, offset of the local header)."""
    end = data.rfind(b"PK\x05\x06")
    entries: dict[str, tuple[int, int, int, int, int]] = {}
    try:
        count, size, at = struct.unpack_from("<HII", data, end + 10)
        # Bytes before the archive shift every offset by the same amount.
        shift = end - size - at
        at += shift
        for _ in range(count):
            method, checksum, packed, unpacked = struct.unpack_from("<H4xIII", data, at + 10)
            name_bytes, extra_bytes, comment_bytes = struct.unpack_from("<HHH", data, at + 28)
            header = struct.unpack_from("<I", data, at + 42)[0] + shift
            name = data[at + 46 : at + 46 + name_bytes].decode("utf-8", "replace")
            entries[name] = (method, checksum, packed, unpacked, header)
            at += 46 + name_bytes + extra_bytes + comment_bytes
    except struct.error:
        raise RefusedError("CORRUPT_FILE") from None
    return entries
