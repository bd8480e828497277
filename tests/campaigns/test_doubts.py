"""The queue of doubts: nobody leaves it in silence; decisions write, are history, and can be undone."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from households.intake.applying import apply_batch
from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.undo import undo_batch
from households.models import Household, HouseholdSpell, Membership, Person, User
from households.roster.kind import ROSTER
from tests import make
from tests.campaigns.doubts import decide, waiting
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, imported, person, preview, told, write

LATER = date(2018, 9, 30)
NUMBER = make.id_number(date(1975, 2, 3))
OTHER = make.id_number(date(1978, 2, 3))


def test_home_counts_who_is_not_in_the_register_and_the_queue_says_why(upload: Any, officer_a: Client) -> None:
    upload(
        person(证件号码=NUMBER),
        person(姓名="李芳", 证件号码=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), 与户主关系="之女"),
    )
    assert "还有1人在名册中而没有进入登记簿" in officer_a.get(reverse("home")).content.decode()
    page = officer_a.get(reverse("doubts")).content.decode()
    assert "李芳" in page
    assert "证件号码最后一位与前17位对不上" in page
    assert "王小芳" not in page


def test_another_county_sees_and_decides_nothing(upload: Any, officer_a: Client, officer_b: Client) -> None:
    upload(person(姓名="李芳", 证件号码="130299"))
    row = waiting()[0]
    assert "李芳" not in officer_b.get(reverse("doubts")).content.decode()
    assert officer_b.get(reverse("doubt", args=[row.pk])).status_code == 404
    assert decide(officer_b, row, "not_ours", reason="x").status_code == 404
    assert waiting() == [row]


def test_a_changed_name_is_shown_beside_the_registered_one_and_accepted_with_one_click(
    upload: Any, officer_a: Client, cast: Cast
) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 姓名="王晓芳"), day=LATER)
    row = waiting()[0]
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert "王晓芳" in page
    assert "王小芳" in page
    assert decide(officer_a, row, "accept").status_code == 302
    assert Person.objects.get().name == "王晓芳"
    assert waiting() == []
    assert Decision.objects.get().decided_by == cast.officer_a
    # Sent twice, or from a page that is out of date: nothing happens again, and she is told who has decided what.
    stale = (
        lambda: decide(officer_a, row, "not_ours", reason="x"),
        lambda: officer_a.get(reverse("doubt", args=[row.pk])),
    )
    for ask in stale:
        again = ask()
        assert (again.status_code, again.headers["Location"]) == (302, reverse("doubts"))
        told = officer_a.get(reverse("doubts")).content.decode()
        assert f"这一行已由{cast.officer_a}处理：确认无误，照此登记。" in told
    assert Decision.objects.count() == 1


def test_undoing_a_decision_gives_the_old_value_back_and_puts_the_doubt_back(
    upload: Any, officer_a: Client, cast: Cast
) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 姓名="王晓芳"), day=LATER)
    row = waiting()[0]
    decide(officer_a, row, "accept")
    small = ImportBatch.objects.latest("created_at")
    assert officer_a.get(reverse("upload_detail", args=[small.pk])).status_code == 200
    undo_batch(small.pk, ROSTER, by=cast.officer_a)
    assert Person.objects.get().name == "王小芳"
    assert waiting() == [row]


def test_a_person_decided_to_have_moved_leaves_one_household_and_joins_the_other(
    upload: Any, officer_a: Client
) -> None:
    girl = person(姓名="李花", 证件号码=OTHER, 与户主关系="之女")
    upload(person(证件号码=NUMBER), girl)
    upload(girl | {"户编号": "1302071042250077", "户主姓名": "李大山"}, day=LATER)
    decide(officer_a, waiting()[0], "accept")
    moved = Membership.objects.filter(person__name="李花").order_by("period")
    assert [(one.household.number, one.period.lower, one.period.upper, one.end_reason) for one in moved] == [
        ("1302071042250001", make.REPORTING_DAY, LATER, "moved"),
        ("1302071042250077", LATER, None, ""),
    ]


def test_one_of_two_contradicting_rows_is_taken_and_the_other_put_aside(upload: Any, officer_a: Client) -> None:
    upload(
        person(证件号码=NUMBER, 户编号="1302071042250001", 姓名="王小芳"),
        person(证件号码=NUMBER, 户编号="1302071042250002", 姓名="王小芳"),
    )
    first, second = waiting()
    page = officer_a.get(reverse("doubt", args=[first.pk])).content.decode()
    assert "1302071042250002" in page
    decide(officer_a, second, "accept")
    assert Membership.objects.get().household.number == "1302071042250002"
    assert waiting() == []


def test_a_damaged_number_that_fits_is_taken_for_her_and_never_stored(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=float(NUMBER[:15] + "000"), 健康状况="残疾"), day=LATER)
    row = waiting()[0]
    assert row.status == "held"
    decide(officer_a, row, "accept")
    woman = Person.objects.get()
    assert (woman.id_number, woman.health) == (NUMBER, ["残疾"])


def test_a_wrong_number_is_corrected_in_place(upload: Any, officer_a: Client) -> None:
    upload(person(姓名="李芳", 证件号码=NUMBER[:17]))
    row = waiting()[0]
    assert decide(officer_a, row, "accept").status_code == 422
    still = decide(officer_a, row, "correct", cell_id_no=NUMBER[:16])
    assert still.status_code == 422
    assert "证件号码的位数或组成不对" in still.content.decode()
    assert waiting() == [row]
    assert decide(officer_a, row, "correct", cell_id_no=NUMBER).status_code == 302
    assert Person.objects.get().id_number == NUMBER
    assert HouseholdSpell.objects.get().village_id == make.VILLAGE_A
    assert Household.objects.get().number == "1302071042250001"


def test_a_household_of_two_heads_is_mended_row_by_row(upload: Any, officer_a: Client) -> None:
    home = {"户编号": "1302071042250003", "户主姓名": "尹学军"}
    man = make.id_number(date(1974, 1, 12), "M")
    girl = make.id_number(date(2005, 3, 4))
    batch = upload(
        person(姓名="尹学军", 性别="男", 证件号码=man, **home),
        person(姓名="常月英", 证件号码=NUMBER, **home),
        person(姓名="尹小雨", 证件号码=girl, 与户主关系="之女", **home),
    )
    head, wife, daughter = waiting()
    page = reverse("upload_detail", args=[batch.pk])
    assert "还有3行没有处理" in officer_a.get(page).content.decode()
    # Who is right as she stands is taken with one click, and what the other one is called is corrected in place.
    assert decide(officer_a, daughter, "accept").status_code == 302
    assert decide(officer_a, head, "accept").status_code == 302
    refused = decide(officer_a, wife, "accept")  # would be the second head of one household
    assert refused.status_code == 422 and "登记簿中这一户的户主是“尹学军”" in refused.content.decode()
    assert decide(officer_a, wife, "correct", cell_relation="配偶").status_code == 302
    told = Membership.objects.order_by("person__birth_date").values_list(
        "person__name", "relation", "household__number"
    )
    assert list(told) == [
        ("尹学军", "户主", home["户编号"]),
        ("常月英", "配偶", home["户编号"]),
        ("尹小雨", "之女", home["户编号"]),
    ]
    assert waiting() == []
    told_now = officer_a.get(page)
    assert (
        "都已处理" in told_now.content.decode() and reverse("doubts") not in told_now.content.decode().split("<main")[1]
    )
    assert {line.verdict for line in told_now.context["page"].lines} == {"已处理"}


def test_a_second_head_beside_the_registered_one_is_no_matter_of_a_click(upload: Any, officer_a: Client) -> None:
    son = person(姓名="李柱", 证件号码=make.id_number(date(1999, 1, 1), "M"), 性别="男", 与户主关系="之子")
    upload(person(证件号码=NUMBER), son)
    upload(son | {"与户主关系": "户主"}, day=LATER)
    row = waiting()[0]
    assert "确认无误，照此登记" not in officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert decide(officer_a, row, "accept").status_code == 422
    assert decide(officer_a, row, "correct", cell_relation="之孙子").status_code == 302
    assert Membership.objects.get(person__name="李柱").relation == "之孙子"


def test_correcting_another_cell_does_not_let_a_damaged_number_pass_as_missing(upload: Any, officer_a: Client) -> None:
    upload(person(姓名="李芳(去世)", 证件号码=NUMBER[:17], 出生日期="1978-02-03"))
    answer = decide(officer_a, waiting()[0], "correct", cell_name="李芳")
    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_a_village_is_corrected_in_place(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER, 行政村="没有这个村"))
    row = waiting()[0]
    decide(officer_a, row, "correct", cell_township="黄各庄镇", cell_village="曹庄子村")
    assert HouseholdSpell.objects.get().village_id == make.VILLAGE_A


def test_a_village_of_another_county_cannot_be_reached_by_correcting(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER, 行政村="没有这个村"))
    answer = decide(officer_a, waiting()[0], "correct", cell_village=make.VILLAGE_B)
    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_putting_aside_needs_a_reason_and_is_kept(upload: Any, officer_a: Client) -> None:
    upload(person(姓名="李芳", 证件号码=NUMBER[:17]))
    row = waiting()[0]
    assert decide(officer_a, row, "not_ours").status_code == 422
    assert decide(officer_a, row, "not_ours", reason="户籍在迁西县").status_code == 302
    assert waiting() == []
    assert (Decision.objects.get().choice, Decision.objects.get().reason) == ("not_ours", "户籍在迁西县")


def test_what_was_decided_about_each_row_when_and_by_whom_stands_where_it_came_from(
    upload: Any, officer_a: Client, cast: Cast
) -> None:
    daughters = {"李芳": OTHER[:17], "赵敏": "1"}
    batch = upload(
        person(证件号码=NUMBER),
        *(person(姓名=name, 证件号码=number, 与户主关系="之女") for name, number in daughters.items()),
    )
    first, second = waiting()
    decide(officer_a, first, "correct", cell_id_no=OTHER)
    decide(officer_a, second, "not_ours", reason="户籍在迁西县")
    page = officer_a.get(reverse("upload_detail", args=[batch.pk])).content.decode()
    rows = {name: row for row in page.split("<tr>") for name in ("王小芳", "李芳", "赵敏") if f"<span>{name} " in row}
    assert f"改正后登记，{cast.officer_a}，20" in rows["李芳"]
    assert f"不是本县（市、区）的人，{cast.officer_a}，20" in rows["赵敏"]
    assert "已处理" not in rows["王小芳"]
    # Among the uploads, each decision tells which row it was; the person's name stays on the upload's own page.
    listed = officer_a.get(reverse("uploads")).content.decode()
    assert f"第{first.row_number}行 改正后登记" in listed
    assert "李芳" not in listed


def test_both_sides_of_a_doubt_can_be_read_on_a_phone(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER))
    upload(person(证件号码=NUMBER, 姓名="王晓芳"), day=LATER)
    (row,) = waiting()
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert 'class="data table-stack"' in page
    assert f'<td data-label="表格第{row.row_number}行"><strong>王晓芳</strong>' in page
    assert '<td data-label="登记簿"><strong>王小芳</strong>' in page


def test_the_corrected_file_sent_again_settles_the_doubts_it_mends_and_no_others(upload: Any, cast: Cast) -> None:
    wrong = [
        person(证件号码=NUMBER),
        person(姓名="李芳", 证件号码=OTHER[:17], 户编号="1302071042250002"),
        person(姓名="赵敏", 证件号码=OTHER[:16], 户编号="1302071042250003"),
        person(姓名="孙敏", 证件号码=make.id_number(date(1990, 1, 1)), 性别="男", 户编号="1302071042250004"),
    ]
    upload(*wrong)
    assert len(waiting()) == 3
    again = upload(wrong[0], wrong[1] | {"证件号码": OTHER}, wrong[3] | {"性别": "女"})
    left = waiting()
    assert [row.status for row in left] == ["rejected"]
    assert {row.closed for row in StagedRow.objects.filter(closed_by=again)} == {"uploaded"}
    undo_batch(again.pk, ROSTER, by=cast.officer_a)
    assert len(waiting()) == 3


def test_a_namesake_who_was_imported_already_does_not_settle_the_doubt(upload: Any) -> None:
    good = person(姓名="王芳", 证件号码=NUMBER, 户编号="1302071042250002")
    upload(good, person(姓名="王芳", 证件号码=OTHER[:17], 户编号="1302071042250003"))
    assert len(waiting()) == 1
    upload(good, day=LATER)
    assert len(waiting()) == 1


def test_an_identity_number_in_another_column_is_masked_too(upload: Any, officer_a: Client) -> None:
    batch = upload(person(证件号码=OTHER[:17], 户编号=NUMBER, 备注=f"原号{OTHER}"))
    pages = [reverse("doubt", args=[waiting()[0].pk]), reverse("doubts"), reverse("upload_detail", args=[batch.pk])]
    texts = [re.sub(r'value="[^"]*"', "", officer_a.get(page).content.decode()) for page in pages]
    assert not any(NUMBER in text or OTHER in text for text in texts)
    assert f"{NUMBER[:4]}**********{NUMBER[-4:]}" in texts[0]


def test_a_namesake_of_another_birthday_does_not_settle_the_doubt(upload: Any) -> None:
    """The later row of 王芳 is somebody else: her own must not leave the queue in silence."""
    headers = (*HEADERS, "出生日期")
    doubtful = person(姓名="王芳", 证件号码=OTHER[:17], 户编号="1302071042250003", 出生日期="1978-02-03")
    upload(doubtful, headers=headers)
    upload(person(姓名="王芳", 证件号码=NUMBER, 户编号="1302071042250002"), day=LATER)
    assert len(waiting()) == 1
    upload(doubtful | {"证件号码": OTHER}, headers=headers, day=LATER)
    assert waiting() == []


def test_a_file_of_doubts_only_can_be_taken_into_the_queue(upload: Any, officer_a: Client) -> None:
    batch = upload(person(姓名="李芳", 证件号码=NUMBER[:17]))
    assert batch.state == ImportBatch.State.APPLIED
    assert len(waiting()) == 1


def test_a_row_without_village_of_the_citys_file_is_no_countys_doubt(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    lost = person(姓名="不明之人", 县="迁西县", 乡镇="兴城镇", 行政村="没有村", 户编号="9")
    imported(write(tmp_path / "city.xlsx", [person(), lost]), cast.federation_staff)
    assert "不明之人" not in officer_a.get(reverse("doubts")).content.decode()
    city = Client()
    city.force_login(cast.federation_staff)
    assert "不明之人" in city.get(reverse("doubts")).content.decode()


def test_a_corrected_cell_that_is_still_wrong_is_told(upload: Any, officer_a: Client) -> None:
    upload(person(姓名="李芳", 证件号码="130299"))
    row = waiting()[0]
    answer = decide(officer_a, row, "correct", cell_id_no=NUMBER, cell_household_no="<script>")
    assert answer.status_code == 422
    assert not Person.objects.exists()


# --- somebody whose regions are narrower than a county ----------------------------------------------------------------

ELSEWHERE = {"乡镇": "西葛镇", "行政村": "东葛各庄村"}
BEYOND = "有关的登记在您负责的区划以外"


@pytest.fixture
def of_one_township(cast: Cast) -> Client:
    """An officer who uploads for 黄各庄镇 alone."""
    browser = Client()
    browser.force_login(make.user(regions=(make.TOWNSHIP_A,)))
    return browser


def everything_shown(browser: Client, officer: Any, path: Path) -> str:
    """A roster checked and imported by an officer, and all that its pages, its marked copy and refusals tell her."""
    batch = preview(path, officer)
    address = reverse("upload_detail", args=[batch.pk])
    shown = browser.get(address).content.decode()
    copy = io.BytesIO(browser.get(reverse("upload_annotated", args=[batch.pk])).getvalue())
    for sheet in openpyxl.load_workbook(copy):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            shown += f"{cell.value} {cell.comment.text if cell.comment else ''}\n"
    apply_batch(batch.pk, ROSTER, by=officer)
    shown += str(told(batch)) + browser.get(address).content.decode() + browser.get(reverse("doubts")).content.decode()
    for row in waiting():
        shown += browser.get(reverse("doubt", args=[row.pk])).content.decode()
        for choice in ("accept", "correct"):
            shown += decide(browser, row, choice, cell_remark="x", cell_head_name="赵").content.decode()
    return shown


@pytest.mark.parametrize(
    ("registered", "listed"),
    [
        # The household's number of a family of another township, one of its members listed.
        ([{"证件号码": NUMBER}, {"姓名": "陌生人", "证件号码": OTHER, "与户主关系": "之女"}], {"证件号码": NUMBER}),
        # A woman of a family of another township, under another name, in a household of our own.
        ([{"姓名": "陌生人", "证件号码": NUMBER}], {"证件号码": NUMBER, "户编号": "1302071042250077", "姓名": "王新"}),
        ([{"姓名": "陌生人", "证件号码": NUMBER}], {"证件号码": NUMBER, "户编号": "1302071042250077", "户主姓名": "王新"}),
        # A new head for a family of another township.
        ([{"姓名": "陌生人", "证件号码": OTHER}], {"证件号码": NUMBER}),
        # Everybody of a family of another township, and only the place and the telephone are other ones.
        ([{"姓名": "王小芳", "户主姓名": "陌生人", "与户主关系": "配偶", "证件号码": NUMBER}], {
            "姓名": "王小芳", "户主姓名": "王新", "与户主关系": "配偶", "证件号码": NUMBER}),
    ],
)  # fmt: skip
def test_nobody_outside_her_regions_is_named_to_a_township(
    upload: Any, of_one_township: Client, officer_a: Client, tmp_path: Path,
    registered: list[dict[str, Any]], listed: dict[str, Any],
) -> None:  # fmt: skip
    headers = (*HEADERS, "户主姓名")
    upload(*[person(**ELSEWHERE, **cells) for cells in registered], headers=headers)
    officer = User.objects.get(regions=[make.TOWNSHIP_A], role="county_officer")
    path = write(tmp_path / "乡镇.xlsx", [person(**listed)], headers=headers)
    shown = everything_shown(of_one_township, officer, path)
    assert BEYOND in shown
    assert "陌生人" not in shown
    assert "东葛各庄" not in shown
    # The county's officer, whose regions hold both, sees what it is about.
    shown = "".join(
        officer_a.get(reverse(name, args=args)).content.decode()
        for name, args in [("upload_detail", [ImportBatch.objects.latest("created_at").pk]), ("doubts", [])]
        + [("doubt", [row.pk]) for row in waiting()]
    )
    assert BEYOND not in shown


def test_a_township_cannot_take_over_whom_it_cannot_see_and_the_county_can(
    upload: Any, of_one_township: Client, officer_a: Client, tmp_path: Path
) -> None:
    upload(person(**ELSEWHERE, 证件号码=NUMBER, 户编号="1302071052010001"))
    officer = User.objects.get(regions=[make.TOWNSHIP_A], role="county_officer")
    imported(write(tmp_path / "乡镇.xlsx", [person(证件号码=NUMBER)]), officer, default_as_of=LATER)
    (row,) = waiting()
    assert 'value="accept"' not in of_one_township.get(reverse("doubt", args=[row.pk])).content.decode()
    assert decide(of_one_township, row, "accept").status_code == 422
    assert Membership.objects.count() == 1
    assert decide(officer_a, row, "accept").status_code == 302
    assert Membership.objects.count() == 2


def test_numbers_are_masked_in_the_form_and_stay_when_left_alone(upload: Any, officer_a: Client) -> None:
    number = make.id_number(date(1969, 2, 3))
    upload(person(姓名="李芳", 证件号码="130299", 户编号=number, 户联系电话="1440315000", 备注=f"母亲{number}"))
    row = waiting()[0]
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert number not in page
    assert f'placeholder="1302**********{number[-4:]}"' in page
    answer = decide(officer_a, row, "correct", cell_id_no=NUMBER, cell_household_no="")
    assert answer.status_code == 422  # the number left alone is still there
    assert "户编号一栏填的是证件号码" in answer.content.decode()


def test_a_number_in_the_household_numbers_column_is_never_stored_in_plain(upload: Any, officer_a: Client) -> None:
    number = make.id_number(date(1969, 2, 3))
    upload(person(姓名="李芳", 证件号码=NUMBER, 户编号=number))
    row = waiting()[0]
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert number not in page and "户编号一栏填的是证件号码" in page
    assert decide(officer_a, row, "accept").status_code == 422
    assert not Household.objects.exists()
    assert decide(officer_a, row, "correct", cell_household_no="1302071042250009").status_code == 302
    assert Household.objects.get().number == "1302071042250009"


@pytest.mark.parametrize("digits", [slice(0, 17), slice(0, 18)], ids=["one digit lost", "whole"])
@pytest.mark.parametrize("is_old", [True, False], ids=["15", "18"])
def test_whatever_is_left_of_a_number_in_another_column_is_masked(
    upload: Any, officer_a: Client, digits: slice, is_old: bool
) -> None:
    written = OTHER[:6] + OTHER[8:17] if is_old else OTHER[digits]
    batch = upload(person(姓名="李芳", 证件号码="130299", 户编号=written))
    for page in (reverse("doubt", args=[waiting()[0].pk]), reverse("upload_detail", args=[batch.pk])):
        assert OTHER[8:14] not in officer_a.get(page).content.decode()


def test_what_a_decision_lacks_stands_above_the_page_and_leads_to_its_field(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")))
    answer = decide(officer_a, waiting()[0], "not_ours").content.decode()
    assert '<a href="#id_reason">原因：请写明原因' in answer and 'id="id_reason"' in answer


def test_a_whole_household_of_another_township_waits_for_somebody_in_charge_of_both(
    cast: Cast, client: Client, tmp_path: Path
) -> None:
    narrow = make.user(regions=(make.TOWNSHIP_A,))
    elsewhere = {"乡镇": "西葛镇", "行政村": "东葛各庄村"}
    both = [person(证件号码=NUMBER), person(姓名="李花", 证件号码=OTHER, 与户主关系="之女")]
    imported(write(tmp_path / "a.xlsx", [row | elsewhere for row in both]), cast.officer_a)
    home = HouseholdSpell.objects.get().village_id
    path = write(tmp_path / "b.xlsx", both)
    result = imported(path, narrow, default_as_of=LATER)
    assert [(row["status"], row["codes"]) for row in result["rows"]] == [("held", ["HOUSEHOLD_BEYOND"])] * 2
    assert result["counts"]["changed"] == result["imported"] == 0
    assert HouseholdSpell.objects.get().village_id == home
    row = waiting()[0]
    client.force_login(narrow)
    page = client.get(reverse("doubt", args=[row.pk])).content.decode()
    assert "东葛各庄" not in page
    assert decide(client, row, "accept").status_code == 422
    client.force_login(cast.officer_a)
    assert "东葛各庄" in client.get(reverse("doubt", args=[row.pk])).content.decode()
    assert decide(client, row, "accept").status_code == 302
    assert [spell.village_id for spell in HouseholdSpell.objects.order_by("period")] == [home, make.VILLAGE_A]
    assert Membership.objects.count() == 2
