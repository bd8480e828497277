"""Helpers and pairings in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.pairing.models import Helper, Pairing
from campaigns.tables import HelperResource
from households.access import Permission
from households.admin_tables import TableAdmin
from households.identity import mask_phone
from households.wording import NOT_SHOWN, shown_period


@admin.register(Helper)
class HelperAdmin(TableAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.RECORD_FACTS
    day_default = staticmethod(business_date)
    list_display = ["name", "kind", "unit", "post", "region", "masked_phone", "days"]
    list_filter = ["kind"]
    list_select_related = ["region"]
    search_fields = ["^name", "unit"]
    autocomplete_fields = ["region"]
    fields = ["name", "kind", "sex", "unit", "unit_level", "post", "region", "active", "masked_phone"]
    readonly_fields = ["masked_phone"]
    resource_classes = [HelperResource]

    @admin.display(description=_("联系电话"))
    def masked_phone(self, helper: Helper) -> str:
        return mask_phone(helper.phone) if helper.phone else NOT_SHOWN

    @admin.display(description=_("在岗起止"), ordering="active")
    def days(self, helper: Helper) -> str:
        return shown_period(helper.active)


@admin.register(Pairing)
class PairingAdmin(FactAdmin):
    list_display = ["person", "helper", "kind", "days", "village", "state_shown"]
    list_filter = ["kind", VoidedFilter]
    list_select_related = ["person", "helper", "village"]
    search_fields = ["^person__name", "^helper__name"]
    autocomplete_fields = ["person", "helper"]
    entered = ("helper", "person", "kind", "period")

    @admin.display(description=_("起止日期"), ordering="period")
    def days(self, pairing: Pairing) -> str:
        return shown_period(pairing.period)
