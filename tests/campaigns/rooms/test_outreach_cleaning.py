"""Keeping clean: re-checks and what must be mended, spot checks, stories, photos; the first round stays what it is."""

import io
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from campaigns import coverage, recording
from campaigns import operations as campaign_operations
from campaigns.cleaning import operations, spot_checks
from campaigns.cleaning.quality import quality_by_region
from campaigns.facts import Photo
from campaigns.models import (
    Cleaning,
    CleaningPhoto,
    ContactPhoto,
    CountingRules,
    Recheck,
    Sheet,
    SpotCheck,
    SpotResult,
    Story,
)
from campaigns.photos import FILES
from campaigns.recording import AlreadyRecordedError
from households.models import Household, Installation, Region
from households.periods import period
from tests import make
from tests.campaigns.rooms import outreach_make as outreach
from tests.conftest import Cast

DAY = make.REPORTING_DAY
PICTURES = {"kind": "before"}


@pytest.fixture(autouse=True)
def demonstration_day(cast: Cast) -> None:
    Installation.objects.update(is_demonstration=True)


@pytest.fixture
def home(demonstration_day: None) -> Household:
    """A household of a woman, cleaned in May."""
    found = make.household(head_name="赵甲")
    make.person(found)
    make.cleaning(found, on=date(2018, 5, 8))
    coverage.settle_touched()
    return found


def covered() -> int:
    coverage.settle_touched()
    return coverage.as_of([make.VILLAGE_A], DAY)[make.VILLAGE_A].target("cleaning").covered


def refused(at: str, words: str, operation: Any, **asked: Any) -> None:
    with pytest.raises(ValidationError) as error:
        operation(**asked)
    assert words in error.value.message_dict[at][0]


def picture(name: str = "photo.jpg", colour: str = "red") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def test_a_round_does_not_come_before_the_one_it_follows(cast: Cast, home: Household) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "round_number": 2}
    operation = campaign_operations.record_cleaning
    refused("done_on", "第1轮清洁在2018-05-08", operation, **asked, done_on=date(2018, 4, 12))
    operation(**asked | {"round_number": 3}, done_on=date(2018, 5, 12))
    refused("done_on", "第3轮清洁在2018-05-12", operation, **asked, done_on=date(2018, 6, 12))
    operation(**asked, done_on=date(2018, 5, 10))


# --- re-checks ----------------------------------------------------------------------------------------------------------


def test_a_failed_recheck_asks_to_mend_and_leaves_the_first_round(
    cast: Cast, officer_a: Client, home: Household
) -> None:
    address = reverse("record_fact", args=[home.pk, "recheck"])
    sent = {
        "checked_on": "2018-06-10",
        "passed": "no",
        "checker": "村妇联",
        "wants": "厨房油污",
        "due_on": "2018-06-17",
    }
    for _again in range(2):
        assert officer_a.post(address, sent).status_code == 302
    found = Recheck.objects.get()
    assert (found.passed, found.wants, found.settled_on, found.recorded_by) == (False, "厨房油污", None, cast.officer_a)
    assert covered() == 1
    page = officer_a.get(reverse("household", args=[home.pk])).content.decode()
    assert "需整改：厨房油污（未完成）" in page
    listed = officer_a.get(reverse("rectifications")).content.decode()
    assert "赵甲" in listed and "已超期" in listed and "厨房油污" in listed
    leader = Client()
    leader.force_login(cast.leader)
    told = leader.get(reverse("rectifications")).content.decode()
    assert "赵甲" in told and "厨房油污" not in told, "what somebody wrote may speak of illness"


