"""The second wall: rows about people outside the signed-in user's regions do not exist for the reader identity.

The request sets two lists of region codes for its transaction (`households.access.act_for`): the user's prefixes, and
the levels above them. Without them nothing is seen. The steward sees all: its callers check the scope.

Register: by county, or by where the household is or was registered. Facts: by the village that recorded them, or with the
person or household that one sees. History: by the same columns, for reading only.
Staged rows and compared lines are sealed, filled by COPY (which row security forbids) and reached through their upload; a
printed sheet's rows name households by number only. History is written by the triggers alone.
"""

from django.db import migrations

from households.migration_operations import TRIGGERS_RUN_AS_OWNER

SCOPE = "(SELECT string_to_array(current_setting('povertyrelief.scope', true), ','))::text[]"
ABOVE = "(SELECT string_to_array(current_setting('povertyrelief.above', true), ','))::text[]"
USER = "(SELECT nullif(current_setting('povertyrelief.user', true), ''))::bigint"


def inside(column: str) -> str:
    return f"{column} ^@ ANY ({SCOPE})"


def inside_or_above(column: str) -> str:
    return f"({inside(column)} OR {column} = ANY ({ABOVE}))"


def seen(table: str, condition: str) -> str:
    """Is there such a row that the user may see? The other table's own policy decides what that is."""
    return f"EXISTS (SELECT FROM {table} other WHERE {condition})"


def with_household(table: str, column: str = "household_id") -> str:
    return seen("households_household", f"other.id = {table}.{column}")


def with_person(table: str, column: str = "person_id") -> str:
    return seen("households_person", f"other.id = {table}.{column}")


def by_county(seen_with: str) -> str:
    """A row of the county; else seen with what is or was registered in the user's regions."""
    return f"{inside('county_code')} OR {seen_with}"


def fact(table: str, *seen_with: str) -> str:
    return " OR ".join((inside("village_id"), *seen_with))


REGISTER = {
    # All spells of a household or none: the last one of those that are seen must be its last one.
    "households_householdspell": f"{inside('village_id')} OR povertyrelief_was_inside(household_id)",
    "households_household": by_county(
        seen("households_householdspell", "other.household_id = households_household.id")
    ),
    "households_membership": by_county(
        seen("households_householdspell", "other.household_id = households_membership.household_id")
    ),
    "households_person": by_county(seen("households_membership", "other.person_id = households_person.id")),
    "households_enrolment": by_county(with_person("households_enrolment")),
    "households_batchperson": with_person("households_batchperson"),
    "households_pairdecision": with_person("households_pairdecision", "kept_id"),
    "households_missingdecision": with_person("households_missingdecision"),
    "households_importbatch": f"{inside('county_code')} OR created_by_id = {USER}",
    "households_listcomparison": f"{inside('county_code')} OR created_by_id = {USER}",
}
OF_PEOPLE = (
    "campaigns_relief", "campaigns_clinicattendance", "campaigns_insuredperson", "campaigns_attendance",
    "campaigns_employment", "campaigns_projectplan", "campaigns_pairing", "campaigns_pledge", "campaigns_grant",
    "campaigns_womansurvey", "campaigns_childsurvey", "campaigns_specialcircumstance",
)  # fmt: skip
OF_HOUSEHOLDS = (
    "campaigns_cleaning", "campaigns_recheck", "campaigns_spotresult", "campaigns_story", "campaigns_goodsaid",
    "campaigns_visit", "campaigns_contact", "campaigns_specialcircumstance",
)  # fmt: skip
# What belongs to a fact: table → (the fact's table, the column that names it).
OF_FACTS = {
    "campaigns_claim": ("campaigns_insuredperson", "insured_id"),
    "campaigns_cleaningphoto": ("campaigns_cleaning", "cleaning_id"),
    "campaigns_visitphoto": ("campaigns_visit", "visit_id"),
    "campaigns_contactphoto": ("campaigns_contact", "contact_id"),
    "campaigns_spotphoto": ("campaigns_spotresult", "result_id"),
}
# Who came to what the user's own regions held is theirs, too, wherever she lives.
AT_EVENTS = {
    "campaigns_attendance": ("campaigns_trainingsession", "session_id"),
    "campaigns_clinicattendance": ("campaigns_clinic", "clinic_id"),
    "campaigns_participant": ("campaigns_activity", "event_id"),
}
HELPERS = {
    "campaigns_helper": " OR ".join(
        (
            inside_or_above("region_id"),
            seen("campaigns_pairing", "other.helper_id = campaigns_helper.id"),
            seen("campaigns_visit", "other.helper_id = campaigns_helper.id"),
        )
    ),
    "campaigns_participant": inside_or_above("region_id"),
}


def policies() -> dict[str, str]:
    """Table → which rows the reader sees."""
    found = dict(REGISTER) | HELPERS
    for table in (*OF_PEOPLE, *OF_HOUSEHOLDS):
        with_whom = [with_person(table)] if table in OF_PEOPLE else []
        with_whom += [with_household(table)] if table in OF_HOUSEHOLDS else []
        found[table] = fact(table, *with_whom)
    for table, (owner, column) in AT_EVENTS.items():
        held_here = seen(owner, f"other.id = {table}.{column} AND {inside('other.region_id')}")
        found[table] += f" OR {held_here}"
    for table, (owner, column) in OF_FACTS.items():
        found[table] = fact(table, seen(owner, f"other.id = {table}.{column}"))
    return found


# Asked by the policy of the spells themselves, which must not ask itself again.
WAS_INSIDE = f"""
CREATE FUNCTION povertyrelief_was_inside(household bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN EXISTS (SELECT FROM households_householdspell WHERE household_id = household AND {inside("village_id")});
"""


def walls() -> str:
    """Row security on every table of the policies."""
    lines = []
    for table, condition in policies().items():
        lines += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
            f"CREATE POLICY of_the_regions ON {table} TO povertyrelief_reader USING ({condition});",
            f"CREATE POLICY all_of_it ON {table} TO povertyrelief_steward USING (true);",
        ]
    return "\n".join(lines)


def history() -> str:
    """What the change history keeps of these tables: read by where it was, written by the triggers of any change."""
    return f"""
DO $$
DECLARE history record;
BEGIN
  FOR history IN
    SELECT c.relname, min(a.attname) AS place FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
      AND a.attname IN ('county_code', 'village_id', 'region_id')
      AND c.relname = ANY (ARRAY[{", ".join(f"'{table}event'" for table in policies())}])
    GROUP BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', history.relname);
    EXECUTE format('CREATE POLICY of_the_regions ON %I FOR SELECT TO povertyrelief_reader USING ('
      || replace($condition${inside_or_above("place")}$condition$, 'place', '%2$I') || ')',
      history.relname, history.place);
    EXECUTE format('CREATE POLICY all_of_it ON %I TO povertyrelief_steward USING (true)', history.relname);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_privileges"), ("households", "0009_batch_work")]
    operations = [
        migrations.RunSQL(WAS_INSIDE, migrations.RunSQL.noop),
        migrations.RunSQL(walls(), migrations.RunSQL.noop),
        migrations.RunSQL(history(), migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS_RUN_AS_OWNER, migrations.RunSQL.noop),
    ]
