"""Derived figures are written by the steward only; the facts' change history is insert-only."""

from django.db import migrations

from households.migration_operations import HISTORY_IS_INSERT_ONLY

PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE ON campaigns_standing, campaigns_ledgerentry, campaigns_checkpoint
  FROM povertyrelief_reader;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("households", "0002_identities")]
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(HISTORY_IS_INSERT_ONLY, migrations.RunSQL.noop),
    ]
