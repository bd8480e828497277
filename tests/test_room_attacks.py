"""Attackers: another county's people, roles without need, other methods, forged keys and strange values.

Everything of county A carries a rare character in its texts (tests/attack_world.py). The pages are found by following
every link, the keys by the forms that the pages hold, so that a new page is attacked without a line here.
"""

import html
import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

import pytest
from django.contrib.admin.helpers import AdminForm
from django.db import models, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import is_valid_path, resolve, reverse

from campaigns.rooms import ROOMS
from households.access import Role, code_range
from households.models import Person
from tests import everything, make
from tests.attack_world import CANARY, HOME, ILL, MINOR, NAMED, World, build, scoped_models
from tests.conftest import Cast

# A table's workbook is made of the page that has just been read (tests/campaigns/test_figure_books.py).
_NOT_FOLLOWED = re.compile(r"/(accounts|language|static|admin/(logout|password_change|jsi18n))/|[?&]table=")
_LINK = re.compile(r"""(?:href|action|src|hx-get|data-url)=["']([^"'#]+)""")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand refusals are not worth their tracebacks."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.security")


@dataclass
class Crawl:
    """What a signed-in user reaches by following links, and what her pages say."""

    client: Client
    alike: int = 1  # how many links are followed that differ in their objects and values only
    back_office: bool = True
    texts: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[Any]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def run(self, starts: Iterable[str]) -> None:
        waiting = list(dict.fromkeys(starts))
        seen = set(waiting)
        shapes: Counter[tuple[str, ...]] = Counter()
        while waiting:
            address = waiting.pop(0)
            response = self.client.get(address)
            if response.status_code >= 500:
                self.broken.append(address)
            self.texts[address] = told(response)
            self.forms[address] = list(forms_in(response))
            for found in self._links(address, response):
                shape = shape_of(found)
                if found not in seen and shapes[shape] < self.alike:
                    seen.add(found)
                    shapes[shape] += 1
                    waiting.append(found)

    def _links(self, address: str, response: Any) -> Iterator[str]:
        if response.headers.get("Location"):
            yield urljoin(address, response.headers["Location"])
        if response.headers.get("Content-Type", "").startswith("text/html"):
            for link in _LINK.findall(response.content.decode()):
                parts = urlsplit(urljoin(address, html.unescape(link)))
                # Each filter and each order of the back office's tables once, not all their combinations.
                is_left = parts.path.startswith("/admin/") and ("&" in parts.query or not self.back_office)
                there = parts.path + (f"?{parts.query}" if parts.query else "")
                if not parts.netloc and not is_left and not _NOT_FOLLOWED.search(there):
                    yield there


def shape_of(address: str) -> tuple[str, ...]:
    """What an address is like: its page, the records' room and table, the keys of its query."""
    parts = urlsplit(address)
    page = resolve(parts.path) if is_valid_path(parts.path) else None
    words = [str(one) for one in page.kwargs.values() if str(one).replace("-", "").isalpha()] if page else []
    return (page.view_name if page else parts.path, *words, *sorted(dict(parse_qsl(parts.query))))


def told(response: Any) -> str:
    """All that an answer says: its body (a workbook's parts unpacked) and its headers."""
    content = unpacked(b"".join(response.streaming_content) if response.streaming else response.content)
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return html.unescape(content.decode("utf-8", "replace")) + unquote(headers)


def unpacked(content: bytes) -> bytes:
    """The names and the parts of a workbook, a document or a zip of them; of anything else itself."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(name.encode() + unpacked(book.read(name)) for name in book.namelist())


def forms_in(response: Any) -> Iterator[Any]:
    """The forms of a page's context."""
    found = {}
    for layer in response.context or ():
        for part in getattr(layer, "dicts", [layer]):
            for value in part.values():
                value = value.form if isinstance(value, AdminForm) else value
                if hasattr(value, "cleaned_data") or (hasattr(value, "fields") and hasattr(value, "is_valid")):
                    found[id(value)] = value
    yield from found.values()


def starts(region: str, arguments: dict[str, list[Any]]) -> list[str]:
    """Pages without an object, every room and table, and (as a guesser has them) those of county A's objects."""
    found = [reverse(name) for name in everything.NAMES if not _takes_arguments(name)]
    for key, room in ROOMS.items():
        found.append(reverse("room", args=[key]))
        for table in room.tables:
            found += [reverse(name, args=[key, table.name]) for name in ("records", "records_workbook", "record_new")]
    found += [f"{address}?region={region}" for address in found if not address.startswith("/admin/")]
    return [one for one in found if not _NOT_FOLLOWED.search(one)] + objects(arguments)


def objects(arguments: dict[str, list[Any]]) -> list[str]:
    """The pages of these objects."""
    found = [reverse(name, args=arguments[name]) for name in everything.NAMES if name in arguments]
    return [one for one in found if not _NOT_FOLLOWED.search(one)]


