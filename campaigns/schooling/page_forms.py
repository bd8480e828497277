"""Forms of the room's working pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.models import AidProject, Donor, Fund, Pledge
from campaigns.records.forms import RegionField
from campaigns.schooling.funds import YearKind
from households.models import Region, User


def places(user: User, region: Region) -> list[Region]:
    """The user's own regions, the way down to the region, and the next level below it."""
    visible = Region.objects.visible_to(user)
    way = [region.code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(region.code)]
    found = visible.filter(code__in=[*user.regions, *way]) | visible.filter(parent=region)
    siblings = visible.filter(parent=region.parent_id) if region.parent_id else visible.none()
    return list((found | siblings).order_by("code"))


class FundField(forms.ModelChoiceField):
    """Funds told with what they hold."""

    def label_from_instance(self, obj: Fund) -> str:
        return _("%(fund)s（余额%(yuan)s元）") % {"fund": obj.name, "yuan": obj.balance}


class PayForm(forms.Form):
    """What is paid: from which fund, by which project, on which day, to the pupils of which region."""

    fund = FundField(Fund.objects.none(), label=_t("支付基金"), empty_label=_t("请选择"))
    project = forms.ModelChoiceField(
        AidProject.objects.order_by("name"), label=_t("助学项目"), empty_label=_t("请选择")
    )
    paid_on = day_field(_t("发放日期"))
    region = RegionField(Region.objects.none(), label=_t("学生所在区划"), empty_label=None)

    def __init__(self, *args: Any, by: User, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fund, place = self.fields["fund"], self.fields["region"]
        assert isinstance(fund, forms.ModelChoiceField) and isinstance(place, RegionField)
        fund.queryset = Fund.objects.visible_to(by).filter(voided_at=None).order_by("name")
        place.queryset = Region.objects.filter(pk__in=[one.pk for one in places(by, region)]).order_by("code")
        place.initial = region.pk
        self.fields["paid_on"].initial = business_date()


class PairForm(forms.ModelForm):
    """A donor and what she gives a year, for the pupils ticked."""

    class Meta:
        model = Pledge
        fields = ("donor", "year", "year_kind", "amount")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        donor = self.fields["donor"]
        assert isinstance(donor, forms.ModelChoiceField)
        donor.queryset = Donor.objects.offered_to(by).filter(voided_at=None).order_by("name")
        donor.empty_label = _("请选择")
        self.fields["year"].initial = business_date().year
        self.fields["year_kind"].initial = YearKind.CALENDAR


class PaymentFilter(forms.Form):
    """Which grants a list for signing or public notice is about."""

    project = forms.ModelChoiceField(AidProject.objects.order_by("name"), label=_t("助学项目"))
    start = day_field(_t("发放日期自"))
    end = day_field(_t("至"))
    region = RegionField(Region.objects.none(), label=_t("所在区划"), empty_label=None)

    def __init__(self, *args: Any, user: User, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["region"]
        assert isinstance(place, RegionField)
        place.queryset = Region.objects.filter(pk__in=[one.pk for one in places(user, region)]).order_by("code")


class DaysFilter(forms.Form):
    """Which donations a public notice is about."""

    start = day_field(_t("到账日期自"))
    end = day_field(_t("至"))
    region = RegionField(Region.objects.none(), label=_t("所在区划"), empty_label=None)

    def __init__(self, *args: Any, user: User, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["region"]
        assert isinstance(place, RegionField)
        place.queryset = Region.objects.filter(pk__in=[one.pk for one in places(user, region)]).order_by("code")


class NoticeForm(forms.Form):
    """The words round a list for public notice. They are sent by POST: no telephone stands in an address."""

    unit = forms.CharField(label=_t("公示单位"), max_length=60)
    first = day_field(_t("公示开始"))
    last = day_field(_t("公示结束"))
    phone = forms.CharField(label=_t("监督电话"), max_length=40)

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("公示结束日期不能早于开始日期。"))
