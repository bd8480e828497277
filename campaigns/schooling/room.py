"""Spring Bud school aid (春蕾助学) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Target
from campaigns.room import Room
from campaigns.schooling.figures import FIGURES

SCHOOLING = Room(
    key="schooling",
    title=_("春蕾助学"),
    lead=_("募集善款，资助在校贫困儿童，每一笔都能从捐助人查到受助学生。"),
    target=Target.SCHOOLING,
    ledgers=("donations", "grants"),
    figures=FIGURES,
)
