"""Addresses of the room's own pages, below actions/pairing/."""

from django.urls import URLPattern, path

from campaigns.pairing import suggestion_views, views

urlpatterns: list[URLPattern] = [
    path("helper/<int:pk>/", views.show_helper, name="pairing_helper"),
    path("overdue/", views.show_overdue, name="pairing_overdue"),
    path("handover/", views.show_handover, name="pairing_handover"),
    path("suggestions/", suggestion_views.show_suggestions, name="pairing_suggestions"),
]
