"""The register's pages through the front door: who sees which household, and recording from its page."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import coverage
from campaigns.fact_lines import FACT_KINDS
from campaigns.models import Cleaning, Contact, Helper, Pairing
from households.models import Household, Installation, Person
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def home(cast: Cast) -> Household:
    """A household in village A on the demonstration's day."""
    Installation.objects.update(is_demonstration=True)
    return make.household(head_name="赵大山", phone="14403151234")


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="钱小花", health=["残疾"])


def page(client: Client, household: Household) -> str:
    response = client.get(f"/households/{household.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def listed(client: Client, **query: str) -> str:
    response = client.get("/households/", query)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_shows_what_is_left_and_a_record_moves_it(officer_a: Client, home: Household, woman: Person) -> None:
    assert "还没有帮扶记录" in page(officer_a, home)
    response = officer_a.post(f"/households/{home.pk}/record/contact/", {"kind": "visit", "done_on": "2018年6月30日"})
    assert response.status_code == 302
    after = page(officer_a, home)
    assert "本户脱贫攻坚宣传：应完成1，已完成1，未完成0" in after
    assert "入户宣讲" in after
    assert coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].target("publicity").covered == 1


def test_a_record_that_does_not_count_says_so(officer_a: Client, home: Household, woman: Person) -> None:
    officer_a.post(f"/households/{home.pk}/record/contact/", {"kind": "loudspeaker", "done_on": "2018-06-30"})
    assert "应完成1，已完成0，未完成1" in page(officer_a, home)


def test_every_form_opens_on_the_business_date_and_records(officer_a: Client, home: Household, woman: Person) -> None:
    child = make.person(home, birth=date(2009, 3, 1), relation="之女")
    make.enrolment(child)
    helper, policy, project = make.helper(), make.policy(), make.project()
    coverage.settle_touched()
    day = {"done_on": "2018-06-30", "first": "2018-06-30", "granted_on": "2018-06-30"}
    sent: dict[str, dict[str, object]] = {
        "contact": {"kind": "lecture", "attended_by": woman.pk},
        "pairing": {
            "people": [woman.pk, child.pk],
            "kind": "personal",
            "helper": helper.pk,
            "new_kind": "village_cadre",
        },
        "cleaning": {"round_number": 1, "score": 90},
        "insured": {"person": woman.pk, "policy": policy.pk, "state": "accepted"},
        "grant": {"person": child.pk, "project": project.pk, "amount": "500"},
        "circumstance": {"target": "pairing", "person": woman.pk, "reason": "away"},
    }
    for kind, values in sent.items():
        address = f"/households/{home.pk}/record/{kind}/"
        assert 'value="2018-06-30"' in officer_a.get(address).content.decode()
        assert officer_a.post(address, values | day).status_code == 302, kind
    figures = coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].targets
    assert {key: (f.eligible, f.covered) for key, f in figures.items()} == {
        "publicity": (1, 1), "pairing": (2, 2), "cleaning": (1, 1), "insurance": (1, 1), "schooling": (1, 1),
    }  # fmt: skip
    shown = page(officer_a, home)
    for words in (helper.name, helper.phone, policy.number, project.name, "第1轮", "长期外出", "500元"):
        assert str(words) in shown


def test_a_new_helper_is_added_with_the_pairing_and_a_double_click_leaves_one(
    officer_a: Client, home: Household, woman: Person
) -> None:
    values = {
        "people": [woman.pk], "kind": "personal", "first": "2018-06-30", "new_name": "孙包联",
        "new_kind": "township_cadre", "new_phone": "14403150009",
    }  # fmt: skip
    for _again in range(2):
        assert officer_a.post(f"/households/{home.pk}/record/pairing/", values).status_code == 302
    assert Helper.objects.count() == Pairing.objects.count() == 1
    assert "没有重复登记" in page(officer_a, home)


