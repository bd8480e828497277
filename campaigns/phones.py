"""Telephones in forms: read as the workbooks' are, kept as the registers keep them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.intake.columns import Doubt, clean_phone

LONGEST = 40


class PhoneField(forms.CharField):
    """One telephone or several; what is none is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST} | options)

    def clean(self, value: Any) -> str | None:
        """The numbers as they are kept; for none the field's empty value."""
        read = clean_phone(super().clean(value))
        if isinstance(read, Doubt):
            if read.value is None:
                raise ValidationError(
                    _("“%(written)s”不是可用的电话号码，请填11位手机号或带区号的座机号。"), params=read.params
                )
            read = read.value
        return "、".join(read) if isinstance(read, list) else read or self.empty_value
