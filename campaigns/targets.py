"""THE five targets: who is eligible when and where, who is covered when, and the words for it.

Each target is three SELECTs over the shared CTEs below: `eligible` yields (unit_id, village_id, period), `covered` and
`explained` yield (unit_id, period); periods are date multiranges. coverage.py joins them; nobody else defines a target.
Ages are reached on the birthday (29 February: 28 February in common years), as PostgreSQL adds years.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Target
from households.models import HouseholdSpell

# Rules: one row a campaign year with the highest version of its counting rules. Their spans share out the whole time
# line: the first year's rules also hold before it, the last year's after it.
_RULES = """
rules AS (
  SELECT y.id, y.start, y."end", r.statuses, r.contact_kinds, r.helper_kinds, r.goods_count_as_aid,
    daterange(CASE WHEN row_number() OVER by_start > 1 THEN y.start END, lead(y.start) OVER by_start) AS span
  FROM campaigns_campaignyear y
  JOIN LATERAL (
    SELECT * FROM campaigns_countingrules v WHERE v.campaign_year_id = y.id ORDER BY v.version DESC LIMIT 1
  ) r ON true
  WINDOW by_start AS (ORDER BY y.start)
)"""
# Stay: while a household counts in a village. Residence: the same for a person. Registered: as woman (16 or older), as
# child (under 18); a girl of 16 or 17 is both.
_REGISTERED = """
stay AS (
  SELECT s.household_id, s.village_id, range_agg(s.period * r.span) AS stay
  FROM households_householdspell s JOIN rules r ON s.status = ANY (r.statuses) AND s.period && r.span
  WHERE %(everywhere)s OR s.village_id = ANY (%(villages)s)
  GROUP BY s.household_id, s.village_id
),
residence AS (
  SELECT m.person_id, t.household_id, t.village_id, range_agg(m.period) * t.stay AS stay
  FROM stay t JOIN households_membership m ON m.household_id = t.household_id
  GROUP BY m.person_id, t.household_id, t.village_id, t.stay
),
registered AS MATERIALIZED (
  SELECT x.person_id, x.household_id, x.village_id, p.birth_date,
    CASE WHEN p.sex = 'F' THEN x.stay * datemultirange(daterange((p.birth_date + interval '16 years')::date, NULL))
      ELSE datemultirange() END AS woman,
    x.stay * datemultirange(daterange(p.birth_date, (p.birth_date + interval '18 years')::date)) AS child
  FROM residence x JOIN households_person p ON p.id = x.person_id
  WHERE NOT isempty(x.stay)
)"""
# A known grade is promoted each 1 September and compulsory schooling ends after grade 9; an unknown grade lasts until
# the 16th birthday.
_COMPULSORY = """
compulsory AS (
  SELECT e.person_id, range_agg(e.period * daterange(lower(e.period), greatest(lower(e.period),
    CASE WHEN e.grade IS NULL THEN (p.birth_date + interval '16 years')::date
      ELSE make_date((extract(year FROM lower(e.period) - interval '8 months'))::int + 10 - e.grade, 9, 1) END))) AS at_school
  FROM households_enrolment e JOIN households_person p ON p.id = e.person_id
  WHERE e.stage IN ('primary', 'junior') AND e.person_id IN (SELECT person_id FROM registered WHERE NOT isempty(child))
  GROUP BY e.person_id
)"""
# While a household of the village has not exited poverty (yet, or again), and its members while they live in it.
_UNEXITED = f"""
unexited_household AS (
  SELECT s.household_id AS unit_id, s.village_id, range_agg(s.period) AS unexited
  FROM households_householdspell s
  WHERE s.status IN ({", ".join(f"'{status}'" for status in HouseholdSpell.UNEXITED)})
    AND (%(everywhere)s OR s.village_id = ANY (%(villages)s))
  GROUP BY s.household_id, s.village_id
),
unexited_person AS (
  SELECT r.person_id AS unit_id, r.village_id, range_agg(r.stay * u.unexited) AS unexited
  FROM residence r JOIN unexited_household u ON u.unit_id = r.household_id AND u.village_id = r.village_id
  GROUP BY r.person_id, r.village_id
)"""
SHARED = ",".join([_RULES, _REGISTERED, _COMPULSORY, _UNEXITED])

_HOUSEHOLD_WITH_WOMAN_OR_CHILD = """
  SELECT household_id AS unit_id, village_id, range_agg(woman + child) AS period
  FROM registered GROUP BY household_id, village_id"""

# Head counts, in the same form as a target's `eligible`.
HEADS = {
    "women": "SELECT person_id AS unit_id, village_id, range_agg(woman) AS period FROM registered GROUP BY 1, 2",
    "children": "SELECT person_id AS unit_id, village_id, range_agg(child) AS period FROM registered GROUP BY 1, 2",
    "both": "SELECT person_id AS unit_id, village_id, range_agg(woman * child) AS period FROM registered GROUP BY 1, 2",
}


@dataclass(frozen=True)
class TargetDefinition:
    """One hundred-percent target. `unit` is "household" or "person"; the SQL is described in the module docstring."""

    key: Target
    unit: str
    unit_name: str | Promise
    action: str | Promise
    rule: str | Promise
    eligible: str
    covered: str

    @property
    def title(self) -> str:
        """The official name."""
        return str(self.key.label)

    @property
    def explained(self) -> str:
        """Approved special circumstances."""
        return f"""
  SELECT {self.unit}_id AS unit_id, range_agg(period) AS period FROM campaigns_specialcircumstance
  WHERE target = '{self.key}' AND approved_on IS NOT NULL AND voided_at IS NULL
    AND {self.unit}_id IN (SELECT {self.unit}_id FROM registered) GROUP BY 1"""


TARGETS = (
    TargetDefinition(
        key=Target.PUBLICITY,
        unit="household",
        unit_name=_("户"),
        action=_("宣传进村入户"),
        rule=_(
            "有建档立卡贫困妇女或儿童的户，自第一次有效宣传（入户宣讲、家人参加的集中培训、签收宣传单）之日起计为已完成。"
        ),
        eligible=_HOUSEHOLD_WITH_WOMAN_OR_CHILD,
        covered="""
  SELECT c.household_id AS unit_id, range_agg(daterange(c.done_on, NULL) * r.span) AS period
  FROM campaigns_contact c JOIN rules r ON c.kind = ANY (r.contact_kinds)
  WHERE c.voided_at IS NULL AND c.household_id IN (SELECT household_id FROM stay) GROUP BY 1""",
    ),
    TargetDefinition(
        key=Target.PAIRING,
        unit="person",
        unit_name=_("人"),
        action=_("结对包联"),
        rule=_(
            "建档立卡贫困妇女（16周岁及以上）和儿童（18周岁以下），在有效的个人结对包联期间计为已完成；分片包联和社团帮扶不计。"
        ),
        eligible="""
  SELECT person_id AS unit_id, village_id, range_agg(woman + child) AS period
  FROM registered GROUP BY person_id, village_id""",
        covered="""
  SELECT p.person_id AS unit_id, range_agg(p.period * h.active * r.span) AS period
  FROM campaigns_pairing p JOIN campaigns_helper h ON h.id = p.helper_id JOIN rules r ON h.kind = ANY (r.helper_kinds)
  WHERE p.voided_at IS NULL AND p.kind = 'personal' AND p.person_id IN (SELECT person_id FROM registered)
  GROUP BY 1""",
    ),
    TargetDefinition(
        key=Target.CLEANING,
        unit="household",
        unit_name=_("户"),
        action=_("家居清洁互助"),
        rule=_("有建档立卡贫困妇女或儿童的户，自首轮清洁完成之日起计为已完成；记录作废后不计。"),
        eligible=_HOUSEHOLD_WITH_WOMAN_OR_CHILD,
        covered="""
  SELECT household_id AS unit_id, datemultirange(daterange(min(done_on), NULL)) AS period
  FROM campaigns_cleaning
  WHERE round_number = 1 AND voided_at IS NULL AND household_id IN (SELECT household_id FROM stay) GROUP BY 1""",
    ),
    TargetDefinition(
        key=Target.INSURANCE,
        unit="person",
        unit_name=_("人"),
        action=_("健康关爱"),
        rule=_(
            "在保险方案的年龄计算日符合年龄要求的建档立卡贫困妇女，在保险公司承保且保单有效期间计为已完成；已报名未承保不计。"
        ),
        eligible="""
  SELECT g.person_id AS unit_id, g.village_id, range_agg(g.woman) * y.scheme_year AS period
  FROM registered g JOIN LATERAL (
    SELECT range_agg(s.period) AS scheme_year FROM campaigns_scheme s
    WHERE (g.birth_date + make_interval(years => s.min_age))::date <= s.reference_day
      AND (g.birth_date + make_interval(years => s.max_age + 1))::date > s.reference_day
  ) y ON y.scheme_year IS NOT NULL
  WHERE NOT isempty(g.woman)
  GROUP BY g.person_id, g.village_id, y.scheme_year""",
        covered="""
  SELECT i.person_id AS unit_id, range_agg(i.period * p.period) AS period
  FROM campaigns_insuredperson i JOIN campaigns_policy p ON p.id = i.policy_id
  WHERE i.voided_at IS NULL AND i.state = 'accepted' AND i.person_id IN (SELECT person_id FROM registered)
  GROUP BY 1""",
    ),
    TargetDefinition(
        key=Target.SCHOOLING,
        unit="person",
        unit_name=_("人"),
        action=_("春蕾助学"),
        rule=_(
            "工作年度内曾在义务教育阶段（1—9年级）就读的建档立卡贫困儿童，自受助之日起至资助年度结束计为已完成；年度内毕业的仍保留在名单中。"
        ),
        eligible="""
  SELECT g.person_id AS unit_id, g.village_id, range_agg(g.child * l.listed) AS period
  FROM registered g JOIN (
    SELECT c.person_id, range_agg(daterange(
      lower(c.at_school * datemultirange(daterange(r.start, r."end", '[]'))), r."end", '[]')) AS listed
    FROM compulsory c JOIN rules r ON c.at_school && daterange(r.start, r."end", '[]')
    GROUP BY c.person_id
  ) l ON l.person_id = g.person_id
  GROUP BY g.person_id, g.village_id""",
        covered="""
  SELECT g.person_id AS unit_id, range_agg(daterange(g.granted_on, CASE p.year_kind
    WHEN 'school' THEN make_date((extract(year FROM g.granted_on - interval '8 months'))::int + 1, 9, 1)
    ELSE make_date(extract(year FROM g.granted_on)::int + 1, 1, 1) END) * r.span) AS period
  FROM campaigns_grant g JOIN campaigns_aidproject p ON p.id = g.project_id
    JOIN rules r ON NOT g.is_goods OR (r.goods_count_as_aid AND p.goods_count)
  WHERE g.voided_at IS NULL AND p.counts AND g.person_id IN (SELECT person_id FROM registered) GROUP BY 1""",
    ),
)
BY_KEY = {definition.key: definition for definition in TARGETS}