def test_refusals_stand_at_the_field_and_keep_what_was_typed(officer_a: Client, home: Household, woman: Person) -> None:
    response = officer_a.post(
        f"/households/{home.pk}/record/contact/", {"kind": "visit", "done_on": "2018-07-01", "place": "村委会"}
    )
    assert response.status_code == 200
    assert "不能登记尚未发生的事" in response.context["form"].errors["done_on"][0]
    assert 'value="村委会"' in response.content.decode()
    for typed in ("2018-02-30", "昨天"):
        response = officer_a.post(f"/households/{home.pk}/record/cleaning/", {"done_on": typed, "round_number": 1})
        assert "无法识别这个日期" in response.context["form"].errors["done_on"][0]


def test_a_summary_names_what_is_wrong_and_leads_to_the_field(officer_a: Client, home: Household) -> None:
    sent = {"kind": "visit", "done_on": "", "place": "很长的地点" * 21}
    answer = officer_a.post(f"/households/{home.pk}/record/contact/", sent).content.decode()
    summary = answer[answer.index('class="form-errors"') : answer.index("</ul>", answer.index('class="form-errors"'))]
    assert '<a href="#id_done_on">日期：请填写或选择，这一项不能为空。</a>' in summary
    assert '<a href="#id_place">地点：最多100个字，现有105个字，请缩短。</a>' in summary
    assert 'id="id_done_on"' in answer and sent["place"] in answer


def test_what_is_rarely_recorded_is_folded_away(officer_a: Client, home: Household, woman: Person) -> None:
    text = page(officer_a, home)
    shown, folded = text.split('<details class="more">')
    folded = folded[: folded.index("</details>")]
    assert f"/households/{home.pk}/record/visit/" in shown and "登记其他" in folded
    assert "/record/claim/" in folded and "/record/visit/" not in folded
    assert text.count(f'href="/households/{home.pk}/record/') == len(FACT_KINDS)


def test_a_helper_must_be_chosen_or_named(officer_a: Client, home: Household, woman: Person) -> None:
    values = {"people": [woman.pk], "kind": "personal", "first": "2018-06-30"}
    response = officer_a.post(f"/households/{home.pk}/record/pairing/", values)
    assert "请选择包联人" in response.context["form"].errors["helper"][0]
    both = values | {"helper": make.helper().pk, "new_name": "孙包联"}
    response = officer_a.post(f"/households/{home.pk}/record/pairing/", both)
    assert "new_name" in response.context["form"].errors
    assert not Pairing.objects.exists()


def test_a_record_is_voided_with_a_reason_and_stays_visible(officer_a: Client, home: Household, woman: Person) -> None:
    fact = make.contact(home)
    address = f"/households/{home.pk}/void/contact/{fact.pk}/"
    assert "入户宣讲" in officer_a.get(address).content.decode()
    assert officer_a.post(address, {"reason": ""}).context["form"].errors["reason"]
    assert officer_a.post(address, {"reason": "登记错户"}).status_code == 302
    shown = page(officer_a, home)
    assert "已作废" in shown
    assert "登记错户" in shown
    assert coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].target("publicity").covered == 0


def test_others_households_do_not_exist(cast: Cast, officer_b: Client, home: Household, woman: Person) -> None:
    fact = make.contact(home)
    for client in (officer_b, signed_in(make.user("village_worker", (make.VILLAGE_A2,)))):
        for address in (
            f"/households/{home.pk}/",
            f"/households/{home.pk}/record/contact/",
            f"/households/{home.pk}/void/contact/{fact.pk}/",
            f"/households/?region={make.VILLAGE_A}",
        ):
            assert client.get(address).status_code == 404
        assert client.post(f"/households/{home.pk}/record/contact/", {"kind": "visit"}).status_code == 404
        assert client.post(f"/households/{home.pk}/void/contact/{fact.pk}/", {"reason": "x"}).status_code == 404
        assert client.post("/households/", {"word": "", "region": make.VILLAGE_A}).status_code == 404
        assert "赵大山" not in listed(client)
    assert Contact.objects.filter(voided_at=None).count() == 1


