"""Whose an undertaking is: the uploader's region or a county she names, and what of other levels she may mean."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.facts import Undertaking
from households.access import LEVELS, in_scope, within
from households.intake.columns import Column
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.places import current_index


def held_by(model: type[Undertaking], scope: Sequence[str], *, above: bool = False) -> QuerySet[Any]:
    """Valid undertakings of the regions; with `above` also those that higher levels offer to them."""
    wanted = in_scope("region_id", list(scope))
    if above:
        levels = {code[:digits] for code in scope for digits in LEVELS if digits < len(code)}
        wanted |= Q(region_id__in=sorted(levels))
    return model.objects.filter(wanted, voided_at=None)


def county_of(row: CheckedRow, column: Column, frame: Frame) -> str:
    """The county that the row names, else the uploader's first region; "" with a finding where it is not hers."""
    own = frame.scope[0] if frame.scope else ""
    written = row.values.get(column.label)
    if written is None:
        return own
    codes = current_index().counties(written).codes
    if len(codes) == 1 and within(own, codes):  # her own county, named by a township's or village's worker
        return own
    inside = [code for code in codes if within(code, list(frame.scope))]
    if len(inside) == 1:
        return inside[0]
    row.add_compared("REGION_OUT_OF_SCOPE" if codes else "REGION_UNKNOWN", column.field, written=written)
    return ""


def near_or_above[U: Undertaking](found: Iterable[U], region: str) -> U | None:
    """Of undertakings of one name that of the region, else of the nearest level above it, else the only one below."""
    candidates = list(found)
    upwards = [one for one in candidates if region.startswith(one.region_id)]
    if upwards:
        return max(upwards, key=lambda one: (len(one.region_id), one.pk))
    below = [one for one in candidates if one.region_id.startswith(region)]
    return below[0] if len(below) == 1 else None
