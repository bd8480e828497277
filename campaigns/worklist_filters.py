"""What a list of who is unfinished can be narrowed to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Pairing, Standing
from campaigns.pairing.overdue import overdue_people
from campaigns.targets import TargetDefinition
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person, Region
from households.periods import born_by

ANY = ("", _("全部"))
# Ages in completed years, first and last inclusive.
AGES = {"0-5": (0, 5), "6-15": (6, 15), "16-17": (16, 17), "18-59": (18, 59), "60": (60, 150)}
_AGE_WORDS = {
    "0-5": _("0—5岁"),
    "6-15": _("6—15岁"),
    "16-17": _("16—17岁"),
    "18-59": _("18—59岁"),
    "60": _("60岁及以上"),
}
_NONE, _SOME = "none", "some"


class NarrowingForm(forms.Form):
    """Selects above the list; what cannot be read narrows nothing. `units` of a household have no age or school."""

    state = forms.ChoiceField(
        label=_("特殊情况说明"),
        choices=[ANY, ("open", _("没有说明")), ("explained", _("已说明"))],
        required=False,
    )
    poor = forms.ChoiceField(label=_("脱贫情况"), choices=[ANY, ("1", _("未脱贫户（含返贫、预脱贫）"))], required=False)
    helper = forms.ChoiceField(
        label=_("包联人"), choices=[ANY, (_NONE, _("没有包联人")), (_SOME, _("有包联人"))], required=False
    )
    visit = forms.ChoiceField(label=_("走访"), choices=[ANY, ("overdue", _("逾期未走访"))], required=False)
    age = forms.ChoiceField(label=_("年龄"), choices=[ANY, *_AGE_WORDS.items()], required=False)
    stage = forms.ChoiceField(label=_("学段"), choices=[ANY, *Enrolment.Stage.choices], required=False)

    def __init__(self, asked: Mapping[str, Any], *, target: TargetDefinition) -> None:
        super().__init__(asked)
        self.target = target
        if target.unit == "household":
            del self.fields["age"], self.fields["stage"]
        self.is_valid()

    @property
    def asked(self) -> dict[str, str]:
        """What was chosen, by field."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def helper_asked(self) -> int | None:
        """A single helper's list, reached from her name."""
        value = str(self.data.get("of_helper", ""))
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None

    def narrow(self, rows: QuerySet[Standing], region: Region, day: date) -> QuerySet[Standing]:
        """The rows that fit what was chosen."""
        asked, people = self.asked, self._people(day)
        if state := asked.get("state"):
            rows = rows.filter(_explained(day)) if state == "explained" else rows.exclude(_explained(day))
        if asked.get("poor"):
            rows = rows.filter(Exists(self._poor_home(day)))
        paired = Pairing.objects.filter(
            people("person"), voided_at=None, kind=Pairing.Kind.PERSONAL, period__contains=day
        )
        if (helper := asked.get("helper")) is not None:
            rows = rows.filter(Exists(paired) if helper == _SOME else ~Exists(paired))
        if self.helper_asked is not None:
            rows = rows.filter(Exists(paired.filter(helper=self.helper_asked)))
        if asked.get("visit"):
            overdue = Person.objects.filter(people(""), pk__in=overdue_people(region.code, day))
            rows = rows.filter(Exists(overdue))
        if age := asked.get("age"):
            youngest, oldest = AGES[age]
            born = {"birth_date__lte": born_by(day, youngest), "birth_date__gt": born_by(day, oldest + 1)}
            rows = rows.filter(Exists(Person.objects.filter(pk=OuterRef("unit_id"), **born)))
        if stage := asked.get("stage"):
            at_school = Enrolment.objects.filter(person=OuterRef("unit_id"), stage=stage, period__contains=day)
            rows = rows.filter(Exists(at_school))
        return rows

    def _people(self, day: date) -> Any:
        """Condition on a person (or a path to one): the unit, or who lives in the household that is the unit."""

        def of(path: str) -> Q:
            if self.target.unit == "person":
                return Q(**{path or "pk": OuterRef("unit_id")})
            prefix = f"{path}__" if path else ""
            return Q(
                **{
                    f"{prefix}memberships__household": OuterRef("unit_id"),
                    f"{prefix}memberships__period__contains": day,
                }
            )

        return of

    def _poor_home(self, day: date) -> QuerySet[Any]:
        """The unit's household, not exited from poverty, in the village of the row."""
        if self.target.unit == "household":
            households: QuerySet[Any] = Household.objects.filter(pk=OuterRef(OuterRef("unit_id"))).values("pk")
        else:
            households = Membership.objects.filter(person=OuterRef(OuterRef("unit_id")), period__contains=day).values(
                "household"
            )
        found: QuerySet[Any] = HouseholdSpell.objects.filter(
            household__in=households,
            village=OuterRef("village_code"),
            status__in=HouseholdSpell.UNEXITED,
            period__contains=day,
        )
        return found


def _explained(day: date) -> Q:
    return Q(explained__contains_day=day)
