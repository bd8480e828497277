"""Keeping clean: how many of the re-checked homes are still clean, what is open to mend, what spot checks evidence."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from campaigns.cleaning.spot_checks import evidenced
from campaigns.models import Cleaning, Recheck, SpotResult
from households.access import LEVELS, code_range
from households.models import Region, User


@dataclass(frozen=True)
class Quality:
    """Figures of one region on a day, in households; the shares in per cent with one decimal, cut; None without any."""

    region: Region
    cleaned: int
    rechecked: int
    kept_clean: int
    open: int
    overdue: int
    spot_checked: int
    evidenced: int

    @property
    def kept_share(self) -> float | None:
        """Of the re-checked households, those whose latest re-check they passed."""
        return share(self.kept_clean, self.rechecked)

    @property
    def evidence_share(self) -> float | None:
        """Of the spot-checked households, those with a photo or signature."""
        return share(self.evidenced, self.spot_checked)


def share(part: int, whole: int) -> float | None:
    """Per cent with one decimal, cut."""
    return 1000 * part // whole / 10 if whole else None


def rechecks(day: date) -> QuerySet[Recheck]:
    """Valid re-checks up to a day."""
    return Recheck.objects.filter(voided_at=None, checked_on__lte=day)


def latest(found: QuerySet[Recheck]) -> QuerySet[Recheck]:
    """The latest re-check of each household."""
    return found.order_by("household", "-checked_on", "-pk").distinct("household")


def still_open(found: QuerySet[Recheck], day: date) -> QuerySet[Recheck]:
    """What has to be mended and was not settled on the day."""
    return found.filter(Q(settled_on__isnull=True) | Q(settled_on__gt=day), passed=False)


def quality_by_region(user: User, region: Region, day: date) -> list[Quality]:
    """The regions of the next level with anything to show, and the region itself as the last line (the total)."""
    digits = next((one for one in LEVELS if one > len(region.code)), len(region.code))
    counted = _counted(region.code, digits, day)
    below = [] if digits == len(region.code) else list(Region.objects.visible_to(user).filter(parent=region))
    lines = [_line(one, counted, one.code) for one in sorted(below, key=lambda one: one.position)]
    shown = [line for line in lines if line.cleaned or line.rechecked or line.spot_checked]
    return [
        *shown,
        _line(region, {name: Counter({region.code: sum(c.values())}) for name, c in counted.items()}, region.code),
    ]


def _line(region: Region, counted: dict[str, Counter[str]], code: str) -> Quality:
    return Quality(region, **{name: count[code] for name, count in counted.items()})


def _counted(code: str, digits: int, day: date) -> dict[str, Counter[str]]:
    within = code_range("village_id", code)
    cleanings = Cleaning.objects.filter(within, voided_at=None, round_number=1, done_on__lte=day)
    checked = rechecks(day).filter(within)
    last = Recheck.objects.filter(pk__in=latest(checked).values("pk"))
    to_mend = still_open(checked, day)
    spots = SpotResult.objects.filter(within, voided_at=None, spot_check__voided_at=None, spot_check__day__lte=day)
    return {
        "cleaned": _by_place(cleanings, digits),
        "rechecked": _by_place(last, digits),
        "kept_clean": _by_place(last.filter(passed=True), digits),
        "open": _by_place(to_mend, digits),
        "overdue": _by_place(to_mend.filter(due_on__lt=day), digits),
        "spot_checked": _by_place(spots, digits),
        "evidenced": _by_place(evidenced(spots), digits),
    }


def _by_place(rows: QuerySet[Any], digits: int) -> Counter[str]:
    places = rows.order_by().annotate(place=Left("village_id", digits)).values_list("place")
    return Counter(dict(places.annotate(count=Count("pk"))))
