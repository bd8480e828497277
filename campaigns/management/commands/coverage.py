"""The figures of a region on a day, as text or JSON (contract: `coverage`)."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.coverage import Coverage
from campaigns.models import Target
from campaigns.targets import BY_KEY
from households.management.base import ProductCommand, Refusal, day_argument
from households.models import Region
from households.regions import official_children, top_region


class Command(ProductCommand):
    help = "Coverage of the five targets: eligible, covered, explained, gap, percent; with the head counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--region", help="region code; default: the city")
        parser.add_argument("--by", choices=["children", "targets"], default="targets")
        parser.add_argument("--as-of", type=day_argument, help="day, YYYY-MM-DD; default: the business date")
        parser.add_argument("--json", action="store_true")

    def work(self, *, region: str | None, by: str, as_of: date | None, json: bool, **options: Any) -> None:
        place = Region.objects.filter(code=region).first() if region else top_region()
        if place is None:
            raise Refusal(
                _("没有区划代码为%(code)s的区划。请先运行 prepare 载入区划，或改用正确的代码。")
                % {"code": region or "-"}
            )
        day = as_of or business_date()
        coverage.settle_touched()
        children = list(official_children(place)) if by == "children" else []
        found = coverage.as_of([place.code, *(child.code for child in children)], day)
        if json:
            self.stdout.write(self.as_json(place, day, found, children if by == "children" else None))
            return
        self.stdout.write(_("%(region)s %(day)s") % {"region": place.path, "day": day.isoformat()})
        for shown in [place, *children]:
            self.stdout.write(_line(shown, found[shown.code]))

    def as_json(self, place: Region, day: date, found: dict[str, Coverage], children: list[Region] | None) -> str:
        """The contract's object; `children` only where asked for."""
        answer: dict[str, Any] = {"region": place.code, "as_of": day.isoformat(), **figures(found[place.code])}
        if children is not None:
            answer["children"] = [
                {"region": child.code, "name": child.short_name, **figures(found[child.code])} for child in children
            ]
        return json.dumps(answer, ensure_ascii=False)


def figures(of: Coverage) -> dict[str, Any]:
    """Heads and targets of one region as plain numbers."""
    return {
        "heads": of.heads,
        "targets": {
            key: {
                "eligible": f.eligible, "covered": f.covered, "gap": f.gap, "percent": f.percent, "explained": f.explained,
            }
            for key, f in of.targets.items()
        },
    }  # fmt: skip


def _line(place: Region, of: Coverage) -> str:
    parts = [
        f"{BY_KEY[Target(key)].title} {f.covered}/{f.eligible} "
        + (_("无任务") if f.percent is None else f"{f.percent}%")
        for key, f in of.targets.items()
    ]
    return f"{place.short_name}  " + "  ".join(parts)
