"""Rounds of reports through the pages: who submits, in which order, what stays, and why it differs later."""

import re
from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import Contact, ReportRound, Submission
from households.access import Role
from households.models import Household, User
from tests import make
from tests.conftest import Cast

JUNE_30 = date(2018, 6, 30)


@pytest.fixture
def homes(cast: Cast) -> list[Household]:
    """Two households in each of county A's townships; one of them was told in June."""
    found = []
    for village in (make.VILLAGE_A, make.VILLAGE_A3):
        for _ in range(2):
            found.append(make.household(village))
            make.person(found[-1], birth=date(1980, 5, 1))
    make.contact(found[0], on=date(2018, 6, 5))
    coverage.settle_touched()
    return found


@pytest.fixture
def of(cast: Cast, homes: list[Household], city: Client) -> ReportRound:
    """The city's round of June, opened by the form."""
    answer = city.post(
        reverse("submission_rounds"),
        {"title": "2018年6月上报", "day": "2018-06-30", "due_on": "2018-07-05", "lowest": "township"},
    )
    found = ReportRound.objects.get()
    assert answer["Location"] == reverse("submission_round", args=[found.pk, make.CITY])
    return found


@pytest.fixture
def city(cast: Cast) -> Client:
    return signed_in(cast.federation_staff)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def submit(
    client: Client,
    of: ReportRound,
    code: str,
    *,
    zero: Sequence[str] = ("publicity", "pairing", "cleaning"),
    **values: str,
) -> str:
    """The answer's page after submitting; zero reports declared unless told otherwise."""
    url = reverse("submission_submit", args=[of.pk, code])
    offered = re.findall(r'name="zero" value="(\w+)"', client.get(url).content.decode())
    data = {"zero": [key for key in zero if key in offered], "note": "", **values}
    return client.post(url, data, follow=True).content.decode()


def page_of(client: Client, of: ReportRound, code: str) -> str:
    return client.get(reverse("submission_round", args=[of.pk, code])).content.decode()


def decide(client: Client, submission: Submission, word: str, reason: str = "") -> str:
    url = reverse("submission_decide", args=[submission.pk])
    return client.post(url, {word: "1", "reason": reason}, follow=True).content.decode()


def test_the_whole_way_from_township_to_city(cast: Cast, of: ReportRound, city: Client, officer_a: Client) -> None:
    township = signed_in(cast.township_worker)
    assert "等待上级审核" in submit(township, of, make.TOWNSHIP_A)
    first = Submission.objects.get()
    assert first.figures["publicity"] == [2, 1, 0, 1, 1] and first.zero == ["pairing", "cleaning"]
    # The county cannot go ahead in silence while a township is missing.
    refused = submit(officer_a, of, make.COUNTY_A)
    assert "还没有上报" in refused and Submission.objects.count() == 1
    assert "已退回" in decide(officer_a, first, "return", "岔河镇的数字请再核对")
    assert "岔河镇的数字请再核对" in page_of(township, of, make.TOWNSHIP_A)
    submit(township, of, make.TOWNSHIP_A)
    submit(officer_a, of, make.TOWNSHIP_A2)  # in the name of a township that never signs in
    for one in Submission.objects.filter(state="submitted"):
        decide(officer_a, one, "accept")
    assert "下级已经报齐" in page_of(officer_a, of, make.COUNTY_A)
    assert "等待上级审核" in submit(officer_a, of, make.COUNTY_A)
    county = Submission.objects.get(region=make.COUNTY_A)
    assert county.figures["publicity"] == [4, 1, 0, 3, 1] and county.without == ""
    # What the county has submitted contains the townships' figures.
    assert "请先由上级退回" in decide(officer_a, Submission.objects.get(region=make.TOWNSHIP_A2), "return", "改")
    assert "已通过" in decide(city, county, "accept")
    assert [(one.region_id, one.version, one.state) for one in Submission.objects.order_by("pk")] == [
        (make.TOWNSHIP_A, 1, "returned"), (make.TOWNSHIP_A, 2, "accepted"), (make.TOWNSHIP_A2, 1, "accepted"),
        (make.COUNTY_A, 1, "accepted"),
    ]  # fmt: skip


