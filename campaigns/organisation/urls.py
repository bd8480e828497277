"""Addresses of the room's own pages, below actions/organisation/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
