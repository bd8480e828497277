"""Events: pages, participants, ranking, ledger, figures; the calendar."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import Event, Participant
from campaigns.organisation.due import coming_of_age
from campaigns.rooms import ROOMS, due_in
from households.models import Installation
from households.periods import period
from tests import make
from tests.campaigns.test_ledgers import ledger
from tests.conftest import Cast

CLASS = {"活动名称": "骨干培训班", "类别": "培训班", "日期": "2018年6月13日至15日", "地点": "市委党校"}


def test_an_event_by_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    data = {"name": "动员会", "kind": "launch", "first_day": "2018-04-03", "last_day": "", "region": make.COUNTY_A}
    answer = client.post(reverse("record_new", args=["organisation", "events"]), data)
    event = Event.objects.get()
    assert answer.url == reverse("event", args=[event.pk])
    assert (event.last_day, event.recorded_by) == (date(2018, 4, 3), cast.officer_a)
    page = client.post(
        reverse("record_new", args=["organisation", "events"]), data | {"name": "另一个", "last_day": "2018-04-01"}
    )
    assert "结束日期不能早于开始日期" in page.content.decode()
    client.post(
        reverse("record_new", args=["organisation", "events"]), data | {"region": make.COUNTY_B, "name": "别县"}
    )
    assert Event.objects.count() == 1


def test_participants_one_by_one_and_pasted(cast: Cast, client: Client) -> None:
    event = make.event()
    client.force_login(cast.officer_a)
    data = {"name": "吴秀英", "unit": "区妇联", "level": "county", "role": "cadre", "region": make.TOWNSHIP_A}
    client.post(reverse("participant_new", args=[event.pk]), data)
    one = event.participants.get()
    assert (one.name, one.level, one.region_id, one.recorded_by) == (
        "吴秀英",
        "county",
        make.TOWNSHIP_A,
        cast.officer_a,
    )
    client.post(reverse("participant_new", args=[event.pk]), data)
    assert event.participants.count() == 1
    lines = "吴秀英\t区妇联\t县级\n郑桂兰，黄各庄镇妇联，乡镇，志愿者\n\n冯玉珍 曹庄子村 村级 干部 95.5"
    answer = client.post(reverse("participants_paste", args=[event.pk]), {"lines": lines}, follow=True)
    assert "已增加2人，1人此前已在名单中" in answer.content.decode()
    assert list(event.participants.order_by("pk").values_list("name", "unit", "level", "role", "score"))[1:] == [
        ("郑桂兰", "黄各庄镇妇联", "township", "volunteer", None),
        ("冯玉珍", "曹庄子村", "village", "cadre", Decimal("95.50")),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("吴秀英，区妇联\n123，县妇联", "第2行：“123”不像姓名"),
        ("吴秀英 区妇联 另一单位", "看不出是哪一项"),
        ("吴秀英 区妇联 101", "得分应在0到100之间"),
    ],
)
def test_pasted_lines_are_taken_all_or_none(cast: Cast, client: Client, lines: str, message: str) -> None:
    event = make.event()
    client.force_login(cast.officer_a)
    page = client.post(reverse("participants_paste", args=[event.pk]), {"lines": lines})
    assert message in page.content.decode()
    assert not Participant.objects.exists()


def test_a_participant_is_corrected_and_voided_with_a_reason(cast: Cast, client: Client) -> None:
    one = make.participant()
    client.force_login(cast.officer_a)
    address = reverse("participant_edit", args=[one.event_id, one.pk])
    client.post(address, {"name": one.name, "unit": "区残联", "score": "88.5", "region": make.COUNTY_A})
    one.refresh_from_db()
    assert (one.unit, one.score) == ("区残联", Decimal("88.50"))
    client.post(reverse("participant_void", args=[one.event_id, one.pk]), {"reason": "没有到会"})
    one.refresh_from_db()
    assert one.void_reason == "没有到会"
    assert client.get(address).status_code == 404


def test_equal_scores_share_a_rank(cast: Cast, client: Client) -> None:
    contest = make.event(kind="contest")
    for name, score in (("甲", 90), ("乙", 95), ("丙", 95), ("丁", None)):
        make.participant(contest, name=f"吴{name}", score=score)
    client.force_login(cast.officer_a)
    page = client.get(reverse("event", args=[contest.pk])).context["page"]
    assert [(line.name, line.rank, line.is_tied) for line in page.ranked] == [
        ("吴乙", 1, True), ("吴丙", 1, True), ("吴甲", 3, False),
    ]  # fmt: skip
    assert [line.name for line in page.others] == ["吴丁"]


def test_at_a_citys_event_other_counties_people_have_no_name(cast: Cast, client: Client) -> None:
    event = make.event(region=make.CITY, kind="contest")
    make.participant(event, name="吴甲县", region_id=make.COUNTY_A, score=90)
    make.participant(event, name="吴乙县", region_id=make.COUNTY_B, score=95)
    client.force_login(cast.officer_a)
    text = client.get(reverse("event", args=[event.pk])).content.decode()
    assert "吴甲县" in text and "吴乙县" not in text and "95.00" in text
    assert client.get(reverse("participant_new", args=[event.pk])).status_code == 404  # the city's own list
    make.participant(event, name="吴无分", region_id=make.COUNTY_B)
    answer = client.get(reverse("event", args=[event.pk]))
    assert "另有1人来自其他区划" in answer.content.decode() and "吴无分" not in answer.content.decode()
    table = client.get(reverse("records", args=["organisation", "participants"])).content.decode()
    assert "吴甲县" in table and "吴乙县" not in table
    client.force_login(cast.federation_staff)
    assert "吴乙县" in client.get(reverse("event", args=[event.pk])).content.decode()
    other = make.event(region=make.COUNTY_B)
    client.force_login(cast.officer_a)
    assert client.get(reverse("event", args=[other.pk])).status_code == 404


def test_trained_cadres_are_counted_where_they_come_from(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    event = make.event(region=make.CITY)
    make.participant(event, region_id=make.COUNTY_A)
    make.participant(event, region_id=make.COUNTY_B)
    make.participant(make.event(region=make.CITY, kind="launch"))
    make.participant(make.event(region=make.CITY, first=date(2018, 7, 2)))
    voided = make.participant(event, region_id=make.COUNTY_A)
    voided.voided_at, voided.void_reason = voided.recorded_at, "重复"
    voided.save()

    def told(*options: str) -> tuple[int, int]:
        call_command("figures", "--json", "--as-of", "2018-06-30", *options)
        found = json.loads(capsys.readouterr().out)
        return found["cadres_trained"], found["events"]

    assert told() == (2, 2)
    assert told("--region", make.COUNTY_A) == (1, 0)


# --- the ledger -----------------------------------------------------------------------------------------------------------


def test_a_list_of_participants_with_its_event(cast: Cast, tmp_path: Path) -> None:
    rows = (
        {**CLASS, "参加人姓名": "吴秀英", "单位": "区妇联", "级别": "县级", "得分": None},
        {**CLASS, "参加人姓名": "郑桂兰", "单位": "黄各庄镇妇联", "级别": "乡镇", "得分": None},
    )
    told = ledger("events", cast.officer_a, tmp_path, *rows)
    assert (told["counts"]["new"], [row["status"] for row in told["rows"]]) == (2, ["imported", "imported"])
    event = Event.objects.get()
    assert (event.kind, event.first_day, event.last_day) == ("training", date(2018, 6, 13), date(2018, 6, 15))
    assert (event.place, event.region_id, event.recorded_by) == ("市委党校", make.COUNTY_A, cast.officer_a)
    assert set(event.participants.values_list("name", "unit", "level", "region_id")) == {
        ("吴秀英", "区妇联", "county", make.COUNTY_A), ("郑桂兰", "黄各庄镇妇联", "township", make.COUNTY_A),
    }  # fmt: skip
    assert ledger("events", cast.officer_a, tmp_path, *rows)["counts"]["unchanged"] == 2
    changed = ledger("events", cast.officer_a, tmp_path, rows[0] | {"得分": "95.5分", "地点": "区会议中心"})
    assert changed["counts"]["changed"] == 1
    assert (Event.objects.get().place, event.participants.get(name="吴秀英").score) == ("区会议中心", Decimal("95.50"))
    call_command("undo_import", changed["batch"], "--as", cast.officer_a.username)
    assert (Event.objects.get().place, event.participants.get(name="吴秀英").score) == ("市委党校", None)
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert not Event.objects.exists() and not Participant.objects.exists()


def test_merged_cells_of_an_event_go_down_over_its_participants(cast: Cast, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2018年活动台账"])
    sheet.append(["序号", "活动名称", "活动时间", "姓名", "单位", "成绩"])
    sheet.append([1, "擂台赛", "2018.6.22", "吴秀英", "丰南区妇联", 95.5])
    sheet.append([2, None, None, "郑桂兰", "迁西县妇联", 92])
    sheet.append([3, "启动会", "2018-03-28", "冯玉珍", None, None])
    sheet.append([4, None, None, "冯玉兰", None, None])
    sheet.append(["合计", 4])
    sheet.merge_cells("B3:B4")
    path = tmp_path / "events.xlsx"
    book.save(path)
    call_command("import_ledger", "events", str(path), "--as", cast.federation_staff.username, "--apply")
    assert set(Participant.objects.values_list("event__name", "event__kind", "name", "score")) == {
        ("擂台赛", "contest", "吴秀英", Decimal("95.50")), ("擂台赛", "contest", "郑桂兰", Decimal("92.00")),
        ("启动会", "launch", "冯玉珍", None), ("启动会", "launch", "冯玉兰", None),
    }  # fmt: skip
    assert set(Event.objects.values_list("first_day", flat=True)) == {date(2018, 6, 22), date(2018, 3, 28)}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"日期": None}, "EVENT_UNCLEAR"),
        ({"日期": "某一天"}, "ENUM_UNKNOWN"),
        ({"日期": "2018年6月31日至32日"}, "DATE_UNREADABLE"),
        ({"日期": "2108-06-13"}, "DATE_IN_FUTURE"),
        ({"类别": "吃饭"}, "ENUM_UNKNOWN"),
        ({"得分": "101"}, "NUMBER_OUT_OF_RANGE"),
        ({"得分": "优秀"}, "NUMBER_UNREADABLE"),
    ],
)
def test_doubtful_rows_are_held(cast: Cast, tmp_path: Path, cells: dict[str, Any], code: str) -> None:
    row = {**CLASS, "参加人姓名": "吴秀英", "单位": "区妇联", "得分": "90"} | cells
    told = ledger("events", cast.officer_a, tmp_path, row)
    assert (told["rows"][0]["status"], code in told["rows"][0]["codes"]) == ("held", True)
    assert not Event.objects.exists()


def test_a_participant_of_another_county_goes_back(cast: Cast, tmp_path: Path) -> None:
    row = {**CLASS, "参加人姓名": "吴秀英", "县区": "迁西县"}
    assert ledger("events", cast.officer_a, tmp_path, row)["rows"][0]["codes"] == ["REGION_UNKNOWN"]
    ledger("events", cast.federation_staff, tmp_path, row)
    assert Participant.objects.get().region_id == make.COUNTY_B
    assert Event.objects.get().region_id == make.CITY


# --- the calendar ---------------------------------------------------------------------------------------------------------


def test_the_calendar_tells_days_events_and_birthdays(cast: Cast, client: Client) -> None:
    Installation.objects.update(is_demonstration=True)
    home = make.household()
    make.person(home, birth=date(2002, 7, 10), relation="之女")
    make.person(home, birth=date(2000, 7, 20), sex="M", relation="之子")
    scheme = make.scheme(period=period(date(2018, 1, 1), date(2018, 7, 31)))
    event = make.event(region=make.CITY, first=date(2018, 7, 5))
    make.event(region=make.COUNTY_B, first=date(2018, 7, 6), name="别县的活动")
    coverage.settle_touched()
    region = make.region(make.COUNTY_A)
    due = due_in(ROOMS.values(), cast.officer_a, region, date(2018, 7, 1), date(2018, 7, 31))
    found = {(one.day, one.title) for one in due}
    assert found == {
        (date(2018, 7, 10), "1名女孩满16周岁，开始计入贫困妇女"),
        (date(2018, 7, 20), "1名儿童满18周岁，不再计入贫困儿童"),
        (date(2018, 7, 31), f"保险方案“{scheme.name}”期满"),
        (date(2018, 7, 5), event.name),
    }
    assert coming_of_age(region, date(2018, 6, 30)) == (1, 1)
    assert coming_of_age(make.region(make.COUNTY_B), date(2018, 6, 30)) == (0, 0)
    client.force_login(cast.officer_a)
    text = client.get(reverse("calendar"), {"month": "2018-07"}).content.decode()
    assert "满16周岁" in text and event.name in text and "别县的活动" not in text
    assert "升一个年级" in client.get(reverse("calendar"), {"month": "2018-09"}).content.decode()
    assert "完成期限" in client.get(reverse("calendar"), {"month": "2018-12"}).content.decode()
    assert "报告日期" in client.get(reverse("calendar"), {"month": "nonsense"}).content.decode()
    assert client.get(reverse("calendar"), {"region": make.COUNTY_B}).status_code == 404
