"""Addresses of the room's own pages, below actions/publicity/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
