"""The health room's figures, each counted from the records of a region up to a day."""

from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClinicAttendance, GoodsAid, InsuredPerson, Relief, Standing, Target
from campaigns.room import Asked, Figure
from households.access import code_range
from households.models import Person
from households.periods import age_on


def insured(asked: Asked) -> QuerySet[InsuredPerson]:
    """Accepted on the insurer's list, with cover in force on the day."""
    found: QuerySet[InsuredPerson] = InsuredPerson.objects.filter(
        code_range("village_id", asked.region),
        voided_at=None,
        state=InsuredPerson.State.ACCEPTED,
        period__contains=asked.day,
        policy__period__contains=asked.day,
    )
    return found


def _women_insured(asked: Asked) -> int:
    return insured(asked).values("person").distinct().count()


def _sum_insured(asked: Asked) -> Decimal:
    """The sum of every woman's cover; who is on two policies has both."""
    return insured(asked).aggregate(total=Sum("policy__scheme__sum_insured"))["total"] or Decimal(0)


def _women_uninsured(asked: Asked) -> int:
    """As the worklist of the target counts them."""
    rows = Standing.objects.filter(
        code_range("village_code", asked.region), target=Target.INSURANCE, eligible__contains_day=asked.day
    )
    return rows.exclude(covered__contains_day=asked.day).count()


def _relieved(asked: Asked) -> list[tuple[int, Decimal]]:
    """Person and yuan of every relief decided for a child (under 18 on that day)."""
    rows = asked.rows(Relief, "decided_on").values_list("person", "person__birth_date", "decided_on", "amount")
    return [(person, amount) for person, born, day, amount in rows if age_on(born, day) < 18]


def _relief_children(asked: Asked) -> int:
    return len({person for person, _amount in _relieved(asked)})


def _relief_yuan(asked: Asked) -> Decimal:
    return sum((amount for _person, amount in _relieved(asked)), Decimal(0))


def _goods(asked: Asked) -> QuerySet[GoodsAid]:
    return asked.rows(GoodsAid, "given_on")


def _goods_households(asked: Asked) -> int:
    """Registered ones by household, others by name and village."""
    registered = _goods(asked).filter(household__isnull=False).values("household").distinct().count()
    return registered + _goods(asked).filter(household=None).values("village", "family_name").distinct().count()


def _goods_value(asked: Asked) -> Decimal:
    return _goods(asked).aggregate(total=Sum("value"))["total"] or Decimal(0)


def _clinic_women(asked: Asked) -> int:
    """Women examined, each once: registered ones by person, others by name and village."""
    found = asked.rows(ClinicAttendance, "clinic__held_on").filter(clinic__voided_at=None)
    registered = found.filter(person__sex=Person.Sex.FEMALE).values("person").distinct().count()
    return registered + found.filter(person=None).values("village", "woman_name").distinct().count()


FIGURES = (
    Figure("women_insured", _("“两癌”在保妇女"), _("人"), _women_insured),
    Figure("insured_sum_yuan", _("年度保额"), _("元"), _sum_insured),
    Figure("women_uninsured", _("符合条件未承保"), _("人"), _women_uninsured),
    Figure("relief_children", _("救助大病儿童"), _("人"), _relief_children),
    Figure("relief_yuan", _("大病救助金额"), _("元"), _relief_yuan),
    Figure("donation_households", _("款物帮扶家庭"), _("户"), _goods_households),
    Figure("donation_value_yuan", _("款物价值"), _("元"), _goods_value),
    Figure("clinic_women", _("义诊查体妇女"), _("人"), _clinic_women),
)
