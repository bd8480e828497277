"""Recount everything from the facts with separate SQL (contract: `verify_coverage`)."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaigns import coverage, recount
from campaigns.business_day import business_date
from households.management.base import ProductCommand, Refusal, day_argument


class Command(ProductCommand):
    help = "Recount all figures of a day from the facts; exit 1 and a list on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", type=day_argument, help="day, YYYY-MM-DD; default: the business date")

    def work(self, *, as_of: date | None, **options: Any) -> None:
        day = as_of or business_date()
        coverage.settle_touched()
        differences = recount.verify(day)
        for d in differences:
            self.stdout.write(f"{d.region_code} {d.series}: {d.ledger} ≠ {d.recount}")
        if differences:
            raise Refusal(
                _("%(day)s：台账与重新统计有%(count)s处不一致。请运行 rebuild_coverage 重建后再核对。")
                % {"day": day.isoformat(), "count": len(differences)}
            )
        self.stdout.write(_("%(day)s：全部数字与重新统计一致。") % {"day": day.isoformat()})
