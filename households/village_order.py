"""Pages of lists in village order: the key of a line, and what stands behind it."""

from django.db.models import Q


def line_key(village: str, unit: int) -> str:
    """The key of a line, as it stands in the address of the next page."""
    return f"{village}-{unit}"


def behind(key: str, village: str, unit: str) -> Q:
    """The rows behind the line of a key, in the order of the two fields; raises ValueError for the key of no line.

    The bound on the village alone says nothing new, but it is what an index can start at: without it the page is found
    by reading the list from its beginning.
    """
    code, number = key.split("-")
    later = Q(**{f"{village}__gt": code}) | Q(**{village: code, f"{unit}__gt": int(number)})
    return Q(**{f"{village}__gte": code}) & later