def test_nothing_is_submitted_before_its_day(cast: Cast, of: ReportRound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.submissions.operations.business_date", lambda: date(2018, 6, 29))
    assert "数据截止日2018年6月30日还没有到" in submit(signed_in(cast.township_worker), of, make.TOWNSHIP_A)
    assert not Submission.objects.exists()


def test_a_note_holds_no_numbers(cast: Cast, of: ReportRound) -> None:
    page = submit(signed_in(cast.township_worker), of, make.TOWNSHIP_A, note="赵某 13812345678 未到")
    assert "请不要在这里填写证件号码或手机号码" in page and not Submission.objects.exists()


def test_a_county_may_go_ahead_with_a_reason(of: ReportRound, officer_a: Client) -> None:
    assert "等待上级审核" in submit(officer_a, of, make.COUNTY_A, without="两镇停电")
    assert (
        "下级未报齐的原因：两镇停电"
        in officer_a.get(reverse("submission", args=[Submission.objects.get().pk])).content.decode()
    )


def test_nothing_new_has_to_be_declared(cast: Cast, of: ReportRound) -> None:
    township = signed_in(cast.township_worker)
    page = submit(township, of, make.TOWNSHIP_A, zero=["pairing"])
    assert "家居洁净本期没有新的完成，又还没有全部完成：请勾选“零报告”确认。" in page
    assert not Submission.objects.exists()


def test_new_is_what_was_done_since_the_round_before(of: ReportRound, homes: list[Household], city: Client) -> None:
    make.contact(homes[1], on=date(2018, 7, 3))
    coverage.settle_touched()
    values = {"title": "7月", "day": "2018-07-31", "due_on": "2018-08-05", "lowest": "county"}
    city.post(reverse("submission_rounds"), values)
    july = ReportRound.objects.get(title="7月")
    assert "50.0% <span" in re.sub(r"\s+", " ", page_of(city, july, make.CITY))
    assert "新增1" in page_of(city, july, make.CITY)


def test_a_form_sent_twice_submits_once(cast: Cast, of: ReportRound) -> None:
    township = signed_in(cast.township_worker)
    submit(township, of, make.TOWNSHIP_A)
    data = {"zero": ["pairing", "cleaning"], "note": ""}
    again = township.post(reverse("submission_submit", args=[of.pk, make.TOWNSHIP_A]), data, follow=True)
    assert "没有重复上报" in again.content.decode() and Submission.objects.count() == 1


def test_the_form_of_what_has_been_handed_in_leads_to_it_until_it_is_returned(
    cast: Cast, officer_a: Client, of: ReportRound
) -> None:
    township, address = signed_in(cast.township_worker), reverse("submission_submit", args=[of.pk, make.TOWNSHIP_A])
    submit(township, of, make.TOWNSHIP_A)
    made = Submission.objects.get()
    assert township.get(address).headers["Location"] == reverse("submission", args=[made.pk])
    assert "已退回" in decide(officer_a, made, "return", "请核对")
    assert township.get(address).status_code == 200


def test_accepting_on_a_page_that_a_colleague_has_overtaken_says_that_it_was_returned(
    cast: Cast, of: ReportRound, officer_a: Client
) -> None:
    submit(signed_in(cast.township_worker), of, make.TOWNSHIP_A)
    made = Submission.objects.get()
    decide(officer_a, made, "return", "请核对")
    assert "这次上报已经退回，要等对方重新上报。" in decide(officer_a, made, "accept")
    made.refresh_from_db()
    assert made.state == Submission.State.RETURNED


@pytest.mark.django_db(transaction=True)  # the history of a change is dated by its transaction
def test_submitted_figures_stay_and_the_difference_has_its_reasons(
    cast: Cast, of: ReportRound, homes: list[Household]
) -> None:
    township = signed_in(cast.township_worker)
    submit(township, of, make.TOWNSHIP_A)
    url = reverse("submission", args=[Submission.objects.get().pk])
    assert "一致" in township.get(url).content.decode() and "补登记" not in township.get(url).content.decode()
    make.contact(homes[1], on=date(2018, 6, 20))
    make.person(homes[0], birth=date(2010, 1, 1), name="赵晚到")
    coverage.settle_touched()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", township.get(url).content.decode()))
    assert re.search(r"脱贫攻坚宣传（户） 1/2 50.0% 2/2 100.0% 上报后补登记1条", page)
    assert re.search(r"包联关爱（人） 0/2 0.0% 0/3 0.0% 上报后家庭成员变动1次", page)
    above = page_of(signed_in(cast.officer_a), of, make.COUNTY_A)  # what was submitted, not what is counted now
    assert "50.0% <span" in re.sub(r"\s+", " ", above) and "100.0%" not in above


@pytest.mark.django_db(transaction=True)  # the history of a change is dated by its transaction
def test_a_day_put_right_after_the_report_is_a_reason_of_its_own(
    of: ReportRound, homes: list[Household], officer_a: Client
) -> None:
    other = make.contact(homes[1], on=date(2018, 6, 6))
    make.contact(homes[2], on=date(2018, 7, 3))
    coverage.settle_touched()
    submit(officer_a, of, make.COUNTY_A, without="先报")
    wrong = Contact.objects.get(household=homes[0])
    for one, day in ((wrong, "2018-07-01"), (other, "2018-06-07")):
        address = reverse("record_edit", args=["publicity", "contacts", one.pk])
        assert officer_a.post(address, {"done_on": day}).status_code == 302
    coverage.settle_touched()
    page = officer_a.get(reverse("submission", args=[Submission.objects.get().pk])).text
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert re.search(r"脱贫攻坚宣传（户） 2/4 50.0% 1/4 25.0% 上报后更正2条 ", told)
    assert "其他变动" not in told


@pytest.mark.parametrize("sql", ["UPDATE campaigns_submission SET figures = '{}'", "DELETE FROM campaigns_submission"])
def test_nobody_changes_or_deletes_what_was_submitted(cast: Cast, of: ReportRound, sql: str) -> None:
    submit(signed_in(cast.township_worker), of, make.TOWNSHIP_A)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql)


