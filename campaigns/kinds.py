"""Every kind of workbook that can be uploaded: the roster and the rooms' ledgers, in the order of the upload page."""

from collections.abc import Iterable
from typing import Any

from campaigns.cleaning import ledger as cleaning
from campaigns.health import ledger as health
from campaigns.ledgers.combined import COMBINED
from campaigns.ledgers.kind import ledger_kind
from campaigns.ledgers.spec import Ledger
from campaigns.livelihood import ledger as livelihood
from campaigns.organisation import ledger as organisation
from campaigns.pairing import ledger as pairing
from campaigns.publicity import ledger as publicity
from campaigns.schooling import ledger as schooling
from campaigns.survey import ledger as survey
from households.intake.headers import normalise_header
from households.intake.kinds import Kind
from households.roster.kind import ROSTER

_ROOMS = (survey, pairing, publicity, cleaning, livelihood, health, schooling, organisation)
LEDGERS: dict[str, Ledger] = {
    one.name: one for one in (COMBINED, *(ledger for room in _ROOMS for ledger in room.LEDGERS))
}
# So many columns of what was done make a list a ledger, whatever it was sent as.
_ENOUGH = 2
KINDS: dict[str, Kind[Any]] = {
    ROSTER.name: ROSTER,
    **{name: ledger_kind(ledger) for name, ledger in LEDGERS.items()},
}


def is_ledger_meant(words: Iterable[str]) -> bool:
    """Do columns that a roster does not need tell what was done for people? Then a combined ledger was sent as a roster."""
    aliases = KINDS[COMBINED.name].table().aliases
    told = {aliases.get(normalise_header(word)) for word in words}
    return len(told & COMBINED.done.keys()) >= _ENOUGH
