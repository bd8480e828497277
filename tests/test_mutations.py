"""Every check of access is taken away in turn, and the attackers' requests should notice it (how many must: FLOOR).

A check is a call in the code: a filter (`visible_to`, `offered_to`, `in_scope`), `region_of`, `covers`, a view's `require`, or
a question for a right (`can`, `may`).
Nothing is edited: the call, known by its file and line, is answered as if nothing were asked. The database's own wall
(row security) is taken down for this test, so that what is measured is the first wall alone.

Noticed: another status than the access matrix has, a canary of county A or its region's code where none was. "Different":
other words than before, figures for example, confirmed by asking the unchanged code once more.
"""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.urls import resolve, reverse

from campaigns import duplicate_page, views
from campaigns.models import ContactRound
from campaigns.publicity.rounds import token_of
from households import access, querysets
from households.access import PERMISSIONS, STEWARD, Role
from households.comparing.models import ListComparisonQuerySet
from households.models import Person, Region, User
from households.querysets import ScopedQuerySet
from povertyrelief import middleware
from tests import everything, make
from tests.attack_world import CANARY, World, build
from tests.conftest import Cast
from tests.outsiders import Call, calls, mixed_calls, outsiders, reading_calls, single_calls
from tests.test_room_attacks import Crawl, answer, filled, forgeries, shape_of, signed_in, starts

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ("visible_to", "offered_to", "in_scope", "region_of", "covers", "require", "can", "may")
# Where the checks themselves are, and what no request reaches.
NOT_ASKED = ("households/querysets.py", "households/access.py", "/migrations/", "/management/", "campaigns/demo/")
MOST_REQUESTS = 40  # of those that pass a check; more where these see nothing
# Per cent of the checks passed whose absence is seen.
FLOOR = 95
# A filter behind another one: the region has been checked, or the rows are the user's own. Its absence shows nothing.
NARROWED = re.compile(
    r"parent=region|code__in=user\.regions|parent__in=user\.regions|recorded_by=user|parent=self\.region"
    r"|code_range\([^)]*\b(region|place)(\.code)?\)"
)
# The same, where no pattern tells: the function, and what stands before its check.
BEHIND = {
    "campaigns/duplicate_page.py _sides visible_to": "both are of a pair found among the user's own people",
    "campaigns/duplicate_views.py show_duplicate visible_to": "the pair is looked for among the user's own people again",
    "campaigns/household_page.py _standing visible_to": "of a household that is the user's, and its members",
    "campaigns/forms.py SearchForm.__init__ visible_to": "what is found is of the user's own spells in that region",
    "campaigns/livelihood/training_views.py _found visible_to": "of a place that its form takes from the user's own regions",
    "campaigns/operations.py helpers_for visible_to": "of a village that `recording` has checked",
    "campaigns/organisation/views.py show_calendar visible_to": "the user's own regions and the next below",
    "campaigns/publicity/rounds.py villages_with_households visible_to": "two filters of one list: either is enough",
    "campaigns/reports/operations.py own_template offered_to": "of the city of a region that is the user's",
    "campaigns/schooling/list_views.py _asked visible_to": "then of a region that is the user's",
    "campaigns/schooling/list_views.py show_donations visible_to": "then of a region that is the user's",
    "campaigns/submissions/progress.py waiting_round offered_to": "then one in which the user's region reports",
    "campaigns/submissions/reported.py reported_on offered_to": "then one in which the user's region reports",
    "campaigns/submissions/views.py submit_report region_of": "`may_submit` asks the same of the region",
    "campaigns/batch_preview.py _missing_lines visible_to": "of households of people who are the user's",
    "campaigns/list_comparisons.py expected visible_to": "of people who are the user's",
    "campaigns/uploads.py _detail visible_to": "the county of a batch that is the user's",
    "campaigns/uploads.py _uploads covers": "offers a file of invented people, in a demonstration only",
    "households/roster/missing.py missing_people visible_to": "two filters of one list: either is enough",
    "campaigns/views.py own_and_below visible_to": "the user's own regions and the next below",
    "households/duplicates/finding.py suspicion visible_to": "villages of a pair found among the user's own people",
}


