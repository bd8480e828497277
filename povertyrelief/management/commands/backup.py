"""Writes everything but the keys into one file (see `povertyrelief.backup`)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from households.management.base import ProductCommand, Refusal
from povertyrelief import backup


class Command(ProductCommand):
    help = "Back up the database and the encrypted files, while the system runs. The keys are not among them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE.tar")

    def work(self, *, file: Path, **options: Any) -> None:
        with transaction.atomic():
            self.record()  # before the dump: the backup knows of itself
        try:
            size = backup.make(file)
        except backup.Unusable as error:
            raise Refusal(str(error)) from error
        self.stdout.write(
            _("已备份到%(file)s（%(size)s）。密钥不在其中：请把%(folder)s/keys.json 另存在别处，没有它备份无法恢复。")
            % {"file": file, "size": filesizeformat(size), "folder": settings.DATA_DIR}
        )
