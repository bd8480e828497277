"""The rooms' frame: every table shows its own regions only, by page and as a workbook; figures count the records."""

import io
import json
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns.models import Helper
from campaigns.rooms import ROOMS
from households.models import Installation
from tests import make
from tests.conftest import Cast

TABLES = [(room.key, table.name) for room in ROOMS.values() for table in room.tables]


@pytest.mark.parametrize(("room", "table"), TABLES)
def test_every_table_opens_empty_and_its_form_too(cast: Cast, client: Client, room: str, table: str) -> None:
    client.force_login(cast.federation_staff)
    assert client.get(reverse("records", args=[room, table])).status_code == 200
    found = ROOMS[room].table(table)
    assert found is not None
    expected = 200 if found.form and not found.is_corrected_only else 404
    assert client.get(reverse("record_new", args=[room, table])).status_code == expected
    assert client.get(reverse("records", args=[room, table]), {"after": "nonsense"}).status_code == 404


def test_a_table_shows_its_own_county_only(cast: Cast, client: Client) -> None:
    make.contact(make.household(make.VILLAGE_A, head_name="赵甲"), place="曹庄讲习所")
    make.contact(make.household(make.VILLAGE_B, head_name="钱乙"), village=make.VILLAGE_B, place="别处")
    client.force_login(cast.officer_a)
    page = client.get(reverse("records", args=["publicity", "contacts"])).content.decode()
    assert "赵甲" in page and "钱乙" not in page
    answer = client.get(reverse("records_workbook", args=["publicity", "contacts"]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["赵甲"]
    asked = client.get(reverse("records", args=["publicity", "contacts"]), {"region": make.COUNTY_B})
    assert asked.status_code == 404


def test_pages_follow_each_other_without_gap(cast: Cast, client: Client) -> None:
    home = make.household(make.VILLAGE_A)
    for day in range(60):
        make.contact(home, on=make.REPORTING_DAY - timedelta(days=day // 7), place=f"第{day}处")
    client.force_login(cast.officer_a)
    address, seen = reverse("records", args=["publicity", "contacts"]), []
    after = ""
    while True:
        page = client.get(address, {"after": after} if after else {}).context["page"]
        seen += [line.cells[3].text for line in page.lines]
        if not (after := page.next_key):
            break
    assert len(seen) == len(set(seen)) == 60


def test_figures_count_the_region_and_the_time(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    home = make.household(make.VILLAGE_A)
    make.contact(home, on=date(2018, 6, 1))
    make.contact(home, on=date(2018, 6, 29))
    make.contact(make.household(make.VILLAGE_B), village=make.VILLAGE_B, on=date(2018, 6, 1))

    def told(*options: str) -> dict[str, int]:
        call_command("figures", "--json", *options)
        return json.loads(capsys.readouterr().out)

    assert told("--as-of", "2018-06-30")["contacts"] == 3
    assert told("--as-of", "2018-06-10", "--region", make.COUNTY_A)["contacts"] == 1
    assert told("--as-of", "2018-06-30", "--region", make.COUNTY_A)["contacted_households"] == 1


def test_rooms_show_figures_of_the_viewers_region(cast: Cast, client: Client) -> None:
    make.contact(make.household(make.VILLAGE_A))
    client.force_login(cast.officer_b)
    assert client.get(reverse("rooms")).status_code == 200
    page = client.get(reverse("room", args=["publicity"]))
    assert next(count for _figure, count in page.context["figures"]) == 0
    assert client.get(reverse("room", args=["publicity"]), {"region": make.COUNTY_A}).status_code == 404
    assert client.get(reverse("room", args=["nowhere"])).status_code == 404


@pytest.mark.parametrize(("room", "table"), TABLES)
def test_who_cannot_upload_is_not_told_to(cast: Cast, client: Client, room: str, table: str) -> None:
    client.force_login(cast.village_worker)
    answer = client.get(reverse("records", args=[room, table]))
    assert answer.status_code in (200, 403) and "上传" not in answer.content.decode()


def test_who_can_upload_is_told_so(officer_a: Client) -> None:
    page = officer_a.get(reverse("records", args=["publicity", "contacts"])).content.decode()
    assert "在贫困户页面登记。也可以上传台账。" in page


@pytest.mark.parametrize(
    ("room", "table", "field"),
    [
        ("schooling", "donations", "received_on"), ("schooling", "funds", "opened_on"), ("health", "goods", "given_on"),
        ("health", "clinics", "held_on"), ("publicity", "leaflets", "day"),
    ],
)  # fmt: skip
def test_what_has_not_happened_yet_is_not_recorded(
    cast: Cast, client: Client, room: str, table: str, field: str
) -> None:
    Installation.objects.update(is_demonstration=True)
    client.force_login(cast.officer_a)
    answer = client.post(reverse("record_new", args=[room, table]), {field: "2018-07-01"})
    form = answer.context["form"]
    assert "晚于数据日期" in form.errors[field][0] and form[field].value() == "2018-07-01"


@pytest.mark.parametrize(
    ("room", "table", "field"),
    [("schooling", "donors", "phone"), ("health", "goods", "family_phone"), ("pairing", "helpers", "phone")],
)
@pytest.mark.parametrize(
    ("typed", "wrong"), [("请找门卫", True), ("1440315", True), ("14403150001、14403150002", False), ("", False)]
)
def test_a_telephone_is_one_or_several_or_none(
    officer_a: Client, room: str, table: str, field: str, typed: str, wrong: bool
) -> None:
    form = officer_a.post(reverse("record_new", args=[room, table]), {field: typed}).context["form"]
    assert ("不是可用的电话号码" in str(form.errors.get(field))) is wrong
    assert form[field].value() == typed


def test_a_corrected_and_a_voided_record_are_called_by_name(cast: Cast, client: Client) -> None:
    girl = make.person(make.household(), birth=date(2008, 3, 4), name="赵小雨")
    made = make.grant(girl)
    client.force_login(cast.officer_a)
    form = client.get(reverse("record_edit", args=["schooling", "grants", made.pk])).content.decode()
    assert f"{make.REPORTING_DAY} 赵小雨" in form.split("<h1")[0]  # the way to the page ends with its name
    address = reverse("record_void", args=["schooling", "grants", made.pk])
    client.post(address, {"reason": "录错"})
    late = client.get(address, follow=True)  # from a second window
    assert late.redirect_chain[-1][0] == reverse("records", args=["schooling", "grants"])
    assert "这条记录已经作废" in late.content.decode()


def test_a_helper_without_a_telephone_has_none(officer_a: Client) -> None:
    data = {"name": "周包联", "kind": "activist", "region": make.COUNTY_A, "first": "2018-06-01", "phone": ""}
    answer = officer_a.post(reverse("record_new", args=["pairing", "helpers"]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Helper.objects.get().phone is None