def test_what_was_mended_leaves_the_list_and_a_new_recheck_says_clean(
    cast: Cast, officer_a: Client, home: Household
) -> None:
    found = outreach.failed(home, checked_on=date(2018, 6, 10), due_on=date(2018, 6, 17))
    address = reverse("recheck", args=[found.pk])
    answer = officer_a.post(address, {"settled_on": "2018-06-09"})
    assert "不能早于复查日期" in answer.context["form"].errors["settled_on"][0]
    answer = officer_a.post(address, {"settled_on": "2018-07-01"})
    assert "晚于数据日期" in answer.context["form"].errors["settled_on"][0]
    assert officer_a.post(address, {"settled_on": "2018-06-16"}).status_code == 302
    assert "没有待整改的户" in officer_a.get(reverse("rectifications")).content.decode()
    assert "没有重复登记" in officer_a.post(address, {"settled_on": "2018-06-18"}, follow=True).content.decode()
    found.refresh_from_db()
    assert found.settled_on == date(2018, 6, 16)
    region = Region.objects.get(code=make.COUNTY_A)
    assert quality_by_region(cast.officer_a, region, DAY)[-1].kept_share == 0.0
    operations.record_recheck(by=cast.officer_a, household=home, checked_on=date(2018, 6, 20), passed=True)
    assert quality_by_region(cast.officer_a, region, DAY)[-1].kept_share == 100.0


def test_rechecks_are_refused_with_the_reason(cast: Cast, home: Household) -> None:
    asked: dict[str, Any] = {"by": cast.officer_a, "household": home, "checked_on": date(2018, 6, 10)}
    check = operations.record_recheck
    refused("wants", "整改内容", check, passed=False, due_on=DAY, **asked)
    refused("due_on", "整改期限", check, passed=False, wants="厨房", **asked)
    refused("due_on", "不能早于复查日期", check, passed=False, wants="厨房", due_on=date(2018, 6, 1), **asked)
    refused("checked_on", "还没有清洁记录", check, passed=True, **(asked | {"checked_on": date(2018, 5, 1)}))
    refused("checked_on", "尚未发生", check, passed=True, **(asked | {"checked_on": date(2018, 7, 1)}))
    check(passed=True, **asked)
    refused("checked_on", "已有复查记录", check, passed=False, wants="厨房", due_on=DAY, **asked)
    with pytest.raises(PermissionDenied):
        check(passed=True, **(asked | {"by": cast.officer_b}))
    assert Recheck.objects.count() == 1


def test_quality_counts_the_latest_recheck_of_its_own_regions(cast: Cast, client: Client, home: Household) -> None:
    other = make.household(make.VILLAGE_A3, head_name="孙丙")
    make.cleaning(other, village=make.VILLAGE_A3)
    outreach.recheck(home, checked_on=date(2018, 6, 1))
    outreach.failed(home, checked_on=date(2018, 6, 20), due_on=date(2018, 6, 25))
    outreach.recheck(other, village=make.VILLAGE_A3, checked_on=date(2018, 6, 20))
    far = make.household(make.VILLAGE_B)
    outreach.recheck(far, village=make.VILLAGE_B)
    voided = outreach.recheck(other, village=make.VILLAGE_A3, checked_on=date(2018, 6, 29), passed=False, wants="错")
    recording.void(by=cast.officer_a, household=other, fact=voided, reason="登记错户")
    county = Region.objects.get(code=make.COUNTY_A)
    lines = {
        line.region.code: (line.cleaned, line.rechecked, line.kept_clean, line.open, line.overdue)
        for line in quality_by_region(cast.officer_a, county, DAY)
    }
    assert lines == {
        make.TOWNSHIP_A: (1, 1, 0, 1, 1), make.TOWNSHIP_A2: (1, 1, 1, 0, 0), make.COUNTY_A: (2, 2, 1, 1, 1),
    }  # fmt: skip
    before = quality_by_region(cast.officer_a, county, date(2018, 6, 10))[-1]
    assert (before.cleaned, before.rechecked, before.kept_clean, before.open) == (1, 1, 1, 0)
    client.force_login(cast.leader)
    page = client.get(reverse("cleaning_quality")).content.decode()
    assert "丰南区" in page and "66.6%" in page  # two of three in the city, cut
    client.force_login(cast.officer_b)
    assert client.get(reverse("cleaning_quality"), {"region": make.COUNTY_A}).status_code == 404


