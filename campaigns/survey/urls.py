"""Addresses of the room's own pages, below actions/survey/."""

from django.urls import URLPattern, path

from campaigns.survey import views

urlpatterns: list[URLPattern] = [
    path("rates/", views.show_rates, name="survey_rates"),
    path("wishes/", views.show_wishes, name="survey_wishes"),
    path("missing/<slug:group>/<str:code>/", views.show_missing, name="survey_missing"),
]
