"""Visits: by the form with photos, by the ledger; who may read their notes."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from campaigns.models import Helper, Pairing, Visit, VisitPhoto
from campaigns.operations import record_pairing
from campaigns.pairing.operations import record_visit
from campaigns.photos import FILES, LONGEST_SIDE
from campaigns.recording import AlreadyRecordedError
from households.intake.models import StagedRow
from households.models import Household, Installation, Person
from households.periods import period
from tests import make
from tests.campaigns.test_ledgers import PLACE, ledger, registered, row_of
from tests.campaigns.test_merging import joined, twins
from tests.conftest import Cast
from tests.households.intake.books import DAY
from tests.households.intake.books import person as roster_row

ILLNESS = "患有乳腺癌，正在化疗"


@pytest.fixture
def home(cast: Cast) -> Household:
    """A household of one woman, on the reporting day."""
    Installation.objects.update(is_demonstration=True)
    home = make.household()
    make.person(home)
    return home


def picture() -> SimpleUploadedFile:
    """A big photo that tells where it was taken."""
    content, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "相机"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (2400, 1200), "green").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile("照片.jpg", content.getvalue(), content_type="image/jpeg")


def form_of(helper: Helper, **values: Any) -> dict[str, Any]:
    return {"helper": helper.pk, "visited_on": "2018-06-20", "notes": "家中平稳", **values}


def test_a_visit_with_photos_is_recorded_once(cast: Cast, client: Client, home: Household) -> None:
    client.force_login(cast.officer_a)
    address, helper = reverse("record_fact", args=[home.pk, "visit"]), make.helper()
    asked = form_of(helper, needs="冬衣", next_on="2018-07-20", photos=[picture(), picture()])
    assert client.post(address, asked).status_code == 302
    client.post(address, form_of(helper))
    visit = Visit.objects.get()
    assert (visit.needs, visit.next_on, visit.village_id, visit.recorded_by) == (
        "冬衣", date(2018, 7, 20), make.VILLAGE_A, cast.officer_a,
    )  # fmt: skip
    photos = list(VisitPhoto.objects.all())
    assert len(photos) == 2
    with Image.open(io.BytesIO(FILES.read(photos[0].stored_name))) as kept:
        assert (max(kept.size), dict(kept.getexif())) == (LONGEST_SIDE, {})
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert all(photo.url in page for photo in photos)
    shown = client.get(photos[0].url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    client.force_login(cast.officer_b)
    assert client.get(photos[0].url).status_code == 404


def test_notes_are_for_those_who_may_see_illness(cast: Cast, client: Client, home: Household) -> None:
    make.visit(home, notes=ILLNESS, needs=ILLNESS)
    seen = {}
    for user in (cast.officer_a, cast.village_worker):
        client.force_login(user)
        seen[user.role] = client.get(reverse("household", args=[home.pk])).content.decode()
        assert ILLNESS not in client.get(reverse("records", args=["pairing", "visits"])).content.decode()
    assert [ILLNESS in page for page in seen.values()] == [True, False]
    assert "已登记" in seen[cast.village_worker.role]
    assert Visit.objects.get().notes == ILLNESS


@pytest.mark.parametrize(
    ("values", "at", "words"),
    [
        ({"visited_on": date(2018, 7, 1)}, "visited_on", "不能登记尚未发生的事"),
        ({"visited_on": date(2018, 5, 1)}, "visited_on", "2018-06-01 — 至今"),
        ({"next_on": date(2018, 6, 20)}, "next_on", "应晚于本次走访日期"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, home: Household, values: dict[str, Any], at: str, words: str) -> None:
    helper = make.helper(active=period(date(2018, 6, 1)))
    asked = {"helper": helper, "visited_on": date(2018, 6, 20)} | values
    with pytest.raises(ValidationError) as error:
        record_visit(by=cast.officer_a, household=home, **asked)
    assert words in error.value.message_dict[at][0]
    assert not Visit.objects.exists()


def test_a_stranger_is_not_visited_here_and_the_same_visit_is_one(cast: Cast, home: Household) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "helper": make.helper(), "visited_on": DAY}
    with pytest.raises(ValidationError):
        record_visit(person=make.person(make.household()), **asked)
    record_visit(**asked)
    with pytest.raises(AlreadyRecordedError):
        record_visit(**asked)
    record_visit(person=Person.objects.get(memberships__household=home), **asked)
    assert Visit.objects.count() == 2


def test_visits_follow_a_merged_person_and_a_double_one_is_voided(cast: Cast, home: Household) -> None:
    kept, other = twins()
    helper = make.helper()
    make.visit(home, helper, person=kept)
    double = make.visit(home, helper, person=other)
    alone = make.visit(home, helper, person=other, visited_on=date(2018, 5, 1))
    joined(kept, other, cast.officer_a)
    for row in (double, alone):
        row.refresh_from_db()
    assert (double.person, bool(double.voided_at), alone.person, alone.voided_at) == (kept, True, kept, None)


def test_nobody_is_paired_with_her_own_household_by_hand(cast: Cast, home: Household) -> None:
    woman = Person.objects.get(memberships__household=home)
    with pytest.raises(ValidationError) as error:
        record_pairing(
            by=cast.officer_a, household=home, people=[woman], helper=make.helper(name=home.head_name), first=DAY
        )
    assert "不能包联本户" in error.value.message_dict["helper"][0]


# --- the ledger ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    """A registered woman, head of her household, with a daughter."""
    child = roster_row(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 与户主关系="之女", 在校生状况="小学")
    registered(cast.officer_a, tmp_path, roster_row(), child)
    return Person.objects.get(memberships__relation="户主")


def visit_row(who: Person, **cells: Any) -> dict[str, Any]:
    return {
        **PLACE, "户主姓名": who.name, "姓名": None, "帮扶干部": "赵秀兰、李玉珍", "走访时间": "2018年6月12日",
        "走访情况记录": "家中平稳", "存在困难": "缺冬衣", "下次走访时间": "2018.7.12", "备用": "x",
    } | cells  # fmt: skip


def test_a_visit_by_two_is_one_record_and_the_next_upload_changes_nothing(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    known = make.helper(name="李玉珍")
    make.pairing(woman, known)
    told = ledger("visits", cast.officer_a, tmp_path, visit_row(woman), titles=("走访台账",))
    assert told["counts"]["new"] == 1
    visit = Visit.objects.get()
    assert (visit.helper, visit.companions, visit.person, visit.visited_on, visit.next_on) == (
        known, "赵秀兰", None, date(2018, 6, 12), date(2018, 7, 12),
    )  # fmt: skip
    assert (visit.notes, visit.needs) == ("家中平稳", "缺冬衣")
    assert ledger("visits", cast.officer_a, tmp_path, visit_row(woman))["counts"]["unchanged"] == 1
    changed = ledger("visits", cast.officer_a, tmp_path, visit_row(woman, 存在困难="缺冬衣和炭"))
    assert (changed["counts"]["changed"], Visit.objects.get().needs) == (1, "缺冬衣和炭")
    call_command("undo_import", changed["batch"], "--as", cast.officer_a.username)
    assert Visit.objects.get().needs == "缺冬衣"


def test_whose_name_is_missing_is_the_only_paired_one(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = visit_row(woman, 帮扶干部=None)
    told = ledger("visits", cast.officer_a, tmp_path, row)
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["VISITOR_MISSING"])
    helper = make.helper()
    make.pairing(woman, helper)
    ledger("visits", cast.officer_a, tmp_path, row)
    assert Visit.objects.get().helper == helper


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"走访时间": None}, "held", "VISIT_WITHOUT_DAY"),
        ({"走访时间": "√"}, "imported_flagged", "DATE_FROM_TICK"),
        ({"走访时间": "2019-06-12"}, "held", "DATE_IN_FUTURE"),
        ({"下次走访时间": "2018-06-12"}, "held", "VISIT_NEXT_EARLY"),
        ({"姓名": "王不在"}, "rejected", "PERSON_UNKNOWN"),
        ({"户主姓名": "王不在"}, "rejected", "HOUSEHOLD_UNKNOWN"),
        ({"走访情况记录": "字" * 1001}, "rejected", "VALUE_TOO_LONG"),
    ],
)
def test_what_is_doubtful_in_a_visit_waits(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], status: str, code: str
) -> None:
    make.pairing(woman, make.helper(name="赵秀兰"))
    told = ledger("visits", cast.officer_a, tmp_path, visit_row(woman, **cells), apply=False)
    assert told["rows"][0]["status"] == status
    assert code in told["rows"][0]["codes"]


def test_a_visit_to_one_member(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("visits", cast.officer_a, tmp_path, visit_row(woman, 姓名="李小燕"))
    assert Visit.objects.get().person == Person.objects.get(name="李小燕")


def test_visits_of_another_county_are_unknown(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("visits", cast.officer_b, tmp_path, visit_row(woman))
    assert told["rows"][0]["status"] == "rejected"
    assert not Visit.objects.exists()


# --- pairings of whole households, and what the other ledgers have learnt -----------------------------------------------


@pytest.mark.parametrize(
    "cells", [{"姓名": "全户"}, {"姓名": None}, {"姓名": None, "包联对象": "整户"}, {"包联对象": "一户"}]
)
def test_one_row_pairs_all_women_and_children(cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any]) -> None:
    man = roster_row(姓名="李大山", 证件号码=make.id_number(date(1979, 1, 1), "M"), 性别="男", 与户主关系="配偶")
    registered(cast.officer_a, tmp_path, roster_row(证件号码=woman.id_number), man)
    row = {**PLACE, "户主姓名": woman.name, "姓名": woman.name, "包联人": "赵秀兰", "结对时间": "2018-05-01"} | cells
    told = ledger("pairings", cast.officer_a, tmp_path, row)
    assert "WHOLE_HOUSEHOLD" in told["rows"][0]["codes"]
    assert {pairing.person.name for pairing in Pairing.objects.all()} == {woman.name, "李小燕"}
    assert Helper.objects.count() == 1
    assert ledger("pairings", cast.officer_a, tmp_path, row)["counts"]["unchanged"] == 1
    own = ledger("pairings", cast.officer_a, tmp_path, row | {"包联人": "李大山"}, apply=False)
    assert (own["rows"][0]["status"], "HELPER_OWN_HOUSEHOLD" in own["rows"][0]["codes"]) == ("held", True)


def test_a_period_that_would_run_into_another_of_the_pair_waits(cast: Cast, tmp_path: Path, woman: Person) -> None:
    helper = make.helper(name="赵秀兰")
    make.pairing(woman, helper, period=period(date(2018, 2, 1), date(2018, 3, 31)))
    make.pairing(woman, helper, period=period(date(2018, 5, 1)))
    told = ledger("pairings", cast.officer_a, tmp_path, row_of(woman, 包联人="赵秀兰", 结对时间="2018-03-01"))
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["PERIOD_MEETS_OTHER"])
    area = row_of(woman, 包联人="赵秀兰", 结对时间="2018-05-02", 包联方式="分片包联")
    assert "PERIOD_MEETS_OTHER" in ledger("pairings", cast.officer_a, tmp_path, area)["rows"][0]["codes"]
    assert Pairing.objects.count() == 2


def test_a_new_helper_of_a_unit_that_names_its_place_is_one(cast: Cast, tmp_path: Path, woman: Person) -> None:
    place = PLACE | {"行政村": "东老治村"}
    registered(
        cast.officer_a,
        tmp_path,
        roster_row(姓名="孙小梅", 户编号="1302071042260001", 证件号码=make.id_number(date(1985, 2, 2)), **place),
    )
    other = Person.objects.get(name="孙小梅")
    cells = {"包联人": "赵秀兰", "包联人单位": "黄各庄镇妇女联合会", "包联人类别": "妇女骨干", "结对时间": "2018-05-01"}
    ledger("pairings", cast.officer_a, tmp_path, row_of(woman, **cells), row_of(other, **cells) | place)
    assert (Helper.objects.count(), Pairing.objects.count()) == (1, 2)


def test_the_list_of_helpers_tells_level_and_sex_and_settles_its_doubts(cast: Cast, tmp_path: Path) -> None:
    row = {**PLACE, "姓名": "钱玉梅", "性别": "女", "单位": "曹庄子村委会", "单位级别": "村里头", "电话": "14403150009"}
    held = ledger("helpers", cast.officer_a, tmp_path, row)
    assert held["rows"][0]["status"] == "held"
    ledger("helpers", cast.officer_a, tmp_path, row | {"单位级别": "村级"})
    helper = Helper.objects.get()
    assert (helper.unit_level, helper.sex) == ("village", "F")
    assert StagedRow.objects.get(batch=held["batch"]).closed == StagedRow.Closed.UPLOADED


def test_who_leaves_with_people_waits_for_the_hand_over(cast: Cast, tmp_path: Path, woman: Person) -> None:
    helper = make.helper(name="钱玉梅", unit="曹庄子村委会")
    make.pairing(woman, helper)
    row = {**PLACE, "姓名": "钱玉梅", "单位": "曹庄子村委会", "在岗时间": "2018-01-01", "离岗时间": "2018-05-31"}
    told = ledger("helpers", cast.officer_a, tmp_path, row)
    assert (told["rows"][0]["status"], told["rows"][0]["codes"]) == ("held", ["HELPER_STILL_PAIRS"])
