"""Addresses of the room's own pages, below actions/livelihood/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
