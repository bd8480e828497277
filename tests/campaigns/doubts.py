"""The queue of doubts, as tests read and answer it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from households.intake.models import StagedRow


def waiting() -> list[StagedRow]:
    """Rows that nobody has decided, in the file's order."""
    return list(StagedRow.objects.filter(status__in=("held", "rejected"), closed="").order_by("pk"))


def decide(client: Client, row: StagedRow, choice: str, **values: str) -> Any:
    """The answer of a doubt's page to a decision."""
    return client.post(reverse("doubt", args=[row.pk]), {"choice": choice, **values})
