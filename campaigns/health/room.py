"""Health (健康关爱) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.health.due import entries
from campaigns.health.figures import FIGURES
from campaigns.health.tables import TABLES
from campaigns.models import Target
from campaigns.room import Link, Room
from households.access import Permission

HEALTH = Room(
    key="health",
    title=_("健康关爱"),
    lead=_("“两癌”健康保险、大病救助、款物帮扶和义诊。"),
    target=Target.INSURANCE,
    pages=(
        Link(
            "insurance",
            _("“两癌”保险办理"),
            _("谁符合条件还没有投保、谁待承保、谁下一批、谁快到期、谁未承保。"),
            Permission.VIEW_PEOPLE,
        ),
        Link("enrolment", _("导出报名名单"), _("登记报名，并导出报送承保单位的名单。"), Permission.UPLOAD),
    ),
    tables=TABLES,
    leading=("relief_yuan", "donation_households"),
    ledgers=("policies", "relief", "goods", "clinics"),
    figures=FIGURES,
    due=entries,
)
