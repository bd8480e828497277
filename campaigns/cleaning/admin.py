"""Rounds of cleaning in the back office."""

from django.contrib import admin

from campaigns.cleaning.models import Cleaning
from campaigns.fact_admin import FactAdmin, VoidedFilter


@admin.register(Cleaning)
class CleaningAdmin(FactAdmin):
    list_display = ["household", "round_number", "done_on", "score", "village", "state_shown"]
    list_filter = ["round_number", VoidedFilter]
    list_select_related = ["household", "village"]
    search_fields = ["^household__head_name", "^household__number"]
    autocomplete_fields = ["household"]
    entered = ("household", "round_number", "done_on", "helpers", "items", "score")
