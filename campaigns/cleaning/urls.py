"""Addresses of the room's own pages, below actions/cleaning/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
