"""The forms of all kinds of fact that a household's page records, by the keys of FACT_KINDS."""

from campaigns.forms import FORMS as OF_TARGETS
from campaigns.forms import RecordForm
from campaigns.pairing.forms import FORMS as OF_PAIRING

RECORD_FORMS: dict[str, type[RecordForm]] = {**OF_TARGETS, **OF_PAIRING}
