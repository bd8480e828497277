"""The six actions and what goes round them, in official order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from campaigns.cleaning.room import CLEANING
from campaigns.due import Due
from campaigns.health.room import HEALTH
from campaigns.livelihood.room import LIVELIHOOD
from campaigns.organisation.room import ORGANISATION
from campaigns.pairing.room import PAIRING
from campaigns.publicity.room import PUBLICITY
from campaigns.room import Room
from campaigns.schooling.room import SCHOOLING
from campaigns.survey.room import SURVEY
from households.models import Region, User

ROOMS: dict[str, Room] = {
    room.key: room for room in (PUBLICITY, PAIRING, CLEANING, LIVELIHOOD, HEALTH, SCHOOLING, SURVEY, ORGANISATION)
}


def due_in(rooms: Iterable[Room], user: User, region: Region, first: date, last: date) -> list[Due]:
    """What is due in a region from the first to the last day, in order, linked where the user may open it."""
    found = [one for room in rooms if room.due for one in room.due(region, first, last)]
    shown = [one if user.may(one.permission) else replace(one, url="") for one in found]
    return sorted(shown, key=lambda one: (one.day, str(one.kind), one.title))
