"""Addresses of the room's own pages, below actions/publicity/."""

from django.urls import path

from campaigns.publicity import round_views, views

urlpatterns = [
    path("stock/", views.leaflet_stock, name="leaflet_stock"),
    path("rounds/", round_views.start_round, name="contact_rounds"),
    path("rounds/<int:pk>/", round_views.show_round, name="contact_round"),
    path("ticks/", round_views.send_tick, name="contact_tick"),
]
