"""The village of every row of a table: from its columns, else from captions, titles and names around it."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext_lazy

from households.intake.columns import Cleaned, as_text, tidy
from households.intake.rows import Finding, finding
from households.intake.sheets import Table
from households.places import Place, PlaceIndex

_EMPTY = gettext_lazy("（未填写）")
_NO_VILLAGE = gettext_lazy("（行政村未填写）")
_UNREADABLE = gettext_lazy("（上方写村名的一行无法识别）")


def places_of(table: Table, cleaned: dict[str, Cleaned], places: PlaceIndex, scope: Sequence[str]) -> list[Place]:
    """The village of each row; what no column tells is taken from titles and names of sheet and file."""
    blank: list[Any] = [""] * len(table.row_numbers)
    county, township, village = (
        cleaned[name].values if name in cleaned else blank for name in ("county", "township", "village")
    )
    # A county written on a block's first row only holds for the block: nobody else's people become ours by a blank.
    county = list(accumulate(county, lambda above, own: own or above))
    told = ""
    if "village" not in cleaned:
        told = village_around(table, places)
        village = cleaned["address"].values if "address" in cleaned else blank
    default_county = default_township = ""
    for group in table.around:
        text = " ".join(group)
        if "county" not in cleaned:
            default_county = default_county or places.county_named_in(text)
        if "township" not in cleaned:
            default_township = default_township or places.township_named_in(group, county=default_county, scope=scope)
    if "township" not in cleaned and not default_township:
        # A township of another county is one, too: its villages are not to be looked for at home.
        headings = (places.heading(text)[0] for group in table.around for text in group)
        default_township = next(filter(None, headings), "")
    memo: dict[tuple[Any, Any, Any], Place] = {}
    for names in set(zip(county, township, village, strict=True)):
        above = (names[0] or default_county, names[1] or default_township)
        by_column = places.resolve(*above, names[2] or "", scope=scope)
        by_heading = places.resolve(*above, told, scope=scope) if told else by_column
        memo[names] = _agreed(by_column, by_heading, places)
    return [memo[names] for names in zip(county, township, village, strict=True)]


def _agreed(by_column: Place, by_heading: Place, places: PlaceIndex) -> Place:
    """The place that an address and a heading tell together; two places are nobody's to choose from."""
    if by_column.code and by_heading.code and by_column.code != by_heading.code:
        return Place(problem="REGION_AMBIGUOUS", candidates=(places.path(by_column.code), places.path(by_heading.code)))
    return by_column if by_column.code else by_heading


def village_around(table: Table, places: PlaceIndex) -> str:
    """The village that caption, titles or names tell; "" where they tell none, or several.

    A caption goes before titles and names, which must agree.
    """
    groups = [{village for text in group if (village := places.heading(text)[1])} for group in table.around]
    named = groups[0] if groups and len(groups[0]) == 1 and table.is_captioned else set().union(*groups)
    return named.pop() if len(named) == 1 else ""


def place_finding(place: Place, table: Table, position: int, places: PlaceIndex) -> Finding:
    """Why a row's village is not known, in the words of the file."""
    columns = [name for name in ("county", "township", "village") if name in table.columns]
    written = "".join(tidy(as_text(table.columns[name][position])) for name in columns)
    if "village" in columns and not tidy(as_text(table.columns["village"][position])):
        written += str(_NO_VILLAGE)
    elif "village" not in columns:
        written = "；".join(dict.fromkeys(tidy(text) for group in table.around for text in group if tidy(text)))
        if not table.around:
            written = str(_UNREADABLE)
        if "address" in table.columns:
            written = tidy(as_text(table.columns["address"][position])) or written
    suggestion = places.path(place.code) if place.code else "、".join(place.candidates)
    if place.problem == "REGION_UNKNOWN" and suggestion:
        suggestion = f"是否是：{suggestion}？"
    return finding(place.problem, "village", written=written[:60] or str(_EMPTY), suggestion=suggestion)
