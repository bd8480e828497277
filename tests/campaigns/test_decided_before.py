"""Nobody is asked twice: rows that come again just as somebody has decided them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.kinds import KINDS
from campaigns.models import Contact
from households.intake.applying import Outcome, apply_batch
from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.staging import receive, stage
from households.intake.undo import undo_batch
from households.models import Membership, Person
from households.operations import end_memberships
from households.roster.kind import ROSTER
from tests import make
from tests.campaigns.doubts import decide, waiting
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, person, write

LATER = date(2018, 9, 30)
NUMBER = make.id_number(date(1975, 2, 3))
WRONG = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
CHILD = person(姓名="李花", 证件号码=make.id_number(date(2015, 3, 8)), 与户主关系="之女", 在校生状况="小学")


def mistyped(**cells: Any) -> dict[str, Any]:
    return person(证件号码=WRONG) | cells


def rows_of(batch: ImportBatch) -> list[tuple[str, str, list[str]]]:
    return [(row.status, row.change, row.codes) for row in batch.rows.order_by("pk")]


@pytest.fixture
def corrected(upload: Any, officer_a: Client) -> ImportBatch:
    """A roster whose first number was mistyped and has been corrected on the doubt's page."""
    batch: ImportBatch = upload(mistyped(), CHILD)
    assert decide(officer_a, waiting()[0], "correct", cell_id_no=NUMBER).status_code == 302
    return batch


def test_a_corrected_row_counts_as_her_in_the_next_roster_and_says_why(
    upload: Any, officer_a: Client, cast: Cast, corrected: ImportBatch
) -> None:
    again = upload(CHILD, mistyped(), day=LATER)  # another line
    assert rows_of(again)[1] == ("imported_flagged", "unchanged", ["DECIDED_BEFORE"])
    assert again.counts["missing"] == 0
    assert set(again.people.values_list("person__name", "outcome")) == {("王小芳", "confirmed"), ("李花", "confirmed")}
    page = officer_a.get(reverse("upload_detail", args=[again.pk])).content.decode()
    assert f"，{cast.officer_a}：改正后登记），已照那次处理登记" in page
    assert "校验不符" not in page and "对不上" not in page
    english = officer_a.get(
        reverse("upload_detail", args=[again.pk]), headers={"accept-language": "en"}
    ).content.decode()
    assert ": Correct and register); it counts as decided then" in english


@pytest.mark.parametrize("cells", [{"文化程度": "高中"}, {"证件号码": WRONG[:5] + "1" + WRONG[6:]}, {"姓名": "王晓芳"}])
def test_a_row_that_is_not_quite_the_same_is_asked(upload: Any, corrected: ImportBatch, cells: dict[str, str]) -> None:
    again = upload(mistyped(**cells), CHILD, day=LATER)
    assert rows_of(again)[0][0] in ("held", "rejected")
    assert [row.batch for row in waiting()] == [again]


def test_it_is_asked_again_where_the_decision_would_change_the_register(
    upload: Any, cast: Cast, corrected: ImportBatch
) -> None:
    """She has left since: that the roster still lists her is news, not what was decided."""
    lives = Membership.objects.get(person__name="王小芳")
    end_memberships(memberships=[lives.pk], day=date(2018, 8, 1), end_reason="left", by=cast.officer_a)
    again = upload(mistyped(), CHILD, day=LATER)
    assert rows_of(again)[0][0] == "rejected"
    assert [row.batch for row in waiting()] == [again]


def test_a_decision_taken_back_is_none(upload: Any, cast: Cast, corrected: ImportBatch) -> None:
    undo_batch(ImportBatch.objects.exclude(pk=corrected.pk).get().pk, ROSTER, by=cast.officer_a)
    again = upload(mistyped(), CHILD, day=LATER)
    assert rows_of(again)[0][0] == "rejected"
    assert [row.batch for row in waiting()] == [again]


def test_of_another_countys_decisions_nothing_is_known(upload: Any, cast: Cast, corrected: ImportBatch) -> None:
    StagedRow.objects.filter(batch=corrected).update(village_code=make.VILLAGE_B)
    ImportBatch.objects.filter(pk=corrected.pk).update(regions=[make.COUNTY_B])
    again = upload(mistyped(), CHILD, day=LATER)
    assert rows_of(again)[0][0] == "held"  # her damaged number fits the registered one


def test_what_the_city_has_written_in_another_county_is_not_shown_to_this_one(
    upload: Any, client: Client, cast: Cast, tmp_path: Path
) -> None:
    path = write(tmp_path / "city.xlsx", [mistyped(), CHILD], headers=HEADERS)
    imported(path, cast.federation_staff, default_as_of=make.REPORTING_DAY)
    client.force_login(cast.federation_staff)
    elsewhere = {"cell_township": "兴城镇", "cell_village": "东河南寨村", "cell_household_no": "1302271"}
    answer = decide(client, waiting()[0], "correct", cell_id_no=NUMBER, **elsewhere)
    assert answer.status_code == 302
    assert Person.objects.get(name="王小芳").county_code == make.COUNTY_B
    again = upload(mistyped(), CHILD, day=LATER)
    assert rows_of(again)[0] == ("rejected", "", ["ID_CHECKSUM"])
    assert again.people.count() == 1


