"""The figures of pairing: who is paired, by how many, and who was visited."""

from typing import Any

from django.db import connection

from campaigns.models import Helper, Pairing, Standing, Target, Visit
from campaigns.pairing.overdue import overdue_count
from campaigns.room import Asked
from households.access import code_range, next_prefix

_VISITED = """
SELECT count(DISTINCT s.unit_id)
FROM campaigns_visit v
JOIN households_membership m ON m.household_id = v.household_id AND m.period @> %(day)s::date
  AND (v.person_id IS NULL OR v.person_id = m.person_id)
JOIN campaigns_standing s ON s.target = 'pairing' AND s.unit_id = m.person_id AND s.eligible @> %(day)s::date
  AND s.village_code >= %(low)s AND s.village_code < %(high)s
WHERE v.voided_at IS NULL AND v.visited_on BETWEEN %(start)s AND %(day)s
"""


def paired_people(asked: Asked) -> int:
    """Registered women and children with a personal pairing that counts on the day."""
    found = Standing.objects.filter(code_range("village_code", asked.region), target=Target.PAIRING)
    covered = found.filter(eligible__contains_day=asked.day, covered__contains_day=asked.day)
    return int(covered.values("unit_id").distinct().count())


def helpers_in_office(asked: Asked) -> int:
    """Helpers in office on the day."""
    return Helper.objects.filter(code_range("region_id", asked.region), active__contains=asked.day).count()


def pairings(asked: Asked) -> int:
    """Personal pairings that hold on the day (several helpers of one person are several)."""
    found = Pairing.objects.filter(code_range("village_id", asked.region), voided_at=None, kind=Pairing.Kind.PERSONAL)
    return found.filter(period__contains=asked.day).count()


def visits(asked: Asked) -> int:
    """Visits of the time asked for."""
    return asked.rows(Visit, "visited_on").count()


def visited_people(asked: Asked) -> int:
    """Women and children registered on the day at whose home somebody called."""
    with connection.cursor() as cursor:
        params: dict[str, Any] = {
            "low": asked.region,
            "high": next_prefix(asked.region),
            "start": asked.start,
            "day": asked.day,
        }
        cursor.execute(_VISITED, params)
        return int(cursor.fetchone()[0])


def overdue(asked: Asked) -> int:
    """People whose visit is overdue on the day."""
    return overdue_count(asked.region, asked.day)
