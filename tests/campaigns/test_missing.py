"""People whom a roster does not list: decided about with a reason, and taken back when it was a mistake."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns.pseudonyms import PSEUDONYM
from households import operations
from households.intake.models import ImportBatch, MissingDecision, StagedRow
from households.models import HouseholdSpell, Installation, Membership, Person
from households.periods import period
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import person

LATER = date(2018, 9, 30)
NUMBER = make.id_number(date(1975, 2, 3))
OTHER = make.id_number(date(1978, 2, 3))


@pytest.fixture
def missing(upload: Any) -> ImportBatch:
    """A later roster that lists the mother, not the daughter and the grandmother."""
    woman = person(证件号码=NUMBER)
    girl = person(姓名="李花", 证件号码=OTHER, 与户主关系="之女")
    old = person(姓名="赵奶奶", 证件号码=make.id_number(date(1940, 1, 1)), 与户主关系="之母")
    upload(woman, girl, old)
    return upload(woman, day=LATER)


def settle(client: Client, batch: ImportBatch, choice: str, *names: str, day: date = LATER) -> Any:
    people = [str(Person.objects.get(name=name).pk) for name in names]
    address = reverse("upload_missing", args=[batch.pk])
    return client.post(address, {"choice": choice, "day": day.isoformat(), "people": people}, follow=True)


def test_taking_a_roster_back_tells_who_was_closed_for_not_standing_in_it_and_stays_closed(
    missing: ImportBatch, officer_a: Client, at_once: None, cast: Cast
) -> None:
    address = reverse("upload_undo", args=[missing.pk])
    closed = "有1人已按死亡、迁出或清退处理"
    settle(officer_a, missing, "stays", "李花")
    assert "已按死亡、迁出或清退处理" not in officer_a.get(address).content.decode()
    settle(officer_a, missing, "died", "赵奶奶")
    page = officer_a.get(address).content.decode()
    home = Membership.objects.get(person__name="赵奶奶").household_id
    assert closed in page
    assert f'<a href="{reverse("household", args=[home])}">赵奶奶</a>' in page
    assert "李花" not in page
    out = io.StringIO()
    call_command("undo_import", str(missing.pk), name=cast.officer_a.username, preview=True, stdout=out)
    assert closed in out.getvalue()
    result = officer_a.post(address, follow=True).content.decode()
    assert "撤回。" in result
    assert closed in result
    assert Membership.objects.get(person__name="赵奶奶").end_reason == "died"


def test_people_not_listed_are_closed_with_a_reason_and_leave_the_list(missing: ImportBatch, officer_a: Client) -> None:
    page = officer_a.get(reverse("upload_detail", args=[missing.pk]) + "?show=missing").content.decode()
    assert "李花" in page
    assert "赵奶奶" in page
    answer = settle(officer_a, missing, "died", "赵奶奶").content.decode()
    assert "已处理1人" in answer
    gone = Membership.objects.get(person__name="赵奶奶")
    assert (gone.period.upper, gone.end_reason) == (LATER, "died")
    assert "李花" in answer and "本册未列 1<" in answer
    settle(officer_a, missing, "stays", "李花")
    assert Membership.objects.get(person__name="李花").period.upper is None
    rest = officer_a.get(reverse("upload_detail", args=[missing.pk]) + "?show=missing").context["page"]
    assert rest.missing == [] and [line.name for line in rest.decided.lines] == ["李花", "赵奶奶"]


def take_back(client: Client, batch: ImportBatch, *names: str) -> Any:
    people = [str(Person.objects.get(name=name).pk) for name in names]
    return client.post(reverse("upload_missing_back", args=[batch.pk]), {"decided": people}, follow=True)


def test_what_was_decided_by_mistake_is_taken_back_for_all_at_once(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "died", "赵奶奶", "李花")
    page = officer_a.get(reverse("upload_detail", args=[missing.pk]) + "?show=missing").content.decode()
    assert "已处理的人" in page and page.count("死亡") >= 2
    answer = take_back(officer_a, missing, "赵奶奶", "李花")
    assert "已取消对2人的处理" in answer.content.decode()
    assert {line.name for line in answer.context["page"].missing} == {"赵奶奶", "李花"}
    assert not Membership.objects.exclude(period__endswith=None).exists()
    assert not MissingDecision.objects.exists()
    assert "请先勾选" in take_back(officer_a, missing, "赵奶奶").content.decode()


def test_still_here_is_taken_back_too(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "stays", "李花")
    answer = take_back(officer_a, missing, "李花")
    assert {line.name for line in answer.context["page"].missing} == {"赵奶奶", "李花"}


def test_a_removed_household_is_on_the_list_again(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER), person(姓名="李花", 证件号码=OTHER, 户编号="1302071042250088"))
    batch = upload(person(证件号码=NUMBER), day=LATER)
    settle(officer_a, batch, "removed", "李花")
    take_back(officer_a, batch, "李花")
    (spell,) = HouseholdSpell.objects.filter(household__number="1302071042250088")
    assert (spell.status, spell.period.upper) == ("not_exited", None)
    assert not MissingDecision.objects.exists()


def test_where_the_register_has_gone_on_nothing_is_taken_back(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "left", "赵奶奶", "李花")
    make.membership(make.household(), Person.objects.get(name="李花"), since=date(2018, 10, 15))
    told = take_back(officer_a, missing, "赵奶奶", "李花").content.decode()
    assert "李花之后又登记在册" in told and "没有取消任何人的处理" in told
    assert Membership.objects.get(person__name="赵奶奶").end_reason == "left"
    assert MissingDecision.objects.count() == 2


def test_nobody_else_takes_a_decision_back(
    missing: ImportBatch, officer_a: Client, officer_b: Client, cast: Cast
) -> None:
    settle(officer_a, missing, "died", "赵奶奶")
    worker = Client()
    worker.force_login(cast.township_worker)
    assert take_back(officer_b, missing, "赵奶奶").status_code == 404
    assert take_back(worker, missing, "赵奶奶").status_code == 403
    assert MissingDecision.objects.count() == 1


def test_a_household_not_listed_any_more_is_taken_off_the_list(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER), person(姓名="李花", 证件号码=OTHER, 户编号="1302071042250088"))
    batch = upload(person(证件号码=NUMBER), day=LATER)
    settle(officer_a, batch, "removed", "李花")
    spells = HouseholdSpell.objects.filter(household__number="1302071042250088").order_by("period")
    assert [(one.status, one.period.lower, one.period.upper) for one in spells] == [
        ("not_exited", make.REPORTING_DAY, LATER),
        ("removed", LATER, None),
    ]
    assert HouseholdSpell.objects.get(household__number="1302071042250001").status == "not_exited"


def test_a_household_with_a_later_spell_is_not_taken_off_the_list_before_it(upload: Any, officer_a: Client) -> None:
    """Only the spell that was over would be: today's would stay on the list."""
    other = person(姓名="李花", 证件号码=OTHER, 户编号="1302071042250088")
    upload(person(证件号码=NUMBER), other)
    upload(person(证件号码=NUMBER), other | {"脱贫属性": "已脱贫（享受政策）"}, day=date(2018, 8, 31))
    batch = upload(person(证件号码=NUMBER), day=LATER)
    told = settle(officer_a, batch, "removed", "李花", day=date(2018, 8, 1)).content.decode()
    assert "清退日期不能早于这一天" in told
    assert not HouseholdSpell.objects.filter(status="removed").exists()
    assert not MissingDecision.objects.exists()
    settle(officer_a, batch, "removed", "李花")
    assert HouseholdSpell.objects.get(status="removed").period.lower == LATER