class Site(NamedTuple):
    """One call of a check."""

    file: str
    line: int
    check: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.check}"


@dataclass
class Request:
    """A request of somebody who should not get what it asks for; its answer as it was, and the checks it has passed."""

    client: Client
    method: str
    address: str
    values: dict[str, str] = field(default_factory=dict)
    status: int = 0
    words: str = ""

    @property
    def kind(self) -> tuple[str, ...]:
        """What requests that differ in their objects only have in common."""
        return (self.method, *shape_of(self.address), *sorted(self.values))

    def ask(self) -> tuple[int, str]:
        return answer(self.client, self.method, self.address, self.values)

    def is_noticed(self, status: int, words: str) -> bool:
        """Does one of the suite's checks see it? A region's code in the address is repeated by many answers."""
        signs = (CANARY, make.COUNTY_A)
        return status != self.status or any(sign in words and sign not in self.words for sign in signs)


@dataclass
class Direct:
    """An operation called without its page for what is of county A: by somebody of county B, or by a leader."""

    call: Call
    status: int = 0
    words: str = ""

    @property
    def kind(self) -> tuple[str, ...]:
        return ("call", self.call.name)

    def ask(self) -> tuple[int, str]:
        return 0, self.call.answered()

    def is_noticed(self, _status: int, words: str) -> bool:
        """Another refusal, or none: tests/test_outsiders.py expects this one."""
        return words != self.words


@cache
def sites() -> frozenset[Site]:
    """All calls of the checks in the applications, as far as their absence could show."""
    return frozenset(site for place, site in placed_sites() if place not in BEHIND)


def placed_sites() -> Iterator[tuple[str, Site]]:
    """The calls that no filter of their own line narrows, with their file, function and name."""
    for path in (*ROOT.glob("campaigns/**/*.py"), *ROOT.glob("households/**/*.py")):
        file = str(path.relative_to(ROOT))
        if any(part in file for part in NOT_ASKED):
            continue
        tree = ast.parse(path.read_text())
        asked = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        narrowed = {id(before) for node in asked if NARROWED.search(arguments(node)) for before in narrowed_by(node)}
        place = dict(places(tree))
        for node in asked:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in CHECKS and id(node) not in narrowed:
                yield f"{file} {place[id(node)]} {name}", Site(file, node.func.end_lineno or node.lineno, name)


def places(tree: ast.AST, name: str = "") -> Iterator[tuple[int, str]]:
    """Each call's key and the function in which it stands, with its class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from places(node, f"{name}.{node.name}".removeprefix("."))
        else:
            yield id(node), name
            yield from places(node, name)


def arguments(call: ast.Call) -> str:
    """A filter's arguments as text."""
    is_filter = isinstance(call.func, ast.Attribute) and call.func.attr == "filter"
    return ", ".join(map(ast.unparse, [*call.args, *call.keywords])) if is_filter else ""


def narrowed_by(call: ast.Call) -> Iterator[ast.AST]:
    """The calls before a filter, and those in its arguments: of `rows.visible_to(user).order_by("pk").filter(…)` two."""
    before: ast.AST = call.func
    while isinstance(before, ast.Attribute | ast.Call):
        before = before.value if isinstance(before, ast.Attribute) else before.func
        yield before
    for argument in [*call.args, *call.keywords]:
        yield from ast.walk(argument)


