"""Registered data that can hardly be so (疑点数据): what the poverty offices' checkers look for across the fields.

Each rule is a condition in SQL over the people or households registered on a day. Nobody is held for one and nothing is
changed: the list goes back to townships and villages for checking. Rules after the checkers in use from 2015 to 2017; two
of theirs are left out: the length of telephones, which nothing else gets into the register, and 文化程度 beside 在校生状况,
which older forms ask for together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from households.access import next_prefix
from households.roster.storage import HEAD, SEX_OF_RELATION, SPOUSE

# Yuan a head and year that no poor household of the campaign has.
HIGH_INCOME = 30_000
_CHILDREN = ("之子", "之女")
_PARENTS = ("之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `where`: its condition, over members if `of_people`, else over homes; `shows`: labels of what it compares."""

    key: str
    title: Promise
    where: str
    shows: tuple[str, ...]
    of_people: bool = True


class Suspect(NamedTuple):
    """Somebody, or a household, that a rule points at. `person` None and `name` "" for a household; `told`: label → value."""

    village: str
    home: int
    head_name: str
    person: int | None
    name: str
    told: dict[str, Any]

    @property
    def unit(self) -> int:
        """What a page is continued behind, beside the village."""
        return self.home if self.person is None else self.person


RULES: tuple[Rule, ...] = (
    Rule("no_number", _("没有证件号码"), "id_index IS NULL", ("出生日期", "与户主关系")),
    Rule(
        "relation_of_other_sex",
        _("与户主关系和性别不符"),
        "(sex = '女' AND relation = ANY(%(of_men)s)) OR (sex = '男' AND relation = ANY(%(of_women)s))",
        ("与户主关系", "性别"),
    ),
    Rule(
        "spouse_of_same_sex",
        _("配偶与户主同性别"),
        "relation = %(spouse)s AND sex = head_sex",
        ("与户主关系", "性别", "户主性别"),
    ),
    Rule(
        "generations",
        _("与户主关系和年龄不符"),
        "(relation = ANY(%(children)s) AND birth_date < head_born + interval '12 years') OR "
        "(relation = ANY(%(parents)s) AND birth_date > head_born - interval '12 years')",
        ("与户主关系", "出生日期", "户主出生日期"),
    ),
    Rule("too_old", _("年龄超过110岁"), "age > 110", ("出生日期", "年龄")),
    Rule("not_at_school", _("7至14岁不在校"), "age BETWEEN 7 AND 14 AND stage IS NULL", ("年龄", "在校生状况")),
    Rule("old_pupil", _("30岁以上在校"), "age > 30 AND stage IS NOT NULL", ("年龄", "在校生状况")),
    Rule(
        "education_unknown",
        _("7岁以上非在校生没有文化程度"),
        "age >= 7 AND stage IS NULL AND education = ''",
        ("年龄", "文化程度", "在校生状况"),
    ),
    Rule(
        "works_without_labour",
        _("无劳动力或丧失劳动力而有务工时间"),
        "labour IN ('丧失劳动力', '无劳动力') AND work_months > 0",
        ("劳动技能", "务工时间"),
    ),
    Rule(
        "healthy_without_labour",
        _("16至59岁健康、不在校而无劳动力或丧失劳动力"),
        "age BETWEEN 16 AND 59 AND health = '{健康}' AND stage IS NULL AND labour IN ('丧失劳动力', '无劳动力')",
        ("年龄", "健康状况", "劳动技能"),
    ),
    Rule(
        "disability_untold",
        _("有残疾类别而健康状况不含残疾"),
        "disability_category <> '' AND health <> '{}' AND NOT '残疾' = ANY(health)",
        ("健康状况", "残疾类别"),
    ),
    Rule("no_members", _("户内没有成员"), "members = 0", (), of_people=False),
    Rule("no_head", _("户内没有户主"), "members > 0 AND heads = 0", ("在册人数",), of_people=False),
    Rule("several_spouses", _("户内有多名配偶"), "spouses > 1", ("配偶人数",), of_people=False),
    Rule("size_differs", _("人数与在册人数不符"), "size <> members", ("人数", "在册人数"), of_people=False),
    Rule(
        "ill_but_healthy",
        _("因病致贫而全户健康"),
        "main_cause = '因病' AND all_healthy",
        ("主要致贫原因",),
        of_people=False,
    ),
    Rule(
        "study_without_student",
        _("因学致贫而户内没有高中及以上学生"),
        "main_cause = '因学' AND members > 0 AND students = 0",
        ("主要致贫原因",),
        of_people=False,
    ),
    Rule(
        "income_odd",
        _("人均纯收入为0或超过30000元"),
        "income_per_head = 0 OR income_per_head > %(high_income)s",
        ("人均纯收入",),
        of_people=False,
    ),
    Rule(
        "causes_odd",
        _("其他致贫原因多于两个，或与主要原因相同"),
        "jsonb_array_length(causes) > 2 OR causes @> to_jsonb(main_cause)",
        ("主要致贫原因", "其他致贫原因"),
        of_people=False,
    ),
)
RULE_OF: Mapping[str, Rule] = {rule.key: rule for rule in RULES}

