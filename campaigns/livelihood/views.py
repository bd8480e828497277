"""Matching women and offers, and following them: load (scoped), check, call, render."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.days import day_field
from campaigns.household_page import homes
from campaigns.livelihood import matching, operations
from campaigns.livelihood.forms import AdvanceForm
from campaigns.livelihood.room import LIVELIHOOD, demand_words, pay_words
from campaigns.models import Employment, JobOffer
from campaigns.recording import AlreadyRecordedError
from campaigns.views import home_region, region_of, require, ticked
from households.access import Permission, steward
from households.models import Membership, Person, Region, User
from households.wording import word

PAGE_SIZE = 50
# Of one offer's page: how many women may be sent by one press.
MOST_AT_ONCE = 50


@require_safe
@login_required
@never_cache
def show_matching(request: HttpRequest) -> HttpResponse:
    """The open offers, each with how many were sent to it and how many work there."""
    user, day = require(request.user, Permission.RECORD_FACTS), business_date()
    word = request.GET.get("q", "").strip()
    offers = [one for one in matching.open_offers(user, day) if not word or word in f"{one} {one.category}"]
    page = _page_number(request)
    shown = offers[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    lines = [{"offer": one, "pay": pay_words(one), "asks": demand_words(one), **counts} for one, counts in _sent(shown)]
    context = {
        "room": LIVELIHOOD, "lines": lines, "word": word, "day": day, "count": len(offers), "page": page,
        "has_next": len(offers) > page * PAGE_SIZE,
    }  # fmt: skip
    return render(request, "livelihood_matching.html", context)


@steward()
def _sent(offers: list[JobOffer]) -> list[tuple[JobOffer, dict[str, int]]]:
    """Offers with the number of women on their way to it and working there, in all regions: counts only."""
    stage = Employment.Stage
    counted: dict[int, dict[str, int]] = {
        row["offer"]: {"on_way": row["on_way"], "employed": row["employed"]}
        for row in Employment.objects.filter(offer__in=offers, voided_at=None)
        .values("offer")
        .annotate(
            on_way=Count("pk", filter=Q(stage__in=(stage.OFFERED, stage.INTERVIEWED))),
            employed=Count("pk", filter=Q(stage=stage.EMPLOYED)),
        )
    }
    none = {"on_way": 0, "employed": 0}
    return [(one, counted.get(one.pk, none)) for one in offers]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def match_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Which women fit the offer and why, which do not and why not; those chosen are sent to it."""
    user, day = require(request.user, Permission.RECORD_FACTS), business_date()
    offer = _offer(user, pk)
    region = _region(request, user)
    if request.method == "POST":
        _send_women(request, user, offer)
        return redirect(f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path)
    fitting, others = matching.ranked(
        matching.match(woman, offer) for woman in matching.candidates(user, region.code, day)
    )
    unfit, page = request.GET.get("show") == "unfit", _page_number(request)
    chosen = others if unfit else fitting
    context = {
        "room": LIVELIHOOD, "offer": offer, "pay": pay_words(offer), "asks": demand_words(offer), "day": day,
        "matches": chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], "unfit": unfit, "page": page, "region": region,
        "has_next": len(chosen) > page * PAGE_SIZE, "fitting": len(fitting), "others": len(others),
        "regions": _narrower(user), "counts": _sent([offer])[0][1],
        "tracked": Employment.objects.visible_to(user).filter(offer=offer, voided_at=None)
        .select_related("person", "village").order_by("-pk")[:PAGE_SIZE],
    }  # fmt: skip
    return render(request, "livelihood_match_offer.html", context)


