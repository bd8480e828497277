"""Health (健康关爱) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.health.figures import FIGURES
from campaigns.health.tables import TABLES
from campaigns.models import Target
from campaigns.room import Room

HEALTH = Room(
    key="health",
    title=_("健康关爱"),
    lead=_("“两癌”健康保险、大病救助、款物帮扶和义诊。"),
    target=Target.INSURANCE,
    tables=TABLES,
    ledgers=("policies", "relief", "goods", "clinics"),
    figures=FIGURES,
)
