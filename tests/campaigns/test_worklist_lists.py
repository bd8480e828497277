"""The list of who is unfinished: narrowed, exported to be filled in and taken back, and reached from the home page."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns import coverage
from campaigns.models import Contact, Grant
from households.models import Household, Person
from tests import make
from tests.campaigns.test_ledgers import ledger
from tests.conftest import Cast


@pytest.fixture
def people(cast: Cast) -> dict[str, Person]:
    """County A: a woman with helper and visit, one with an overdue helper, an exited one without, and two pupils."""
    found = {}
    for name, birth, status in (
        ("钱有人", date(1980, 5, 1), "not_exited"),
        ("赵逾期", date(1950, 5, 1), "fallen_back"),
        ("周没人", date(1990, 5, 1), "exited"),
    ):
        found[name] = make.person(
            make.household(make.VILLAGE_A, status=status, head_name="王大山"), birth=birth, name=name
        )
    make.pairing(found["钱有人"], make.helper(name="孙常来"))
    make.visit(home(found["钱有人"]), visited_on=date(2018, 12, 20))
    make.pairing(found["赵逾期"], make.helper(name="吴不来"))
    for name, birth, stage in (("李小学", date(2010, 5, 1), "primary"), ("郑初中", date(2004, 5, 1), "junior")):
        found[name] = make.person(
            make.household(make.VILLAGE_A2, head_name="郑大海"), birth=birth, relation="之女", name=name
        )
        make.enrolment(found[name], stage=stage, grade=None)
    make.circumstance(target="schooling", person=found["郑初中"])
    coverage.settle_touched()
    return found


def home(person: Person) -> Household:
    household: Household = person.memberships.get().household
    return household


def names(client: Client, target: str, people: dict[str, Person], **query: str) -> set[str]:
    """Who of these people is on the list (their households', where households are listed)."""
    page = client.get(reverse("worklist", args=[target, make.COUNTY_A]), query)
    lines = {line.household_id for line in page.context["page"].lines}
    return {name for name, person in people.items() if home(person).pk in lines}


def test_a_list_is_narrowed_by_what_was_chosen(officer_a: Client, people: dict[str, Person]) -> None:
    assert names(officer_a, "publicity", people) == set(people)
    assert names(officer_a, "publicity", people, poor="1") == set(people) - {"周没人"}
    assert names(officer_a, "publicity", people, helper="none") == {"周没人", "李小学", "郑初中"}
    assert names(officer_a, "publicity", people, helper="some") == {"钱有人", "赵逾期"}
    assert names(officer_a, "publicity", people, visit="overdue") == {"赵逾期"}
    assert names(officer_a, "schooling", people, state="open") == {"李小学"}
    assert names(officer_a, "schooling", people, state="explained") == {"郑初中"}
    assert names(officer_a, "schooling", people, stage="junior") == {"郑初中"}
    assert names(officer_a, "schooling", people, age="6-15") == {"李小学", "郑初中"}
    assert names(officer_a, "schooling", people, age="16-17") == set()
    assert names(officer_a, "publicity", people, poor="junk", age="6-15", of_helper="x") == set(people)


def test_a_helpers_name_leads_to_her_list(officer_a: Client, people: dict[str, Person]) -> None:
    late = people["赵逾期"].pairings.get().helper
    assert (
        f"of_helper={late.pk}" in officer_a.get(reverse("worklist", args=["publicity", make.COUNTY_A])).content.decode()
    )
    assert names(officer_a, "publicity", people, of_helper=str(late.pk)) == {"赵逾期"}


def test_the_list_says_whom_nothing_fits(officer_a: Client, people: dict[str, Person]) -> None:
    page = officer_a.get(reverse("worklist", args=["schooling", make.COUNTY_A]), {"age": "60"}).content.decode()
    assert "没有符合条件的" in page and "全部完成" not in page


def exported(client: Client, target: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(reverse("worklist_book", args=[target, make.COUNTY_A]), query)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet, told = book.worksheets[0], " ".join(str(row[0].value) for row in book["填表说明"].rows)
    assert "“系统编号”是认人认户的依据" in told and f"“上传的是”选“{sheet.title}”" in told
    heads, *rows = sheet.iter_rows(values_only=True)
    labels = [str(head).rstrip("*") for head in heads]
    return [dict(zip(labels, (value or "" for value in row), strict=True)) for row in rows if any(row)]


def test_an_exported_list_filled_in_records_exactly_what_was_filled_in(
    cast: Cast, officer_a: Client, people: dict[str, Person], tmp_path: Path
) -> None:
    pupils = exported(officer_a, "schooling", state="open")
    assert [row["姓名"] for row in pupils] == ["李小学"] and "证件号码" not in pupils[0]
    assert people["李小学"].id_number not in str(pupils)
    project = make.project()
    pupils[0] |= {"助学": "2018-06-20", "助学项目": project.name, "助学金额": "600"}
    told = ledger("grants", cast.officer_a, tmp_path, *pupils)
    assert told["counts"]["new"] == 1 and told["counts"]["held"] == told["counts"]["rejected"] == 0
    assert Grant.objects.get().person == people["李小学"]


def test_households_of_one_name_are_told_apart_by_the_key(
    cast: Cast, officer_a: Client, people: dict[str, Person], tmp_path: Path
) -> None:
    for _ in range(2):
        make.person(make.household(make.VILLAGE_A, head_name="王同名"))
    coverage.settle_touched()
    rows = exported(officer_a, "publicity", helper="none")
    twins = [row for row in rows if row["户主姓名"] == "王同名"]
    assert len(twins) == 2 and twins[0]["系统编号"] != twins[1]["系统编号"]
    told = ledger("contacts", cast.officer_a, tmp_path, twins[1] | {"宣传": "2018-06-20", "宣传方式": "入户宣讲"})
    assert told["counts"]["new"] == 1
    second = Household.objects.filter(head_name="王同名").order_by("pk")[1]
    assert Contact.objects.get().household == second


def test_a_list_too_long_for_a_workbook_is_refused_aloud(
    officer_a: Client, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.worklist_views.MOST_ROWS", 3)
    page = officer_a.get(reverse("worklist_book", args=["publicity", make.COUNTY_A]), follow=True).content.decode()
    assert "名单超过3行" in page


def test_which_pupils_are_missing_and_whose_job_it_is_takes_three_clicks(
    cast: Cast, client: Client, people: dict[str, Person]
) -> None:
    make.pairing(people["李小学"], make.helper(name="孙老师", phone="14403150042"))
    coverage.settle_touched()
    client.force_login(cast.leader)
    start = client.get(reverse("home")).content.decode()
    link = reverse("worklist", args=["schooling", make.CITY])
    assert link in start  # the gap on the first page
    page = client.get(link).content.decode()
    assert "李某某" in page and "孙老师" in page and "14403150042" in page


def test_leaders_may_be_left_with_the_figures_alone(
    cast: Cast, client: Client, people: dict[str, Person], settings: Settings
) -> None:
    settings.LEADERS_SEE = "counts"
    make.pairing(people["李小学"], make.helper(name="孙老师", phone="14403150042"))
    make.visit(people["李小学"].memberships.get().household)
    coverage.settle_touched()
    client.force_login(cast.leader)
    lists = [
        reverse("worklist", args=["schooling", make.CITY]),
        reverse("falling_out", args=["schooling", make.CITY]),
        *map(reverse, ("worklists", "pairing_overdue", "rectifications")),
    ]
    assert {client.get(address).status_code for address in lists} == {403}
    looks = ("dashboard_region", "dashboard_ranking", "dashboard_actions", "dashboard_outlook", "dashboard_comparison")
    pages = [reverse("home"), reverse("rooms"), reverse("room", args=["pairing"]), reverse("room", args=["cleaning"])]
    for address in (*pages, *(reverse(look, args=[make.CITY]) for look in looks)):
        answer = client.get(address)
        shown = answer.content.decode()
        assert answer.status_code == 200
        assert not [one for one in lists if one in shown] and "孙老师" not in shown and "李某某" not in shown, address
    settings.LEADERS_SEE = "names"
    assert lists[0] in client.get(reverse("home")).content.decode()


def test_the_list_tells_since_when(officer_a: Client) -> None:
    never = make.person(make.household(make.VILLAGE_A, since=date(2018, 3, 5)), name="周没人")
    ended = make.person(make.household(make.VILLAGE_A, since=date(2018, 3, 5)), name="钱到期")
    make.pairing(ended, period=DateRange(date(2018, 4, 1), date(2018, 6, 10)))
    coverage.settle_touched()
    page = officer_a.get(reverse("worklist", args=["pairing", make.COUNTY_A]), {"day": "2018-06-30"})
    since = {line.name: line.since for line in page.context["page"].lines}
    assert since == {never.name: date(2018, 3, 5), ended.name: date(2018, 6, 10)}
    assert "2018年6月起" in page.content.decode()


def test_who_may_not_export_a_list_is_led_to_the_briefing_that_names_it(
    cast: Cast, client: Client, officer_a: Client, people: dict[str, Person]
) -> None:
    address = reverse("worklist", args=["schooling", make.COUNTY_A])
    briefing = f"{reverse('briefing')}?region={make.COUNTY_A}"
    assert briefing not in officer_a.get(address).content.decode()
    client.force_login(cast.leader)
    assert briefing in client.get(address).content.decode()


@pytest.mark.parametrize("typed", ["lxx", "lixiao", "li xiao xue", "LXX"])
def test_people_are_found_by_pinyin_and_its_initials(officer_a: Client, people: dict[str, Person], typed: str) -> None:
    Person.objects.filter(pk=people["李小学"].pk).update(pinyin="li xiao xue")
    officer_a.post(reverse("households"), {"word": typed})
    page = officer_a.get(reverse("households"))
    assert [line.found for line in page.context["page"].lines] == [["李小学"]]


def test_a_word_that_fits_too_many_says_so(
    officer_a: Client, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("households.searching", "campaigns.household_page"):
        monkeypatch.setattr(f"{module}.MOST", 1)
    for _ in range(3):
        make.household(make.VILLAGE_A, head_name="王多")
    officer_a.post(reverse("households"), {"word": "王多"})
    page = officer_a.get(reverse("households"))
    assert len(page.context["page"].lines) == 1 and "符合的太多" in page.content.decode()


def test_a_leader_reads_no_name_of_a_child_who_heads_a_household(cast: Cast, client: Client) -> None:
    orphans = make.household(make.VILLAGE_A, head_name="郑小孤")
    make.person(orphans, birth=date(2003, 5, 1), relation="户主", name="郑小孤")
    grown = make.household(make.VILLAGE_A, head_name="王大山")
    make.person(grown, birth=date(1950, 5, 1), relation="户主", name="王大山")
    coverage.settle_touched()
    address = reverse("worklist", args=["publicity", make.COUNTY_A])
    client.force_login(cast.leader)
    seen = client.get(address).content.decode()
    assert "郑某某" in seen and "郑小孤" not in seen and "王大山" in seen
    client.force_login(cast.officer_a)
    assert "郑小孤" in client.get(address).content.decode()