class Mutator:
    """Stands in for the checks: notes who calls, and answers one call as if nothing were asked."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.passed: set[Site] = set()
        self.refused: set[Site] = set()
        self.implied: set[Site] = set()  # asks for what no role lacks that has come so far
        self.binding: set[Site] = set()
        self.roles = set(Role)  # that would have come so far in this request
        self.taken_away: Site | None = None
        patch.setattr(
            ScopedQuerySet, "visible_to", self._method(ScopedQuerySet.visible_to, lambda rows, _user: rows.all())
        )
        patch.setattr(
            ScopedQuerySet, "offered_to", self._method(ScopedQuerySet.offered_to, lambda rows, _user: rows.all())
        )
        patch.setattr(
            ListComparisonQuerySet, "visible_to",
            self._method(ListComparisonQuerySet.visible_to, lambda rows, _user: rows.all()),
        )  # fmt: skip
        patch.setattr(User, "covers", self._method(User.covers, lambda _user, _code: True))
        patch.setattr(User, "may", self._method(User.may, lambda _user, _permission: True))
        anything = lambda _field, _prefixes: ~models.Q(pk__in=[])  # noqa: E731
        for original, instead in (
            (access.in_scope, anything),
            (
                views.region_of,
                lambda _user, code: Region.objects.filter(code=code).first() or original_region(_user, code),
            ),
            (views.require, lambda user, _permission: user),
            (querysets.can, lambda _user, _permission: True),
        ):
            mine = self._method(original, instead)
            name = original.__name__
            for module in [found for key, found in sys.modules.items() if key.startswith(("campaigns", "households"))]:
                if getattr(module, name, None) is original and module not in (access, querysets):
                    patch.setattr(module, name, mine)

    def _method(self, original: Any, instead: Any) -> Any:
        def asked(*args: Any) -> Any:
            frame = sys._getframe(1)
            if frame.f_code.co_name == "manager_method":  # Django's way from a manager to its query set
                frame = frame.f_back or frame
            file = frame.f_code.co_filename
            site = Site(file[len(str(ROOT)) + 1 :], frame.f_lineno, original.__name__)
            self.passed.add(site)
            if original in ASKING_FOR_RIGHTS:
                may = {role for role in Role if args[1] in PERMISSIONS[role]}
                (self.implied if self.roles <= may else self.binding).add(site)
                if original is views_require:  # the others need not end the request
                    self.roles &= may
            if site == self.taken_away:
                return instead(*args)
            try:
                given = original(*args)
            except Exception:
                self.refused.add(site)
                raise
            if given is False:
                self.refused.add(site)
            return given

        return asked

    @contextmanager
    def without(self, site: Site) -> Iterator[None]:
        """The check is gone for a while."""
        self.taken_away = site
        yield
        self.taken_away = None


original_region, views_require = views.region_of, views.require
ASKING_FOR_RIGHTS = (views_require, querysets.can, User.may)


def requests_of(cast: Cast, world: World) -> list[Request | Direct]:
    """What outsiders and roles without need ask for: every page and link, every object of county A, forged choices."""
    everywhere = starts(make.COUNTY_A, world.arguments)
    objects = [reverse(name, args=world.arguments[name]) for name in everything.NAMES if name in world.arguments]
    objects = [address for address in objects if not address.startswith("/accounts/")]
    pages = [address for address in everywhere if "region=" not in address]
    officer = signed_in(cast.officer_b)
    crawl = Crawl(officer)
    crawl.run([*everywhere, *starts(make.COUNTY_B, world.own), *world.shared])
    worker = make.user(Role.VILLAGE_WORKER, (make.VILLAGE_B,))
    village = signed_in(worker)
    leader = signed_in(make.user(Role.LEADER, (make.COUNTY_B,)))
    auditor_b = signed_in(make.user(Role.AUDITOR, (make.COUNTY_B,)))
    auditor, admin = signed_in(cast.auditor), signed_in(cast.system_admin)
    found: list[Request | Direct] = [Request(officer, "get", address) for address in crawl.texts]
    own = [address for address in starts(make.COUNTY_B, world.own) if "region=" not in address]
    own = [address for address in own if not address.startswith(("/admin/", "/accounts/"))]
    found += [Request(officer, "post", address) for address in objects + own]
    # An own object's page, too, is asked for another county: whom a post of hers would suit there, who could take over.
    found += [Request(officer, "get", address, {"region": make.COUNTY_A}) for address in (*own, *world.shared)]
    pages_of = [resolve(address) for address in (*own, *world.shared)]
    helpers = [str(one.kwargs["pk"]) for one in pages_of if one.url_name == "pairing_helper"]
    found += [Request(officer, "get", reverse("pairing_handover"), {"helper": helper}) for helper in helpers]
    found += [Request(auditor, "get", address) for address in pages]
    found += [Request(auditor, "post", address) for address in objects + own]
    for client in (village, leader):
        found += [Request(client, method, address) for address in own for method in ("get", "post")]
        found += [Request(client, "get", address) for address in objects]
    found.append(Request(officer, "get", reverse("records", args=["publicity", "nothing"])))
    found += [Request(auditor_b, "get", reverse(name)) for name in ("audit", "audit_workbook", "minors_report")]
    found += [Request(admin, "get", address) for address in objects if address.startswith("/admin/")]
    leader_a = make.user(Role.LEADER, (make.COUNTY_A,))  # at home there, without the rights
    found += [Direct(call) for user in (*outsiders(), leader_a) for call in calls(user, world)]
    found += [Direct(call) for call in mixed_calls(cast.officer_b, world)]
    found += [Direct(call) for call in single_calls(worker, cast.officer_b, world)]
    found += [Direct(call) for call in reading_calls(cast.officer_b, world)]
    found.append(
        Request(signed_in(make.user(Role.FEDERATION_STAFF, (make.COUNTY_B,))), "get", reverse("briefing_template"))
    )
    found.append(_token_of_before(officer, cast.officer_b, world))
    return found + forged(officer, cast.officer_b, crawl) + bare(officer, world)


def _token_of_before(officer: Client, user: User, world: World) -> Request:
    """A box of county A's round, ticked by somebody who got its token while she was there."""
    of = ContactRound.objects.get(pk=world.arguments["contact_round"][0])
    token = token_of(of, world.arguments["household"][0], None, user)
    return Request(officer, "post", reverse("contact_tick"), {"token": token, "key": str(uuid4())})