def test_a_row_put_aside_is_put_aside_again_and_stays_so(upload: Any, officer_a: Client, cast: Cast) -> None:
    upload(mistyped(), CHILD)
    decide(officer_a, waiting()[0], "not_ours", reason="属于迁西县")
    for day in (LATER, date(2018, 12, 31)):
        again = upload(mistyped(), CHILD, day=day)
        assert rows_of(again)[0] == ("rejected", "", ["ID_CHECKSUM", "SET_ASIDE_BEFORE"])
        assert waiting() == []
        page = officer_a.get(reverse("upload_detail", args=[again.pk])).content.decode()
        assert f"{cast.officer_a}：不是本县（市、区）的人），导入后不再列入“待核实”" in page
        taken = Decision.objects.get(row__batch=again)
        assert (taken.choice, taken.reason, taken.decided_by) == ("not_ours", "属于迁西县", cast.officer_a)
    assert not Person.objects.filter(name="王小芳").exists()


def test_a_row_put_aside_is_asked_again_when_the_register_says_something_else(upload: Any, officer_a: Client) -> None:
    """The number now fits somebody of her name in her village."""
    damaged = person(证件号码=NUMBER[:15])
    upload(damaged, CHILD)
    decide(officer_a, waiting()[0], "handled", reason="等证件")
    upload(person(证件号码=NUMBER), CHILD, day=LATER)
    again = upload(damaged, CHILD, day=date(2018, 12, 31))
    assert [(row.batch, "DAMAGED_ID_FITS" in row.codes) for row in waiting()] == [(again, True)]


def test_the_twin_of_a_row_that_was_decided_does_not_come_back(upload: Any, officer_a: Client) -> None:
    """Of two lines with one number one was taken: the roster that comes again keeps both."""
    twins = (person(证件号码=NUMBER), person(证件号码=NUMBER, 文化程度="高中"))
    upload(*twins, CHILD)
    second = waiting()[1]
    assert decide(officer_a, second, "accept").status_code == 302
    assert waiting() == []
    for day in (LATER, date(2018, 12, 31)):
        again = upload(*twins, CHILD, day=day)
        assert [codes[-1] for _status, _change, codes in rows_of(again)[:2]] == ["SET_ASIDE_BEFORE", "DECIDED_BEFORE"]
        assert waiting() == []
    assert Person.objects.get(name="王小芳").education == "高中"


def test_the_preview_already_says_it_and_a_decision_meanwhile_renews_it(
    upload: Any, officer_a: Client, cast: Cast, tmp_path: Path
) -> None:
    """Somebody decides the doubt while the next roster waits as a preview: it is shown anew before anything is written."""
    upload(mistyped(), CHILD)
    path = write(tmp_path / "next.xlsx", [mistyped(), CHILD], headers=HEADERS)
    batch = receive(path, name=path.name, by=cast.officer_a, kind="roster")
    stage(batch.pk, ROSTER, default_as_of=LATER)
    assert decide(officer_a, waiting()[0], "correct", cell_id_no=NUMBER).status_code == 302
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) is Outcome.OUTDATED
    assert rows_of(batch)[0] == ("imported_flagged", "unchanged", ["DECIDED_BEFORE"])
    assert apply_batch(batch.pk, ROSTER, by=cast.officer_a) is Outcome.APPLIED
    assert waiting() == []


def test_a_ledgers_row_is_not_asked_twice_either(upload: Any, officer_a: Client, cast: Cast, tmp_path: Path) -> None:
    upload(person(证件号码=NUMBER), CHILD)
    cells = {"县": "丰南区", "乡镇": "黄各庄镇", "行政村": "曹庄子村", "姓名": "王小芳", "证件号码": WRONG}
    told = {"宣传时间": "2018-06-01", "宣传方式": "入户宣传"}
    path = write(tmp_path / "宣传.xlsx", [cells | told], headers=(*cells, *told))
    for _time in range(3):
        batch = receive(path, name=path.name, by=cast.officer_a, kind="contacts")
        stage(batch.pk, KINDS["contacts"], default_as_of=make.REPORTING_DAY)
        assert apply_batch(batch.pk, KINDS["contacts"], by=cast.officer_a) is Outcome.APPLIED
        for row in waiting():
            assert row.batch.file_name == "宣传.xlsx" and not Contact.objects.exists()
            assert decide(officer_a, row, "correct", cell_id_no=NUMBER).status_code == 302
        assert Contact.objects.count() == 1
