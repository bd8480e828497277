"""Addresses of the room's own pages, below actions/organisation/."""

from django.urls import URLPattern, path

from campaigns.organisation import rule_views, views

urlpatterns: list[URLPattern] = [
    path("event/<int:pk>/", views.show_event, name="event"),
    path("event/<int:pk>/participants/new/", views.edit_participant, name="participant_new"),
    path("event/<int:pk>/participants/paste/", views.paste_participants, name="participants_paste"),
    path("event/<int:pk>/participants/<int:participant>/", views.edit_participant, name="participant_edit"),
    path("event/<int:pk>/participants/<int:participant>/void/", views.void_one_participant, name="participant_void"),
    path("calendar/", views.show_calendar, name="calendar"),
    path("years/", rule_views.show_years, name="years"),
    path("years/next/", rule_views.roll_over, name="year_next"),
    path("years/<int:year>/", rule_views.edit_year, name="year_edit"),
    path("counting/", rule_views.show_rules, name="counting_rules"),
    path("counting/<int:year>/", rule_views.show_rules, name="counting_rules_of"),
    path("counting/<int:year>/change/", rule_views.edit_rules, name="counting_rules_change"),
]
