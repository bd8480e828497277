"""Addresses of the room's own pages, below actions/publicity/."""

from django.urls import path

from campaigns.photo_pages import record_photos
from campaigns.publicity import round_views, views
from campaigns.sheets import views as sheets

urlpatterns = [
    path("stock/", views.leaflet_stock, name="leaflet_stock"),
    path("rounds/", round_views.start_round, name="contact_rounds"),
    path("rounds/<int:pk>/", round_views.show_round, name="contact_round"),
    path("ticks/", round_views.send_tick, name="contact_tick"),
    path("ticks/photos/", round_views.send_photo, name="contact_photo_send"),
    path("photos/<int:pk>/", record_photos, {"kind": "contact"}, name="contact_photos"),
    path("sheets/", sheets.new_sheet, {"purpose": "publicity"}, name="publicity_sheets"),
    path("sheets/<int:pk>/", sheets.show_sheet, name="sheet"),
    path("entry/", sheets.enter_by_row, {"purpose": "publicity"}, name="publicity_entry"),
]
