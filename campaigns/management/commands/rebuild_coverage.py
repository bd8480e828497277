"""Throw the derived figures away and count them anew from the facts."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import coverage
from households.management.base import ProductCommand


class Command(ProductCommand):
    help = "Rebuild standing and ledger from the facts."

    def work(self, **options: Any) -> None:
        with transaction.atomic():
            coverage.rebuild()
            self.record()
        self.stdout.write(_("已按原始记录重建全部数字。"))