def forged(officer: Client, user: User, crawl: Crawl) -> list[Request]:
    """Every form of the officer's own pages once, as it is and with each choice that is another county's."""
    found: dict[tuple[str, ...], list[Request]] = {}
    for address, forms in crawl.forms.items():
        for form in forms:
            own = filled(form)
            choices: dict[str, dict[str, str]] = {"": {}}
            choices |= {name: {form.add_prefix(name): alien} for name, alien, _nobody in forgeries(form, user)}
            for name, forgery in choices.items():
                key = (*shape_of(address), type(form).__name__, name)
                found.setdefault(key, [Request(officer, one, address, own | forgery) for one in ("get", "post")])
    return [request for requests in found.values() for request in requests]


def bare(officer: Client, world: World) -> list[Request]:
    """What the pages of the officer's own objects read without a form: keys of county A's people, lines and helpers."""
    woman = world.arguments["livelihood_match_woman"][0]
    line = world.arguments["livelihood_attendance_void"][0]
    sent = {
        "person": woman, "people": woman, f"mark-{woman}": "present", "line": line, f"line-{line}": "absent",
        "tick": woman, "offer": world.arguments["livelihood_match_offer"][0], "offered_on": "2018-06-30",
        "helper": world.arguments["pairing_helper"][0], "with": make.COUNTY_A, "county": make.COUNTY_A, "decision": "accept",
        "number": world.arguments["sheet"][0], "rows": "1", "done_on": "2018-06-30",
        "round": world.arguments["contact_round"][0], "reason": "说明", "purpose": "工作需要",
    }  # fmt: skip
    values = {key: str(value) for key, value in sent.items()}
    own = [reverse(name, args=world.own[name]) for name in everything.NAMES if name in world.own]
    own += [
        *world.shared,
        *(
            reverse(name)
            for name in ("pairing_handover", "publicity_entry", "schooling_pay", "schooling_pupils", "duplicates")
        ),
    ]
    session = reverse("livelihood_session", args=world.own["livelihood_session"])
    place = {"region": make.VILLAGE_B, "word": ""}
    return [
        *(Request(officer, "post", session, values | place | {"step": step}) for step in ("find", "guests")),
        *(
            Request(officer, method, address, values)
            for address in own
            if not address.startswith(("/admin/", "/accounts/"))
            for method in ("get", "post")
        ),
    ]


