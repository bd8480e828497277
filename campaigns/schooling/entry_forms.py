"""Forms of the room's tables."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.models import AidProject, Donation, Donor, Fund, Grant, Pledge
from campaigns.phones import PhoneField
from campaigns.records.forms import EntryForm
from campaigns.schooling.accounts import too_much


class _Offering(EntryForm):
    """Chooses among the valid objects of the user's regions and of the levels above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                model: Any = field.queryset.model
                if model in (Donor, Fund):
                    field.queryset = model.objects.offered_to(self.by).filter(voided_at=None).order_by("name")
                    field.empty_label = _("请选择") if field.required else _("（不选）")


class DonorForm(EntryForm):
    """A donor."""

    phone = PhoneField(label=_t("联系电话"), required=False)

    class Meta:
        model = Donor
        fields = ("region", "name", "kind", "phone", "is_anonymous", "note")


class FundForm(EntryForm):
    """A fund: its balance is nobody's to enter."""

    happened = ("opened_on",)

    class Meta:
        model = Fund
        fields = ("region", "name", "opened_on", "is_goods", "note")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and "is_goods" in self.changed_data and self.instance.donations.filter(voided_at=None):
            self.add_error("is_goods", _("基金已有捐赠，不能在资金与物资之间更改；请另设一个基金。"))
        return data


class DonationForm(_Offering):
    """A donation."""

    happened = ("received_on",)

    class Meta:
        model = Donation
        fields = (
            "region", "donor", "fund", "amount", "received_on", "receipt_no", "purpose", "is_earmarked", "is_goods",
            "goods", "value_basis",
        )  # fmt: skip
        help_texts = {"donor": _t("名单中没有的，请先在“捐赠人”中新增。")}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        fund, amount = data.get("fund"), data.get("amount")
        if fund and fund.is_goods != bool(data.get("is_goods")):
            self.add_error("fund", _("资金与物资分开记账：实物请选择物资账，款项请选择资金账。"))
        spent = self.instance.allocations.aggregate(total=Sum("amount"))["total"] if self.instance.pk else None
        if spent and ((amount is not None and amount < spent) or "fund" in self.changed_data):
            at = "fund" if "fund" in self.changed_data else "amount"
            self.add_error(
                at, _("这笔捐赠已支出%(spent)s元，不能改少或改入别的基金；请先作废有关的助学记录。") % {"spent": spent}
            )
        return data


class ProjectForm(EntryForm):
    """An aid project of a year: standards, and what counts."""

    class Meta:
        model = AidProject
        fields = (
            "name", "donor", "year", "year_kind", "primary_amount", "junior_amount", "girls_only", "counts", "goods_count",
        )  # fmt: skip


class GrantForm(_Offering):
    """A payment's source and papers; whom and when it is for stays."""

    happened = ("paid_on",)

    class Meta:
        model = Grant
        fields = (
            "amount", "kind", "fund", "donor", "advanced_by", "paid_on", "receipt_no", "guardian", "guardian_signed",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grant = self.instance
        told = {"name": grant.person.name, "project": grant.project, "day": f"{grant.granted_on:%Y-%m-%d}"}
        self.fields["amount"].help_text = _("%(name)s，%(project)s，%(day)s资助") % told

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        fund, amount = data.get("fund"), data.get("amount")
        if fund is None or amount is None or data.get("kind") != Grant.Kind.FUND:
            return data
        if fund.is_goods != self.instance.is_goods:
            self.add_error("fund", _("资金与物资分开记账：实物请选择物资账，款项请选择资金账。"))
            return data
        before = Grant.objects.get(pk=self.instance.pk)
        own = before.amount if before.fund_id == fund.pk and before.amount else Decimal(0)
        day: date = data.get("paid_on") or before.granted_on
        if amount > own and (words := too_much(fund, day, amount - own)):
            self.add_error("fund", words)
        return data


class PledgeForm(_Offering):
    """What a pair is about."""

    class Meta:
        model = Pledge
        fields = ("donor", "year", "year_kind", "amount", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["donor"].help_text = _("与%(name)s结对") % {"name": self.instance.person.name}
