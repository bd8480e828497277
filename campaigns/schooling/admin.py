"""School aid in the back office."""

from django.contrib import admin

from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.schooling.models import AidProject, Grant
from campaigns.tables import AidProjectResource
from households.access import Permission
from households.admin_tables import TableAdmin


@admin.register(AidProject)
class AidProjectAdmin(TableAdmin):
    change = Permission.MANAGE_RULES
    list_display = ["name", "donor", "year_kind", "girls_only", "counts"]
    list_filter = ["year_kind", "counts"]
    search_fields = ["name", "donor"]
    resource_classes = [AidProjectResource]


@admin.register(Grant)
class GrantAdmin(FactAdmin):
    list_display = ["person", "project", "granted_on", "amount", "is_goods", "village", "state_shown"]
    list_filter = ["project", "is_goods", VoidedFilter]
    list_select_related = ["person", "project", "village"]
    search_fields = ["^person__name"]
    autocomplete_fields = ["person", "project"]
    entered = ("project", "person", "granted_on", "amount", "is_goods")
