"""Pages and jobs write no history, neither what changed nor in whose name: the triggers do, as the database's owner."""

from django.db import migrations

BY_TRIGGERS_ONLY = """
DO $$
DECLARE history text;
BEGIN
  FOR history IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND (relname ~ '^(households|campaigns)_.*event$' OR relname = 'pghistory_context')
  LOOP
    EXECUTE format(
      'REVOKE INSERT, UPDATE, DELETE ON %I FROM povertyrelief_reader, povertyrelief_steward', history);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_unknown_status"), ("pghistory", "0007_auto_20250421_0444")]
    operations = [migrations.RunSQL(BY_TRIGGERS_ONLY, migrations.RunSQL.noop)]
