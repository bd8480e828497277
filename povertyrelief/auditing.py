"""The audit entry of a request: at most one, in its transaction; of what was refused, in a short one after it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.apps import apps
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from campaigns.rooms import ROOMS
from households.audit.models import Action
from households.audit.recording import note_of, record, typed_username
from households.models import Person, User
from povertyrelief.audited import Line, line_of

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
REFUSED = {403, 404}
SHOWN = {200, 422}
# What a statement writes into: records of people, facts and accounts. Derived figures, caches and jobs are no change.
_WRITES = re.compile(
    r'\b(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+"?(?:households|campaigns|mfa|usersessions)_'
    r"(?!standing|ledgerentry|checkpoint|touchedvillage|audit)",
    re.IGNORECASE,
)
_SAVEPOINT = re.compile(r"^(SAVEPOINT|ROLLBACK TO SAVEPOINT) (\S+)$")
_INTERNAL = re.compile(r"[0-9]{1,10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"[0-9]{2,12}")


class WriteWatch:
    """Counts the rows a request has written and not taken back: a form refused or sent twice has changed nothing."""

    def __init__(self) -> None:
        self.rows = 0
        self._marks: dict[str, int] = {}

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        text = str(sql)
        if savepoint := _SAVEPOINT.match(text):
            word, name = savepoint.groups()
            if word == "SAVEPOINT":
                self._marks[name] = self.rows
            else:
                self.rows = self._marks.get(name, 0)
        elif _WRITES.search(text):
            self.rows += max(0, context["cursor"].rowcount)
        return result


@contextmanager
def watching(request: HttpRequest) -> Iterator[WriteWatch]:
    """Count what the request writes; a request that may not write is not watched."""
    watch = WriteWatch()
    if request.method in SAFE_METHODS:
        yield watch
    else:
        with connection.execute_wrapper(watch):
            yield watch


def write_entry(request: HttpRequest, response: HttpResponse, *, has_written: bool) -> None:
    """Write the request's entry, if it is to have one."""
    note, match = note_of(request), request.resolver_match
    if match is None:
        return
    line = line_of(match.view_name)
    by = note.user or (request.user if isinstance(request.user, User) else None)
    action = note.action or _action(request, response, line, by, has_written)
    if action is None:
        return
    username = note.username
    if note.username and note.user is None:
        by, username = typed_username(note.username)
    refused = action == Action.DENIED
    made = note.about
    label, key = (made._meta.label_lower, str(made.pk)) if made else _about(line, match)
    code, people = ("", []) if refused else _place(request, match, label, key)
    record(
        action,
        by=by,
        username=username,
        about=(label, key),
        people=[*note.people, *(one for one in people if one not in note.people)],
        reason=note.reason
        or (
            request.POST.get("reason", "")
            if line and line.reason and (has_written or _handed_out(request, line))
            else ""
        ),
        url_name=match.view_name[:80],
        method=(request.method or "")[:8],
        status=response.status_code,
        address=get_client_ip(request),
        details=({"people": len(note.people)} if note.people else {}) | note.counts,
        region_code=code,
    )


def _action(
    request: HttpRequest, response: HttpResponse, line: Line | None, by: User | None, has_written: bool
) -> Action | None:
    if response.status_code in REFUSED:
        return Action.DENIED if by is not None else None
    if line is None:
        return None
    if request.method not in SAFE_METHODS and has_written:
        return line.change
    if not _is_shown(request, response, line):
        return None
    if not line.fragments and "HX-Request" in request.headers:
        return None
    return line.look


def _is_shown(request: HttpRequest, response: HttpResponse, line: Line) -> bool:
    """A form that comes back with what is wrong in it stands in the same page."""
    if "GET" in line.shown_by:
        return response.status_code in SHOWN
    return response.status_code == 200 and request.method in line.shown_by


def _handed_out(request: HttpRequest, line: Line) -> bool:
    """Was it asked for by a form, which says why, and shown?"""
    return request.method == "POST" and "POST" in line.shown_by


def _about(line: Line | None, match: ResolverMatch) -> tuple[str, str]:
    """Model and number of the object in the address."""
    arguments, key = match.kwargs, "pk"
    if match.view_name in ("record_edit", "record_void"):
        table = ROOMS[arguments["room"]].table(arguments["table"]) if arguments["room"] in ROOMS else None
        label = table.model._meta.label_lower if table else ""
    elif match.view_name == "photo":  # it may be anything that a person types
        label = f"campaigns.{arguments['kind']}" if arguments["kind"] in apps.all_models["campaigns"] else ""
    else:
        label, key = (line.about, line.key) if line else ("", "")
    # An internal number or a batch's: what a person types into an address may be a name or an identity number.
    number = str(arguments.get(key, ""))
    return label, number if label and _INTERNAL.fullmatch(number) else ""


def _place(request: HttpRequest, match: ResolverMatch, label: str, key: str) -> tuple[str, list[int]]:
    """The region that was looked at, and whose record it was."""
    asked = str(match.kwargs.get("code") or request.GET.get("region", ""))
    code = asked if _CODE.fullmatch(asked) else ""
    if not key:
        return code, []
    model = apps.get_model(label)
    people = [int(key)] if model is Person else []
    fields = [getattr(model, "scope_field", "")]
    if any(field.name == "person" for field in model._meta.concrete_fields):
        fields.append("person_id")
    row = _row(model, key, [field for field in fields if field])
    if row.get("person_id"):
        people = [row["person_id"]]
    return (row.get(fields[0]) or code), people


def _row(model: type[models.Model], key: str, fields: list[str]) -> dict[str, Any]:
    found: Any = model._default_manager.filter(pk=key).values(*fields).first() if fields else None
    return found or {}