def test_other_regions_and_roles_do_nothing(cast: Cast, of: ReportRound, officer_a: Client, officer_b: Client) -> None:
    submit(officer_a, of, make.TOWNSHIP_A)
    submission = Submission.objects.get()
    assert officer_b.get(reverse("submission", args=[submission.pk])).status_code == 404
    assert officer_b.get(reverse("submission_round", args=[of.pk, make.COUNTY_A])).status_code == 404
    assert officer_b.post(reverse("submission_decide", args=[submission.pk]), {"accept": "1"}).status_code == 404
    assert officer_b.post(reverse("submission_submit", args=[of.pk, make.TOWNSHIP_A2])).status_code == 404
    township = signed_in(cast.township_worker)
    assert township.post(reverse("submission_decide", args=[submission.pk]), {"accept": "1"}).status_code == 404
    leader = signed_in(cast.leader)
    assert leader.get(reverse("submission", args=[submission.pk])).status_code == 200
    assert leader.post(reverse("submission_decide", args=[submission.pk]), {"accept": "1"}).status_code == 403
    assert officer_a.post(reverse("submission_rounds"), {"title": "x"}).status_code == 403
    assert Submission.objects.get().state == "submitted"
    village = signed_in(make.user(Role.VILLAGE_WORKER, (make.VILLAGE_A,)))
    assert village.get(reverse("submission_submit", args=[of.pk, make.VILLAGE_A])).status_code == 404  # not asked for