def test_anothers_facts_members_and_helpers_are_no_choice(officer_a: Client, home: Household, woman: Person) -> None:
    other = make.household(make.VILLAGE_A2)
    stranger = make.person(other)
    address = f"/households/{home.pk}/void/contact/{make.contact(other).pk}/"
    assert officer_a.post(address, {"reason": "登记错户"}).status_code == 404
    values = {"people": [stranger.pk], "kind": "personal", "first": "2018-06-30"}
    response = officer_a.post(
        f"/households/{home.pk}/record/pairing/", values | {"helper": make.helper(village=make.VILLAGE_B).pk}
    )
    assert set(response.context["form"].errors) == {"people", "helper"}
    assert officer_a.get(f"/households/{home.pk}/record/nothing/").status_code == 404


def test_leaders_and_auditors_see_no_people(cast: Cast, home: Household) -> None:
    for user in (cast.leader, cast.auditor, cast.system_admin):
        client = signed_in(user)
        for address in ("/households/", f"/households/{home.pk}/", f"/households/{home.pk}/record/contact/"):
            assert client.get(address).status_code in (302, 403), user
    assert Client().get(f"/households/{home.pk}/").status_code == 302


def test_township_and_village_workers_see_their_own(cast: Cast, home: Household, woman: Person) -> None:
    make.person(make.household(make.VILLAGE_A2, head_name="周邻村"))
    for user, neighbours in ((cast.township_worker, True), (cast.village_worker, False)):
        client = signed_in(user)
        assert "赵大山" in listed(client)
        assert ("周邻村" in listed(client)) is neighbours
        assert "钱小花" in page(client, home)


def test_a_moved_household_is_seen_where_it_lives_now(cast: Cast, officer_b: Client, home: Household) -> None:
    moved = make.household(make.VILLAGE_B, since=date(2018, 5, 1), head_name="吴迁移")
    make.spell(moved, make.VILLAGE_A, since=date(2018, 1, 1), until=date(2018, 4, 30))
    assert "2018-04-30" in page(officer_b, moved)
    client = signed_in(cast.officer_a)
    assert client.get(f"/households/{moved.pk}/").status_code == 404
    assert "吴迁移" not in listed(client)


def test_village_workers_see_neither_number_nor_illness(cast: Cast, home: Household, woman: Person) -> None:
    make.circumstance(target="pairing", person=woman, reason="ill")
    number = woman.id_number or ""
    shown = page(signed_in(cast.officer_a), home)
    assert f"{number[:4]}**********{number[-4:]}" in shown
    assert "残疾" in shown
    assert "已患病" in shown
    assert number not in shown
    assert "144****1234" in shown
    assert "14403151234" not in shown
    hidden = page(signed_in(cast.village_worker), home)
    for secret in (number, number[-4:], "残疾", "已患病"):
        assert secret not in hidden
    assert "已登记" in hidden


def test_the_title_names_nobody(officer_a: Client, home: Household) -> None:
    title = page(officer_a, home).partition("<title>")[2].partition("</title>")[0]
    assert "赵大山" not in title
    assert home.number not in title


@pytest.mark.parametrize("word", ["赵大山", "赵大", "钱小花", "钱 小", "number", "id", "id lower case and spaced"])
def test_households_are_found_by_head_member_and_numbers(
    officer_a: Client, home: Household, woman: Person, word: str
) -> None:
    make.person(make.household(make.VILLAGE_A2, head_name="周邻村"))
    number = woman.id_number or ""
    typed = {"number": home.number, "id": number, "id lower case and spaced": f" {number[:6]} {number[6:].lower()}"}
    response = officer_a.post("/households/", {"word": typed.get(word, word), "region": ""})
    assert response.status_code == 302
    assert response["Location"] == "/households/"
    found = listed(officer_a)
    assert "赵大山" in found
    assert "周邻村" not in found
    assert number not in found
    session = str(dict(officer_a.session.items()))
    assert typed.get(word, word) not in session
    officer_a.post("/households/", {"word": "", "clear": "1"})
    assert "周邻村" in listed(officer_a)


