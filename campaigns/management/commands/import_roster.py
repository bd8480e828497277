"""Uploads a roster, shows what it would change, and with --apply writes it (contract: `import_roster`)."""

from typing import Any

from campaigns.management.importing import ImportCommand
from households.intake.kinds import Kind
from households.roster.kind import ROSTER


class Command(ImportCommand):
    help = "Import a roster workbook: preview, or with --apply into the register. The same code as the upload page."

    def kind_of(self, options: dict[str, Any]) -> Kind[Any]:
        """The roster."""
        return ROSTER
