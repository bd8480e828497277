"""Figures as they were submitted (上报数), in the shape in which the dashboard and the reports know figures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from campaigns.coverage import SERIES, WHAT, Coverage, Figures
from campaigns.models import ReportRound, Submission
from campaigns.submissions.progress import in_force, lines, thawed
from households.models import Region, User


@dataclass(frozen=True)
class Reported:
    """What a region and those directly below it submitted in a round. `missing`: of those below, who has not."""

    round: ReportRound
    total: Coverage
    below: dict[str, Coverage]
    missing: list[Region]


def reported_on(user: User, region: Region, day: date) -> dict[int, Reported]:
    """What is in force for a day, by the round's number: of the rounds that hold figures of the region."""
    rounds = ReportRound.objects.offered_to(user).filter(day=day, voided_at=None)
    return {of.pk: found for of in rounds if (found := reported(user, of, region))}


def reported(user: User, of: ReportRound, region: Region) -> Reported | None:
    """The figures in force: the region's own, else (who opened the round does not submit) the sum of those below it, once
    all of them have submitted: a sum of some would be read as the whole."""
    found = lines(user, of, region)
    below = {line.region.code: thawed(line.submission) for line in found if line.submission and not line.is_open}
    missing = [line.region for line in found if line.is_open]
    own = in_force(of, [region.code]).get(region.code)
    if own is not None and own.state != Submission.State.RETURNED:
        total = thawed(own)
    elif below and not missing and of.region_id == region.code:
        total = _sum(region.code, below.values())
    else:
        return None
    return Reported(of, total, below, missing)


def _sum(code: str, parts: Collection[Coverage]) -> Coverage:
    """Regions side by side: nobody is counted in two of them."""
    return Coverage.of(
        code,
        {
            series: Figures(*(sum(getattr(part.target(series), what) for part in parts) for what in WHAT))
            for series in SERIES
        },
    )
