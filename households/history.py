"""History of every change (pghistory): one decorator for all tracked models."""

import pghistory
from django.db import models


def track[M: models.Model](model: type[M]) -> type[M]:
    """Keep the history of every insert, update and delete, by triggers (fresh trackers: they remember their model)."""
    tracked: type[M] = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())(model)
    return tracked
