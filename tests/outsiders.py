"""Every operation called as no page would call it: by somebody of county B, for what is of county A.

The functions are found by their parameter `by`, their arguments by name and type, so that a new operation is called
without a line here.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints
from uuid import uuid4

import tablib
from django.db import models, transaction

import campaigns
import households
from campaigns import list_comparisons
from campaigns.batch_undo import decided_lines, kept_lines
from campaigns.facts import Photo
from campaigns.kinds import KINDS, LEDGERS
from campaigns.models import AidProject, Attendance, Contact, Grant, Helper, ReportRound, Sheet, VisitPhoto
from campaigns.operations import add_helper, record_grant
from campaigns.organisation.operations import Entrant
from campaigns.pairing.handover import Handing, hand_over
from campaigns.pairing.suggestions import Accepted, accept
from campaigns.photo_pages import PHOTOS, add_photos
from campaigns.records.spec import RecordTable
from campaigns.rooms import ROOMS
from campaigns.sheets.operations import print_village_sheet
from campaigns.tables import HelperResource
from households.access import Role, code_range
from households.duplicates.merging import merge
from households.intake.kinds import Frame, Kind
from households.intake.models import ImportBatch, MissingDecision, StagedRow
from households.intake.undo_plan import Kept
from households.models import Household, ListComparison, Membership, PairDecision, Person, Region, User
from tests import make
from tests.attack_world import World

# What runs in a worker or in a page that has looked up the object; what is no operation.
NOT_CALLED = {
    "campaigns.batches.accept", "campaigns.list_comparisons.accept", "campaigns.photos.keep_photos",
    "campaigns.recording.save_fact", "campaigns.records.operations.save_record", "campaigns.health.enrolling.write_list",
    "campaigns.pairing.handover.plan", "campaigns.pairing.handover.hand_over", "campaigns.photo_pages.add_photos",
    "households.audit.recording.record", "households.intake.staging.receive", "households.intake.staging.frame_of",
    "households.intake.decided_before.put_aside_again", "households.intake.applying.apply_batch", "households.intake.undo.undo_batch",
    "households.intake.deciding.acceptable",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """An operation and its arguments, `by` among them."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any]

    def answered(self) -> str:
        """What became of it: the error's class, or what was given back. Nothing stays written."""
        with transaction.atomic():
            try:
                with transaction.atomic():
                    given = self.function(**self.arguments)
                    if isinstance(given, models.QuerySet):
                        given = given.count()
                    elif isinstance(given, list):
                        given = len(given)
                    elif isinstance(given, Accepted):
                        given = given.made
                    elif hasattr(given, "__enter__"):
                        with given:
                            pass
            except Exception as error:
                told = type(error).__name__
            else:
                told = f"done: {_told(given)}"
            transaction.set_rollback(True)
        return told


def _told(given: Any) -> Any:
    """What was given back in a word, of a record also where it is."""
    if isinstance(given, int | bool | str):
        return given
    where = getattr(given, getattr(given, "scope_field", ""), "") if isinstance(given, models.Model) else ""
    return f"{type(given).__name__} {where}".strip()


def calls(by: User, world: World) -> list[Call]:
    """One call of each operation, for objects of county A."""
    known = _known(world, make.COUNTY_A)
    return [Call(name, function, {"by": by, **_arguments(function, known)}) for name, function in operations()]


def mixed_calls(by: User, world: World) -> list[Call]:
    """Each operation for what is the outsider's own, but for one argument, which is county A's."""
    theirs, own = _known(world, make.COUNTY_A), _known(world, make.COUNTY_B)
    found = []
    for name, function in operations():
        alien, mine = _arguments(function, theirs), _arguments(function, own)
        differing = [key for key in mine if mine[key] != alien[key]]
        found += [Call(f"{name} {key}", function, {"by": by, **mine, key: alien[key]}) for key in differing]
    return found


