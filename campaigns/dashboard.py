"""What the coverage dashboard shows, from the ledger only: no page counts persons."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from campaigns import coverage
from campaigns.coverage import Coverage, Figures
from campaigns.targets import TARGETS, TargetDefinition
from households.models import Region, User


@dataclass(frozen=True)
class Cell:
    """One target of one region: its figures, and where the list of what is unfinished is (None: may not be opened)."""

    target: TargetDefinition
    figures: Figures
    worklist_url: str | None


@dataclass(frozen=True)
class Row:
    """One region of the table."""

    region: Region
    cells: list[Cell]
    heads: dict[str, int]
    url: str | None


@dataclass(frozen=True)
class Dashboard:
    """One page: the region asked, its figures, and the next level down."""

    region: Region
    day: date
    trail: list[Region]
    total: Row
    rows: list[Row]
    being_updated: bool


def dashboard(user: User, region: Region, day: date) -> Dashboard:
    """Figures of a region and its children on a day. The caller has checked that the user may see the region."""
    around = Region.objects.visible_to(user).filter(Q(parent=region) | Q(code__in=_ancestors(region)))
    known = list(around.order_by("position"))
    children = [one for one in known if one.parent_id == region.code]
    found = coverage.as_of([region.code, *(child.code for child in children)], day)
    return Dashboard(
        region=region,
        day=day,
        trail=sorted((one for one in known if one.parent_id != region.code), key=lambda one: one.code),
        total=_row(user, region, found[region.code], day),
        rows=[_row(user, child, found[child.code], day) for child in children],
        being_updated=coverage.being_updated(region.code),
    )


def _ancestors(region: Region) -> list[str]:
    """Codes of the region itself and what it lies in."""
    return [region.code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(region.code)]


def trail(user: User, region: Region) -> list[Region]:
    """The region and its ancestors, from the top, as far as the user may see them."""
    return list(Region.objects.visible_to(user).filter(code__in=_ancestors(region)).order_by("code"))


def _row(user: User, region: Region, figures: Coverage, day: date) -> Row:
    return Row(
        region=region,
        cells=[Cell(t, figures.target(t.key), _worklist_url(region, t, day)) for t in TARGETS],
        heads=figures.heads,
        url=reverse("dashboard_region", args=[region.code]) + f"?day={day}" if len(region.code) < 12 else None,
    )


def _worklist_url(region: Region, target: TargetDefinition, day: date) -> str:
    return reverse("worklist", args=[target.key, region.code]) + f"?day={day}"
