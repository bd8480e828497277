"""Forms of events and participants, of counting rules and campaign years."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.days import day_field
from campaigns.models import CampaignYear, CountingRules, Event, Participant
from campaigns.organisation.counting import rule_fields
from campaigns.organisation.ledger import LEVELS, POINTS, ROLES, SEPARATORS
from campaigns.organisation.operations import Entrant
from campaigns.organisation.years import DAYS
from campaigns.records.forms import EntryForm, RegionField
from households.codes import plain
from households.intake.columns import Doubt
from households.models import Region, User
from households.roster.names import clean_name
from households.versioned_forms import VersionedForm

MOST_LINES = 300


class EventForm(EntryForm):
    """An event."""

    class Meta:
        model = Event
        fields = ("name", "kind", "first_day", "last_day", "place", "organiser", "headcount", "region", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].required = False
        self.fields["last_day"].initial = None
        self.fields["last_day"].help_text = _("只有一天的可以留空。")

    def clean_last_day(self) -> Any:
        """An event of one day ends on it."""
        return self.cleaned_data["last_day"] or self.cleaned_data.get("first_day")


class ParticipantForm(VersionedForm):
    """One participant."""

    class Meta:
        model = Participant
        fields = ("name", "unit", "level", "role", "score", "region")

    def __init__(self, *args: Any, by: User, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.event = event
        places = Region.objects.visible_to(by).exclude(level=Region.Level.VILLAGE).order_by("code")
        self.fields["region"] = RegionField(places, label=_("来自"), initial=event.region_id, empty_label=None)

    def _get_validation_exclusions(self) -> set[str]:
        # Whether she is on the list twice depends on the event and on being valid.
        return super()._get_validation_exclusions() - {"event", "voided_at"}  # type: ignore[misc]

    @property
    def entrant(self) -> Entrant:
        """What was entered."""
        return Entrant(**self.cleaned_data)


class PasteForm(forms.Form):
    """Several participants, one a line: name, unit, level, role, score, parted by tabs, commas or blanks."""

    lines = forms.CharField(
        label=_t("粘贴多人"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_t(
            "一人一行：姓名、单位、级别、身份、得分，用逗号、顿号、空格或制表符分开；可以从表格中直接复制。后面几项可以不写。"
        ),
    )

    def clean_lines(self) -> list[Entrant]:
        """All lines or none: what cannot be read is told with its number."""
        entrants, wrong = [], []
        lines = [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("一次最多粘贴%(count)s行，请分几次。") % {"count": MOST_LINES})
        for number, line in enumerate(lines, start=1):
            try:
                entrants.append(_entrant(line))
            except ValueError as error:
                wrong.append(_("第%(number)s行：%(why)s") % {"number": number, "why": error})
        if wrong:
            raise forms.ValidationError(wrong)
        return entrants


def _parts(line: str) -> list[str]:
    """The columns of a pasted line: by tabs as a table copies them, else by commas, else by blanks."""
    for separator in SEPARATORS:
        if separator in line:
            return [part.strip() for part in line.split(separator)]
    return line.split()


def _entrant(line: str) -> Entrant:
    """One pasted line; ValueError in words for the officer."""
    name, *rest = _parts(line)
    cleaned = clean_name(name)
    if isinstance(cleaned, Doubt):
        raise ValueError(_("“%(text)s”不像姓名，请把姓名写在最前面。") % {"text": name[:20]})
    values: dict[str, Any] = {}
    for part in rest:
        if not part:
            continue
        field, value = _meant(part)
        if field in values:
            raise ValueError(_("“%(text)s”看不出是哪一项。") % {"text": part[:20]})
        values[field] = value
    if len(values.get("unit", "")) > 100:
        raise ValueError(_("单位过长。"))
    return Entrant(name=cleaned, **values)


def _meant(part: str) -> tuple[str, Any]:
    """Which column a pasted word belongs to; a number is a score, a word that is no level or role is the unit."""
    for field, words in (("level", LEVELS), ("role", ROLES)):
        for value, names in words.items():
            if plain(part) in map(plain, names):
                return field, str(value)
    try:
        score = Decimal(part.removesuffix(POINTS))
    except InvalidOperation:
        return "unit", part
    if not 0 <= score <= 100:
        raise ValueError(_("得分应在0到100之间。"))
    return "score", score


class YearForm(forms.ModelForm):
    """The days of a campaign year."""

    class Meta:
        model = CampaignYear
        fields = DAYS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DAYS:
            self.fields[name] = day_field(self.fields[name].label)


class NextYearForm(YearForm):
    """The next year's days, and whether the insurance schemes go with it."""

    with_schemes = forms.BooleanField(
        label=_t("同时复制保险方案（年龄、保额不变，日期顺延一年）"), required=False, initial=True
    )


def rule_form_field(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Lists of choices as boxes to tick; everything else as the model has it."""
    if isinstance(field, ArrayField) and field.base_field.flatchoices:
        return forms.MultipleChoiceField(
            label=field.verbose_name,
            choices=list(field.base_field.flatchoices),
            widget=forms.CheckboxSelectMultiple,
            required=not field.blank,
        )
    return field.formfield(**options)


class RulesForm(forms.ModelForm):
    """The next version, beginning as the one in force. `based_on`: the version it was opened on."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_t("修改原因"), max_length=200, help_text=_t("例如：市里通知明确书信不计入宣传到户。")
    )

    class Meta:
        model = CountingRules
        fields: tuple[str, ...] = tuple(field.name for field in rule_fields())
        formfield_callback = rule_form_field

    def _post_clean(self) -> None:
        """The model checks the new version when it is saved: this form only reads values."""

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, by field."""
        return {field.name: self.cleaned_data[field.name] for field in rule_fields()}
