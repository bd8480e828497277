"""How far a round of reports is: who has to submit, what is new since the round before, who is late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.business_day import business_date, year_begun
from campaigns.coverage import WHAT, Coverage, Figures
from campaigns.models import ReportRound, Submission
from campaigns.targets import TARGETS, TargetDefinition
from households.models import Region, User
from households.wording import listed

LEVELS = (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP, Region.Level.VILLAGE)


@dataclass(frozen=True)
class Part:
    """One target in a region's report: its figures on the round's day, and how many more are done than in the round before.
    needs_zero: nothing new although something is unfinished, which has to be declared."""

    target: TargetDefinition
    figures: Figures
    new: int

    @property
    def needs_zero(self) -> bool:
        """Has a zero report (零报告) to be declared?"""
        return self.figures.gap > 0 and self.new <= 0


@dataclass(frozen=True)
class Line:
    """One region of the next level down in a round. submission: the one in force, or the last one returned, or None; parts:
    as submitted, of one that has nothing in force as counted now."""

    region: Region
    submission: Submission | None
    parts: list[Part]

    @property
    def state(self) -> str:
        """A state of submissions, or "missing"."""
        return self.submission.state if self.submission else "missing"

    @property
    def is_open(self) -> bool:
        """Is it still for the region to act?"""
        return self.state in ("missing", Submission.State.RETURNED)


def since(of: ReportRound) -> date:
    """The day of the round before; without one the day before the campaign year began."""
    before = ReportRound.objects.filter(region=of.region, day__lt=of.day, voided_at=None).order_by("-day").first()
    if before is not None:
        return before.day
    year = year_begun(of.day)
    return (year.start if year else of.day.replace(month=1, day=1)) - timedelta(days=1)


def submits(of: ReportRound, region: Region) -> bool:
    """Is the region one that reports in the round: below the one that opened it, down to the lowest level?"""
    order = [str(level) for level in LEVELS]
    return (
        region.code.startswith(of.region_id)
        and region.code != of.region_id
        and order.index(region.level) <= order.index(of.lowest)
    )


def is_asked(of: ReportRound, region: Region) -> bool:
    """Is the region's report waited for: it reports, and has anybody to report on (or has reported)?"""
    if not submits(of, region):
        return False
    now = coverage.as_of([region.code], of.day)[region.code]
    return bool(now.heads["households"]) or Submission.objects.filter(round=of, region=region).exists()


def waiting_round(user: User, region: Region) -> ReportRound | None:
    """The newest round not yet past its deadline in which the region reports or is reported to."""
    rounds = ReportRound.objects.offered_to(user).filter(voided_at=None, due_on__gte=business_date())
    return next((one for one in rounds if region.code == one.region_id or is_asked(one, region)), None)


def parts_of(now: Coverage, before: Coverage) -> list[Part]:
    """The five targets of a report."""
    return [Part(t, now.target(t.key), now.target(t.key).covered - before.target(t.key).covered) for t in TARGETS]


def thawed(submission: Submission) -> Coverage:
    """One submission's figures."""
    found = {series: Figures(*counts[: len(WHAT)]) for series, counts in submission.figures.items()}
    return Coverage.of(submission.region_id, found)


def frozen_parts(submission: Submission, before: Coverage) -> list[Part]:
    """A submission's targets with what was new when it was submitted; of an old one that does not say so, as counted now."""
    found = parts_of(thawed(submission), before)
    told = [submission.figures.get(part.target.key, [])[len(WHAT) :] for part in found]
    return [replace(part, new=new[0]) if new else part for part, new in zip(found, told, strict=True)]


def report(of: ReportRound, region: Region) -> tuple[Coverage, list[Part]]:
    """What the region would submit now."""
    now = coverage.as_of([region.code], of.day)[region.code]
    before = coverage.as_of([region.code], since(of))[region.code]
    return now, parts_of(now, before)


def lines(user: User, of: ReportRound, region: Region) -> list[Line]:
    """The next level down that reports and has anybody to report on, in official order."""
    children = _reporting(user, of, region)
    codes = [child.code for child in children]
    now, before = coverage.as_of(codes, of.day), coverage.as_of(codes, since(of))
    found = in_force(of, codes)
    told = {code: parts_of(now[code], before[code]) for code in codes} | {
        code: frozen_parts(one, before[code]) for code, one in found.items() if one.state != Submission.State.RETURNED
    }
    return [
        Line(child, found.get(child.code), told[child.code])
        for child in children
        if now[child.code].heads["households"] or child.code in found
    ]


def idle(user: User, of: ReportRound, region: Region, found: Sequence[Line]) -> list[Region]:
    """Those of the next level down that are not waited for: they have nobody to report on."""
    told = {line.region.code for line in found}
    return [child for child in _reporting(user, of, region) if child.code not in told]


def total_of(found: Sequence[Line]) -> list[Part]:
    """The lines side by side: nobody is counted in two regions."""
    return [
        Part(
            target,
            Figures(*(sum(getattr(part.figures, what) for part in parts) for what in WHAT)),
            sum(part.new for part in parts),
        )
        for at, target in enumerate(TARGETS)
        for parts in [[line.parts[at] for line in found]]
    ]


def _reporting(user: User, of: ReportRound, region: Region) -> list[Region]:
    below = Region.objects.visible_to(user).filter(parent=region).order_by("position")
    return [child for child in below if submits(of, child)]


def in_force(of: ReportRound, codes: Sequence[str]) -> dict[str, Submission]:
    """The last submission of each region: the one in force, or the last one returned."""
    rows = Submission.objects.filter(round=of, region__in=codes).order_by("version")
    return {row.region_id: row for row in rows.select_related("region", "submitted_by", "decided_by")}


def reminder(of: ReportRound, region: Region, found: Sequence[Line]) -> str:
    """The text to copy into the chat group for those who have not submitted; "" where nobody is late."""
    missing = [line.region.short_name for line in found if line.state == "missing"]
    returned = [line.region.short_name for line in found if line.state == Submission.State.RETURNED]
    if not missing and not returned:
        return ""
    told = _("【%(region)s妇联】%(title)s（数据截至%(day)s）：应报%(count)s个，已报%(done)s个。") % {
        "region": region.short_name,
        "title": of.title,
        "day": formats.date_format(of.day),
        "count": len(found),
        "done": len(found) - len(missing) - len(returned),
    }
    if missing:
        told += _("尚未上报：%(names)s。") % {"names": listed(missing)}
    if returned:
        told += _("退回待改：%(names)s。") % {"names": listed(returned)}
    last = _("请于%(day)s前上报。") if business_date() <= of.due_on else _("上报期限%(day)s已过，请尽快上报。")
    return told + last % {"day": formats.date_format(of.due_on)}
