"""The register's pages: the list of households and one household."""

import base64

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import coverage, tasks
from campaigns.business_day import business_date
from campaigns.dashboard import trail
from campaigns.data_request_page import open_of
from campaigns.fact_lines import FACT_KINDS
from campaigns.forms import SearchForm
from campaigns.household_page import PERSON_TARGETS, homes, household_list, household_page
from campaigns.splitting import offer_for
from campaigns.targets import BY_KEY
from campaigns.views import home_region, region_of, require
from households import encryption, identity
from households.access import Permission
from households.audit.recording import shown
from households.models import HouseholdSpell, Region, User

# What is recorded most often beside the targets, whose buttons stand beside their figures; the others are folded away.
USUAL = ("visit", "recheck", "goods")
_SESSION_KEY, _PURPOSE = "household_search", "search.word"


def home_of(user: User, pk: int) -> HouseholdSpell:
    """The spell through which the user sees a household; 404 as for a household that does not exist."""
    found: HouseholdSpell = get_object_or_404(homes(user), household_id=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_households(request: HttpRequest) -> HttpResponse:
    """The households of a region, searched by a word that is sent by POST and kept in the session."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    if request.method == "POST":
        return _search(request, user)
    code, after = request.GET.get("region", ""), request.GET.get("after", "")
    region = region_of(user, code) if code else home_region(user)
    word, day = _remembered(request), business_date()
    number = identity.parse_id(word)  # never sent back to the page
    try:
        found = household_list(user, region, day, word=word, after=after)
    except ValueError as error:
        raise Http404 from error
    shown(request, rows=len(found.lines))
    context = {
        "page": found,
        "region": region,
        "trail": trail(user, region),
        "own_regions": Region.objects.visible_to(user).filter(code__in=user.regions).order_by("position"),
        "children": Region.objects.visible_to(user).filter(parent=region).order_by("position"),
        "word": "" if number.key else word,
        "number": identity.mask_id(number.key),
        "heads": coverage.as_of([region.code], day)[region.code].heads,
        "day": day,
    }
    return render(request, "households.html", context)


def _search(request: HttpRequest, user: User) -> HttpResponse:
    form = SearchForm(request.POST, user=user)
    if not form.is_valid():
        raise Http404
    if "clear" in request.POST or form.cleaned_data["word"] or "keep" not in request.POST:
        _remember(request, "" if "clear" in request.POST else form.cleaned_data["word"])
    region = form.cleaned_data["region"]
    return redirect(reverse("households") + (f"?region={region.code}" if region else ""))


def _remember(request: HttpRequest, word: str) -> None:
    """Encrypted, because sessions stand in the database and the word may be an identity number."""
    if word:
        secret = encryption.encrypt(_PURPOSE, word)
        request.session[_SESSION_KEY] = base64.b64encode(secret).decode()
    else:
        request.session.pop(_SESSION_KEY, None)


def _remembered(request: HttpRequest) -> str:
    secret = request.session.get(_SESSION_KEY)
    return encryption.remembered(_PURPOSE, secret) if secret else ""


@require_safe
@login_required
@never_cache
def show_household(request: HttpRequest, pk: int) -> HttpResponse:
    """One household: where and since when, who lives there, what has been done, what is left to do."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    home = home_of(user, pk)
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    kinds = [{"key": key, "title": kind.title, "target": kind.target} for key, kind in FACT_KINDS.items()]
    being_updated = coverage.being_updated(home.village_id)  # before the figures: settled in between, they are old ones
    page = household_page(user, home)
    # What no target asks of this household is rarely recorded, but may be of an earlier day.
    asked = {line.definition.key for line in page.targets if line.eligible}
    shown(request, [member.person.pk for member in page.members])
    context = {
        "page": page,
        "trail": trail(user, home.village),
        "may_record": user.may(Permission.RECORD_FACTS),
        "sensitive": user.may(Permission.VIEW_SENSITIVE),
        "may_reveal": user.may(Permission.REVEAL),
        "may_decide": user.may(Permission.EDIT_REGISTER),
        "data_requests": open_of(user, home),
        "carry_over": offer_for(user, page) if user.may(Permission.RECORD_FACTS) else None,
        "person_targets": [BY_KEY[key] for key in PERSON_TARGETS],
        "record_kinds": [kind for kind in kinds if kind["target"] in asked],
        "usual_kinds": sorted(
            (kind for kind in kinds if kind["key"] in USUAL), key=lambda kind: USUAL.index(kind["key"])
        ),
        "other_kinds": [kind for kind in kinds if kind["target"] not in asked and kind["key"] not in USUAL],
        "being_updated": being_updated,
    }
    return render(request, "household.html", context)
