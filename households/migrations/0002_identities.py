"""The two database identities: reader for pages, steward for set-based work.

Roles belong to the whole server, so they may exist already; what they may do is granted per database. Tables of later
migrations are covered by the default privileges.
"""

from django.db import migrations

from households.migration_operations import HISTORY_IS_INSERT_ONLY

IDENTITIES = """
DO $$
DECLARE identity text;
BEGIN
  FOREACH identity IN ARRAY ARRAY['povertyrelief_reader', 'povertyrelief_steward'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', identity);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      EXECUTE format('GRANT %I TO CURRENT_USER', identity);
    EXCEPTION WHEN unique_violation OR SQLSTATE 'XX000' THEN NULL;  -- another database is being prepared this moment
    END;
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
        migrations.RunSQL(IDENTITIES, migrations.RunSQL.noop),
        migrations.RunSQL(HISTORY_IS_INSERT_ONLY, migrations.RunSQL.noop),
    ]
