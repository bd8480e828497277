"""Forms that record facts by hand. Field names are the parameters of campaigns.operations, which refuses at them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import operations
from campaigns.cleaning.items import clean_items
from campaigns.days import day_field
from campaigns.household_page import HouseholdPage, Member
from campaigns.models import (
    AidProject,
    Cleaning,
    Contact,
    Donor,
    Fund,
    Grant,
    Helper,
    InsuredPerson,
    Pairing,
    Policy,
    SpecialCircumstance,
    Target,
)
from campaigns.phones import PhoneField
from households.free_text import no_numbers
from households.models import Region, User
from households.wording import word

_t = gettext_lazy


def person_field(label: Any, **options: Any) -> forms.TypedChoiceField:
    """One member of the household; RecordForm fills in who."""
    return forms.TypedChoiceField(label=label, empty_value=None, **options)


class SearchForm(forms.Form):
    """The search word travels by POST and session: no name or number in an address."""

    word = forms.CharField(label=_t("姓名、拼音首字母、户编号或证件号码"), max_length=60, required=False)
    region = forms.ModelChoiceField(Region.objects.none(), label=_t("所在区划"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.queryset = Region.objects.visible_to(user)


class RecordForm(forms.Form):
    """A form about one household: knows its members, opens on the business date."""

    operation: ClassVar[Callable[..., Any]]
    of_target: ClassVar[Target | None]
    days: ClassVar[tuple[str, ...]]
    members_in: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, by: User, page: HouseholdPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.page = by, page
        for name in self.days:
            self.fields[name].initial = page.day
        for name in self.members_in:
            self._offer_members(self.fields[name])

    def _offer_members(self, field: Any) -> None:
        """Those still to be covered first; who is not eligible may be chosen and is refused with the reason."""
        people = {str(m.person.pk): m.person for m in self.page.members}
        order = {"gap": 0, "explained": 1, "covered": 2, "none": 3}
        members = (
            sorted(self.page.members, key=lambda m: order[self._state(m)]) if self.of_target else self.page.members
        )
        field.coerce = lambda pk: people[str(pk)]
        field.choices = [
            *(
                [("", _("请选择") if field.required else _("（不选）"))]
                if isinstance(field.widget, forms.Select)
                else []
            ),
            *((m.person.pk, self._label(m)) for m in members),
        ]

    def _state(self, member: Member) -> str:
        return member.states[self.of_target].key if self.of_target in member.states else "gap"

    def _label(self, member: Member) -> str:
        text = _("%(name)s（%(sex)s，%(age)s岁）") % {
            "name": member.person.name,
            "sex": member.person.get_sex_display(),
            "age": member.age,
        }
        return f"{text} {member.states[self.of_target].label}" if self.of_target in member.states else text

    def record(self) -> None:
        """Write what was entered; raises what the operation raises."""
        type(self).operation(by=self.by, household=self.page.household, **self.cleaned_data)


class ContactForm(RecordForm):
    """Publicity: a contact."""

    operation = staticmethod(operations.record_contact)
    of_target = Target.PUBLICITY
    days = ("done_on",)
    members_in = ("attended_by",)

    kind = forms.ChoiceField(label=_t("宣传方式"), choices=Contact.Kind.choices)
    done_on = day_field(_t("日期"))
    attended_by = person_field(_t("参加的家庭成员"), required=False, help_text=_t("集中培训必须选择。"))
    place = forms.CharField(label=_t("地点"), max_length=100, required=False)
    speaker = forms.CharField(label=_t("宣讲人"), max_length=60, required=False)


class HelperField(forms.ModelChoiceField):
    """Helpers, told apart by unit and kind."""

    def label_from_instance(self, obj: Helper) -> str:
        what = " ".join(part for part in (obj.unit, str(obj.get_kind_display())) if part)
        return _("%(name)s（%(what)s）") % {"name": obj.name, "what": what}


class PairingForm(RecordForm):
    """Pairing: one helper for several members; a helper not listed is added in the same step."""

    operation = staticmethod(operations.record_pairing)
    of_target = Target.PAIRING
    days = ("first",)
    members_in = ("people",)

    people = forms.TypedMultipleChoiceField(label=_t("包联对象"), widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=_t("包联方式"), choices=Pairing.Kind.choices)
    first = day_field(_t("起始日期"))
    last = day_field(_t("结束日期"), required=False, help_text=_t("包联到这一天为止；没有结束的请留空。"))
    helper = HelperField(
        Helper.objects.none(), label=_t("包联人"), required=False, empty_label=_t("新增（填写下面四项）")
    )
    new_name = forms.CharField(label=_t("新包联人姓名"), max_length=60, required=False)
    new_kind = forms.ChoiceField(label=_t("类别"), choices=Helper.Kind.choices, required=False)
    new_unit = forms.CharField(label=_t("单位"), max_length=100, required=False)
    new_phone = PhoneField(label=_t("联系电话"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].initial = [
            m.person.pk for m in self.page.members if self._state(m) in ("gap", "explained")
        ]
        helper = self.fields["helper"]
        assert isinstance(helper, forms.ModelChoiceField)
        helper.queryset = operations.helpers_for(self.by, self.page.home.village_id)

    def clean(self) -> None:
        if not self.cleaned_data.get("helper") and not self.cleaned_data.get("new_name"):
            self.add_error("helper", _("请选择包联人，或在下面填写新包联人的姓名。"))
        if self.cleaned_data.get("helper") and self.cleaned_data.get("new_name"):
            self.add_error("new_name", _("已选择包联人，请不要再填写新包联人；要新增请把“包联人”改为“新增”。"))

    def record(self) -> None:
        data = dict(self.cleaned_data)
        new = {name: data.pop(f"new_{name}") for name in ("name", "kind", "unit", "phone")}
        asked: dict[str, Any] = {"by": self.by, "household": self.page.household}
        data["helper"] = data["helper"] or operations.add_helper(since=data["first"], **new, **asked)
        operations.record_pairing(**asked, **data)


class CleaningForm(RecordForm):
    """A round of home cleaning."""

    operation = staticmethod(operations.record_cleaning)
    of_target = Target.CLEANING
    days = ("done_on",)

    done_on = day_field(_t("日期"))
    round_number = forms.IntegerField(label=_t("轮次"), min_value=1, max_value=999, initial=1)
    helpers = forms.CharField(label=_t("参加人员"), max_length=200, required=False)
    items = forms.MultipleChoiceField(label=_t("清洁项目"), widget=forms.CheckboxSelectMultiple, required=False)
    score = forms.IntegerField(label=_t("评分（0—100）"), min_value=0, max_value=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds = [f.fact.round_number for f in self.page.facts if isinstance(f.fact, Cleaning) and not f.fact.voided_at]
        self.fields["round_number"].initial = max(rounds, default=0) + 1
        items = self.fields["items"]
        assert isinstance(items, forms.MultipleChoiceField)
        items.choices = [(item, word(item)) for item in clean_items()]


class InsuredForm(RecordForm):
    """A woman on a two-cancer insurance policy."""

    operation = staticmethod(operations.record_insured)
    of_target = Target.INSURANCE
    days = ("first",)
    members_in = ("person",)

    person = person_field(_t("被保险人"))
    policy = forms.ModelChoiceField(
        Policy.objects.order_by("-period", "number"), label=_t("保单"), empty_label=_t("请选择")
    )
    state = forms.ChoiceField(
        label=_t("状态"),
        choices=InsuredPerson.State.choices,
        initial=InsuredPerson.State.ACCEPTED,
        help_text=_t("保险公司承保后才计入完成率，已报名的不计。"),
    )
    first = day_field(_t("保险责任起始日期"), help_text=_t("至保单期满为止。"))


class GrantForm(RecordForm):
    """Aid to a pupil."""

    operation = staticmethod(operations.record_grant)
    of_target = Target.SCHOOLING
    days = ("granted_on",)
    members_in = ("person",)

    person = person_field(_t("受助学生"))
    project = forms.ModelChoiceField(
        AidProject.objects.order_by("name"), label=_t("助学项目"), empty_label=_t("请选择")
    )
    granted_on = day_field(_t("资助日期"))
    amount = forms.DecimalField(label=_t("金额（元；实物填折价）"), max_digits=12, decimal_places=2)
    is_goods = forms.BooleanField(label=_t("实物"), required=False)
    kind = forms.ChoiceField(label=_t("资金来源"), choices=Grant.Kind.choices, initial=Grant.Kind.OTHER, required=False)
    fund = forms.ModelChoiceField(
        Fund.objects.none(), label=_t("支付基金"), required=False, empty_label=_t("（不选）"),
        help_text=_t("资金来源为“基金支付”时选择。"),
    )  # fmt: skip
    donor = forms.ModelChoiceField(
        Donor.objects.none(), label=_t("捐赠人"), required=False, empty_label=_t("（不选）"),
        help_text=_t("资金来源为“捐赠人直接资助”时选择。"),
    )  # fmt: skip
    advanced_by = forms.CharField(label=_t("垫付人"), max_length=60, required=False)
    receipt_no = forms.CharField(label=_t("收据号"), max_length=40, required=False)
    guardian = forms.CharField(
        label=_t("监护人"), max_length=60, required=False, help_text=_t("不填的按户内关系取户主或父母。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fund, donor = self.fields["fund"], self.fields["donor"]
        assert isinstance(fund, forms.ModelChoiceField) and isinstance(donor, forms.ModelChoiceField)
        fund.queryset = Fund.objects.visible_to(self.by).filter(voided_at=None).order_by("name")
        donor.queryset = Donor.objects.offered_to(self.by).filter(voided_at=None).order_by("name")

    def clean_kind(self) -> str:
        """Left open, it is not noted."""
        return self.cleaned_data["kind"] or Grant.Kind.OTHER


class CircumstanceForm(RecordForm):
    """Special circumstances, of the household or of one member."""

    operation = staticmethod(operations.record_circumstance)
    of_target = None
    days = ("first",)
    members_in = ("person",)

    target = forms.ChoiceField(label=_t("说明的任务"), choices=Target.choices)
    person = person_field(
        _t("人员"), required=False, help_text=_t("宣传、清洁按户说明，不选人员；包联、保障、助学按人说明。")
    )
    reason = forms.ChoiceField(label=_t("情况"), choices=SpecialCircumstance.Reason.choices)
    first = day_field(_t("起始日期"))
    last = day_field(_t("结束日期"), required=False, help_text=_t("没有结束的请留空。"))
    approver = forms.CharField(label=_t("审批人"), max_length=60, required=False)
    approved_on = day_field(
        _t("审批日期"), required=False, help_text=_t("审批后才计入“其中已说明”；尚未审批的请留空。")
    )


class VoidForm(forms.Form):
    """Void a fact."""

    reason = forms.CharField(
        label=_t("作废原因"),
        max_length=200,
        validators=[no_numbers],
        help_text=_t("例如：登记错户、日期录错。请勿写证件号码和病情。"),
    )


FORMS: dict[str, type[RecordForm]] = {
    "contact": ContactForm,
    "pairing": PairingForm,
    "cleaning": CleaningForm,
    "insured": InsuredForm,
    "grant": GrantForm,
    "circumstance": CircumstanceForm,
}
