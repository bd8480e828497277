"""The forms of all kinds of fact that a household's page records, by the keys of FACT_KINDS."""

from campaigns.cleaning.forms import FORMS as OF_CLEANING
from campaigns.forms import FORMS as OF_TARGETS
from campaigns.forms import RecordForm

RECORD_FORMS: dict[str, type[RecordForm]] = {
    **OF_TARGETS,
    **OF_CLEANING,
}
