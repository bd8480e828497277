"""Addresses of the room's own pages, below actions/cleaning/."""

from django.urls import path

from campaigns.sheets import views as sheets

urlpatterns = [
    path("sheets/", sheets.new_sheet, {"purpose": "cleaning"}, name="cleaning_sheets"),
    path("entry/", sheets.enter_by_row, {"purpose": "cleaning"}, name="cleaning_entry"),
]
