"""Handing over: everybody is covered on every day before and after, and what cannot be is refused with words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import Helper, Pairing, Standing
from campaigns.pairing.handover import Handing, hand_over
from campaigns.recording import AlreadyRecordedError
from households.models import Household, Installation, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = date(2018, 7, 1)


@pytest.fixture
def home(cast: Cast) -> Household:
    Installation.objects.update(is_demonstration=True)
    return make.household()


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home)


@pytest.fixture
def girl(home: Household) -> Person:
    return make.person(home, birth=date(2010, 2, 3), relation="之女")


def covered() -> dict[int, str]:
    """The days on which each person is covered, as the targets see them."""
    coverage.settle_touched()
    return {row.unit_id: str(row.covered) for row in Standing.objects.filter(target="pairing")}


def verified(*days: date) -> None:
    for day in days:
        call_command("verify_coverage", "--as-of", day.isoformat())


def refused(error: pytest.ExceptionInfo[ValidationError], at: str) -> str:
    assert list(error.value.message_dict) == [at]
    return error.value.message_dict[at][0]


def test_nobody_is_uncovered_on_any_day(cast: Cast, woman: Person, girl: Person) -> None:
    old, new = make.helper(), make.helper()
    make.pairing(woman, old)
    make.pairing(girl, old, period=period(date(2018, 8, 1)))  # begins later: moves as a whole
    make.pairing(girl, old, period=period(date(2018, 2, 1), date(2018, 3, 1)))  # over before: stays
    before = covered()
    done = hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY, end_office=True))
    assert done.people() == 2
    assert covered() == before
    verified(DAY - timedelta(days=1), DAY, date(2018, 8, 1))
    told = {(p.helper, p.person): p.period for p in Pairing.objects.all() if p.period.upper != date(2018, 3, 2)}
    assert told == {
        (old, woman): DateRange(make.START, DAY),
        (new, woman): DateRange(DAY, None),
        (new, girl): DateRange(date(2018, 8, 1), None),
    }
    old.refresh_from_db()
    assert old.active == DateRange(make.START, DAY)
    with pytest.raises(AlreadyRecordedError):
        hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY))
    contexts = {
        event.pgh_context.metadata["reason"] for event in Pairing.pgh_event_model.objects.exclude(pgh_context=None)
    }
    assert contexts == {f"包联交接：{old.name}→{new.name}，自2018-07-01起"}


def test_a_helper_who_is_there_already_takes_only_the_other_days(cast: Cast, woman: Person) -> None:
    old, new = make.helper(), make.helper()
    make.pairing(woman, old)
    make.pairing(woman, new, period=period(date(2018, 7, 10), date(2018, 7, 20)))
    before = covered()
    hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY))
    assert covered() == before
    hers = sorted((p.period.lower, p.period.upper) for p in Pairing.objects.filter(helper=new))
    assert hers == [
        (DAY, date(2018, 7, 10)), (date(2018, 7, 10), date(2018, 7, 21)), (date(2018, 7, 21), None),
    ]  # fmt: skip


def test_a_pairing_that_the_new_helper_has_anyway_is_voided_with_the_reason(cast: Cast, woman: Person) -> None:
    old, new = make.helper(), make.helper()
    spare = make.pairing(woman, old, period=period(date(2018, 8, 1)))
    make.pairing(woman, new)
    before = covered()
    hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY))
    spare.refresh_from_db()
    assert (covered(), spare.void_reason) == (before, "包联交接：与新包联人已有的包联重复")


def test_what_cannot_be_handed_over_says_why(cast: Cast, woman: Person) -> None:
    old = make.helper()
    make.pairing(woman, old)
    head = Household.objects.get().head_name
    cases: list[tuple[dict[str, Any], str]] = [
        ({"active": period(date(2018, 7, 2))}, "2018-07-02 — 至今"),
        ({"active": period(make.START, date(2018, 12, 31))}, "到期时包联还没有结束"),
        ({"kind": "society"}, "巾帼社团只能接手社团特色帮扶"),
        ({"name": woman.name}, "不能包联本户"),
        ({"name": head}, "不能包联本户"),
        ({"village": make.VILLAGE_B}, "不在钱"),
    ]
    for values, words in cases:
        with pytest.raises(ValidationError) as error:
            hand_over(by=cast.officer_a, handing=Handing({old.pk: make.helper(**values).pk}, DAY))
        assert words in refused(error, f"to_{old.pk}")
    with pytest.raises(ValidationError) as error:
        hand_over(by=cast.officer_a, handing=Handing({old.pk: old.pk}, DAY))
    assert "同一人" in refused(error, f"to_{old.pk}")
    assert Pairing.objects.get().helper == old


def test_a_namesake_elsewhere_is_nobody_of_the_household_unless_the_telephone_says_so(
    cast: Cast, woman: Person
) -> None:
    old = make.helper()
    make.pairing(woman, old)
    same = {"region_id": make.COUNTY_A, "kind": "county_cadre", "name": woman.name}
    woman.phone = "14403150077"
    woman.save()
    with pytest.raises(ValidationError):
        hand_over(by=cast.officer_a, handing=Handing({old.pk: make.helper(phone="14403150077", **same).pk}, DAY))
    hand_over(by=cast.officer_a, handing=Handing({old.pk: make.helper(**same).pk}, DAY))
    assert Pairing.objects.filter(helper__name=woman.name).count() == 1


def test_who_left_is_followed_without_a_day_between(cast: Cast, woman: Person) -> None:
    old, new = make.helper(active=period(make.START, date(2018, 6, 20))), make.helper()
    make.pairing(woman, old)
    with pytest.raises(ValidationError) as error:
        hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY))
    assert "2018-06-21" in refused(error, "day")
    hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, date(2018, 6, 21)))
    coverage.settle_touched()
    assert list(Standing.objects.get(target="pairing").covered) == [DateRange(make.START, None)]
    verified(date(2018, 6, 20), date(2018, 6, 21))


def test_who_leaves_office_leaves_nobody_behind(cast: Cast, woman: Person, girl: Person) -> None:
    old, new = make.helper(), make.helper()
    make.pairing(woman, old)
    make.pairing(girl, old)
    part = Handing({old.pk: new.pk}, DAY, people=frozenset({woman.pk}), end_office=True)
    with pytest.raises(ValidationError) as error:
        hand_over(by=cast.officer_a, handing=part)
    assert "还有1人没有交接" in refused(error, "end_office")
    assert Pairing.objects.filter(helper=old, period__upper_inf=True).count() == 2


def test_only_the_users_own_region_is_handed_over(cast: Cast, woman: Person) -> None:
    old, new = make.helper(region_id=make.CITY, kind="city_cadre"), make.helper(region_id=make.CITY, kind="city_cadre")
    make.pairing(woman, old)
    there = make.pairing(make.person(make.household(make.VILLAGE_B)), old, village=make.VILLAGE_B)
    hand_over(by=cast.officer_a, handing=Handing({old.pk: new.pk}, DAY))
    there.refresh_from_db()
    assert there.period.upper is None
    with pytest.raises(PermissionDenied):
        hand_over(by=cast.leader, handing=Handing({old.pk: new.pk}, DAY))


def test_the_form_previews_and_then_hands_a_village_over(cast: Cast, client: Client, woman: Person) -> None:
    old, new = make.helper(), make.helper()
    make.pairing(woman, old)
    client.force_login(cast.village_worker)
    address = reverse("pairing_handover") + "?helper=" + str(old.pk)
    asked = {"day": "2018-07-01", f"to_{old.pk}": new.pk, "people": [woman.pk], "end_office": "on"}
    page = client.post(address, asked)
    assert page.context["preview"][0]["people"] == 1
    assert Helper.objects.get(pk=old.pk).active.upper is None
    token = page.context["token"]
    changed = client.post(address, asked | {"day": "2018-07-02", "confirmed": token})
    assert changed.context["preview"]  # another day than the one confirmed is shown first
    assert Pairing.objects.count() == 1
    assert client.post(address, asked | {"confirmed": token}).status_code == 302
    assert client.post(address, asked | {"confirmed": token}).status_code == 302
    assert set(Pairing.objects.values_list("helper", "period")) == {
        (old.pk, DateRange(make.START, DAY)), (new.pk, DateRange(DAY, None)),
    }  # fmt: skip
    assert client.get(reverse("pairing_handover"), {"region": make.VILLAGE_B}).status_code == 404
    whole = reverse("pairing_handover") + "?region=" + make.VILLAGE_A
    page = client.post(whole, {"day": "2018-07-05"})
    assert "请至少为一名包联人选择接手的人。" in page.content.decode()
