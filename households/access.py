"""Who may do what, as one table; where, as region prefixes; and under which database identity.

Scope is a set of region-code prefixes on the user ("13" province … 12 digits village): a region is inside when its
code starts with one of them. An empty set sees nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

# Digits of the code of a province, city, county, township and village.
LEVELS = (2, 4, 6, 9, 12)
READER = "povertyrelief_reader"
STEWARD = "povertyrelief_steward"


class Role(models.TextChoices):
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    FEDERATION_STAFF = "federation_staff", _("市妇联工作人员")
    COUNTY_OFFICER = "county_officer", _("县级妇联工作人员")
    TOWNSHIP_WORKER = "township_worker", _("乡镇妇联工作人员")
    VILLAGE_WORKER = "village_worker", _("村妇联工作人员")
    LEADER = "leader", _("领导")
    AUDITOR = "auditor", _("审计员")


class Permission(StrEnum):
    """What a role may do inside its scope."""

    VIEW_DASHBOARD = "view_dashboard"  # counts only
    VIEW_WORKLIST = "view_worklist"  # names of what is unfinished
    VIEW_PEOPLE = "view_people"  # the register with names, masked numbers
    VIEW_SENSITIVE = "view_sensitive"  # illness, disability, masked ID number
    REVEAL = "reveal"  # a whole number, one at a time, with a reason
    APPROVE_REVEAL = "approve_reveal"  # consent to another person's wish to see a minor's number
    UPLOAD = "upload"  # rosters and ledgers
    RECORD_FACTS = "record_facts"
    EDIT_REGISTER = "edit_register"
    BACK_OFFICE = "back_office"  # the admin
    MANAGE_USERS = "manage_users"
    MANAGE_ACCOUNTS = "manage_accounts"  # invite, close, hand over accounts of lower roles in one's regions (APPOINTS)
    MANAGE_RULES = "manage_rules"  # campaign years and how we count
    VIEW_AUDIT = "view_audit"  # the audit log: who did what, nobody's data


P = Permission
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.SYSTEM_ADMIN: frozenset({P.VIEW_DASHBOARD, P.BACK_OFFICE, P.MANAGE_USERS, P.MANAGE_ACCOUNTS, P.VIEW_AUDIT}),
    Role.FEDERATION_STAFF: frozenset(set(Permission) - {P.MANAGE_USERS, P.VIEW_AUDIT}),
    Role.COUNTY_OFFICER: frozenset(
        {
            P.VIEW_DASHBOARD,
            P.VIEW_WORKLIST,
            P.VIEW_PEOPLE,
            P.VIEW_SENSITIVE,
            P.REVEAL,
            P.APPROVE_REVEAL,
            P.UPLOAD,
            P.RECORD_FACTS,
            P.EDIT_REGISTER,
            P.BACK_OFFICE,
            P.MANAGE_ACCOUNTS,
        }
    ),
    Role.TOWNSHIP_WORKER: frozenset(
        {P.VIEW_DASHBOARD, P.VIEW_WORKLIST, P.VIEW_PEOPLE, P.VIEW_SENSITIVE, P.RECORD_FACTS}
    ),
    Role.VILLAGE_WORKER: frozenset({P.VIEW_DASHBOARD, P.VIEW_WORKLIST, P.VIEW_PEOPLE, P.RECORD_FACTS}),
    Role.LEADER: frozenset({P.VIEW_DASHBOARD, P.VIEW_WORKLIST}),
    Role.AUDITOR: frozenset({P.VIEW_DASHBOARD, P.VIEW_AUDIT}),
}
# Signing in asks these for a second factor.
SECOND_FACTOR = frozenset({Role.SYSTEM_ADMIN, Role.FEDERATION_STAFF, Role.AUDITOR})
# Whose accounts a role opens and closes, inside its own regions.
APPOINTS: dict[str, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: frozenset(set(Role)),
    Role.FEDERATION_STAFF: frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_WORKER, Role.VILLAGE_WORKER, Role.LEADER}),
    Role.COUNTY_OFFICER: frozenset({Role.TOWNSHIP_WORKER, Role.VILLAGE_WORKER}),
}
# These sign in with a PIN on a device that is remembered; the others with a password.
PIN_ROLES = frozenset({Role.TOWNSHIP_WORKER, Role.VILLAGE_WORKER})
# A tester of completeness compares these two with Role: a role without a line here may do nothing.


def allows(role: str, permission: Permission) -> bool:
    """Does the role include the permission, as this installation is set (LEADERS_SEE)?"""
    if role == Role.LEADER and permission == P.VIEW_WORKLIST and settings.LEADERS_SEE != "names":
        return False
    return permission in PERMISSIONS.get(role, frozenset())


def within(code: str, prefixes: Sequence[str]) -> bool:
    """Is the region inside the scope?"""
    return any(code.startswith(prefix) for prefix in prefixes)


def levels_above(regions: Sequence[str]) -> list[str]:
    """The codes of all levels above the given ones: "130207104" → 13, 1302, 130207."""
    return sorted({code[:digits] for code in regions for digits in LEVELS if digits < len(code)})


def code_range(field: str, prefix: str) -> models.Q:
    """The subtree of a prefix as a range on an indexed code column (collation "C"), never LIKE."""
    return models.Q(**{f"{field}__gte": prefix, f"{field}__lt": next_prefix(prefix)})


def next_prefix(prefix: str) -> str:
    """The first code after a prefix's subtree: "130299" → "13029:" (the character after the last one)."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def in_scope(field: str, prefixes: list[str]) -> models.Q:
    """Condition for rows whose region code is inside the scope; an empty scope matches nothing."""
    if not prefixes:
        return models.Q(pk__in=[])  # no condition at all would match everything
    return models.Q(*(code_range(field, prefix) for prefix in prefixes), _connector=models.Q.OR)


@contextmanager
def database_identity(role: str) -> Iterator[None]:
    """Run as reader or steward inside one transaction (opened if there is none) and return to the identity before."""
    # The identity is set for the transaction and ends with it; only inside another one somebody has to give it back.
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        before = _current_role() if is_inside else ""
        _set_role(role)
        yield
        if is_inside and not connection.needs_rollback:  # what is rolled back takes its role with it
            _set_role(before)


@contextmanager
def steward() -> Iterator[None]:
    """For intake, identity look-up, settling, merge, transfer, undo. The caller has checked the scope."""
    with database_identity(STEWARD):
        yield


def act_for(regions: Sequence[str], user_id: int | None) -> None:
    """Let the reader see these regions' rows until the transaction ends (row security: campaigns/migrations/0003).

    Nobody's regions are the empty list: then no row about people exists.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('povertyrelief.scope', %s, true), set_config('povertyrelief.above', %s, true),"
            " set_config('povertyrelief.user', %s, true)",
            [",".join(filter(None, regions)), ",".join(levels_above(regions)), str(user_id or "")],
        )


def _current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _set_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE " + connection.ops.quote_name(role))
