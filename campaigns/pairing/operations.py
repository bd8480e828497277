"""Visits recorded by hand (how: campaigns/recording.py)."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from campaigns.models import Helper, Visit, VisitPhoto
from campaigns.pairing.checks import check_visit
from campaigns.photos import keep_photos
from campaigns.recording import check_day, check_member, recording, save_fact
from households.models import Household, Person, User


def record_visit(
    *,
    by: User,
    household: Household,
    helper: Helper,
    visited_on: date,
    person: Person | None = None,
    companions: str = "",
    notes: str = "",
    needs: str = "",
    next_on: date | None = None,
    photos: Sequence[bytes] = (),
) -> Visit:
    """A helper called at the home on a day, on everybody there or on one person; `photos`: contents as PhotosField gives."""
    with recording(by, household, _("登记走访")) as village:
        check_day("visited_on", visited_on)
        check_visit(helper, visited_on, next_on)
        if person is not None:
            check_member("person", household, person, visited_on)
        same = {"household": household, "person": person, "helper": helper, "visited_on": visited_on}
        visit = Visit(**same, companions=companions, notes=notes, needs=needs, next_on=next_on)
        save_fact(visit, by, village, at="visited_on", same=same)
        keep_photos([VisitPhoto(visit=visit, village_id=village) for _content in photos], photos, by=by)
        return visit
