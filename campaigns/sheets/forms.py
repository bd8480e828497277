"""Forms of printing sheets and of typing them in."""

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.business_day import business_date
from campaigns.cleaning.items import clean_items
from campaigns.days import day_field
from campaigns.models import Contact, Sheet
from campaigns.publicity.rounds import villages_with_households
from campaigns.recording import check_day
from campaigns.records.forms import RegionField
from campaigns.sheets.row_numbers import as_ranges, row_numbers
from households.models import Region, User
from households.wording import word

_t = gettext_lazy


class SheetForm(forms.Form):
    """Which village's sheet."""

    village = RegionField(Region.objects.none(), label=_t("村"), empty_label=_t("请选择"))
    day = day_field(_t("制表日期"), help_text=_t("名单按这一天在册的户生成。"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = villages_with_households(by)
        field = self.fields["village"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = villages
        first = list(villages[:2])
        field.initial = first[0].pk if len(first) == 1 else None
        self.fields["day"].initial = business_date()


class EntryByRowForm(forms.Form):
    """A sheet's number and row numbers. After validation `sheet` and `positions` are what they mean."""

    purpose: ClassVar[str]

    number = forms.CharField(label=_t("表号"), max_length=12, help_text=_t("打印在登记表右上角。"))
    rows = forms.CharField(label=_t("行号"), max_length=2000, help_text=_t("例如：1-5，8，12"))
    done_on = day_field(_t("日期"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.sheet: Sheet | None = None
        self.positions: list[int] = []
        self.fields["number"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["rows"].widget.attrs |= {"autocomplete": "off"}
        self.fields["done_on"].initial = business_date()

    def clean_number(self) -> str:
        written = unicodedata.normalize("NFKC", self.cleaned_data["number"]).strip()
        found = None
        if written.isdecimal():
            found = Sheet.objects.visible_to(self.by).filter(pk=int(written), voided_at=None).first()
        if found is None:
            raise ValidationError(_("没有这个表号的登记表，或不在您的负责范围内。请核对登记表右上角的表号。"))
        if found.purpose != self.purpose:
            raise ValidationError(
                _("这张表是“%(purpose)s”用表，请到相应的页面录入。") % {"purpose": found.get_purpose_display()}
            )
        self.sheet = found
        return found.number

    def clean_rows(self) -> str:
        try:
            self.positions = row_numbers(self.cleaned_data["rows"])
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not self.positions:
            raise ValidationError(_("请填写行号，例如：1-5，8，12"))
        if self.sheet is not None:
            known = set(self.sheet.rows.values_list("position", flat=True))
            if unknown := [one for one in self.positions if one not in known]:
                raise ValidationError(
                    _("这张表共%(count)s行，没有第%(rows)s行。请核对。")
                    % {"count": len(known), "rows": as_ranges(unknown)}
                )
        return str(self.cleaned_data["rows"])

    def clean_done_on(self) -> Any:
        day = self.cleaned_data["done_on"]
        try:
            check_day("done_on", day)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return day


class ContactEntryForm(EntryByRowForm):
    """Contacts by row number."""

    purpose = Sheet.Purpose.PUBLICITY

    kind = forms.ChoiceField(label=_t("宣传方式"), choices=Contact.Kind.choices)
    place = forms.CharField(label=_t("地点"), max_length=100, required=False)
    speaker = forms.CharField(label=_t("宣讲人"), max_length=60, required=False)


class CleaningEntryForm(EntryByRowForm):
    """First rounds of cleaning by row number."""

    purpose = Sheet.Purpose.CLEANING

    helpers = forms.CharField(label=_t("参加人员"), max_length=200, required=False)
    items = forms.MultipleChoiceField(label=_t("清洁项目"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(item, word(item)) for item in clean_items()]
