"""Stops the embedded database of this DATA_DIR, for instance after a killed program left it running."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from households.management.base import ProductCommand, Refusal
from povertyrelief import embedded


class Command(ProductCommand):
    help = "Stop the embedded database of this DATA_DIR. Leaves other folders' databases and DATABASE_URL's alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--force", action="store_true", help="stop it although programs are using it")

    def check_installation(self) -> None:
        """Needs no database."""

    def work(self, *, force: bool, **options: Any) -> None:
        folder = embedded.server_folder()
        try:
            stopped = embedded.stop(folder, although_used=force)
        except embedded.Unavailable as error:
            raise Refusal(str(error)) from error
        text = _("内置数据库已停止：%(folder)s") if stopped else _("内置数据库没有在运行：%(folder)s")
        self.stdout.write(text % {"folder": folder})
