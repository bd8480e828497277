"""Forms of a round through a village."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.fact_kinds import uncounted, words
from campaigns.models import Contact
from campaigns.publicity.rounds import counting_kinds, villages_with_households
from campaigns.records.forms import RegionField
from households.models import Region, User


class RoundForm(forms.Form):
    """What is the same for every household of the round. Field names are the parameters of rounds.open_round."""

    village = RegionField(Region.objects.none(), label=_("村"), empty_label=_("请选择"))
    kind = forms.ChoiceField(label=_("宣传方式"), choices=Contact.Kind.choices)
    done_on = day_field(_("日期"))
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    speaker = forms.CharField(label=_("宣讲人"), max_length=60, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = villages_with_households(by)
        field = self.fields["village"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = villages
        first = list(villages[:2])
        field.initial = first[0].pk if len(first) == 1 else None
        self.fields["done_on"].initial = business_date()
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        counting = counting_kinds()
        kind.choices = [(one.value, words(one.label, uncounted(one.value in counting))) for one in Contact.Kind]
