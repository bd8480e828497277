"""Forms of rounds, submissions and their decision."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.days import day_field
from campaigns.models import ReportRound
from campaigns.submissions.progress import Part
from households.free_text import no_numbers


class RoundForm(forms.Form):
    """A new round."""

    title = forms.CharField(label=_t("名称"), max_length=60, help_text=_t("如“2018年6月上报”"))
    day = day_field(_t("数据截止日"))
    due_on = day_field(_t("上报期限"))
    lowest = forms.ChoiceField(
        label=_t("上报到哪一级"), choices=ReportRound.Lowest, initial=ReportRound.Lowest.TOWNSHIP
    )

    def clean(self) -> dict[str, Any]:
        """A deadline before the day of the figures is a slip."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, due_on = cleaned.get("day"), cleaned.get("due_on")
        if day and due_on and due_on < day:
            self.add_error("due_on", ValidationError(_("上报期限不能早于数据截止日。")))
        return cleaned


class SubmitForm(forms.Form):
    """What a region declares with its figures."""

    zero = forms.MultipleChoiceField(
        label=_t("零报告"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_t("本期没有新的完成、又还没有全部完成的项目，勾选确认。"),
    )  # fmt: skip
    without = forms.CharField(
        label=_t("下级未报齐的原因"), required=False, max_length=200, validators=[no_numbers],
        help_text=_t("下级还没有报齐而需要先报的，写明原因。"),
    )  # fmt: skip
    note = forms.CharField(
        label=_t("说明"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[no_numbers],
    )

    def __init__(self, *args: Any, parts: list[Part], is_complete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zero = self.fields["zero"]
        assert isinstance(zero, forms.MultipleChoiceField)
        zero.choices = [(str(part.target.key), part.target.title) for part in parts if part.needs_zero]
        if not zero.choices:
            del self.fields["zero"]
        if is_complete:
            del self.fields["without"]


class ReturnForm(forms.Form):
    """Why a submission goes back."""

    reason = forms.CharField(
        label=_t("退回原因"),
        max_length=200,
        required=False,
        validators=[no_numbers],
        help_text=_t("退回重报时必须填写，审核通过时不用填。"),
    )
