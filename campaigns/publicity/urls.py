"""Addresses of the room's own pages, below actions/publicity/."""

from django.urls import path

from campaigns.publicity import views

urlpatterns = [
    path("stock/", views.leaflet_stock, name="leaflet_stock"),
]
