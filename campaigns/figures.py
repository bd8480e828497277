"""The actions' figures (campaign report): each counted from the records, for a region, up to a day of a campaign year."""

from datetime import date
from decimal import Decimal

from campaigns.business_day import year_begun
from campaigns.room import Asked, Figure, Room
from campaigns.rooms import ROOMS


def asked_for(region: str, day: date) -> Asked:
    """The region from the first day of the day's campaign year (the last one begun) to the day."""
    year = year_begun(day)
    return Asked(region, year.start if year else day.replace(month=1, day=1), day)


def figures_of(room: Room, asked: Asked) -> list[tuple[Figure, int | Decimal]]:
    """The room's figures."""
    return [(figure, figure.count(asked)) for figure in room.figures]


def leading_figures(asked: Asked) -> list[tuple[Room, list[tuple[Figure, int | Decimal]]]]:
    """The figures that stand on the dashboard, by action."""
    return [
        (room, [(figure, figure.count(asked)) for figure in room.figures if figure.key in room.leading])
        for room in ROOMS.values()
        if room.leading
    ]


def all_figures(asked: Asked) -> dict[str, int | Decimal]:
    """Every figure by its key."""
    return {figure.key: count for room in ROOMS.values() for figure, count in figures_of(room, asked)}