def test_figures_of_the_room(cast: Cast, home: Household, capsys: pytest.CaptureFixture[str]) -> None:
    make.cleaning(home, round_number=2)
    outreach.failed(home, checked_on=date(2018, 6, 20))
    outreach.story(home, consent_by="户主", consent_on=DAY, is_offered=True)
    call_command("figures", "--as-of", "2018-06-30", "--region", make.COUNTY_A)
    told = capsys.readouterr().out
    for line in (
        "已完成首轮清洁 1户",
        "清洁轮次合计 2户次",
        "已复查 1户",
        "复查保持整洁 0户",
        "待整改 1户次",
        "故事 1篇",
    ):
        assert line in told


# --- rounds -------------------------------------------------------------------------------------------------------------


def test_items_are_those_of_the_rules_and_are_shown(cast: Cast, officer_a: Client, home: Household) -> None:
    CountingRules.objects.create(
        campaign_year=CountingRules.objects.get().campaign_year,
        version=2,
        reason="加一项",
        clean_items=["院内", "灶台"],
    )
    address = reverse("record_fact", args=[home.pk, "cleaning"])
    page = officer_a.get(address).content.decode()
    assert "灶台" in page and "厕所" not in page
    sent = {"done_on": "2018-06-20", "round_number": 2, "items": ["院内", "灶台"], "score": 90}
    assert officer_a.post(address, sent | {"items": ["厕所"]}).status_code == 200
    assert officer_a.post(address, sent).status_code == 302
    assert Cleaning.objects.get(round_number=2).items == ["院内", "灶台"]
    assert "院内、灶台" in officer_a.get(reverse("household", args=[home.pk])).content.decode()


def test_only_voiding_the_first_round_takes_it_away(cast: Cast, home: Household) -> None:
    outreach.failed(home)
    assert covered() == 1
    recording.void(by=cast.officer_a, household=home, fact=Cleaning.objects.get(), reason="没有打扫")
    assert covered() == 0


# --- spot checks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cleaned(home: Household) -> list[Household]:
    """Six cleaned households of two villages, one cleaned only later, one never."""
    found = [home]
    for number in range(5):
        village = make.VILLAGE_A if number % 2 else make.VILLAGE_A3
        more = make.household(village, head_name=f"户{number}")
        make.person(more)
        make.cleaning(more, village=village, on=date(2018, 6, 1))
        found.append(more)
    for on in (DAY, None):
        late = make.household(make.VILLAGE_A, head_name="不可抽")
        make.person(late)
        if on:
            make.cleaning(late, on=on)
    coverage.settle_touched()
    return found


def test_a_draw_is_of_cleaned_households_fixed_and_repeatable(cast: Cast, cleaned: list[Household]) -> None:
    county, day = Region.objects.get(code=make.COUNTY_A), date(2018, 6, 20)
    check = spot_checks.draw(by=cast.officer_a, region=county, day=day, size=4)
    keys = sorted(home.pk for home in cleaned)
    assert (check.pool, spot_checks.pool(county, day)) == (6, keys)
    drawn = list(check.sheet.rows.order_by("position").values_list("household_id", flat=True))
    assert sorted(drawn) == sorted(spot_checks.drawn(keys, check.seed, 4))
    assert len(set(drawn)) == 4 and check.sheet.purpose == Sheet.Purpose.SPOT_CHECK
    with pytest.raises(AlreadyRecordedError, match="没有重新抽取"):
        spot_checks.draw(by=cast.officer_a, region=county, day=day, size=4)
    assert SpotCheck.objects.count() == Sheet.objects.count() == 1
    spot_checks.void_check(by=cast.officer_a, check=check, reason="抽错范围")
    spot_checks.draw(by=cast.officer_a, region=county, day=day, size=4)
    assert SpotCheck.objects.count() == 2


def test_every_household_can_be_drawn(cast: Cast, cleaned: list[Household]) -> None:
    keys = sorted(home.pk for home in cleaned)
    assert {one for seed in range(60) for one in spot_checks.drawn(keys, seed, 1)} == set(keys)


