"""Every read behind a page begins here: `visible_to(user)`.

The `lookup` of a model says where its region code stands; scope is a range on it.
"""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models

from households.access import Permission, in_scope, levels_above


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that carry a region code. Subclass-free: each model names its column in `scope_field`."""

    def visible_to(self, user: Any) -> Self:
        """Rows inside the user's regions; nothing for a disabled or anonymous user."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        return self.filter(in_scope(self.model.scope_field, user.regions))

    def offered_to(self, user: Any) -> Self:
        """Rows inside the user's regions, and those of the levels above them: a city's course is open to its counties."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        field = self.model.scope_field
        return self.filter(in_scope(field, user.regions) | models.Q(**{f"{field}__in": levels_above(user.regions)}))


def id_array(ids: Iterable[int]) -> str:
    """Many ids as one parameter, for `::bigint[]`: the driver and the ORM take ten times as long over a list of them."""
    return "{" + ",".join(map(str, ids)) + "}"


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


def can(user: Any, permission: Permission) -> bool:
    """May the user do this (somewhere)? Anonymous and disabled users may nothing."""
    return bool(user.is_authenticated and user.is_active and user.may(permission))
