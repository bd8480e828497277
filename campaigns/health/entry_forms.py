"""Forms of the health room's tables: schemes and policies, programmes of relief, clinics, and corrections of facts."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.health.forms import ClinicField
from campaigns.health.operations import check_age
from campaigns.health.statistical_years import statistical_year
from campaigns.models import Claim, Clinic, ClinicAttendance, GoodsAid, Policy, Relief, ReliefProgramme, Scheme
from campaigns.phones import PhoneField
from campaigns.records.forms import EntryForm
from households.access import Permission
from households.models import Region
from households.places import current_index
from households.wording import listed

_t = gettext_lazy
VILLAGE_DIGITS = 12


class SchemeForm(EntryForm):
    """An insurance scheme: ages and the day they are judged on, sum per person, insurer, payer."""

    class Meta:
        model = Scheme
        fields = (
            "name", "insurer", "period", "reference_day", "min_age", "max_age", "sum_insured", "premium", "premium_payer",
        )  # fmt: skip


class PolicyForm(EntryForm):
    """A group policy under a scheme."""

    class Meta:
        model = Policy
        fields = ("scheme", "number", "period")


class ProgrammeForm(EntryForm):
    """A programme of relief; its rules stand once somebody was relieved by them."""

    class Meta:
        model = ReliefProgramme
        fields = ("name", "source", "year_kind", "once_a_year", "below_age")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        changed = {"year_kind", "once_a_year"} & set(self.changed_data)
        if self.instance.pk is not None and changed and self.instance.reliefs.exists():
            for name in sorted(changed):
                self.add_error(name, _("已有按原规则登记的救助，不能再改；规则变了请新增一个救助项目。"))
        return data


class ClinicForm(EntryForm):
    """A free clinic."""

    happened = ("held_on",)

    class Meta:
        model = Clinic
        fields = ("region", "held_on", "place", "hospital", "doctors")


class FactForm(EntryForm):
    """A fact entered or corrected in a table: texts about illness only for those who may read them.

    All of the record's rules are checked, whatever the form shows.
    """

    secrets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.by.may(Permission.VIEW_SENSITIVE):
            for name in self.secrets:
                del self.fields[name]

    def _get_validation_exclusions(self) -> set[str]:
        wrong = set(self.errors)
        return wrong if self.instance.village_id else wrong | {"village"}


class ReliefEntryForm(FactForm):
    """Correct a relief, or note the day of its payment."""

    secrets = ("illness",)

    happened = ("decided_on", "paid_on")

    class Meta:
        model = Relief
        fields = ("amount", "donor", "decided_on", "decided_by", "paid_on", "illness")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        relief, day = self.instance, data.get("decided_on")
        if day:
            relief.statistical_year = statistical_year(relief.programme, day)
            try:
                check_age(relief.programme, relief.person, day)
            except ValidationError as error:
                self.add_error("decided_on", error.messages[0])
        return data


class ClaimEntryForm(FactForm):
    """Note what the insurer decided and paid."""

    secrets = ("note",)

    happened = ("claimed_on", "paid_on")

    class Meta:
        model = Claim
        fields = ("claimed_on", "amount", "paid_on", "note")


class UnregisteredForm(FactForm):
    """Something for somebody who is not registered: her village is written as on paper."""

    # The record's own reference to the register, and the fields that tell of somebody who is not in it.
    register_field: ClassVar[str]
    outsider_fields: ClassVar[tuple[str, ...]]

    place = forms.CharField(
        label=_t("所在乡镇和村"), max_length=60, help_text=_t("例如“黄各庄镇曹庄子村”；须在您的负责区划内。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.instance, f"{self.register_field}_id") is not None:
            for name in ("place", *self.outsider_fields):
                del self.fields[name]
        else:
            name = self.outsider_fields[0]
            self.fields[name].required = True
            if self.instance.pk is not None:
                self.fields["place"].initial = self.instance.village.path.replace(" / ", "")
            elif len(self.by.regions) == 1 and len(self.by.regions[0]) == VILLAGE_DIGITS:
                self.fields["place"].initial = Region.objects.get(code=self.by.regions[0]).path.replace(" / ", "")
            self.order_fields(["place", *self.outsider_fields])

    def clean_place(self) -> str:
        """Finds the village, never guesses one."""
        written: str = self.cleaned_data["place"]
        found = current_index().resolve("", "", written, scope=list(self.by.regions))
        if not found.code:
            nearest = _("是否是：%(places)s？") % {"places": listed(found.candidates)} if found.candidates else ""
            raise ValidationError(
                _("不能确定是哪个村，或者不在您的负责区划内。请写全乡镇和村名。%(nearest)s") % {"nearest": nearest}
            )
        self.instance.village_id = found.code
        return written


class GoodsEntryForm(UnregisteredForm):
    """Goods or money for a family that is not registered; corrections for every family."""

    register_field, outsider_fields = "household", ("family_name", "family_phone")
    family_phone = PhoneField(label=_t("联系电话"), required=False)

    happened = ("given_on",)

    class Meta:
        model = GoodsAid
        fields = ("family_name", "family_phone", "kind", "items", "value", "basis", "donor", "given_on")


class AttendanceEntryForm(UnregisteredForm):
    """A woman who is not registered at a clinic; corrections for every woman."""

    register_field, outsider_fields = "person", ("woman_name",)
    secrets = ("findings",)

    clinic = ClinicField(Clinic.objects.none(), label=_t("义诊"), empty_label=_t("请选择"))

    class Meta:
        model = ClinicAttendance
        fields = ("woman_name", "clinic", "findings")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinic = self.fields["clinic"]
        assert isinstance(clinic, forms.ModelChoiceField)
        clinic.queryset = Clinic.objects.offered_to(self.by).filter(voided_at=None).order_by("-held_on", "place")
