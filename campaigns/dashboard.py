"""What the coverage dashboard shows, from the ledger only: no page counts persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q
from django.urls import reverse

from campaigns import coverage
from campaigns.business_day import year_begun
from campaigns.charts import HEAT, MOST_WEEKS, Line, line_of
from campaigns.county_map import CityMap, map_of, without_level
from campaigns.coverage import Coverage, Figures
from campaigns.models import Target
from campaigns.targets import TARGETS, TargetDefinition
from households.access import LEVELS
from households.models import Region, User

WEEK = timedelta(days=7)
# A region in whose figures nothing has moved for so long, while something is unfinished, is marked.
STALE = timedelta(days=14)
# Steps of colour by percent, from the lowest: below 50, 75, 90, 100, and complete.
STEPS = (50, 75, 90, 100)


@dataclass(frozen=True)
class Cell:
    """One target of one region. worklist_url: of what is unfinished; step: of colour, 0 for no task, 1 (far) to 5 (done)."""

    target: TargetDefinition
    figures: Figures
    worklist_url: str
    step: int


@dataclass(frozen=True)
class Card(Cell):
    """One target of the page's own region. change: of the percentage since a week before, in points; None without a task
    then or now; done: units more than then; trend: its percentages since the campaign year began, weekly."""

    url: str
    change: float | None
    done: int
    trend: Line


@dataclass(frozen=True)
class Row:
    """One region of the table. latest: the last day on which more was done; is_stale: that is long ago."""

    region: Region
    cells: list[Cell]
    heads: dict[str, int]
    url: str
    latest: date | None
    is_stale: bool


@dataclass(frozen=True)
class Area:
    """One area of the map: its outline, names (label: as short as it can be read), the figures of the target shown, and
    where it leads."""

    path: str
    x: int
    y: int
    name: str
    label: str
    percent: float | None
    gap: int
    step: int
    url: str

    @property
    def colour(self) -> str:
        """Of its step, for a picture without a style sheet."""
        return HEAT[self.step]


@dataclass(frozen=True)
class CountyMap:
    """The map of one target. beside: rows without an outline (special zones)."""

    frame: CityMap
    areas: list[Area]
    beside: list[tuple[Row, Cell]]


@dataclass(frozen=True)
class Dashboard:
    """One page: the region asked, its figures, and the next level down. idle: regions of it without any task.
    target: what the map (`map`, of a city) or the trend shows; None where there is no task at all."""

    region: Region
    day: date
    cards: list[Card]
    heads: dict[str, int]
    rows: list[Row]
    idle: list[Row]
    target: Card | None
    map: CountyMap | None


@dataclass(frozen=True)
class Place:
    """A region that a user may see, with what of its surroundings she may see: trail: its ancestors and itself, from the
    top; children: the next level down, in official order."""

    region: Region
    trail: list[Region]
    children: list[Region]


def place_of(user: User, code: str) -> Place | None:
    """Where a page is about; None as for a region that does not exist, where the user may not see it."""
    around = Region.objects.visible_to(user).filter(Q(parent=code) | Q(code__in=_ancestors(code)))
    known = list(around.order_by("position"))
    trail = sorted((one for one in known if one.parent_id != code), key=lambda one: one.code)
    if not trail or trail[-1].code != code:
        return None
    return Place(trail[-1], trail, [one for one in known if one.parent_id == code])


@dataclass(frozen=True)
class Known:
    """What a dashboard is made of, as the ledger says it. target: the key of the one whose map or trend is shown, None where
    there is no task at all; now: of the region and its children; history: of the region, weekly, until the day."""

    region: Region
    children: list[Region]
    day: date
    target: Target | None
    now: dict[str, Coverage]
    latest: dict[str, date | None]
    history: list[Coverage]

    @property
    def has_below(self) -> bool:
        """Does anybody live in a region below?"""
        return any(self.now[child.code].heads["households"] for child in self.children)


def known_of(place: Place, day: date, target: str = "") -> Known:
    """Figures of a region and its children on a day.

    `target` is the key of the one whose map is shown, otherwise the furthest behind.
    """
    codes = [place.region.code, *(child.code for child in place.children)]
    now = coverage.as_of(codes, day)
    of_region = now[place.region.code]
    return Known(
        region=place.region,
        children=place.children,
        day=day,
        target=_shown(of_region, target),
        now=now,
        latest=coverage.latest_progress(codes, day),
        history=coverage.on_days(place.region.code, weeks(day), of_region),
    )


def dashboard(known: Known) -> Dashboard:
    """The page, made of what is known and nothing else: what was made once may be shown again for the same."""
    region, day = known.region, known.day
    cards = [_card(region, target, known.history, day) for target in TARGETS]
    rows = [_row(child, known.now[child.code], known.latest.get(child.code), day) for child in known.children]
    shown = next((card for card in cards if card.target.key == known.target), None)
    return Dashboard(
        region=region,
        day=day,
        cards=cards,
        heads=known.now[region.code].heads,
        rows=[row for row in rows if row.heads["households"]],
        idle=[row for row in rows if not row.heads["households"]],
        target=shown,
        map=_map(region, rows, shown.target.key) if shown else None,
    )


def _ancestors(code: str) -> list[str]:
    """Codes of the region itself and what it lies in."""
    return [code[:digits] for digits in LEVELS if digits <= len(code)]


def trail(user: User, region: Region) -> list[Region]:
    """The region and its ancestors, from the top, as far as the user may see them."""
    return list(Region.objects.visible_to(user).filter(code__in=_ancestors(region.code)).order_by("code"))


def weeks(day: date) -> list[date]:
    """The days a trend is drawn through: week by week until the day, from the beginning of its campaign year on (three
    years at most), with the day a week before it at least."""
    year = year_begun(day)
    count = min(max((day - (year.start if year else day)) // WEEK, 1), MOST_WEEKS)
    return [day - WEEK * back for back in range(count, -1, -1)]


def step_of(figures: Figures) -> int:
    """The step of colour: 0 for no task, 1 (below 50 %) to 5 (complete)."""
    if figures.percent is None:
        return 0
    return 5 if not figures.gap else 1 + sum(figures.percent >= step for step in STEPS)


def cells_of(region: Region, figures: Coverage, day: date) -> list[Cell]:
    """The five targets of a region."""
    return [
        Cell(t, of, _worklist_url(region, t, day), step_of(of))
        for t, of in zip(TARGETS, figures.targets.values(), strict=True)
    ]


def _card(region: Region, target: TargetDefinition, of_region: Sequence[Coverage], day: date) -> Card:
    history = [one.target(target.key) for one in of_region]
    before, now = history[-2:]
    change = None if now.percent is None or before.percent is None else round(now.percent - before.percent, 1)
    return Card(
        target=target,
        figures=now,
        worklist_url=_worklist_url(region, target, day),
        step=step_of(now),
        url=f"{region_url(region, day)}&target={target.key}",
        change=change,
        done=now.covered - before.covered,
        trend=line_of([one.percent for one in history]),
    )


def _row(region: Region, figures: Coverage, latest: date | None, day: date) -> Row:
    cells = cells_of(region, figures, day)
    unfinished = any(cell.figures.gap for cell in cells)
    return Row(
        region=region,
        cells=cells,
        heads=figures.heads,
        url=region_url(region, day),
        latest=latest,
        is_stale=unfinished and (latest is None or day - latest > STALE),
    )


def _shown(of_region: Coverage, asked: str) -> Target | None:
    """The target asked for, or the one furthest behind, the first of equals."""
    percents = {t.key: of_region.target(t.key).percent for t in TARGETS}
    with_task = {key: percent for key, percent in percents.items() if percent is not None}
    if asked in with_task:
        return Target(asked)
    return min(with_task, key=lambda key: with_task[key], default=None)


def _map(region: Region, rows: list[Row], target: Target) -> CountyMap | None:
    frame = map_of(region.code)
    if frame is None:
        return None
    by_code = {row.region.code: row for row in rows}
    areas = []
    for outline in frame.outlines:
        inside = [by_code.pop(code) for code in outline.codes if code in by_code]
        if not inside:
            continue  # another vintage of divisions
        figures = _together([_cell(row, target).figures for row in inside])
        names = [row.region.short_name for row in inside]
        areas.append(
            Area(
                path=outline.path,
                x=outline.x,
                y=outline.y,
                name="、".join(names),
                label="·".join(map(without_level, names)),
                percent=figures.percent,
                gap=figures.gap,
                step=step_of(figures),
                url=inside[0].url,
            )
        )
    return CountyMap(frame, areas, [(row, _cell(row, target)) for row in by_code.values()])


def _cell(row: Row, target: Target) -> Cell:
    return next(cell for cell in row.cells if cell.target.key == target)


def _together(parts: Sequence[Figures]) -> Figures:
    return Figures(sum(one.eligible for one in parts), sum(one.covered for one in parts))


def region_url(region: Region, day: date) -> str:
    """The dashboard of a region on a day."""
    return f"{_address('dashboard_region', region.code)}?day={day}"


def _worklist_url(region: Region, target: TargetDefinition, day: date) -> str:
    return f"{_address('worklist', target.key, region.code)}?day={day}"


@lru_cache(maxsize=10_000)
def _address(name: str, *args: str) -> str:
    """A page has a hundred, and resolving them was a tenth of it."""
    return reverse(name, args=args)
