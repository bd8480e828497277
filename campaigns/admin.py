"""The campaign in the back office: years, how we count, special circumstances; imports the rooms' tables."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.cleaning.admin import CleaningAdmin
from campaigns.fact_admin import FactAdmin, VoidedFilter
from campaigns.health.admin import InsuredPersonAdmin, PolicyAdmin, SchemeAdmin
from campaigns.models import CampaignYear, Contact, CountingRules, Helper, SpecialCircumstance
from campaigns.pairing.admin import HelperAdmin, PairingAdmin
from campaigns.publicity.admin import ContactAdmin
from campaigns.schooling.admin import AidProjectAdmin, GrantAdmin
from households.access import Permission
from households.admin import shown_period
from households.models import HouseholdSpell
from households.scoped_admin import ScopedAdmin

__all__ = [
    "AidProjectAdmin", "CampaignYearAdmin", "CleaningAdmin", "ContactAdmin", "CountingRulesAdmin", "GrantAdmin",
    "HelperAdmin", "InsuredPersonAdmin", "PairingAdmin", "PolicyAdmin", "SchemeAdmin", "SpecialCircumstanceAdmin",
]  # fmt: skip


@admin.register(CampaignYear)
class CampaignYearAdmin(ScopedAdmin):
    change = Permission.MANAGE_RULES
    day_default = staticmethod(business_date)
    list_display = ["year", "start", "end", "deadline", "reporting_day"]


class CountingRulesForm(forms.ModelForm):
    """The lists as boxes to tick."""

    statuses = forms.MultipleChoiceField(
        label=_("计入的脱贫属性"), choices=HouseholdSpell.Status.choices, widget=forms.CheckboxSelectMultiple
    )
    contact_kinds = forms.MultipleChoiceField(
        label=_("计入的宣传方式"), choices=Contact.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    helper_kinds = forms.MultipleChoiceField(
        label=_("计入的包联人类别"), choices=Helper.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    clean_items = SimpleArrayField(
        forms.CharField(max_length=20),
        label=_("家居清洁项目"),
        delimiter="、",
        min_length=1,
        help_text=_("用顿号分隔。"),
    )


@admin.register(CountingRules)
class CountingRulesAdmin(ScopedAdmin):
    """A new version is added, never an old one edited."""

    change = Permission.MANAGE_RULES
    form = CountingRulesForm
    list_display = ["campaign_year", "version", "reason", "changed_by", "changed_at"]
    list_select_related = ["campaign_year", "changed_by"]
    fields = [
        "campaign_year", "statuses", "contact_kinds", "helper_kinds", "clean_items", "goods_count_as_aid",
        "visit_every_days", "helper_limit", "same_sex_for_children", "reason",
    ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as the one in force."""
        last = CountingRules.objects.order_by("campaign_year__start", "version").last()
        if last is None:
            return super().get_changeform_initial_data(request)
        names = [str(name) for name in self.fields if name != "reason"]
        return {name: getattr(last, name) for name in names}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        versions = CountingRules.objects.filter(campaign_year=obj.campaign_year).order_by("version")
        last = versions.last()
        obj.version, obj.changed_by = (last.version + 1 if last else 1), request.user
        super().save_model(request, obj, form, change)


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
