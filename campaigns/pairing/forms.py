"""The form of a visit on a household's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.days import day_field
from campaigns.forms import HelperField, RecordForm, person_field
from campaigns.models import Helper, Pairing
from campaigns.operations import helpers_for
from campaigns.pairing.operations import record_visit
from campaigns.photos import PhotosField

_t = gettext_lazy


class VisitForm(RecordForm):
    """A visit; opens with the household's helper of the day."""

    operation = staticmethod(record_visit)
    of_target = None
    days = ("visited_on",)
    members_in = ("person",)

    helper = HelperField(Helper.objects.none(), label=_t("包联人"), empty_label=_t("请选择"))
    companions = forms.CharField(
        label=_t("同行人"), max_length=100, required=False, help_text=_t("两人走访的，写另一人的姓名。")
    )
    visited_on = day_field(_t("走访日期"))
    person = person_field(_t("走访对象"), required=False, help_text=_t("走访全户的，不选人员。"))
    notes = forms.CharField(
        label=_t("走访情况"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_t("走访情况、发现的需求、照片至少填一项。涉及病情的内容只有获授权的人员能看到。"),
    )
    needs = forms.CharField(
        label=_t("发现的需求"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_on = day_field(_t("下次走访日期"), required=False)
    photos = PhotosField(label=_t("照片"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helper = self.fields["helper"]
        assert isinstance(helper, forms.ModelChoiceField)
        helper.queryset = helpers_for(self.by, self.page.home.village_id)
        helper.initial = (
            Pairing.objects.filter(
                person__in=[member.person.pk for member in self.page.members],
                kind=Pairing.Kind.PERSONAL,
                voided_at=None,
                period__contains=self.page.day,
            )
            .order_by("pk")
            .values_list("helper", flat=True)
            .first()
        )

    def clean_notes(self) -> str:
        return str(self.cleaned_data["notes"]).strip()

    def clean(self) -> None:
        if not (self.cleaned_data.get("notes") or self.cleaned_data.get("needs") or self.cleaned_data.get("photos")):
            self.add_error("notes", _("请写走访情况或需求，或上传照片，以便核实。"))


FORMS: dict[str, type[RecordForm]] = {"visit": VisitForm}