def single_calls(worker: User, officer: User, world: World) -> list[Call]:
    """What differs in more than one argument, of a village's worker and of an officer of county B: a helper of the next
    village, whom no page offers; a county A village of which not even its emptiness is told; who is county A's as well."""
    helper, child = make.helper(village=make.VILLAGE_B2), world.home_b.memberships.order_by("pk").last()
    region, day = make.region(make.VILLAGE_B), make.REPORTING_DAY
    sheet = {"village": make.region(make.VILLAGE_A4), "purpose": Sheet.Purpose.CLEANING, "day": day}
    kept, other = world.own["duplicate"]
    theirs, (above, next_one) = (
        _of(Contact, make.COUNTY_A),
        (make.helper(village=place) for place in (make.CITY, make.VILLAGE_B)),
    )
    make.pairing(world.woman_b, above, village=make.VILLAGE_B)
    leaving = Handing({above.pk: next_one.pk}, day, end_office=True)
    grant = {"person": child.person, "project": make.project(), "granted_on": day, "amount": Decimal(1)}
    own_home = {"by": officer, "household": world.home_b}
    photo = {"record": theirs, "of": PHOTOS["contact"], "kind": "scene", "contents": [], "key": uuid4()}
    return [
        Call("a helper of the city's", add_helper, own_home | {"name": "新包联", "kind": "city_cadre", "since": day}),
        Call("another's fund", record_grant, own_home | grant | {"fund": make.fund(1000), "kind": Grant.Kind.FUND}),
        Call("a helper of the city leaves", hand_over, {"by": officer, "handing": leaving}),
        Call("another's photo", add_photos, {"by": officer} | photo),
        Call(
            "a helper next door",
            accept,
            {"by": worker, "region": region, "pairs": [(helper.pk, child.person_id)], "day": day},
        ),
        Call("an empty village", print_village_sheet, {"by": officer, **sheet}),
        Call("a merge beyond", merge, {"by": officer, "kept": kept, "other": other, "reason": "说明"}),
    ]


def reading_calls(by: User, world: World) -> list[Call]:
    """What no page asks for another county: what a worker or the back office looks up, what is told of an undone batch."""
    theirs, home = _of(Person, make.COUNTY_A), _of(Household, make.COUNTY_A)
    both = ImportBatch.objects.get(villages=[make.VILLAGE_A, make.VILLAGE_B])
    MissingDecision.objects.create(batch=both, person=theirs, choice="left", day=make.REPORTING_DAY, decided_by=by)
    kept = [Kept("person", theirs.pk, "later_batch"), Kept("household", home.pk, "later_batch")]
    moved = make.comparison(by, regions=[make.COUNTY_A], county_code=make.COUNTY_A, state="waiting")
    frame = Frame(make.REPORTING_DAY, tuple(by.regions), by.pk)
    return [
        Call("kept", lambda: str(kept_lines(by, kept)), {}),
        Call("decided", lambda: str(decided_lines(by, both)), {}),
        Call("a list of another county", lambda: _compared(moved), {}),
        Call("a helper imported", lambda: _imported(by, make.VILLAGE_A), {}),
        *(Call(f"what {name} knows", lambda of=one: repr(of.known([], frame)), {}) for name, one in LEDGERS.items()),
    ]


def _compared(comparison: ListComparison) -> str:
    list_comparisons.run(comparison.pk)
    comparison.refresh_from_db()
    return comparison.message


def _imported(by: User, village: str) -> str:
    head = ["姓名", "包联人类别", "单位", "职务", "所在区划", "在岗开始"]
    rows = tablib.Dataset(["孙包联", "村妇联干部", "村委会", "主席", village, "2018-03-01"], headers=head)
    result = HelperResource().import_data(rows, user=by)
    return str(result.has_errors() or result.has_validation_errors())


def _arguments(function: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    hints, county = get_type_hints(function), known["region"]
    arguments = {
        key: known[key] if key in known and not _is_told_by_type(hints[key]) else _example(key, hints[key], county)
        for key, one in inspect.signature(function).parameters.items()
        if key in {"fund", "donor"}
        or (one.default is one.empty and one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL} and key != "by")
    }
    return _told_apart(arguments, hints, county)


