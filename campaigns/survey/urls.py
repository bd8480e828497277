"""Addresses of the room's own pages, below actions/survey/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
