"""Forms of the rooms' records: the region is one of the user's own, days are read as people write them."""

from typing import Any

from django import forms
from django.contrib.postgres import forms as ranges
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.records.days import DaysField
from households.access import within
from households.models import Region, User


class RegionField(forms.ModelChoiceField):
    """Regions told by their path: village names repeat."""

    def label_from_instance(self, obj: Region) -> str:
        return obj.path


def version_of(record: models.Model) -> str:
    """Tells one state of a record from another, and nothing of what stands in it."""
    fields = [field for field in record._meta.concrete_fields if field.editable]
    state = "\0".join(str(field.value_from_object(record)) for field in fields)
    return salted_hmac("record.version", state, algorithm="sha256").hexdigest()


class VersionedForm(forms.ModelForm):
    """A form that corrects a record only as its page showed it: the second of two editors is told, not obeyed.

    The view loads the record locked, so that what the form compares is what it writes over.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        else:
            self.initial["version"] = version_of(self.instance)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        seen = data.pop("version", "")
        # The same form sent twice finds its own change: nothing is left to write, nothing to warn of.
        if seen and seen != self.initial["version"] and set(self.changed_data) - {"version"}:
            raise ValidationError(_("这条记录在您打开以后已被修改，没有保存。请重新打开，核对后再改。"))
        return data


class EntryForm(VersionedForm):
    """Adds or edits one record. Subclasses name `model` and `fields` in Meta."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.DateField):
                made = day_field(field.label, required=field.required, help_text=field.help_text)
                # A record that has a day has that of the business date, unless it may be left open.
                made.initial = business_date() if field.required and self.instance.pk is None else field.initial
                self.fields[name] = made
            elif isinstance(field, ranges.DateRangeField):
                self.fields[name] = DaysField(label=field.label, required=field.required, help_text=field.help_text)
        if "region" in self.fields:
            self.fields["region"] = self._region_field()

    def _region_field(self) -> RegionField:
        """Down to the township; a village worker has her village."""
        visible = Region.objects.visible_to(self.by)
        own = visible.filter(code__in=self.by.regions)
        places = visible.exclude(level=Region.Level.VILLAGE) | own
        if self.instance.pk is not None and self.instance.region_id:
            places |= visible.filter(code=self.instance.region_id)
        first = own.order_by("position", "code").first()
        return RegionField(
            places.order_by("code"), label=_("所属区划"), empty_label=None, initial=first.pk if first else None
        )

    def clean(self) -> dict[str, Any]:
        """A choice of something of another county is refused, whatever the page offered."""
        data: dict[str, Any] = super().clean()
        for name, value in data.items():
            if isinstance(value, models.Model) and name != "region" and not self.may_choose(value):
                self.add_error(name, _("选项不在您的负责区划内，请重新选择。"))
        return data

    def may_choose(self, value: models.Model) -> bool:
        """May this user refer to the object: inside her regions or of a level above them?"""
        scope = getattr(value, "scope_field", "")
        if not scope:
            return True
        code = getattr(value, scope)
        return within(code, list(self.by.regions)) or any(own.startswith(code) for own in self.by.regions)

    def _get_validation_exclusions(self) -> set[str]:
        # Whether two records collide depends on their being valid: the constraints need this column too.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        try:
            self._meta.model._meta.get_field("voided_at")
        except FieldDoesNotExist:
            return excluded
        return excluded - {"voided_at"}
