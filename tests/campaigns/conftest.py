"""What several tests of the intake's pages begin with."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households.intake.models import ImportBatch
from households.models import Person
from tests import make
from tests.campaigns.test_ledgers import registered
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, person, write


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Any:
    """rows → the applied batch of the officer of 丰南区."""

    def run(*rows: dict[str, Any], day: date = make.REPORTING_DAY, headers: tuple[str, ...] = HEADERS) -> ImportBatch:
        result = imported(
            write(tmp_path / "roster.xlsx", list(rows), headers=headers), cast.officer_a, default_as_of=day
        )
        return ImportBatch.objects.get(pk=result["batch"])

    return run


@pytest.fixture
def women(cast: Cast, tmp_path: Path) -> list[Person]:
    """Three women of 曹庄子村, each head of a household."""
    rows = [
        person(姓名=name, 户编号=f"130207104225000{number}", 证件号码=make.id_number(date(1970 + number, 5, 1)))
        for number, name in enumerate(("王小芳", "李桂兰", "张淑珍"), start=1)
    ]
    registered(cast.officer_a, tmp_path, *rows)
    return list(Person.objects.order_by("birth_date"))
