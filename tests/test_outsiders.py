"""Operations refuse whoever has no business in a region by themselves, whatever the page before them has checked."""

import logging

import pytest

from tests.attack_world import build
from tests.conftest import Cast
from tests.outsiders import calls, outsiders

# Of nobody's region: the campaign's year. Only federation staff may.
_OF_THE_CITY = {"campaigns.organisation.years.correct_days"}
# They answer that there was nothing to do; one looks for what the user may choose, and finds what is her own.
_WITHOUT_EFFECT = {
    "campaigns.livelihood.operations.change_marks",
    "campaigns.operations.helpers_for",
    "campaigns.pairing.handover.handed",
    "campaigns.schooling.operations.sign_grants",
    "households.intake.deciding.identities",
    "households.intake.deciding.registered",
}


def test_an_operation_refuses_an_outsider_by_itself(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    world, done, refused, broken = build(cast), {}, set(), {}
    for user in outsiders():
        for call in calls(user, world):
            told = call.answered()
            if told.startswith("done: "):
                done[call.name] = told.removeprefix("done: ")
            elif told in {"PermissionDenied", "MergeRefused", "ValidationError"}:
                refused.add(call.name)
            else:
                broken[call.name] = told
    assert not broken
    assert set(done) == _OF_THE_CITY | _WITHOUT_EFFECT
    assert {done[name] for name in _WITHOUT_EFFECT - {"campaigns.operations.helpers_for"}} <= {"0", "False", "NoneType"}
    assert len(refused) > 45
