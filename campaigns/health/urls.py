"""Addresses of the room's own pages, below actions/health/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
