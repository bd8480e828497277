"""Addresses of the room's own pages, below actions/cleaning/."""

from django.urls import path

from campaigns.cleaning import spot_views, views
from campaigns.photo_pages import record_photos
from campaigns.sheets import views as sheets

urlpatterns = [
    path("quality/", views.show_quality, name="cleaning_quality"),
    path("rectifications/", views.show_rectifications, name="rectifications"),
    path("rechecked/<int:pk>/", views.show_recheck, name="recheck"),
    path("told/<int:pk>/", views.show_story, name="story"),
    path("draw/", spot_views.draw, name="spot_draw"),
    path("drawn/<int:pk>/", spot_views.show_spot_check, name="spot_check"),
    path("drawn/<int:pk>/void/", spot_views.void_spot_check, name="spot_check_void"),
    path("photos/<int:pk>/", record_photos, {"kind": "cleaning"}, name="cleaning_photos"),
    path("drawn/photos/<int:pk>/", record_photos, {"kind": "spot"}, name="spot_photos"),
    path("sheets/", sheets.new_sheet, {"purpose": "cleaning"}, name="cleaning_sheets"),
    path("entry/", sheets.enter_by_row, {"purpose": "cleaning"}, name="cleaning_entry"),
]