@pytest.mark.parametrize(
    ("today", "told"),
    [(5, "请于2018年7月5日前上报。"), (6, "上报期限2018年7月5日已过，请尽快上报。")],
)
def test_late_ones_stand_in_a_text_to_copy(
    of: ReportRound, officer_a: Client, monkeypatch: pytest.MonkeyPatch, today: int, told: str
) -> None:
    submit(officer_a, of, make.TOWNSHIP_A)
    monkeypatch.setattr("campaigns.submissions.progress.business_date", lambda: date(2018, 7, today))
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page_of(officer_a, of, make.COUNTY_A), re.S)
    township = make.region(make.TOWNSHIP_A2).short_name
    assert text is not None
    assert text[1] == (
        f"【丰南区妇联】2018年6月上报（数据截至2018年6月30日）：应报2个，已报1个。尚未上报：{township}。{told}"
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"due_on": "2018-06-01"}, "上报期限不能早于数据截止日"),
        ({"day": "六月"}, "无法识别这个日期"),
        ({"title": ""}, "名称：请填写"),
        ({}, "已有同一数据截止日的上报期"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused(
    of: ReportRound, city: Client, values: dict[str, str], words: str
) -> None:
    data = {"title": "2018年6月", "day": "2018-06-30", "due_on": "2018-07-05", "lowest": "county"} | values
    page = city.post(reverse("submission_rounds"), data).content.decode()
    assert words in page and ReportRound.objects.count() == 1


def test_a_level_that_does_not_report_is_told_so_and_one_that_does_is_led_on(of: ReportRound, cast: Cast) -> None:
    village = signed_in(cast.village_worker).get(reverse("submission_round", args=[of.pk, make.VILLAGE_A]))
    assert "本级不单独上报" in village.content.decode()
    town = signed_in(cast.township_worker).get(reverse("submission_round", args=[of.pk, make.TOWNSHIP_A]))
    assert "先核对本级数字" in town.content.decode()
    assert f"/dashboard/{make.TOWNSHIP_A}/?day=2018-06-30" in town.content.decode()


@pytest.mark.parametrize(
    ("day", "due_on"),
    [
        ("0001-01-01", "2018-07-05"),
        ("0018-06-30", "0018-07-05"),
        ("9999-12-31", "9999-12-31"),
        ("2018-06-30", "2108-07-05"),
    ],
)
def test_a_round_in_a_year_nobody_works_in_is_a_slip(
    homes: list[Household], city: Client, day: str, due_on: str
) -> None:
    told = {"title": "2018年6月上报", "day": day, "due_on": due_on, "lowest": "village"}
    assert "请核对年份" in city.post(reverse("submission_rounds"), told).content.decode()
    assert not ReportRound.objects.exists()
    assert city.get(reverse("submission_rounds")).status_code == 200


def test_the_level_above_sees_the_sum_and_who_need_not_report(of: ReportRound, officer_a: Client, city: Client) -> None:
    """Those who have submitted count as submitted, the others as they are now."""
    submit(officer_a, of, make.TOWNSHIP_A)
    for home in Household.objects.filter(spells__village=make.VILLAGE_A):
        make.cleaning(home)
    coverage.settle_touched()
    total = officer_a.get(reverse("submission_round", args=[of.pk, make.COUNTY_A])).context["total"]
    assert [(part.figures.covered, part.figures.eligible, part.new) for part in total[:3]] == [
        (1, 4, 1), (0, 4, 0), (0, 4, 0),
    ]  # fmt: skip
    page = page_of(city, of, make.CITY)
    assert "不用上报：迁西县。" in page and re.search(r'<tr class="total">.*?25\.0%.*?1/4', page, re.S)


def test_a_region_with_nobody_is_not_asked_for_a_report(of: ReportRound, cast: Cast, officer_b: Client) -> None:
    page = page_of(officer_b, of, make.COUNTY_B)
    assert "本级不用上报" in page and "核对并上报" not in page and "未上报" not in page
    kept_address = reverse("submission_submit", args=[of.pk, make.COUNTY_B])
    for answer in (officer_b.get(kept_address), officer_b.post(kept_address, {"note": ""})):
        assert answer["Location"] == reverse("submission_round", args=[of.pk, make.COUNTY_B])
    assert not Submission.objects.exists()
    assert "未上报" not in officer_b.get(reverse("submission_rounds")).text
    assert of.title not in officer_b.get(reverse("home")).text
    hand_in = reverse("submission_submit", args=[of.pk, make.COUNTY_B])
    for answer in (officer_b.get(hand_in), officer_b.post(hand_in, {"note": ""})):
        assert answer["Location"] == reverse("submission_round", args=[of.pk, make.COUNTY_B])
    assert not Submission.objects.exists()
    make.person(make.household(make.VILLAGE_B), birth=date(1980, 5, 1))
    coverage.settle_touched()
    assert "核对并上报" in page_of(officer_b, of, make.COUNTY_B)
    assert of.title in officer_b.get(reverse("home")).text


def test_a_zero_report_is_only_what_was_submitted(of: ReportRound, officer_a: Client) -> None:
    before = page_of(officer_a, of, make.COUNTY_A)
    assert "无新增" in before and "零报告" not in before
    submit(officer_a, of, make.TOWNSHIP_A)
    assert "零报告" in page_of(officer_a, of, make.COUNTY_A)


def test_a_returned_report_stands_among_what_is_due_as_such(of: ReportRound, cast: Cast, officer_a: Client) -> None:
    township = signed_in(cast.township_worker)
    assert "被退回" not in township.get(reverse("home")).text
    submit(township, of, make.TOWNSHIP_A)
    assert of.title not in township.get(reverse("home")).text
    decide(officer_a, Submission.objects.get(), "return", "请再核对")
    assert f"{of.title}（被退回，请改正后重报）" in township.get(reverse("home")).text


def test_what_was_declared_as_nothing_new_stays_so(of: ReportRound, homes: list[Household], officer_a: Client) -> None:
    """A record of the round before that is voided later makes nothing new of a zero report."""
    make.report_round(title="2018年5月上报", day=date(2018, 6, 20), due_on=date(2018, 6, 25))
    submit(officer_a, of, make.TOWNSHIP_A)
    url = reverse("void_fact", args=[homes[0].pk, "contact", homes[0].contacts.get().pk])
    officer_a.post(url, {"reason": "重复登记"})
    coverage.settle_touched()
    line = officer_a.get(reverse("submission_round", args=[of.pk, make.COUNTY_A])).context["lines"][0]
    assert (line.parts[0].figures.covered, line.parts[0].new, line.parts[0].needs_zero) == (1, 0, True)


def test_who_still_owes_a_report_past_the_deadline_is_told_so(cast: Cast, of: ReportRound) -> None:
    township = signed_in(cast.township_worker)
    pages = [reverse("submission_rounds"), reverse("submission_round", args=[of.pk, make.TOWNSHIP_A])]
    assert all("已过期限" in township.get(page).text for page in pages)
    submit(township, of, make.TOWNSHIP_A)
    assert not any("已过期限" in township.get(page).text for page in pages)