def test_who_stands_in_the_roster_or_lives_elsewhere_cannot_be_decided_about(
    missing: ImportBatch, officer_a: Client, officer_b: Client
) -> None:
    stranger = make.person(make.household(make.VILLAGE_B))
    assert "已处理" not in settle(officer_a, missing, "died", "王小芳").content.decode()
    assert "已处理" not in settle(officer_a, missing, "died", stranger.name).content.decode()
    assert settle(officer_b, missing, "died", "李花").status_code == 404
    assert not Membership.objects.exclude(period__endswith=None).exists()


def test_a_refused_decision_keeps_what_was_ticked_and_chosen(missing: ImportBatch, officer_a: Client) -> None:
    page = settle(officer_a, missing, "died", "李花", day=date(2999, 1, 1))
    assert "日期不能晚于数据日期" in page.content.decode()
    listed = page.content.decode()
    assert re.findall(r'name="people" value="(\d+)"[^>]* checked', listed) == [str(Person.objects.get(name="李花").pk)]
    assert '<option value="died" selected>' in listed
    assert 'value="2999-01-01"' in listed


def test_nobody_chosen_or_no_day_is_said(missing: ImportBatch, officer_a: Client) -> None:
    assert "请先勾选要处理的人" in settle(officer_a, missing, "died").content.decode()