def _takes_arguments(name: str) -> bool:
    try:
        reverse(name)
    except Exception:
        return True
    return False


def signed_in(user: Any) -> Client:
    """A browser of this user, which is answered as the world is, crash or not."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def world(cast: Cast) -> World:
    """Everything of county A, a family of county B."""
    return build(cast)


def test_nothing_of_another_county_is_ever_answered(cast: Cast, world: World) -> None:
    fronts = [one for one in starts(make.COUNTY_A, world.arguments) if not one.startswith("/admin/") and "?" not in one]
    own = Crawl(signed_in(cast.officer_a), alike=0)
    own.run(fronts)
    assert sum(NAMED in text for text in own.texts.values()) > 60  # the canaries do sing at home
    mine = [one for one in objects(world.own) if not one.startswith("/admin/")]
    for role, region, asked in (
        (Role.COUNTY_OFFICER, make.COUNTY_B, [*fronts, *mine, *world.shared]),
        (Role.VILLAGE_WORKER, make.VILLAGE_B, fronts),  # the other roles walk in the long tests
    ):
        crawl = Crawl(signed_in(make.user(role, (region,))), alike=int(role == Role.COUNTY_OFFICER), back_office=False)
        crawl.run(asked)
        assert (role, passages(crawl.texts, CANARY), crawl.broken) == (role, {}, [])
        assert len(crawl.texts) > 40


@pytest.mark.long
def test_nothing_of_another_county_is_answered_by_what_every_link_leads_to(cast: Cast, world: World) -> None:
    """The back office with each filter and each order, and every page asked for a region of county A or of her own."""
    for role, region in (
        (Role.COUNTY_OFFICER, make.COUNTY_B),
        (Role.TOWNSHIP_WORKER, make.TOWNSHIP_B),
        (Role.VILLAGE_WORKER, make.VILLAGE_B),
        (Role.LEADER, make.COUNTY_B),
    ):
        crawl = Crawl(signed_in(make.user(role, (region,))), alike=2)
        crawl.run([*starts(make.COUNTY_A, world.arguments), *starts(region, world.own), *world.shared])
        assert (role, passages(crawl.texts, CANARY), crawl.broken) == (role, {}, [])


@pytest.mark.long
def test_nobody_reads_what_her_role_does_not_need(cast: Cast, world: World) -> None:
    unread: dict[str, tuple[str, ...]] = {
        "auditor": (NAMED, MINOR, ILL, HOME, "130299", "1440315"),
        "system_admin": (MINOR, ILL, HOME, "130299"),
        "leader": (MINOR, ILL, HOME, "130299"),
        "village_worker": (ILL, "白血病", "肺病", "结节", "父母重病", "患有大病", "130299"),
        "township_worker": ("13029919", "13029920"),
        "officer_a": ("13029919", "13029920"),
    }
    for role, words in unread.items():
        crawl = Crawl(signed_in(getattr(cast, role)))
        crawl.run(starts(make.COUNTY_A, world.arguments))
        found = {word: passages(crawl.texts, word) for word in words}
        assert (role, {word: where for word, where in found.items() if where}, crawl.broken) == (role, {}, [])


def passages(texts: dict[str, str], word: str) -> dict[str, str]:
    """Where a word stands, with what is round it."""
    return {address: text[max(0, at - 80) : at + 40] for address, text in texts.items() if (at := text.find(word)) >= 0}


def test_other_methods_find_no_more(cast: Cast, world: World) -> None:
    officer, seen = signed_in(cast.officer_b), {}
    for name in everything.NAMES:
        if name not in world.arguments or name.startswith(("mfa_", "admin:app_list")):
            continue
        address = reverse(name, args=world.arguments[name])
        if officer.get(address).status_code != 404:
            continue
        for method in ("head", "options", "put", "patch", "delete", "trace"):
            with transaction.atomic():
                status = getattr(officer, method)(address).status_code
                transaction.set_rollback(True)
            if status not in {403, 404, 405}:
                seen[f"{method} {name}"] = status
    assert seen == {}


STRANGE = (
    "\0", "²", "９", "-1", "9" * 30, "9" * 5000, f"{'9' * 30}-1", "1-" + "9" * 30, "20180101-" + "9" * 30, "0001-01-01",
    "9999-12-31", "9999-12", "0001-01", "x" * 3000, "'\"<b>%", "\ud800",
)  # fmt: skip


# Every key of every page gets two of them, the next ones each time: all of them would take an hour.
_TURNS = 8


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that views have asked queries and forms for since it was last cleared."""
    keys: set[str] = set()
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, name, _noting(getattr(QueryDict, name), keys))
    return keys


def _noting(method: Any, keys: set[str]) -> Any:
    def noted(self: QueryDict, key: Any, *rest: Any) -> Any:
        keys.add(str(key))
        return method(self, key, *rest)

    return noted


