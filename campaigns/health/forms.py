"""Forms of the health room on a household's page. Field names are the parameters of health/operations.py."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.days import day_field
from campaigns.forms import RecordForm, person_field
from campaigns.health import operations
from campaigns.models import Clinic, GoodsAid, InsuredPerson, ReliefProgramme
from households.access import Permission

_t = gettext_lazy


class CareForm(RecordForm):
    """Texts about illness are entered by those who may read them."""

    of_target = None
    secrets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.by.may(Permission.VIEW_SENSITIVE):
            for name in self.secrets:
                del self.fields[name]


class ReliefForm(CareForm):
    """Relief of a seriously ill child."""

    operation = staticmethod(operations.record_relief)
    days = ("decided_on",)
    members_in = ("person",)
    secrets = ("illness",)

    person = person_field(_t("受助人"))
    programme = forms.ModelChoiceField(
        ReliefProgramme.objects.order_by("name"), label=_t("救助项目"), empty_label=_t("请选择")
    )
    amount = forms.DecimalField(label=_t("救助金额（元）"), max_digits=12, decimal_places=2)
    donor = forms.CharField(label=_t("捐助单位或个人"), max_length=100, required=False)
    decided_on = day_field(_t("审批日期"))
    decided_by = forms.CharField(label=_t("审批人"), max_length=60, required=False)
    paid_on = day_field(_t("发放日期"), required=False, help_text=_t("还没有发放的请留空，发放后再补填。"))
    illness = forms.CharField(
        label=_t("病情"), max_length=200, required=False, help_text=_t("加密保存，只有有权查看健康信息的人能看到。")
    )


class GoodsForm(RecordForm):
    """Goods or money for the household."""

    operation = staticmethod(operations.record_goods)
    of_target = None
    days = ("given_on",)

    kind = forms.ChoiceField(label=_t("类别"), choices=GoodsAid.Kind.choices, initial=GoodsAid.Kind.GOODS)
    items = forms.CharField(label=_t("物品名称和数量"), max_length=200, required=False)
    value = forms.DecimalField(label=_t("金额（元；物资填折价）"), max_digits=12, decimal_places=2)
    basis = forms.ChoiceField(
        label=_t("计价依据"),
        choices=[("", _t("（不选）")), *GoodsAid.Basis.choices],
        required=False,
        help_text=_t("物资必须选择折价的依据。"),
    )
    donor = forms.CharField(label=_t("捐赠方"), max_length=100, required=False)
    given_on = day_field(_t("发放日期"))


class ClinicField(forms.ModelChoiceField):
    """Clinics told by day, place and hospital."""

    def label_from_instance(self, obj: Clinic) -> str:
        return " ".join(part for part in (f"{obj.held_on:%Y-%m-%d}", obj.place, obj.hospital) if part)


class AttendanceForm(CareForm):
    """A woman at a free clinic."""

    operation = staticmethod(operations.record_attendance)
    days = ()
    members_in = ("person",)
    secrets = ("findings",)

    person = person_field(_t("就诊人"))
    clinic = ClinicField(
        Clinic.objects.none(),
        label=_t("义诊"),
        empty_label=_t("请选择"),
        help_text=_t("没有列出的，请先在“健康关爱”登记义诊。"),
    )
    findings = forms.CharField(
        label=_t("检查结果"), max_length=300, required=False, help_text=_t("加密保存，只有有权查看健康信息的人能看到。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinic = self.fields["clinic"]
        assert isinstance(clinic, forms.ModelChoiceField)
        clinic.queryset = Clinic.objects.offered_to(self.by).filter(voided_at=None).order_by("-held_on", "place")


class InsuredField(forms.ModelChoiceField):
    """Insured women, with the number of their policy."""

    def label_from_instance(self, obj: InsuredPerson) -> str:
        return _("%(name)s（保单号%(number)s）") % {"name": obj.person.name, "number": obj.policy.number}


class ClaimForm(CareForm):
    """A claim on a two-cancer policy."""

    operation = staticmethod(operations.record_claim)
    days = ("claimed_on",)
    secrets = ("note",)

    insured = InsuredField(
        InsuredPerson.objects.none(),
        label=_t("被保险人"),
        empty_label=_t("请选择"),
        help_text=_t("只列出本户已承保的妇女。"),
    )
    claimed_on = day_field(_t("报案日期"))
    amount = forms.DecimalField(
        label=_t("理赔金额（元）"),
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_t("还没有核定的请留空。"),
    )
    paid_on = day_field(_t("赔付日期"), required=False)
    note = forms.CharField(
        label=_t("病情和理赔说明"),
        max_length=200,
        required=False,
        help_text=_t("加密保存，只有有权查看健康信息的人能看到。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        insured = self.fields["insured"]
        assert isinstance(insured, forms.ModelChoiceField)
        insured.queryset = InsuredPerson.objects.filter(
            person__in=[member.person.pk for member in self.page.members],
            voided_at=None,
            state=InsuredPerson.State.ACCEPTED,
        ).select_related("person", "policy")


FORMS: dict[str, type[RecordForm]] = {
    "claim": ClaimForm,
    "relief": ReliefForm,
    "goods": GoodsForm,
    "clinic": AttendanceForm,
}
