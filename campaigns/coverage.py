"""Standing and ledger: derived figures, their only writer, and their readers.

Facts → standing (unit × target: when eligible in which village, covered, explained) → ledger (region × series × day: by
how much the figures change, for the village and all its ancestors) → figures as of any day, past or coming, as one
lookup. Everything here can be thrown away and rebuilt from the facts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from operator import sub
from typing import Any, NamedTuple, Self

from django.db import connection

from campaigns.targets import HEADS, SHARED, TARGETS
from households.access import code_range, steward
from households.models import TouchedVillage

# Years that have checkpoints; days outside them are summed from the nearest one.
FIRST_YEAR, LAST_YEAR = 2014, 2030
# More touched villages than this are settled by the worker, not by the request that touched them.
SMALL = 20
# Advisory lock spaces: all of coverage (shared by small settles, alone by big ones), and one lock a village.
_LOCK_ALL, _LOCK_VILLAGE = 7310, 7311


class Figures(NamedTuple):
    """One target in one region on one day: counts of units; explained ⊆ gap, unexited (in households still poor) ⊆ gap."""

    eligible: int = 0
    covered: int = 0
    explained: int = 0
    unexited: int = 0

    @property
    def gap(self) -> int:
        """Not covered yet."""
        return self.eligible - self.covered

    @property
    def percent(self) -> float | None:
        """One decimal, cut, never rounded up to 100; None where nobody is eligible (无任务)."""
        return self.covered * 1000 // self.eligible / 10 if self.eligible else None


class Coverage(NamedTuple):
    """All figures of one region on one day. `counts`: the values of the ledger's columns."""

    region_code: str
    counts: tuple[int, ...]

    @classmethod
    def of(cls, region_code: str, series: Mapping[str, Figures]) -> Self:
        """From the figures of targets and head counts, zeros where there are none."""
        return cls(region_code, tuple(getattr(series.get(name, Figures()), what) for name, what in _COLUMN))

    def target(self, key: str) -> Figures:
        """Figures of one of the five targets, or a head count's."""
        return Figures(*self.counts[_PLACE[key]])

    @property
    def series(self) -> dict[str, Figures]:
        """Figures of each target and head count."""
        return {name: self.target(name) for name in SERIES}

    @property
    def heads(self) -> dict[str, int]:
        """Women, children, both, persons (women or children), households (with a woman or child)."""
        counts = {name: self.target(name).eligible for name in HEADS}
        persons, households = self.target("pairing").eligible, self.target("publicity").eligible
        return {**counts, "persons": persons, "households": households}

    @property
    def targets(self) -> dict[str, Figures]:
        """The five targets in their official order."""
        return {definition.key.value: self.target(definition.key) for definition in TARGETS}


SERIES = [*HEADS, *(definition.key.value for definition in TARGETS)]
WHAT = ("eligible", "covered", "explained", "unexited")
# The ledger's columns: one a head count, four a target. (series, what) → quoted column (BOTH is a word of SQL).
_COLUMN = {(name, "eligible"): f'"{name}"' for name in HEADS} | {
    (t.key.value, what): f'"{t.key.value}_{what}"' for t in TARGETS for what in WHAT
}
_COLUMNS = list(_COLUMN.values())
# Where the figures of each series lie among the columns.
_PLACE = {name: slice(at, at + 1) for at, name in enumerate(HEADS)} | {
    t.key.value: slice(at, at + len(WHAT))
    for at, t in zip(range(len(HEADS), len(_COLUMNS), len(WHAT)), TARGETS, strict=True)
}


def _list(form: str) -> str:
    """A form of every column, in one order: `_list("sum({})")`."""
    return ", ".join(form.format(column) for column in _COLUMNS)


_ANY = f"({_list('sum({})')}) <> ({_list('0')})"
_AS_OF = f"""
WITH asked AS (SELECT code FROM unnest(%(codes)s::text[]) AS t(code)),
parts AS (
  SELECT c.region_code, {_list("c.{}")}
  FROM asked JOIN campaigns_checkpoint c ON c.region_code = asked.code
    AND c.span IN ('Y', 'M') AND c.day IN (%(year)s, %(month)s)
  UNION ALL
  SELECT e.region_code, {_list("e.{}")}
  FROM asked JOIN campaigns_ledgerentry e ON e.region_code = asked.code AND e.day BETWEEN %(month)s AND %(day)s
)
SELECT region_code, {_list("sum({})")} FROM parts GROUP BY region_code
"""


