"""An independent recount for one day, straight from the facts: no ranges multiplied, no ledger, other SQL than targets.py.

It answers "is this person registered today, is she covered today" by comparing dates, and counts. `verify` compares the
answer with the ledger for every region and with the standing.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from campaigns import coverage
from campaigns.coverage import SERIES, Figures
from campaigns.targets import HEADS
from households.access import steward


@dataclass(frozen=True)
class Difference:
    """Where ledger and recount disagree."""

    region_code: str
    series: str
    ledger: Figures
    recount: Figures


_RECOUNT = """
WITH rule AS (
  SELECT y.start, y."end", r.* FROM campaigns_campaignyear y JOIN campaigns_countingrules r ON r.campaign_year_id = y.id
  WHERE NOT EXISTS (
      SELECT 1 FROM campaigns_countingrules n WHERE n.campaign_year_id = y.id AND n.version > r.version)
  ORDER BY (y.start <= %(day)s) DESC, CASE WHEN y.start <= %(day)s THEN %(day)s - y.start ELSE y.start - %(day)s END
  LIMIT 1
),
person AS (
  SELECT p.id, p.sex, m.household_id, s.village_id, p.birth_date, s.status,
    extract(year FROM age(%(day)s::date + (to_char(p.birth_date, 'MMDD') = '0229'
      AND to_char(%(day)s::date, 'MMDD') = '0228' AND to_char(%(day)s::date + 1, 'MMDD') = '0301')::int, p.birth_date))
      AS years
  FROM households_person p
  JOIN households_membership m ON m.person_id = p.id AND m.period @> %(day)s::date
  JOIN households_householdspell s ON s.household_id = m.household_id AND s.period @> %(day)s::date
  JOIN rule ON s.status = ANY (rule.statuses)
  WHERE p.birth_date <= %(day)s
),
target_person AS (
  SELECT *, sex = 'F' AND years >= 16 AS is_woman, years < 18 AS is_child FROM person
  WHERE (sex = 'F' AND years >= 16) OR years < 18
),
home AS (SELECT DISTINCT household_id AS id, village_id, status FROM target_person),
pupil AS (
  SELECT DISTINCT t.id, t.village_id, t.status FROM target_person t, rule
  WHERE t.is_child AND %(day)s BETWEEN rule.start AND rule."end" AND EXISTS (
    SELECT 1 FROM households_enrolment e, generate_series(rule.start, %(day)s::date, '1 day') AS d
    WHERE e.person_id = t.id AND e.stage IN ('primary', 'junior') AND e.period @> d::date
      AND CASE WHEN e.grade IS NULL THEN d::date < (t.birth_date + interval '16 years')::date
        ELSE e.grade + extract(year FROM d - interval '8 months')
          - extract(year FROM lower(e.period) - interval '8 months') <= 9 END)
),
unit AS (
  SELECT 'women' AS series, id, village_id, status, false AS covered FROM target_person WHERE is_woman
  UNION ALL SELECT 'children', id, village_id, status, false FROM target_person WHERE is_child
  UNION ALL SELECT 'both', id, village_id, status, false FROM target_person WHERE is_woman AND is_child
  UNION ALL SELECT 'publicity', h.id, h.village_id, h.status, EXISTS (
    SELECT 1 FROM campaigns_contact c, rule WHERE c.household_id = h.id AND c.voided_at IS NULL
      AND c.done_on <= %(day)s AND c.kind = ANY (rule.contact_kinds)) FROM home h
  UNION ALL SELECT 'cleaning', h.id, h.village_id, h.status, EXISTS (
    SELECT 1 FROM campaigns_cleaning c WHERE c.household_id = h.id AND c.voided_at IS NULL
      AND c.done_on <= %(day)s AND c.round_number = 1) FROM home h
  UNION ALL SELECT 'pairing', t.id, t.village_id, t.status, EXISTS (
    SELECT 1 FROM campaigns_pairing p JOIN campaigns_helper h ON h.id = p.helper_id, rule WHERE p.person_id = t.id
      AND p.voided_at IS NULL AND p.kind = 'personal' AND p.period @> %(day)s::date AND h.active @> %(day)s::date
      AND h.kind = ANY (rule.helper_kinds)) FROM target_person t
  UNION ALL SELECT 'insurance', t.id, t.village_id, t.status, EXISTS (
    SELECT 1 FROM campaigns_insuredperson i JOIN campaigns_policy p ON p.id = i.policy_id WHERE i.person_id = t.id
      AND i.voided_at IS NULL AND i.state = 'accepted' AND i.period @> %(day)s::date AND p.period @> %(day)s::date)
    FROM target_person t WHERE t.is_woman AND EXISTS (
      SELECT 1 FROM campaigns_scheme s WHERE s.period @> %(day)s::date AND s.reference_day >=
        (t.birth_date + s.min_age * interval '1 year')::date AND s.reference_day <
        (t.birth_date + (s.max_age + 1) * interval '1 year')::date)
  UNION ALL SELECT 'schooling', u.id, u.village_id, u.status, EXISTS (
    SELECT 1 FROM campaigns_grant g JOIN campaigns_aidproject p ON p.id = g.project_id, rule WHERE g.person_id = u.id
      AND g.voided_at IS NULL AND p.counts AND g.granted_on <= %(day)s
      AND (rule.goods_count_as_aid AND p.goods_count OR NOT g.is_goods)
      AND CASE p.year_kind WHEN 'calendar' THEN extract(year FROM g.granted_on) = extract(year FROM %(day)s::date)
        ELSE extract(year FROM g.granted_on - interval '8 months') = extract(year FROM %(day)s - interval '8 months')
        END) FROM pupil u
),
counted AS (
  SELECT u.series, u.village_id, count(*) AS eligible, count(*) FILTER (WHERE u.covered) AS covered,
    count(*) FILTER (WHERE NOT u.covered AND EXISTS (
      SELECT 1 FROM campaigns_specialcircumstance c WHERE c.target = u.series AND c.approved_on IS NOT NULL
        AND c.voided_at IS NULL AND c.period @> %(day)s::date
        AND coalesce(c.household_id, c.person_id) = u.id)) AS explained,
    count(*) FILTER (WHERE NOT u.covered AND u.status IN ('not_exited', 'planned', 'fallen_back')
      AND u.series NOT IN ('women', 'children', 'both')) AS unexited
  FROM unit u GROUP BY u.series, u.village_id
)
SELECT left(village_id, digits), series, sum(eligible)::int, sum(covered)::int, sum(explained)::int, sum(unexited)::int
FROM counted CROSS JOIN unnest(ARRAY[2, 4, 6, 9, 12]) AS digits GROUP BY 1, 2
"""


def recount(day: date) -> dict[tuple[str, str], Figures]:
    """Figures by (region code, series), counted from the facts; nothing for regions without anybody."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"day": day})
        return {(code, series): Figures(*counts) for code, series, *counts in cursor.fetchall()}


