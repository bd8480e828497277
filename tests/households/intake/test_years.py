"""What happens to families over the years, told by one roster after the other."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households import operations
from households.models import Membership, Person
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, person, write

LATER = date(2018, 9, 30)


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Any:
    """rows → result after applying, for the officer of 丰南区; `day`: what the roster speaks of."""

    def run(*rows: dict[str, Any], day: date = make.REPORTING_DAY, headers: tuple[str, ...] = HEADERS) -> Any:
        path = write(tmp_path / "roster.xlsx", list(rows), headers=headers)
        return imported(path, cast.officer_a, default_as_of=day)

    return run


def member(name: str, born: int, relation: str, *, sex: str = "女", **cells: Any) -> dict[str, Any]:
    """A row of the family that stands in 曹庄子村 under one number, unless told otherwise."""
    number = make.id_number(date(born, 4, 7), "M" if sex == "男" else "F")
    return person(姓名=name, 性别=sex, 证件号码=number, 与户主关系=relation) | cells


def test_a_widow_becomes_head_after_the_heads_death(upload: Any, cast: Cast) -> None:
    head, wife = member("赵大山", 1950, "户主", sex="男"), member("钱秀", 1952, "配偶")
    upload(head, wife)
    died = date(2018, 8, 1)
    ended = Membership.objects.get(person__name="赵大山")
    operations.end_memberships(memberships=[ended.pk], day=died, end_reason="died", by=cast.officer_a)
    (row,) = upload(wife | {"与户主关系": "户主"}, day=LATER)["rows"]
    assert (row["status"], row["change"]) == ("imported", "changed")
    widow = Person.objects.get(name="钱秀")
    told = [(one.relation, one.period.lower, one.period.upper) for one in widow.memberships.order_by("period")]
    assert told == [("配偶", make.REPORTING_DAY, LATER), ("户主", LATER, None)]
    assert widow.memberships.latest("period").household.head_name == "钱秀"