@pytest.mark.long
@pytest.mark.parametrize("method", ["get", "post"])
def test_strange_values_are_answered_not_crashed_on(cast: Cast, world: World, read: set[str], method: str) -> None:
    officer = signed_in(cast.officer_a)
    broken: dict[str, list[str]] = {}
    turn = 0
    for address in starts(make.COUNTY_A, world.arguments):
        if "region=" in address or (address.startswith("/admin/") and method == "get"):
            continue
        read.clear()
        asked(officer, method, address, {})
        for key in sorted(read - {"csrfmiddlewaretoken", "next"}):
            turn += 1
            for value in STRANGE[turn % _TURNS :: _TURNS]:
                if asked(officer, method, address, {key: value}) >= 500:
                    broken.setdefault(f"{address} {key}", []).append(value[:20])
    assert not broken, str(broken)


def asked(client: Client, method: str, address: str, values: dict[str, str]) -> int:
    """The answer's status; nothing stays written."""
    query = urlencode(values, errors="surrogatepass")
    form = "application/x-www-form-urlencoded"
    sent: dict[str, Any] = {"QUERY_STRING": query} if method == "get" else {"data": query, "content_type": form}
    with transaction.atomic():
        response = getattr(client, method)(address, **sent)
        transaction.set_rollback(True)
    return int(response.status_code)


# What differs between two answers to the same request: tokens, keys of forms, nonces, times.
_VARYING = re.compile(
    r"(?m)name=\"next\".*$|Content-Length: \d+|Expires: [^:]+:\d\d:\d\d|[0-9A-Za-z]{64}|[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|nonce-[^';]+|nonce=\S+|sessionid=\S+|expires=[^;]+"
)
_MEMBER_FIELDS = {"person", "people", "attended_by"}
_NOBODY = 899_999_999


def test_a_forged_choice_is_answered_like_one_that_does_not_exist(cast: Cast, world: World) -> None:
    officer = signed_in(cast.officer_b)
    pages = Crawl(officer, alike=0)
    home = reverse("household", args=[world.home_b.pk])
    pages.run(
        [home, *(one for one in starts(make.COUNTY_B, world.own) if not one.startswith("/admin/") and "?" not in one)]
    )
    before, tried, told_apart = state_of(make.COUNTY_A), 0, []
    for address, forms in pages.forms.items():
        for form in forms:
            for name, alien, nobody in forgeries(form, cast.officer_b):
                for method in ("get", "post"):
                    answers = [
                        answer(officer, method, address, filled(form) | {form.add_prefix(name): key})
                        for key in (alien, nobody)
                    ]
                    tried += 1
                    if answers[0] != answers[1]:
                        told_apart.append((method, address, name))
    assert told_apart == []
    assert state_of(make.COUNTY_A) == before
    assert tried > 60


def forgeries(form: Any, user: Any) -> Iterator[tuple[str, str, str]]:
    """Choices of a form: its name, the key of another county's object, the key of none."""
    for name, one in form.fields.items():
        model = Person if name in _MEMBER_FIELDS else getattr(getattr(one, "queryset", None), "model", None)
        if model is None or not getattr(model, "scope_field", ""):
            continue
        field_name = getattr(one, "to_field_name", None) or "pk"
        manager: Any = model._default_manager
        theirs = manager.filter(code_range(model.scope_field, make.COUNTY_A)).order_by("-pk").first()
        if theirs is not None:
            nobody = "130299999999" if model._meta.model_name == "region" else str(_NOBODY)
            yield name, str(getattr(theirs, field_name)), nobody


def filled(form: Any) -> dict[str, Any]:
    """The form as the page shows it, the first choice where one has to be made."""
    values = {}
    for name, one in form.fields.items():
        value = form[name].value()
        if value in (None, "") and one.required and getattr(one, "choices", None):
            value = next((key for key, _words in one.choices if key != ""), "")
        if value in (None, "") and one.required:
            value = "2018-06-30" if "Date" in type(one).__name__ else "1"
        if value not in (None, ""):
            values[form.add_prefix(name)] = value.pk if hasattr(value, "pk") else value
    return {key: str(getattr(value, "value", value)) for key, value in values.items()}


def answer(client: Client, method: str, address: str, values: dict[str, str]) -> tuple[int, str]:
    """Status and words of an answer, without what varies; nothing stays written."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(address, values)
        words = told(response)
        transaction.set_rollback(True)
    client.cookies = cookies
    for key in set(values.values()):
        if len(key) > 5:
            words = words.replace(key, "KEY")
    return response.status_code, _VARYING.sub("", words)


def state_of(county: str) -> dict[str, list[Any]]:
    """All rows of a county, and all that point at its people."""
    found = {}
    for model in scoped_models():
        condition = code_range(model.scope_field, county)
        if any(one.name == "person" for one in model._meta.concrete_fields):
            condition |= models.Q(person__county_code=county)
        found[model._meta.label] = list(model._default_manager.filter(condition).order_by("pk").values())
    return found
