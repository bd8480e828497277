"""Requests to correct or erase: recorded at the household, decided by a second person with a reason, carried out."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from households.access import Role
from households.audit.models import Action, AuditEntry
from households.data_requests import operations
from households.models import DataRequest, Household, Person
from tests import make
from tests.conftest import Cast

ASKED = {
    "kind": "correct", "asker": "guardian", "asker_name": "孙监护金丝雀", "basis": "wrong", "wish": "民族应为满族，金丝雀",
    "asked_on": "2018-06-13",
}  # fmt: skip


@pytest.fixture(autouse=True)
def only_what_was_asked(settings: Settings) -> None:
    """Closed cases stay as they are, however long ago 2018 is."""
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"closed": 0}


@pytest.fixture
def home(cast: Cast) -> Household:
    return make.household(head_name="赵户主")


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="钱金丝雀")


@pytest.fixture
def second(cast: Cast) -> Client:
    """A second officer of county A."""
    client = Client()
    client.force_login(make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,), name="冯同事"))
    return client


def record(client: Client, home: Household, woman: Person, **more: str) -> DataRequest:
    answer = client.post(reverse("data_request_new", args=[home.pk]), ASKED | {"person": str(woman.pk)} | more)
    assert answer.status_code == 302, answer.content.decode()
    return DataRequest.objects.get()


def decide(client: Client, asked: DataRequest, decision: str = "grant", reason: str = "已与村里核实") -> str:
    data = {"decision": decision, "reason": reason}
    return client.post(reverse("data_request", args=[asked.pk]), data, follow=True).content.decode()


def gone(woman: Person) -> None:
    woman.memberships.update(period=make.periods.period(date(2018, 1, 1), date(2018, 5, 31)), end_reason="left")


def test_a_correction_from_the_household_to_its_end(
    officer_a: Client, second: Client, home: Household, woman: Person
) -> None:
    assert (
        reverse("data_request_new", args=[home.pk])
        in officer_a.get(reverse("household", args=[home.pk])).content.decode()
    )
    asked = record(officer_a, home, woman)
    assert (asked.state, asked.due_on) == ("waiting", date(2018, 7, 4))  # 15 working days after a Wednesday
    assert "申请在办" in officer_a.get(reverse("household", args=[home.pk])).content.decode()
    assert "1件更正、删除申请没有办结" in second.get(reverse("home")).content.decode()
    listed = second.get(reverse("data_requests")).content.decode()
    assert "钱金丝雀" in listed and "待决定" in listed and "监护人" in listed
    assert "孙监护金丝雀" in second.get(reverse("data_request", args=[asked.pk])).content.decode()
    page = decide(second, asked)
    assert reverse("admin:households_person_change", args=[woman.pk]) in page and "已与村里核实" in page
    second.post(reverse("data_request", args=[asked.pk]), {"done": "1"})
    asked.refresh_from_db()
    assert asked.state == "done" and asked.done_at is not None
    assert "没有办结" not in second.get(reverse("home")).content.decode().replace("没有办结的", "")


def test_everything_is_on_record_and_nothing_stands_in_plain(
    officer_a: Client, second: Client, home: Household, woman: Person, cast: Cast
) -> None:
    asked = record(officer_a, home, woman)
    recorded = AuditEntry.objects.filter(url_name="data_request_new", action=Action.RECORD).get()
    assert (recorded.user, woman.pk in recorded.people) == (cast.officer_a, True)
    decide(second, asked, "refuse", "登记无误")
    decided = AuditEntry.objects.filter(url_name="data_request", action=Action.DECIDE).get()
    assert (decided.reason, woman.pk in decided.people) == ("登记无误", True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM households_datarequest r")
        row = cursor.fetchone()[0]
    for text in ("金丝雀", "满族", "登记无误", "金丝雀".encode().hex(), "满族".encode().hex()):
        assert text not in row


def test_nobody_decides_what_she_recorded_and_the_second_decision_changes_nothing(
    officer_a: Client, second: Client, home: Household, woman: Person
) -> None:
    asked = record(officer_a, home, woman)
    assert "由另一位有权限的人决定" in decide(officer_a, asked)
    assert DataRequest.objects.get().state == "waiting"
    decide(second, asked, "refuse")
    assert "没有重复处理" in decide(second, asked, "grant")
    assert DataRequest.objects.get().state == "refused"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"basis": "withdrawn"}, "依据与申请事项不符"),
        ({"asker_name": ""}, "请填写申请人姓名"),
        ({"asked_on": "2099-01-01"}, "不能晚于今天"),
        ({"wish": "电话应为14403158812"}, "请不要在这里填写证件号码"),
        ({"wish": ""}, "申请内容"),
    ],
)
def test_what_is_refused_says_why(
    officer_a: Client, home: Household, woman: Person, wrong: dict[str, str], told: str
) -> None:
    page = officer_a.post(reverse("data_request_new", args=[home.pk]), ASKED | {"person": str(woman.pk)} | wrong)
    assert (page.status_code, told in page.content.decode()) == (200, True)
    assert not DataRequest.objects.exists()


def test_a_decision_has_a_reason_and_is_one_of_two(
    officer_a: Client, second: Client, home: Household, woman: Person
) -> None:
    asked = record(officer_a, home, woman)
    for decision, reason in (("grant", ""), ("grant", "见14403158812"), ("perhaps", "好"), ("", "好")):
        decide(second, asked, decision, reason)
        assert DataRequest.objects.get().state == "waiting"


def test_sent_twice_it_is_one_request(officer_a: Client, home: Household, woman: Person) -> None:
    record(officer_a, home, woman)
    record(officer_a, home, woman)
    assert DataRequest.objects.count() == 1


def test_another_county_and_a_strange_person_do_not_exist(
    officer_a: Client, officer_b: Client, home: Household, woman: Person
) -> None:
    asked = record(officer_a, home, woman)
    assert "钱金丝雀" not in officer_b.get(reverse("data_requests")).content.decode()
    assert (
        officer_b.post(reverse("data_request", args=[asked.pk]), {"decision": "grant", "reason": "好"}).status_code
        == 404
    )
    stranger = make.person(make.household(make.VILLAGE_B))
    page = officer_a.post(reverse("data_request_new", args=[home.pk]), ASKED | {"person": str(stranger.pk)})
    assert page.status_code == 200 and DataRequest.objects.count() == 1


def test_village_workers_record_and_do_not_decide(client: Client, cast: Cast, home: Household, woman: Person) -> None:
    client.force_login(cast.village_worker)
    asked = record(client, home, woman)
    assert client.get(reverse("data_requests")).status_code == 403
    assert (
        client.post(reverse("data_request", args=[asked.pk]), {"decision": "grant", "reason": "好"}).status_code == 403
    )


def test_who_is_registered_is_not_erased(officer_a: Client, second: Client, home: Household, woman: Person) -> None:
    asked = record(officer_a, home, woman, kind="erase", basis="withdrawn")
    assert "此人仍登记在册" in decide(second, asked)
    assert DataRequest.objects.get().state == "waiting"


def test_an_erasure_takes_name_number_and_texts_a_day_later(
    officer_a: Client, second: Client, home: Household, woman: Person
) -> None:
    make.pairing(woman)
    gone(woman)
    asked = record(officer_a, home, woman, kind="erase", basis="needless")
    decide(second, asked)
    call_command("apply_retention", stdout=StringIO())
    woman.refresh_from_db()
    assert woman.name == "钱金丝雀", "a day to think again"
    DataRequest.objects.update(decided_at=timezone.now() - timedelta(days=2))
    call_command("apply_retention", stdout=StringIO())
    woman.refresh_from_db()
    asked.refresh_from_db()
    assert (woman.name, woman.id_number, woman.phone) == ("某某", None, None)
    assert (asked.state, asked.wish, asked.asker_name, asked.answer) == ("done", "", "", "")
    assert AuditEntry.objects.filter(action=Action.COMMAND, details__erasures=1).get().people == [woman.pk]
    assert AuditEntry.objects.filter(action=Action.DECIDE).get().reason == "已与村里核实", "the trail stays"


def test_who_has_come_back_meanwhile_keeps_her_name(
    officer_a: Client, second: Client, home: Household, woman: Person
) -> None:
    gone(woman)
    asked = record(officer_a, home, woman, kind="erase", basis="needless")
    decide(second, asked)
    make.membership(make.household(), woman, since=date(2018, 6, 1))
    DataRequest.objects.update(decided_at=timezone.now() - timedelta(days=2))
    call_command("apply_retention", stdout=StringIO())
    woman.refresh_from_db()
    assert (woman.name, DataRequest.objects.get().state) == ("钱金丝雀", "granted")


def test_what_is_late_is_told_and_stands_in_the_calendar(second: Client, cast: Cast, woman: Person) -> None:
    make.data_request(woman, cast.officer_a, due_on=date(2018, 6, 1), asked_on=date(2018, 5, 10))
    assert "已逾期" in second.get(reverse("data_requests")).content.decode()
    assert "其中1件已过办理期限" in second.get(reverse("home")).content.decode()
    month = second.get(reverse("calendar"), {"month": "2018-06"}).content.decode()
    assert "更正、删除申请1件" in month and "钱金丝雀" not in month


def test_settled_requests_go_after_their_time(second: Client, cast: Cast, woman: Person) -> None:
    old = timezone.now() - timedelta(days=3 * 365 + 1)
    make.data_request(woman, cast.officer_a, state="refused", decided_by=cast.federation_staff, decided_at=old)
    open_one = make.data_request(woman, cast.officer_a)
    call_command("apply_retention", stdout=StringIO())
    assert list(DataRequest.objects.values_list("pk", flat=True)) == [open_one.pk]


def test_fifteen_working_days() -> None:
    assert operations.due_after(date(2018, 6, 15)) == date(2018, 7, 6)  # Friday to Friday
    assert operations.due_after(date(2018, 6, 16)) == date(2018, 7, 6)  # Saturday
