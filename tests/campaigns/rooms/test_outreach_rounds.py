"""Ticking off households: one effect however often it is sent, refusals in words, nobody of another village."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import coverage, recording
from campaigns.models import Contact, ContactPhoto, ContactRound
from campaigns.publicity import rounds
from households.models import Household, Installation, Region, User
from households.periods import period
from tests import make
from tests.campaigns.rooms.test_outreach_cleaning import picture
from tests.conftest import Cast

DAY = make.REPORTING_DAY
START, TICK = reverse("contact_rounds"), reverse("contact_tick")


@pytest.fixture(autouse=True)
def demonstration_day(cast: Cast) -> None:
    Installation.objects.update(is_demonstration=True)


@pytest.fixture
def homes(demonstration_day: None) -> list[Household]:
    """Two households with a woman each in village A, one without anybody registered, one in the next village."""
    found = [make.household(head_name="赵甲"), make.household(head_name="钱乙"), make.household(head_name="空户")]
    for home in found[:2]:
        make.person(home)
    make.person(make.household(make.VILLAGE_A2, head_name="邻村户"))
    coverage.settle_touched()
    return found


@pytest.fixture
def worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.village_worker)
    return client


def opened(by: User, kind: str = "visit", village: str = make.VILLAGE_A, day: date = DAY) -> ContactRound:
    return rounds.open_round(
        by=by, village=Region.objects.get(code=village), kind=kind, done_on=day, place="户内", speaker="孙宣讲"
    )


def token(of: ContactRound, home: Household, by: User, person: int | None = None) -> str:
    return rounds.token_of(of, home.pk, person, by)


def test_a_round_lists_the_villages_households_with_women_or_children(
    cast: Cast, worker: Client, homes: list[Household]
) -> None:
    make.contact(homes[0], on=date(2018, 5, 3))
    sent = {"village": make.VILLAGE_A, "kind": "visit", "done_on": "2018年6月30日", "speaker": "孙宣讲"}
    answer = worker.post(START, sent, follow=True)
    page = answer.content.decode()
    assert [row.name for row in answer.context["rows"]] == ["赵甲", "钱乙"]
    assert "2018-05-03 入户宣讲" in page and "空户" not in page and "邻村户" not in page
    worker.post(START, sent)
    assert ContactRound.objects.count() == 1  # opened twice is one round
    assert "孙宣讲" not in worker.get(START).content.decode()


def test_a_plain_form_records_what_is_ticked_once(cast: Cast, worker: Client, homes: list[Household]) -> None:
    of = opened(cast.village_worker)
    address = reverse("contact_round", args=[of.pk])
    sent = {"tick": [token(of, home, cast.village_worker) for home in homes[:2]]}
    assert "已登记2条宣传" in worker.post(address, sent, follow=True).content.decode()
    assert "2条此前已经登记" in worker.post(address, sent, follow=True).content.decode()
    assert {(c.household, c.place, c.speaker, c.recorded_by) for c in Contact.objects.all()} == {
        (home, "户内", "孙宣讲", cast.village_worker) for home in homes[:2]
    }
    assert coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].target("publicity").covered == 2
    assert worker.get(address).content.decode().count("checked disabled") == 2
    assert "没有勾选" in worker.post(address, {}, follow=True).content.decode()


def test_a_tick_sent_twice_has_one_effect_even_after_it_was_voided(
    cast: Cast, worker: Client, homes: list[Household]
) -> None:
    of = opened(cast.village_worker)
    sent = {"token": token(of, homes[0], cast.village_worker), "key": str(uuid4())}
    assert worker.post(TICK, sent).json()["state"] == "saved"
    assert worker.post(TICK, sent).json()["state"] == "already"
    recording.void(by=cast.officer_a, household=homes[0], fact=Contact.objects.get(), reason="登记错户")
    assert worker.post(TICK, sent).json()["state"] == "already"
    assert Contact.objects.count() == 1
    # A tick of its own is a new contact.
    assert worker.post(TICK, sent | {"key": str(uuid4())}).json()["state"] == "saved"


def test_two_phones_that_tick_the_same_household_leave_one_contact(
    cast: Cast, worker: Client, homes: list[Household]
) -> None:
    of = opened(cast.village_worker)
    one = token(of, homes[0], cast.village_worker)
    assert [worker.post(TICK, {"token": one, "key": str(uuid4())}).json()["state"] for _ in range(2)] == [
        "saved", "already",
    ]  # fmt: skip
    assert Contact.objects.count() == 1


def test_a_lecture_ticks_members(cast: Cast, worker: Client, homes: list[Household]) -> None:
    woman, child = homes[0].memberships.get().person, make.person(homes[0], birth=date(2009, 3, 1), sex="M")
    of = opened(cast.village_worker, "lecture")
    page = worker.get(reverse("contact_round", args=[of.pk]))
    assert [len(row.boxes) for row in page.context["rows"]] == [2, 1]
    for person in (woman, child):
        sent = {"token": token(of, homes[0], cast.village_worker, person.pk), "key": str(uuid4())}
        assert worker.post(TICK, sent).json()["state"] == "saved"
    assert set(Contact.objects.values_list("attended_by", flat=True)) == {woman.pk, child.pk}
    nobody = {"token": token(of, homes[0], cast.village_worker), "key": str(uuid4())}
    answer = worker.post(TICK, nobody)
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "请选择参加的家庭成员" in answer.json()["message"]


def test_another_village_is_not_there(cast: Cast, worker: Client, officer_b: Client, homes: list[Household]) -> None:
    assert worker.post(START, {"village": make.VILLAGE_A2, "kind": "visit", "done_on": "2018-06-30"}).status_code == 200
    assert not ContactRound.objects.exists()
    of = opened(cast.officer_a, village=make.VILLAGE_A2)
    assert worker.get(reverse("contact_round", args=[of.pk])).status_code == 404
    neighbour = Household.objects.get(head_name="邻村户")
    sent = {"token": token(of, neighbour, cast.village_worker), "key": str(uuid4())}
    assert worker.post(TICK, sent).status_code == 404
    assert officer_b.get(reverse("contact_round", args=[of.pk])).status_code == 404
    assert not Contact.objects.exists()


def test_a_wrong_day_is_refused_in_words(cast: Cast, worker: Client, homes: list[Household]) -> None:
    for day, words in (
        ("2018-07-01", "不能登记尚未发生的事"),
        ("2017-12-31", "早于行动开始日期"),
        ("昨天", "无法识别"),
    ):
        answer = worker.post(START, {"village": make.VILLAGE_A, "kind": "visit", "done_on": day})
        assert words in answer.context["form"].errors["done_on"][0]


def test_a_household_that_left_the_village_is_refused_visibly(
    cast: Cast, worker: Client, homes: list[Household]
) -> None:
    of = opened(cast.village_worker)
    sent = [token(of, home, cast.village_worker) for home in homes[:2]]
    spell = homes[0].spells.get()
    spell.period = period(make.START, date(2018, 6, 1))
    spell.save()
    answer = worker.post(TICK, {"token": sent[0], "key": str(uuid4())})
    assert answer.status_code == 422 and "不在曹庄子登记" in answer.json()["message"].replace("村", "")
    page = worker.post(reverse("contact_round", args=[of.pk]), {"tick": sent}, follow=True).content.decode()
    assert "赵甲户：该户在" in page and "已登记1条宣传" in page
    assert Contact.objects.get().household == homes[1]


def test_tokens_that_are_forged_old_or_anothers_are_refused(cast: Cast, worker: Client, homes: list[Household]) -> None:
    of = opened(cast.village_worker)
    mine = token(of, homes[0], cast.village_worker)
    for wrong, words in (
        ("", "无法识别"), (mine[:-1] + ("a" if mine[-1] != "a" else "b"), "无法识别"),
        (token(of, homes[0], cast.officer_a), "另一位登录人"),
    ):  # fmt: skip
        answer = worker.post(TICK, {"token": wrong, "key": str(uuid4())})
        assert answer.status_code == 422 and words in answer.json()["message"]
    assert worker.post(TICK, {"token": mine, "key": "no key"}).status_code == 422
    ContactRound.objects.update(recorded_at="2018-01-01T00:00:00Z")
    of.refresh_from_db()
    old = token(of, homes[0], cast.village_worker)
    assert "已超过14天" in worker.post(TICK, {"token": old, "key": str(uuid4())}).json()["message"]
    assert not Contact.objects.exists()


def test_nothing_of_a_token_tells_who(cast: Cast, homes: list[Household]) -> None:
    of = opened(cast.village_worker)
    told = rounds._SIGNER.unsign_object(token(of, homes[0], cast.village_worker))
    assert all(isinstance(part, int) for part in told)


def test_kinds_that_do_not_count_say_so(worker: Client, homes: list[Household]) -> None:
    choices = dict(worker.get(START).context["form"].fields["kind"].choices)
    assert choices["visit"] == "入户宣讲" and choices["loudspeaker"] == "大喇叭广播 · 不计入完成率"


def test_the_list_asks_the_same_however_many_households(cast: Cast, worker: Client, homes: list[Household]) -> None:
    address = reverse("contact_round", args=[opened(cast.village_worker).pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            worker.get(address)
        return len(asked)

    worker.get(address)
    before = queries()
    for _more in range(6):
        more = make.household()
        make.person(more)
        make.contact(more)
    coverage.settle_touched()
    assert queries() == before


def test_who_may_not_record_opens_no_round(cast: Cast, client: Client, homes: list[Household]) -> None:
    of = opened(cast.village_worker)
    client.force_login(cast.leader)
    assert client.get(START).status_code == 403
    assert client.get(reverse("contact_round", args=[of.pk])).status_code == 403
    assert client.post(TICK, {"token": token(of, Household.objects.first(), cast.leader)}).status_code == 403


def test_a_photo_follows_its_tick_once(cast: Cast, worker: Client, homes: list[Household]) -> None:
    of, send = opened(cast.village_worker), reverse("contact_photo_send")
    one, key = token(of, homes[0], cast.village_worker), str(uuid4())

    def sent(**values: object) -> dict[str, str]:
        return worker.post(send, {"token": one, "key": key, "photo": picture()} | values).json()

    assert "没有登记或已经作废" in sent()["message"]  # the household is not ticked off yet
    worker.post(TICK, {"token": one, "key": str(uuid4())})
    assert sent()["state"] == "saved"
    assert sent()["state"] == "already"
    assert ContactPhoto.objects.get().contact == Contact.objects.get()
    broken = SimpleUploadedFile("photo.jpg", b"no picture", "image/jpeg")
    assert "不是可用的照片" in sent(photo=broken, key=str(uuid4()))["message"]
    assert sent(photo="", key=str(uuid4()))["state"] == "refused"
    assert sent(token="")["state"] == "refused"
    assert ContactPhoto.objects.count() == 1
    far = opened(cast.officer_a, village=make.VILLAGE_A2)
    other = token(far, Household.objects.get(head_name="邻村户"), cast.village_worker)
    assert worker.post(send, {"token": other, "key": key, "photo": picture()}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_one_tick_sent_eight_times_at_once_is_one_contact(cast: Cast) -> None:
    by, home = cast.village_worker, make.household()
    of, key = opened(by), uuid4()

    def send(_again: int) -> str:
        try:
            rounds.tick(by=by, of=of, household=home.pk, person=None, key=key)
        except recording.AlreadyRecordedError:
            return "already"
        finally:
            connections.close_all()
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == ["already"] * 7 + ["saved"]
    assert Contact.objects.count() == 1


def test_a_round_opened_by_mistake_is_voided_and_its_contacts_stay(
    cast: Cast, worker: Client, homes: list[Household]
) -> None:
    of = opened(cast.village_worker)
    rounds.tick(by=cast.village_worker, of=of, household=homes[0].pk, person=None)
    void = reverse("record_void", args=["publicity", "village_rounds", of.pk])
    assert void in worker.get(reverse("contact_round", args=[of.pk])).content.decode()
    worker.post(void, {"reason": "方式选错了"})
    of.refresh_from_db()
    assert of.voided_at and of.void_reason == "方式选错了"
    assert Contact.objects.get().voided_at is None
    assert worker.get(reverse("contact_round", args=[of.pk])).status_code == 404
    assert opened(cast.village_worker).pk != of.pk
