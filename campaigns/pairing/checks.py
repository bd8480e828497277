"""Rules of pairing that recording a fact and correcting it share."""

from datetime import date

from django.utils.translation import gettext as _

from campaigns.pairing.models import Helper
from campaigns.recording import days_text, refuse


def check_paired_from(at: str, helper: Helper, first: date) -> None:
    """A helper looks after somebody from a day on which she is in office."""
    if first not in helper.active:
        words = _("%(name)s的在岗时间为%(days)s，起始日期应在其中；请改日期或另选包联人。")
        refuse(at, words % {"name": helper.name, "days": days_text(helper.active)})


def check_visit(helper: Helper, visited_on: date, next_on: date | None) -> None:
    """A visit falls into the helper's time in office; the next one comes later."""
    if visited_on not in helper.active:
        words = _("%(name)s的在岗时间为%(days)s，走访日期应在其中；请改日期或另选包联人。")
        refuse("visited_on", words % {"name": helper.name, "days": days_text(helper.active)})
    if next_on is not None and next_on <= visited_on:
        refuse("next_on", _("下次走访日期应晚于本次走访日期%(day)s，请核对。") % {"day": visited_on})
