"""The forms of all kinds of fact that a household's page records, by the keys of FACT_KINDS."""

from campaigns.cleaning.forms import FORMS as OF_CLEANING
from campaigns.forms import FORMS as OF_TARGETS
from campaigns.forms import RecordForm
from campaigns.health.forms import FORMS as OF_HEALTH
from campaigns.livelihood.forms import FORMS as OF_LIVELIHOOD
from campaigns.pairing.forms import FORMS as OF_PAIRING
from campaigns.survey.forms import FORMS as OF_SURVEYS

RECORD_FORMS: dict[str, type[RecordForm]] = {
    **OF_TARGETS,
    **OF_HEALTH,
    **OF_LIVELIHOOD,
    **OF_PAIRING,
    **OF_SURVEYS,
    **OF_CLEANING,
}
