"""Generated registers of any size with three years of facts, for benchmarks. Set-based, deterministic, invented."""

from django.db import connection

from campaigns import coverage
from campaigns.models import CampaignYear, CountingRules, Helper, Policy, Scheme
from households.models import Region
from households.regions import load_regions

# Persons a household: head, spouse, child.
SIZE = 3
_SQL = """
INSERT INTO households_household (id, number, county_code, head_name, attribute, main_cause, exited_on, survey)
SELECT n, n::text, left(v.code, 6), '户主' || n, '', '', '', '{{}}'
FROM generate_series(1, {households}) n JOIN place v ON v.position = n % {villages};

INSERT INTO households_householdspell (household_id, village_id, county_code, status, period, reason)
SELECT n, v.code, left(v.code, 6), 'not_exited', daterange(date '2016-01-01' + n % 700, NULL), ''
FROM generate_series(1, {households}) n JOIN place v ON v.position = n % {villages};

INSERT INTO households_person (id, name, pinyin, sex, birth_date, weak_index, person_no, county_code, nation, education,
  school_status, health, disability_category, disability_level, labour, survey)
SELECT p, '人' || p, '', CASE WHEN p % 3 = 1 THEN 'M' WHEN p % 3 = 2 THEN 'F' WHEN p % 2 = 0 THEN 'F' ELSE 'M' END,
  CASE WHEN p % 3 = 0 THEN date '2000-01-01' + (p * 37) % 6500 ELSE date '1940-01-01' + (p * 41) % 20000 END,
  int8send(p), '', left(v.code, 6), '', '', '', '{{}}', '', '', '', '{{}}'
FROM generate_series(1, {persons}) p JOIN place v ON v.position = ((p + 2) / 3) % {villages};

INSERT INTO households_membership (household_id, person_id, county_code, relation, period, end_reason)
SELECT (p + 2) / 3, p, left(v.code, 6), '', daterange(date '2016-01-01' + p % 900, CASE WHEN p % 29 = 0 THEN date '2018-12-01' END), ''
FROM generate_series(1, {persons}) p JOIN place v ON v.position = ((p + 2) / 3) % {villages};

INSERT INTO households_enrolment (person_id, county_code, stage, grade, school, period)
SELECT p, left(v.code, 6), 'primary', 1 + p % 6, '', daterange(date '2016-01-01' + p % 900, NULL)
FROM generate_series(3, {persons}, 3) p JOIN place v ON v.position = ((p + 2) / 3) % {villages};

INSERT INTO campaigns_contact (household_id, kind, done_on, day_told, place, speaker, village_id, recorded_at, void_reason)
SELECT (n - 1) % {households} + 1, 'visit', date '2017-01-01' + (n * 17) % 1095, 'day', '', '', v.code, now(), ''
FROM generate_series(1, {households} * 3) n JOIN place v ON v.position = ((n - 1) % {households} + 1) % {villages};

INSERT INTO campaigns_cleaning (household_id, round_number, done_on, helpers, items, village_id, recorded_at, void_reason)
SELECT n, 1, date '2017-01-01' + (n * 13) % 1095, '', '{{}}', v.code, now(), ''
FROM generate_series(1, {households}) n JOIN place v ON v.position = n % {villages};

INSERT INTO campaigns_pairing (helper_id, person_id, kind, period, village_id, recorded_at, void_reason)
SELECT {helper}, p, 'personal', daterange(date '2017-01-01' + (p * 11) % 1095, CASE WHEN p % 7 = 0 THEN date '2020-06-01' END),
  v.code, now(), ''
FROM generate_series(1, {persons}) p JOIN place v ON v.position = ((p + 2) / 3) % {villages};

INSERT INTO campaigns_insuredperson (policy_id, person_id, state, period, village_id, recorded_at, void_reason)
SELECT {policy} - 1 + year, p, 'accepted', daterange(make_date(2016 + year, 5, 1) + p % 60, make_date(2017 + year, 5, 1)),
  v.code, now(), ''
FROM generate_series(2, {persons}, 3) p JOIN place v ON v.position = ((p + 2) / 3) % {villages}
CROSS JOIN generate_series(1, 3) AS year;
"""


def generate(persons: int) -> int:
    """Fill an empty migrated database and settle it; returns the number of facts."""
    load_regions()
    first_policy = 0
    for year in (2017, 2018, 2019):
        campaign = CampaignYear.objects.create(
            year=year, start=f"{year}-01-01", end=f"{year}-12-31", deadline=f"{year}-12-31", reporting_day=f"{year}-06-30"
        )  # fmt: skip
        CountingRules.objects.create(campaign_year=campaign, version=1, reason="bench")
        period = (f"{year}-05-01", f"{year + 1}-05-01")
        scheme = Scheme.objects.create(
            name=f"{year}", period=period, reference_day=f"{year}-06-30", min_age=18, max_age=64, sum_insured=10000
        )
        first_policy = first_policy or Policy.objects.create(scheme=scheme, number=f"{year}", period=period).pk
        if year > 2017:
            Policy.objects.create(scheme=scheme, number=f"{year}", period=period)
    helper = Helper.objects.create(
        name="包联人", kind="village_cadre", region=Region.objects.get(code="1302"), active=("2016-01-01", None)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no history of people who never were
        cursor.execute(
            "CREATE TEMP TABLE place AS SELECT code, row_number() OVER (ORDER BY code) - 1 AS position "
            "FROM households_region WHERE level = 'village'"
        )
        cursor.execute("CREATE UNIQUE INDEX ON place (position)")
        cursor.execute("ANALYZE place")
        cursor.execute("SELECT count(*) FROM place")
        villages = cursor.fetchone()[0]
        for statement in _SQL.format(
            persons=persons, households=persons // SIZE, villages=villages, helper=helper.pk, policy=first_policy
        ).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("DROP TABLE place")
        cursor.execute("ANALYZE")
    coverage.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT (SELECT count(*) FROM campaigns_contact) + (SELECT count(*) FROM campaigns_cleaning) "
            "+ (SELECT count(*) FROM campaigns_pairing) + (SELECT count(*) FROM campaigns_insuredperson)"
        )
        return int(cursor.fetchone()[0])
