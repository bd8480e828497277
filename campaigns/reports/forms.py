"""Forms of the reports: a briefing's head, a template, lists of people."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import ReportRound
from campaigns.reports.briefing import Masthead

_REASON_HELP = _("例如“报送市扶贫办”。与导出人、时间、人数一起记录在案。")


class BriefingForm(forms.Form):
    """The head of a briefing; with names, the reason why; where the day's figures were submitted, which ones.

    has_source: ask for the figures' source, even where only today's count is left: who wanted others must see that.
    """

    issue = forms.RegexField(
        r"^[0-9]+$", label=_("期号"), max_length=10, initial="1", help_text=_("第×期，填数字。"),
        error_messages={"invalid": _("期号只填数字，例如12。")},
    )  # fmt: skip
    unit = forms.CharField(label=_("编发单位"), max_length=60)
    signer = forms.CharField(label=_("签发人"), max_length=30, required=False)
    to = forms.CharField(label=_("主送"), max_length=200, required=False)
    copy_to = forms.CharField(label=_("抄送"), max_length=200, required=False)
    printed_on = forms.DateField(label=_("印发日期"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.TypedChoiceField(
        label=_("数字来源"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("五个百分百和人数可用上报时固定的数字；各项行动的数字总是按现在的记录统计。"),
    )
    names = forms.BooleanField(
        label=_("附未完成名单"), required=False, help_text=_("写明村、姓名和包联人，未成年人只写“王某某”；须填写用途。")
    )
    reason = forms.CharField(label=_("用途"), max_length=200, required=False, help_text=_REASON_HELP)

    def __init__(
        self, *args: Any, may_name: bool, rounds: Sequence[ReportRound], has_source: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.TypedChoiceField)
        source.choices = [("", _("按现在的记录统计")), *((one.pk, one.title) for one in rounds)]
        if not has_source:
            del self.fields["source"]
        if not may_name:
            del self.fields["names"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("names") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("附未完成名单的，请写明用途。"))
        return cleaned

    @property
    def masthead(self) -> Masthead:
        """What was typed, as the briefing takes it."""
        return Masthead(**{name: self.cleaned_data[name] for name in Masthead.__dataclass_fields__})


class TemplateForm(forms.Form):
    """A template to put in place of the present one."""

    file = forms.FileField(
        label=_("Word模板（.docx）"), widget=forms.ClearableFileInput(attrs={"accept": ".docx"}), allow_empty_file=True
    )


class ReasonForm(forms.Form):
    """Why a document about people leaves the system."""

    reason = forms.CharField(label=_("用途"), max_length=200, help_text=_REASON_HELP)


class ListsForm(ReasonForm):
    """Which list, and how it is parted by township."""

    SHEETS, FILES = "sheets", "files"

    what = forms.ChoiceField(label=_("名册或台账"))
    parts = forms.ChoiceField(
        label=_("分乡镇方式"),
        choices=[(SHEETS, _("一个工作簿，一个乡镇一张表")), (FILES, _("压缩包，一个乡镇一个文件"))],
        initial=SHEETS,
    )
    field_order = ["what", "parts", "reason"]

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = choices
