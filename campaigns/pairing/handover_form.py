"""The form of handing pairings over: for one helper with her people, or for all helpers of a village or township."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.days import day_field
from campaigns.models import Helper
from campaigns.pairing.handover import Handing

_t = gettext_lazy


class HandOverForm(forms.Form):
    """`olds`: helper and how many people she has; `offered`: who may take over; `people`: (key, words) of one helper's."""

    day = day_field(_t("交接日期"), help_text=_t("原包联到前一天为止，新包联从这一天开始。"))
    end_office = forms.BooleanField(
        label=_t("原包联人离岗"), required=False, help_text=_t("离岗的，在岗时间到交接日期前一天为止。")
    )

    def __init__(
        self,
        *args: Any,
        olds: Sequence[tuple[Helper, int]],
        offered: Sequence[Helper],
        people: Sequence[tuple[int, str]],
        region: str,
        day: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.olds, self.region = olds, region
        self.fields["day"].initial = day
        for old, count in olds:
            choices = [(one.pk, helper_words(one)) for one in offered if one.pk != old.pk]
            empty = _("请选择") if len(olds) == 1 else _("不交接")
            self.fields[f"to_{old.pk}"] = forms.TypedChoiceField(
                label=_("%(name)s（%(count)s人）交给") % {"name": old.name, "count": count},
                choices=[("", empty), *choices],
                coerce=int,
                empty_value=None,
                required=len(olds) == 1,
            )
        if people:
            self.fields["people"] = forms.TypedMultipleChoiceField(
                label=_("交接的人员"),
                choices=people,
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
                initial=[key for key, _words in people],
                help_text=_("不随这次交接的，请去掉勾选，再单独交给别人。"),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(f"to_{old.pk}") for old, _count in self.olds):
            raise forms.ValidationError(_("请至少为一名包联人选择接手的人。"))
        return data

    def handing(self) -> Handing:
        """What is asked for, once the form is valid."""
        data = self.cleaned_data
        moves = {old.pk: data[f"to_{old.pk}"] for old, _count in self.olds if data.get(f"to_{old.pk}")}
        people = frozenset(data["people"]) if "people" in self.fields else None
        return Handing(moves, data["day"], self.region, people, data["end_office"])

    def token(self) -> str:
        """What was previewed: a changed form is shown again before it is carried out."""
        told = self.handing()
        words = repr((sorted(told.moves.items()), told.day, told.region, sorted(told.people or ()), told.end_office))
        return hashlib.sha256(words.encode()).hexdigest()


def helper_words(helper: Helper) -> str:
    """A helper told apart by unit and kind."""
    what = " ".join(part for part in (helper.unit, str(helper.get_kind_display())) if part)
    return _("%(name)s（%(what)s）") % {"name": helper.name, "what": what}
