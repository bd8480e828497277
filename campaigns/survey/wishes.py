"""What women wish for and how they live, by region: yes, no and unknown apart (unknown is not a no)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Left

from campaigns.survey.rates import WOMEN, surveyed
from households.access import code_range

QUESTIONS = ("wants_work", "wants_training", "wants_loan", "left_behind", "single_parent")


@dataclass(frozen=True)
class Answers:
    """Counts of surveyed women by their answer to one question."""

    yes: int = 0
    no: int = 0
    unknown: int = 0


def wishes(codes: Sequence[str], day: date) -> dict[str, list[Answers]]:
    """The answers of the women surveyed in regions of one level, by region code, in the order of QUESTIONS."""
    if not codes:
        return {}
    inside = Q()
    for code in codes:
        inside |= code_range("village_id", code)
    counts = {
        f"{name}_{word}": Count("pk", filter=Q(**{name: value}))
        for name in QUESTIONS
        for word, value in (("yes", True), ("no", False), ("unknown", None))
    }
    rows = (
        surveyed(WOMEN, day)
        .filter(inside)
        .annotate(code=Left("village_id", len(codes[0])))
        .values("code")
        .annotate(**counts)
    )
    found: dict[str, dict[str, Any]] = {row["code"]: dict(row) for row in rows}
    empty: dict[str, Any] = dict.fromkeys(counts, 0)
    return {
        code: [
            Answers(*(found.get(code, empty)[f"{name}_{word}"] for word in ("yes", "no", "unknown")))
            for name in QUESTIONS
        ]
        for code in codes
    }
