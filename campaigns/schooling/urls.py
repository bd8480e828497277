"""Addresses of the room's own pages, below actions/schooling/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
