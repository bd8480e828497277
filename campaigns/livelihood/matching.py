"""Which registered women fit an offer, and which offers fit a woman: rules that say their reasons in words.

A rule looks at one woman and one offer and says one thing, or nothing. Another source (what she wished for in a survey)
is one more field of Candidate and one more rule in RULES. Nobody is decided by this: it is for a person to choose.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.livelihood.job_words import NO_LABOUR, NOT_AT_SCHOOL, SCHOOLED, SKILLED, WEAK_LABOUR
from campaigns.livelihood.models import Attendance, Education, Employment, JobOffer
from campaigns.livelihood.operations import LEAST_AGE
from households.access import Permission, code_range
from households.models import HouseholdSpell, Membership, Person, User
from households.periods import age_on
from households.wording import word

_ASKED = {Education.PRIMARY: 1, Education.JUNIOR: 2, Education.SENIOR: 3, Education.COLLEGE: 4, Education.BACHELOR: 5}
_NEAR = {12: 0, 9: 1, 6: 2, 4: 3}


class Verdict(IntEnum):
    """What one rule says: for her, neutral, to be asked, against."""

    PLUS = 0
    FITS = 1
    ASK = 2
    AGAINST = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's word."""

    verdict: Verdict
    words: str


@dataclass(slots=True)
class Candidate:
    """A registered woman on a day, with what the rules look at. jobs: what she does or was sent to; is_told: may the viewer
    read what is registered of her labour capacity, or only what follows from it?"""

    pk: int
    name: str
    age: int
    education: str
    labour: str
    school_status: str
    village: str
    place: str
    household_id: int
    is_told: bool = True
    jobs: list[Employment] = field(default_factory=list)
    trained: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Match:
    """A woman beside an offer. far: 0 the same village … 4 another city."""

    woman: Candidate
    offer: JobOffer
    reasons: tuple[Reason, ...]
    far: int

    @property
    def fits(self) -> bool:
        """Does nothing speak against it?"""
        return all(one.verdict is not Verdict.AGAINST for one in self.reasons)

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Fewest open questions, most that speaks for it, nearest."""
        verdicts = [one.verdict for one in self.reasons]
        return verdicts.count(Verdict.ASK), -verdicts.count(Verdict.PLUS), self.far, self.woman.name


type Rule = Callable[[Candidate, JobOffer], Reason | None]


def _sex(_woman: Candidate, offer: JobOffer) -> Reason | None:
    if offer.sex == Person.Sex.MALE:
        return Reason(Verdict.AGAINST, _("只招男性"))
    return None


def _age(woman: Candidate, offer: JobOffer) -> Reason:
    low, high = max(offer.age_from or LEAST_AGE, LEAST_AGE), offer.age_to
    told = {"age": woman.age, "low": low, "high": high}
    if woman.age < low:
        return Reason(Verdict.AGAINST, _("%(age)s周岁，不到%(low)s周岁") % told)
    if high is not None and woman.age > high:
        return Reason(Verdict.AGAINST, _("%(age)s周岁，超过%(high)s周岁") % told)
    if high is None:
        return Reason(Verdict.FITS, _("%(age)s周岁，符合年龄要求") % told)
    return Reason(Verdict.FITS, _("%(age)s周岁，在%(low)s—%(high)s周岁之内") % told)


def _labour(woman: Candidate, offer: JobOffer) -> Reason:
    """Her labour capacity; to who may not see what is registered, only what follows from it."""
    reason = _labour_told(woman, offer)
    if woman.is_told or not woman.labour:
        return reason
    follows = {
        Verdict.PLUS: _("有劳动技能"),
        Verdict.FITS: _("劳动能力合适"),
        Verdict.ASK: _("能否胜任，请先了解"),
        Verdict.AGAINST: _("登记的劳动能力不合适"),
    }
    return Reason(reason.verdict, follows[reason.verdict])


def _labour_told(woman: Candidate, offer: JobOffer) -> Reason:
    told = {"labour": word(woman.labour)}
    if woman.labour in NO_LABOUR:
        if offer.handicraft:  # many do handicraft at home nevertheless
            return Reason(Verdict.ASK, _("登记为%(labour)s，手工可居家做的，请先问本人") % told)
        return Reason(Verdict.AGAINST, _("登记为%(labour)s") % told)
    if woman.labour == WEAK_LABOUR:
        return Reason(Verdict.FITS if offer.handicraft else Verdict.ASK, _("登记为%(labour)s，请了解能否胜任") % told)
    if not woman.labour:
        return Reason(Verdict.ASK, _("劳动能力没有登记，请先了解"))
    return Reason(Verdict.PLUS if woman.labour == SKILLED else Verdict.FITS, word(woman.labour))


def _schooling(woman: Candidate, offer: JobOffer) -> Reason | None:
    if not offer.education:
        return None
    told = {"education": word(woman.education), "asked": offer.get_education_display()}
    has = SCHOOLED.get(woman.education)
    if has is None:
        return Reason(Verdict.ASK, _("学历没有登记，岗位要求%(asked)s") % told)
    if has < _ASKED[Education(offer.education)]:
        return Reason(Verdict.AGAINST, _("学历%(education)s，岗位要求%(asked)s") % told)
    return Reason(Verdict.FITS, _("学历%(education)s，符合%(asked)s") % told)


def _pupil(woman: Candidate, _offer: JobOffer) -> Reason | None:
    if woman.school_status and woman.school_status != NOT_AT_SCHOOL:
        return Reason(Verdict.AGAINST, _("在校学生"))
    return None


def _occupied(woman: Candidate, offer: JobOffer) -> Reason | None:
    stage = Employment.Stage
    for job in woman.jobs:
        where = " ".join(filter(None, (job.enterprise, job.title)))
        if job.stage in (stage.OFFERED, stage.INTERVIEWED) and job.offer_id == offer.pk:
            return Reason(Verdict.AGAINST, _("已推荐到这个岗位（%(stage)s）") % {"stage": job.get_stage_display()})
        if job.stage == stage.EMPLOYED:
            return Reason(Verdict.AGAINST, _("已就业：%(job)s") % {"job": where})
    for job in woman.jobs:
        where = " ".join(filter(None, (job.enterprise, job.title)))
        if job.stage in (stage.DECLINED, stage.LEFT) and job.offer_id == offer.pk:
            return Reason(Verdict.ASK, _("曾推荐到这个岗位（%(stage)s）") % {"stage": job.get_stage_display()})
        if job.stage in (stage.OFFERED, stage.INTERVIEWED):
            return Reason(Verdict.ASK, _("正在推荐其他岗位：%(job)s") % {"job": where})
    return None


def _skill(woman: Candidate, offer: JobOffer) -> Reason | None:
    if offer.handicraft and "handicraft" in woman.trained:
        return Reason(Verdict.PLUS, _("参加过手工技能培训"))
    if not offer.handicraft and "other" in woman.trained:
        return Reason(Verdict.PLUS, _("参加过技能培训"))
    return None


def _distance(woman: Candidate, offer: JobOffer) -> Reason:
    words = (
        _("工作地点在本村"),
        _("工作地点在本乡镇"),
        _("工作地点在本县（市、区）"),
        _("工作地点在外县（市、区）"),
        _("工作地点在市外"),
    )
    far = distance(woman.village, place_of(offer))
    return Reason(Verdict.ASK if far > 2 else Verdict.FITS, words[far])


RULES: tuple[Rule, ...] = (_sex, _age, _pupil, _occupied, _labour, _schooling, _skill, _distance)


def place_of(offer: JobOffer) -> str:
    """Where the work is, as far as it is known."""
    return offer.place_id or offer.region_id


def distance(village: str, place: str) -> int:
    """Steps up the tree of regions until both are inside: 0 village, 1 township, 2 county, 3 city, 4 beyond.

    A place known only to its county is not nearer than that.
    """
    for digits, far in _NEAR.items():
        if len(place) >= digits and place[:digits] == village[:digits]:
            return far
    return 4


def match(woman: Candidate, offer: JobOffer) -> Match:
    """All that the rules say."""
    reasons = tuple(reason for rule in RULES if (reason := rule(woman, offer)) is not None)
    return Match(woman, offer, reasons, distance(woman.village, place_of(offer)))


def candidates(user: User, region: str, day: date, *, person: int | None = None) -> list[Candidate]:
    """The registered women of 16 and older of a region inside the user's, on a day."""
    spells = HouseholdSpell.objects.visible_to(user).filter(code_range("village_id", region), period__contains=day)
    if person is not None:
        spells = spells.filter(household__in=Membership.objects.filter(person=person).values("household"))
    home = {
        spell.household_id: spell
        for spell in spells.exclude(status=HouseholdSpell.Status.REMOVED).select_related("village")
    }
    members = Membership.objects.filter(
        household__in=list(home), period__contains=day, person__sex=Person.Sex.FEMALE, person__merged_into=None
    )
    if person is not None:
        members = members.filter(person=person)
    found = {}
    for row in members.values(
        "person_id", "household_id", "person__name", "person__birth_date", "person__education", "person__labour",
        "person__school_status",
    ):  # fmt: skip
        age, spell = age_on(row["person__birth_date"], day), home[row["household_id"]]
        if age >= LEAST_AGE:
            found[row["person_id"]] = Candidate(
                row["person_id"], row["person__name"], age, row["person__education"], row["person__labour"],
                row["person__school_status"], spell.village_id, spell.village.path, row["household_id"],
                user.may(Permission.VIEW_SENSITIVE),
            )  # fmt: skip
    _add_history(found, day)
    return list(found.values())


def _add_history(found: dict[int, Candidate], day: date) -> None:
    """What the women do, were sent to, and have learnt."""
    for job in Employment.objects.filter(person__in=list(found), voided_at=None).order_by("pk"):
        found[job.person_id].jobs.append(job)
    came = Attendance.objects.filter(
        person__in=list(found), voided_at=None, mark__in=Attendance.CAME, session__voided_at=None, session__day__lte=day
    )
    for person, kind in came.values_list("person_id", "session__project__kind"):
        found[person].trained.add(kind)


def open_offers(user: User, day: date) -> list[JobOffer]:
    """The valid offers of the day that the user's regions hold or are offered, newest first."""
    found = JobOffer.objects.offered_to(user).filter(
        Q(open_until=None) | Q(open_until__gte=day), voided_at=None, open_from__lte=day
    )
    return list(found.select_related("enterprise", "region", "place").order_by("-open_from", "-pk"))


def ranked(matches: Iterable[Match]) -> tuple[list[Match], list[Match]]:
    """Those that fit, best first, and those that do not."""
    every = sorted(matches, key=lambda one: one.order)
    return [one for one in every if one.fits], [one for one in every if not one.fits]