def operations() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions that somebody (`by`) asks for something."""
    for package in (campaigns, households):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if any(part in info.name for part in (".migrations", ".management", ".demo")):
                continue
            module = importlib.import_module(info.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                full = f"{info.name}.{name}"
                is_own = function.__module__ == info.name and not name.startswith("_")
                if is_own and full not in NOT_CALLED and "by" in inspect.signature(function).parameters:
                    yield full, function


def _known(world: World, county: str) -> dict[str, Any]:
    """Arguments that are told by their names."""
    person, entrant = _of(Person, county), Entrant("王某", "", "", "", None, Region.objects.get(code=county))
    return {
        "region": county, "village": _village(county), "role": Role.VILLAGE_WORKER.value, "kind": "visit",
        "one": person.pk, "kept": person.pk, "other": world.woman_b.pk, "year": 2018, "year_kind": "calendar",
        "decision_id": PairDecision.objects.get(kept__county_code=county).pk, "choice": "dismiss", "target": "pairing",
        "row_id": _of(StagedRow, county).pk, "amounts": {person.pk: Decimal(1)}, "people": [person], "household": _of(Household, county).pk,
        "signatures": {_of(Grant, county).pk: ("王某", True)}, "pairs": [(_of(Helper, county).pk, person.pk)], "lowest": "township",
        "households": [_of(Household, county).pk], "memberships": [_of(Membership, county).pk], "entrants": [entrant], "answers": {},
        "old": [_of(Helper, county).pk], "values": {}, "based_on": 1, "content": b"", "zero": [], "size": 100, "days": {},
        "number": 2019, "what": "id-number", "why": "visit", "asker": "self", "basis": "wrong", "stage": "employed",
    }  # fmt: skip


def _told_apart(arguments: dict[str, Any], hints: dict[str, Any], county: str) -> dict[str, Any]:
    """Marks by person for who is put on a list, by line for who is on it; people as such or by their keys."""
    if "people" in arguments and get_args(hints["people"])[0] is int:
        arguments["people"] = [one.pk for one in arguments["people"]]
    if "marks" in arguments:
        by_person = get_args(hints["marks"])[0] is Person
        whose: Any = _of(Person, county) if by_person else _of(Attendance, county).pk
        arguments["marks"] = {whose: Attendance.Mark.ABSENT}
    return arguments


def _is_told_by_type(hint: Any) -> bool:
    return hint is Kind or _is_model(hint)


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, models.Model)


def _village(county: str) -> str:
    return make.VILLAGE_A if county == make.COUNTY_A else make.VILLAGE_B


def _example(key: str, hint: Any, county: str) -> Any:
    """Something of the county for a type; `hint` may be optional."""
    hint = next((one for one in get_args(hint) if _is_model(one)), hint)
    if hint is Region:
        return Region.objects.get(code={"village": _village(county), "city": make.CITY}.get(key, county))
    if hint is User:
        return User.objects.filter(role=Role.VILLAGE_WORKER, regions=[_village(county)]).first()
    if hint is AidProject:  # the one by which county A's first child was aided
        return _of(Grant, make.COUNTY_A).project
    if hint is ReportRound:
        return ReportRound.objects.get(region_id=make.CITY)
    if _is_model(hint):
        return _of(hint, county)
    plain: dict[Any, Any] = {date: make.REPORTING_DAY, Decimal: Decimal(1), bool: True, int: 1, str: "说明"}
    plain |= {RecordTable: ROOMS["publicity"].table("contacts"), Kind: KINDS["roster"]}
    if hint in plain:
        return plain[hint]
    return {} if get_origin(hint) is dict else []


def _of(model: Any, county: str) -> Any:
    """The first row of the county; of what belongs to no region the first of all; a contact for any fact, a photo for any."""
    if model._meta.abstract:
        model = VisitPhoto if model is Photo else Contact
    found = model._default_manager.order_by("pk")
    if scope := getattr(model, "scope_field", ""):
        found = found.filter(code_range(scope, county))
    return found.first()


def outsiders() -> list[User]:
    """Those of county B who might do it at home: its officer, and somebody who there may do everything."""
    return [make.user(role, (make.COUNTY_B,)) for role in (Role.COUNTY_OFFICER, Role.FEDERATION_STAFF)]
