"""The baseline survey (调查摸底) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.room import Room

SURVEY = Room(
    key="survey",
    title=_("调查摸底"),
    lead=_("逐人摸清妇女和儿童的基本情况和意愿。"),
    ledgers=("combined",),
)
