"""Forms of the rooms' records: the region is one of the user's own, days are read as people write them."""

from typing import Any, ClassVar

from django import forms
from django.contrib.postgres import forms as ranges
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.recording import check_day
from campaigns.records.days import DaysField
from households.access import within
from households.models import Region, User
from households.versioned_forms import VersionedForm


class RegionField(forms.ModelChoiceField):
    """Regions told by their path: village names repeat."""

    def label_from_instance(self, obj: Region) -> str:
        return obj.path


class EntryForm(VersionedForm):
    """Adds or edits one record. Subclasses name `model` and `fields` in Meta; `happened`: days of what is only recorded
    once it has happened."""

    happened: ClassVar[tuple[str, ...]] = ()

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
        for name in self.happened:
            if day := data.get(name):
                try:
                    check_day(name, day, campaign_only=False)
                except ValidationError as error:
                    self.add_error(None, error)
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
