"""A helper entered or corrected by hand."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.models import Helper, Pairing
from campaigns.phones import PhoneField
from campaigns.records.forms import EntryForm, RegionField
from households.models import Region
from households.periods import last_day, period

_t = gettext_lazy
_COUNTY = 6  # digits: from the county down a list of villages is short enough to choose from


class HelperForm(EntryForm):
    """Her office is entered as first and last day; who still has people is not sent away."""

    first = day_field(_t("在岗起始日期"))
    last = day_field(_t("在岗结束日期"), required=False, help_text=_t("在岗到这一天为止；仍在岗的请留空。"))

    class Meta:
        model = Helper
        fields = ("name", "kind", "sex", "unit", "unit_level", "post", "phone", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label=_("联系电话"), required=False, empty_value=None)
        if active := self.instance.active if self.instance.pk else None:
            self.initial.update(first=active.lower, last=last_day(active), phone=self.instance.phone)
        else:
            self.fields["first"].initial = business_date()

    def _region_field(self) -> RegionField:
        """Village cadres belong to their village."""
        field = super()._region_field()
        if all(len(code) >= _COUNTY for code in self.by.regions):
            field.queryset = Region.objects.visible_to(self.by).order_by("code")
        return field

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first is None:
            return data
        if last is not None and last < first:
            self.add_error("last", _("结束日期不能早于起始日期，请核对；仍在岗的请留空。"))
            return data
        self.instance.active = period(first, last)
        if self.instance.pk is not None and (count := self._left_behind()):
            self.add_error(
                "last",
                _("她在这段时间以外还有%(count)s人的包联，改后这些人会无人包联；请先办理交接，再改在岗日期。")
                % {"count": count},
            )
        return data

    def _left_behind(self) -> int:
        """People whose pairing with her would reach out of her office, and does not do so already."""
        active, before = self.instance.active, Helper.objects.get(pk=self.instance.pk).active
        beyond = Q(pk__in=[])
        if active.upper is not None and (before.upper is None or active.upper < before.upper):
            beyond |= Q(period__upper_inf=True) | Q(period__endswith__gt=active.upper)
        if active.lower > before.lower:
            beyond |= Q(period__startswith__lt=active.lower)
        found = Pairing.objects.filter(beyond, helper=self.instance, voided_at=None, kind=Pairing.Kind.PERSONAL)
        return found.values("person").distinct().count()
