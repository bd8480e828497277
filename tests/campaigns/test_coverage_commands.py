"""`coverage`, `verify_coverage`, `rebuild_coverage` as an operator calls them."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns import coverage
from campaigns.models import Contact
from households.management.base import Refusal
from tests import make


@pytest.fixture
def village(tangshan: None) -> None:
    """One household with a woman, told on 10 June."""
    home = make.household(make.VILLAGE_A)
    make.person(home)
    make.contact(home, on=date(2018, 6, 10))


def answer(capsys: Any, *arguments: str) -> Any:
    call_command("coverage", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("village")
def test_json_has_the_contracts_shape(capsys: Any) -> None:
    found = answer(capsys, "--as-of", "2018-06-30")
    assert found["region"] == "1302" and found["as_of"] == "2018-06-30"
    assert found["heads"] == {"women": 1, "children": 0, "both": 0, "persons": 1, "households": 1}
    assert found["targets"]["publicity"] == {"eligible": 1, "covered": 1, "gap": 0, "percent": 100.0, "explained": 0}
    assert found["targets"]["schooling"]["percent"] is None
    assert "children" not in found


@pytest.mark.usefixtures("village")
def test_children_come_in_the_official_order(capsys: Any) -> None:
    found = answer(capsys, "--by", "children", "--as-of", "2018-06-09")
    assert [child["name"] for child in found["children"]] == ["丰南区", "迁西县"]
    assert found["children"][0]["targets"]["publicity"]["gap"] == 1


@pytest.mark.usefixtures("village")
def test_an_unknown_region_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="没有区划代码为139999的区划"):
        call_command("coverage", "--region", "139999")


@pytest.mark.usefixtures("village")
def test_raw_sql_is_seen_and_settled(capsys: Any) -> None:
    assert answer(capsys, "--as-of", "2018-06-30")["targets"]["publicity"]["covered"] == 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_contact")
    assert answer(capsys, "--as-of", "2018-06-30")["targets"]["publicity"]["covered"] == 0
    call_command("verify_coverage", "--as-of", "2018-06-30")


@pytest.mark.usefixtures("village")
def test_verify_notices_a_wrong_ledger_and_rebuild_mends_it(capsys: Any) -> None:
    coverage.settle_touched()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_ledgerentry SET publicity_covered = publicity_covered + 1 WHERE region_code = '130207'"
        )
        cursor.execute("DELETE FROM campaigns_standing WHERE target = 'pairing'")
    with pytest.raises(Refusal, match="不一致"):
        call_command("verify_coverage", "--as-of", "2018-06-30")
    assert "130207 publicity" in capsys.readouterr().out
    call_command("rebuild_coverage")
    call_command("verify_coverage", "--as-of", "2018-06-30")


@pytest.mark.usefixtures("village")
def test_verify_notices_a_standing_that_lost_its_units() -> None:
    coverage.settle_touched()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_standing WHERE target = 'pairing'")
    with pytest.raises(Refusal):
        call_command("verify_coverage", "--as-of", "2018-06-30")


@pytest.mark.usefixtures("village")
def test_days_outside_the_checkpoints_are_summed_too(capsys: Any) -> None:
    Contact.objects.update(done_on=date(2012, 3, 4))
    make.spell(make.household(make.VILLAGE_A), make.VILLAGE_A, since=date(2011, 1, 1), until=date(2011, 12, 31))
    for day in ("1999-01-01", "2011-06-30", "2013-12-31", "2014-01-01", "2030-12-31", "2031-01-01", "2055-05-05"):
        assert answer(capsys, "--as-of", day)["as_of"] == day
        call_command("verify_coverage", "--as-of", day)
        capsys.readouterr()


@pytest.mark.usefixtures("village")
def test_percent_is_cut_never_rounded_up() -> None:
    assert coverage.Figures(eligible=3000, covered=2999).percent == 99.9
    assert coverage.Figures(eligible=534, covered=468).percent == 87.6
    assert coverage.Figures().percent is None