def _send_women(request: HttpRequest, user: User, offer: JobOffer) -> None:
    """Send those ticked, each by herself: one that cannot be sent does not keep the others back."""
    chosen = ticked(request.POST.getlist("person")[:MOST_AT_ONCE])
    day = _day(request)
    if day is None or not chosen:
        messages.error(request, _("请勾选至少一名妇女，并填写推荐日期。"))
        return
    sent = 0
    for person in _women(user, chosen):
        household = operations.home_of(person, day)
        try:
            assert household is not None
            operations.offer_job(by=user, household=household, person=person, offer=offer, offered_on=day)
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        except ValidationError as error:
            messages.error(request, f"{person.name}{_('：')}{error.messages[0]}")
        else:
            sent += 1
    if sent:
        messages.success(request, _("已推荐%(count)s人。") % {"count": sent})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def match_woman(request: HttpRequest, pk: int) -> HttpResponse:
    """Which open offers fit a woman and why; the one chosen is recorded."""
    user, day = require(request.user, Permission.RECORD_FACTS), business_date()
    person = next(iter(_women(user, [pk])), None)
    woman = next(iter(_of_scope(user, pk)), None)
    if person is None or woman is None:
        raise Http404
    if request.method == "POST":
        offer = _offer(user, next(iter(ticked([request.POST.get("offer", "")])), 0))
        _send_women_to(request, user, person, offer)
        return redirect("livelihood_match_woman", pk)
    fitting, others = matching.ranked(matching.match(woman, offer) for offer in matching.open_offers(user, day))
    unfit, page = request.GET.get("show") == "unfit", _page_number(request)
    chosen_ones = others if unfit else fitting
    matches = chosen_ones[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    context = {
        "room": LIVELIHOOD, "woman": woman, "day": day, "unfit": unfit, "page": page, "education": word(woman.education),
        "labour": word(woman.labour) if woman.is_told else "",
        "lines": [{"match": one, "pay": pay_words(one.offer), "asks": demand_words(one.offer)} for one in matches],
        "has_next": len(chosen_ones) > page * PAGE_SIZE, "fitting": len(fitting), "others": len(others),
    }  # fmt: skip
    return render(request, "livelihood_match_woman.html", context)


def _send_women_to(request: HttpRequest, user: User, person: Person, offer: JobOffer) -> None:
    day = _day(request)
    household = operations.home_of(person, day) if day else None
    if day is None or household is None:
        messages.error(request, _("请填写推荐日期。"))
        return
    try:
        operations.offer_job(by=user, household=household, person=person, offer=offer, offered_on=day)
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已推荐%(count)s人。") % {"count": 1})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_employment(request: HttpRequest, pk: int) -> HttpResponse:
    """One woman's way to one job, and the form of its next step."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    job: Employment = get_object_or_404(
        Employment.objects.visible_to(user).select_related("person", "offer__enterprise", "village", "recorded_by"),
        pk=pk,
    )
    may_go_on = user.may(Permission.RECORD_FACTS) and job.voided_at is None and bool(operations.NEXT[job.stage])
    form = AdvanceForm(request.POST or None, job=job) if may_go_on else None
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        if form is None:
            messages.info(request, _("这条记录不能再跟踪。"))
            return redirect("livelihood_employment", pk)
        if form.is_valid() and _advanced(request, user, job, form):
            return redirect("livelihood_employment", pk)
    stages = [
        (stage.label, getattr(job, f"{stage}_on"))
        for stage in Employment.Stage
        if getattr(job, f"{stage}_on") is not None
    ]
    household = homes(user).filter(household__in=_households_of(job.person)).first()
    context = {"room": LIVELIHOOD, "job": job, "form": form, "stages": stages, "home": household}
    return render(request, "livelihood_employment.html", context)


def _advanced(request: HttpRequest, user: User, job: Employment, form: AdvanceForm) -> bool:
    household = operations.home_of(job.person, form.cleaned_data["day"])
    assert household is not None
    told = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    try:
        operations.advance(by=user, household=household, employment=job, **told)
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    else:
        messages.success(request, _("已登记新的进展。"))
    return True


@require_safe
@login_required
@never_cache
def show_home(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the household in which a person lives."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    person = get_object_or_404(Person, pk=pk)
    home = get_object_or_404(homes(user).filter(household__in=_households_of(person))[:1])
    return redirect("household", home.household_id)


def _households_of(person: Person) -> Any:
    """Her present household, else her last one."""
    household = operations.home_of(person, business_date())
    return [household.pk] if household else []


def _offer(user: User, pk: int) -> JobOffer:
    found = JobOffer.objects.offered_to(user).filter(voided_at=None).select_related("enterprise", "region", "place")
    offer: JobOffer = get_object_or_404(found, pk=pk)
    return offer


def _women(user: User, pks: list[int]) -> list[Person]:
    """Those of the people who live in the user's regions."""
    inside = homes(user).filter(household__in=Membership.objects.filter(person__in=pks).values("household"))
    members = Membership.objects.filter(
        person__in=pks, household__in=inside.values("household"), period__contains=business_date()
    )
    return list(Person.objects.filter(pk__in=members.values("person")).order_by("pk"))


def _of_scope(user: User, pk: int) -> list[matching.Candidate]:
    return [one for code in user.regions for one in matching.candidates(user, code, business_date(), person=pk)]


def _region(request: HttpRequest, user: User) -> Region:
    code = request.GET.get("region", "")
    return region_of(user, code) if code else home_region(user)


def _narrower(user: User) -> list[Region]:
    """The user's regions and the next two levels down, villages left out but her own."""
    visible = Region.objects.visible_to(user)
    own = visible.filter(code__in=user.regions)
    return list((visible.exclude(level=Region.Level.VILLAGE) | own).order_by("code"))


def _day(request: HttpRequest) -> Any:
    try:
        return day_field("", required=True).clean(request.POST.get("offered_on", ""))
    except ValidationError:
        return None


def _page_number(request: HttpRequest) -> int:
    number = next(iter(ticked([request.GET.get("page", "1")])), 0)
    if not 1 <= number <= 10_000:
        raise Http404
    return number
