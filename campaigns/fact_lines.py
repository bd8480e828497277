"""A household's recorded facts as lines of one table, in the order of the six actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.cleaning.facts import FACTS as OF_CLEANING
from campaigns.fact_kinds import FactKind, covering, of_either, of_household, of_people, uncounted, words
from campaigns.facts import Fact, Photo
from campaigns.health.facts import FACTS as HEALTH_FACTS
from campaigns.livelihood.facts import FACTS as LIVELIHOOD_FACTS
from campaigns.models import Cleaning, Contact, Grant, InsuredPerson, Pairing, SpecialCircumstance, Target
from campaigns.pairing.facts import FACTS as OF_PAIRING
from campaigns.recording import days_text
from campaigns.survey.facts import FACTS as OF_SURVEYS
from households.models import Household, Person
from households.wording import listed, word


@dataclass(frozen=True)
class FactLine:
    """One recorded fact: `who` it is about, `days` and `detail` in words; its photos, where its kind has any."""

    kind: str
    title: str | Promise
    fact: Fact
    who: str
    days: str
    detail: str
    photos: tuple[Photo, ...] = ()

    @property
    def correction_url(self) -> str:
        """Where it is corrected, "" for what is only voided."""
        table = FACT_KINDS[self.kind].table
        return reverse("record_edit", args=[*table.split("/"), self.fact.pk]) if table else ""

    @property
    def photos_url(self) -> str:
        """Where its photos are added and voided, "" for what has no such page."""
        return reverse(f"{self.kind}_photos", args=[self.fact.pk]) if self.kind in _WITH_PHOTO_PAGE else ""


_WITH_PHOTO_PAGE = ("contact", "cleaning")


def facts_of(kind: FactKind, household: Household, people: Sequence[Person]) -> QuerySet[Any]:
    """Facts of one kind of a household (whose visibility the caller has checked) and of its members."""
    found: QuerySet[Any] = kind.model.objects.filter(kind.belongs(household, people))
    return found


def fact_lines(household: Household, people: Sequence[Person], *, sensitive: bool) -> list[FactLine]:
    """All facts, newest first within a kind, voided ones among them. `sensitive`: may the viewer see illness?"""
    return [
        fact_line(key, fact, sensitive=sensitive)
        for key, kind in FACT_KINDS.items()
        for fact in _shown(kind, facts_of(kind, household, people))
    ]


def _shown(kind: FactKind, found: QuerySet[Any]) -> QuerySet[Any]:
    """With what a line tells, in a fixed number of queries."""
    found = found.select_related(*kind.related, "recorded_by").order_by("-pk")
    return found.prefetch_related("photos") if hasattr(kind.model, "photos") else found


def fact_line(key: str, fact: Any, *, sensitive: bool) -> FactLine:
    """One fact in words."""
    kind = FACT_KINDS[key]
    if not sensitive:
        kind.hide(fact)
    return FactLine(key, kind.title, fact, *kind.tell(fact), photos=_photos(fact))


def _photos(fact: Any) -> tuple[Photo, ...]:
    """The valid photos of a valid fact, whose model has them under that name."""
    if fact.voided_at is not None or not hasattr(fact, "photos"):
        return ()
    return tuple(photo for photo in fact.photos.all() if photo.voided_at is None)


def _contact(fact: Contact) -> tuple[str, str, str]:
    who = fact.attended_by.name if fact.attended_by else _("全户")
    return who, f"{fact.done_on:%Y-%m-%d}", words(fact.get_kind_display(), fact.place, fact.speaker)


def _pairing(fact: Pairing) -> tuple[str, str, str]:
    helper = fact.helper
    detail = words(
        fact.get_kind_display(),
        helper.name,
        helper.unit,
        helper.post,
        helper.phone,
        uncounted(fact.kind == fact.Kind.PERSONAL),
    )
    return fact.person.name, days_text(fact.period), detail


def _cleaning(fact: Cleaning) -> tuple[str, str, str]:
    score = _("评分%(score)s") % {"score": fact.score} if fact.score is not None else ""
    round_number = _("第%(number)s轮") % {"number": fact.round_number}
    return (
        _("全户"),
        f"{fact.done_on:%Y-%m-%d}",
        words(round_number, fact.helpers, listed(map(word, fact.items)), score),
    )


def _insured(fact: InsuredPerson) -> tuple[str, str, str]:
    policy = fact.policy
    number = _("保单号%(number)s") % {"number": policy.number}
    detail = words(fact.get_state_display(), fact.reason_refused, policy.scheme.name, number)
    return fact.person.name, days_text(fact.period), detail


def _grant(fact: Grant) -> tuple[str, str, str]:
    if fact.amount is None:
        yuan = _("实物，折价未填") if fact.is_goods else _("金额未填")
    else:
        amount = _("实物，折价%(yuan)s元") if fact.is_goods else _("%(yuan)s元")
        yuan = amount % {"yuan": f"{fact.amount.normalize():f}"}
    payer = fact.get_kind_display() if fact.kind != fact.Kind.OTHER else ""
    detail = words(fact.project.name, yuan, payer, fact.fund, fact.donor, uncounted(fact.project.counts))
    return fact.person.name, f"{fact.granted_on:%Y-%m-%d}", detail


def _circumstance(fact: SpecialCircumstance) -> tuple[str, str, str]:
    approved = _("尚未审批，不计入已说明")
    if fact.approved_on:
        approved = _("审批：%(name)s %(day)s") % {"name": fact.approver, "day": fact.approved_on}
    who = fact.person.name if fact.person else _("全户")
    return who, days_text(fact.period), words(fact.get_target_display(), fact.get_reason_display(), approved)


def _hide_illness(fact: SpecialCircumstance) -> None:
    if fact.reason == fact.Reason.ILL:
        fact.reason = _("已登记")


_t = gettext_lazy
FACT_KINDS: dict[str, FactKind] = {
    "contact": FactKind(
        _t("宣传"), Contact, Target.PUBLICITY, of_household, ("attended_by",), _contact, table="publicity/contacts"
    ),
    "pairing": FactKind(
        _t("结对包联"), Pairing, Target.PAIRING, of_people, ("person", "helper"), _pairing, table="pairing/pairings"
    ),
    "cleaning": FactKind(
        _t("家居清洁"), Cleaning, Target.CLEANING, of_household, (), _cleaning, table="cleaning/cleanings"
    ),
    "insured": FactKind(
        _t("“两癌”投保"),
        InsuredPerson,
        Target.INSURANCE,
        of_people,
        ("person", "policy__scheme"),
        _insured,
        covering("refusal_reason"),
        table="health/insured",
    ),
    **HEALTH_FACTS,
    "grant": FactKind(
        _t("助学"),
        Grant,
        Target.SCHOOLING,
        of_people,
        ("person", "project", "fund", "donor"),
        _grant,
        table="schooling/grants",
    ),
    "circumstance": FactKind(
        _t("特殊情况说明"),
        SpecialCircumstance,
        None,
        of_either,
        ("person", "household"),
        _circumstance,
        _hide_illness,
        table="survey/circumstances",
    ),
    **LIVELIHOOD_FACTS,
    **OF_SURVEYS,
    **OF_PAIRING,
    **OF_CLEANING,
}
