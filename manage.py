#!/usr/bin/env python
"""Command line of the product; starts the embedded database first where no DATABASE_URL is given."""

import os
import sys

import django
from django.core.management import execute_from_command_line
from django.utils import translation

from povertyrelief import embedded

# These never open a connection, so a machine without a database can run them.
WITHOUT_DATABASE = {"help", "compilemessages", "makemessages", "collectstatic", "db_stop", "check", "diffsettings"}
REFUSED = 1


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyrelief.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE and not {"--help", "-h", "--version"} & set(sys.argv):
        try:
            embedded.ensure_database_url()
        except embedded.Unavailable as refusal:
            _refuse(refusal)
    execute_from_command_line(sys.argv)


def _refuse(refusal: embedded.Unavailable) -> None:
    """Say why the database is not there, in the operator's language, and end."""
    django.setup()
    english = os.environ.get("LANGUAGE", "").startswith("en") or "en" in sys.argv
    with translation.override("en" if english else "zh-hans"):
        sys.stderr.write(f"{refusal}\n")
    sys.exit(REFUSED)


if __name__ == "__main__":
    main()
