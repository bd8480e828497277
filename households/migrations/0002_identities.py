"""The two database identities: reader for pages, steward for set-based work.

Roles belong to the whole server, so they may exist already; what they may do is granted per database. Tables of later
migrations are covered by the default privileges.
"""

from django.db import migrations

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
# The change history is insert-only for both identities.
APPEND_ONLY = """
DO $$
DECLARE history text;
BEGIN
  FOR history IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname LIKE '%event' AND relname LIKE '{}%'
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM povertyrelief_reader, povertyrelief_steward', history);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]
    operations = [
        migrations.RunSQL(IDENTITIES, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY.format("households_"), migrations.RunSQL.noop),
    ]
