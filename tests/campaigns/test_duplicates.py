"""People who stand in the register twice: every reason is found, nobody beyond the scope, and what was decided is remembered."""

import itertools
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.duplicates import finding
from households.duplicates.finding import Reason, suspicions
from households.identity import blind_index, check_character, mask_id
from households.models import Household, Membership, PairDecision, Person
from households.pinyin import pinyin_of
from tests import make
from tests.conftest import Cast

BORN = date(1975, 2, 3)


def number(first_17: str) -> str:
    return first_17 + check_character(first_17)


ONE = number("13029919750203104")
NEAR = number("13029919750203124")  # the 16th digit
EXCHANGED = number("13029919750203014")  # the 15th and 16th
ACROSS = number("13029919750201304")  # the 14th and 15th: last digit of the day, first of the sequence


_others = itertools.count(10)


def unlike() -> str:
    """A number that resembles no other of these: area and sequence both count up."""
    n = next(_others) % 90
    return number(f"1302{n:02d}19750203{n:02d}4")


@pytest.fixture
def city(cast: Cast) -> Client:
    """A browser in which the city's officer is signed in."""
    client = Client()
    client.force_login(cast.federation_staff)
    return client


def someone(village: str = make.VILLAGE_A, name: str = "王小芳", **values: Any) -> Person:
    """A woman of one name and birth date, in a household of her own."""
    return make.person(
        make.household(village), **{"name": name, "pinyin": pinyin_of(name), "birth": BORN, "number": unlike()} | values
    )


def without_number(village: str = make.VILLAGE_A, **values: Any) -> Person:
    person = someone(village, **values)
    Person.objects.filter(pk=person.pk).update(id_number=None, id_index=None, weak_index=str(person.pk).encode())
    return person


def reasons(cast: Cast, *pair: Person) -> list[Reason]:
    """Why the two are suspected; each other pair is none."""
    found = suspicions(cast.federation_staff)
    assert all({one.first, one.second} == {person.pk for person in pair} for one in found)
    return list(found[0].reasons) if found else []


def page(client: Client, *pair: Person) -> str:
    return reverse("duplicate", args=[person.pk for person in pair])


def decide(client: Client, *pair: Person, **values: Any) -> Any:
    return client.post(page(client, *pair), {"choice": "same", "reason": "核对户口簿", **values})


@pytest.mark.parametrize(
    ("other", "expected", "positions"),
    [
        (NEAR, Reason.ONE_DIGIT, (16,)),
        (EXCHANGED, Reason.EXCHANGED, (15, 16)),
        (ACROSS, Reason.EXCHANGED, (14, 15)),
        (number("13028919750203104"), Reason.ONE_DIGIT, (5,)),
        (number("13029919760203104"), Reason.ONE_DIGIT, (10,)),
    ],
)
def test_near_numbers_are_found_and_where_they_differ_is_told_but_no_digit(
    cast: Cast, officer_a: Client, other: str, expected: Reason, positions: tuple[int, ...]
) -> None:
    first, second = someone(number=ONE), someone(make.VILLAGE_A3, name="王晓芳", number=other)
    (found,) = suspicions(cast.officer_a)
    assert (found.reasons[0], found.positions, found.is_weak) == (expected, positions, False)
    text = officer_a.get(reverse("duplicates")).text
    assert f"第{'、'.join(map(str, positions))}位" in text
    assert mask_id(ONE) in text
    for shown in (text, officer_a.get(page(officer_a, first, second)).text):
        assert ONE not in shown
        assert other not in shown
        assert ONE[4:14] not in shown


def test_near_numbers_of_people_with_other_names_are_only_possible_in_one_village(cast: Cast) -> None:
    first, second = someone(number=ONE), someone(name="李桂兰", number=NEAR)
    assert reasons(cast, first, second) == [Reason.ONE_DIGIT]
    assert suspicions(cast.officer_a)[0].is_weak
    Membership.objects.filter(person=second).update(household=make.household(make.VILLAGE_A3))
    assert suspicions(cast.officer_a) == []


