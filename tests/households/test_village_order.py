"""Pages of lists in village order: nobody twice, nobody left out, and nothing read before the page."""

import pytest
from django.db import connection

from campaigns.models import Standing, Target
from households.access import steward
from households.village_order import behind, line_key
from tests import make

VILLAGES = [make.VILLAGE_A, make.VILLAGE_A2, make.VILLAGE_B]
A_VILLAGE = 40


@pytest.fixture
def lines(db: None) -> list[str]:
    """Keys in village order: forty units in each village, the same numbers in all of them."""
    with steward(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_standing (target, village_code, unit_id, eligible, covered, explained)"
            " SELECT %s, village, unit, '{}', '{}', '{}' FROM unnest(%s::varchar[]) village, generate_series(1, %s) unit",
            (Target.PUBLICITY, VILLAGES, A_VILLAGE),
        )
    return [line_key(village, unit) for village in sorted(VILLAGES) for unit in range(1, A_VILLAGE + 1)]


def test_page_after_page_shows_every_line_once(lines: list[str]) -> None:
    rows = Standing.objects.filter(target=Target.PUBLICITY).order_by("village_code", "unit_id")
    seen: list[str] = []
    while page := rows.filter(behind(seen[-1], "village_code", "unit_id"))[:7] if seen else rows[:7]:
        seen += [line_key(row.village_code, row.unit_id) for row in page]
    assert seen == lines


@pytest.mark.parametrize("key", ["", "nothing", "130299", "130299-", "130299-one", "130299-1-2"])
def test_the_key_of_no_line_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        behind(key, "village_code", "unit_id")


def test_what_stands_before_a_page_is_not_read(lines: list[str]) -> None:
    rows = Standing.objects.filter(behind(lines[-10], "village_code", "unit_id"), target=Target.PUBLICITY)
    with steward(), connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_standing")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.order_by("village_code", "unit_id").explain(analyze=True)
    assert "Rows Removed by Filter: " in plan  # those of the page's own village
    removed = sum(int(line.rpartition(":")[2]) for line in plan.splitlines() if "Rows Removed" in line)
    assert removed <= A_VILLAGE
