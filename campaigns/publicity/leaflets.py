"""Leaflets in stock: what came in, what went out, what is left, by region and leaflet. The database keeps it above zero
on every day (models.py); the form says so first, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Sum, When
from django.utils.translation import gettext as _

from campaigns.models import LeafletMovement
from campaigns.records.forms import EntryForm
from households.access import code_range
from households.models import Region, User

Kind = LeafletMovement.Kind
_SIGNED = Case(
    When(kind__in=LeafletMovement.INCOMING, then=F("copies")), default=-F("copies"), output_field=IntegerField()
)


@dataclass(frozen=True)
class Stock:
    """One leaflet in one region's stock, in copies."""

    region: Region
    title: str
    printed: int
    received: int
    passed_on: int
    handed_out: int

    @property
    def left(self) -> int:
        """What is in stock."""
        return self.printed + self.received - self.passed_on - self.handed_out


def copies(movements: QuerySet[LeafletMovement], *kinds: str) -> int:
    """Copies moved in these ways."""
    return movements.filter(kind__in=kinds).aggregate(total=Sum("copies"))["total"] or 0


def stocks(user: User, region: Region, day: date) -> list[Stock]:
    """The stocks that the user may see in a region, as of a day, by region and leaflet."""
    moved = (
        LeafletMovement.objects.visible_to(user)
        .filter(code_range("region_id", region.code), voided_at=None, day__lte=day)
        .values_list("region_id", "title", "kind")
        .annotate(total=Sum("copies"))
        .order_by("region__position", "region_id", "title")
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for code, title, kind, total in moved:
        found.setdefault((code, title), dict.fromkeys(Kind.values, 0))[kind] = total
    regions = Region.objects.in_bulk({code for code, _title in found})
    return [Stock(regions[code], title, **counts) for (code, title), counts in found.items()]


def lowest(movements: Iterable[tuple[date, int]]) -> tuple[int, date] | None:
    """The lowest stock at the end of any day, and that day; movements are (day, copies in or minus copies out)."""
    by_day: dict[date, int] = {}
    for day, moved in movements:
        by_day[day] = by_day.get(day, 0) + moved
    left, found = 0, []
    for day in sorted(by_day):
        left += by_day[day]
        found.append((left, day))
    return min(found, default=None)


class LeafletForm(EntryForm):
    """What came in or went out."""

    happened = ("day",)

    class Meta:
        model = LeafletMovement
        fields = ["region", "kind", "title", "copies", "day", "receiver"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") in (Kind.PASSED_ON, Kind.HANDED_OUT) and not data.get("receiver"):
            self.add_error("receiver", _("下发和发放必须写明领取（接收）单位。"))
        if not self.errors:
            self._check_stock(data)
        return data

    def _check_stock(self, data: dict[str, Any]) -> None:
        """With this movement, no day ends with less than nothing, neither here nor where a corrected one stood before."""
        others = LeafletMovement.objects.filter(region=data["region"], title=data["title"], voided_at=None)
        moved = list(others.exclude(pk=self.instance.pk).annotate(moved=_SIGNED).values_list("day", "moved"))
        signed = data["copies"] if data["kind"] in LeafletMovement.INCOMING else -data["copies"]
        low = lowest([*moved, (data["day"], signed)])
        if low is None or low[0] >= 0:
            return
        left, day = low
        self.add_error(
            "copies",
            _(
                "“%(title)s”在%(day)s只够%(enough)s份：这样登记库存会少于0。请核对份数、名称和日期；还没有登记入库的，先登记入库。"
            )
            % {"title": data["title"], "day": day, "enough": max(0, left - signed) if signed < 0 else 0},
        )
