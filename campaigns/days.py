"""Days in forms: as browsers and as people write them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DATE_FORMATS = ["%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"]


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day; what cannot be read is refused with an example."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    wrong = {"invalid": _("无法识别这个日期，请写成2018-06-30或2018年6月30日。")}
    return forms.DateField(label=label, input_formats=DATE_FORMATS, widget=widget, error_messages=wrong, **options)