def as_of(codes: Collection[str], day: date) -> dict[str, Coverage]:
    """Figures of regions on a day, by region code, in the order asked; zeros where nothing is known."""
    found = {code: Coverage(code, (0,) * len(_COLUMNS)) for code in codes}
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, {"codes": list(codes), **_checkpoint_days(day)})
        found |= {code: Coverage(code, tuple(sums)) for code, *sums in cursor.fetchall()}
    return found


def _checkpoint_days(day: date) -> dict[str, date]:
    """The day asked and the checkpoints its sum starts from: its year's and its month's."""
    if day.year < FIRST_YEAR:
        return {"day": day, "year": date.min, "month": date.min}
    year = date(min(day.year, LAST_YEAR), 1, 1)
    if day.year > LAST_YEAR:
        return {"day": day, "year": year, "month": year}
    return {"day": day, "year": year, "month": day.replace(day=1)}


# What was entered between two of the days asked is one row, numbered from 1 on.
_BETWEEN = f"""
SELECT width_bucket(day - 1, %(days)s::date[]) AS number, {_list("sum({})")} FROM campaigns_ledgerentry
WHERE region_code = %(code)s AND day > %(first)s AND day <= %(last)s GROUP BY number"""


def on_days(code: str, days: Sequence[date], last: Coverage | None = None) -> list[Coverage]:
    """Figures of one region on several days, which are in ascending order: the last day's, and before it less what was
    entered since. `last`: that day's figures, where the caller has them."""
    counts = (last or as_of([code], days[-1])[code]).counts
    with connection.cursor() as cursor:
        cursor.execute(_BETWEEN, {"code": code, "days": list(days), "first": days[0], "last": days[-1]})
        entered = {number: changes for number, *changes in cursor.fetchall()}
    found = []
    for number in range(len(days), 0, -1):
        if number in entered:
            counts = tuple(map(sub, counts, entered[number]))
        found.append(Coverage(code, counts))
    return found[::-1]


_LATEST = f"""
SELECT code, (
  SELECT max(e.day) FROM campaigns_ledgerentry e WHERE e.region_code = code AND e.day <= %s
    AND ({" OR ".join(f'"{t.key.value}_covered" > 0' for t in TARGETS)}))
FROM unnest(%s::text[]) AS t(code)"""


