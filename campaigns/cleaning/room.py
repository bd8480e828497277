"""Home cleaning (家居清洁互助) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Target
from campaigns.room import Room

CLEANING = Room(
    key="cleaning",
    title=_("家居清洁互助"),
    lead=_("帮助有妇女儿童的贫困户完成首轮清洁，并保持整洁。"),
    target=Target.CLEANING,
    ledgers=("cleanings",),
)
