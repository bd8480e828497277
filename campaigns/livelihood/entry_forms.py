"""Forms of the room's own tables."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.livelihood.models import Education, Enterprise, JobOffer, TrainingProject, TrainingSession
from campaigns.records.forms import EntryForm, RegionField
from households.models import Person, Region


class EnterpriseForm(EntryForm):
    """An enterprise."""

    class Meta:
        model = Enterprise
        fields = ("region", "name", "line", "address", "contact", "phone")


class OfferedChoiceForm(EntryForm):
    """A form with a choice among valid undertakings of the user's regions and of the levels above them."""

    choice: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.choice]
        assert isinstance(field, forms.ModelChoiceField) and field.queryset is not None
        offered = field.queryset.model.objects.offered_to(self.by)
        kept = models.Q(pk=getattr(self.instance, f"{self.choice}_id"))
        field.queryset = offered.filter(models.Q(voided_at=None) | kept).order_by("-pk")
        field.empty_label = _("请选择")


class JobOfferForm(OfferedChoiceForm):
    """Posts of an enterprise."""

    choice = "enterprise"

    class Meta:
        model = JobOffer
        fields = (
            "region", "enterprise", "title", "category", "posts", "handicraft", "age_from", "age_to", "sex", "education",
            "requirements", "place", "place_text", "pay_from", "pay_to", "pay_text", "contact", "phone", "open_from",
            "open_until",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("sex", Person.Sex.choices), ("education", Education.choices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("不限")), *choices]
        counties = Region.objects.filter(level=Region.Level.COUNTY)
        townships = Region.objects.visible_to(self.by).filter(level=Region.Level.TOWNSHIP)
        self.fields["place"] = RegionField(
            (counties | townships).order_by("code"),
            label=_("工作所在区划"),
            required=False,
            empty_label=_("（不选，按所属区划）"),
            help_text=_("用来推算远近。"),
        )

    def may_choose(self, value: models.Model) -> bool:
        """Work may be in any county: divisions are no secret."""
        return isinstance(value, Region) or super().may_choose(value)


class TrainingProjectForm(EntryForm):
    """A training project."""

    class Meta:
        model = TrainingProject
        fields = ("region", "name", "kind", "organiser", "capacity", "announced_on")


class TrainingSessionForm(OfferedChoiceForm):
    """A session of a project, held in the region."""

    choice = "project"

    class Meta:
        model = TrainingSession
        fields = ("project", "region", "day", "place", "hours", "headcount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].label = _("举办区划")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        project, region = data.get("project"), data.get("region")
        if project and region and not region.code.startswith(project.region_id):
            self.add_error("region", _("举办区划应在项目所属区划之内，请改选。"))
        return data
