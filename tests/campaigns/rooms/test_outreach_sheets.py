"""Printed sheets and typing them in: the row that was printed is the household that is recorded."""

from datetime import date

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import Cleaning, Contact, Sheet, SheetRow
from campaigns.sheets.row_numbers import as_ranges, row_numbers
from households.models import Household, Installation
from households.periods import period
from tests import make
from tests.campaigns.rooms.outreach_make import sheet
from tests.conftest import Cast

SHEETS, ENTRY = reverse("publicity_sheets"), reverse("publicity_entry")
CLEANING_SHEETS, CLEANING_ENTRY = reverse("cleaning_sheets"), reverse("cleaning_entry")
GIVEN = {"kind": "visit", "done_on": "2018-06-29", "place": "户内", "speaker": "孙宣讲"}


@pytest.fixture(autouse=True)
def demonstration_day(cast: Cast) -> None:
    Installation.objects.update(is_demonstration=True)


@pytest.fixture
def homes(demonstration_day: None) -> list[Household]:
    """Five households of a woman each."""
    found = [make.household(head_name=f"户主{letter}") for letter in "ABCDE"]
    for home in found:
        make.person(home)
    coverage.settle_touched()
    return found


def typed(client: Client, of: Sheet, rows: str, address: str = ENTRY, **more: object) -> object:
    given = GIVEN if address == ENTRY else {"done_on": "2018-06-29", "helpers": "志愿者", "items": ["院内", "厨房"]}
    return client.post(address, given | {"number": of.number, "rows": rows} | more)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-5, 8, 12", [1, 2, 3, 4, 5, 8, 12]),
        ("１－３，５、７；9", [1, 2, 3, 5, 7, 9]),
        ("1—3 5至6\n8", [1, 2, 3, 5, 6, 8]),
        ("第1行、第3-4号", [1, 3, 4]),
        ("2 ~ 4。2", [2, 3, 4]),
        ("", []),
    ],
)
def test_row_numbers_as_people_write_them(text: str, numbers: list[int]) -> None:
    assert row_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "words"), [("5-1", "前大后小"), ("1-2-3", "看不懂"), ("甲", "看不懂"), ("1-9999", "超过")]
)
def test_what_is_no_row_number_is_told(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        row_numbers(text)


def test_ranges_read_well() -> None:
    assert as_ranges([1, 2, 3, 7, 9, 10]) == "1—3、7、9—10"


def test_a_sheet_has_every_household_with_number_and_signature(
    cast: Cast, officer_a: Client, homes: list[Household]
) -> None:
    answer = officer_a.post(SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"}, follow=True)
    page = answer.content.decode()
    made = Sheet.objects.get()
    assert list(made.rows.values_list("position", "household__head_name")) == [
        (at, f"户主{letter}") for at, letter in enumerate("ABCDE", 1)
    ]
    for words in (made.number, "填报单位（盖章）", "填表人", "审核人", "负责人", "签字", "户主C"):
        assert words in page
    officer_a.post(SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"})
    assert Sheet.objects.count() == 1  # nothing has changed: the same sheet
    officer_a.post(CLEANING_SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"})
    assert Sheet.objects.count() == 2


def test_rows_hit_the_printed_households_whatever_the_register_became(
    cast: Cast, officer_a: Client, homes: list[Household]
) -> None:
    officer_a.post(SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"})
    printed = Sheet.objects.get()
    make.person(make.household(head_name="户主AA"))  # would now stand in row 2
    homes[4].head_name = "户主新"
    homes[4].save()
    coverage.settle_touched()
    confirm = typed(officer_a, printed, "1-2，5")
    assert [(one.row.position, one.row.head) for one in confirm.context["rows"]] == [
        (1, "户主A"), (2, "户主B"), (5, "户主新"),
    ]  # fmt: skip
    assert not Contact.objects.exists()
    assert typed(officer_a, printed, "1-2，5", confirm="1").status_code == 302
    assert set(Contact.objects.values_list("household", flat=True)) == {homes[0].pk, homes[1].pk, homes[4].pk}
    contact = Contact.objects.get(household=homes[0])
    assert (contact.done_on, contact.speaker, contact.recorded_by) == (date(2018, 6, 29), "孙宣讲", cast.officer_a)


def test_a_doubled_post_has_one_effect(cast: Cast, officer_a: Client, homes: list[Household]) -> None:
    printed = sheet(*homes)
    for _again in range(2):
        typed(officer_a, printed, "1-3", confirm="1")
    assert Contact.objects.count() == 3
    assert "3户此前已经登记" in officer_a.get(ENTRY).content.decode()


def test_unknown_rows_and_numbers_are_named(cast: Cast, officer_a: Client, homes: list[Household]) -> None:
    printed = sheet(*homes)
    answer = typed(officer_a, printed, "4-7", confirm="1")
    assert answer.context["form"].errors["rows"] == ["这张表共5行，没有第6—7行。请核对。"]
    for number in ("999999", "甲", "１"):
        answer = officer_a.post(ENTRY, GIVEN | {"number": number, "rows": "1"})
        assert "没有这个表号" in answer.context["form"].errors["number"][0]
    answer = typed(officer_a, printed, "1", address=CLEANING_ENTRY)
    assert "是“宣传进村入户”用表" in answer.context["form"].errors["number"][0]
    answer = typed(officer_a, printed, "1", done_on="2018-07-01")
    assert "不能登记尚未发生的事" in answer.context["form"].errors["done_on"][0]
    assert not Contact.objects.exists()


def test_another_countys_sheet_is_unknown(cast: Cast, officer_b: Client, homes: list[Household]) -> None:
    printed = sheet(*homes)
    assert officer_b.get(reverse("sheet", args=[printed.pk])).status_code == 404
    assert "没有这个表号" in typed(officer_b, printed, "1").context["form"].errors["number"][0]
    officer_b.post(SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"})
    assert Sheet.objects.count() == 1


def test_a_household_that_left_the_county_is_refused_by_row_without_a_word_about_it(
    cast: Cast, officer_a: Client, homes: list[Household]
) -> None:
    printed = sheet(*homes)
    old = homes[1].spells.get()
    old.period = period(make.START, date(2018, 5, 31))
    old.save()
    make.spell(homes[1], make.VILLAGE_B, since=date(2018, 6, 1))
    confirm = typed(officer_a, printed, "1-2").content.decode()
    assert "户主A" in confirm and "户主B" not in confirm and "已不在您的负责范围内" in confirm
    page = typed(officer_a, printed, "1-2", confirm="1").content.decode()
    assert "第2行：该户现在不在您的负责范围内" in page and "已登记1户" in page
    assert Contact.objects.get().household == homes[0]


def test_a_lecture_asks_who_attended(cast: Cast, officer_a: Client, homes: list[Household]) -> None:
    printed = sheet(*homes)
    stranger = make.person()
    woman = homes[0].memberships.get().person
    confirm = typed(officer_a, printed, "1-2", kind="lecture").content.decode()
    assert woman.name in confirm and "member-1" in confirm
    answer = typed(
        officer_a, printed, "1-2", kind="lecture", confirm="1", **{"member-1": [woman.pk], "member-2": [stranger.pk]}
    )
    assert "第2行：集中培训须选择参加的家庭成员" in answer.content.decode()
    assert Contact.objects.get().attended_by == woman


def test_first_rounds_of_cleaning_are_typed_in_with_their_items(
    cast: Cast, officer_a: Client, homes: list[Household]
) -> None:
    printed = sheet(*homes, purpose="cleaning")
    make.cleaning(homes[1], on=date(2018, 5, 1))
    confirm = typed(officer_a, printed, "1-2", address=CLEANING_ENTRY).content.decode()
    assert "首轮清洁 2018-05-01" in confirm and "院内、厨房" in confirm
    page = typed(officer_a, printed, "1-2", address=CLEANING_ENTRY, confirm="1").content.decode()
    assert "第2行：该户这一轮清洁已有记录" in page
    made = Cleaning.objects.get(household=homes[0])
    assert (made.round_number, made.items, made.helpers) == (1, ["院内", "厨房"], "志愿者")
    assert coverage.as_of([make.VILLAGE_A], make.REPORTING_DAY)[make.VILLAGE_A].target("cleaning").covered == 2


def test_back_to_the_form_keeps_what_was_typed(cast: Cast, officer_a: Client, homes: list[Household]) -> None:
    page = typed(officer_a, sheet(*homes), "1-3", again="1").content.decode()
    assert 'value="1-3"' in page and not Contact.objects.exists()


def test_paper_does_not_change(cast: Cast, homes: list[Household]) -> None:
    row = sheet(*homes).rows.get(position=1)
    row.household = homes[3]
    for change in (row.save, row.delete, lambda: SheetRow.objects.update(position=9)):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            change()


def test_a_village_without_anybody_prints_nothing(cast: Cast, officer_a: Client) -> None:
    make.household(make.VILLAGE_A)
    answer = officer_a.post(SHEETS, {"village": make.VILLAGE_A, "day": "2018-06-30"})
    assert "没有要打印的户" in answer.context["form"].non_field_errors()[0]


def test_a_sheet_printed_by_mistake_is_voided_and_printed_anew(
    cast: Cast, client: Client, homes: list[Household]
) -> None:
    client.force_login(cast.officer_a)
    order = {"village": make.VILLAGE_A, "day": "2018-06-30"}
    client.post(SHEETS, order)
    wrong = Sheet.objects.get()
    void = reverse("record_void", args=["publicity", "printed", wrong.pk])
    assert void in client.get(reverse("sheet", args=[wrong.pk])).content.decode()
    assert client.post(void, {"reason": ""}).status_code == 200
    client.post(void, {"reason": "村选错了"})
    wrong.refresh_from_db()
    assert wrong.voided_at and wrong.void_reason == "村选错了"
    assert "已作废" in client.get(reverse("records", args=["publicity", "printed"])).content.decode()
    assert client.get(reverse("sheet", args=[wrong.pk])).status_code == 404
    client.post(SHEETS, order)
    assert Sheet.objects.filter(voided_at=None).count() == 1


def test_a_sheet_is_voided_by_its_own_room_and_region_only(cast: Cast, client: Client, homes: list[Household]) -> None:
    ours, drawn = sheet(*homes), sheet(*homes, purpose="spot_check")
    address = reverse("record_void", args=["publicity", "printed", ours.pk])
    client.force_login(cast.officer_b)
    assert client.post(address, {"reason": "录错"}).status_code == 404
    client.force_login(cast.officer_a)
    for room, of in (("cleaning", ours), ("publicity", drawn), ("cleaning", drawn)):
        address = reverse("record_void", args=[room, "printed", of.pk])
        assert client.post(address, {"reason": "录错"}).status_code == 404
    assert not Sheet.objects.exclude(voided_at=None).exists()
