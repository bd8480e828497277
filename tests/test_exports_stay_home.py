"""Every file that county B's people can take away, opened: nothing in it is county A's.

The addresses are those that the audit log knows as exports, so that a new one is fetched without a line here; the test
fails for one that gives no file.
"""

import logging
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.rooms import ROOMS
from households.access import Role
from households.audit.models import Action
from povertyrelief.audited import AUDITED, back_office_lines
from tests import everything, make
from tests.attack_world import CANARY, World, build
from tests.conftest import Cast
from tests.test_room_attacks import filled, forms_in, signed_in, told

EXPORTS = {
    name
    for name, line in {**AUDITED, **back_office_lines()}.items()
    if name in everything.NAMES and Action.EXPORT in (line.look, line.change)
} | {
    "household_file",
    "progress_workbook",
    "dashboard_chart",
    "upload_template",
    "upload_template_of",
}
# The uploader's own workbook, given back to nobody else: its original is not in this world (tests/campaigns/test_uploads.py).
NOT_HERE = {"upload_annotated"}


def addresses(arguments: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Every export's name and address, with each table of the rooms."""
    for name in sorted(EXPORTS - {"records_workbook"}):
        yield name, reverse(name, args=arguments.get(name, []))
    for key, room in ROOMS.items():
        for table in room.tables:
            yield "records_workbook", reverse("records_workbook", args=[key, table.name])


def files(client: Client, arguments: dict[str, list[Any]]) -> Iterator[tuple[str, str, str]]:
    """Name, address and words of each file: what is handed out at once, and what a form asks for with a reason."""
    for name, address in addresses(arguments):
        response = client.get(address)
        if "attachment" in response.headers.get("Content-Disposition", ""):
            yield name, address, told(response)
        elif response.status_code == 200:
            for sent in asked_for(name, response):
                response = client.post(address, sent)
                if "attachment" in response.headers.get("Content-Disposition", ""):
                    yield name, f"{address} {sent}", told(response)


def asked_for(name: str, response: Any) -> Iterator[dict[str, Any]]:
    """The page's forms as they can be sent: every list there is, in every kind of file."""
    if name.startswith("admin:"):
        yield {"format": "0", "resource": "", "export_items": []}
    for form in forms_in(response):
        base = filled(form) | {one: "工作需要" for one in ("reason", "purpose") if one in form.fields}
        several = [one for one in ("what", "parts") if one in form.fields]
        for values in product(*([key for key, _words in form.fields[one].choices] for one in several)):
            yield base | dict(zip(several, values, strict=True))


def test_no_file_of_one_county_holds_anything_of_the_other(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)  # refusals are not worth their tracebacks
    world: World = build(cast)
    ours = list(files(signed_in(cast.officer_b), world.own))
    ours += files(signed_in(make.user(Role.AUDITOR, (make.COUNTY_B,))), world.own)
    assert {name for name, _address, _words in ours} == EXPORTS - NOT_HERE
    assert [(address, words) for _name, address, words in ours if CANARY in words] == []
    theirs = list(files(signed_in(cast.officer_a), world.arguments))
    singing = {name for name, _address, words in theirs if CANARY in words}
    assert len(singing) > 8, sorted(EXPORTS - singing)
