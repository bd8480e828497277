"""Forms that correct a record only as their page showed it: the second of two editors is told, not obeyed."""

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from households.wording import shown


def version_of(record: models.Model) -> str:
    """Tells one state of a record from another, and nothing of what stands in it."""
    fields = [field for field in record._meta.concrete_fields if field.editable]
    state = "\0".join(str(field.value_from_object(record)) for field in fields)
    return salted_hmac("record.version", state, algorithm="sha256").hexdigest()


class VersionedForm(forms.ModelForm):
    """Where the record has changed since, nothing is saved: both values are shown, and she may save again, knowingly.

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
        if seen and seen != self.initial["version"] and (differences := self._differences(data)):
            typed: Any = copy(self.data)  # when it comes again, she has seen this state
            typed[self.add_prefix("version")] = self.initial["version"]
            self.data = typed
            told = _(
                "这条记录在您打开以后已被修改，没有保存。请核对下面的不同之处；确认无误后再次保存，以您填写的为准。"
            )
            raise ValidationError([told, *differences])
        return data

    def _differences(self, data: dict[str, Any]) -> list[str]:
        """What the record says now and what the form says, field by field."""
        # What is typed beside the record's own fields may be a number that nobody is shown.
        own = {field.name for field in self._meta.model._meta.fields}
        names = [name for name in self.changed_data if name in own and name in data]
        said = _("%(field)s：现在是“%(now)s”，您填写的是“%(typed)s”。")
        return [
            said
            % {
                "field": self.fields[name].label,
                "now": self._in_words(name, getattr(self.instance, name)),
                "typed": self._in_words(name, data[name]),
            }
            for name in names
        ]

    def _in_words(self, name: str, value: Any) -> str:
        choices = dict(self._meta.model._meta.get_field(name).flatchoices)
        return str(choices.get(value, "") if choices and value else shown(value)) or _("空")