def latest_progress(codes: Collection[str], day: date) -> dict[str, date | None]:
    """The last day until `day` on which anything more was done in each region."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [day, list(codes)])
        return dict(cursor.fetchall())


def settle(villages: Collection[str]) -> None:
    """Recompute villages from the facts and carry the difference to their ancestors. All or nothing."""
    with steward(), connection.cursor() as cursor:
        _lock_villages(cursor, villages)
        TouchedVillage.objects.filter(village_code__in=villages).delete()
        _replace(cursor, everywhere=False, villages=list(villages))


def rebuild() -> None:
    """Throw all derived figures away and count them anew from the facts."""
    with steward(), connection.cursor() as cursor:
        _lock_everything(cursor)
        TouchedVillage.objects.all().delete()
        cursor.execute("DELETE FROM campaigns_standing")
        cursor.execute("DELETE FROM campaigns_ledgerentry")
        cursor.execute("DELETE FROM campaigns_checkpoint")
        _replace(cursor, everywhere=True, villages=[])


def touched(limit: int | None = None) -> list[str]:
    """Codes of villages that changed since their figures were settled, at most `limit`."""
    with connection.cursor() as cursor:  # each page asks it: the ORM would take three times as long
        cursor.execute("SELECT DISTINCT village_code FROM households_touchedvillage ORDER BY 1 LIMIT %s", [limit])
        return [code for (code,) in cursor.fetchall()]


def settle_touched() -> None:
    """Settle every touched village; safe to call at any time, any number of times."""
    villages = touched()
    if villages:
        settle(villages)


def settle_if_small() -> bool:
    """Settle at once where few villages are touched. False: too many, the worker has to do it."""
    villages = touched(SMALL + 1)
    if len(villages) > SMALL:
        return False
    if villages:
        settle(villages)
    return True


def _lock_villages(cursor: Any, villages: Collection[str]) -> None:
    """Small settles lock their villages in one order; a big one locks everything (lock table space is finite)."""
    if len(villages) > 10 * SMALL:
        _lock_everything(cursor)
        return
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [_LOCK_ALL])
    cursor.execute(
        "SELECT pg_advisory_xact_lock(%s, hash) FROM (SELECT DISTINCT hashtext(code) AS hash "
        "FROM unnest(%s::text[]) AS t(code) ORDER BY hash) AS locks",
        [_LOCK_VILLAGE, list(villages)],
    )


def _lock_everything(cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK_ALL])


def _fresh_sql() -> str:
    """All units of the villages asked, as (series, unit_id, village_id, eligible, covered, explained, unexited)."""
    parts = [
        f"SELECT '{name}' AS series, h.unit_id, h.village_id, h.period AS eligible, datemultirange() AS covered, "
        f"datemultirange() AS explained, datemultirange() AS unexited FROM ({sql}) h WHERE NOT isempty(h.period)"
        for name, sql in HEADS.items()
    ]
    parts += [
        f"SELECT '{t.key}', e.unit_id, e.village_id, e.period, "
        "coalesce(e.period * c.period, datemultirange()), "
        "coalesce((e.period - coalesce(c.period, datemultirange())) * x.period, datemultirange()), "
        "coalesce((e.period - coalesce(c.period, datemultirange())) * u.unexited, datemultirange()) "
        f"FROM ({t.eligible}) e LEFT JOIN ({t.covered}) c USING (unit_id) LEFT JOIN ({t.explained}) x USING (unit_id) "
        f"LEFT JOIN unexited_{t.unit} u ON u.unit_id = e.unit_id AND u.village_id = e.village_id "
        "WHERE NOT isempty(e.period)"
        for t in TARGETS
    ]
    return f"CREATE TEMP TABLE fresh ON COMMIT DROP AS WITH {SHARED} " + " UNION ALL ".join(parts)


_FRESH = _fresh_sql()
_STANDING_GONE = """
DELETE FROM campaigns_standing s WHERE (%(everywhere)s OR s.village_code = ANY (%(villages)s)) AND NOT EXISTS (
  SELECT 1 FROM fresh f WHERE f.series = s.target AND f.village_id = s.village_code AND f.unit_id = s.unit_id)"""
_STANDING_PUT = """
INSERT INTO campaigns_standing AS s (target, village_code, unit_id, eligible, covered, explained)
SELECT series, village_id, unit_id, eligible, covered, explained FROM fresh WHERE series = ANY (%(targets)s)
ON CONFLICT (target, village_code, unit_id) DO UPDATE
SET eligible = excluded.eligible, covered = excluded.covered, explained = excluded.explained
WHERE (s.eligible, s.covered, s.explained) IS DISTINCT FROM (excluded.eligible, excluded.covered, excluded.explained)"""
_PIVOT = ", ".join(
    f"coalesce(sum(b.{what}) FILTER (WHERE f.series = '{series}'), 0) AS {column}"
    for (series, what), column in _COLUMN.items()
)
# The bounds of the new ranges less the entries the villages had, for the villages and every ancestor.
_DIFFERENCE = f"""
CREATE TEMP TABLE difference ON COMMIT DROP AS
WITH of_villages AS (
  SELECT f.village_id AS region_code, b.day, {_PIVOT}
  FROM fresh f CROSS JOIN LATERAL (
    SELECT lower(r) AS day, 1 AS eligible, 0 AS covered, 0 AS explained, 0 AS unexited FROM unnest(f.eligible) r
    UNION ALL SELECT upper(r), -1, 0, 0, 0 FROM unnest(f.eligible) r
    UNION ALL SELECT lower(r), 0, 1, 0, 0 FROM unnest(f.covered) r
    UNION ALL SELECT upper(r), 0, -1, 0, 0 FROM unnest(f.covered) r
    UNION ALL SELECT lower(r), 0, 0, 1, 0 FROM unnest(f.explained) r
    UNION ALL SELECT upper(r), 0, 0, -1, 0 FROM unnest(f.explained) r
    UNION ALL SELECT lower(r), 0, 0, 0, 1 FROM unnest(f.unexited) r
    UNION ALL SELECT upper(r), 0, 0, 0, -1 FROM unnest(f.unexited) r
  ) b WHERE b.day IS NOT NULL
  GROUP BY f.village_id, b.day
  UNION ALL
  SELECT region_code, day, {_list("-{}")} FROM campaigns_ledgerentry
  WHERE length(region_code) = 12 AND (%(everywhere)s OR region_code = ANY (%(villages)s))
),
changed AS (
  SELECT region_code, day, {_list("sum({0}) AS {0}")} FROM of_villages GROUP BY region_code, day HAVING {_ANY}
)
SELECT left(region_code, digits) AS region_code, day, {_list("sum({0})::int AS {0}")}
FROM changed CROSS JOIN unnest(ARRAY[2, 4, 6, 9, 12]) AS digits GROUP BY 1, 2 HAVING {_ANY}"""
# Bottom-up in code order: simultaneous settles meet their common ancestors in the same order and cannot deadlock.
_ORDER = "ORDER BY length(region_code) DESC, region_code, day"
_ADD = f"DO UPDATE SET {_list('{0} = t.{0} + excluded.{0}')}"
_LEDGER = f"""
INSERT INTO campaigns_ledgerentry AS t (region_code, day, {_list("{}")})
SELECT region_code, day, {_list("{}")} FROM difference {_ORDER}
ON CONFLICT (region_code, day) {_ADD}"""
_CHECKPOINTS = f"""
WITH yearly AS (
  SELECT region_code, greatest(extract(year FROM day)::int + 1, {FIRST_YEAR}) AS first_year, {_list("sum({0}) AS {0}")}
  FROM difference GROUP BY 1, 2
),
monthly AS (
  SELECT region_code, extract(year FROM day)::int AS year, extract(month FROM day)::int + 1 AS first_month,
    {_list("sum({0}) AS {0}")}
  FROM difference
  WHERE day >= '{FIRST_YEAR}-01-01' AND day < '{LAST_YEAR + 1}-01-01' GROUP BY 1, 2, 3
),
sums AS (
  SELECT region_code, 'Y' AS span, make_date(year, 1, 1) AS day, {_list("{}")}
  FROM yearly CROSS JOIN LATERAL generate_series(first_year, {LAST_YEAR}) AS year
  UNION ALL
  SELECT region_code, 'M', make_date(year, month, 1), {_list("{}")}
  FROM monthly CROSS JOIN LATERAL generate_series(first_month, 12) AS month
)
INSERT INTO campaigns_checkpoint AS t (region_code, span, day, {_list("{}")})
SELECT region_code, span, day, {_list("sum({})")} FROM sums
GROUP BY region_code, span, day {_ORDER}, span
ON CONFLICT (region_code, span, day) {_ADD}"""


def _replace(cursor: Any, *, everywhere: bool, villages: list[str]) -> None:
    """Write standing, ledger and checkpoints of the villages; the caller holds their locks."""
    scope = {"everywhere": everywhere, "villages": villages, "targets": [t.key.value for t in TARGETS]}
    if everywhere or len(villages) > 10 * SMALL:
        # The planner cannot guess the size of range aggregates and would nest loops over hundreds of thousands of them.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '128MB'")
    cursor.execute(_FRESH, scope)
    cursor.execute(_STANDING_GONE, scope)
    cursor.execute(_STANDING_PUT, scope)
    cursor.execute(_DIFFERENCE, scope)
    cursor.execute(_LEDGER)
    cursor.execute(_CHECKPOINTS)
    cursor.execute("DROP TABLE fresh, difference")
    cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
    cursor.execute("SET LOCAL work_mem = DEFAULT")


def being_updated(prefix: str) -> bool:
    """Are figures of this region still to be settled (正在更新)?"""
    return TouchedVillage.objects.filter(code_range("village_code", prefix)).exists()
