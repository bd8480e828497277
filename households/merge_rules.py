"""What becomes of a person's rows when she is merged into another: declared by each model that refers to Person.

`merge_rules` of a model maps the name of every foreign key to Person to one of these; duplicates/merging.py carries them
out, a test fails for a foreign key without one.
"""

from dataclasses import dataclass
from enum import StrEnum


class Spare(StrEnum):
    """What becomes of a row that the kept person has already: it stays with the merged one, follows voided, or goes."""

    STAYS = "stays"
    VOIDED = "voided"
    REMOVED = "removed"


@dataclass(frozen=True)
class Stays:
    """The row tells about the merged person's own record and never follows."""


@dataclass(frozen=True)
class Follows:
    """Every row follows: none can be in another's way."""


@dataclass(frozen=True)
class Once:
    """A person has one row for each value of `fields`; of two, the later in rank (see InTurn) is spare."""

    fields: tuple[str, ...]
    spare: Spare
    best: tuple[str, object] | None = None


@dataclass(frozen=True)
class InTurn:
    """Periods of a person's rows that agree in `fields` cannot overlap: the later in rank is cut to the days left.

    Rows with the value `best` (field, value) come first whosever they are, because others may not count; then the kept
    person's. A row of which no day is left is spare.
    """

    fields: tuple[str, ...]
    spare: Spare
    best: tuple[str, object] | None = None


type MergeRule = Stays | Follows | Once | InTurn
