"""What moves the campaign: events, calendar (组织推动) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.room import Room

ORGANISATION = Room(
    key="organisation",
    title=_("组织推动"),
    lead=_("启动会、培训班、擂台赛等活动和工作日历。"),
)
