"""The campaign in the back office: years, how we count, special circumstances; imports the rooms' tables."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.cleaning.admin import CleaningAdmin
from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.health.admin import InsuredPersonAdmin, PolicyAdmin, SchemeAdmin
from campaigns.models import CampaignYear, CountingRules, SpecialCircumstance
from campaigns.pairing.admin import HelperAdmin, PairingAdmin
from campaigns.publicity.admin import ContactAdmin
from campaigns.schooling.admin import AidProjectAdmin, GrantAdmin
from households.scoped_admin import ScopedAdmin
from households.wording import shown_period

__all__ = [
    "AidProjectAdmin", "CampaignYearAdmin", "CleaningAdmin", "ContactAdmin", "CountingRulesAdmin", "GrantAdmin",
    "HelperAdmin", "InsuredPersonAdmin", "PairingAdmin", "PolicyAdmin", "SchemeAdmin", "SpecialCircumstanceAdmin",
]  # fmt: skip


@admin.register(CampaignYear)
class CampaignYearAdmin(ScopedAdmin):
    """For looking: years are begun and corrected on the organisation room's pages."""

    list_display = ["year", "start", "end", "deadline", "reporting_day"]


@admin.register(CountingRules)
class CountingRulesAdmin(ScopedAdmin):
    """For looking: a new version is made on the page that first shows what it would change."""

    list_display = ["campaign_year", "version", "reason", "changed_by", "changed_at"]
    list_select_related = ["campaign_year", "changed_by"]


@admin.register(SpecialCircumstance)
class SpecialCircumstanceAdmin(FactAdmin):
    list_display = ["target", "unit_shown", "reason", "days", "approver", "village", "state_shown"]
    list_filter = ["target", "reason", VoidedFilter]
    list_select_related = ["household", "person", "village"]
    search_fields = ["^person__name", "^household__head_name"]
    autocomplete_fields = ["household", "person"]
    entered = ("target", "household", "person", "reason", "period", "approver", "approved_on")

    @admin.display(description=_("户（人）"))
    def unit_shown(self, circumstance: SpecialCircumstance) -> str:
        return str(circumstance.household or circumstance.person)

    @admin.display(description=_("起止日期"), ordering="period")
    def days(self, circumstance: SpecialCircumstance) -> str:
        return shown_period(circumstance.period)
