"""Jobs and income (产业就业互助) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.room import Room

LIVELIHOOD = Room(
    key="livelihood",
    title=_("产业就业互助"),
    lead=_("征集岗位、组织培训、帮助妇女就业增收。没有百分百任务，只统计数量。"),
)