def test_fifteen_digits_of_old_are_the_same_person_as_their_eighteen(cast: Cast) -> None:
    old = ONE[:6] + ONE[8:17]
    first, second = someone(number=ONE), someone(make.VILLAGE_A3, name="另名", number=old)
    assert reasons(cast, first, second) == [Reason.SAME_NUMBER]
    assert not suspicions(cast.officer_a)[0].is_weak


@pytest.mark.parametrize(("village", "is_weak"), [(make.VILLAGE_A, False), (make.VILLAGE_A3, True)])
def test_who_has_no_number_is_found_by_name_and_birth_date(cast: Cast, village: str, is_weak: bool) -> None:
    first, second = someone(number=ONE), without_number(village)
    assert reasons(cast, first, second) == [Reason.NO_NUMBER]
    assert suspicions(cast.officer_a)[0].is_weak is is_weak


@pytest.mark.parametrize(
    ("village", "name", "expected", "is_weak"),
    [
        (make.VILLAGE_A, "王小芳", [Reason.SAME_NAME], False),
        (make.VILLAGE_A3, "王小芳", [Reason.SAME_NAME], True),
        (make.VILLAGE_A, "王晓芳", [Reason.SAME_SOUND], False),
        (make.VILLAGE_A3, "王晓芳", [], True),
        (make.VILLAGE_A, "李桂兰", [], True),
    ],
)
def test_the_same_name_or_sound_and_birth_date(
    cast: Cast, village: str, name: str, expected: list[Reason], is_weak: bool
) -> None:
    first, second = someone(), someone(village, name=name)
    assert reasons(cast, first, second) == expected
    assert all(found.is_weak is is_weak for found in suspicions(cast.officer_a))


def test_the_strongest_reason_comes_first(cast: Cast) -> None:
    someone(number=ONE)
    near = someone(make.VILLAGE_A3, number=NEAR)
    someone(make.VILLAGE_A2)
    ranks = [found.rank for found in suspicions(cast.officer_a)]
    assert ranks == sorted(ranks)
    assert near.pk in (suspicions(cast.officer_a)[0].first, suspicions(cast.officer_a)[0].second)


# --- scope ------------------------------------------------------------------------------------------------------------


def test_another_countys_people_are_neither_seen_nor_guessed_nor_merged(
    cast: Cast, officer_a: Client, officer_b: Client
) -> None:
    mine, theirs = someone(number=ONE), someone(make.VILLAGE_B, number=NEAR)
    own = someone(make.VILLAGE_A3)
    for client, county in ((officer_a, cast.officer_a), (officer_b, cast.officer_b)):
        assert all(mine.pk not in (one.first, one.second) or county == cast.officer_a for one in suspicions(county))
        assert mask_id(theirs.id_number) not in officer_a.get(reverse("duplicates")).text
        assert client.get(page(client, mine, theirs)).status_code == 404
        assert decide(client, mine, theirs, keep=mine.pk).status_code == 404
        assert decide(client, mine, theirs, choice="different").status_code == 404
    assert officer_a.get(reverse("duplicates"), {"county": make.COUNTY_B}).status_code == 404
    # A person of another county in the body of a form about one's own.
    assert decide(officer_a, mine, own, keep=theirs.pk).status_code == 404
    assert not PairDecision.objects.exists()
    assert not Person.objects.exclude(merged_into=None).exists()


def test_the_city_sees_pairs_across_counties_and_their_decisions_are_hidden_from_each(
    city: Client, officer_a: Client
) -> None:
    mine, theirs = someone(number=ONE), someone(make.VILLAGE_B, number=NEAR)
    for county in ("", make.COUNTY_A, make.COUNTY_B):
        assert mask_id(theirs.id_number) in city.get(reverse("duplicates"), {"county": county}).text
    decide(city, mine, theirs, choice="different", reason="")
    decision = PairDecision.objects.get()
    assert officer_a.get(reverse("pair_decision", args=[decision.pk])).status_code == 404
    assert officer_a.post(reverse("pair_decision", args=[decision.pk])).status_code == 404
    assert "王小芳" not in officer_a.get(reverse("pair_decisions")).text
    decision.refresh_from_db()
    assert decision.undone_at is None


