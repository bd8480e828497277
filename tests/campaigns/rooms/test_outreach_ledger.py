"""The cleaning ledger with items and re-checks: dirty books, repeated uploads, doubts held, undo."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from campaigns.models import Cleaning, Recheck
from households.intake.models import StagedRow
from households.models import Person
from tests import make
from tests.campaigns.test_ledgers import figures, ledger, registered, row_of
from tests.conftest import Cast
from tests.households.intake.books import person

DONE = {"清洁": "2018-05-08"}


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    """A registered woman of 曹庄子村, head of her household."""
    registered(cast.officer_a, tmp_path, person())
    return Person.objects.get()


def upload(cast: Cast, folder: Path, *rows: dict[str, Any], **options: Any) -> dict[str, Any]:
    return ledger("cleanings", cast.officer_a, folder, *rows, **options)


def codes(told: dict[str, Any]) -> list[list[str]]:
    return [row["codes"] for row in told["rows"]]


@pytest.mark.parametrize(
    ("written", "items", "flagged"),
    [
        ("院内、室内", ["院内", "室内"], False),
        ("厕所, 厨房灶台；个人卫生", ["厨房", "厕所", "个人"], False),
        ("院/室 厨", ["院内", "室内", "厨房"], False),
        ("全部", ["院内", "室内", "厨房", "厕所", "个人"], False),
        ("五净", ["院内", "室内", "厨房", "厕所", "个人"], False),
        ("院内、鸡舍", ["院内"], True),
        ("内", [], True),
        ("", [], False),
    ],
)
def test_items_as_people_write_them(
    cast: Cast, tmp_path: Path, woman: Person, written: str, items: list[str], flagged: bool
) -> None:
    told = upload(cast, tmp_path, row_of(woman, **DONE, 清洁项目=written))
    assert Cleaning.objects.get().items == items
    assert ("ENUM_UNKNOWN" in codes(told)[0]) is flagged


def test_a_row_tells_a_round_and_its_recheck_and_again_changes_nothing(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    row = row_of(
        woman, **DONE, 清洁项目="院内、厨房", 复查时间="2018年6月1日", 复查情况="不合格", 检查人="孙复查", 存在问题="灶台油污",
        整改时限="2018-06-08", 整改完成时间="2018.6.7",
    )  # fmt: skip
    told = upload(cast, tmp_path, row, titles=("2018年家居清洁台账",))
    assert told["counts"]["new"] == 1
    found = Recheck.objects.get()
    assert (found.passed, found.checked_on, found.checker, found.wants, found.due_on, found.settled_on) == (
        False, date(2018, 6, 1), "孙复查", "灶台油污", date(2018, 6, 8), date(2018, 6, 7),
    )  # fmt: skip
    assert (found.village_id, found.recorded_by) == (make.VILLAGE_A, cast.officer_a)
    assert figures("cleaning") == (1, 1)
    again = upload(cast, tmp_path, row)
    assert again["counts"]["unchanged"] == 1
    assert Recheck.objects.count() == Cleaning.objects.count() == 1


@pytest.mark.parametrize("word", ["合格", "保持干净", "√", "通过"])
def test_words_of_a_passed_recheck(cast: Cast, tmp_path: Path, woman: Person, word: str) -> None:
    upload(cast, tmp_path, row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果=word))
    assert Recheck.objects.get().passed


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (DONE | {"复查结果": "合格"}, "RECHECK_WITHOUT_DAY"),
        (DONE | {"复查结果": "合格", "复查日期": "6月"}, "RECHECK_WITHOUT_DAY"),
        (DONE | {"复查日期": "2018-06-01", "复查结果": None}, "RECHECK_WITHOUT_RESULT"),
        (DONE | {"复查日期": "2018-06-01", "复查结果": "还可以吧"}, "ENUM_UNKNOWN"),
        (DONE | {"复查日期": "2018-05-07", "复查结果": "合格"}, "RECHECK_NOT_CLEANED"),
        ({"清洁": None, "复查日期": "2018-06-01", "复查结果": "合格"}, "RECHECK_NOT_CLEANED"),
        (DONE | {"复查日期": "2018-06-01", "复查结果": "需整改", "整改期限": "2018-05-20"}, "RECHECK_DAYS"),
        (DONE | {"复查日期": "2019-06-01", "复查结果": "合格"}, "DATE_IN_FUTURE"),
    ],
)
def test_doubtful_rechecks_are_held_and_nothing_of_the_row_is_lost(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], code: str
) -> None:
    told = upload(cast, tmp_path, row_of(woman, **cells))
    assert (told["rows"][0]["status"], code in codes(told)[0]) == ("held", True)
    assert not Recheck.objects.exists() and not Cleaning.objects.exists()
    assert StagedRow.objects.filter(batch=told["batch"]).count() == 1


def test_a_failed_recheck_without_words_still_asks_to_mend(cast: Cast, tmp_path: Path, woman: Person) -> None:
    upload(cast, tmp_path, row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="需整改"))
    found = Recheck.objects.get()
    assert (found.passed, found.wants, found.due_on) == (False, "需整改（台账未写明）", None)


def test_another_result_for_a_recorded_day_is_held(cast: Cast, tmp_path: Path, woman: Person) -> None:
    upload(cast, tmp_path, row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="需整改", 整改内容="院内"))
    told = upload(cast, tmp_path, row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="合格"))
    assert (told["rows"][0]["status"], codes(told)[0][0]) == ("held", "RECHECK_CONTRADICTS")
    assert not Recheck.objects.get().passed
    # The day on which it was mended may follow later.
    told = upload(
        cast, tmp_path,
        row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="需整改", 整改内容="院内", 整改完成日期="2018-06-09"),
    )  # fmt: skip
    assert told["counts"]["changed"] == 1
    assert Recheck.objects.get().settled_on == date(2018, 6, 9)


def test_two_rows_that_contradict_each_other_are_both_held(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = upload(
        cast, tmp_path,
        row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="合格"),
        row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="不合格"),
    )  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["held", "held"]
    assert not Recheck.objects.exists()


def test_undo_takes_rounds_and_rechecks_back(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = upload(cast, tmp_path, row_of(woman, **DONE, 清洁项目="全部", 复查日期="2018-06-01", 复查结果="合格"))
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert not Recheck.objects.exists() and not Cleaning.objects.exists()


def test_another_countys_household_is_as_unknown_as_nobody(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = row_of(woman, **DONE, 复查日期="2018-06-01", 复查结果="合格")
    told = ledger("cleanings", cast.officer_b, tmp_path, row)
    assert told["rows"][0]["status"] == "rejected"
    assert not Recheck.objects.exists()