@pytest.mark.parametrize(
    ("choice", "day", "names", "told"),
    [
        ("died", date(1800, 1, 1), ["李花"], "减少的日期要晚于这一天"),
        ("died", make.REPORTING_DAY, ["李花"], "减少的日期要晚于这一天"),
        ("died", date(2999, 1, 1), ["李花"], "日期不能晚于数据日期"),
        ("removed", LATER, ["李花"], "同户还有"),
        ("died", LATER, ["李花", "王小芳"], "有的已由他人处理"),
    ],
)
def test_a_decision_that_cannot_be_meant_changes_nothing(
    missing: ImportBatch, officer_a: Client, choice: str, day: date, names: list[str], told: str
) -> None:
    assert told in settle(officer_a, missing, choice, *names, day=day).content.decode()
    assert not MissingDecision.objects.exists()
    assert Membership.objects.filter(period__upper_inf=True).count() == 3


def test_nobody_has_died_after_the_day_of_the_data(missing: ImportBatch, officer_a: Client) -> None:
    Installation.objects.update(is_demonstration=True)  # its data end years before today
    told = settle(officer_a, missing, "died", "李花", day=LATER + timedelta(days=1)).content.decode()
    assert f"日期不能晚于数据日期{LATER}" in told
    assert "已处理1人" in settle(officer_a, missing, "died", "李花").content.decode()


def test_a_second_officer_learns_that_somebody_has_decided(missing: ImportBatch, officer_a: Client) -> None:
    assert "已处理1人" in settle(officer_a, missing, "stays", "李花").content.decode()
    assert "有的已由他人处理" in settle(officer_a, missing, "died", "李花").content.decode()
    assert Membership.objects.filter(period__upper_inf=True).count() == 3


def test_who_is_listed_again_later_is_no_longer_missing(missing: ImportBatch, upload: Any, officer_a: Client) -> None:
    upload(person(姓名="李花", 证件号码=OTHER, 与户主关系="之女"), day=date(2018, 10, 31))
    assert "有的已由他人处理" in settle(officer_a, missing, "died", "李花").content.decode()
    assert Membership.objects.filter(period__upper_inf=True).count() == 3


def test_a_later_roster_that_lists_somebody_dead_says_so_and_takes_nobody_in(
    missing: ImportBatch, upload: Any, officer_a: Client
) -> None:
    settle(officer_a, missing, "died", "李花")
    batch = upload(person(姓名="李花", 证件号码=OTHER, 与户主关系="之女"), day=date(2018, 10, 31))
    row = StagedRow.objects.get(batch=batch)
    page = officer_a.get(reverse("doubt", args=[row.pk])).content.decode()
    assert "已登记为死亡，名册却仍列有此人" in page and "登记在另一户" not in page
    assert "确认无误，照此登记" not in page
    assert Membership.objects.get(person__name="李花").end_reason == "died"


def reopen(client: Client, name: str, **options: Any) -> Any:
    """Ask on the household's page, then take it back."""
    membership = Membership.objects.filter(person__name=name).latest("period")
    address = reverse("member_reopen", args=[membership.household_id, membership.pk])
    return client.get(address), client.post(address, follow=True, **options)


def test_who_was_closed_by_mistake_is_named_on_the_page_and_comes_back_as_if_never_gone(
    missing: ImportBatch, officer_a: Client
) -> None:
    settle(officer_a, missing, "died", "赵奶奶")
    home = reverse("household", args=[Membership.objects.get(person__name="赵奶奶").household_id])
    page = officer_a.get(home).content.decode()
    assert "已减少的成员" in page
    assert "2018-09-29" in page
    assert "死亡" in page
    asked, done = reopen(officer_a, "赵奶奶")
    assert "恢复后视同从未减少" in asked.content.decode()
    assert "已恢复赵奶奶的登记" in done.content.decode()
    assert "已减少的成员" not in done.content.decode()
    back = Membership.objects.get(person__name="赵奶奶")
    assert (back.period.lower, back.period.upper, back.end_reason) == (make.REPORTING_DAY, None, "")
    lists = officer_a.get(reverse("upload_detail", args=[missing.pk]) + "?show=missing").content.decode()
    assert "赵奶奶" in lists  # the roster still does not list her: she is asked about again
    again = officer_a.post(reverse("member_reopen", args=[back.household_id, back.pk]), follow=True)
    assert "没有需要恢复的" in again.content.decode()


def test_a_head_does_not_come_back_beside_another_head(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "died", "赵奶奶")
    old = Membership.objects.get(person__name="赵奶奶")
    Membership.objects.filter(person__name="王小芳").update(period=period(LATER))  # head since the old one died
    Membership.objects.filter(pk=old.pk).update(relation="户主")
    _asked, refused = reopen(officer_a, "赵奶奶")
    assert refused.status_code == 422
    assert "本户现有户主王小芳" in refused.content.decode()
    assert Membership.objects.get(pk=old.pk).end_reason == "died"


