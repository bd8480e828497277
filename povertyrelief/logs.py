"""One JSON object a line on standard error, without anybody's number in it."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Identity numbers (15 or 18 characters) and mobile numbers, also inside longer text; region codes (12) stay readable.
PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
# PostgreSQL's detail and context lines quote the row: names, addresses.
DATABASE_DETAIL = re.compile(r"^(?:DETAIL|CONTEXT|Failing row).*$", re.MULTILINE)


def scrub_text(text: str) -> str:
    """The text without personal numbers and without the database's quotations of rows."""
    return DATABASE_DETAIL.sub("[…]", PERSONAL_NUMBER.sub("[…]", text))


def scrub(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: scrub every text of the event, traceback included."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = scrub_text(value)
    return event


def formatter() -> logging.Formatter:
    """The formatter of every handler (settings.LOGGING)."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrub,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