def test_more_than_there_are_cannot_be_drawn(cast: Cast, officer_a: Client, cleaned: list[Household]) -> None:
    answer = officer_a.post(reverse("spot_draw"), {"region": make.COUNTY_A, "day": "2018-06-20", "size": 7})
    assert "已清洁6户" in answer.context["form"].errors["size"][0]
    answer = officer_a.post(reverse("spot_draw"), {"region": make.COUNTY_B, "day": "2018-06-20", "size": 1})
    assert answer.status_code == 200 and not SpotCheck.objects.exists()


def test_results_are_typed_in_and_evidence_is_a_signature_or_a_real_photo(
    cast: Cast, officer_a: Client, cleaned: list[Household]
) -> None:
    answer = officer_a.post(
        reverse("spot_draw"), {"region": make.COUNTY_A, "day": "2018-06-20", "size": 3}, follow=True
    )
    check = SpotCheck.objects.get()
    page = answer.content.decode()
    assert f"抽签号{check.seed}" in page
    sheet = officer_a.get(reverse("sheet", args=[check.sheet_id])).content.decode()
    assert "家居清洁随机抽查表" in sheet and "□家中无人" in sheet
    sent = {"outcome-1": "clean", "signed-1": "on", "outcome-2": "not_clean", "outcome-3": ""}
    address = reverse("spot_check", args=[check.pk])
    for _again in range(2):
        page = officer_a.post(address, sent, follow=True).content.decode()
    assert "2户此前已经登记" in page and "50.0% · 1/2" in page
    result = SpotResult.objects.get(outcome="not_clean")
    photos = reverse("spot_photos", args=[result.pk])
    officer_a.post(photos, {"kind": "scene", "photos": [picture()], "key": str(uuid4())})
    assert "100.0% · 2/2" in officer_a.get(address).content.decode()
    county = Region.objects.get(code=make.COUNTY_A)
    total = quality_by_region(cast.officer_a, county, DAY)[-1]
    assert (total.spot_checked, total.evidenced, total.evidence_share) == (2, 2, 100.0)
    officer_a.post(reverse("spot_check_void", args=[check.pk]), {"reason": "抽错范围"})
    assert quality_by_region(cast.officer_a, county, DAY)[-1].spot_checked == 0
    page = officer_a.post(address, {"outcome-3": "clean"}, follow=True).content.decode()
    assert "第3行：这次抽查已经作废" in page and SpotResult.objects.count() == 2


def test_a_household_that_was_not_drawn_has_no_result(cast: Cast, cleaned: list[Household]) -> None:
    check = outreach.spot_check(*cleaned[:2])
    with pytest.raises(ValidationError, match="不在这次抽查的名单中"):
        spot_checks.record_spot_result(by=cast.officer_a, check=check, household=cleaned[2], outcome="clean")


def test_another_countys_draw_is_not_there(cast: Cast, officer_b: Client, cleaned: list[Household]) -> None:
    check = outreach.spot_check(*cleaned[:2])
    result = outreach.spot_result(cleaned[0], check)
    for name, pk in (("spot_check", check.pk), ("spot_check_void", check.pk), ("spot_photos", result.pk)):
        assert officer_b.get(reverse(name, args=[pk])).status_code == 404


# --- stories ------------------------------------------------------------------------------------------------------------


def test_a_story_is_offered_with_consent_only(cast: Cast, officer_a: Client, home: Household) -> None:
    address = reverse("record_fact", args=[home.pk, "story"])
    sent = {"title": "小院变了样", "text": "清走了杂物。", "told_on": "2018-06-20"}
    answer = officer_a.post(address, sent | {"is_offered": "on"})
    assert "必须写明家中同意人" in answer.context["form"].errors["consent_by"][0]
    assert officer_a.post(address, sent).status_code == 302
    story = Story.objects.get()
    change = reverse("story", args=[story.pk])
    answer = officer_a.post(change, sent | {"is_offered": "on", "consent_by": "户主本人"})
    assert "必须写明同意日期" in answer.context["form"].errors["consent_on"][0]
    given = {"is_offered": "on", "consent_by": "户主本人", "consent_on": "2018-06-21", "text": "清走了柴草。"}
    assert officer_a.post(change, sent | given).status_code == 302
    story.refresh_from_db()
    assert (story.is_offered, story.consent_on, story.text) == (True, date(2018, 6, 21), "清走了柴草。")
    assert "可供简报采用" in officer_a.get(reverse("household", args=[home.pk])).content.decode()


