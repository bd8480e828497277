"""The yearly report on minors' data: who looked how often, whole numbers by reason, consent, refusals. From the audit log.

A minor is who was under 18 on the day of the look; of whole numbers, whom the page took for one. It names nobody.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q

from campaigns.audit_page import midnight, readable
from households.access import Role, in_scope
from households.audit.models import Action
from households.models import RevealRequest, User

# What shows or hands out somebody's details.
_LOOKS = (Action.VIEW_PERSON, Action.VIEW_LIST, Action.RECORD, Action.VOID, Action.DECIDE, Action.EXPORT, Action.PRINT)
_BY_ROLE = """
SELECT e.role, e.action, count(DISTINCT e.id), count(DISTINCT p.id), count(DISTINCT e.user_id)
FROM households_auditentry e CROSS JOIN LATERAL unnest(e.people) AS one(id) JOIN households_person p ON p.id = one.id
WHERE e.id IN ({entries}) AND p.birth_date > (e.at AT TIME ZONE 'Asia/Shanghai')::date - interval '18 years'
GROUP BY e.role, e.action
"""


@dataclass(frozen=True)
class LookLine:
    """One role and action: entries, different minors, different users."""

    role: str
    action: str
    times: int
    minors: int
    users: int


@dataclass(frozen=True)
class RevealLine:
    """Whole numbers of minors opened by one role for one reason, and how many of them with another's consent."""

    role: str
    reason: str
    times: int
    with_consent: int


@dataclass(frozen=True)
class Report:
    """One year of the regions that the reader answers for."""

    year: int
    first: date
    last: date
    looks: list[LookLine]
    reveals: list[RevealLine]
    asked: int
    consented: int
    refused: int
    waiting: int
    denied: int

    @property
    def reveals_total(self) -> int:
        """How often a minor's whole number was opened."""
        return sum(line.times for line in self.reveals)


def report(user: User, year: int) -> Report:
    """Count the year; runs as steward, whose caller has checked the permission."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    entries = readable(user).filter(at__gte=midnight(first), at__lt=midnight(after))
    requests = RevealRequest.objects.filter(
        in_scope("county_code", user.regions), asked_at__gte=midnight(first), asked_at__lt=midnight(after)
    ).aggregate(
        asked=Count("pk"), consented=Count("pk", filter=Q(state="approved")),
        refused=Count("pk", filter=Q(state="refused")), waiting=Count("pk", filter=Q(state="waiting")),
    )  # fmt: skip
    sql, parameters = entries.filter(action__in=_LOOKS).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_BY_ROLE.format(entries=sql), parameters)
        looks = [
            LookLine(_role(role), str(Action(action).label), *counts) for role, action, *counts in cursor.fetchall()
        ]
    reveals: dict[tuple[str, str], list[int]] = {}
    opened = entries.filter(action=Action.REVEAL, details__has_key="minor").order_by()
    for role, reason, details in opened.values_list("role", "reason", "details"):
        counts = reveals.setdefault((_role(role), reason.partition(":")[0]), [0, 0])
        counts[0] += 1
        counts[1] += "consent" in details
    return Report(
        year=year,
        first=first,
        last=date(year, 12, 31),
        looks=sorted(looks, key=lambda line: (-line.times, line.role, line.action)),
        reveals=[RevealLine(*key, *counts) for key, counts in sorted(reveals.items(), key=lambda item: -item[1][0])],
        denied=entries.filter(action=Action.DENIED).count(),
        **requests,
    )


def _role(role: str) -> str:
    return str(dict(Role.choices).get(role, ""))