def test_who_was_registered_in_another_county_too_is_merged_by_the_city_only(city: Client, officer_a: Client) -> None:
    first, second = someone(), someone()
    make.membership(make.household(make.VILLAGE_B), second, since=date(2016, 1, 1), until=date(2016, 12, 31))
    refused = decide(officer_a, first, second, keep=first.pk)
    assert refused.status_code == 422
    assert "由市妇联处理" in refused.text
    assert decide(city, first, second, keep=first.pk).status_code == 302
    assert Membership.objects.filter(person=first).count() == 2


def test_too_many_people_ask_for_a_county_first(city: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    someone(number=ONE)
    someone(make.VILLAGE_B, number=NEAR)
    monkeypatch.setattr("campaigns.duplicate_page.MOST_PEOPLE", 1)
    asked = city.get(reverse("duplicates")).text
    assert "请先选择一个县" in asked
    assert "王小芳" not in asked
    assert "王小芳" in city.get(reverse("duplicates"), {"county": make.COUNTY_A}).text


# --- decisions --------------------------------------------------------------------------------------------------------


def test_two_people_told_apart_are_never_listed_again_until_that_is_taken_back(cast: Cast, officer_a: Client) -> None:
    first, second = someone(), someone()
    for _again in range(2):
        assert decide(officer_a, second, first, choice="different", reason="双胞胎").status_code == 302
    decision = PairDecision.objects.get()
    assert (decision.decided_by, decision.reason, decision.choice) == (cast.officer_a, "双胞胎", "different")
    assert suspicions(cast.officer_a) == []
    assert officer_a.get(page(officer_a, first, second)).status_code == 302
    assert "双胞胎" in officer_a.get(reverse("pair_decisions")).text
    for _again in range(2):
        officer_a.post(reverse("pair_decision", args=[decision.pk]))
    decision.refresh_from_db()
    assert decision.undone_by == cast.officer_a
    assert len(suspicions(cast.officer_a)) == 1
    decide(officer_a, first, second, choice="different", reason="")
    assert PairDecision.objects.count() == 2


def test_a_reason_is_stored_encrypted(cast: Cast, officer_a: Client) -> None:
    decide(officer_a, someone(), someone(), choice="different", reason="双胞胎")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, report::text FROM households_pairdecision")
        stored = cursor.fetchone()
    assert "双胞胎".encode() not in bytes(stored[0])
    assert "双胞胎" not in stored[1]


def test_what_was_decided_about_a_merged_record_holds_for_the_person_it_is_now(cast: Cast, officer_a: Client) -> None:
    kept, merged, third = someone(), someone(), someone()
    decide(officer_a, merged, third, choice="different", reason="")
    decide(officer_a, kept, merged, keep=kept.pk)
    assert suspicions(cast.officer_a) == []


@pytest.mark.parametrize("missing", [{"keep": ""}, {"reason": "  "}, {"choice": ""}, {"choice": "x"}, {"keep": "x"}])
def test_merging_needs_a_choice_a_record_to_keep_and_a_reason(officer_a: Client, missing: dict[str, str]) -> None:
    first, second = someone(), someone()
    assert decide(officer_a, first, second, **{"keep": first.pk} | missing).status_code == 422
    assert not PairDecision.objects.exists()


def test_people_who_do_not_resemble_each_other_have_no_page(officer_a: Client) -> None:
    first, second = someone(), someone(name="李桂兰")
    assert officer_a.get(page(officer_a, first, second)).status_code == 404
    assert decide(officer_a, first, second, keep=first.pk).status_code == 404
    assert officer_a.get(page(officer_a, first, first)).status_code == 404


def test_a_merge_sent_twice_has_one_effect_and_its_page_says_what_it_did(cast: Cast, officer_a: Client) -> None:
    kept, other = someone(number=ONE), someone(number=NEAR, education="高中", nation="满族")
    Person.objects.filter(pk=kept.pk).update(nation="汉族")
    make.pairing(other)
    left = Membership.objects.get(person=other).household
    sides = next(
        row for row in officer_a.get(page(officer_a, kept, other)).context["page"].rows if row.label == "所在村"
    )
    assert sides.values == [str(make.region(make.VILLAGE_A).path)] * 2
    assert 'class="data"' not in officer_a.get(page(officer_a, kept, other)).text
    for _again in range(2):
        answer = decide(officer_a, kept, other, keep=kept.pk)
        assert answer.status_code == 302
    decision = PairDecision.objects.get()
    text = officer_a.get(answer.url).text
    assert 'class="data"' not in text and 'data-label="并入的一条"' in text  # a phone shows each row as a card
    for words in ("核对户口簿", "结对包联：转入1条", "文化程度", "满族", "汉族", left.head_name, "撤回合并"):
        assert words in text
    kept.refresh_from_db()
    assert (kept.education, kept.nation, kept.id_number) == ("高中", "汉族", ONE)
    assert suspicions(cast.officer_a) == []
    assert officer_a.get(reverse("household", args=[left.pk])).status_code == 200
    for _again in range(2):
        officer_a.post(reverse("pair_decision", args=[decision.pk]))
    assert len(suspicions(cast.officer_a)) == 1
    assert Membership.objects.get(person=other).household == left


def test_the_merged_number_finds_the_kept_person_and_her_record_is_out_of_the_lists(officer_a: Client) -> None:
    kept, other = someone(number=ONE), someone(number=NEAR)
    decide(officer_a, kept, other, keep=kept.pk)
    home = Household.objects.get(memberships__person=kept)
    found = officer_a.post(reverse("households"), {"word": NEAR}, follow=True).text
    assert home.head_name in found
    assert officer_a.get(reverse("admin:households_person_change", args=[kept.pk])).status_code == 200
    assert officer_a.get(reverse("admin:households_person_change", args=[other.pk])).status_code == 404
    assert Person.objects.get(pk=other.pk).id_index == blind_index(NEAR)


def test_the_list_asks_the_database_as_often_for_many_pairs_as_for_one(officer_a: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer_a.get(reverse("duplicates")).status_code == 200
        return len(asked)

    someone()
    someone()
    officer_a.get(reverse("duplicates"))  # the session is written once
    few = queries()
    for _more in range(5):
        someone()
    assert queries() == few


def test_pages_of_pairs(cast: Cast, officer_a: Client) -> None:
    for _one in range(8):
        someone()
    assert len(suspicions(cast.officer_a)) == 28
    first = officer_a.get(reverse("duplicates")).text
    assert "共28对" in first
    assert "page=2" in first
    last = officer_a.get(reverse("duplicates"), {"page": "2"}).text
    assert last.count("/duplicates/") - first.count("/duplicates/") == 8 - 20
    assert officer_a.get(reverse("duplicates"), {"page": "x"}).status_code == 404


def test_nothing_compares_everybody_with_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand people of one area born on different days: a handful of comparisons, not two million."""
    looked_at = 0
    nearness = finding._nearness

    def counting(one: str, other: str) -> Any:
        nonlocal looked_at
        looked_at += 1
        return nearness(one, other)

    monkeypatch.setattr(finding, "_nearness", counting)
    people = [
        finding.Known(n, make.COUNTY_A, f"名{n % 50}", f"ming {n % 50}", date(1930 + n % 80, 1 + n % 12, 1 + n % 28),
                      f"130299{1930 + n % 80}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}", f"{n % 10}")
        for n in range(2000)
    ]  # fmt: skip
    for one, other in finding._candidates(people):
        finding.judged(one, other)
    assert looked_at < 20_000


def test_what_a_merge_lacks_stands_above_the_page_and_leads_to_its_field(cast: Cast, city: Client) -> None:
    pair = (someone(number=ONE), someone(number=NEAR))
    answer = city.post(page(city, *pair), {"choice": "same"}).content.decode()
    assert '<a href="#id_keep">保留哪一条：' in answer and '<a href="#id_reason">理由：' in answer
    assert 'id="id_keep"' in answer and 'id="id_reason"' in answer
