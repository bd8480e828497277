"""A stored range of days in a form: its first and its last day, both inclusive."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.days import day_field
from households.periods import last_day, period


class DaysInput(forms.MultiWidget):
    """Two days beside each other."""

    template_name = "components/days.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        day = {"type": "date"}
        widgets: dict[str, Any] = {
            "first": forms.DateInput(day | {"title": gettext_lazy("第一天")}, format="%Y-%m-%d"),
            "last": forms.DateInput(day | {"title": gettext_lazy("最后一天")}, format="%Y-%m-%d"),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: DateRange | None) -> list[date | None]:
        return [value.lower, last_day(value)] if value else [None, None]


class DaysField(forms.MultiValueField):
    """A range of days; without a last day it has no end. What the model asks beside is the model's to refuse."""

    widget = DaysInput

    def __init__(self, **options: Any) -> None:
        fields = (day_field(gettext_lazy("第一天")), day_field(gettext_lazy("最后一天"), required=False))
        super().__init__(fields, require_all_fields=False, **options)

    def compress(self, data_list: list[Any]) -> DateRange | None:
        if not data_list or data_list[0] is None:
            return None
        try:
            return period(data_list[0], data_list[1])
        except ValueError as error:
            raise ValidationError(_("最后一天不得早于第一天。")) from error
