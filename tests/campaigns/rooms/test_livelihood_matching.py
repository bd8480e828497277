"""Matching with reasons in words, and following a woman to a job and out of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from campaigns.livelihood import matching, operations
from campaigns.livelihood.matching import Match, Verdict
from campaigns.models import Attendance, Employment, JobOffer
from campaigns.recording import AlreadyRecordedError
from households.models import HouseholdSpell, Person
from tests import make
from tests.campaigns.rooms.livelihood_make import home, offer, training_session, woman
from tests.conftest import Cast

DAY = make.REPORTING_DAY


def matched(cast: Cast, who: Person, to: JobOffer) -> Match:
    found = matching.candidates(cast.federation_staff, make.CITY, DAY, person=who.pk)
    return matching.match(found[0], to)


def words(of: Match, verdict: Verdict) -> list[str]:
    return [one.words for one in of.reasons if one.verdict is verdict]


@pytest.mark.parametrize(
    ("hers", "asked", "verdict", "text"),
    [
        ({}, {}, Verdict.FITS, "38周岁，在18—50周岁之内"),
        ({}, {}, Verdict.FITS, "普通劳动力"),
        ({}, {"education": "junior"}, Verdict.FITS, "学历初中，符合初中及以上"),
        ({"labour": "技能劳动力"}, {}, Verdict.PLUS, "技能劳动力"),
        ({"birth": date(1960, 1, 1)}, {}, Verdict.AGAINST, "58周岁，超过50周岁"),
        ({"birth": date(2001, 1, 1)}, {}, Verdict.AGAINST, "17周岁，不到18周岁"),
        ({"labour": "丧失劳动力"}, {}, Verdict.AGAINST, "登记为丧失劳动力"),
        ({"labour": "丧失劳动力"}, {"handicraft": True}, Verdict.ASK, "登记为丧失劳动力，手工可居家做的，请先问本人"),
        ({"labour": "弱劳动力或半劳动力"}, {}, Verdict.ASK, "登记为弱劳动力或半劳动力，请了解能否胜任"),
        ({"labour": ""}, {}, Verdict.ASK, "劳动能力没有登记，请先了解"),
        ({"education": "小学"}, {"education": "junior"}, Verdict.AGAINST, "学历小学，岗位要求初中及以上"),
        ({"education": ""}, {"education": "junior"}, Verdict.ASK, "学历没有登记，岗位要求初中及以上"),
        ({"school_status": "高中"}, {}, Verdict.AGAINST, "在校学生"),
        ({}, {"sex": "M"}, Verdict.AGAINST, "只招男性"),
        ({}, {"place_id": make.TOWNSHIP_A}, Verdict.FITS, "工作地点在本乡镇"),
        ({}, {"place_id": make.COUNTY_B}, Verdict.ASK, "工作地点在外县（市、区）"),
        ({}, {}, Verdict.FITS, "工作地点在本县（市、区）"),
    ],
)
def test_every_rule_says_its_reason(
    cast: Cast, hers: dict[str, Any], asked: dict[str, Any], verdict: Verdict, text: str
) -> None:
    found = matched(cast, woman(**hers), offer(**asked))
    assert text in words(found, verdict)
    assert found.fits == (verdict is not Verdict.AGAINST)


def test_what_she_does_and_has_learnt_is_looked_at(cast: Cast) -> None:
    free, busy, sent, learnt = woman(), woman(), woman(), woman()
    post = offer(handicraft=True)
    common = {"village_id": make.VILLAGE_A}
    Employment.objects.create(person=busy, stage="employed", employed_on=DAY, title="缝纫", **common)
    Employment.objects.create(person=sent, stage="offered", offered_on=DAY, offer=post, **common)
    session = training_session()
    Attendance.objects.create(session=session, person=learnt, **common)
    Attendance.objects.create(session=session, person=free, mark="absent", **common)
    assert not words(matched(cast, free, post), Verdict.AGAINST)
    assert words(matched(cast, busy, post), Verdict.AGAINST) == ["已就业：缝纫"]
    assert words(matched(cast, sent, post), Verdict.AGAINST) == ["已推荐到这个岗位（已推荐）"]
    assert words(matched(cast, learnt, post), Verdict.PLUS) == ["参加过手工技能培训"]
    assert not words(matched(cast, free, post), Verdict.PLUS)
    best, others = matching.ranked(matched(cast, who, post) for who in (free, busy, sent, learnt))
    assert [one.woman.pk for one in best] == [learnt.pk, free.pk]
    assert {one.woman.pk for one in others} == {busy.pk, sent.pk}


def test_candidates_are_registered_women_of_the_users_villages(cast: Cast) -> None:
    hers, other = woman(), woman(make.VILLAGE_B)
    man, girl = make.person(make.household(), sex="M"), woman(birth=date(2003, 1, 1))
    removed = woman()
    HouseholdSpell.objects.filter(household__memberships__person=removed).update(status="removed")
    found = {one.pk for one in matching.candidates(cast.officer_a, make.COUNTY_A, DAY)}
    assert found == {hers.pk} and not {other.pk, man.pk, girl.pk, removed.pk} & found
    assert matching.candidates(cast.officer_a, make.COUNTY_B, DAY) == []
    assert [one.pk for one in matching.candidates(cast.village_worker, make.VILLAGE_A, DAY)] == [hers.pk]


def test_who_may_not_see_it_reads_only_what_follows_from_her_labour_capacity(cast: Cast) -> None:
    post = offer()
    for labour, verdict, text in (
        ("丧失劳动力", Verdict.AGAINST, "登记的劳动能力不合适"),
        ("弱劳动力或半劳动力", Verdict.ASK, "能否胜任，请先了解"),
        ("普通劳动力", Verdict.FITS, "劳动能力合适"),
    ):
        found = matching.candidates(cast.village_worker, make.VILLAGE_A, DAY, person=woman(labour=labour).pk)
        assert text in words(matching.match(found[0], post), verdict)


def test_the_nearest_come_first(cast: Cast) -> None:
    post = offer(place_id=make.VILLAGE_A)
    same, township, county = woman(), woman(make.VILLAGE_A2), woman(make.VILLAGE_A3)
    best, _others = matching.ranked(matched(cast, who, post) for who in (county, township, same))
    assert [one.woman.pk for one in best] == [same.pk, township.pk, county.pk]
    assert [one.far for one in best] == [0, 1, 2]


def test_open_offers_are_those_of_the_day_offered_to_her(cast: Cast) -> None:
    county, city = offer(), offer(region=make.CITY)
    offer(title="已截止", open_until=date(2018, 6, 10))
    offer(title="未开始", open_from=date(2018, 7, 10))
    offer(region=make.COUNTY_B)
    assert {one.pk for one in matching.open_offers(cast.village_worker, DAY)} == {county.pk, city.pk}


def test_a_woman_goes_step_by_step(cast: Cast) -> None:
    who, post = woman(), offer(handicraft=True)
    by = {"by": cast.village_worker, "household": home(who)}
    job = operations.offer_job(**by, person=who, offer=post, offered_on=date(2018, 6, 10))
    assert (job.stage, job.enterprise, job.title, job.handicraft, job.village_id) == (
        "offered", "春燕家政服务中心", "保洁员", True, make.VILLAGE_A,
    )  # fmt: skip
    with pytest.raises(AlreadyRecordedError):
        operations.offer_job(**by, person=who, offer=post, offered_on=date(2018, 6, 12))
    job = operations.advance(**by, employment=job, stage="interviewed", day=date(2018, 6, 12))
    with pytest.raises(ValidationError) as error:
        operations.advance(**by, employment=job, stage="employed", day=date(2018, 6, 11))
    assert "2018-06-12" in error.value.messages[0]
    with pytest.raises(ValidationError):
        operations.advance(**by, employment=job, stage="left", day=date(2018, 6, 20))
    job = operations.advance(
        **by,
        employment=job,
        stage="employed",
        day=date(2018, 6, 15),
        income_before=Decimal(300),
        income_after=Decimal(1500),
    )
    with pytest.raises(AlreadyRecordedError):
        operations.advance(**by, employment=job, stage="employed", day=date(2018, 6, 15))
    job = operations.advance(**by, employment=job, stage="left", day=date(2018, 6, 28), remark="照顾老人")
    job.refresh_from_db()
    assert (job.offered_on, job.interviewed_on, job.employed_on, job.left_on) == (
        date(2018, 6, 10), date(2018, 6, 12), date(2018, 6, 15), date(2018, 6, 28),
    )  # fmt: skip
    assert (job.income_before, job.income_after, job.remark) == (300, 1500, "照顾老人")
    again = operations.offer_job(**by, person=who, offer=post, offered_on=date(2018, 6, 29))
    assert again.pk != job.pk


def test_who_may_send_whom(cast: Cast) -> None:
    who, post = woman(), offer()
    asked: dict[str, Any] = {"household": home(who), "person": who, "offered_on": date(2018, 6, 10)}
    for by, to in ((cast.officer_b, post), (cast.leader, post), (cast.officer_a, offer(region=make.COUNTY_B))):
        with pytest.raises(PermissionDenied):
            operations.offer_job(by=by, offer=to, **asked)
    with pytest.raises(ValidationError):
        operations.offer_job(by=cast.officer_a, offer=post, **asked | {"offered_on": date(2018, 5, 1)})
    girl = make.person(home(who), birth=date(2003, 1, 1))
    with pytest.raises(ValidationError):
        operations.offer_job(by=cast.officer_a, offer=post, **asked | {"person": girl})
    assert not Employment.objects.exists()


def test_the_page_of_an_offer_shows_why_and_sends(cast: Cast, client: Client) -> None:
    good, old, far = (
        woman(name="钱合适"),
        woman(name="孙年长", birth=date(1955, 1, 1)),
        woman(make.VILLAGE_B, name="李外县"),
    )
    post = offer()
    client.force_login(cast.officer_a)
    address = reverse("livelihood_match_offer", args=[post.pk])
    page = client.get(address).content.decode()
    assert "钱合适" in page and "孙年长" not in page and "38周岁，在18—50周岁之内" in page
    page = client.get(address, {"show": "unfit"}).content.decode()
    assert "孙年长" in page and "63周岁，超过50周岁" in page and "钱合适" not in page
    client.post(address, {"person": [good.pk, far.pk], "offered_on": "2018-06-20"})
    assert Employment.objects.get().person == good
    client.post(address, {"person": [good.pk], "offered_on": "2018-06-20"})
    assert Employment.objects.count() == 1
    client.post(address, {"person": [old.pk], "offered_on": "nonsense"})
    assert Employment.objects.count() == 1
    assert "钱合适" in client.get(address).content.decode()  # among those sent
    assert client.get(address, {"region": make.COUNTY_B}).status_code == 404
    assert client.get(address, {"page": "0"}).status_code == 404


def test_an_offer_of_the_city_shows_each_county_its_own_women(cast: Cast, client: Client) -> None:
    post = offer(region=make.CITY)
    hers = woman(make.VILLAGE_B, name="李迁西")
    Employment.objects.create(
        person=hers, offer=post, stage="offered", offered_on=DAY, village_id=make.VILLAGE_B, title="保洁员"
    )
    client.force_login(cast.officer_a)
    page = client.get(reverse("livelihood_match_offer", args=[post.pk])).content.decode()
    assert "李迁西" not in page and "推荐中1人" in page


def test_the_page_of_a_woman_shows_fitting_offers_and_sends(cast: Cast, client: Client) -> None:
    who, post, other = woman(), offer(), offer(title="缝纫工", education="college")
    client.force_login(cast.village_worker)
    address = reverse("livelihood_match_woman", args=[who.pk])
    page = client.get(address).content.decode()
    assert "保洁员" in page and "缝纫工" not in page
    assert "学历初中，岗位要求大专及以上" in client.get(address, {"show": "unfit"}).content.decode()
    client.post(address, {"offer": post.pk, "offered_on": "2018-06-20"})
    job = Employment.objects.get()
    assert (job.person, job.offer) == (who, post)
    assert client.post(address, {"offer": "x", "offered_on": "2018-06-20"}).status_code == 404
    client.post(address, {"offer": other.pk, "offered_on": ""})
    assert Employment.objects.count() == 1
    client.force_login(cast.officer_b)
    assert client.get(address).status_code == 404


def test_the_page_of_an_employment_takes_the_next_step(cast: Cast, client: Client) -> None:
    who = woman()
    job = Employment.objects.create(
        person=who,
        offer=offer(),
        stage="offered",
        offered_on=date(2018, 6, 10),
        village_id=make.VILLAGE_A,
        title="保洁员",
    )
    address = reverse("livelihood_employment", args=[job.pk])
    client.force_login(cast.village_worker)
    assert client.get(address).status_code == 200
    client.post(address, {"stage": "employed", "day": "2018年6月15日", "income_after": "1800"})
    job.refresh_from_db()
    assert (job.stage, job.employed_on, job.income_after) == ("employed", date(2018, 6, 15), 1800)
    answer = client.post(address, {"stage": "left", "day": "2018-06-01"})
    assert answer.status_code == 200 and "日期不能早于上一步" in answer.content.decode()
    client.force_login(cast.officer_b)
    assert client.get(address).status_code == 404
    assert client.get(reverse("livelihood_home", args=[who.pk])).status_code == 404
    client.force_login(cast.officer_a)
    assert client.get(reverse("livelihood_home", args=[who.pk])).url == reverse("household", args=[home(who).pk])


def test_offers_page_finds_by_word_and_counts(cast: Cast, client: Client) -> None:
    offer(), offer(title="缝纫工", category="服装纺织")
    client.force_login(cast.village_worker)
    address = reverse("livelihood_matching")
    assert client.get(address).context["count"] == 2
    assert [line["offer"].title for line in client.get(address, {"q": "纺织"}).context["lines"]] == ["缝纫工"]