def test_a_story_of_another_county_is_not_there(cast: Cast, officer_b: Client, home: Household) -> None:
    story, found = outreach.story(home), outreach.failed(home)
    assert officer_b.get(reverse("story", args=[story.pk])).status_code == 404
    assert officer_b.post(reverse("recheck", args=[found.pk]), {"settled_on": "2018-06-30"}).status_code == 404
    assert "赵甲" not in officer_b.get(reverse("rectifications")).content.decode()
    with pytest.raises(PermissionDenied):
        operations.change_story(by=cast.officer_b, story=story, title="改", text="改", told_on=DAY)


# --- photos -------------------------------------------------------------------------------------------------------------


def test_photos_before_and_after_are_kept_once_and_can_be_voided(
    cast: Cast, officer_a: Client, officer_b: Client, home: Household
) -> None:
    cleaning = Cleaning.objects.get()
    address = reverse("cleaning_photos", args=[cleaning.pk])
    assert f'href="{address}"' in officer_a.get(reverse("household", args=[home.pk])).text
    assert "每张不超过15MB" in officer_a.get(address).text  # said before a photo is chosen
    key = str(uuid4())
    for _again in range(2):
        sent = {"kind": "before", "photos": [picture(), picture("two.jpg", "blue")], "key": key}
        page = officer_a.post(address, sent, follow=True).content.decode()
    assert "没有重复保存" in page
    assert CleaningPhoto.objects.count() == 2
    photo = CleaningPhoto.objects.earliest("pk")
    shown = reverse("photo", args=["cleaningphoto", photo.pk])
    assert shown in page and officer_a.get(shown).status_code == 200
    assert officer_b.get(shown).status_code == 404 and officer_b.get(address).status_code == 404
    assert "请填写作废原因" in officer_a.post(address, {"void": photo.pk}).content.decode()
    officer_a.post(address, {"void": photo.pk, "void-reason": "拍错户"})
    assert officer_a.get(shown).status_code == 404
    assert FILES.read(photo.stored_name)  # voided, not lost


def test_what_is_no_photo_is_refused(cast: Cast, officer_a: Client, home: Household) -> None:
    contact = make.contact(home)
    address = reverse("contact_photos", args=[contact.pk])
    wrong = SimpleUploadedFile("photo.jpg", b"no picture", "image/jpeg")
    answer = officer_a.post(address, {"kind": "scene", "photos": [wrong], "key": str(uuid4())})
    assert "不是可用的照片" in answer.context["form"].errors["photos"][0]
    answer = officer_a.post(address, {"kind": "before", "photos": [picture()], "key": str(uuid4())})
    assert answer.context["form"].errors["kind"]
    assert not ContactPhoto.objects.exists()
    officer_a.post(address, {"kind": Photo.Kind.SCENE, "photos": [picture()], "key": str(uuid4())})
    assert ContactPhoto.objects.get().recorded_by == cast.officer_a


def test_a_household_that_moved_keeps_its_records_where_they_were(cast: Cast, home: Household) -> None:
    found = outreach.recheck(home)
    spell = home.spells.get()
    spell.period = period(make.START, date(2018, 6, 1))
    spell.save()
    make.spell(home, make.VILLAGE_A3, since=date(2018, 6, 2))
    assert found.village_id == make.VILLAGE_A
    assert operations.record_recheck(
        by=cast.officer_a, household=home, checked_on=date(2018, 6, 20), passed=True
    ).village_id == (make.VILLAGE_A3)
