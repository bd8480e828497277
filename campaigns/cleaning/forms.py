"""Forms of re-checks, stories and spot checks. Field names are the parameters of the operations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.cleaning import operations
from campaigns.cleaning.spot_checks import MOST_DRAWN
from campaigns.days import day_field
from campaigns.forms import RecordForm
from campaigns.models import Story
from campaigns.records.forms import RegionField
from households.models import Region, User


class RecheckForm(RecordForm):
    """A re-check of a household."""

    operation = staticmethod(operations.record_recheck)
    of_target = None
    days = ("checked_on",)

    checked_on = day_field(_("复查日期"))
    passed = forms.TypedChoiceField(
        label=_("复查结果"),
        choices=[("", _("请选择")), ("yes", _("合格")), ("no", _("需整改"))],
        coerce=lambda value: value == "yes",
    )
    checker = forms.CharField(label=_("复查人"), max_length=60, required=False)
    wants = forms.CharField(label=_("整改内容"), max_length=200, required=False, help_text=_("需整改的必填。"))
    due_on = day_field(_("整改期限"), required=False, help_text=_("需整改的必填。"))


class StoryFields(forms.Form):
    """What a story is made of."""

    title = forms.CharField(label=_("标题"), max_length=60)
    text = forms.CharField(
        label=_("正文"), max_length=2000, widget=forms.Textarea, help_text=_("请勿写证件号码、病情和未成年人姓名。")
    )
    told_on = day_field(_("日期"))
    consent_by = forms.CharField(
        label=_("家中同意人"), max_length=60, required=False, help_text=_("供简报采用的必填，例如：户主本人。")
    )
    consent_on = day_field(_("同意日期"), required=False)
    is_offered = forms.BooleanField(label=_("可供简报采用"), required=False)


class StoryForm(RecordForm, StoryFields):
    """A story of a household."""

    operation = staticmethod(operations.record_story)
    of_target = None
    days = ("told_on",)


class StoryChangeForm(StoryFields):
    """A story corrected, agreed to, offered or taken back."""

    def __init__(self, *args: Any, story: Story, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.initial = getattr(story, name)


class SettleForm(forms.Form):
    """The day on which it was mended."""

    settled_on = day_field(_("整改完成日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settled_on"].initial = business_date()


class DrawForm(forms.Form):
    """Where, when and how many."""

    region = RegionField(Region.objects.none(), label=_("抽查范围"), empty_label=None)
    day = day_field(_("抽查日期"))
    size = forms.IntegerField(label=_("抽查户数"), min_value=1, max_value=MOST_DRAWN, initial=10)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Region.objects.visible_to(by)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (visible.exclude(level=Region.Level.VILLAGE) | visible.filter(code__in=by.regions)).order_by(
            "code"
        )
        self.fields["day"].initial = business_date()


FORMS: dict[str, type[RecordForm]] = {"recheck": RecheckForm, "story": StoryForm}