_SHOWN = {
    "与户主关系": "relation",
    "性别": "sex",
    gettext_noop("户主性别"): "head_sex",
    "年龄": "age",
    "出生日期": "birth_date::text",
    gettext_noop("户主出生日期"): "head_born::text",
    "文化程度": "education",
    "在校生状况": "school_status",
    "健康状况": "health",
    "残疾类别": "disability_category",
    "劳动技能": "labour",
    "务工时间": "work_months",
    gettext_noop("在册人数"): "members",
    gettext_noop("配偶人数"): "spouses",
    "人数": "size",
    "主要致贫原因": "main_cause",
    "其他致贫原因": "causes::text",
    "人均纯收入": "income_per_head::float8",
}

_MEMBERS = """
WITH members AS (
    SELECT s.village_id AS village, h.id AS home, h.head_name, h.main_cause, h.income_per_head, h.survey AS home_survey,
           p.id AS person, p.name, CASE p.sex WHEN 'F' THEN '女' WHEN 'M' THEN '男' END AS sex, p.birth_date, p.id_index,
           p.education, p.school_status, p.health, p.disability_category, p.labour, m.relation, e.stage,
           extract(year FROM age(%(day)s::date, p.birth_date))::int AS age,
           CASE WHEN p.survey ->> '务工时间' ~ '^[0-9]{1,2}$' THEN (p.survey ->> '务工时间')::int END AS work_months,
           max(p.birth_date) FILTER (WHERE m.relation = %(head)s) OVER home AS head_born,
           max(CASE p.sex WHEN 'F' THEN '女' ELSE '男' END) FILTER (WHERE m.relation = %(head)s) OVER home AS head_sex
    FROM households_householdspell s
    JOIN households_household h ON h.id = s.household_id
    LEFT JOIN households_membership m ON m.household_id = h.id AND m.period @> %(day)s::date
    LEFT JOIN households_person p ON p.id = m.person_id
    LEFT JOIN households_enrolment e ON e.person_id = p.id AND e.period @> %(day)s::date
    WHERE s.period @> %(day)s::date AND s.status <> 'removed' AND s.village_id >= %(low)s AND s.village_id < %(high)s
    WINDOW home AS (PARTITION BY h.id)
), homes AS (
    SELECT village, home, head_name, main_cause, income_per_head, count(person) AS members,
           count(*) FILTER (WHERE relation = %(head)s) AS heads, count(*) FILTER (WHERE relation = %(spouse)s) AS spouses,
           bool_and(health = '{健康}') AS all_healthy, count(*) FILTER (WHERE stage IN ('senior', 'tertiary')) AS students,
           CASE WHEN home_survey ->> '人数' ~ '^[0-9]{1,2}$' THEN (home_survey ->> '人数')::int END AS size,
           CASE jsonb_typeof(home_survey -> '其他致贫原因') WHEN 'array' THEN home_survey -> '其他致贫原因'
                WHEN 'string' THEN jsonb_build_array(home_survey -> '其他致贫原因') END AS causes
    FROM members GROUP BY village, home, head_name, main_cause, income_per_head, home_survey
)
"""


def counted(region: str, day: date) -> dict[str, int]:
    """Rule → how many people or households of a region it points at. Whoever asks may see the region."""
    found: dict[str, int] = {}
    for source, of_people in (("members WHERE person IS NOT NULL", True), ("homes", False)):
        rules = [rule for rule in RULES if rule.of_people is of_people]
        sums = ", ".join(f"count(*) FILTER (WHERE {rule.where})" for rule in rules)
        with connection.cursor() as cursor:
            cursor.execute(f"{_MEMBERS} SELECT {sums} FROM {source}", _params(region, day))
            found |= dict(zip((rule.key for rule in rules), cursor.fetchone(), strict=True))
    return {rule.key: found[rule.key] for rule in RULES}


def suspects(rule: Rule, region: str, day: date, *, behind: tuple[str, int] = ("", 0), most: int) -> list[Suspect]:
    """Whom a rule points at in a region, in village order, from behind a village and unit on. Whoever asks may see it."""
    unit, named = ("person", "person, name") if rule.of_people else ("home", "NULL::bigint, ''")
    shown = "".join(f", {_SHOWN[label]}" for label in rule.shows)
    query = (
        f"{_MEMBERS} SELECT village, home, head_name, {named}{shown} FROM {'members' if rule.of_people else 'homes'} "
        f"WHERE {unit} IS NOT NULL AND ({rule.where}) AND (village, {unit}) > (%(village)s, %(unit)s) "
        f"ORDER BY village, {unit} LIMIT %(most)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _params(region, day) | {"village": behind[0], "unit": behind[1], "most": most})
        return [
            Suspect(village, home, head, person, name, dict(zip(rule.shows, told, strict=True)))
            for village, home, head, person, name, *told in cursor.fetchall()
        ]


def _params(region: str, day: date) -> dict[str, Any]:
    return {
        "day": day,
        "low": region,
        "high": next_prefix(region),
        "head": HEAD,
        "spouse": SPOUSE,
        "of_men": [relation for relation, sex in SEX_OF_RELATION.items() if sex == "男"],
        "of_women": [relation for relation, sex in SEX_OF_RELATION.items() if sex == "女"],
        "children": list(_CHILDREN),
        "parents": list(_PARENTS),
        "high_income": HIGH_INCOME,
    }
