"""Requests are read as UTF-8, whatever charset they name."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """Django decodes forms and addresses by the charset that a request names: it breaks on names like base64, before any
    middleware, and by UTF-7 they hold halves of characters."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
