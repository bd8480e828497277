"""Remove what is past its time, or tell what would be (contract: `apply_retention`)."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from campaigns import retention
from households.management.base import ProductCommand


class Command(ProductCommand):
    help = "Apply the table of periods: uploads, comparisons, requests, jobs, sessions, closed cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="tell what would be removed, change nothing")

    def work(self, *, dry_run: bool, **options: Any) -> None:
        told = retention.due() if dry_run else retention.apply()
        for rule, count in told:
            period = _("保留%(days)s天") % {"days": rule.days} if rule.days else _("永久保留")
            self.stdout.write(f"  {rule.title} · {period} · {count}")
        total = sum(count for _rule, count in told)
        text = _("到期应清除%(total)s项，没有改动任何数据。") if dry_run else _("已清除%(total)s项。")
        self.stdout.write(text % {"total": total})
