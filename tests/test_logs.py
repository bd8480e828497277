"""Logs are JSON lines without anybody's identity number, phone number or row."""

import json
import logging
import sys

import pytest

from povertyrelief.logs import formatter, scrub_text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("证件 13029919800101002X 有误", "证件 […] 有误"),
        ("130299198001010026", "[…]"),
        ("/households/130299800101002/", "/households/[…]/"),
        ("phone 14403151234.", "phone […]."),
        ("village 130207100201", "village 130207100201"),
        ("duplicate key\nDETAIL:  Key (name)=(王某某) already exists.", "duplicate key\n[…]"),
    ],
)
def test_personal_numbers_and_rows_are_taken_out_of_texts(text: str, left: str) -> None:
    assert scrub_text(text) == left


def test_a_record_becomes_one_json_object_and_its_traceback_is_scrubbed() -> None:
    try:
        raise ValueError("not valid: 130299198001010026")
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", ("/x/",), sys.exc_info())
    line = formatter().format(record)
    assert "130299198001010026" not in line
    found = json.loads(line)
    assert (found["event"], found["level"], found["logger"]) == ("Error: /x/", "error", "django.request")
    assert "ValueError" in found["exception"]