def test_a_number_search_survives_a_change_of_region(officer_a: Client, home: Household, woman: Person) -> None:
    officer_a.post("/households/", {"word": woman.id_number, "region": make.COUNTY_A})
    response = officer_a.post("/households/", {"word": "", "keep": "1", "region": make.TOWNSHIP_A2})
    assert response["Location"] == f"/households/?region={make.TOWNSHIP_A2}"
    assert "没有找到" in listed(officer_a, region=make.TOWNSHIP_A2)
    assert "赵大山" in listed(officer_a, region=make.TOWNSHIP_A)


def test_a_search_does_not_reach_into_another_county(officer_b: Client, home: Household, woman: Person) -> None:
    officer_b.post("/households/", {"word": woman.id_number})
    assert "没有找到" in listed(officer_b)


def test_pages_follow_each_other_without_gaps(officer_a: Client, home: Household) -> None:
    made = {home.pk} | {
        make.household(v).pk for v in (make.VILLAGE_A2, make.VILLAGE_A, make.VILLAGE_A3) for _n in range(25)
    }
    first = officer_a.get("/households/").context["page"]
    second = officer_a.get("/households/", {"after": first.next_key}).context["page"]
    keys = [(line.key[:12], line.household.pk) for line in first.lines + second.lines]
    assert len(first.lines) == 50
    assert second.next_key is None
    assert keys == sorted(set(keys))
    assert {line.household.pk for line in first.lines + second.lines} == made
    assert officer_a.get("/households/", {"after": "nonsense"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_list(officer_a: Client, home: Household, woman: Person) -> None:
    def count(address: str) -> int:
        coverage.settle_touched()
        officer_a.get(address)
        with CaptureQueriesContext(connection) as queries:
            officer_a.get(address)
        return len(queries)

    small = count("/households/"), count(f"/households/{home.pk}/")
    for _n in range(20):
        make.person(make.household(make.VILLAGE_A2))
        fact_of = make.person(home, relation="其他")
        make.pairing(fact_of)
        make.insured(fact_of)
    assert (count("/households/"), count(f"/households/{home.pk}/")) == small


def test_what_is_not_asked_of_a_household_has_no_button_among_its_targets(
    officer_a: Client, home: Household, woman: Person
) -> None:
    coverage.settle_touched()
    shown = page(officer_a, home)
    targets = shown[shown.index('id="targets"') : shown.index("</table>", shown.index('id="targets"'))]
    assert f"/households/{home.pk}/record/contact/" in targets and "无任务" in targets
    assert f"/households/{home.pk}/record/grant/" not in targets
    assert f"/households/{home.pk}/record/grant/" in shown[: shown.index('id="targets"')]


def test_a_cleaning_sent_once_more_after_back_is_no_further_round(officer_a: Client, home: Household) -> None:
    """Back reloads the form: the day that was typed is still there, the number of the round is the next one."""
    address = f"/households/{home.pk}/record/cleaning/"
    for number in (1, 2):
        answer = officer_a.post(address, {"done_on": "2018-06-20", "round_number": number}, follow=True)
    assert "本户2018-06-20已登记第1轮清洁，没有重复登记" in answer.content.decode()
    officer_a.post(address, {"done_on": "2018-06-25", "round_number": 2})
    rounds = Cleaning.objects.order_by("round_number").values_list("round_number", "done_on")
    assert list(rounds) == [(1, date(2018, 6, 20)), (2, date(2018, 6, 25))]


def test_a_visit_says_beforehand_what_it_needs(officer_a: Client, home: Household) -> None:
    assert (
        "走访情况、发现的需求、照片至少填一项" in officer_a.get(f"/households/{home.pk}/record/visit/").content.decode()
    )
