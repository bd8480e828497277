"""Addresses of the room's own pages, below actions/pairing/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
