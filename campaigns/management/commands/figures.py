"""The six actions' figures, counted from the records, as text or JSON (contract: `figures`)."""

import json as json_format
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.figures import asked_for, figures_of
from campaigns.rooms import ROOMS
from households.management.base import ProductCommand, Refusal, day_argument
from households.models import Region
from households.regions import top_region
from households.wording import shown


class Command(ProductCommand):
    help = "Figures of the actions for a region, from the campaign year's first day to a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--region", help="region code; default: the city")
        parser.add_argument("--as-of", type=day_argument, help="day, YYYY-MM-DD; default: the business date")
        parser.add_argument("--json", action="store_true")

    def work(self, *, region: str | None, as_of: date | None, json: bool, **options: Any) -> None:
        place = Region.objects.filter(code=region).first() if region else top_region()
        if place is None:
            raise Refusal(
                _("没有区划代码为%(code)s的区划。请先运行 prepare 载入区划，或改用正确的代码。")
                % {"code": region or "-"}
            )
        day = as_of or business_date()
        asked = asked_for(place.code, day)
        found = [(room, figures_of(room, asked)) for room in ROOMS.values()]
        if json:
            numbers = {figure.key: _number(count) for _room, counted in found for figure, count in counted}
            self.stdout.write(json_format.dumps(numbers, ensure_ascii=False))
            return
        self.stdout.write(_("%(region)s %(day)s") % {"region": place.path, "day": day.isoformat()})
        for room, counted in found:
            self.stdout.write(str(room.title))
            for figure, count in counted:
                self.stdout.write(f"  {figure.title} {shown(count)}{figure.unit}")


def _number(count: int | Decimal) -> int | float:
    """Yuan with two places are exact as a float's shortest text."""
    return int(count) if count == int(count) else float(count)
