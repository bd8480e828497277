"""Whom her helper should have called on by a day (逾期未走访), counted and listed by one query.

A person is due when her last visit — or, without one, the beginning of her pairing — lies more than the set days back, or
when the day agreed on at the last visit has passed. A visit to the household is a visit to everybody who lives there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from campaigns.models import Helper
from campaigns.pairing.rules import rules_on
from households.access import next_prefix, steward

PAGE_SIZE = 20

# One row for each helper and person: eligible in the region on the day, personally paired, perhaps visited.
_PAIRED = """
WITH paired AS (
  SELECT p.helper_id, p.person_id, s.village_code, min(lower(p.period)) AS since
  FROM campaigns_standing s
  JOIN campaigns_pairing p ON p.person_id = s.unit_id AND p.voided_at IS NULL AND p.kind = 'personal'
    AND p.period @> %(day)s::date
  WHERE s.target = 'pairing' AND s.village_code >= %(low)s AND s.village_code < %(high)s
    AND s.eligible @> %(day)s::date {only}
  GROUP BY 1, 2, 3
),
seen AS (
  SELECT paired.*, m.household_id, last.visited_on, last.next_on
  FROM paired
  LEFT JOIN households_membership m ON m.person_id = paired.person_id AND m.period @> %(day)s::date
  LEFT JOIN LATERAL (
    SELECT v.visited_on, v.next_on FROM campaigns_visit v
    WHERE v.household_id = m.household_id AND v.voided_at IS NULL AND v.visited_on <= %(day)s
      AND (v.person_id IS NULL OR v.person_id = paired.person_id)
    ORDER BY v.visited_on DESC, v.next_on DESC NULLS LAST LIMIT 1
  ) last ON true
)
"""
_IS_DUE = "(coalesce(visited_on, since) < %(limit)s OR next_on < %(day)s)"


@dataclass(frozen=True)
class Seen:
    """A person as her helper's list shows her. `next_on` as agreed on at the last visit."""

    helper_id: int
    person_id: int
    name: str
    birth_date: date
    village: str
    household_id: int | None
    since: date
    visited_on: date | None
    next_on: date | None
    is_due: bool


def _asked(region: str, day: date) -> dict[str, Any]:
    limit = day - timedelta(days=rules_on(day).visit_every_days)
    return {"day": day, "low": region, "high": next_prefix(region), "limit": limit}


def overdue_count(region: str, day: date) -> int:
    """Persons due in the region on the day."""
    query = _PAIRED.format(only="") + f"SELECT count(DISTINCT person_id) FROM seen WHERE {_IS_DUE}"
    with connection.cursor() as cursor:
        cursor.execute(query, _asked(region, day))
        return int(cursor.fetchone()[0])


def overdue_people(region: str, day: date) -> list[int]:
    """Who is due in the region on the day."""
    query = _PAIRED.format(only="") + f"SELECT DISTINCT person_id FROM seen WHERE {_IS_DUE}"
    with connection.cursor() as cursor:
        cursor.execute(query, _asked(region, day))
        return [person for (person,) in cursor.fetchall()]


def overdue_by_helper(region: str, day: date, after: str = "") -> tuple[list[tuple[int, int]], str]:
    """(helper, how many of hers are due), most first, one page; and the key of the next page ("": the last one).

    `after` is the key that the page before gave; raises ValueError for anything else.
    """
    most, helper = (int(part) for part in after.split("-")) if after else (2**31 - 1, 0)
    query = _PAIRED.format(only="") + (
        f"SELECT helper_id, count(*) AS due FROM seen WHERE {_IS_DUE} GROUP BY helper_id "
        "HAVING count(*) < %(most)s OR (count(*) = %(most)s AND helper_id > %(helper)s) "
        "ORDER BY due DESC, helper_id LIMIT %(size)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _asked(region, day) | {"most": most, "helper": helper, "size": PAGE_SIZE + 1})
        found = cursor.fetchall()
    page = found[:PAGE_SIZE]
    return page, f"{page[-1][1]}-{page[-1][0]}" if len(found) > PAGE_SIZE else ""


def overdue_by_region(codes: list[str], region: str, day: date) -> dict[str, int]:
    """Persons due by region of the next level down; `codes` are of one length."""
    if not codes:
        return {}
    query = _PAIRED.format(only="") + (
        f"SELECT left(village_code, %(digits)s), count(DISTINCT person_id) FROM seen WHERE {_IS_DUE} GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _asked(region, day) | {"digits": len(codes[0])})
        return dict(cursor.fetchall())


def people_of(helpers: list[int], region: str, day: date, *, only_due: bool) -> list[Seen]:
    """The people of helpers who live in the region, by helper, due ones first, then by village."""
    query = _PAIRED.format(only="AND p.helper_id = ANY(%(helpers)s)") + (
        "SELECT helper_id, person_id, p.name, p.birth_date, village_code, household_id, since, visited_on, next_on, "
        f"coalesce({_IS_DUE}, false) AS due FROM seen JOIN households_person p ON p.id = person_id "
        f"WHERE {_IS_DUE if only_due else 'true'} ORDER BY helper_id, due DESC, village_code, household_id, p.birth_date"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, _asked(region, day) | {"helpers": helpers})
        return [Seen(*row) for row in cursor.fetchall()]


def load_of(helpers: list[int], day: date) -> dict[int, int]:
    """How many people each helper is personally paired with on the day, wherever they live."""
    query = (
        "SELECT helper_id, count(DISTINCT person_id) FROM campaigns_pairing WHERE helper_id = ANY(%s) "
        "AND voided_at IS NULL AND kind = 'personal' AND period @> %s::date GROUP BY helper_id"
    )
    with steward(), connection.cursor() as cursor:
        cursor.execute(query, [helpers, day])
        return dict.fromkeys(helpers, 0) | dict(cursor.fetchall())


def named(helpers: list[int]) -> dict[int, Helper]:
    """The helpers with their regions."""
    return {one.pk: one for one in Helper.objects.filter(pk__in=helpers).select_related("region")}
