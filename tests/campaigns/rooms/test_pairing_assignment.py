"""Suggested pairings: limits, own households, distance, evenness; accepting what still holds."""

import statistics
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from bench.assignment import greedy, loads_after, scene
from campaigns import coverage
from campaigns.models import CountingRules, Helper, Pairing
from campaigns.pairing.assignment import Candidate, Group, Share, assign, distance
from campaigns.pairing.suggestions import accept, read_tokens, suggest
from campaigns.recording import AlreadyRecordedError
from households.models import Installation, Person
from tests import make
from tests.conftest import Cast

LIMIT = 10
HERE, NEXT_DOOR, TOWNSHIP, COUNTY = make.VILLAGE_A, make.VILLAGE_A2, make.TOWNSHIP_A, make.COUNTY_A
DAY = make.REPORTING_DAY


@pytest.mark.parametrize("seed", range(12))
def test_everybody_is_placed_within_the_limits_and_more_evenly_than_greedily(seed: int) -> None:
    groups, helpers = scene(people=400, helpers=70, villages=6, seed=seed)
    shares = assign(groups, helpers, LIMIT)
    sizes = {group.key: group.size for group in groups}
    placed = dict.fromkeys(sizes, 0)
    barred = {group.key: group.barred for group in groups}
    for share in shares:
        placed[share.group] += share.size
        assert share.helper not in barred[share.group]
    assert placed == sizes
    loads, others = loads_after(helpers, shares), loads_after(helpers, greedy(groups, helpers, LIMIT))
    assert max(loads) <= LIMIT
    assert max(loads) <= max(others)
    assert statistics.pvariance(loads) < statistics.pvariance(others)


def test_a_household_stays_together_where_one_helper_has_room() -> None:
    groups = [Group(number, HERE, size) for number, size in enumerate((3, 2, 4, 1))]
    helpers = [Candidate(1, HERE, 8), Candidate(2, HERE, 3), Candidate(3, HERE, 5)]
    assert sorted(share.size for share in assign(groups, helpers, LIMIT)) == [1, 2, 3, 4]


def test_whom_nobody_can_take_whole_is_shared_and_the_rest_waits() -> None:
    shares = assign([Group(1, HERE, 5)], [Candidate(1, HERE, 8), Candidate(2, HERE, 8)], LIMIT)
    assert sorted(shares) == [Share(1, 1, 2), Share(1, 2, 2)]
    assert assign([Group(1, HERE, 2)], [], LIMIT) == []
    assert assign([], [Candidate(1, HERE)], LIMIT) == []
    assert assign([Group(1, HERE, 1)], [Candidate(1, make.VILLAGE_B)], LIMIT) == []


def test_the_nearest_is_taken_unless_she_has_much_more_to_do() -> None:
    regions = {1: HERE, 2: TOWNSHIP, 3: NEXT_DOOR, 4: COUNTY, 5: make.CITY}
    assert [distance(HERE, region) for region in regions.values()] == [0, 1, 2, 3, 4]
    assert distance(HERE, make.VILLAGE_A3) is None
    for nearest in range(1, 6):
        helpers = [Candidate(key, region) for key, region in regions.items() if key >= nearest]
        assert assign([Group(1, HERE, 1)], helpers, LIMIT) == [Share(1, nearest, 1)]
    busy = [Candidate(1, HERE, 9), Candidate(2, TOWNSHIP, 0)]
    assert assign([Group(1, HERE, 1)], busy, LIMIT) == [Share(1, 2, 1)]


def test_a_girl_is_offered_a_woman_and_a_household_its_own_helper() -> None:
    helpers = [Candidate(1, HERE, 0, "M"), Candidate(2, HERE, 1, "F")]
    assert assign([Group(1, HERE, 1, girls=1)], helpers, LIMIT) == [Share(1, 2, 1)]
    assert assign([Group(1, HERE, 1, girls=1)], helpers, LIMIT, same_sex=False) == [Share(1, 1, 1)]
    assert assign([Group(1, HERE, 1, boys=1)], helpers, LIMIT) == [Share(1, 1, 1)]
    known = Group(1, HERE, 1, known=frozenset({2}))
    assert assign([known], [Candidate(1, HERE, 0), Candidate(2, HERE, 4)], LIMIT) == [Share(1, 2, 1)]