def test_what_is_behind_another_check_is_still_there() -> None:
    assert set(BEHIND) <= {place for place, _site in placed_sites()}


@pytest.mark.long
def test_a_check_that_is_taken_away_is_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    world = build(cast)
    monkeypatch.setattr(middleware, "READER", STEWARD)
    own = Person.objects.filter(county_code=make.COUNTY_B, merged_into=None).count()
    monkeypatch.setattr(duplicate_page, "MOST_PEOPLE", own)  # another county's people would be too many
    asked, mutator = requests_of(cast, world), Mutator(monkeypatch)
    by_site: dict[Site, list[Request | Direct]] = {}
    for request in asked:
        mutator.passed, mutator.refused, mutator.roles = set(), set(), set(Role)
        request.status, request.words = request.ask()
        for site in mutator.passed:
            line = by_site.setdefault(site, [])
            line.insert(0, request) if site in mutator.refused else line.append(request)
    assert len(asked) > 500 and len(by_site) > 100
    # Where nothing is taken away nothing is seen: an answer that differs by itself would notice anything.
    assert verdict(mutator, Site("nowhere", 0, "visible_to"), asked[::20]) == "missed"
    seen: dict[str, list[Site]] = {"noticed": [], "different": [], "missed": []}
    implied = mutator.implied - mutator.binding
    for site in sorted(sites() - implied):
        seen[verdict(mutator, site, by_site.get(site, []))].append(site)
    noticed, different, missed = seen["noticed"], seen["different"], seen["missed"]
    reached = [site for site in missed if site in by_site]
    total = len(noticed) + len(different) + len(reached)
    share = 100 * (len(noticed) + len(different)) / total
    unreached = [site for site in missed if site not in by_site]
    report = [
        f"{len(sites())} checks, {total} passed by {len(asked)} requests: {len(noticed)} noticed, {len(different)} different,"
        f" {len(reached)} missed: {share:.1f} %; {len(implied)} ask for what no role lacks that comes so far",
        *(f"missed    {site}" for site in reached), *(f"different {site}" for site in different),
        *(f"unreached {site}" for site in unreached),
    ]  # fmt: skip
    print("\n".join(report))  # shown by pytest -rP: what is missed is what to write the next attack for
    assert share >= FLOOR, "\n".join(report)


def verdict(mutator: Mutator, site: Site, asked: list[Request | Direct]) -> str:
    """noticed, different or missed: what the requests that pass the check say of its absence."""
    is_different = False
    for count, request in enumerate(spread(asked)):
        if is_different and count >= MOST_REQUESTS:
            break
        with mutator.without(site):
            status, words = request.ask()
        if request.is_noticed(status, words):
            return "noticed"
        is_different = is_different or (words != request.words and request.ask()[1] == request.words)
    return "different" if is_different else "missed"


def spread(asked: list[Request | Direct]) -> list[Request | Direct]:
    """Some of each kind, two at least, refused ones first."""
    kinds: dict[tuple[str, ...], list[Request | Direct]] = {}
    for one in asked:
        kinds.setdefault(one.kind, []).append(one)
    alike = max(2, MOST_REQUESTS // max(1, len(kinds)))
    return [one for several in kinds.values() for one in several[:alike]]
