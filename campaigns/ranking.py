"""The counties' contest (擂台赛): who stands where in a target or in all five, and who has moved since a day.

Places go by the exact share, so two regions that both read 97.2% need not be equal; those with the same share share a
place (并列) and the next place is left out. Regions without a task (无任务) have no place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from campaigns import coverage
from campaigns.coverage import Coverage, Figures
from campaigns.targets import TARGETS, TargetDefinition
from households.models import Region


@dataclass(frozen=True)
class Place:
    """One region's place. score: percent, one decimal, cut; moved: places won (+) or lost since the earlier day, None
    where it had no place then; figures: of the target asked, None for all five."""

    rank: int
    is_shared: bool
    region: Region
    score: float
    gained: float | None
    moved: int | None
    figures: Figures | None
    gap: int

    @property
    def fallen(self) -> int:
        """Places lost."""
        return -(self.moved or 0)


@dataclass(frozen=True)
class Ranking:
    """All places in order; idle: regions without a task."""

    places: list[Place]
    idle: list[Region]


def ranking(regions: Sequence[Region], day: date, since: date, target: TargetDefinition | None) -> Ranking:
    """Places of regions on a day in one target, or in the mean of those targets in which a region has a task."""
    codes = [region.code for region in regions]
    now, before = coverage.as_of(codes, day), coverage.as_of(codes, since)
    shares = {code: share for code in codes if (share := _share(now[code], target)) is not None}
    then = {code: share for code in codes if (share := _share(before[code], target)) is not None}
    ranks, earlier = _ranks(shares), _ranks(then)
    places = [
        Place(
            rank=ranks[region.code],
            is_shared=list(ranks.values()).count(ranks[region.code]) > 1,
            region=region,
            score=_percent(shares[region.code]),
            gained=round(_percent(shares[region.code]) - _percent(then[region.code]), 1)
            if region.code in then
            else None,
            moved=earlier[region.code] - ranks[region.code] if region.code in earlier else None,
            figures=now[region.code].target(target.key) if target else None,
            gap=sum(figures.gap for figures in now[region.code].targets.values()),
        )
        for region in regions
        if region.code in shares
    ]
    places.sort(key=lambda place: place.rank)  # equal ones stay in the official order
    return Ranking(places, [region for region in regions if region.code not in shares])


def _share(of: Coverage, target: TargetDefinition | None) -> Fraction | None:
    """Covered of eligible; the mean over the targets with a task; None without any."""
    asked = [target] if target else TARGETS
    figures = [found for one in asked if (found := of.target(one.key)).eligible]
    if not figures:
        return None
    return sum((Fraction(one.covered, one.eligible) for one in figures), Fraction()) / len(figures)


def _ranks(shares: dict[str, Fraction]) -> dict[str, int]:
    """1 + the number of those that are better."""
    ordered = sorted(shares.values(), reverse=True)
    return {code: ordered.index(share) + 1 for code, share in shares.items()}


def _percent(share: Fraction) -> float:
    return int(share * 1000) / 10
