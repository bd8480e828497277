"""Forms that record the room's facts on a household's page, and those of its working pages."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.forms import RecordForm, person_field
from campaigns.livelihood import operations
from campaigns.livelihood.models import Attendance, Employment, TrainingSession
from campaigns.records.forms import RegionField
from households.access import code_range
from households.models import HouseholdSpell, Region, User


class SessionField(forms.ModelChoiceField):
    """Sessions told by day, course and place."""

    def label_from_instance(self, obj: TrainingSession) -> str:
        return " ".join(filter(None, (str(obj), obj.place)))


class AttendanceForm(RecordForm):
    """A member was on a session's list."""

    operation = staticmethod(operations.record_attendance)
    of_target = None
    days = ()
    members_in = ("person",)

    person = person_field(_t("学员"))
    session = SessionField(TrainingSession.objects.none(), label=_t("培训场次"), empty_label=_t("请选择"))
    mark = forms.ChoiceField(label=_t("签到"), choices=Attendance.Mark.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.fields["session"]
        assert isinstance(session, forms.ModelChoiceField)
        held = TrainingSession.objects.offered_to(self.by).filter(voided_at=None, day__lte=business_date())
        session.queryset = held.select_related("project").order_by("-day", "pk")


class EmploymentForm(RecordForm):
    """A member works."""

    operation = staticmethod(operations.record_employment)
    of_target = None
    days = ("employed_on",)
    members_in = ("person",)

    person = person_field(_t("就业人员"))
    form = forms.ChoiceField(label=_t("就业形式"), choices=Employment.Form.choices)
    title = forms.CharField(label=_t("岗位"), max_length=60)
    enterprise = forms.CharField(
        label=_t("企业（雇主）"), max_length=100, required=False, help_text=_t("居家就业、自主创业可以不填。")
    )
    handicraft = forms.BooleanField(label=_t("手工产业"), required=False)
    employed_on = day_field(_t("就业日期"))
    left_on = day_field(_t("离岗日期"), required=False, help_text=_t("仍在岗的请留空。"))
    income_before = forms.DecimalField(
        label=_t("就业前月收入（元）"), max_digits=10, decimal_places=2, min_value=0, required=False
    )
    income_after = forms.DecimalField(
        label=_t("就业后月收入（元）"), max_digits=10, decimal_places=2, min_value=0, required=False
    )


class PlanForm(RecordForm):
    """A need of microcredit and the planned project."""

    operation = staticmethod(operations.record_plan)
    of_target = None
    days = ("told_on",)
    members_in = ("person",)

    person = person_field(_t("妇女"))
    told_on = day_field(_t("登记日期"))
    wants_loan = forms.BooleanField(
        label=_t("有小额贷款需求"), required=False, help_text=_t("登记的是需求，不是已经发放的贷款。")
    )
    loan_amount = forms.DecimalField(
        label=_t("需求金额（元）"), max_digits=10, decimal_places=2, min_value=1, required=False
    )
    project = forms.CharField(
        label=_t("谋划的产业项目"), max_length=100, required=False, help_text=_t("还没有谋划的请留空。")
    )
    planned_on = day_field(_t("谋划日期"), required=False)
    helped_by = forms.CharField(label=_t("帮助谋划人"), max_length=60, required=False)


FORMS: dict[str, type[RecordForm]] = {"attendance": AttendanceForm, "employment": EmploymentForm, "plan": PlanForm}


class AdvanceForm(forms.Form):
    """The next step of a woman on her way to a job."""

    stage = forms.ChoiceField(label=_t("新的进展"), widget=forms.RadioSelect)
    day = day_field(_t("日期"))
    income_before = forms.DecimalField(
        label=_t("就业前月收入（元）"), max_digits=10, decimal_places=2, min_value=0, required=False
    )
    income_after = forms.DecimalField(
        label=_t("就业后月收入（元）"), max_digits=10, decimal_places=2, min_value=0, required=False
    )
    remark = forms.CharField(label=_t("原因或说明"), max_length=200, required=False)

    def __init__(self, *args: Any, job: Employment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage, day = self.fields["stage"], self.fields["day"]
        assert isinstance(stage, forms.ChoiceField)
        stage.choices = [(str(one), str(one.label)) for one in operations.NEXT[job.stage]]
        stage.initial = stage.choices[0][0] if stage.choices else None
        day.initial = business_date()
        if job.stage == Employment.Stage.EMPLOYED:  # the income before is told when she begins
            del self.fields["income_before"]


class PlaceForm(forms.Form):
    """Which of the user's regions, and a name's beginning, which travels by POST only."""

    region = RegionField(Region.objects.none(), label=_t("所在村镇"))
    word = forms.CharField(label=_t("姓名"), max_length=60, required=False)

    def __init__(self, *args: Any, by: User, near: str, **kwargs: Any) -> None:
        """Counties and townships of the user inside `near` (a code), and the villages there that have households."""
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, RegionField)
        visible = Region.objects.visible_to(by).filter(code_range("code", near))
        lived_in = HouseholdSpell.objects.filter(village=OuterRef("code"), period__contains=business_date())
        villages = visible.filter(Exists(lived_in))
        region.queryset = (visible.exclude(level=Region.Level.VILLAGE) | villages).order_by("code")
        region.empty_label = _("请选择")


class GuestsForm(forms.Form):
    """People outside the register who were there: one name a line."""

    guests = forms.CharField(
        label=_t("未登记学员姓名"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        help_text=_t("登记簿以外的学员，一行一个姓名。只按姓名记下，不会登记为建档立卡人员。"),
    )
    region = RegionField(Region.objects.none(), label=_t("所在村镇"), empty_label=None)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, RegionField)
        visible = Region.objects.visible_to(by)
        own = visible.filter(code__in=by.regions)
        region.queryset = (visible.exclude(level=Region.Level.VILLAGE) | own).order_by("code")

    def clean_guests(self) -> list[str]:
        """The names, each once; one that stands twice is not dropped in silence."""
        names = [name.strip() for name in self.cleaned_data["guests"].splitlines() if name.strip()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise forms.ValidationError(
                _("“%(names)s”写了不止一次；确是同名的两人，请在姓名后加“大”“小”等字区分。")
                % {"names": "、".join(twice)}
            )
        return names
