#!/usr/bin/env python
"""Command line of the product; starts the embedded database first where no DATABASE_URL is given."""

import os
import sys

from django.core.management import execute_from_command_line

from povertyrelief import embedded

# These never open a connection, so a machine without a database can run them.
WITHOUT_DATABASE = {"help", "compilemessages", "makemessages", "collectstatic", "db_stop"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyrelief.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE and "--help" not in sys.argv:
        embedded.ensure_database_url()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
