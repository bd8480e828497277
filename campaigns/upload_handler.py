"""Keeps uploads to their limit while they arrive, counting bytes: what a browser says about a size is not believed."""

from typing import Any

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from campaigns import batches
from households.intake import plain_files

# Names of the files that were too large, on the request (its META: the one place a handler and a view share).
TOO_LARGE = "povertyrelief.too_large"


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to temporary files and drops a file at its first byte over the limit."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open a temporary file that goes with this process, should it be killed."""
        with plain_files.alone():
            super().new_file(*args, **kwargs)
            plain_files.hold(self.file.fileno())

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take one chunk; SkipFile when the file has become too large."""
        if start + len(raw_data) > batches.MOST_BYTES:
            assert self.request is not None
            self.request.META.setdefault(TOO_LARGE, []).append(self.file_name)
            raise SkipFile
        super().receive_data_chunk(raw_data, start)
