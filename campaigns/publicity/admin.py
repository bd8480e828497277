"""Contacts in the back office."""

from django.contrib import admin

from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.publicity.models import Contact


@admin.register(Contact)
class ContactAdmin(FactAdmin):
    list_display = ["household", "kind", "done_on", "village", "state_shown"]
    list_filter = ["kind", VoidedFilter]
    list_select_related = ["household", "village"]
    search_fields = ["^household__head_name", "^household__number"]
    autocomplete_fields = ["household", "attended_by"]
    entered = ("household", "kind", "done_on", "place", "speaker", "attended_by")
