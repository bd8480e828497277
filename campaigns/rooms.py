"""The six actions and what goes round them, in official order."""

from campaigns.cleaning.room import CLEANING
from campaigns.health.room import HEALTH
from campaigns.livelihood.room import LIVELIHOOD
from campaigns.organisation.room import ORGANISATION
from campaigns.pairing.room import PAIRING
from campaigns.publicity.room import PUBLICITY
from campaigns.room import Room
from campaigns.schooling.room import SCHOOLING
from campaigns.survey.room import SURVEY

ROOMS: dict[str, Room] = {
    room.key: room for room in (PUBLICITY, PAIRING, CLEANING, LIVELIHOOD, HEALTH, SCHOOLING, SURVEY, ORGANISATION)
}
