"""Derived figures are written by the steward only; the facts' change history is insert-only."""

from django.db import migrations

PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE ON campaigns_standing, campaigns_ledgerentry, campaigns_checkpoint
  FROM povertyrelief_reader;
DO $$
DECLARE history text;
BEGIN
  FOR history IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname LIKE 'campaigns_%event'
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM povertyrelief_reader, povertyrelief_steward', history);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("households", "0002_identities")]
    operations = [migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop)]