# --- on the register ----------------------------------------------------------------------------------------------------


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Two households of the village without helpers: a woman with a girl, and an old woman."""
    Installation.objects.update(is_demonstration=True)
    home, other = make.household(), make.household()
    make.person(home, sex="M", relation="户主")
    found = [make.person(home), make.person(home, birth=date(2010, 1, 1), relation="之女")]
    found.append(make.person(other, birth=date(1950, 1, 1)))
    coverage.settle_touched()
    return found


def pairs_of(cast: Cast, code: str = HERE) -> list[tuple[int, int]]:
    found = suggest(cast.officer_a, make.region(code), DAY)
    return read_tokens(found.tokens.split(","))


def test_the_unpaired_are_offered_helpers_in_office_near_by(cast: Cast, people: list[Person]) -> None:
    near, _far = make.helper(), make.helper(village=make.VILLAGE_A3)
    make.helper(active=make.periods.period(make.START, date(2018, 5, 1)))
    make.helper(kind="society")
    make.helper(name=people[0].name)  # of the first household itself
    make.pairing(people[2])
    coverage.settle_touched()
    found = suggest(cast.officer_a, make.region(TOWNSHIP), DAY)
    assert [(line.helper, line.load, line.then) for line in found.lines] == [(near, 0, 2)]
    assert [{one.person_id for one in offer.people} for offer in found.lines[0].offers] == [
        {people[0].pk, people[1].pk}
    ]
    assert str(found.lines[0].offers[0].level) == "本村"
    assert suggest(cast.officer_b, make.region(TOWNSHIP), DAY).people == 0


def test_all_or_some_are_accepted_once(cast: Cast, client: Client, people: list[Person]) -> None:
    make.helper()
    client.force_login(cast.township_worker)
    address = reverse("pairing_suggestions") + "?region=" + HERE
    page = client.get(address)
    tokens = [offer.token for line in page.context["found"].lines for offer in line.offers]
    old_woman = next(token for token in tokens if token.endswith(f":{people[2].pk}"))
    client.post(address, {"offer": [old_woman]})
    assert list(Pairing.objects.values_list("person", "village", "recorded_by")) == [
        (people[2].pk, HERE, cast.township_worker.pk)
    ]
    client.post(address, {"every": ",".join(tokens)})
    said = client.get(address).content.decode()
    assert "有1人没有登记：已有包联人" in said
    client.post(address, {"every": ",".join(tokens)})
    assert Pairing.objects.count() == 3
    assert client.post(address, {"offer": ["nonsense"]}).status_code == 404
    coverage.settle_touched()
    assert coverage.as_of([HERE], DAY)[HERE].target("pairing").covered == 3


def test_what_has_changed_since_is_left_out_with_the_reason(cast: Cast, people: list[Person]) -> None:
    helper, region = make.helper(), make.region(HERE)
    pairs = pairs_of(cast)
    CountingRules.objects.create(
        campaign_year=CountingRules.objects.get().campaign_year, version=2, reason="试", helper_limit=2
    )
    make.pairing(people[0])
    done = accept(by=cast.officer_a, region=region, pairs=[*pairs, (helper.pk, 999_999_999)], day=DAY)
    assert (done.made, dict(done.skipped)) == (2, {"paired": 1, "gone": 1})
    with pytest.raises(AlreadyRecordedError):
        accept(by=cast.officer_a, region=region, pairs=pairs, day=DAY)
    newcomer = make.person(make.household())
    full = accept(by=cast.officer_a, region=region, pairs=[(helper.pk, newcomer.pk)], day=DAY)
    assert (full.made, dict(full.skipped)) == (0, {"full": 1})
    Helper.objects.filter(pk=helper.pk).update(active=make.periods.period(make.START, date(2018, 6, 1)))
    absent = accept(by=cast.officer_a, region=region, pairs=[(helper.pk, newcomer.pk)], day=DAY)
    assert dict(absent.skipped) == {"absent": 1}
    own = make.helper(name=newcomer.name)
    kept = accept(by=cast.officer_a, region=region, pairs=[(own.pk, newcomer.pk)], day=DAY)
    assert dict(kept.skipped) == {"own": 1}


def test_people_of_another_county_are_not_paired_by_a_forged_form(cast: Cast, people: list[Person]) -> None:
    stranger = make.person(make.household(make.VILLAGE_B))
    done = accept(by=cast.officer_a, region=make.region(HERE), pairs=[(make.helper().pk, stranger.pk)], day=DAY)
    assert dict(done.skipped) == {"gone": 1}


def test_without_anybody_to_pair_the_page_says_why(cast: Cast, client: Client) -> None:
    woman = make.person(make.household())
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    address = reverse("pairing_suggestions")
    assert "丰南区还有1名妇女儿童没有包联人" in client.get(address).content.decode()
    make.pairing(woman)
    coverage.settle_touched()
    assert "丰南区的妇女儿童都有包联人" in client.get(address).content.decode()
    assert "这里的1名妇女儿童都有包联人" in client.get(address, {"region": HERE}).content.decode()
    assert "没有登记在册的妇女或儿童" in client.get(address, {"region": make.VILLAGE_A2}).content.decode()
