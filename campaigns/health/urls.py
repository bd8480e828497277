"""Addresses of the room's own pages, below actions/health/."""

from django.urls import URLPattern, path

from campaigns.health import views

urlpatterns: list[URLPattern] = [
    path("insurance/", views.show_insurance, name="insurance"),
    path("enrolment/", views.show_enrolment, name="enrolment"),
]
