"""Every kind of workbook that can be uploaded: the roster and the rooms' ledgers, in the order of the upload page."""

from collections.abc import Iterable
from typing import Any

from campaigns.cleaning.ledger import CLEANINGS
from campaigns.health.ledger import POLICIES
from campaigns.ledgers.combined import COMBINED
from campaigns.ledgers.kind import ledger_kind
from campaigns.ledgers.spec import Ledger
from campaigns.pairing.ledger import HELPERS, PAIRINGS
from campaigns.publicity.ledger import CONTACTS
from campaigns.schooling.ledger import GRANTS
from households.intake.headers import normalise_header
from households.intake.kinds import Kind
from households.roster.kind import ROSTER

LEDGERS: dict[str, Ledger] = {
    one.name: one for one in (COMBINED, HELPERS, PAIRINGS, CONTACTS, CLEANINGS, POLICIES, GRANTS)
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
