"""Counts what is written to the register, so that an import need not compare again with one that has not moved."""

from django.db import migrations, models

# Plain triggers: those of the history can be told to keep quiet. See households/intake/register_state.py.
TABLES = (
    "households_household",
    "households_householdspell",
    "households_person",
    "households_membership",
    "households_enrolment",
)

COUNTING = """
CREATE SEQUENCE households_register_moves;
CREATE FUNCTION households_register_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nextval('public.households_register_moves');
  RETURN NULL;
END $$;
CREATE TRIGGER register_moved AFTER UPDATE ON households_importbatch FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state AND 'applied' IN (OLD.state, NEW.state))
  EXECUTE FUNCTION households_register_moved();
CREATE TRIGGER register_moved_away AFTER DELETE ON households_importbatch FOR EACH ROW
  WHEN (OLD.state = 'applied') EXECUTE FUNCTION households_register_moved();
""" + "".join(
    f"CREATE TRIGGER register_moved AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION households_register_moved();\n"
    for table in TABLES
)

NOT_COUNTING = (
    "DROP FUNCTION households_register_moved() CASCADE; DROP SEQUENCE households_register_moves;"
)


class Migration(migrations.Migration):
    dependencies = [("households", "0016_same_person")]
    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="compared_at_move",
            field=models.BigIntegerField(
                blank=True, null=True, help_text="register_state.settled_moves when the preview was compared"
            ),
        ),
        migrations.RunSQL(COUNTING, NOT_COUNTING),
    ]
