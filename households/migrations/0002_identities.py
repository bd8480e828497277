"""The two database identities: reader for pages, steward for set-based work.

What they may do is granted per database. Tables of later migrations are covered by the default privileges.
"""

from django.db import migrations

from households.migration_operations import HISTORY_IS_INSERT_ONLY, IDENTITIES_EXIST

GRANTED = """
DO $$
DECLARE identity text;
BEGIN
  FOREACH identity IN ARRAY ARRAY['povertyrelief_reader', 'povertyrelief_steward'] LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', identity);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', identity);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', identity);
    EXECUTE format(
      'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', identity);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', identity);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]
    operations = [
        migrations.RunSQL(IDENTITIES_EXIST, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTED, migrations.RunSQL.noop),
        migrations.RunSQL(HISTORY_IS_INSERT_ONLY, migrations.RunSQL.noop),
    ]