def test_who_is_registered_elsewhere_since_does_not_come_back(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "left", "李花")
    gone = Membership.objects.get(person__name="李花")
    make.membership(make.household(make.VILLAGE_A2), gone.person, since=date(2018, 10, 5))
    page = officer_a.get(reverse("household", args=[gone.household_id])).content.decode()
    assert "李花" in page
    address = reverse("member_reopen", args=[gone.household_id, gone.pk])
    assert address not in page
    answer = officer_a.post(address)
    assert answer.status_code == 422
    assert "李花之后又登记在册" in answer.content.decode()


def test_another_county_and_who_may_not_edit_take_nothing_back(
    missing: ImportBatch, officer_a: Client, officer_b: Client, cast: Cast
) -> None:
    settle(officer_a, missing, "died", "赵奶奶")
    gone = Membership.objects.get(person__name="赵奶奶")
    address = reverse("member_reopen", args=[gone.household_id, gone.pk])
    assert officer_b.post(address).status_code == 404
    worker = Client()
    worker.force_login(cast.township_worker)
    assert worker.post(address).status_code == 403
    theirs = make.membership(make.household(make.VILLAGE_B), make.person(name="乙县人"), until=LATER)
    mixed = reverse("member_reopen", args=[gone.household_id, theirs.pk])
    assert officer_a.post(mixed).status_code == 404
    with pytest.raises(PermissionDenied):
        operations.reopen_membership(membership=gone.pk, by=cast.officer_b)
    with pytest.raises(PermissionDenied):
        operations.relist_household(household=gone.household_id, by=cast.officer_b)
    gone.refresh_from_db()
    assert gone.end_reason == "died"


def test_somebody_who_moved_to_another_county_is_not_named_on_her_old_page(
    missing: ImportBatch, officer_a: Client
) -> None:
    settle(officer_a, missing, "left", "李花")
    gone = Membership.objects.get(person__name="李花")
    Person.objects.filter(pk=gone.person_id).update(county_code=make.COUNTY_B)
    assert "李花" not in officer_a.get(reverse("household", args=[gone.household_id])).content.decode()


def test_a_household_taken_off_the_list_by_mistake_goes_back_with_its_status(upload: Any, officer_a: Client) -> None:
    upload(person(证件号码=NUMBER), person(姓名="李花", 证件号码=OTHER, 户编号="1302071042250088", 脱贫属性="预脱贫"))
    batch = upload(person(证件号码=NUMBER), day=LATER)
    settle(officer_a, batch, "removed", "李花")
    home = Membership.objects.get(person__name="李花").household
    page = officer_a.get(reverse("household", args=[home.pk])).content.decode()
    assert "本户自2018-09-30起已清退" in page
    address = reverse("household_relist", args=[home.pk])
    assert "恢复后视同从未清退" in officer_a.get(address).content.decode()
    done = officer_a.post(address, follow=True).content.decode()
    assert "本户恢复在册" in done
    assert "已清退" not in done
    spell = home.spells.get()
    assert (spell.status, spell.period.lower, spell.period.upper) == ("planned", make.REPORTING_DAY, None)
    assert not MissingDecision.objects.exists()
    assert "没有需要恢复的" in officer_a.post(address, follow=True).content.decode()


def test_a_household_whose_status_is_not_known_any_more_is_unknown(officer_a: Client) -> None:
    home = make.household(status="removed")
    officer_a.post(reverse("household_relist", args=[home.pk]))
    assert home.spells.get().status == "unknown"


def test_a_pseudonymised_case_does_not_come_back_as_nobody(missing: ImportBatch, officer_a: Client) -> None:
    settle(officer_a, missing, "died", "赵奶奶")
    gone = Membership.objects.get(person__name="赵奶奶")
    Person.objects.filter(pk=gone.person_id).update(name=PSEUDONYM)
    assert officer_a.post(reverse("member_reopen", args=[gone.household_id, gone.pk])).status_code == 404
    assert Membership.objects.get(pk=gone.pk).end_reason == "died"
    home = make.household(status="removed", head_name=PSEUDONYM)
    assert officer_a.post(reverse("household_relist", args=[home.pk])).status_code == 404
    assert home.spells.get().status == "removed"


def test_who_was_said_to_stay_is_known_when_the_next_roster_leaves_her_out_too(
    missing: ImportBatch, upload: Any, officer_a: Client, cast: Cast
) -> None:
    settle(officer_a, missing, "stays", "李花")
    again = upload(person(证件号码=NUMBER), day=date(2018, 12, 31))
    page = officer_a.get(reverse("upload_detail", args=[again.pk]), {"show": "missing"}).content.decode()
    assert page.count("前次漏列时已核实仍在本户") == 1
    assert f"前次漏列时已核实仍在本户（2018-09-30 {cast.officer_a}）" in page
