"""The health room's facts on a household's page."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.fact_kinds import FactKind, covering, of_household, of_people, words
from campaigns.models import Claim, ClinicAttendance, GoodsAid, Relief
from households.models import Household, Person


def yuan(amount: object) -> str:
    """Money in words, without needless zeros."""
    return str(_("%(yuan)s元") % {"yuan": f"{amount:.2f}".removesuffix(".00")})


def _relief(fact: Relief) -> tuple[str, str, str]:
    paid = _("%(day)s发放") % {"day": fact.paid_on} if fact.paid_on else _("尚未发放")
    detail = words(fact.programme.name, yuan(fact.amount), fact.donor, fact.decided_by, paid, fact.illness)
    return fact.person.name, f"{fact.decided_on:%Y-%m-%d}", detail


def _goods(fact: GoodsAid) -> tuple[str, str, str]:
    basis = _("计价依据：%(basis)s") % {"basis": fact.get_basis_display()} if fact.basis else ""
    detail = words(fact.get_kind_display(), fact.items, yuan(fact.value), basis, fact.donor)
    return _("全户"), f"{fact.given_on:%Y-%m-%d}", detail


def _attendance(fact: ClinicAttendance) -> tuple[str, str, str]:
    clinic = fact.clinic
    who = fact.person.name if fact.person else fact.woman_name
    return who, f"{clinic.held_on:%Y-%m-%d}", words(clinic.place, clinic.hospital, fact.findings)


def _claim(fact: Claim) -> tuple[str, str, str]:
    amount = yuan(fact.amount) if fact.amount is not None else _("尚未核定")
    paid = _("%(day)s赔付") % {"day": fact.paid_on} if fact.paid_on else _("尚未赔付")
    return fact.insured.person.name, f"{fact.claimed_on:%Y-%m-%d}", words(amount, paid, fact.note)


def _of_insured(household: Household, people: Sequence[Person]) -> Q:
    return Q(insured__person__in=people)


_t = gettext_lazy
FACTS: dict[str, FactKind] = {
    "claim": FactKind(
        _t("理赔"), Claim, None, _of_insured, ("insured__person",), _claim, covering("note"), table="health/claims"
    ),
    "relief": FactKind(
        _t("大病救助"),
        Relief,
        None,
        of_people,
        ("person", "programme"),
        _relief,
        covering("illness"),
        table="health/relief",
    ),
    "goods": FactKind(_t("款物帮扶"), GoodsAid, None, of_household, (), _goods, table="health/goods"),
    "clinic": FactKind(
        _t("义诊"), ClinicAttendance, None, of_people, ("person", "clinic"), _attendance, covering("findings")
    ),
}
