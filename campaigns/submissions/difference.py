"""What was submitted beside the same day counted anew, and why the two differ."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.coverage import Figures
from campaigns.fact_lines import FACT_KINDS
from campaigns.facts import Fact
from campaigns.models import CountingRules, Submission, Target
from campaigns.submissions.progress import thawed
from campaigns.targets import TARGETS, TargetDefinition
from households.access import code_range
from households.models import HouseholdSpell, Membership, Person

_FACTS = {kind.target: kind.model for kind in FACT_KINDS.values() if kind.target is not None}
# What tells from when a target's facts count.
_DAYS = {
    Target.PUBLICITY: "done_on",
    Target.PAIRING: "period__startswith",
    Target.CLEANING: "done_on",
    Target.INSURANCE: "period__startswith",
    Target.SCHOOLING: "granted_on",
}


@dataclass(frozen=True)
class Compared:
    """One target as submitted and as it is counted now for the same day; reasons: why they differ, in words."""

    target: TargetDefinition
    frozen: Figures
    now: Figures
    reasons: list[str]

    @property
    def differs(self) -> bool:
        """Would another figure be submitted today?"""
        return self.frozen != self.now


def differences(submission: Submission) -> list[Compared]:
    """The five targets of a submission, frozen and counted anew."""
    before = thawed(submission)
    now = coverage.as_of([submission.region_id], submission.round.day)[submission.region_id]
    found = []
    for target in TARGETS:
        frozen, current = before.target(target.key), now.target(target.key)
        reasons = _reasons(submission, target) if frozen != current else []
        found.append(Compared(target, frozen, current, reasons))
    return found


def _reasons(submission: Submission, target: TargetDefinition) -> list[str]:
    model, day = _FACTS[target.key], _DAYS[target.key]
    at, place = submission.submitted_at, code_range("village_id", submission.region_id)
    facts = model._default_manager.filter(place, **{f"{day}__lte": submission.round.day})
    counted = (
        (_("上报后补登记%(count)s条"), facts.filter(recorded_at__gt=at, voided_at=None).count()),
        (_("上报后作废%(count)s条"), facts.filter(recorded_at__lte=at, voided_at__gt=at).count()),
        (_("上报后更正%(count)s条"), _corrections(model, day, submission)),
        (_("上报后登记簿中户的情况（村、脱贫属性、起止）变动%(count)s次"), _changes(HouseholdSpell, submission)),
        (_("上报后家庭成员变动%(count)s次"), _changes(Membership, submission)),
        (_("上报后人员信息（出生日期、性别等）更正%(count)s次"), _changes(Person, submission)),
    )
    told = [text % {"count": count} for text, count in counted if count]
    if _rules_changed(submission):
        told.append(_("统计口径有了新的版本"))
    return told or [_("其他变动（如包联人离岗、保单期限、学年、特殊情况说明的改动）")]


def _corrections(model: type[Fact], day: str, submission: Submission) -> int:
    """Records corrected after the submission that are of the round's days, or were: a correction may move one out."""
    at = submission.submitted_at
    stood = model.objects.filter(code_range("village_id", submission.region_id), recorded_at__lte=at, voided_at=None)
    events = model.pgh_event_model.objects.filter(pgh_obj__in=stood.values("pk"))  # type: ignore[attr-defined]
    of_round = events.filter(**{f"{day}__lte": submission.round.day})
    changed = events.filter(pgh_created_at__gt=at, pgh_obj__in=of_round.values("pgh_obj"))
    return int(changed.values("pgh_obj").distinct().count())


def _changes(model: type[HouseholdSpell] | type[Membership] | type[Person], submission: Submission) -> int:
    """Changes of the register after the submission, as its change history has them."""
    events = model.pgh_event_model.objects.filter(pgh_created_at__gt=submission.submitted_at)  # type: ignore[union-attr]
    spells = HouseholdSpell.objects.filter(code_range("village_id", submission.region_id))
    households = spells.values("household")
    if model is HouseholdSpell:
        where = code_range("village_id", submission.region_id)
    elif model is Membership:
        where = Q(household__in=households)
    else:
        where = Q(pgh_obj__in=Membership.objects.filter(household__in=households).values("person"))
    return int(events.filter(where).count())


def _rules_changed(submission: Submission) -> bool:
    if submission.rules is None:
        return CountingRules.objects.exists()
    year = submission.rules.campaign_year_id
    return CountingRules.objects.filter(campaign_year=year, version__gt=submission.rules.version).exists()
