"""Uploads a ledger of one of the actions, shows what it would record, and with --apply records it (contract:
`import_ledger`)."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from campaigns.kinds import KINDS, LEDGERS
from campaigns.management.importing import ImportCommand
from households.intake.kinds import Kind
from households.management.base import Refusal
from households.wording import listed


class Command(ImportCommand):
    help = "Import a ledger workbook: preview, or with --apply into the records. The same code as the upload page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(LEDGERS))
        super().add_arguments(parser)

    def kind_of(self, options: dict[str, Any]) -> Kind[Any]:
        """The ledger named on the command line."""
        name = options["kind"]
        if name not in LEDGERS:
            known = listed(f"{key} {ledger.title}" for key, ledger in LEDGERS.items())
            raise Refusal(_("没有“%(name)s”这一种台账。可以用：%(known)s。") % {"name": name, "known": known})
        return KINDS[name]
