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

from django.db import models, transaction

import campaigns
import households
from campaigns.facts import Photo
from campaigns.models import Attendance, Contact, Grant, Helper, VisitPhoto
from campaigns.records.spec import RecordTable
from campaigns.rooms import ROOMS
from households.access import Role, code_range
from households.intake.models import StagedRow
from households.models import Household, Membership, PairDecision, Person, Region, User
from tests import make
from tests.attack_world import World

# What runs in a worker or in a page that has looked up the object; what is no operation.
NOT_CALLED = {
    "campaigns.batches.accept", "campaigns.list_comparisons.accept", "campaigns.photos.keep_photos",
    "campaigns.recording.save_fact", "campaigns.records.operations.save_record", "campaigns.health.enrolling.write_list",
    "campaigns.pairing.handover.plan", "campaigns.pairing.handover.hand_over", "campaigns.photo_pages.add_photos",
    "households.audit.recording.record", "households.intake.staging.receive", "households.intake.staging.frame_of",
    "households.intake.applying.apply_batch", "households.intake.undo.undo_batch", "households.intake.deciding.accept",
    "households.intake.deciding.acceptable", "households.intake.deciding.correct",
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
                    elif hasattr(given, "__enter__"):
                        with given:
                            pass
            except Exception as error:
                told = type(error).__name__
            else:
                told = f"done: {given if isinstance(given, int | bool | str) else type(given).__name__}"
            transaction.set_rollback(True)
        return told


def calls(by: User, world: World) -> list[Call]:
    """One call of each operation, for objects of county A."""
    known = _known(world)
    found = []
    for name, function in operations():
        hints = get_type_hints(function)
        arguments = {
            key: known[key] if key in known and not _is_model(hints[key]) else _example(key, hints[key])
            for key, one in inspect.signature(function).parameters.items()
            if one.default is one.empty and one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL} and key != "by"
        }
        found.append(Call(name, function, {"by": by, **_told_apart(arguments, hints)}))
    return found


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


def _known(world: World) -> dict[str, Any]:
    """Arguments that are told by their names."""
    person = _of(Person)
    return {
        "region": make.COUNTY_A, "village": make.VILLAGE_A, "role": Role.VILLAGE_WORKER.value, "kind": "visit",
        "one": person.pk, "kept": person.pk, "other": world.woman_b.pk, "year": 2018, "year_kind": "calendar",
        "decision_id": PairDecision.objects.get(kept__county_code=make.COUNTY_A).pk, "choice": "dismiss", "target": "pairing",
        "row_id": _of(StagedRow).pk, "amounts": {person.pk: Decimal(1)}, "people": [person], "household": _of(Household).pk,
        "signatures": {_of(Grant).pk: ("王某", True)}, "pairs": [(person.pk, _of(Helper).pk)], "lowest": "township",
        "households": [_of(Household).pk], "memberships": [_of(Membership).pk], "entrants": [], "answers": {},
        "old": [_of(Helper).pk], "values": {}, "based_on": 1, "content": b"", "zero": [], "size": 1, "days": {},
        "number": 2019, "what": "id-number", "why": "visit", "asker": "self", "basis": "wrong", "stage": "employed",
    }  # fmt: skip


def _told_apart(arguments: dict[str, Any], hints: dict[str, Any]) -> dict[str, Any]:
    """Marks by person for who is put on a list, by line for who is on it; people as such or by their keys."""
    if "people" in arguments and get_args(hints["people"])[0] is int:
        arguments["people"] = [one.pk for one in arguments["people"]]
    if "marks" in arguments:
        by_person = get_args(hints["marks"])[0] is Person
        arguments["marks"] = {(_of(Person) if by_person else _of(Attendance).pk): Attendance.Mark.PRESENT}
    return arguments


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, models.Model)


def _example(key: str, hint: Any) -> Any:
    """Something of county A for a type."""
    if hint is Region:
        return Region.objects.get(code={"village": make.VILLAGE_A, "city": make.CITY}.get(key, make.COUNTY_A))
    if hint is User:
        return User.objects.get(role=Role.VILLAGE_WORKER, regions=[make.VILLAGE_A])
    if _is_model(hint):
        return _of(hint)
    plain: dict[Any, Any] = {date: make.REPORTING_DAY, Decimal: Decimal(1), bool: True, int: 1, str: "说明"}
    plain[RecordTable] = ROOMS["publicity"].table("contacts")
    if hint in plain:
        return plain[hint]
    return {} if get_origin(hint) is dict else []


def _of(model: Any) -> Any:
    """The first row of county A; of what belongs to no region the first of all; a contact for any fact, a photo for any."""
    if model._meta.abstract:
        model = VisitPhoto if model is Photo else Contact
    found = model._default_manager.order_by("pk")
    if scope := getattr(model, "scope_field", ""):
        found = found.filter(code_range(scope, make.COUNTY_A))
    return found.first()


def outsiders() -> list[User]:
    """Those of county B who might do it at home: its officer, and somebody who there may do everything."""
    return [make.user(role, (make.COUNTY_B,)) for role in (Role.COUNTY_OFFICER, Role.FEDERATION_STAFF)]
