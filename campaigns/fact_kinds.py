"""What a room declares of a kind of fact, so that a household's page shows, records and voids it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.facts import Fact
from campaigns.models import Target
from households.models import Household, Person


@dataclass(frozen=True)
class FactKind:
    """A kind of fact: the model, its target (None: any), how a household's facts are found, how one is told.

    hide: takes off a fact (which is never saved) what viewers without VIEW_SENSITIVE must not see. table: room and name of the
    table whose form corrects it, "" where it is only voided.
    """

    title: str | Promise
    model: type[Fact]
    target: Target | None
    belongs: Callable[[Household, Sequence[Person]], Q]
    related: tuple[str, ...]
    tell: Callable[[Any], tuple[str, str, str]]
    hide: Callable[[Any], None] = lambda _fact: None
    table: str = ""


def of_household(household: Household, people: Sequence[Person]) -> Q:
    """Facts of the household itself."""
    return Q(household=household)


def of_people(household: Household, people: Sequence[Person]) -> Q:
    """Facts of its members."""
    return Q(person__in=people)


def of_either(household: Household, people: Sequence[Person]) -> Q:
    """Facts of the household and of its members."""
    return Q(household=household) | Q(person__in=people)


def uncounted(counts: bool) -> str:
    """The remark on a fact that does not count."""
    return "" if counts else _("不计入完成率")


def words(*parts: object) -> str:
    """What there is of the parts, in one line."""
    return " · ".join(str(part) for part in parts if part)


def covering(*names: str) -> Callable[[Any], None]:
    """A FactKind's `hide`: texts that may tell of illness become a word that there is one."""

    def hide(fact: Any) -> None:
        for name in names:
            if getattr(fact, name):
                setattr(fact, name, _("已登记"))

    return hide
