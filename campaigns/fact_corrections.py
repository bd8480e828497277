"""Forms that correct a recorded fact of the five targets or a visit: what was mistyped, what came to an end, what was approved
since. Whom it is about and what was done stay; where those are wrong the record is voided."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.cleaning.items import clean_items
from campaigns.cleaning.rules import check_round
from campaigns.facts import DayTold
from campaigns.models import Cleaning, Contact, InsuredPerson, Pairing, SpecialCircumstance, Visit
from campaigns.pairing.checks import check_paired_from, check_visit
from campaigns.recording import check_day, check_member, days_text
from campaigns.records.forms import EntryForm
from households.access import Permission
from households.models import Household, Person
from households.wording import word


class _Correction(EntryForm):
    """`day`: the field of the day on which it was done. `about`: the field that says at first whom it is about."""

    day: ClassVar[str] = ""
    about: ClassVar[str] = ""
    sensitive: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.by.may(Permission.VIEW_SENSITIVE):
            for name in self.sensitive:
                del self.fields[name]
        self.fields[self.about or self.day].help_text = self.told()

    def told(self) -> str:
        """Whom the record is about, and what of it stays."""
        return str(self._household().head_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.day and (day := data.get(self.day)):
            try:
                check_day(self.day, day)
                self.check(day)
            except ValidationError as error:
                self.add_error(None, error)
        return data

    def check(self, day: date) -> None:
        """What else must hold on the day."""

    def save(self, commit: bool = True) -> Any:
        if hasattr(self.instance, "day_told") and self.day in self.changed_data:
            self.instance.day_told = DayTold.DAY
        return super().save(commit)

    def _household(self) -> Household:
        found: Household = self.instance.household
        return found

    def _present(self, person: Person | None, day: date) -> None:
        if person is not None:
            check_member(self.day, self._household(), person, day)

    def _get_validation_exclusions(self) -> set[str]:
        # What stays is part of what the database keeps apart.
        return super()._get_validation_exclusions() - {"household", "person", "helper", "policy", "round_number"}


class ContactCorrection(_Correction):
    """Day, place and speaker of a contact."""

    day = "done_on"

    class Meta:
        model = Contact
        fields = ("done_on", "place", "speaker")

    def told(self) -> str:
        return f"{self._household().head_name} · {self.instance.get_kind_display()}"

    def check(self, day: date) -> None:
        one = self.instance
        self._present(one.attended_by, day)
        same = {"household": one.household_id, "kind": one.kind, "attended_by": one.attended_by_id, "done_on": day}
        if Contact.objects.filter(voided_at=None, **same).exclude(pk=one.pk).exists():
            raise ValidationError({"done_on": _("本户这一天已有同样的宣传记录；重复登记的，请作废其中一条。")})


class CleaningCorrection(_Correction):
    """Day, helpers, items and score of a round."""

    day = "done_on"

    class Meta:
        model = Cleaning
        fields = ("done_on", "helpers", "items", "score")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = dict.fromkeys([*clean_items(), *self.instance.items])
        self.fields["items"] = forms.MultipleChoiceField(
            label=self.fields["items"].label,
            choices=[(item, word(item)) for item in items],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    def told(self) -> str:
        return f"{self._household().head_name} · {_('第%(number)s轮') % {'number': self.instance.round_number}}"

    def check(self, day: date) -> None:
        check_round(self.instance.household_id, self.instance.round_number, day)


class VisitCorrection(_Correction):
    """Day, companions and what was found on a visit."""

    day = "visited_on"
    sensitive = ("notes", "needs")

    class Meta:
        model = Visit
        fields = ("visited_on", "companions", "notes", "needs", "next_on")

    def told(self) -> str:
        return f"{self._household().head_name} · {self.instance.helper.name}"

    def check(self, day: date) -> None:
        self._present(self.instance.person, day)
        check_visit(self.instance.helper, day, self.cleaned_data.get("next_on"))


class PairingCorrection(_Correction):
    """From when to when a helper looks after somebody."""

    about = "period"

    class Meta:
        model = Pairing
        fields = ("period",)

    def told(self) -> str:
        told = {"name": self.instance.person.name, "helper": self.instance.helper.name}
        return _("%(helper)s包联%(name)s；由别人接着包联的，请用“包联交接”。") % told

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if days := data.get("period"):
            try:
                check_paired_from("period", self.instance.helper, days.lower)
            except ValidationError as error:
                self.add_error(None, error)
        return data


class InsuredCorrection(_Correction):
    """What the insurer said, and from when to when the insurance holds."""

    about = "state"

    class Meta:
        model = InsuredPerson
        fields = ("state", "period")

    def told(self) -> str:
        return f"{self.instance.person.name} · {_('保单号%(number)s') % {'number': self.instance.policy.number}}"

    def clean(self) -> dict[str, Any]:
        data, policy = super().clean(), self.instance.policy
        days = data.get("period")
        if days and (days.lower not in policy.period or (days.upper or date.max) > (policy.period.upper or date.max)):
            words = _("该保单的保险期间为%(days)s，请改填期间内的日期。") % {"days": days_text(policy.period)}
            self.add_error("period", words)
        return data


class CircumstanceCorrection(_Correction):
    """Who approved an explanation and when; from when to when it holds."""

    about = "period"
    happened = ("approved_on",)

    class Meta:
        model = SpecialCircumstance
        fields = ("period", "approver", "approved_on")
        help_texts = {"approved_on": _t("审批后才计入“其中已说明”；尚未审批的请留空。")}

    def told(self) -> str:
        who = self.instance.person.name if self.instance.person else self._household().head_name
        return f"{who} · {self.instance.get_target_display()}"
