"""Figures of the survey: people surveyed, and their wishes. Who was not asked stands apart, as unknown."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import ChildSurvey, WomanSurvey
from campaigns.room import Asked, Figure


def _women(asked: Asked) -> QuerySet[WomanSurvey]:
    return asked.rows(WomanSurvey, "surveyed_on")


def _children(asked: Asked) -> QuerySet[ChildSurvey]:
    return asked.rows(ChildSurvey, "surveyed_on")


def _of(name: str, value: bool | None) -> Callable[[Asked], int]:
    return lambda asked: _women(asked).filter(**{name: value}).count()


def _wish(name: str, yes: str | Promise, unknown: str | Promise) -> tuple[Figure, Figure]:
    """Who wishes for something, and of whom nobody knows."""
    return (
        Figure(f"surveyed_{name}", yes, _("人"), _of(name, True)),
        Figure(f"surveyed_{name}_unknown", unknown, _("人"), _of(name, None)),
    )


FIGURES = (
    Figure("surveyed_women", _("已调查妇女"), _("人"), lambda asked: _women(asked).values("person").distinct().count()),
    Figure(
        "surveyed_children",
        _("已调查儿童"),
        _("人"),
        lambda asked: _children(asked).values("person").distinct().count(),
    ),
    *_wish("wants_work", _("有就业意愿"), _("就业意愿未知")),
    *_wish("wants_training", _("有培训意愿"), _("培训意愿未知")),
    *_wish("wants_loan", _("有贷款需求"), _("贷款需求未知")),
)
