"""Every kind of workbook that can be uploaded: the roster and the rooms' ledgers, in the order of the upload page."""

from typing import Any

from campaigns.cleaning.ledger import CLEANINGS
from campaigns.health.ledger import POLICIES
from campaigns.ledgers.combined import COMBINED
from campaigns.ledgers.kind import ledger_kind
from campaigns.ledgers.spec import Ledger
from campaigns.pairing.ledger import HELPERS, PAIRINGS
from campaigns.publicity.ledger import CONTACTS
from campaigns.schooling.ledger import GRANTS
from households.intake.kinds import Kind
from households.roster.kind import ROSTER

LEDGERS: dict[str, Ledger] = {
    one.name: one for one in (COMBINED, HELPERS, PAIRINGS, CONTACTS, CLEANINGS, POLICIES, GRANTS)
}
KINDS: dict[str, Kind[Any]] = {
    ROSTER.name: ROSTER,
    **{name: ledger_kind(ledger) for name, ledger in LEDGERS.items()},
}
