"""Brings a backup back into an empty database, and has everything checked (see `povertyrelief.backup`)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils.translation import gettext as _

from households.management.base import ProductCommand, Refusal
from povertyrelief import backup


class Command(ProductCommand):
    help = "Restore a backup into an empty database; afterwards audit log and coverage are verified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE.tar")

    def check_installation(self) -> None:
        """There is none yet; `restore` checks that the keys fit."""

    def work(self, *, file: Path, **options: Any) -> None:
        try:
            about = backup.restore(file)
        except backup.Unusable as error:
            raise Refusal(str(error)) from error
        self.stdout.write(_("已恢复%(day)s的备份，正在核对……") % {"day": about.day})
        call_command("prepare", stdout=self.stdout)  # it may come from an older version
        call_command("verify_audit", stdout=self.stdout)
        call_command("verify_coverage", stdout=self.stdout)
        self.record()