_STANDING = """
SELECT village_code, target, count(*) FILTER (WHERE eligible @> %(day)s::date),
  count(*) FILTER (WHERE covered @> %(day)s::date), count(*) FILTER (WHERE explained @> %(day)s::date)
FROM campaigns_standing GROUP BY 1, 2
"""


def verify(day: date) -> list[Difference]:
    """Recount everything on a day and list where ledger or standing disagree, by region and series."""
    with steward(), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT region_code FROM campaigns_ledgerentry")
        known = [code for (code,) in cursor.fetchall()]
        counted = recount(day)
        codes = sorted({*known, *(code for code, _ in counted)})
        stored = coverage.as_of(codes, day)
        cursor.execute(_STANDING, {"day": day})
        standing = {(code, target): Figures(*counts) for code, target, *counts in cursor.fetchall()}
    differences = [
        Difference(code, series, ledger, right)
        for code in codes
        for series in SERIES
        if (ledger := stored[code].target(series)) != (right := counted.get((code, series), Figures()))
    ]
    # The standing keeps no status of households: what is listed is narrowed by the spells themselves.
    expected = {
        key: figures._replace(unexited=0)
        for key, figures in counted.items()
        if len(key[0]) == 12 and key[1] not in HEADS
    }
    differences += [
        Difference(code, f"standing:{target}", stands, right)
        for code, target in sorted(standing.keys() | expected.keys())
        if (stands := standing.get((code, target), Figures())) != (right := expected.get((code, target), Figures()))
    ]
    return differences
