"""Insurance in the back office: schemes, policies, the insured."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.health.models import InsuredPerson, Policy, Scheme
from households.access import Permission
from households.scoped_admin import ScopedAdmin
from households.wording import shown_period


@admin.register(Scheme)
class SchemeAdmin(ScopedAdmin):
    change = Permission.MANAGE_RULES
    day_default = staticmethod(business_date)
    list_display = ["name", "insurer", "days", "reference_day", "min_age", "max_age", "sum_insured"]
    search_fields = ["name"]
    fields = [
        "name", "insurer", "period", "reference_day", "min_age", "max_age", "sum_insured", "premium", "premium_payer",
    ]  # fmt: skip

    @admin.display(description=_("保险年度起止"), ordering="period")
    def days(self, scheme: Scheme) -> str:
        return shown_period(scheme.period)


@admin.register(Policy)
class PolicyAdmin(ScopedAdmin):
    change = Permission.MANAGE_RULES
    day_default = staticmethod(business_date)
    list_display = ["number", "scheme", "days"]
    list_select_related = ["scheme"]
    search_fields = ["^number"]
    autocomplete_fields = ["scheme"]
    fields = ["scheme", "number", "period"]

    @admin.display(description=_("保险期间"), ordering="period")
    def days(self, policy: Policy) -> str:
        return shown_period(policy.period)


@admin.register(InsuredPerson)
class InsuredPersonAdmin(FactAdmin):
    list_display = ["person", "policy", "state", "days", "village", "state_shown"]
    list_filter = ["state", VoidedFilter]
    list_select_related = ["person", "policy", "village"]
    search_fields = ["^person__name", "^policy__number"]
    autocomplete_fields = ["person", "policy"]
    entered = ("policy", "person", "state", "period")

    @admin.display(description=_("保险责任起止"), ordering="period")
    def days(self, insured: InsuredPerson) -> str:
        return shown_period(insured.period)
