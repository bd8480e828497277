"""Pairing (结对包联) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Target
from campaigns.room import Room

PAIRING = Room(
    key="pairing",
    title=_("结对包联"),
    lead=_("为每名建档立卡妇女儿童确定包联人，走访、交接、补缺。"),
    target=Target.PAIRING,
    ledgers=("helpers", "pairings"),
)
