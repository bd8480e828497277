"""What the layout tests of the ledgers share: registered women of one village, and sheets about them."""

from datetime import date
from pathlib import Path
from typing import Any

from campaigns import coverage
from households.models import Person, User
from tests import make
from tests.campaigns.test_ledger_layouts import sent
from tests.campaigns.test_ledgers import figures, registered
from tests.households.intake.books import person

__all__ = ["VILLAGE", "codes", "counted", "sent", "statuses", "three_women", "values"]

VILLAGE = "曹庄子村"
NAMES = ("王小芳", "李桂兰", "张淑珍")


def three_women(by: User, folder: Path) -> list[Person]:
    """Three women of 曹庄子村 in 黄各庄镇, each head of a household."""
    rows = [
        person(姓名=name, 户编号=f"130207104225000{number}", 证件号码=make.id_number(date(1970 + number, 5, 1)))
        for number, name in enumerate(NAMES, start=1)
    ]
    registered(by, folder, *rows)
    return list(Person.objects.order_by("birth_date"))


def counted(target: str) -> tuple[int, int]:
    """Eligible and covered, with everything counted that was imported."""
    coverage.settle_touched()
    return figures(target)


def statuses(told: dict[str, Any]) -> list[str]:
    """The rows' statuses, in order."""
    return [row["status"] for row in told["rows"]]


def codes(told: dict[str, Any]) -> list[list[str]]:
    """The rows' codes, in order."""
    return [row["codes"] for row in told["rows"]]


def values(told: dict[str, Any], label: str) -> list[Any]:
    """What the preview shows in a column."""
    return [row["values"].get(label) for row in told["rows"]]
