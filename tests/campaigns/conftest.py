"""What several tests of the intake's pages begin with."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from households.intake.models import ImportBatch
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, write


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> Any:
    """rows → the applied batch of the officer of 丰南区."""

    def run(*rows: dict[str, Any], day: date = make.REPORTING_DAY, headers: tuple[str, ...] = HEADERS) -> ImportBatch:
        result = imported(
            write(tmp_path / "roster.xlsx", list(rows), headers=headers), cast.officer_a, default_as_of=day
        )
        return ImportBatch.objects.get(pk=result["batch"])

    return run
